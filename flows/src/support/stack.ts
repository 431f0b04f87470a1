import { startAuthorizationServer, type AuthorizationServer } from '@assent/authorization-server';
import { openDatabase, seedCustomers, seedStaff, type Database } from '@assent/persistence';
import { systemClock, type Clock } from '@assent/protocol';
import { startGrantManagement, type GrantManagement } from '@assent/grant-management';
import { startResourceServer, type ResourceServer } from '@assent/resource-server';
import { startDatabase } from '@assent/testing';
import { customers, FapiClient, makeConfiguration, Visitor, type Approval, type Prepared, type TestConfiguration, type TestPorts, type WantedClient, type WantedConfiguration } from '@assent/testing/fapi';
import { LogBook } from './log-book.js';
import { startDirectoryOf, type DirectoryAdministration } from './directory.js';
import { startProxy } from './proxy.js';

/** The servers' clock, which a test may move on. Time itself keeps running. */
class TestClock implements Clock {
  aheadSeconds = 0;

  now(): Date {
    return new Date(systemClock.now().getTime() + this.aheadSeconds * 1000);
  }
}

export interface Stack extends TestConfiguration {
  /** Runs `body` that many seconds later, for the servers and for every party, then comes back. */
  later<T>(seconds: number, body: () => Promise<T>): Promise<T>;
  /** Moves the servers’ clock on, for good. */
  advance(seconds: number): void;
  readonly as: AuthorizationServer;
  readonly rs: ResourceServer;
  /** With `directory` only. */
  readonly directory: DirectoryAdministration | undefined;
  /** With `grants` only. */
  readonly gm: GrantManagement | undefined;
  /** Where the servers themselves listen: the public ports, unless a proxy has those. */
  readonly ownPorts: TestPorts;
  readonly asLog: LogBook;
  readonly rsLog: LogBook;
  readonly gmLog: LogBook;
  readonly database: Database;
  /** The client with this id, ready to speak; one per id. */
  party(id: string): Promise<FapiClient>;
  /** A browser without cookies. */
  visitor(): Visitor;
  stop(): Promise<void>;
}

export type StackOptions = Omit<WantedConfiguration, 'databaseUrl'>;

/** PostgreSQL, authorization server and resource server on free ports over real TLS, in this process. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const server = await startDatabase();
  const closing: (() => Promise<unknown>)[] = [() => server.stop()];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const made = await makeConfiguration({ ...options, databaseUrl: server.url });
    closing.push(() => made.close());
    // Behind a proxy the public ports are the proxy's.
    const { config, ports } = options.proxy ? await made.sibling() : made;
    if (options.proxy) {
      const proxy = await startProxy(made, options.proxy, new Map([[made.ports.as, ports.as], [made.ports.mtls, ports.mtls], [made.ports.rs, ports.rs]]));
      closing.push(() => proxy.close());
    }
    const clock = new TestClock();
    const database = await openDatabase({ url: server.url, poolSize: 4, encryptionKey: config.encryptionKey });
    closing.push(() => database.close());
    await seedCustomers(database.pool, config.customers, systemClock);
    await seedStaff(database.pool, config.staff);
    const [asLog, rsLog, gmLog] = [new LogBook('authorization-server'), new LogBook('resource-server'), new LogBook('grant-management')];
    const directory = options.directory ? await startDirectoryOf(config, made.ca, clock) : undefined;
    closing.push(async () => directory?.stop());
    const as = await startAuthorizationServer(config, { clock, log: asLog.log });
    closing.push(() => as.close());
    const rs = await startResourceServer(config, { clock, log: rsLog.log });
    closing.push(() => rs.close());
    const gm = options.grants ? await startGrantManagement(config, { clock, log: gmLog.log }) : undefined;
    closing.push(async () => gm?.close());
    const parties = new Map<string, Promise<FapiClient>>();
    const party = (id: string): Promise<FapiClient> => {
      const client = made.client(id);
      const known = parties.get(id) ?? FapiClient.open({ client, issuer: client.at === undefined ? made.issuer : made.issuer.replace(/[^/]+$/, client.at), ca: made.ca });
      parties.set(id, known);
      return known;
    };
    const later = async <T>(seconds: number, body: () => Promise<T>): Promise<T> => {
      const move = async (by: number) => {
        clock.aheadSeconds += by;
        for (const one of await Promise.all(parties.values())) one.skew += by;
      };
      await move(seconds);
      try {
        return await body();
      } finally {
        await move(-seconds);
      }
    };
    return { ...made, ownPorts: ports, later, advance: (seconds: number) => void (clock.aheadSeconds += seconds), as, rs, gm, directory, asLog, rsLog, gmLog, database, party, visitor: () => new Visitor({ ca: made.ca }), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The callback of a whole front channel: pushed, signed in as Ana (when the browser is not yet) and allowed. */
export interface Authorized {
  readonly prepared: Prepared;
  readonly callback: URL;
  readonly code: string;
}

export async function authorize(client: FapiClient, visitor: Visitor, changes: Readonly<Record<string, string | undefined>> = {}, picks: Partial<Approval> = {}): Promise<Authorized> {
  const { prepared, url } = await client.begin(changes);
  const callback = await visitor.approve(url, { ...customers.ana, ...picks });
  const code = callback.searchParams.get('code');
  if (code === null) throw new Error(`no code: ${callback.search}`);
  return { prepared, callback, code };
}

/** The tokens of a good token answer. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly idToken: string | undefined;
}

/** `answer`: the whole of the token answer. */
export async function obtainTokens(client: FapiClient, visitor: Visitor, changes: Readonly<Record<string, string | undefined>> = {}, picks: Partial<Approval> = {}): Promise<Tokens & Authorized & { readonly answer: Readonly<Record<string, unknown>> }> {
  const authorized = await authorize(client, visitor, changes, picks);
  const { status, json } = await client.redeem(authorized.prepared, authorized.code);
  if (status !== 200) throw new Error(`the token request was refused: ${JSON.stringify(json)}`);
  return { ...authorized, answer: json, accessToken: json['access_token'] as string, refreshToken: json['refresh_token'] as string, idToken: json['id_token'] as string | undefined };
}

/** The matrix: each way to authenticate with each way to bind, formats and algorithms spread over it. */
export const matrix: readonly WantedClient[] = [
  { id: 'jwt-dpop', auth: 'private_key_jwt', constraint: 'dpop', alg: 'ES256', metadata: { id_token_signed_response_alg: 'PS256', scope: 'openid profile offline_access accounts balances transactions', organisation: { legal_name: 'Test Ltd', purpose: 'To test.' } } },
  { id: 'jwt-mtls', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', metadata: { subject_type: 'pairwise' } },
  { id: 'ca-dpop', auth: 'tls_client_auth', constraint: 'dpop', metadata: { access_token_format: 'opaque', id_token_signed_response_alg: 'EdDSA' } },
  { id: 'ca-mtls', auth: 'tls_client_auth', constraint: 'mtls' },
  { id: 'self-dpop', auth: 'self_signed_tls_client_auth', constraint: 'dpop' },
  { id: 'self-mtls', auth: 'self_signed_tls_client_auth', constraint: 'mtls', metadata: { access_token_format: 'opaque' } },
];

const algs = ['ES256', 'PS256', 'EdDSA'] as const;

/** Every algorithm of assertions and ID tokens, both token formats, both kinds of subject: for the long run. */
export const fullMatrix: readonly WantedClient[] = algs.flatMap((alg, row) =>
  algs.flatMap((idTokenAlg, column) =>
    (['dpop', 'mtls'] as const).map((constraint): WantedClient => {
      const odd = (row + column) % 2 === 1;
      const metadata = { id_token_signed_response_alg: idTokenAlg, access_token_format: odd ? 'opaque' : 'jwt', subject_type: row === 1 ? 'pairwise' : 'public', ...(column === 2 ? { userinfo_signed_response_alg: idTokenAlg } : {}) };
      return { id: `full-${alg}-${idTokenAlg}-${constraint}`.toLowerCase(), auth: 'private_key_jwt', constraint, alg, metadata };
    }),
  ),
);
