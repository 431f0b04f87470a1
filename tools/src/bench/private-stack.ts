import { loadConfig, type AssentConfig } from '@assent/config';
import { migrate, openDatabase, seedCustomers } from '@assent/persistence';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@assent/persistence/embedded';
import { systemClock } from '@assent/protocol';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { hostName, issue, makeAuthority, readDistinguishedName, type CertifiedKey } from '../pki/certificates.js';
import { openWitness, witnessSettings, type Witness } from './meter.js';
import { certificateClient, configuration, customer, grantsUrl, issuerOf, mtlsUrl, publicUrl, redirectUri, resourceUrl, type Clients, type ConfigurationOptions, type ServerPorts } from './private-config.js';
import { loadCore, pin, root, startServer, type ServerProcess } from './server-process.js';
import { Signer } from './signer.js';
import type { Door, Target } from './target.js';

export interface Stack {
  readonly target: Target;
  readonly servers: readonly ServerProcess[];
  readonly witness: Witness | undefined;
  /** Servers on a core of their own. */
  readonly pinned: boolean;
  /** Of the private stack. */
  readonly databaseUrl?: string;
  stop(): Promise<void>;
}

export interface PrivateStackOptions {
  readonly logLevel: AssentConfig['logLevel'];
  readonly profileFolder?: string | undefined;
  /** Whether the grant-management server runs as well, with TLS of its own. */
  readonly grants?: boolean;
  /** Aborted: what has been started is stopped again, and the start rejects. */
  readonly signal: AbortSignal;
}

/**
 * A stack of its own: PostgreSQL with default durability in a temporary folder, and as processes an authorization
 * server and a resource server behind plain listeners, as behind a proxy, and a second authorization server, of the
 * same issuer on the same database, where TLS ends. The servers are pinned to one core; caller and database to another.
 */
export async function startPrivateStack(options: PrivateStackOptions): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'assent-bench-'));
  const opened: { stop(): Promise<void> }[] = [{ stop: () => rm(folder, { recursive: true, force: true }) }];
  const stop = async (): Promise<void> => {
    for (const each of opened.splice(0).reverse()) await each.stop();
  };
  const keep = <T extends { stop(): Promise<void> }>(one: T): T => {
    opened.push(one);
    options.signal.throwIfAborted();
    return one;
  };
  try {
    return { ...(await openAll(folder, keep, options)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Keep = <T extends { stop(): Promise<void> }>(one: T) => T;

async function openAll(folder: string, keep: Keep, { logLevel, profileFolder, grants: withGrants = false }: PrivateStackOptions): Promise<Omit<Stack, 'stop'>> {
  // The database's processes stay where their starter is.
  const pinned = await pin(process.pid, loadCore);
  const [databasePort, behindProxy, withTls] = await findPorts();
  const [api = 0, dashboard = 0, staff = 0, grantsHealth = 0] = await freePorts(4);
  const clients = await makeClients();
  const pki = await makePki(folder);
  const common = { clients, authorityFile: pki.authorityFile, grants: { api, dashboard, staff, health: grantsHealth }, logLevel };
  const file = await write(folder, 'proxy.yaml', { ...common, ports: behindProxy });
  const tlsFile = await write(folder, 'tls.yaml', { ...common, ports: withTls, tls: pki.serverFiles });
  const grantsFile = await write(folder, 'grants.yaml', { ...common, ports: withTls, tls: pki.serverFiles, issuerPort: behindProxy.main });
  const postgres = keep(await startEmbeddedPostgres({ folder: join(folder, 'postgres'), port: databasePort, settings: witnessSettings }));
  const env = { ...process.env, DATABASE_URL: postgres.url, ASSENT_DATA_FOLDER: folder, ASSENT_CONFIG: file };
  await prepareDatabase(file, postgres, env);
  const start = async (app: string, health: number, name = app, config = file): Promise<ServerProcess> =>
    keep(await startServer({ app, env: { ...env, ASSENT_CONFIG: config }, logFile: join(folder, `${name}.log`), metricsUrl: metricsOf(health), profileFolder }));
  const servers = [await start('authorization-server', behindProxy.health), await start('resource-server', behindProxy.resourceHealth)];
  await start('authorization-server', withTls.health, 'authorization-server-tls', tlsFile);
  if (withGrants) servers.push(await start('grant-management', grantsHealth, 'grant-management', grantsFile));
  const witness = await openWitness(postgres.url);
  keep({ stop: () => witness.close() });
  return { target: targetOf(clients, pki, behindProxy, withTls, api), servers, witness, pinned, databaseUrl: postgres.url };
}

async function makeClients(): Promise<Clients> {
  const [plain, opaque, introspector, ps256, signing, evidence, messageSigning, fapi1] = await Promise.all([
    Signer.create('bench-client', issuerOf('fapi2')), Signer.create('bench-opaque', issuerOf('fapi2')), Signer.create('bench-api', issuerOf('fapi2')), Signer.create('bench-ps256', issuerOf('ps256'), 'PS256'),
    Signer.create('bench-signing', issuerOf('fapi2')), Signer.create('bench-evidence', issuerOf('fapi2')),
    Signer.create('bench-message-signing', issuerOf('signed')), Signer.create('bench-fapi1', issuerOf('fapi1')),
  ]); // prettier-ignore
  return { plain, opaque, introspector, ps256, signing, evidence, messageSigning, fapi1 };
}

interface Pki {
  readonly authority: CertifiedKey;
  readonly authorityFile: string;
  readonly serverFiles: { readonly certificateFile: string; readonly keyFile: string };
  readonly client: CertifiedKey;
}

async function makePki(folder: string): Promise<Pki> {
  const now = systemClock.now();
  const authority = await makeAuthority('Bench', now);
  const names = [publicUrl, mtlsUrl, grantsUrl].map((url) => hostName(new URL(url).hostname));
  const server = await issue({ subject: [{ CN: ['bench'] }], usage: 'server', names, now }, authority);
  const client = await issue({ subject: readDistinguishedName(certificateClient.subject), usage: 'client', names: [], now }, authority);
  const file = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const serverFiles = { certificateFile: await file('server.crt.pem', server.certificate), keyFile: await file('server.key.pem', server.key) };
  return { authority, authorityFile: await file('authority.crt.pem', authority.certificate), serverFiles, client };
}

async function write(folder: string, name: string, options: ConfigurationOptions): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, stringify(configuration(options)));
  return file;
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

const metricsOf = (port: number): string => `http://127.0.0.1:${port}/metrics`;

function targetOf(clients: Clients, { authority, client }: Pki, plain: ServerPorts, tls: ServerPorts, grantsPort: number): Target {
  const at = (issuer: string, path: string): string => `${issuerOf(issuer)}/${path}`;
  const trust = { ca: authority.certificate, servername: new URL(publicUrl).hostname };
  const tlsDoor = (port: number, connect: object): Door => ({ origin: `https://127.0.0.1:${port}`, connect: { ...trust, ...connect }, metricsUrl: metricsOf(tls.health) });
  const endpointsOf = (issuer: string) => ({ token: at(issuer, 'token'), pushed: at(issuer, 'par'), authorization: at(issuer, 'authorize'), introspection: at(issuer, 'introspect') });
  const target: Target = {
    name: 'this workspace',
    issuer: issuerOf('fapi2'),
    main: { origin: `http://127.0.0.1:${plain.main}`, metricsUrl: metricsOf(plain.health) },
    tls: tlsDoor(tls.main, {}),
    mtls: tlsDoor(tls.mtls ?? 0, { cert: client.certificate, key: client.key }),
    endpoints: endpointsOf('fapi2'),
    client: clients.plain,
    redirectUri,
    scope: 'openid accounts balances transactions',
    certificateHeaders: { 'client-cert': `:${new X509Certificate(client.certificate).raw.toString('base64')}:` },
    certificateClient: certificateClient.id,
    opaqueClient: clients.opaque,
    ps256: { client: clients.ps256, token: at('ps256', 'token') },
    customer,
    introspector: clients.introspector,
    signing: clients.signing,
    evidence: clients.evidence,
    grants: { door: { origin: `https://127.0.0.1:${grantsPort}`, connect: { ca: authority.certificate, servername: new URL(grantsUrl).hostname }, metricsUrl: undefined }, url: grantsUrl },
    resource: { door: { origin: `http://127.0.0.1:${plain.resource}`, metricsUrl: metricsOf(plain.resourceHealth) }, url: `${resourceUrl}/accounts` },
  };
  const signed = (issuer: string, client: Signer): Target => ({ ...target, issuer: issuerOf(issuer), endpoints: endpointsOf(issuer), client, signsRequests: true });
  return { ...target, messageSigning: { ...signed('signed', clients.messageSigning), parameters: { response_mode: 'jwt' } }, fapi1: { ...signed('fapi1', clients.fapi1), responseType: 'code id_token', boundTo: 'certificate' } };
}

async function findPorts(): Promise<[number, ServerPorts, ServerPorts]> {
  const [database = 0, main = 0, health = 0, resource = 0, resourceHealth = 0, tls = 0, mtls = 0, tlsHealth = 0] = await freePorts(8);
  return [database, { main, health, resource, resourceHealth }, { main: tls, mtls, health: tlsHealth, resource, resourceHealth }];
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve) => { const server = createServer().listen(0, '127.0.0.1', () => resolve(server)); })),
  ); // prettier-ignore
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
