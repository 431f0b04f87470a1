import type { RegistrationDialect } from '@assent/markets';
import { marketNamed, plainRegistration } from '@assent/markets';
import { sha256 } from '@assent/protocol';
import { freePorts, makeAuthority, Message, send, type Answer, type CertifiedKey } from '@assent/testing/fapi';
import { startStack, type Stack, type StackOptions } from './stack.js';
import { requestJws, startTestDirectory, type Party, type TestDirectory } from './test-directory.js';

export const initialToken = 'initial-access-token-of-the-test';

export const markets = ['uk', 'brazil', 'cdr', 'ksa', 'uae', 'connectid', 'fdx'] as const;
export type Joined = (typeof markets)[number] | 'plain';

export const dialectOf = (name: Joined): RegistrationDialect => {
  if (name === 'plain') return plainRegistration;
  const { onboarding } = marketNamed(name);
  if (onboarding.kind === 'configured') throw new Error(`nobody joins ${name}`);
  return onboarding.dialect;
};

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly type?: string | undefined;
  readonly identity?: CertifiedKey | undefined;
  readonly token?: string | undefined;
  /** The main address, where nobody asks for certificates. */
  readonly plainAddress?: boolean;
}

export interface RegistrationWorld {
  readonly stack: Stack;
  readonly directory: TestDirectory;
  send(market: Joined, sent?: Sent): Promise<Answer>;
  /** What this market's request is made of: sent as it wants it. */
  request(market: Joined, party: Party, changes?: RequestChanges): Promise<Sent>;
  register(market: Joined, party: Party, changes?: RequestChanges): Promise<Answer>;
  issuerOf(market: Joined): string;
  /** Ids of the clients that are kept. */
  kept(market: Joined): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export interface RequestChanges {
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Of the statement. */
  readonly statement?: Readonly<Record<string, unknown>> | string | undefined;
  /** Of the request's own JWS, where there is one. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly sent?: Sent;
}

/** Issuers of every market and a plain one, a directory they trust, and all that third parties need. */
export async function startRegistrationWorld({ registration = {}, syncEvery = '24h', ...options }: { readonly registration?: Readonly<Record<string, unknown>>; readonly syncEvery?: string } & Omit<StackOptions, 'clients'> = {}): Promise<RegistrationWorld> {
  const [port = 0] = await freePorts(1);
  const url = `https://localhost:${port}`;
  const of = (name: Joined) => {
    const dialect = dialectOf(name);
    const statementIssuers = [{ issuer: dialect.statement?.issuer ?? url, jwksUri: `${url}/directory.jwks`, apiUrl: `${url}/api` }];
    return { statementIssuers, perMinute: 100_000, statusEvery: '24h', ...(name === 'connectid' && { sync: { url: `${url}/api/participants?market=connectid`, every: syncEvery } }), ...((name === 'plain' || name === 'fdx') && { initialAccessTokens: [{ name: 'ops', hash: sha256(initialToken).toString('base64url') }] }), ...registration };
  };
  const stack = await startStack({
    ...options,
    clients: [],
    otherIssuers: [{ name: 'plain', registration: of('plain') }, ...markets.map((market) => ({ name: market, profile: undefined, signingAlgs: undefined, market, clients: [], registration: of(market) }))],
  });
  const { server, clientAuthority, ports } = stack;
  const directory = await startTestDirectory(port, server, clientAuthority);
  const issuerOf = (market: Joined) => `https://localhost:${ports.as}/${market}`;
  const sendTo = (market: Joined, { method = 'POST', path = '', body, type, identity, token, plainAddress = false }: Sent = {}) => {
    const headers: [string, string][] = [];
    if (type !== undefined) headers.push(['content-type', type]);
    if (token !== undefined) headers.push(['authorization', `Bearer ${token}`]);
    if (market === 'brazil') headers.push(['x-fapi-interaction-id', 'c770aef3-6784-41f7-8e0e-ff5f97bddb3a']);
    return send(new Message({ method, url: `https://localhost:${plainAddress ? ports.as : ports.mtls}/${market}/register${path}`, headers, body, identity }), { ca: stack.ca });
  };
  const request = async (market: Joined, party: Party, { metadata = {}, statement = {}, claims, header, sent = {} }: RequestChanges = {}): Promise<Sent> => {
    const dialect = dialectOf(market);
    const identity = dialect.mtls === 'required' ? party.identity : undefined;
    if (dialect.request.as === 'certificate' || dialect.request.as === 'none') return { identity, ...sent };
    const compact = typeof statement === 'string' ? statement : await directory.statement(dialect, party, statement);
    const all = { ...metadata, software_statement: 'software_statement' in metadata ? metadata['software_statement'] : compact };
    if (dialect.request.as === 'json') return { identity, type: 'application/json', body: JSON.stringify(all), ...sent };
    return { identity, type: dialect.request.mediaTypes[0], body: await requestJws(party, issuerOf(market), all, { ...(claims && { claims }), ...(header && { header }) }), ...sent };
  };
  return {
    stack,
    directory,
    send: sendTo,
    request,
    register: async (market, party, changes) => sendTo(market, await request(market, party, changes)),
    issuerOf,
    kept: async (market) => (await stack.database.stores.registeredClients.list(issuerOf(market))).map(({ clientId }) => clientId),
    stop: async () => {
      await stack.stop();
      await directory.close();
    },
  };
}

/** A certificate of an authority nobody trusts. */
export const foreignCertificate = async (subject: string): Promise<CertifiedKey> => (await makeAuthority('Somebody')).issue({ subject });
