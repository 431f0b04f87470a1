import type { PaymentAccess, PaymentApproval, Payments } from '@assent/protocol';
import { openDatabase, type Database } from '../database.js';
import { inSeconds, now, openBench, type Bench } from './fixtures.js';
import { aKey, anOrder, aPayingGrant, aPayment, once, recurring, single, type PayingGrant } from './payment.fixtures.js';

let bench: Bench;
/** A second process on the same database. */
let other: Database;
let payments: Payments;
beforeAll(async () => {
  bench = await openBench();
  other = await openDatabase({ url: bench.url, poolSize: 10 });
  payments = bench.database.stores.payments;
});
afterAll(async () => {
  await other.close();
  await bench.close();
});

type Outcome = Awaited<ReturnType<Payments['make']>>;
const rows = async <T>(text: string, values: unknown[]): Promise<T[]> => (await bench.database.pool.query(text, values)).rows as T[];
const said = (outcome: Outcome): string => (outcome.outcome === 'made' ? outcome.payment.status : outcome.outcome === 'refused' ? outcome.reason : outcome.outcome);
const count = (outcomes: readonly Outcome[]): Record<string, number> =>
  outcomes.reduce<Record<string, number>>((counts, each) => ({ ...counts, [said(each)]: (counts[said(each)] ?? 0) + 1 }), {});
const race = (payers: readonly Parameters<Payments['make']>[0][]): Promise<Outcome[]> => Promise.all(payers.map((payer, index) => (index % 2 ? other.stores.payments : payments).make(payer)));

/** Everything a payment leaves behind. */
async function traces({ access, accountId }: PayingGrant) {
  const [counted] = await rows<Record<string, unknown>>(
    `SELECT a.balance, (SELECT count(*)::int FROM bank.payment p WHERE p.grant_id = $2 AND p.status = 'booked') AS booked,
      (SELECT count(*)::int FROM bank.transaction t WHERE t.account_id = a.id) AS entries,
      (SELECT count(*)::int FROM assent.idempotency_key k WHERE k.grant_id = $2) AS keys
    FROM bank.account a WHERE a.id = $1`,
    [accountId, access.grantId],
  );
  return counted;
}
const nothing = { balance: '1000.00', booked: 0, entries: 0, keys: 0 };

describe('a payment', () => {
  it('is booked, with all that belongs to it', async () => {
    const grant = await aPayingGrant(bench.database.pool);
    const at = now();
    const made = await payments.make(aPayment(grant, { now: at, order: anOrder({ endToEndId: 'e2e-1' }) }));
    expect(made).toEqual({
      outcome: 'made',
      payment: {
        id: expect.stringMatching(/^[\w-]{32}$/), approval: { type: 'payment_initiation', identifier: 'p-1' }, status: 'booked', accountId: grant.accountId,
        amount: { amount: '100.00', currency: 'GBP' }, creditorName: 'Corner Cafe', creditorAccount: { iban: 'GB15HBNK40010155120937' }, remittance: 'Invoice 7', endToEndId: 'e2e-1',
        transactionId: expect.stringMatching(/^tx-/), createdAt: at,
      },
    }); // prettier-ignore
    expect(await traces(grant)).toEqual({ balance: '900.00', booked: 1, entries: 1, keys: 1 });
    const today = at.toISOString().slice(0, 10);
    expect(await rows('SELECT sequence, booked_on::text, value_on::text, amount, currency, description, counterparty, counterparty_iban, balance_after FROM bank.transaction WHERE account_id = $1', [grant.accountId])).toEqual([
      { sequence: 1, booked_on: today, value_on: today, amount: '-100.00', currency: 'GBP', description: 'Invoice 7', counterparty: 'Corner Cafe', counterparty_iban: 'GB15HBNK40010155120937', balance_after: '900.00' },
    ]);
    expect(await rows('SELECT type, customer_id, request_id FROM assent.audit_event WHERE grant_id = $1', [grant.access.grantId])).toEqual([{ type: 'payment.created', customer_id: `of-${grant.accountId}`, request_id: 'req-1' }]);
  });

  it('goes on where the history ends', async () => {
    const grant = await aPayingGrant(bench.database.pool);
    await bench.database.pool.query(`INSERT INTO bank.transaction SELECT $1, n, n, '2026-01-01', '2026-01-01', 1, 'GBP', 'd', 'c', NULL, 'k', 0 FROM generate_series(1, 12) n`, [grant.accountId]);
    expect(said(await payments.make(aPayment(grant)))).toBe('booked');
    expect(await rows('SELECT max(sequence) AS last FROM bank.transaction WHERE account_id = $1', [grant.accountId])).toEqual([{ last: 13 }]);
  });

  it.each<[string, { chosen?: object; token?: object; asked?: object }, string]>([
    ['the one chosen at consent', { chosen: { accountId: 'own' } }, 'booked'],
    ['the one chosen, asked for by its IBAN', { chosen: { accountId: 'own' }, asked: { iban: 'GB09HBNK40010112344821' } }, 'booked'],
    ['chosen by both its names', { chosen: { accountId: 'own', iban: 'GB09HBNK40010112344821' } }, 'booked'],
    ['chosen by its IBAN', { chosen: { iban: 'GB09HBNK40010112344821' } }, 'booked'],
    ['the only one', {}, 'booked'],
    ['the only one, asked for', { asked: { accountId: 'own' } }, 'booked'],
    ['another than was chosen', { chosen: { accountId: 'own' }, asked: { accountId: 'other' } }, 'no_account'],
    ['another than was chosen, says the token', { chosen: { accountId: 'second' }, token: { accountId: 'own' } }, 'no_account'],
    ['one that was not chosen, says the token', { token: { accountId: 'own' } }, 'no_account'],
    ['asked for by another IBAN', { asked: { iban: 'GB15HBNK40010155120937' } }, 'no_account'],
    ['chosen by names of two accounts', { chosen: { accountId: 'own', iban: 'GB15HBNK40010155120937' } }, 'no_account'],
    ["another customer's", { chosen: { accountId: 'other' } }, 'no_account'],
  ])('comes from an account: %s', async (_, { chosen, token = chosen, asked }, expected) => {
    const stranger = await aPayingGrant(bench.database.pool);
    const grant = await aPayingGrant(bench.database.pool);
    const named = (name: object | undefined) => name && (JSON.parse(JSON.stringify(name).replace('own', grant.accountId).replace('other', stranger.accountId)) as object);
    await bench.database.pool.query(`UPDATE assent."grant" SET authorization_details = $2 WHERE id = $1`, [grant.access.grantId, JSON.stringify([{ ...single(), debtorAccount: named(chosen) }])]);
    const [debtor, wanted] = [named(token), named(asked)];
    expect(said(await payments.make(aPayment(grant, { approval: { ...once(), ...(debtor && { debtor }) }, order: anOrder(wanted && { debtor: wanted }) })))).toBe(expected);
    expect(await traces(stranger)).toEqual(nothing);
  });

  it('needs no account among those whose data the grant opens, and takes none of several by itself', async () => {
    const grant = await aPayingGrant(bench.database.pool);
    const accounts = (list: readonly string[]) => bench.database.pool.query(`UPDATE assent."grant" SET accounts = $2, authorization_details = $3 WHERE id = $1`, [grant.access.grantId, list, JSON.stringify([{ ...single(), debtorAccount: { accountId: grant.accountId } }])]);
    await accounts([grant.accountId, 'another']);
    expect(said(await payments.make(aPayment(grant)))).toBe('no_account');
    await accounts([]);
    expect(said(await payments.make(aPayment(grant)))).toBe('no_account');
    expect(said(await payments.make(aPayment(grant, { approval: { ...once(), debtor: { accountId: grant.accountId } } })))).toBe('booked');
  });

  it.each<[string, Partial<PaymentAccess>]>([
    ['another client', { clientId: 'other' }],
    ['another issuer', { issuer: 'https://other.example' }],
    ['another subject', { subject: 'subject-ben' }],
    ['a grant nobody knows', { grantId: 'x'.repeat(32) }],
    ['a version the grant lets die', { grantVersion: 0 }],
  ])('is nothing for a token of %s', async (_, changes) => {
    const grant = await aPayingGrant(bench.database.pool);
    const made = await payments.make(aPayment(grant));
    if (made.outcome !== 'made') throw new Error(made.outcome);
    const access = { ...grant.access, ...changes };
    expect(await payments.make(aPayment(grant, { access }))).toEqual({ outcome: 'grant-ended' });
    expect(await payments.recall({ access, key: aKey(), now: now() })).toEqual({ outcome: 'grant-ended' });
    expect(await payments.find({ access, paymentId: made.payment.id, now: now() })).toEqual({ outcome: 'grant-ended' });
    expect(await traces(grant)).toMatchObject({ booked: 1 });
  });

  it.each(['revoked', 'suspended', 'expired', 'awaiting_authorisation'])('is nothing for a grant that is %s', async (status) => {
    const grant = await aPayingGrant(bench.database.pool, { status });
    expect(await payments.make(aPayment(grant))).toEqual({ outcome: 'grant-ended' });
    expect(await traces(grant)).toEqual(nothing);
  });

  it('is refused when the grant holds its approval no more, whatever the token says', async () => {
    const grant = await aPayingGrant(bench.database.pool, { details: [single('p-2'), { type: 'recurring_payment', identifier: 'p-1' }] });
    expect(said(await payments.make(aPayment(grant)))).toBe('not_granted');
    expect(await traces(grant)).toEqual(nothing);
    expect(await rows('SELECT type, detail FROM assent.audit_event WHERE grant_id = $1', [grant.access.grantId])).toEqual([{ type: 'payment.refused', detail: expect.objectContaining({ reason: 'not_granted', approval: 'p-1' }) }]);
  });

  it.each<[string, object, string]>([
    ['too little money', { balance: '99.99' }, 'insufficient_funds'],
    ['another currency', { currency: 'EUR' }, 'other_currency'],
    ['a closed account', { unavailable: 'closed' }, 'account_unavailable'],
  ])('is rejected by the bank, and may be asked for again: %s', async (_, wanted, rejection) => {
    const grant = await aPayingGrant(bench.database.pool, wanted);
    const key = aKey();
    const made = await payments.make(aPayment(grant, { key }));
    expect(made).toMatchObject({ outcome: 'made', payment: { status: 'rejected', rejection } });
    expect(await traces(grant)).toMatchObject({ booked: 0, entries: 0 });
    await bench.database.pool.query(`UPDATE bank.account SET balance = 100, currency = 'GBP', unavailable = NULL WHERE id = $1`, [grant.accountId]);
    expect(await payments.make(aPayment(grant, { key }))).toEqual(made);
    expect(said(await payments.make(aPayment(grant)))).toBe('booked');
    expect(await traces(grant)).toMatchObject({ balance: '0.00', booked: 1 });
  });
});

describe('an approved payment', () => {
  it('is made once', async () => {
    const grant = await aPayingGrant(bench.database.pool);
    expect(said(await payments.make(aPayment(grant)))).toBe('booked');
    expect(await payments.make(aPayment(grant))).toEqual({ outcome: 'refused', reason: 'spent', used: { times: 1, total: '100.00' } });
    expect(await traces(grant)).toEqual({ balance: '900.00', booked: 1, entries: 1, keys: 1 });
  });

  it('has one winner among thirty in two processes', async () => {
    const grant = await aPayingGrant(bench.database.pool);
    expect(count(await race(Array.from({ length: 30 }, () => aPayment(grant))))).toEqual({ booked: 1, spent: 29 });
    expect(await traces(grant)).toEqual({ balance: '900.00', booked: 1, entries: 1, keys: 1 });
  });

  it('is made before its grant ends, or not at all', async () => {
    for (let round = 0; round < 8; round++) {
      const grant = await aPayingGrant(bench.database.pool);
      const end = bench.database.pool.query(`UPDATE assent."grant" SET status = 'revoked' WHERE id = $1`, [grant.access.grantId]);
      const outcomes = count(await race(Array.from({ length: 6 }, () => aPayment(grant))));
      await end;
      const booked = outcomes['booked'] ?? 0;
      expect([booked, (await traces(grant))?.['booked']]).toEqual(booked === 1 ? [1, 1] : [0, 0]);
      expect(said(await payments.make(aPayment(grant)))).toBe('grant-ended');
    }
  });

  it('leaves others of its grant alone', async () => {
    const grant = await aPayingGrant(bench.database.pool, { details: [single('p-1'), single('p-2')] });
    expect(count(await race(['p-1', 'p-2', 'p-1', 'p-2'].map((id) => aPayment(grant, { approval: once(id) }))))).toEqual({ booked: 2, spent: 2 });
  });

  it('keeps the account whole when many grants pay from it at once', async () => {
    const first = await aPayingGrant(bench.database.pool, { balance: '1050.00' });
    const grants = [first, ...(await Promise.all(Array.from({ length: 15 }, () => aPayingGrant(bench.database.pool, { accountId: first.accountId }))))];
    expect(count(await race(grants.map((grant) => aPayment(grant))))).toEqual({ booked: 10, rejected: 6 });
    expect(await traces(first)).toMatchObject({ balance: '50.00', entries: 10 });
    expect(await rows('SELECT array_agg(sequence ORDER BY sequence) AS sequences, min(balance_after) AS least FROM bank.transaction WHERE account_id = $1', [first.accountId])).toEqual([{ sequences: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], least: '50.00' }]);
  });

  it('gives up when those before it take too long, and leaves nothing', async () => {
    const grant = await aPayingGrant(bench.database.pool);
    const holder = await bench.database.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM assent."grant" WHERE id = $1 FOR UPDATE', [grant.access.grantId]);
    expect(said(await payments.make(aPayment(grant)))).toBe('busy');
    await holder.query('ROLLBACK');
    holder.release();
    expect(await traces(grant)).toEqual(nothing);
    expect(said(await payments.make(aPayment(grant)))).toBe('booked');
  });

  it('holds one connection, however many wait for it', async () => {
    const grant = await aPayingGrant(bench.database.pool);
    const small = await openDatabase({ url: bench.url, poolSize: 2 });
    const holder = await bench.database.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM assent."grant" WHERE id = $1 FOR UPDATE', [grant.access.grantId]);
    const waiting = Promise.all(Array.from({ length: 20 }, () => small.stores.payments.make(aPayment(grant))));
    const [stranger, found] = [await aPayingGrant(bench.database.pool), await small.stores.grants.find(grant.access.grantId)];
    expect(found).toMatchObject({ id: grant.access.grantId });
    expect(said(await small.stores.payments.make(aPayment(stranger)))).toBe('booked');
    await holder.query('ROLLBACK');
    holder.release();
    expect(count(await waiting)).toEqual({ booked: 1, spent: 19 });
    await small.close();
  });

  it('is as if never asked for when its process dies in between', async () => {
    const grant = await aPayingGrant(bench.database.pool);
    const doomed = await openDatabase({ url: bench.url, poolSize: 1, applicationName: 'doomed' });
    const holder = await bench.database.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM bank.account WHERE id = $1 FOR UPDATE', [grant.accountId]);
    const making = doomed.stores.payments.make(aPayment(grant)).catch((error: Error) => error);
    for (let waiting = 0; waiting === 0; ) [{ waiting }] = (await rows<{ waiting: number }>(`SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE application_name = 'doomed' AND wait_event_type = 'Lock'`, [])) as [{ waiting: number }];
    await bench.database.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'doomed'`);
    expect(await making).toBeInstanceOf(Error);
    await holder.query('ROLLBACK');
    holder.release();
    await doomed.close();
    expect(await traces(grant)).toEqual(nothing);
    expect(said(await payments.make(aPayment(grant)))).toBe('booked');
  });
});

describe('a grant', () => {
  type Event = { readonly type: string; readonly version: number; readonly actor: object; readonly detail: Record<string, unknown> };
  const events = async ({ access }: PayingGrant) => (await rows<{ body: string }>('SELECT body FROM assent.grant_event WHERE grant_id = $1 ORDER BY sequence', [access.grantId])).map(({ body }) => JSON.parse(body) as Event);
  const standing = async ({ access }: PayingGrant) => (await rows<object>('SELECT status, version, updated_by FROM assent."grant" WHERE id = $1', [access.grantId]))[0];
  const untouched = { status: 'active', version: 1, updated_by: 'client' };

  it('has each payment in its chain of events', async () => {
    const grant = await aPayingGrant(bench.database.pool);
    const made = await payments.make(aPayment(grant));
    if (made.outcome !== 'made') throw new Error(made.outcome);
    await payments.make(aPayment(grant));
    expect(await events(grant)).toEqual([
      {
        type: 'payment.created', at: expect.any(String), issuer: grant.access.issuer, client_id: grant.access.clientId, customer_id: `of-${grant.accountId}`, grant_id: grant.access.grantId, version: 1,
        actor: { kind: 'client', id: grant.access.clientId }, rule: null, control: null, request_id: 'req-1',
        detail: { payment: made.payment.id, approval: { type: 'payment_initiation', identifier: 'p-1' }, status: 'booked', amount: '100.00', currency: 'GBP' },
      },
    ]); // prettier-ignore
    expect(await standing(grant)).toEqual(untouched);
  });

  it('is consumed by the last payment it permitted, and answers for it still', async () => {
    const grant = await aPayingGrant(bench.database.pool, { details: [single('p-1'), single('p-2')], scope: ['openid', 'offline_access'] });
    const key = aKey();
    await payments.make(aPayment(grant));
    expect(await standing(grant)).toEqual(untouched);
    const last = await payments.make(aPayment(grant, { approval: once('p-2'), key }));
    expect(await standing(grant)).toMatchObject({ status: 'consumed', version: 2 });
    expect((await events(grant)).map(({ type, version }) => [type, version])).toEqual([['payment.created', 1], ['payment.created', 1], ['grant.consumed', 2]]); // prettier-ignore
    expect(await rows('SELECT version, event, status FROM assent.grant_version WHERE grant_id = $1', [grant.access.grantId])).toEqual([{ version: 2, event: 'consumed', status: 'consumed' }]);
    expect(await payments.make(aPayment(grant, { approval: once('p-2'), key }))).toEqual(last);
    expect(said(await payments.make(aPayment(grant, { approval: once('p-2') })))).toBe('spent');
    if (last.outcome !== 'made') throw new Error(last.outcome);
    expect(await payments.find({ access: grant.access, paymentId: last.payment.id, now: now() })).toMatchObject({ outcome: 'found' });
  });

  it.each<[string, object]>([
    ['account data', { scope: ['accounts'] }],
    ['who the customer is', { scope: ['openid', 'profile'] }],
    ['recurring payments', { details: [single(), recurring()], scope: [] }],
    ['account data by detail', { details: [single(), { type: 'account_information' }], scope: [] }],
    ['a payment that is not made yet', { details: [single(), single('p-2')], scope: [] }],
  ])('lives on while it permits %s', async (_, wanted) => {
    const grant = await aPayingGrant(bench.database.pool, { details: [single()], ...wanted });
    expect(said(await payments.make(aPayment(grant)))).toBe('booked');
    expect(await standing(grant)).toEqual(untouched);
  });

  it('lives on when the bank rejects its payment, and keeps a chain without forks when many come at once', async () => {
    const grant = await aPayingGrant(bench.database.pool, { details: [single()], scope: [], balance: '0.00' });
    await race(Array.from({ length: 10 }, () => aPayment(grant)));
    expect(await standing(grant)).toEqual(untouched);
    await bench.database.pool.query('UPDATE bank.account SET balance = 100 WHERE id = $1', [grant.accountId]);
    expect(count(await race(Array.from({ length: 20 }, () => aPayment(grant))))).toEqual({ booked: 1, spent: 19 });
    const links = await rows<{ sequence: number; holds: boolean }>(
      `SELECT sequence, hash = sha256(previous || convert_to(body, 'UTF8')) AND previous = coalesce(lag(hash) OVER (ORDER BY sequence), decode(repeat('00', 32), 'hex')) AS holds
      FROM assent.grant_event WHERE grant_id = $1 ORDER BY sequence`,
      [grant.access.grantId],
    );
    expect(links).toEqual(Array.from({ length: 12 }, (_, index) => ({ sequence: index + 1, holds: true })));
  });
});

describe('recurring payments', () => {
  const within = (most: Partial<PaymentApproval['most']> = {}): PaymentApproval => ({ type: 'recurring_payment', identifier: 'r-1', most: { total: '250.00', ...most } });
  const of = (amount: string) => anOrder({ amount: { amount, currency: 'GBP' } });
  const aRecurringGrant = () => aPayingGrant(bench.database.pool, { details: [recurring(), recurring('r-2')] });

  it('add up to the limit of a period, to the penny', async () => {
    const grant = await aRecurringGrant();
    const pay = (amount: string) => payments.make(aPayment(grant, { approval: within(), order: of(amount) }));
    expect(said(await pay('249.99'))).toBe('booked');
    expect(await pay('0.02')).toEqual({ outcome: 'refused', reason: 'total', used: { times: 1, total: '249.99' } });
    expect(said(await pay('0.01'))).toBe('booked');
    expect(said(await pay('0.01'))).toBe('total');
    expect(await traces(grant)).toMatchObject({ balance: '750.00', booked: 2 });
  });

  it('are counted', async () => {
    const grant = await aRecurringGrant();
    const pay = () => payments.make(aPayment(grant, { approval: within({ times: 2 }), order: of('1.00') }));
    expect([said(await pay()), said(await pay()), said(await pay())]).toEqual(['booked', 'booked', 'times']);
  });

  it('begin anew with each period, and remember the last one', async () => {
    const grant = await aRecurringGrant();
    const [start, next, after] = [inSeconds(0), inSeconds(3600), inSeconds(7200)];
    const pay = (at: Date, from: Date, until: Date) => payments.make(aPayment(grant, { approval: within({ times: 1, from, until }), order: of('250.00'), now: at }));
    expect(said(await pay(start, start, next))).toBe('booked');
    expect(said(await pay(inSeconds(3599), start, next))).toBe('times');
    expect(said(await pay(next, next, after))).toBe('booked');
    // A clock that goes back finds its period spent.
    expect(said(await pay(inSeconds(1800), start, next))).toBe('times');
  });

  it('count only what was booked, for their own approval', async () => {
    const grant = await aRecurringGrant();
    await bench.database.pool.query(`UPDATE bank.account SET balance = 100 WHERE id = $1`, [grant.accountId]);
    const pay = (amount: string, identifier = 'r-1') => payments.make(aPayment(grant, { approval: { ...within(), identifier }, order: of(amount) }));
    expect(said(await pay('200.00'))).toBe('rejected');
    expect(said(await pay('60.00', 'r-2'))).toBe('booked');
    await bench.database.pool.query(`UPDATE bank.account SET balance = 1000 WHERE id = $1`, [grant.accountId]);
    expect(said(await pay('250.00'))).toBe('booked');
  });

  it('stay within their limits among thirty at once in two processes', async () => {
    const byTotal = await aRecurringGrant();
    expect(count(await race(Array.from({ length: 30 }, () => aPayment(byTotal, { approval: within(), order: of('60.00') }))))).toEqual({ booked: 4, total: 26 });
    expect(await traces(byTotal)).toMatchObject({ balance: '760.00', booked: 4, entries: 4, keys: 4 });
    const byCount = await aRecurringGrant();
    expect(count(await race(Array.from({ length: 30 }, () => aPayment(byCount, { approval: within({ times: 3 }), order: of('1.00') }))))).toEqual({ booked: 3, times: 27 });
  });
});

describe('an Idempotency-Key', () => {
  const recurs: PaymentApproval = { type: 'recurring_payment', identifier: 'r-1', most: { total: '1000.00' } };

  it('answers again what it answered, and moves no money', async () => {
    const grant = await aPayingGrant(bench.database.pool);
    const key = aKey();
    const made = await payments.make(aPayment(grant, { key }));
    expect(await payments.make(aPayment(grant, { key }))).toEqual(made);
    expect(await payments.recall({ access: grant.access, key, now: now() })).toEqual(made);
    expect(await traces(grant)).toMatchObject({ balance: '900.00', booked: 1, entries: 1, keys: 1 });
  });

  it('answers the same to all that come at once', async () => {
    const grant = await aPayingGrant(bench.database.pool);
    const key = aKey();
    const outcomes = await race(Array.from({ length: 25 }, () => aPayment(grant, { key, approval: recurs })));
    expect(new Set(outcomes.map((each) => (each.outcome === 'made' ? each.payment.id : each.outcome))).size).toBe(1);
    expect(await traces(grant)).toMatchObject({ balance: '900.00', booked: 1, keys: 1 });
  });

  it('is refused with another order', async () => {
    const grant = await aPayingGrant(bench.database.pool);
    await payments.make(aPayment(grant, { key: aKey('k') }));
    const reused = aKey('k', 'another request');
    expect(await payments.make(aPayment(grant, { key: reused, approval: recurs }))).toEqual({ outcome: 'reused' });
    expect(await payments.recall({ access: grant.access, key: reused, now: now() })).toEqual({ outcome: 'reused' });
    expect(await traces(grant)).toMatchObject({ booked: 1, keys: 1 });
  });

  it('of another grant means nothing', async () => {
    const [one, two] = [await aPayingGrant(bench.database.pool), await aPayingGrant(bench.database.pool)];
    const key = aKey('same');
    await payments.make(aPayment(one, { key }));
    expect(await payments.recall({ access: two.access, key, now: now() })).toEqual({ outcome: 'unused' });
    expect(said(await payments.make(aPayment(two, { key })))).toBe('booked');
  });

  it('is not spent by a refusal', async () => {
    const grant = await aPayingGrant(bench.database.pool);
    await payments.make(aPayment(grant));
    const key = aKey();
    expect(said(await payments.make(aPayment(grant, { key })))).toBe('spent');
    expect(await payments.recall({ access: grant.access, key, now: now() })).toEqual({ outcome: 'unused' });
    expect(said(await payments.make(aPayment(grant, { key, approval: recurs })))).toBe('booked');
  });

  it('is forgotten after a day', async () => {
    const grant = await aPayingGrant(bench.database.pool);
    const key = aKey();
    const pay = (seconds: number) => payments.make(aPayment(grant, { key, approval: recurs, now: inSeconds(seconds) }));
    const [first, same, another] = [await pay(0), await pay(86_390), await pay(86_410)];
    expect(same).toEqual(first);
    expect(another).toMatchObject({ outcome: 'made', payment: { status: 'booked' } });
    expect(another).not.toEqual(first);
  });
});

describe('what became of a payment', () => {
  it('is told to the grant that made it, and to no other', async () => {
    const [grant, stranger] = [await aPayingGrant(bench.database.pool), await aPayingGrant(bench.database.pool)];
    const made = await payments.make(aPayment(grant));
    if (made.outcome !== 'made') throw new Error(made.outcome);
    const { payment } = made;
    expect(await payments.find({ access: grant.access, paymentId: payment.id, now: now() })).toEqual({ outcome: 'found', payment });
    expect(await payments.find({ access: stranger.access, paymentId: payment.id, now: now() })).toEqual({ outcome: 'unknown' });
    expect(await payments.find({ access: grant.access, paymentId: 'nothing', now: now() })).toEqual({ outcome: 'unknown' });
  });
});
