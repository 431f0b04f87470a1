import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { attackIds } from '../model/attacks.js';
import type { Members } from './jws.js';
import type { LoginStep, Target, TargetClient } from './target.js';

interface ClientFile {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  /** A private JWK set, or one JWK. */
  readonly keyFile?: string;
  readonly alg?: string;
  readonly certificateFile?: string;
  readonly certificateKeyFile?: string;
  readonly constraint?: 'dpop' | 'mtls' | 'none';
  readonly signsRequests?: boolean;
  readonly responseMode?: string;
  readonly asksAboutTokens?: boolean;
}
interface TargetFile {
  readonly issuer: string;
  readonly authorityFiles?: readonly string[];
  readonly resource?: string;
  readonly clients: readonly ClientFile[];
  readonly login: readonly LoginStep[];
  readonly mostPasswords?: number;
  readonly permits?: readonly string[];
}

/** A target from its description. Paths in it start at the file. Throws with what is missing. */
export async function readTarget(file: string): Promise<Target> {
  const text = await readFile(file, 'utf8');
  const described = JSON.parse(text) as Partial<TargetFile>;
  const { issuer, clients = [], login = [], authorityFiles = [], resource, mostPasswords, permits = [] } = described;
  const unknown = permits.find((id) => !attackIds.some((one) => one === id));
  if (unknown !== undefined) throw new Error(`${file}: permits names ${unknown}, which is no attack of the model`);
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) throw new Error(`${file}: issuer must be the issuer identifier`);
  if (clients.length < 2) throw new Error(`${file}: clients must be two, an honest one and one for the thief`);
  if (login.length === 0) throw new Error(`${file}: login must say how a customer signs in and agrees`);
  const read = (path: string): Promise<string> => readFile(resolve(dirname(file), path), 'utf8');
  const [honest, thief] = await Promise.all(clients.slice(0, 2).map((client) => readClient(client, read, file)));
  const authorities = await Promise.all(authorityFiles.map(read));
  return { issuer, authorities, clients: [honest!, thief!], login, permits: attackIds.filter((id) => permits.includes(id)), ...(resource === undefined ? {} : { resource }), ...(mostPasswords === undefined ? {} : { mostPasswords }) };
}

async function readClient({ keyFile, alg, certificateFile, certificateKeyFile, constraint = 'dpop', ...rest }: ClientFile, read: (path: string) => Promise<string>, file: string): Promise<TargetClient> {
  for (const name of ['clientId', 'redirectUri', 'scope'] as const) if (typeof rest[name] !== 'string') throw new Error(`${file}: every client needs ${name}`);
  const jwks = keyFile === undefined ? undefined : (JSON.parse(await read(keyFile)) as Members & { readonly keys?: readonly Members[] });
  const key = jwks?.keys ? (jwks.keys.find((one) => one['alg'] === alg) ?? jwks.keys.find((one) => one['use'] !== 'enc')) : jwks;
  const identity = certificateFile === undefined || certificateKeyFile === undefined ? undefined : { cert: await read(certificateFile), key: await read(certificateKeyFile) };
  if (!key && !identity) throw new Error(`${file}: client ${rest.clientId} needs a keyFile or a certificate`);
  return { ...rest, constraint, ...(key ? { key } : {}), ...(alg === undefined ? {} : { alg }), ...(identity ? { identity } : {}) };
}
