import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { attackIds } from '../model/attacks.js';
import type { Members } from './jws.js';
import type { Target, TargetClient, TargetRogue } from './target.js';
import type { Identity } from './wire.js';

type Read = (path: string) => Promise<string>;

interface CertificateFiles {
  readonly certificateFile?: string | undefined;
  readonly certificateKeyFile?: string | undefined;
}
/** A client as a file describes it: keys and certificates are files of their own. */
interface ClientFile extends Omit<TargetClient, 'key' | 'requestKey' | 'identity' | 'constraint'>, CertificateFiles {
  /** A private JWK set, or one JWK. */
  readonly keyFile?: string;
  readonly requestKeyFile?: string;
  readonly constraint?: TargetClient['constraint'];
}
interface RogueFile extends Omit<TargetRogue, 'identity'>, CertificateFiles {}
interface TargetFile extends Omit<Target, 'authorities' | 'clients' | 'asker' | 'rogue' | 'permits' | 'evidence'> {
  readonly authorityFiles?: readonly string[];
  readonly clients: readonly ClientFile[];
  readonly asker?: ClientFile;
  readonly rogue?: RogueFile;
  readonly permits?: readonly string[];
}

/** A target from its description. Paths in it start at the file. Throws with what is missing. */
export async function readTarget(file: string): Promise<Target> {
  const described = JSON.parse(await readFile(file, 'utf8')) as Partial<TargetFile>;
  const { issuer, clients = [], login = [], authorityFiles = [], permits = [], asker, rogue, resource, device, payment, sites, mostPasswords } = described;
  const unknown = permits.find((id) => !attackIds.some((one) => one === id));
  if (unknown !== undefined) throw new Error(`${file}: permits names ${unknown}, which is no attack of the model`);
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) throw new Error(`${file}: issuer must be the issuer identifier`);
  if (clients.length < 2) throw new Error(`${file}: clients must be two, an honest one and one for the thief`);
  if (login.length === 0) throw new Error(`${file}: login must say how a customer signs in and agrees`);
  if (clients.some(({ flow }) => flow === 'backchannel') && device === undefined) throw new Error(`${file}: device must say where customers decide, as a client asks by the back channel`);
  const read: Read = (path) => readFile(resolve(dirname(file), path), 'utf8');
  const [honest, thief] = await Promise.all(clients.slice(0, 2).map((client) => readClient(client, read, file)));
  const optional = { resource, device, payment, sites, mostPasswords, asker: asker && (await readClient(asker, read, file)), rogue: rogue && (await readRogue(rogue, read, file)) };
  return {
    issuer,
    authorities: await Promise.all(authorityFiles.map(read)),
    clients: [honest!, thief!],
    login,
    permits: attackIds.filter((id) => permits.includes(id)),
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Partial<Target>),
  };
}

async function readIdentity({ certificateFile, certificateKeyFile }: CertificateFiles, read: Read): Promise<Identity | undefined> {
  return certificateFile === undefined || certificateKeyFile === undefined ? undefined : { cert: await read(certificateFile), key: await read(certificateKeyFile) };
}

async function readRogue({ certificateFile, certificateKeyFile, ...rest }: RogueFile, read: Read, file: string): Promise<TargetRogue> {
  const identity = await readIdentity({ certificateFile, certificateKeyFile }, read);
  if (!identity) throw new Error(`${file}: rogue needs certificateFile and certificateKeyFile`);
  return { ...rest, identity };
}

async function readClient({ keyFile, requestKeyFile, certificateFile, certificateKeyFile, constraint = 'dpop', ...rest }: ClientFile, read: Read, file: string): Promise<TargetClient> {
  for (const name of ['clientId', 'redirectUri', 'scope'] as const) if (typeof rest[name] !== 'string' && !(name === 'redirectUri' && rest.flow === 'backchannel')) throw new Error(`${file}: every client needs ${name}`);
  const key = keyFile === undefined ? undefined : await readKey(keyFile, rest.alg, read);
  const requestKey = requestKeyFile === undefined ? undefined : await readKey(requestKeyFile, undefined, read);
  const identity = await readIdentity({ certificateFile, certificateKeyFile }, read);
  if (!key && !identity) throw new Error(`${file}: client ${rest.clientId} needs a keyFile or a certificate`);
  return { ...rest, constraint, ...(key ? { key } : {}), ...(requestKey ? { requestKey } : {}), ...(identity ? { identity } : {}) };
}

async function readKey(file: string, alg: string | undefined, read: Read): Promise<Members | undefined> {
  const jwks = JSON.parse(await read(file)) as Members & { readonly keys?: readonly Members[] };
  return jwks.keys ? (jwks.keys.find((one) => one['alg'] === alg) ?? jwks.keys.find((one) => one['use'] !== 'enc')) : jwks;
}
