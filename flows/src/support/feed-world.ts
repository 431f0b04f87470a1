import { startAuthorizationServer } from '@assent/authorization-server';
import { generateSigningKey, importPrivateJwk, openSigningKey } from '@assent/crypto';
import { startGrantManagement, revocationsResource, type GrantManagement } from '@assent/grant-management';
import { migrate } from '@assent/persistence';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@assent/persistence/embedded';
import { mintId, newTag, tagOf, type RevocationFeed, type RevocationSubject } from '@assent/protocol';
import { openHttpRevocationFeed, type HttpRevocationFeedOptions } from '@assent/resource-guard';
import { FapiClient, freePorts, makeConfiguration, type TestConfiguration, type WantedClient } from '@assent/testing/fapi';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Agent, fetch } from 'undici';
import { openSlowRoad, type SlowRoad } from './slow-road.js';

/** A database of its own that can be restarted, an issuer, the grant-management server and a road to it. */
export interface FeedWorld {
  readonly made: TestConfiguration;
  readonly url: string;
  readonly resource: string;
  readonly road: SlowRoad;
  readonly pool: pg.Pool;
  party(id: string): Promise<FapiClient>;
  /** A follower of the feed over HTTPS, by the road. */
  follow(changes?: Partial<HttpRevocationFeedOptions>): Promise<RevocationFeed>;
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  stopDatabase(): Promise<void>;
  startDatabase(): Promise<void>;
  close(): Promise<void>;
}

export const followerId = 'bank-api';

type Clients = (grantsApi: string) => readonly WantedClient[];

export async function openFeedWorld(clients: Clients = () => []): Promise<FeedWorld> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    return { ...(await open(clients, closing)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(clients: Clients, closing: (() => Promise<unknown>)[]): Promise<Omit<FeedWorld, 'close'>> {
  const folder = await mkdtemp(join(tmpdir(), 'assent-feed-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const [databasePort, api, dashboard, staff, healthPort] = (await freePorts(5)) as [number, number, number, number, number];
  const settings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };
  const openDatabase = (): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ folder: join(folder, 'pg'), port: databasePort, settings });
  let database: EmbeddedPostgres | undefined = await openDatabase();
  closing.push(async () => database?.stop());
  const { url } = database;
  await migrate(url);
  const publicUrl = `https://localhost:${api}`;
  const own = [
    { identifier: `${publicUrl}/revocations`, name: 'Revocation feed', scopes: ['revocation_feed'] },
    { identifier: `${publicUrl}/events`, name: 'Events', scopes: ['grant_events'] },
    { identifier: `${publicUrl}/grants`, name: 'Grants', scopes: ['grant_management_query', 'grant_management_revoke'] },
  ];
  const follower: WantedClient = { id: followerId, auth: 'private_key_jwt', constraint: 'either', metadata: { grant_types: ['client_credentials'], redirect_uris: undefined, scope: 'revocation_feed', introspection: [`${publicUrl}/grants`] } };
  const made = await makeConfiguration({
    databaseUrl: url,
    clients: [follower, ...clients(`${publicUrl}/grants`)],
    sections: { grantManagement: { publicUrl, healthPort, dashboard: { publicUrl: `https://localhost:${dashboard}` }, staff: { publicUrl: `https://localhost:${staff}` } }, },
    moreResources: own,
    issuer: { signingAlgs: ['ES256'] },
  });
  closing.push(() => made.close());
  const as = await startAuthorizationServer(made.config);
  closing.push(() => as.close());
  let server: GrantManagement | undefined = await startGrantManagement(made.config);
  closing.push(async () => server?.close());
  const road = await openSlowRoad(api);
  closing.push(() => road.close());
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => undefined);
  closing.push(() => pool.end());
  const agent = new Agent({ connect: { ca: made.ca, lookup: (_name, options, callback) => (options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4)) } });
  closing.push(() => agent.destroy());
  const resource = revocationsResource(made.config);
  return {
    made,
    url,
    resource,
    road,
    pool,
    party: (id) => FapiClient.open({ client: made.client(id), issuer: made.issuer, ca: made.ca }),
    follow: async (changes = {}) =>
      openHttpRevocationFeed({
        url: resource,
        client: { issuer: made.issuer, clientId: followerId, key: importPrivateJwk(made.client(followerId).privateJwk), dpopKey: openSigningKey({ alg: 'ES256', ...(await generateSigningKey('ES256')) }) },
        fetch: (address, init) => fetch(address, { ...(init as object), dispatcher: agent }) as unknown as Promise<Response>,
        origins: { [publicUrl]: `https://localhost:${road.port}` },
        ...changes,
      }),
    stopServer: async () => {
      await server?.close();
      server = undefined;
    },
    startServer: async () => void (server = await startGrantManagement(made.config)),
    stopDatabase: async () => {
      await database?.stop();
      database = undefined;
    },
    startDatabase: async () => void (database = await openDatabase()),
  };
}

export interface WrittenRevocation {
  readonly subject: RevocationSubject;
  readonly id?: string;
  readonly below?: number;
  readonly seconds?: number;
}

/** What the stores write when something is revoked. Answers with the id. */
export async function revoke(client: Pick<pg.Pool, 'query'>, { subject, id = mintId(newTag()), below, seconds = 600 }: WrittenRevocation): Promise<string> {
  await client.query(
    `INSERT INTO assent.revocation (tag, id, subject, below, until, kept_until) VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5), now() + make_interval(secs => $5))
     ON CONFLICT (tag, id, subject) DO UPDATE SET below = excluded.below, until = excluded.until, xid = pg_current_xact_id()`,
    [tagOf(id), id, subject, below ?? null, seconds],
  );
  return id;
}
