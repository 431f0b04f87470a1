import type { Path } from './problem.js';

/** An environment variable that overrides one value of the file. */
export interface Variable {
  readonly name: string;
  readonly path: Path;
  readonly means: string;
  /** Several values, separated by commas. */
  readonly list?: true;
}

const one = (name: string, path: string, means: string): Variable => ({ name, path: path.split('.'), means });
const many = (name: string, path: string, means: string): Variable => ({ ...one(name, path, means), list: true });

const server = (prefix: string, path: string, who: string): Variable[] => [
  one(`${prefix}PUBLIC_URL`, `${path}.publicUrl`, `Public URL of ${who}.`),
  one(`${prefix}PORT`, `${path}.port`, `Port ${who} listens on, where it is not that of the public URL.`),
  one(`${prefix}HEALTH_PORT`, `${path}.healthPort`, `Port of its health checks and metrics.`),
];
const site = (prefix: string, path: string, who: string): Variable[] => server(prefix, path, who).slice(0, 2);

/** Deployment values that the environment may set. It wins over the file. */
export const variables: readonly Variable[] = [
  one('DATABASE_URL', 'database.url', 'PostgreSQL 15 or newer. Unset: the embedded one.'),
  one('ASSENT_DATABASE_POOL_SIZE', 'database.poolSize', 'Connections per process.'),
  one('ASSENT_MODE', 'mode', '`development` or `production`.'),
  one('ASSENT_LOG_LEVEL', 'logLevel', 'Least level that is logged.'),
  one('ASSENT_DATA_FOLDER', 'dataFolder', 'Development keys, PKI, embedded database.'),
  one('ASSENT_BIND_HOST', 'authorizationServer.host', 'Address every listener binds to, `0.0.0.0` in a container.'),
  one('ASSENT_HEALTH_HOST', 'authorizationServer.healthHost', 'Address every health listener binds to.'),
  one('ASSENT_TLS_CERTIFICATE_FILE', 'tls.certificateFile', 'Server certificate and chain (PEM).'),
  one('ASSENT_TLS_KEY_FILE', 'tls.keyFile', 'Its private key (PEM).'),
  many('ASSENT_TLS_CLIENT_AUTHORITY_FILES', 'tls.clientAuthorityFiles', 'Who may issue client certificates (PEM files).'),
  many('ASSENT_TLS_SERVER_AUTHORITY_FILES', 'tls.serverAuthorityFiles', 'Whom to trust in outbound calls (PEM files).'),
  one('ASSENT_TLS_TERMINATION', 'tls.termination', '`here`, or `proxy` for plain listeners behind one.'),
  many('ASSENT_TRUSTED_PROXIES', 'proxy.trustedAddresses', 'Addresses or CIDR blocks of the proxies.'),
  one('ASSENT_CLIENT_CERTIFICATE_HEADER', 'proxy.clientCertificateHeader', '`rfc9440`, `nginx`, `envoy`, `haproxy` or `none`.'),
  many('ASSENT_ALLOW_PRIVATE_ADDRESSES', 'outbound.allowPrivateAddresses', 'Internal addresses that may be fetched from.'),
  one('ASSENT_INTERNAL_URL', 'outbound.authorizationServerUrl', 'Where our own servers reach the authorization server, if not at its public URL.'),
  ...server('ASSENT_', 'authorizationServer', 'the authorization server'),
  one('ASSENT_MTLS_URL', 'authorizationServer.mtlsUrl', 'Base of its mTLS aliases.'),
  one('ASSENT_MTLS_PORT', 'authorizationServer.mtlsPort', 'Port of its mTLS listener.'),
  ...server('ASSENT_RESOURCE_', 'resourceServer', 'the resource server'),
  one('ASSENT_RESOURCE_CLIENT_KEY_FILE', 'resourceServer.clientKeyFile', 'Private key set of its introspection client.'),
  ...server('ASSENT_GRANTS_', 'grantManagement', 'the grants API'),
  ...site('ASSENT_DASHBOARD_', 'grantManagement.dashboard', 'the customer dashboard'),
  ...site('ASSENT_STAFF_', 'grantManagement.staff', 'the staff console'),
  ...server('ASSENT_RELYING_PARTY_', 'relyingParty', 'the demo TPP'),
  ...server('ASSENT_DIRECTORY_', 'directory', 'the directory'),
  one('ASSENT_DIRECTORY_MTLS_URL', 'directory.mtlsUrl', 'Its API where a client certificate is asked for.'),
  one('ASSENT_DIRECTORY_MTLS_PORT', 'directory.mtlsPort', 'Port of that listener.'),
  one('ASSENT_DIRECTORY_ADMIN_TOKEN_HASH', 'directory.adminTokenHash', 'SHA-256 of the token that administers it.'),
];

/** Variables with no counterpart in the file. */
export const otherVariables: readonly { readonly name: string; readonly means: string }[] = [
  { name: 'ASSENT_CONFIG', means: 'The configuration file. `--config FILE` wins over it; without both, `config/demo.yaml`.' },
  {
    name: 'ASSENT_ENCRYPTION_KEY',
    means: 'Base64 of 32 random bytes, under which signing keys and stored secrets are encrypted. Required in production; in development one is made in the data folder.',
  },
  { name: 'ASSENT_DATABASE_PORT', means: 'Port of the embedded database of `npm start`. 9432.' },
];

/** Every server and site, for the variables that concern all of them. */
const everyServer: readonly Path[] = [['authorizationServer'], ['resourceServer'], ['grantManagement'], ['relyingParty'], ['directory']];
const everySite: readonly Path[] = [...everyServer, ['grantManagement', 'dashboard'], ['grantManagement', 'staff']];

export type Environment = Readonly<Record<string, string | undefined>>;

/** One value that the environment sets. */
export interface Override {
  readonly variable: string;
  readonly path: Path;
  readonly value: unknown;
}

/** What the environment overrides. A variable set to nothing counts as not set. */
export function overridesOf(env: Environment): readonly Override[] {
  return variables.flatMap((variable) => {
    const text = env[variable.name]?.trim() ?? '';
    if (text === '') return [];
    const value = variable.list ? text.split(',').map((item) => item.trim()) : text;
    return pathsOf(variable).map((path) => ({ variable: variable.name, path, value }));
  });
}

/** Every value that a variable sets. */
export function pathsOf(variable: Variable): readonly Path[] {
  if (variable.name === 'ASSENT_BIND_HOST') return everySite.map((path) => [...path, 'host']);
  if (variable.name === 'ASSENT_HEALTH_HOST') return everyServer.map((path) => [...path, 'healthHost']);
  return [variable.path];
}

/**
 * The file's data with the overrides put in. Sections the file leaves out are made, but for those of the demo
 * TPP and the directory, which are there only when the file says so.
 */
export function withOverrides(data: Readonly<Record<string, unknown>>, overrides: readonly Override[]): Record<string, unknown> {
  const result = structuredClone(data) as Record<string, unknown>;
  for (const { path, value } of overrides) {
    if (optional.has(path[0]) && !isMapping(result[String(path[0])])) continue;
    put(result, path, value);
  }
  return result;
}

const optional: ReadonlySet<unknown> = new Set(['relyingParty', 'directory']);

function put(target: Record<string, unknown>, path: Path, value: unknown): void {
  const [first = '', ...rest] = path;
  if (rest.length === 0) target[first] = value;
  else {
    // A section of the wrong shape stays, so that it is told of.
    const child = (target[first] ??= {});
    if (isMapping(child)) put(child, rest, value);
  }
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
