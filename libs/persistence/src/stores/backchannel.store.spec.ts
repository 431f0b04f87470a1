import { randomBytes } from 'node:crypto';
import { mintId, Secret, type BackchannelSignals, type GrantChange } from '@assent/protocol';
import { openBackchannelSignals } from '../backchannel-signals.js';
import { aCustomer, approval, aPush, asked, contextOf, denial, limits, poll } from './backchannel.fixtures.js';
import { aClaim, audit, auditTypes, clientId, count, inSeconds, issuer, newTokens, now, openBench, redeemed, refreshment, type Bench } from './fixtures.js';


let bench: Bench;
let signals: BackchannelSignals;
beforeAll(async () => {
  bench = await openBench({ encryptionKey: new Secret(randomBytes(32)) });
  signals = await openBackchannelSignals({ url: bench.url });
});
afterAll(async () => {
  await signals?.close();
  await bench?.close();
});

const requests = () => bench.database.stores.backchannelRequests;
const outcomeOf = async (input: Parameters<ReturnType<typeof requests>['redeem']>[0]): Promise<string> => {
  const result = await requests().redeem(input);
  return result.outcome === 'refused' ? result.reason : result.outcome;
};

describe('requests by the back channel', () => {
  it('are listed for their customer at their issuer until they are decided or over', async () => {
    const customerId = aCustomer();
    const one = await asked(bench.database, { customerId });
    await asked(bench.database, { customerId, issuer: 'https://elsewhere.example' });
    await asked(bench.database);
    const pending = await requests().pendingFor({ issuer, customerId, now: now() });
    expect(pending).toEqual([{ id: one.id, handle: one.handle, request: one.request, state: 'pending' }]);
    expect(await requests().open(one.id, customerId)).toEqual(pending[0]);
    expect(await requests().find(one.handle)).toEqual(pending[0]);
    expect(await requests().open(one.id, aCustomer())).toBeUndefined();
    expect(await requests().pendingFor({ issuer, customerId, now: inSeconds(301) })).toEqual([]);
    await requests().deny(denial(one));
    expect(await requests().pendingFor({ issuer, customerId, now: now() })).toEqual([]);
    expect(await requests().open(one.id, customerId)).toMatchObject({ state: 'denied' });
  });

  it('spend their proofs, and are kept once', async () => {
    const claim = aClaim();
    await asked(bench.database, {}, { replay: [claim] });
    expect(await requests().push(aPush({}, { replay: [claim] }))).toEqual({ outcome: 'replayed', kind: 'client_assertion' });
  });
});

describe('limits', () => {
  it('hold for twenty requests that come at once', async () => {
    const customerId = aCustomer();
    const results = await Promise.all(Array.from({ length: 20 }, () => requests().push(aPush({ customerId }))));
    expect(results.filter(({ outcome }) => outcome === 'pushed')).toHaveLength(limits.perCustomer);
    expect(results.filter((result) => result.outcome === 'refused' && result.reason === 'customer_busy')).toHaveLength(20 - limits.perCustomer);
    expect(await requests().pendingFor({ issuer, customerId, now: now() })).toHaveLength(limits.perCustomer);
  });

  it('stop a client that a customer refused or left alone often enough, and nobody else', async () => {
    const customerId = aCustomer();
    await requests().deny(denial(await asked(bench.database, { customerId })));
    await requests().deny(denial(await asked(bench.database, { customerId })));
    await asked(bench.database, { customerId, seconds: -30 });
    expect(await requests().push(aPush({ customerId }))).toEqual({ outcome: 'refused', reason: 'fatigue' });
    expect(await auditTypes(bench.database, `type = 'backchannel.refused' AND customer_id = '${customerId}'`)).toMatchObject([{ detail: { reason: 'fatigue' } }]);
    expect(await requests().push(aPush({ customerId, clientId: 'another' }))).toEqual({ outcome: 'pushed' });
    expect(await requests().push(aPush({ customerId }, { limits: { ...limits, windowSeconds: 0 } }))).toEqual({ outcome: 'pushed' });
  });

  it('keep out a client its customer has blocked, until the customer takes it back', async () => {
    const customerId = aCustomer();
    const { backchannelBlocks: blocks } = bench.database.stores;
    const decision = { issuer, clientId, customerId, now: now(), audit: audit('backchannel.blocked') };
    await Promise.all(Array.from({ length: 5 }, () => blocks.block(decision)));
    expect(await blocks.blockedBy({ issuer, customerId })).toEqual([clientId]);
    expect(await requests().push(aPush({ customerId }))).toEqual({ outcome: 'refused', reason: 'blocked' });
    expect(await requests().push(aPush({ customerId, clientId: 'another' }))).toEqual({ outcome: 'pushed' });
    expect(await requests().push(aPush())).toEqual({ outcome: 'pushed' });
    await blocks.unblock({ ...decision, audit: audit('backchannel.unblocked') });
    await blocks.unblock({ ...decision, audit: audit('backchannel.unblocked') });
    expect(await blocks.blockedBy({ issuer, customerId })).toEqual([]);
    expect(await requests().push(aPush({ customerId }))).toEqual({ outcome: 'pushed' });
    expect(await auditTypes(bench.database, `type IN ('backchannel.blocked', 'backchannel.unblocked') AND customer_id = '${customerId}'`)).toMatchObject([{ type: 'backchannel.blocked' }, { type: 'backchannel.unblocked' }]);
  });

  it('leave nothing of a blocked client behind that its customer cannot see', async () => {
    const customerId = aCustomer();
    const { backchannelBlocks: blocks } = bench.database.stores;
    const pushes = Promise.all(Array.from({ length: 10 }, () => requests().push(aPush({ customerId }, { limits: { ...limits, perCustomer: 20 } }))));
    await blocks.block({ issuer, clientId, customerId, now: now(), audit: audit('backchannel.blocked') });
    const seen = await requests().pendingFor({ issuer, customerId, now: now() });
    expect((await pushes).filter(({ outcome }) => outcome === 'pushed')).toHaveLength(seen.length);
  });

  it('bound what one client has waiting', async () => {
    const clientId = 'busy-client';
    const few = { limits: { ...limits, perClient: 2 } };
    for (let n = 0; n < 2; n++) await asked(bench.database, { clientId }, few);
    expect(await requests().push(aPush({ clientId }, few))).toEqual({ outcome: 'refused', reason: 'client_busy' });
  });

  it('are one at a time about a consent, whoever is asked', async () => {
    const about = (grantId: string) => ({ consent: { as: 'lodged', grantId, name: 'n', once: false, furtherAuthorisers: false } as const });
    const [one, two] = [mintId(1), mintId(2)];
    const customerId = aCustomer();
    const pushes = await Promise.all(Array.from({ length: 4 }, () => requests().push(aPush({ customerId, ...about(one) }))));
    expect(pushes.filter(({ outcome }) => outcome === 'pushed')).toHaveLength(1);
    expect(await requests().push(aPush(about(one)))).toEqual({ outcome: 'refused', reason: 'consent_busy' });
    expect(await requests().push(aPush(about(two)))).toEqual({ outcome: 'pushed' });
    expect(await requests().push(aPush({ clientId: 'another', ...about(two) }))).toEqual({ outcome: 'pushed' });
  });
});

describe('a customer whom others ask for too long', () => {
  it('is asked by nobody else meanwhile', async () => {
    const customerId = aCustomer();
    const holder = await bench.database.pool.connect();
    await holder.query('SELECT pg_advisory_lock(4715010, hashtext($1))', [customerId]);
    expect(await requests().push(aPush({ customerId }))).toEqual({ outcome: 'refused', reason: 'customer_busy' });
    await holder.query('SELECT pg_advisory_unlock(4715010, hashtext($1))', [customerId]);
    holder.release();
    expect(await requests().push(aPush({ customerId }))).toEqual({ outcome: 'pushed' });
  });
});

describe('a decision', () => {
  it('is taken by one of twenty who approve and twenty who deny at once', async () => {
    for (let round = 0; round < 3; round++) {
      const one = await asked(bench.database, { delivery: 'ping' });
      const outcomes = await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? requests().approve(approval(one)) : requests().deny(denial(one)))));
      expect(outcomes.filter((outcome) => outcome === 'decided')).toHaveLength(1);
      expect(new Set(outcomes)).toEqual(new Set(['decided', 'decided-before']));
      expect(await count(bench.database, `assent.backchannel_ping WHERE tag = ${one.handle.tag}`)).toBe(1);
      expect(await auditTypes(bench.database, `type IN ('backchannel.approved', 'backchannel.denied') AND customer_id = '${one.request.customerId}'`)).toHaveLength(1);
      const won = outcomes.findIndex((outcome) => outcome === 'decided') % 2;
      expect(await outcomeOf(poll(one))).toBe(won ? 'redeemed' : 'denied');
    }
  });

  it('comes in time or not at all, from the customer or nobody', async () => {
    const late = await asked(bench.database, { seconds: -1 });
    expect(await requests().approve(approval(late))).toBe('expired');
    expect(await requests().deny(denial(late))).toBe('expired');
    const one = await asked(bench.database);
    expect(await requests().approve({ ...approval(one), customerId: aCustomer() })).toBe('unknown');
    expect(await requests().deny({ ...denial(one), id: mintId(1) })).toBe('unknown');
    expect(await outcomeOf(poll(one))).toBe('waiting');
  });

  it('wakes those who listen, of this customer and this request', async () => {
    const one = await asked(bench.database);
    const heard: string[] = [];
    const stops = [
      signals.onCustomer(one.request.customerId, () => heard.push('customer')),
      signals.onCustomer(aCustomer(), () => heard.push('other customer')),
      signals.onDecision((await asked(bench.database)).handle, () => heard.push('other request')),
    ];
    const decided = new Promise<void>((resolve) => stops.push(signals.onDecision(one.handle, resolve)));
    await requests().approve(approval(one));
    await decided;
    expect(new Set(heard)).toEqual(new Set(['customer']));
    for (const stop of stops) stop();
    expect(await requests().decidedAmong([one.handle, (await asked(bench.database)).handle])).toEqual([one.handle]);
  });

  it('on a grant that ended meanwhile leaves the request pending', async () => {
    const { context } = await redeemed(bench.database);
    const one = await asked(bench.database, { customerId: context.customerId, grantManagementAction: 'merge', grantId: context.grantId });
    const change: GrantChange = { action: 'merge', managed: true, seenVersion: 1, permissions: { scope: ['transactions'], resources: [], accounts: [], authorizationDetails: [], expiresAt: inSeconds(3600) } };
    await bench.database.stores.grants.revoke({ grantId: context.grantId, actor: { kind: 'customer', id: context.customerId }, now: now(), audit: audit('grant.revoked') });
    const yes = approval(one, { context: contextOf(one, { grantId: context.grantId }), change });
    expect(await requests().approve(yes)).toBe('grant-gone');
    expect(await requests().deny({ ...denial(one), grantId: context.grantId })).toBe('decided');
    expect(await count(bench.database, `assent.grant_event WHERE grant_id = '${context.grantId}' AND type = 'backchannel.denied'`)).toBe(1);
  });
});

describe('redemption', () => {
  it('gives tokens and the grant once, and refresh tokens that work', async () => {
    const one = await asked(bench.database);
    const yes = approval(one);
    await requests().approve(yes);
    expect(await count(bench.database, `assent."grant" WHERE id = '${yes.context.grantId}'`)).toBe(0);
    const tokens = newTokens(one.handle);
    expect(await requests().redeem(poll(one, { tokens }))).toEqual({ outcome: 'redeemed', context: yes.context });
    expect(await bench.database.stores.grants.find(yes.context.grantId)).toMatchObject({ status: 'active', customerId: one.request.customerId, version: 1 });
    expect(await outcomeOf(poll(one))).toBe('used');
    // Coming again is no theft: what was given stays good.
    expect(await bench.database.stores.refreshTokens.use(refreshment(tokens.refresh.handle))).toMatchObject({ outcome: 'used' });
  });

  it('is won by one of twenty', async () => {
    const one = await asked(bench.database);
    await requests().approve(approval(one));
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcomeOf(poll(one))));
    expect(outcomes.filter((outcome) => outcome === 'redeemed')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'used')).toHaveLength(19);
    expect(await count(bench.database, `assent.refresh_token WHERE customer_id = '${one.request.customerId}'`)).toBe(1);
  });

  it('is of the client that asked: others change nothing', async () => {
    const one = await asked(bench.database);
    expect(await outcomeOf(poll(one, { clientId: 'another' }))).toBe('unknown');
    expect(await outcomeOf(poll(one, { issuer: 'https://elsewhere.example' }))).toBe('unknown');
    expect(await outcomeOf(poll(one))).toBe('waiting');
    await requests().approve(approval(one));
    expect(await outcomeOf(poll(one, { clientId: 'another' }))).toBe('unknown');
    expect(await outcomeOf(poll(one))).toBe('redeemed');
  });

  it('ends with the request', async () => {
    const one = await asked(bench.database);
    await requests().approve(approval(one));
    expect(await outcomeOf(poll(one, { now: inSeconds(301) }))).toBe('expired');
  });

  it('has a pace while nothing is decided, and none afterwards (CB-TK-02)', async () => {
    const one = await asked(bench.database);
    const at = (seconds: number) => outcomeOf(poll(one, { now: inSeconds(seconds) }));
    expect(await at(0)).toBe('waiting');
    expect(await at(1)).toBe('slow_down');
    // Five more seconds each time, counted from the last poll.
    expect(await at(8)).toBe('slow_down');
    expect(await at(22)).toBe('slow_down');
    expect(await at(43)).toBe('waiting');
    // What is left of a poll that waited has no pace.
    expect(await outcomeOf(poll(one, { now: inSeconds(43), again: true }))).toBe('waiting');
    await requests().approve(approval(one));
    expect(await at(44)).toBe('redeemed');
    expect(await auditTypes(bench.database, `type = 'token.refused' AND customer_id = '${one.request.customerId}'`)).toEqual([]);
  });

  it('merges into a grant by the machinery of codes', async () => {
    const { context } = await redeemed(bench.database);
    const one = await asked(bench.database, { customerId: context.customerId });
    const change: GrantChange = { action: 'merge', managed: true, seenVersion: 1, permissions: { scope: ['transactions'], resources: [], accounts: [], authorizationDetails: [], expiresAt: inSeconds(7200) } };
    expect(await requests().approve(approval(one, { context: contextOf(one, { grantId: context.grantId }), change }))).toBe('decided');
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcomeOf(poll(one))));
    expect(outcomes.filter((outcome) => outcome === 'redeemed')).toHaveLength(1);
    expect(await bench.database.stores.grants.find(context.grantId)).toMatchObject({ version: 2, scope: expect.arrayContaining(['transactions', 'openid']) });
  });

  it('either comes before the end or does not, while the two race', async () => {
    for (let round = 0; round < 10; round++) {
      const one = await asked(bench.database, { seconds: 5 });
      const end = one.handle.expiresAt.getTime();
      const [decided, first] = await Promise.all([requests().approve(approval(one, { now: new Date(end - (round % 2)) })), outcomeOf(poll(one, { now: new Date(end - 1) }))]);
      expect(decided).toBe(round % 2 ? 'decided' : 'expired');
      expect(round % 2 ? ['waiting', 'redeemed'] : ['waiting']).toContain(first);
    }
  });
});

describe('notifications', () => {
  const pings = () => bench.database.stores.backchannelPings;
  it('are claimed by one of several processes, come again when it dies, and end when they are delivered', async () => {
    await bench.database.pool.query('DELETE FROM assent.backchannel_ping');
    const all = await Promise.all(Array.from({ length: 12 }, () => asked(bench.database, { delivery: 'ping' })));
    for (const one of all) await (one.handle.tag % 2 ? requests().approve(approval(one)) : requests().deny(denial(one)));
    await requests().approve(approval(await asked(bench.database)));
    const claims = await Promise.all(Array.from({ length: 6 }, () => pings().claim({ most: 4, now: inSeconds(1), leaseUntil: inSeconds(10) })));
    const claimed = claims.flat();
    expect(claimed.map(({ authReqId }) => authReqId.reveal()).sort()).toEqual(all.map(({ value }) => value).sort());
    expect(claimed.every(({ token, attempts }) => token.reveal() === 'a-token-of-the-client' && attempts === 1)).toBe(true);
    expect(await pings().claim({ most: 20, now: inSeconds(9), leaseUntil: inSeconds(20) })).toEqual([]);
    expect((await pings().nextAt(now()))?.getTime()).toBeGreaterThan(inSeconds(8).getTime());
    const again = await pings().claim({ most: 20, now: inSeconds(11), leaseUntil: inSeconds(20) });
    expect(again.map(({ attempts }) => attempts)).toEqual(Array.from({ length: 12 }, () => 2));
    const [first, second, ...rest] = again;
    await pings().retry(first!, inSeconds(60));
    expect((await pings().claim({ most: 20, now: inSeconds(61), leaseUntil: inSeconds(100) })).length).toBe(12);
    for (const ping of [second!, ...rest]) await pings().end(ping, now(), audit('backchannel.notified'));
    expect(await count(bench.database, 'assent.backchannel_ping')).toBe(1);
    // Nobody is told of what is over.
    expect(await pings().claim({ most: 20, now: inSeconds(301), leaseUntil: inSeconds(400) })).toEqual([]);
    expect(await count(bench.database, 'assent.backchannel_ping')).toBe(0);
    expect(await pings().nextAt(now())).toBeUndefined();
  });

  it('are sealed where they are kept', async () => {
    const one = await asked(bench.database, { delivery: 'ping' });
    const { rows } = await bench.database.pool.query<{ text: string }>(`SELECT encode(sealed, 'escape') AS text FROM assent.backchannel_request WHERE tag = $1 AND hash = $2`, [one.handle.tag, one.handle.hash]);
    expect(rows[0]?.text).not.toMatch(/a-token/);
    expect(rows[0]?.text).not.toContain(one.value);
  });
});
