import { startDatabase } from '@assent/testing';
import { makeConfiguration, type TestConfiguration } from '@assent/testing/fapi';
import { plainRegistration } from '@assent/markets';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { adminTokenFile, marketsOf, startDirectory, type JoinableMarket } from './index.js';

/** A market of our own, so that nothing hangs on what a real one says today. */
export const samba: JoinableMarket = {
  name: 'samba',
  title: 'Samba Open Finance',
  dialect: {
    ...plainRegistration,
    says: 'A statement and a certificate',
    statement: { ...plainRegistration.statement!, issuer: 'Samba SSA issuer' },
    roles: [{ role: 'DADOS', says: 'Data', scopes: ['accounts'] }, { role: 'PAGTO', says: 'Payments', scopes: ['payments'] }],
    certificate: {
      clause: 'none',
      subject: (software, organisation) => [{ type: 'C', value: organisation.country }, { type: 'organizationIdentifier', value: `OFSBR-${organisation.id}` }, { type: 'UID', value: software.id }, { type: 'CN', value: software.name }],
      binds: [{ says: 'UID must be the software', anyOf: [{ type: 'UID', values: ({ softwareId }) => [softwareId] }] }],
    },
  },
};
/** One where nobody has statements. */
export const tango: JoinableMarket = { ...samba, name: 'tango', title: 'Tango', dialect: { ...samba.dialect, says: 'The directory is followed', statement: undefined } };

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly json: Record<string, unknown>;
}

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly token?: string;
  readonly body?: unknown;
  readonly raw?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Over the listener that asks for certificates. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

export interface DirectoryWorld {
  readonly made: TestConfiguration;
  readonly url: string;
  readonly adminToken: string;
  call(path: string, asked?: Asked): Promise<Answered>;
  /** As administrator; throws unless it is answered 2xx. */
  admin(path: string, body?: unknown, method?: Asked['method']): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** PostgreSQL and a directory on free ports, over real TLS. */
export async function openDirectoryWorld(): Promise<DirectoryWorld> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    const server = await startDatabase();
    closing.push(() => server.stop());
    const made = await makeConfiguration({ databaseUrl: server.url, clients: [], directory: {} });
    closing.push(() => made.close());
    const app = await startDirectory(made.config, { markets: marketsOf([samba, tango]) });
    closing.push(() => app.close());
    const adminToken = (await readFile(adminTokenFile(made.config.dataFolder), 'utf8')).trim();
    const url = made.config.directory!.publicUrl;
    const call = async (path: string, { method, token, body, raw, headers, certificate }: Asked = {}): Promise<Answered> => {
      const dispatcher = new Agent({ connect: { ca: made.ca, ...certificate } });
      const base = certificate ? made.config.directory!.mtlsUrl! : url;
      const response = await request(`${base}${path}`, {
        dispatcher,
        method: method ?? (body === undefined && raw === undefined ? 'GET' : 'POST'),
        headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        body: raw ?? (body === undefined ? null : JSON.stringify(body)),
      });
      const bytes = Buffer.from(await response.body.arrayBuffer());
      await dispatcher.close();
      return { status: response.statusCode, headers: response.headers, bytes, get json() { return JSON.parse(bytes.toString()) as Record<string, unknown>; } }; // prettier-ignore
    };
    const admin = async (path: string, body?: unknown, method?: Asked['method']): Promise<Record<string, unknown>> => {
      const answer = await call(path, { token: adminToken, ...(body === undefined ? {} : { body }), ...(method === undefined ? {} : { method }) });
      if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.bytes.toString()}`);
      return answer.json;
    };
    return { made, url, adminToken, call, admin, close };
  } catch (error) {
    await close();
    throw error;
  }
}
