import type {
  AuthorizationServerConfig, DirectoryConfig, GrantManagementConfig, IssuerConfig, ListenerConfig, ListenerKind, ProxyConfig, RelyingPartyConfig,
  ResourceServerConfig, RevocationCheckConfig, ServerConfig, SiteClientConfig, SiteConfig, TlsConfig,
} from '../model.js'; // prettier-ignore
import { ports } from '../schema/ports.js';
import { underDataFolder, type Context } from './context.js';

interface Entry {
  readonly publicUrl?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly healthHost?: string | undefined;
  readonly healthPort?: number | undefined;
  readonly proxy?: ProxyConfig | undefined;
}

export function buildTls(context: Context): TlsConfig {
  const { content, mode, absolute } = context;
  const { tls } = content;
  const here = tls.termination === 'here';
  const local = (name: string): string | undefined =>
    mode === 'development' ? underDataFolder(context, 'pki', name) : undefined;
  const path = (name: 'certificateFile' | 'keyFile', development: string): string | undefined => {
    const given = tls[name];
    return given === undefined ? local(development) : absolute(given, ['tls', name]);
  };
  const paths = (name: 'clientAuthorityFiles' | 'serverAuthorityFiles', ...development: string[]): readonly string[] =>
    tls[name]?.map((one, index) => absolute(one, ['tls', name, index])) ?? development.map(local).filter((one) => one !== undefined);
  return {
    certificateFile: here ? path('certificateFile', 'server.crt.pem') : undefined,
    keyFile: here ? path('keyFile', 'server.key.pem') : undefined,
    clientAuthorityFiles: paths('clientAuthorityFiles', 'clients-ca.crt.pem', ...(content.directory ? ['directory-ca.crt.pem'] : [])),
    serverAuthorityFiles: paths('serverAuthorityFiles', 'root.crt.pem'),
    revocation: buildRevocation(context),
  };
}

function buildRevocation(context: Context): RevocationCheckConfig {
  const { content, mode, absolute, problem } = context;
  const { revocation } = content.tls;
  const at = (index: number): (string | number)[] => ['tls', 'revocation', 'crls', index];
  const own = content.directory ? [`${server(context, content.directory, ports.directory, 'tls').publicUrl}/crl/directory.crl`] : [];
  const crls = revocation.crls?.map((one, index) => (one.startsWith('https://') ? one : absolute(one, at(index)))) ?? own;
  if (revocation.mode === 'crl' && crls.length === 0) problem(['tls', 'revocation', 'crls'], 'expected at least one revocation list (tls.revocation.mode is crl), found nothing');
  return { mode: revocation.mode, crls, softFail: revocation.softFail ?? mode === 'development', refreshSeconds: revocation.refreshSeconds };
}

/** The address a URL names, or the local default where it names no port. */
const portOf = (url: string, usual: number): number => Number(new URL(url).port) || usual;

function listener(context: Context, entry: Entry, kind: ListenerKind, port: number): ListenerConfig {
  const host = entry.host ?? (context.mode === 'production' ? '0.0.0.0' : '127.0.0.1');
  return { kind: context.content.tls.termination === 'proxy' ? 'plain' : kind, host, port };
}

function server(context: Context, entry: Entry, usual: { port: number; health: number }, kind: ListenerKind): ServerConfig {
  const publicUrl = entry.publicUrl ?? `https://localhost:${entry.port ?? usual.port}`;
  return {
    publicUrl,
    listeners: [listener(context, entry, kind, entry.port ?? portOf(publicUrl, usual.port))],
    health: { host: entry.healthHost ?? '127.0.0.1', port: entry.healthPort ?? usual.health },
    proxy: entry.proxy ?? context.content.proxy,
  };
}

export function buildAuthorizationServer(context: Context): AuthorizationServerConfig {
  const entry = context.content.authorizationServer;
  const alone = entry.mtlsUrl === 'none';
  const base = server(context, entry, ports.authorizationServer, alone ? 'mtls' : 'tls');
  const mtlsUrl = alone ? undefined : (entry.mtlsUrl ?? sibling(base.publicUrl, entry.mtlsPort ?? ports.mtls));
  // Behind a proxy both addresses may arrive at one plain listener; a second one only where it is asked for.
  const second = mtlsUrl !== undefined && (context.content.tls.termination === 'here' || entry.mtlsPort !== undefined);
  const mtlsPort = entry.mtlsPort ?? (mtlsUrl === undefined ? ports.mtls : portOf(mtlsUrl, ports.mtls));
  return {
    ...base,
    listeners: second ? [...base.listeners, listener(context, entry, 'mtls', mtlsPort)] : base.listeners,
    mtlsUrl,
    sessionLifetime: entry.sessionLifetime,
    interactionLifetime: entry.interactionLifetime,
    loginThrottle: { attempts: entry.loginThrottle.attempts, windowSeconds: entry.loginThrottle.window },
    keyRotation: { everySeconds: entry.keyRotation.every, keepPreviousSeconds: entry.keyRotation.keepPrevious },
  };
}

function sibling(url: string, port: number): string {
  const other = new URL(url);
  other.port = String(port);
  return other.origin;
}

export function buildResourceServer(context: Context): ResourceServerConfig {
  const entry = context.content.resourceServer;
  const base = server(context, entry, ports.resourceServer, 'mtls');
  const { introspectionClientId, verification, maxFeedAge, clientKeyFile, revocations } = entry;
  if (revocations.source === 'https' && introspectionClientId === undefined) context.problem(['resourceServer', 'introspectionClientId'], 'expected the client that asks for revocations (resourceServer.revocations.source is https), found nothing');
  return {
    ...base,
    resource: entry.resource ?? base.publicUrl,
    verification: verification ?? (introspectionClientId === undefined ? 'jwt' : 'jwt-or-introspection'),
    maxFeedAge,
    introspectionClientId,
    clientKeyFile: clientKeyFile === undefined ? undefined : context.absolute(clientKeyFile, ['resourceServer', 'clientKeyFile']),
    revocations: { source: revocations.source, url: revocations.url ?? `${server(context, context.content.grantManagement, ports.grantManagement, 'mtls').publicUrl}/revocations` },
  };
}

export function buildGrantManagement(context: Context, issuers: readonly IssuerConfig[]): GrantManagementConfig {
  const entry = context.content.grantManagement;
  const site = (one: Entry, port: number): Pick<SiteConfig, 'publicUrl' | 'listeners'> => {
    const { publicUrl, listeners } = server(context, { host: entry.host, ...one }, { port, health: 0 }, 'tls');
    return { publicUrl, listeners };
  };
  const { dashboard, staff, events } = entry;
  return {
    ...server(context, entry, ports.grantManagement, 'mtls'),
    dashboard: { ...site(dashboard, ports.dashboard), client: siteClient(context, 'dashboard', issuers.find(({ name }) => name === dashboard.issuer)?.issuer, dashboard) },
    staff: { ...site(staff, ports.staff), client: siteClient(context, 'staff', staff.issuerUrl, staff), roleClaim: staff.roleClaim, scope: staff.scope },
    events: { giveUpAfterSeconds: events.giveUpAfter },
  };
}

function siteClient(context: Context, name: 'dashboard' | 'staff', issuer: string | undefined, { clientId, clientKeyFile }: { readonly clientId?: string | undefined; readonly clientKeyFile?: string | undefined }): SiteClientConfig | undefined {
  if (issuer === undefined || clientId === undefined) return undefined;
  return { issuer, clientId, clientKeyFile: clientKeyFile === undefined ? undefined : context.absolute(clientKeyFile, ['grantManagement', name, 'clientKeyFile']) };
}

export function buildRelyingParty(context: Context): RelyingPartyConfig | undefined {
  const entry = context.content.relyingParty;
  return entry && { ...server(context, entry, ports.relyingParty, 'tls'), clients: entry.clients };
}

export function buildDirectory(context: Context): DirectoryConfig | undefined {
  const entry = context.content.directory;
  if (!entry) return undefined;
  const base = server(context, entry, ports.directory, 'tls');
  const second = context.content.tls.termination === 'here' || entry.mtlsPort !== undefined;
  const mtlsUrl = entry.mtlsUrl ?? (second ? sibling(base.publicUrl, entry.mtlsPort ?? ports.directory.mtls) : undefined);
  const mtlsPort = entry.mtlsPort ?? (mtlsUrl === undefined ? ports.directory.mtls : portOf(mtlsUrl, ports.directory.mtls));
  const path = (name: 'authorityCertificateFile' | 'authorityKeyFile', development: string): string => {
    const given = entry[name];
    return given === undefined ? underDataFolder(context, 'pki', development) : context.absolute(given, ['directory', name]);
  };
  return {
    ...base,
    listeners: second ? [...base.listeners, listener(context, entry, 'mtls', mtlsPort)] : base.listeners,
    mtlsUrl,
    adminTokenHash: entry.adminTokenHash,
    authorityCertificateFile: path('authorityCertificateFile', 'directory-ca.crt.pem'),
    authorityKeyFile: path('authorityKeyFile', 'directory-ca.key.pem'),
    certificateLifetime: entry.certificateLifetime,
    revocationLifetime: entry.revocationLifetime,
    statementLifetime: entry.statementLifetime,
  };
}
