import { migrate, openDatabase, seedCustomers } from '@assent/persistence';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@assent/persistence/embedded';
import { loadConfig } from '@assent/config';
import { systemClock } from '@assent/protocol';
import { spawn, type ChildProcess } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { issueSelfSigned } from '../pki/certificates.js';
import { Signer } from './signer.js';
import type { Target } from './target.js';

export interface PrivateStack {
  readonly target: Target;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const publicUrl = 'https://as.bench.test';
const resourceUrl = 'https://api.bench.test';
const redirectUri = 'https://tpp.bench.test/callback';
const customer = { login: 'bench', password: 'bench-password-1' };

/**
 * A stack of its own: PostgreSQL with default durability in a temporary folder, an authorization server and a
 * resource server as processes behind plain listeners, as behind a proxy. The servers are pinned to core 0 and the
 * caller to core 1 where `taskset` is there.
 */
export async function startPrivateStack(say: (line: string) => void): Promise<PrivateStack> {
  const folder = await mkdtemp(join(tmpdir(), 'assent-bench-'));
  const [asPort, rsPort, asHealth, rsHealth, databasePort] = await freePorts(5);
  const client = await Signer.create('bench-client', `${publicUrl}/fapi2`);
  const introspector = await Signer.create('bench-api', `${publicUrl}/fapi2`);
  const file = join(folder, 'bench.json');
  await writeFile(file, stringify(configuration({ asPort, rsPort, asHealth, rsHealth }, client, introspector)));
  say('starting PostgreSQL and the servers …');
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), port: databasePort });
  const env = { ...process.env, DATABASE_URL: postgres.url, ASSENT_CONFIG: file, ASSENT_DATA_FOLDER: folder };
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(ended));
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await prepareDatabase(file, postgres, env);
    for (const app of ['authorization-server', 'resource-server']) children.push(await startServer(app, env));
  } catch (error) {
    await stop();
    throw error;
  }
  pin(process.pid, 1);
  const at = (path: string): string => `${publicUrl}/fapi2/${path}`;
  const endpoints = { token: at('token'), pushed: at('par'), authorization: at('authorize'), introspection: at('introspect') };
  const target: Target = {
    name: 'this workspace', issuer: `${publicUrl}/fapi2`, origin: `http://127.0.0.1:${asPort}`, endpoints, metricsUrl: `http://127.0.0.1:${asHealth}/metrics`, client, introspector, redirectUri,
    scope: 'openid accounts balances transactions', certificateHeaders: await certificateHeader(), customer,
    resource: { origin: `http://127.0.0.1:${rsPort}`, url: `${resourceUrl}/accounts`, metricsUrl: `http://127.0.0.1:${rsHealth}/metrics` },
  }; // prettier-ignore
  return { target, stop };
}

function configuration(ports: { asPort: number; rsPort: number; asHealth: number; rsHealth: number }, client: Signer, introspector: Signer): object {
  const signing = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256' };
  return {
    mode: 'development',
    logLevel: 'fatal',
    tls: { termination: 'proxy', clientAuthorityFiles: [], serverAuthorityFiles: [] },
    outbound: { authorizationServerUrl: `http://127.0.0.1:${ports.asPort}` },
    proxy: { trustedAddresses: ['127.0.0.1'], clientCertificateHeader: 'rfc9440' },
    authorizationServer: { publicUrl, mtlsUrl: 'none', host: '127.0.0.1', port: ports.asPort, healthPort: ports.asHealth },
    resourceServer: { publicUrl: resourceUrl, host: '127.0.0.1', port: ports.rsPort, healthPort: ports.rsHealth, verification: 'jwt' },
    resources: [{ identifier: resourceUrl, name: 'Accounts API', scopes: ['accounts', 'balances', 'transactions'], accessTokenFormat: 'jwt' }],
    issuers: [
      {
        name: 'fapi2', profile: 'fapi2-security', signingAlgs: ['ES256'],
        clients: [
          {
            client_id: client.clientId, client_name: 'Bench', redirect_uris: [redirectUri], grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
            scope: 'openid accounts balances transactions', id_token_signed_response_alg: 'ES256', jwks: client.jwks, ...signing,
          },
          { client_id: introspector.clientId, client_name: 'Bench API', redirect_uris: [], grant_types: ['client_credentials'], response_types: [], scope: 'accounts', introspection: [resourceUrl], jwks: introspector.jwks, ...signing },
        ],
      },
    ],
    customers: [
      {
        id: 'bench-customer', ...customer, displayName: 'Bench Customer',
        accounts: [{ id: 'bench-account', name: 'Everyday account', type: 'current', iban: 'GB82WEST12345698765432', openingBalance: '1250.00', historyDays: 30 }],
      },
    ],
  }; // prettier-ignore
}

async function prepareDatabase(file: string, postgres: EmbeddedPostgres, env: NodeJS.ProcessEnv): Promise<void> {
  const config = await loadConfig({ file, env, cwd: root });
  await migrate(postgres.url);
  const database = await openDatabase({ url: postgres.url, poolSize: 1, encryptionKey: config.encryptionKey });
  try {
    await seedCustomers(database.pool, config.customers, systemClock);
  } finally {
    await database.close();
  }
}

async function startServer(app: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(root, 'apps', app, 'dist', 'main.js')], { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`${app} ended with code ${code} before it was ready`)));
  });
  if (child.pid !== undefined) pin(child.pid, 0);
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await exit;
}

/** Keeps a process on one core; without `taskset` nothing happens and the figures are noisier. */
function pin(pid: number, core: number): void {
  spawn('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' }).on('error', () => undefined);
}

async function certificateHeader(): Promise<Record<string, string>> {
  const { certificate } = await issueSelfSigned({ subject: [{ CN: ['bench-client'] }], names: [], usage: 'client', now: new Date() });
  return { 'client-cert': `:${new X509Certificate(certificate).raw.toString('base64')}:` };
}

async function freePorts(count: 5): Promise<[number, number, number, number, number]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve) => { const server = createServer().listen(0, '127.0.0.1', () => resolve(server)); })),
  ); // prettier-ignore
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as [number, number, number, number, number];
}
