import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { RevocationFeed } from '@assent/protocol';
import { openRevocationFeed } from './revocation-feed.js';
import { actor, audit, clientId, inSeconds, issuer, now, openBench, redeemed, redemption, type Bench } from './stores/fixtures.js';

let bench: Bench;
let feed: RevocationFeed;
const errors: Error[] = [];
beforeAll(async () => {
  bench = await openBench();
  feed = await openRevocationFeed(bench.url, { onError: (error) => errors.push(error) });
});
afterAll(async () => {
  await feed.close();
  await bench.close();
});

async function millisecondsUntil(condition: () => boolean, most = 5_000): Promise<number> {
  const begun = Date.now();
  while (!condition()) {
    if (Date.now() - begun > most) throw new Error(`not within ${most} ms`);
    await sleep(2);
  }
  return Date.now() - begun;
}

const revoke = (target: Parameters<Bench['database']['stores']['tokenFamilies']['revoke']>[0]['target']) =>
  bench.database.stores.tokenFamilies.revoke({ target, clientId, issuer, replay: [], now: now(), audit: audit('token.revoked') });

describe('the revocation feed', () => {
  it('reports a token, a family and a grant within a second, and nothing else', async () => {
    const [token, family, grant, code] = [await redeemed(bench.database, false), await redeemed(bench.database), await redeemed(bench.database), await redeemed(bench.database)];
    const dead = [
      { jti: token.tokens.access.jti, grantId: token.context.grantId },
      { jti: `${family.tokens.familyId}.any`, grantId: family.context.grantId },
      { jti: grant.tokens.access.jti, grantId: grant.context.grantId },
      { jti: code.tokens.access.jti, grantId: code.context.grantId },
    ];
    expect(dead.some((facts) => feed.isRevoked(facts))).toBe(false);
    await revoke({ jti: token.tokens.access.jti, expiresAt: inSeconds(300) });
    await revoke({ refreshToken: family.tokens.refresh.handle });
    await bench.database.stores.grants.revoke({ grantId: grant.context.grantId, actor, now: now(), audit: audit('grant.revoked') });
    await bench.database.stores.codes.redeem(redemption(code.code));
    expect(await millisecondsUntil(() => dead.every((facts) => feed.isRevoked(facts)))).toBeLessThan(1_000);
    expect(feed.isRevoked({ jti: `${token.tokens.familyId}.sibling`, grantId: token.context.grantId })).toBe(false);
    expect(feed.isRevoked({ jti: family.context.grantId })).toBe(false);
  });

  it('is woken by the notification, not only by the clock', async () => {
    const slow = await openRevocationFeed(bench.url, { pollMs: 60_000 });
    const { tokens } = await redeemed(bench.database);
    await revoke({ refreshToken: tokens.refresh.handle });
    expect(await millisecondsUntil(() => slow.isRevoked({ jti: tokens.access.jti }))).toBeLessThan(1_000);
    await slow.close();
  });

  it('skips no transaction that commits after a later one', async () => {
    const insert = (id: string) => `INSERT INTO assent.revocation (tag, id, subject, until, kept_until) VALUES (0, '${id}', 'family', now() + '1 hour', now() + '1 hour')`;
    const late = new pg.Client({ connectionString: bench.url });
    await late.connect();
    await late.query('BEGIN');
    await late.query(insert('late-family'));
    await bench.database.pool.query(insert('early-family'));
    // The later transaction is seen at once, although an older one is still running.
    await millisecondsUntil(() => feed.isRevoked({ jti: 'early-family.x' }), 1_000);
    await sleep(700);
    expect(feed.isRevoked({ jti: 'late-family.x' })).toBe(false);
    await late.query('COMMIT');
    expect(await millisecondsUntil(() => feed.isRevoked({ jti: 'late-family.x' }))).toBeLessThan(1_000);
    await late.end();
  });

  it('knows at the start what was revoked before', async () => {
    const { tokens } = await redeemed(bench.database);
    await revoke({ refreshToken: tokens.refresh.handle });
    const young = await openRevocationFeed(bench.url);
    expect(young.isRevoked({ jti: tokens.access.jti })).toBe(true);
    await young.close();
  });

  it('survives the loss of its connection, ages meanwhile, and catches up', async () => {
    expect(feed.age()).toBeLessThan(1_000);
    const kill = () => bench.database.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'assent-revocations'`);
    const before = errors.length;
    await kill();
    await millisecondsUntil(() => errors.length > before);
    const { tokens } = await redeemed(bench.database);
    await revoke({ refreshToken: tokens.refresh.handle });
    expect(await millisecondsUntil(() => feed.isRevoked({ jti: tokens.access.jti }))).toBeLessThan(2_000);
    await millisecondsUntil(() => feed.age() < 700);
  });

  it('grows old while the database is away', async () => {
    const own = await openBench();
    const lonely = await openRevocationFeed(own.url, { pollMs: 50 });
    await own.close();
    await sleep(600);
    expect(lonely.age()).toBeGreaterThan(400);
    await lonely.close();
  });

  it('says in one line when there is no database', async () => {
    await expect(openRevocationFeed('postgres://nobody:secret@127.0.0.1:1/none')).rejects.toThrow(/^cannot use the database at postgres:\/\/nobody@127\.0\.0\.1:1\/none: .*ECONNREFUSED.*DATABASE_URL/);
  });
});
