import { parseConfig, type AssentConfig } from '@assent/config';
import type { Market } from '@assent/markets';
import { makeAuthority as makeDirectoryAuthority } from '@assent/pki';
import { systemClock } from '@assent/protocol';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthority, type Authority, type CertifiedKey } from './certificates.js';
import { makeTestClient, type TestClient, type WantedClient } from './test-client.js';

/** Customers of every test configuration; Ana's third account cannot be shared. */
export const customers = {
  ana: { login: 'ana', password: 'harbour-ana-2026' },
  ben: { login: 'ben', password: 'harbour-ben-2026' },
} as const;

export interface WantedConfiguration {
  readonly databaseUrl: string;
  readonly clients: readonly WantedClient[];
  /** Parts of the configuration file beside or in place of the defaults. */
  readonly issuer?: Readonly<Record<string, unknown>>;
  /** Further issuers in the same process, with the same clients but for those that belong to one issuer. */
  readonly otherIssuers?: readonly (string | ({ readonly name: string } & Readonly<Record<string, unknown>>))[];
  /** Markets its issuers may be part of; those of the platform, unless told. */
  readonly markets?: readonly Market[];
  /** TLS ends at a proxy that hands certificates on in this way; the servers listen plainly, on ports of their own. */
  readonly proxy?: 'rfc9440' | 'nginx' | 'envoy' | 'haproxy';
  /** With the grants API as a resource, and its server's addresses. */
  readonly grants?: boolean;
  readonly authorizationServer?: Readonly<Record<string, unknown>>;
  /** Of the bank's API, beside the defaults. */
  readonly resource?: Readonly<Record<string, unknown>>;
  /** May name the ports the servers will have. */
  readonly sections?: Readonly<Record<string, unknown>> | ((ports: TestPorts) => Readonly<Record<string, unknown>>);
  /** With a directory and its authority, whose certificates the servers trust; `revocation`: how they ask about them. */
  readonly directory?: { readonly revocation?: Readonly<Record<string, unknown>> } & Readonly<Record<string, unknown>>;
  /** Resources beside the accounts API. */
  readonly moreResources?: readonly object[];
  /** Metadata of the resource server's own client, beside the defaults. */
  readonly api?: Readonly<Record<string, unknown>>;
}

/** A configuration written for one test run, with the keys and certificates it names. */
export interface TestConfiguration {
  readonly config: AssentConfig;
  /** The same as a file with its environment, for servers in processes of their own. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  readonly ports: TestPorts;
  readonly issuer: string;
  readonly resource: string;
  /** PEM of the authority the servers' certificates come from. */
  readonly ca: string;
  readonly serverAuthority: Authority;
  readonly clientAuthority: Authority;
  readonly server: CertifiedKey;
  /** The client with this id. Throws when there is none. */
  client(id: string): TestClient;
  /** The same on other ports, under the same public addresses: a second process behind one load balancer. */
  sibling(): Promise<{ readonly config: AssentConfig; readonly file: string; readonly env: Readonly<Record<string, string>>; readonly ports: TestPorts }>;
  close(): Promise<void>;
}

export interface TestPorts {
  readonly as: number;
  readonly mtls: number;
  readonly rs: number;
  readonly asHealth: number;
  readonly rsHealth: number;
  /** Grants API, dashboard, staff console. */
  readonly gm: number;
  readonly gmDashboard: number;
  readonly gmStaff: number;
  readonly gmHealth: number;
  readonly directory: number;
  readonly directoryMtls: number;
  readonly directoryHealth: number;
}

/** The resource server's own client. */
export const introspectionClientId = 'test-accounts-api';

/** Makes authorities, certificates, clients and free ports, and the configuration over them. */
export async function makeConfiguration(wanted: WantedConfiguration): Promise<TestConfiguration> {
  const folder = await mkdtemp(join(tmpdir(), 'assent-flows-'));
  const [serverAuthority, clientAuthority, ports] = await Promise.all([makeAuthority('Test servers'), makeAuthority('Test clients'), testPorts()]);
  const server = await serverAuthority.issue({ subject: 'CN=localhost', names: [{ type: 'dns', value: 'localhost' }, { type: 'ip', value: '127.0.0.1' }] });
  const encryption = wanted.api?.['introspection_encrypted_response_alg'] as WantedClient['encryption'];
  // An algorithm every market has.
  const alg = wanted.otherIssuers?.some((one) => typeof one === 'object' && 'market' in one) ? ({ alg: 'PS256' } as const) : undefined;
  const api: WantedClient = { id: introspectionClientId, auth: 'private_key_jwt', constraint: 'either', ...alg, metadata: { ...(alg && { id_token_signed_response_alg: 'PS256' }), grant_types: ['client_credentials'], redirect_uris: undefined, scope: undefined, introspection: [`https://localhost:${ports.rs}`], ...wanted.api }, ...(encryption === undefined ? {} : { encryption }) };
  const clients = await Promise.all([...wanted.clients, api].map((one) => makeTestClient(one, clientAuthority)));
  const byId = new Map(clients.map((client) => [client.id, client]));
  const client = (id: string): TestClient => byId.get(id) ?? missing(id);
  await writeFiles(folder, { 'server.crt.pem': server.cert, 'server.key.pem': server.key, 'root.crt.pem': serverAuthority.cert, 'clients-ca.crt.pem': clientAuthority.cert, 'api.jwks.json': JSON.stringify({ keys: privateKeysOf(client(introspectionClientId)) }) });
  if (wanted.directory) await writeDirectoryAuthority(folder);
  const env = { DATABASE_URL: wanted.databaseUrl, ASSENT_ENCRYPTION_KEY: randomBytes(32).toString('base64') };
  const build = async (own: TestPorts, name: string) => {
    const file = join(folder, name);
    const text = JSON.stringify(document(folder, wanted, clients, ports, own));
    await writeFile(file, text);
    return { config: await parseConfig(text, { file, env, cwd: folder, ...(wanted.markets && { markets: wanted.markets }) }), file, env, ports: own };
  };
  return {
    ...(await build(ports, 'assent.json')),
    issuer: `https://localhost:${ports.as}/fapi2`,
    resource: `https://localhost:${ports.rs}`,
    ca: serverAuthority.cert,
    serverAuthority,
    clientAuthority,
    server,
    client,
    sibling: async () => build(await testPorts(), `sibling-${randomBytes(4).toString('hex')}.json`),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Its private key set, as the resource server reads it. */
function privateKeysOf({ id, privateJwk, jwks, decryption }: TestClient): readonly object[] {
  const published = jwks.keys.find(({ use }) => use === 'enc');
  return decryption && published ? [privateJwk, { ...decryption.export({ format: 'jwk' }), kid: published.kid ?? id, use: 'enc', alg: published.alg }] : [privateJwk];
}

const missing = (id: string): never => {
  throw new Error(`no client ${id}`);
};

function document(folder: string, { issuer, otherIssuers = [], proxy, grants, authorizationServer, resource: ownResource = {}, sections, directory, moreResources = [] }: WantedConfiguration, clients: readonly TestClient[], shared: TestPorts, own: TestPorts): object {
  const file = (name: string) => join(folder, name);
  const resource = `https://localhost:${shared.rs}`;
  return {
    dataFolder: folder,
    logLevel: process.env['ASSENT_TEST_LOG'] ?? 'silent',
    tls: { certificateFile: file('server.crt.pem'), keyFile: file('server.key.pem'), clientAuthorityFiles: [file('clients-ca.crt.pem'), ...(directory ? [file('pki/directory-ca.crt.pem')] : [])], ...(directory?.revocation ? { revocation: directory.revocation } : {}), serverAuthorityFiles: [file('root.crt.pem')], ...(proxy ? { termination: 'proxy' } : {}) },
    ...(proxy ? { proxy: { trustedAddresses: ['127.0.0.1'], clientCertificateHeader: proxy } } : {}),
    ...(directory ? { directory: directorySection(directory, shared, own) } : {}),
    outbound: { allowPrivateAddresses: ['127.0.0.0/8', '::1/128'] },
    authorizationServer: {
      publicUrl: `https://localhost:${shared.as}`, mtlsUrl: `https://localhost:${shared.mtls}`, port: own.as, mtlsPort: own.mtls, healthPort: own.asHealth,
      // Racers sign in at the same moment; guessing has a test of its own.
      loginThrottle: { attempts: 500 },
      ...authorizationServer,
    },
    resourceServer: { publicUrl: resource, port: own.rs, healthPort: own.rsHealth, verification: 'jwt-or-introspection', introspectionClientId, clientKeyFile: file('api.jwks.json') },
    resources: [{ identifier: resource, name: 'Accounts API', scopes: ['accounts', 'balances', 'transactions'], authorizationDetailsTypes: ['account_information', 'payment_initiation', 'recurring_payment'], ...ownResource }, ...(grants ? [{ identifier: `https://localhost:${shared.gm}/grants`, name: 'Grants API', scopes: ['grant_management_query', 'grant_management_revoke'] }] : []), ...moreResources],
    ...(grants ? { grantManagement: { publicUrl: `https://localhost:${shared.gm}`, port: own.gm, healthPort: own.gmHealth, dashboard: { publicUrl: `https://localhost:${shared.gmDashboard}`, port: own.gmDashboard }, staff: { publicUrl: `https://localhost:${shared.gmStaff}`, port: own.gmStaff } } } : {}),
    issuers: ['fapi2', ...otherIssuers].map((one) => (typeof one === 'string' ? { name: one } : one)).map((own) => ({ ...('market' in own ? {} : { profile: 'fapi2-security', signingAlgs: ['ES256', 'PS256', 'EdDSA'] }), clients: clients.filter(({ at }) => (at ?? own.name) === own.name && (at !== undefined || !('signsIn' in own))).map(({ metadata }) => ('market' in own && metadata['introspection'] ? { ...metadata, introspection: [`${resource}/${own.name}`] } : metadata)), ...(own.name === 'fapi2' || !('signsIn' in own) ? issuer : {}), ...own })),
    customers: [
      { id: 'customer-ana', ...customers.ana, displayName: 'Ana Duarte', claims: { name: 'Ana Duarte', email: 'ana@example.test', email_verified: true, cpf: '76109277673', national_identification_number: '1111111111' }, accounts: [account('ana-everyday', 'Everyday account', 'GB09HBNK40010112344821'), account('ana-savings', 'Savings', 'GB15HBNK40010155120937'), { ...account('ana-studio', 'Business account', 'GB11HBNK40010177348850'), unavailable: 'needs_second_approver' }] },
      { id: 'customer-ben', ...customers.ben, displayName: 'Ben Okafor', claims: { name: 'Ben Okafor', cpf: '52998224725', national_identification_number: '2222222222' }, accounts: [account('ben-everyday', 'Everyday account', 'GB76HBNK40010100213377')] },
    ],
    ...(typeof sections === 'function' ? sections(shared) : sections),
  }; // prettier-ignore
}

const directorySection = ({ revocation: _, ...entry }: NonNullable<WantedConfiguration['directory']>, shared: TestPorts, own: TestPorts): object => ({
  publicUrl: `https://localhost:${shared.directory}`, mtlsUrl: `https://localhost:${shared.directoryMtls}`, port: own.directory, mtlsPort: own.directoryMtls, healthPort: own.directoryHealth, ...entry,
}); // prettier-ignore

/** Where `npm start` puts it. */
async function writeDirectoryAuthority(folder: string): Promise<void> {
  const { certificate, key } = await makeDirectoryAuthority({ subject: [{ type: 'O', value: 'Test directory' }, { type: 'CN', value: 'Test directory authority' }], now: systemClock.now(), days: 30 });
  await mkdir(join(folder, 'pki'), { recursive: true });
  await writeFiles(join(folder, 'pki'), { 'directory-ca.crt.pem': certificate, 'directory-ca.key.pem': key });
}

const account = (id: string, name: string, iban: string): object => ({ id, name, iban, openingBalance: '1250.00', historyDays: 20 });

async function writeFiles(folder: string, texts: Readonly<Record<string, string>>): Promise<void> {
  await Promise.all(Object.entries(texts).map(([name, text]) => writeFile(join(folder, name), text)));
}

async function testPorts(): Promise<TestPorts> {
  const [as, mtls, rs, asHealth, rsHealth, gm, gmDashboard, gmStaff, gmHealth, directory, directoryMtls, directoryHealth] = await freePorts(12);
  return { as: as!, mtls: mtls!, rs: rs!, asHealth: asHealth!, rsHealth: rsHealth!, gm: gm!, gmDashboard: gmDashboard!, gmStaff: gmStaff!, gmHealth: gmHealth!, directory: directory!, directoryMtls: directoryMtls!, directoryHealth: directoryHealth! };
}

/** Ports nobody listens on at the moment, held together while they are picked so that all differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve) => { const server = createServer().listen(0, '127.0.0.1', () => resolve(server)); }))); // prettier-ignore
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
