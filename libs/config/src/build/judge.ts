import { BlockList } from 'node:net';
import type { AssentConfig, ListenerConfig, ServerConfig } from '../model.js';
import type { Path } from '../problem.js';
import type { Context } from './context.js';

type Servers = Pick<AssentConfig, 'authorizationServer' | 'resourceServer' | 'grantManagement' | 'relyingParty' | 'directory'>;

/** Plain listeners serve trusted proxies only, and know a client certificate only from their headers. */
export function judgeProxy({ content, problem, warn }: Context, servers: Servers, issuers: AssentConfig['issuers']): void {
  if (content.tls.termination === 'here') return;
  for (const name of ['authorizationServer', 'resourceServer', 'grantManagement', 'relyingParty', 'directory'] as const) {
    if (servers[name] === undefined || (servers[name].proxy?.trustedAddresses.length ?? 0) > 0) continue;
    const path = content[name]?.proxy ? [name, 'proxy', 'trustedAddresses'] : ['proxy', 'trustedAddresses'];
    problem(path, 'expected the addresses of the proxy (tls.termination is proxy), found nothing');
  }
  if ((servers.authorizationServer.proxy?.clientCertificateHeader ?? 'none') !== 'none') return;
  issuers.forEach(({ name, clients }) => {
    const client = clients.find((one) => one.tls_client_certificate_bound_access_tokens || one.token_endpoint_auth_method !== 'private_key_jwt');
    if (client) warn(['proxy', 'clientCertificateHeader'], `none: no client certificate arrives, so client ${client.client_id} of issuer ${name} cannot work`);
  });
}

/** What goes there are tokens and client assertions. */
export function judgeInternalUrl({ content, problem }: Context): void {
  const url = content.outbound.authorizationServerUrl;
  if (url?.startsWith('http:') && !isLoopback(new URL(url).hostname)) {
    problem(['outbound', 'authorizationServerUrl'], `expected an https URL, or plain http to a loopback address, found "${url}"`);
  }
}

function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8);
  return address === 'localhost' || address === '::1' || loopback.check(address);
}

/** Tokens for the grants API name it as their audience: an issuer that offers the API must know it as a resource (GM-API-09). */
export function judgeGrantsResource({ problem }: Context, { publicUrl }: Pick<ServerConfig, 'publicUrl'>, resources: AssentConfig['resources'], issuers: AssentConfig['issuers']): void {
  const identifier = `${publicUrl}/grants`;
  const known = resources.find((resource) => resource.identifier === identifier);
  for (const action of ['query', 'revoke'] as const) {
    const offering = issuers.find(({ grantManagement }) => grantManagement.actions.includes(action));
    if (!offering || known?.scopes.includes(`grant_management_${action}`)) continue;
    problem(['resources'], `expected ${identifier} (grantManagement.publicUrl and /grants) with the scope grant_management_${action}, as issuer ${offering.name} offers ${action}`);
  }
}

/** A key that leaves the published set before its tokens end makes good tokens fail. */
export function judgeKeyRotation({ problem }: Context, keep: number, issuers: AssentConfig['issuers']): void {
  const longest = Math.max(...issuers.map(({ policy }) => Math.max(policy.accessTokenLifetime, policy.idTokenLifetime)));
  if (keep < longest) problem(['authorizationServer', 'keyRotation', 'keepPrevious'], `expected at least ${longest} seconds (the longest token lifetime), found ${keep}`);
}

interface Place extends Pick<ListenerConfig, 'host' | 'port'> {
  /** The key that says the port. */
  readonly path: Path;
}

/**
 * Two listeners at one address: found before the operating system does. In production the applications may run on
 * machines of their own, so only those within one process are compared.
 */
export function judgePorts(context: Context, servers: Servers): void {
  const { authorizationServer, resourceServer, grantManagement, relyingParty, directory } = servers;
  const processes = [
    placesOf(context, ['authorizationServer'], authorizationServer),
    placesOf(context, ['resourceServer'], resourceServer),
    [
      ...placesOf(context, ['grantManagement'], grantManagement),
      ...placesOf(context, ['grantManagement', 'dashboard'], grantManagement.dashboard),
      ...placesOf(context, ['grantManagement', 'staff'], grantManagement.staff),
    ],
    ...(relyingParty ? [placesOf(context, ['relyingParty'], relyingParty)] : []),
    ...(directory ? [placesOf(context, ['directory'], directory)] : []),
  ];
  for (const places of context.mode === 'production' ? processes : [processes.flat()]) judgePlaces(context, places);
}

function placesOf({ content }: Context, path: Path, { listeners, health }: Pick<ServerConfig, 'listeners'> & Partial<Pick<ServerConfig, 'health'>>): Place[] {
  const entry = path.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], content) as Record<string, unknown>;
  const keyOf = (index: number): string => {
    const [port, url] = index === 0 ? ['port', 'publicUrl'] : ['mtlsPort', 'mtlsUrl'];
    return entry[port!] === undefined && entry[url!] !== undefined ? url! : port!;
  };
  const places = listeners.map((listener, index) => ({ ...listener, path: [...path, keyOf(index)] }));
  return health ? [...places, { ...health, path: [...path, 'healthPort'] }] : places;
}

const everywhere = new Set(['0.0.0.0', '::']);
const meet = (a: Place, b: Place): boolean => a.port === b.port && (a.host === b.host || everywhere.has(a.host) || everywhere.has(b.host));

function judgePlaces({ problem }: Context, places: readonly Place[]): void {
  places.forEach((place, index) => {
    const other = places.slice(0, index).find((one) => meet(one, place));
    if (other) problem(place.path, `expected a port of its own, found ${place.port}, which ${other.path.join('.')} has`);
  });
}
