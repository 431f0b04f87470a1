import { openRevocationFeed } from '@assent/persistence';
import { mintId, newTag, type RevocableToken, type RevocationFeed } from '@assent/protocol';
import { startResourceServer } from '@assent/resource-server';
import type { Answer, Change } from '@assent/testing/fapi';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { followerId, openFeedWorld, revoke, type FeedWorld } from './support/feed-world.js';

/*
 * One contract for both ways a resource server learns what was revoked: from the database, and over HTTPS.
 */

let world: FeedWorld;
beforeAll(async () => {
  const machine = (scope: string) => ({ grant_types: ['client_credentials'], redirect_uris: undefined, scope });
  world = await openFeedWorld((grantsApi) => [
    { id: 'curious', auth: 'private_key_jwt', constraint: 'dpop', metadata: machine('revocation_feed grant_management_query') },
    { id: 'reader', auth: 'private_key_jwt', constraint: 'dpop', metadata: machine('accounts') },
    { id: 'certified', auth: 'tls_client_auth', constraint: 'mtls', metadata: { ...machine('revocation_feed'), introspection: [grantsApi] } },
  ]);
});
afterAll(() => world.close());

interface FeedOptions {
  readonly capacity?: number;
  readonly onError?: (error: Error) => void;
}
const adapters: readonly [string, (options?: FeedOptions) => Promise<RevocationFeed>][] = [
  ['the database', (options = {}) => openRevocationFeed(world.url, options)],
  ['HTTPS', (options = {}) => world.follow(options)],
];

/** Waits for it; a bound that is generous, as machines are slow, where the contract says a second. */
async function until(condition: () => boolean, most = 5_000): Promise<number> {
  const begun = performance.now();
  while (!condition()) {
    if (performance.now() - begun > most) throw new Error(`not within ${most} ms`);
    await sleep(5);
  }
  return performance.now() - begun;
}
const ofFamily = (id: string): RevocableToken => ({ jti: `${id}.1` });
const ofGrant = (grantId: string, grantVersion?: number): RevocableToken => ({ jti: `${mintId(newTag())}.1`, grantId, grantVersion });

describe.each(adapters)('a revocation feed over %s', (_name, open) => {
  let feed: RevocationFeed;
  beforeAll(async () => {
    feed = await open();
  });
  afterAll(() => feed.close());

  it('reports a token, a family, a grant and older versions, and nothing else', async () => {
    const token = `${mintId(newTag())}.7`;
    await revoke(world.pool, { subject: 'token', id: token });
    const [family, grant, changed] = [await revoke(world.pool, { subject: 'family' }), await revoke(world.pool, { subject: 'grant' }), await revoke(world.pool, { subject: 'version', below: 3 })];
    await until(() => [{ jti: token }, ofFamily(family), ofGrant(grant, 9), ofGrant(changed, 2), ofGrant(changed)].every((one) => feed.isRevoked(one)));
    expect([{ jti: `${token}x` }, { jti: family }, ofGrant(family), ofFamily(grant), ofGrant(changed, 3)].some((one) => feed.isRevoked(one))).toBe(false);
  });

  it('follows a floor that rises', async () => {
    const id = await revoke(world.pool, { subject: 'version', below: 2 });
    await until(() => feed.isRevoked(ofGrant(id, 1)));
    await revoke(world.pool, { subject: 'version', id, below: 3 });
    await until(() => feed.isRevoked(ofGrant(id, 2)));
    expect(feed.isRevoked(ofGrant(id, 3))).toBe(false);
  });

  it('knows at the start what was revoked before, and not what has expired', async () => {
    const [alive, over] = [await revoke(world.pool, { subject: 'family' }), await revoke(world.pool, { subject: 'family', seconds: -1 })];
    await until(() => feed.isRevoked(ofFamily(alive)));
    const young = await open();
    expect([young.isRevoked(ofFamily(alive)), young.isRevoked(ofFamily(over)), young.age() < 1_000]).toEqual([true, false, true]);
    await young.close();
  });

  it('skips no transaction that commits after its successors', async () => {
    const late = new pg.Client({ connectionString: world.url });
    await late.connect();
    await late.query('BEGIN');
    const first = await revoke(late, { subject: 'family' });
    for (let count = 0; count < 3; count += 1) {
      const next = await revoke(world.pool, { subject: 'family' });
      await until(() => feed.isRevoked(ofFamily(next)));
    }
    await sleep(700);
    expect(feed.isRevoked(ofFamily(first))).toBe(false);
    await late.query('COMMIT');
    await late.end();
    await until(() => feed.isRevoked(ofFamily(first)));
    expect(feed.age()).toBeLessThan(1_000);
  });

  it('needs no notification', async () => {
    await world.pool.query('ALTER TABLE assent.revocation DISABLE TRIGGER announce');
    try {
      const id = await revoke(world.pool, { subject: 'family' });
      await until(() => feed.isRevoked(ofFamily(id)));
    } finally {
      await world.pool.query('ALTER TABLE assent.revocation ENABLE TRIGGER announce');
    }
  });

  it('stays young while nothing happens', async () => {
    for (let count = 0; count < 15; count += 1) {
      await sleep(100);
      expect(feed.age()).toBeLessThan(1_000);
    }
  });

  it('catches up after its reader lost the connection to the database', async () => {
    await world.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'assent-revocations'`);
    const id = await revoke(world.pool, { subject: 'family' });
    await until(() => feed.isRevoked(ofFamily(id)));
    await until(() => feed.age() < 700);
  });

  it('vouches for nothing when it cannot hold all there is, and forgets nothing that is alive', async () => {
    await world.pool.query('DELETE FROM assent.revocation');
    const errors: string[] = [];
    const [lasting, brief] = [await revoke(world.pool, { subject: 'family' }), await revoke(world.pool, { subject: 'family', seconds: 6 })];
    // The server over HTTPS still tells what it knew.
    await world.stopServer();
    await world.startServer();
    const small = await open({ capacity: 2, onError: (error) => errors.push(error.message) });
    expect([small.isRevoked(ofFamily(lasting)), small.isRevoked(ofFamily(brief)), small.age() < 1_000]).toEqual([true, true, true]);
    const third = await revoke(world.pool, { subject: 'family' });
    await until(() => small.age() === Infinity);
    expect([small.isRevoked(ofFamily(lasting)), small.isRevoked(ofFamily(brief))]).toEqual([true, true]);
    expect(errors.at(-1)).toMatch(/more than 2 live revocations/);
    await until(() => small.age() < 1_000, 20_000);
    expect([small.isRevoked(ofFamily(lasting)), small.isRevoked(ofFamily(third))]).toEqual([true, true]);
    await small.close();
  }, 40_000);
});

describe('the address', () => {
  const ask = async (id: string, query = '', scope = 'revocation_feed', change: Change = {}) => {
    const client = await world.party(id);
    const { json } = await client.clientCredentials(scope);
    return client.call(`${world.resource}${query}`, json['access_token'] as string, change);
  };

  it('answers a resource server bound by its certificate too, and keeps no answer in a cache', async () => {
    const answer = await ask('certified');
    expect([answer.status, answer.headers.get('cache-control'), Object.keys(answer.json)]).toEqual([200, 'no-store', ['cursor', 'complete', 'as_of_ms', 'revocations']]);
  });

  it('waits for news as long as it was asked to, and answers at once when there is some', async () => {
    const { cursor } = (await ask(followerId)).json as { cursor: string };
    const quiet = (await ask(followerId, `?after=${cursor}&wait=0.5`)).json as { as_of_ms: number; revocations: object[] };
    expect([quiet.as_of_ms > 100, quiet.revocations]).toEqual([true, []]);
    const asked = ask(followerId, `?after=${cursor}&wait=30`);
    await sleep(300);
    const id = await revoke(world.pool, { subject: 'version', below: 4 });
    expect((await asked).json).toMatchObject({ complete: true, revocations: [{ subject: 'version', id, below: 4, until: expect.any(Number) as number }] });
  });

  it.each<[string, () => Promise<Answer>, number, string]>([
    ['a client that introspects for no resource', () => ask('curious'), 403, 'insufficient_scope'],
    ['a token without the scope', () => ask('curious', '', 'grant_management_query'), 401, 'invalid_token'],
    ['a token without its proof', () => ask(followerId, '', 'revocation_feed', { message: (message) => void message.setHeader('dpop', undefined) }), 401, 'invalid_dpop_proof'],
    ['a wait that is too long', () => ask(followerId, '?wait=31'), 400, 'invalid_request'],
    ['a wait that is none', () => ask(followerId, '?wait=-1'), 400, 'invalid_request'],
    ['two cursors', () => ask(followerId, '?after=a&after=b'), 400, 'invalid_request'],
  ])('refuses %s', async (_, send, status, error) => {
    const answer = await send();
    expect([answer.status, answer.json['error']]).toEqual([status, error]);
  });

  it('lets a server stop while somebody waits', async () => {
    const { cursor } = (await ask(followerId)).json as { cursor: string };
    const asked = ask(followerId, `?after=${cursor}&wait=30`);
    await sleep(300);
    await world.stopServer();
    expect((await asked).status).toBe(200);
    await world.startServer();
  });
});

describe('over HTTPS', () => {
  it('is delivered in pages, and counts as known when the last one is there', async () => {
    await world.pool.query(`INSERT INTO assent.revocation (tag, id, subject, until, kept_until) SELECT 0, 'many-' || n, 'family', now() + '10 min', now() + '10 min' FROM generate_series(1, 2500) n`);
    const feed = await world.follow();
    expect([feed.isRevoked(ofFamily('many-1')), feed.isRevoked(ofFamily('many-2500')), feed.age() < 1_000]).toEqual([true, true, true]);
    await feed.close();
  });

  it('starts over where the server is another one, without a gap', async () => {
    const feed = await world.follow();
    await world.stopServer();
    const missed = await revoke(world.pool, { subject: 'family' });
    await sleep(300);
    expect(feed.isRevoked(ofFamily(missed))).toBe(false);
    await world.startServer();
    await until(() => feed.isRevoked(ofFamily(missed)), 10_000);
    await until(() => feed.age() < 1_000);
    await feed.close();
  });

  it('grows old on a network that swallows, and counts a slow one in', async () => {
    const feed = await world.follow({ timeoutMs: 1_000 });
    world.road.silent = true;
    await sleep(1_500);
    expect(feed.age()).toBeGreaterThan(1_000);
    world.road.silent = false;
    await until(() => feed.age() < 1_000, 10_000);
    world.road.delayMs = 150;
    await sleep(1_500);
    const ages: number[] = [];
    await until(() => ages.push(feed.age()) > 200);
    // What is known was on its way for 150 ms at the least.
    expect(Math.min(...ages)).toBeGreaterThan(140);
    const id = await revoke(world.pool, { subject: 'family' });
    await until(() => feed.isRevoked(ofFamily(id)));
    world.road.delayMs = 0;
    await feed.close();
  });

  it('opens without a server, vouches for nothing, and follows once there is one', async () => {
    await world.stopServer();
    const feed = await world.follow({ openWithinMs: 300 });
    expect(feed.age()).toBe(Infinity);
    await world.startServer();
    await until(() => feed.age() < 1_000, 10_000);
    await feed.close();
  });
});

describe('the accounts API with revocations over HTTPS', () => {
  it('refuses a revoked token, answers 503 once the feed server is away too long, and starts only with a client that may ask', async () => {
    const { config } = world.made;
    const keyFile = join(dirname(world.made.file), 'follower.jwks.json');
    await writeFile(keyFile, JSON.stringify({ keys: [world.made.client(followerId).privateJwk] }));
    const resourceServer = { ...config.resourceServer, introspectionClientId: followerId, clientKeyFile: keyFile, revocations: { source: 'https' as const, url: world.resource } };
    await expect(startResourceServer({ ...config, resourceServer: { ...resourceServer, introspectionClientId: 'curious-not' } })).rejects.toThrow(/no issuer has registered client curious-not with the scope revocation_feed/);
    const server = await startResourceServer({ ...config, resourceServer });
    const client = await world.party('reader');
    const token = (await client.clientCredentials('accounts')).json['access_token'] as string;
    const { jti } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { jti: string };
    // No customer stands behind it: what the guard says last.
    const status = async (): Promise<number> => (await client.call(`${world.made.resource}/accounts`, token)).status;
    expect(await status()).toBe(403);
    await revoke(world.pool, { subject: 'token', id: jti });
    await untilAsync(async () => (await status()) === 401);
    await world.stopServer();
    await untilAsync(async () => (await status()) === 503);
    await world.startServer();
    await untilAsync(async () => (await status()) === 401);
    await server.close();
  }, 40_000);
});

async function untilAsync(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 15_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('not in time');
    await sleep(20);
  }
}

it.each(adapters)('over %s, outlives a restart of the database', async (_name, open) => {
  const feed = await open();
  const before = await revoke(world.pool, { subject: 'family' });
  await until(() => feed.isRevoked(ofFamily(before)));
  await world.stopDatabase();
  await until(() => feed.age() > 1_200, 10_000);
  expect(feed.isRevoked(ofFamily(before))).toBe(true);
  await world.startDatabase();
  const after = await revoke(world.pool, { subject: 'family' });
  await until(() => feed.isRevoked(ofFamily(after)), 20_000);
  await until(() => feed.age() < 1_000);
  await feed.close();
}, 60_000);
