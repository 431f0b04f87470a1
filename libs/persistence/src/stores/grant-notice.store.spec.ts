import { plusSeconds, type EventReceiver, type GrantChange, type GrantNotices } from '@assent/protocol';
import { startHousekeeping } from '../housekeeping.js';
import { allowed, audit, auditTypes, clientId, count, inSeconds, issuer, now, openBench, redeemed, redemption, type Bench } from './fixtures.js';

let bench: Bench;
let notices: GrantNotices;
const receiver: EventReceiver = { issuer, clientId };
beforeEach(async () => {
  bench = await openBench();
  notices = bench.database.stores.grantNotices;
  await notices.keepFor([receiver]);
});
afterEach(() => bench.close());

const aGrant = async (): Promise<string> => (await redeemed(bench.database, true, { context: { managed: true } })).context.grantId;
const merging: GrantChange = { action: 'merge', managed: true, seenVersion: 1, permissions: { scope: ['payments'], resources: [], accounts: [], authorizationDetails: [], expiresAt: inSeconds(3600) } };
const revoke = (grantId: string) => bench.database.stores.grants.revoke({ grantId, now: now(), audit: audit('grant.revoked'), actor: { kind: 'staff', id: 'sam' }, reason: 'a word among us' });
const take = (limit = 10, at = now()) => notices.take({ receiver, now: at, until: plusSeconds(at, 60), limit });

describe('what is kept', () => {
  it('comes from every writer of a version: creation, merge, revocation, expiry', async () => {
    const grantId = await aGrant();
    const { code } = await allowed(bench.database, { context: { grantId, managed: true }, change: merging });
    expect(await bench.database.stores.codes.redeem(redemption(code))).toMatchObject({ outcome: 'redeemed' });
    await revoke(grantId);
    const expiring = await redeemed(bench.database, true, { context: { managed: true }, grantSeconds: 1 });
    const housekeeping = await startHousekeeping(bench.database.pool, { now: () => inSeconds(5) });
    await housekeeping.stop();
    const seen: Record<string, string[]> = { [grantId]: [], [expiring.context.grantId]: [] };
    for (let taken = await take(10, inSeconds(5)); taken.length > 0; taken = await take(10, inSeconds(5))) {
      for (const notice of taken) seen[notice.grantId]!.push(`${notice.event} ${notice.version}`);
      await notices.settle({ receiver, jtis: taken.map(({ jti }) => jti) });
    }
    expect(Object.values(seen)).toEqual([['created 1', 'merged 2', 'revoked 3'], ['created 1', 'expired 2']]);
  });

  it('is nothing for grants the client does not manage, nor for clients that do not want it', async () => {
    await redeemed(bench.database);
    expect(await count(bench.database, 'assent.grant_notice')).toBe(0);
    await notices.keepFor([{ issuer, clientId: 'another' }]);
    await aGrant();
    expect(await count(bench.database, 'assent.grant_notice')).toBe(0);
  });

  it('rolls back with the change', async () => {
    const client = await bench.database.pool.connect();
    const grantId = await aGrant();
    await client.query('BEGIN');
    await client.query(`INSERT INTO assent.grant_version SELECT tag, grant_id, 9, at, actor_kind, actor_id, event, status, scope, resources, accounts, authorization_details, claims, expires_at, difference, reason FROM assent.grant_version WHERE grant_id = $1`, [grantId]);
    await client.query('ROLLBACK');
    client.release();
    expect(await count(bench.database, 'assent.grant_notice')).toBe(1);
  });
});

it('says what kind of actor it was, and neither who nor why', async () => {
  const grantId = await aGrant();
  await notices.settle({ receiver, jtis: (await take()).map(({ jti }) => jti) });
  await revoke(grantId);
  const [notice] = await take();
  expect(notice).toMatchObject({ grantId, event: 'revoked', status: 'revoked', by: 'staff', difference: { status: { from: 'active', to: 'revoked' } } });
  expect(JSON.stringify(notice)).not.toMatch(/sam|a word among us/);
});

describe('taking', () => {
  it('gives each notice to one of many takers, and of each grant the first alone', async () => {
    const grants: string[] = [];
    for (let index = 0; index < 12; index += 1) grants.push(await aGrant());
    for (const grantId of grants) await revoke(grantId);
    const taken = (await Promise.all(Array.from({ length: 20 }, () => take(3)))).flat();
    expect([taken.length, new Set(taken.map(({ grantId }) => grantId)).size, new Set(taken.map(({ event }) => event))]).toEqual([12, 12, new Set(['created'])]);
    expect(await take()).toEqual([]);
    expect(await notices.settle({ receiver, jtis: taken.map(({ jti }) => jti) })).toHaveLength(12);
    expect((await take(20)).map(({ event }) => event)).toEqual(Array(12).fill('revoked'));
  });

  it('gives again what nobody settled, under the same name, and counts', async () => {
    await aGrant();
    const [first] = await take();
    const [again] = await take(1, inSeconds(61));
    expect([again?.jti, first?.attempts, again?.attempts]).toEqual([first?.jti, 1, 2]);
    // A loser that was slow moves nothing any more.
    await notices.postpone({ notice: first!, until: inSeconds(3600) });
    expect((await take(1, inSeconds(130)))[0]?.attempts).toBe(3);
    await notices.postpone({ notice: { ...again!, attempts: 3 }, until: inSeconds(3600) });
    expect([await take(1, inSeconds(3000)), (await take(1, inSeconds(3700))).length]).toEqual([[], 1]);
  });

  it('says who has something to take, and settles only what is its own', async () => {
    expect(await notices.due(now())).toEqual([]);
    await aGrant();
    expect(await notices.due(inSeconds(1))).toEqual([receiver]);
    const [notice] = await take();
    const stranger = { issuer, clientId: 'another' };
    expect(await notices.settle({ receiver: stranger, jtis: [notice!.jti] })).toEqual([]);
    expect(await notices.refuse({ receiver: stranger, jti: notice!.jti, reason: 'x', now: now() })).toBe(false);
    expect(await notices.refuse({ receiver, jti: notice!.jti, reason: 'invalid_key', now: now() })).toBe(true);
    expect((await auditTypes(bench.database, `type LIKE 'event.%'`)).map(({ type, detail }) => [type, detail?.['reason']])).toEqual([['event.refused', 'invalid_key']]);
  });

  it('wakes listeners', async () => {
    let woken = 0;
    const stop = await notices.onChange(() => (woken += 1));
    const before = woken;
    await aGrant();
    for (let waited = 0; woken === before && waited < 200; waited += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(woken).toBeGreaterThan(before);
    await stop();
  });

  it('gives up what is too old, with an audit line', async () => {
    await aGrant();
    expect(await notices.giveUp({ before: inSeconds(-60), now: now() })).toBe(0);
    expect(await notices.giveUp({ before: inSeconds(60), now: now() })).toBe(1);
    expect(await count(bench.database, 'assent.grant_notice')).toBe(0);
    expect((await auditTypes(bench.database, `type = 'event.given_up'`)).map(({ detail }) => detail)).toEqual([expect.objectContaining({ event: 'created', version: 1, attempts: 0 })]);
  });
});
