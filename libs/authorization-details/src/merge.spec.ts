import type { AuthorizationDetail } from '@assent/protocol';
import { canonical } from './canonical.js';
import { DetailTypes } from './detail-types.js';
import { accountAccess, aMandate, aPayment, without } from './fixtures.js';
import { shippedTypes } from './load.js';

const types = DetailTypes.of(shippedTypes);
const texts = (details: readonly AuthorizationDetail[]) => details.map(canonical).sort();
const isWithin = (asked: AuthorizationDetail, granted: AuthorizationDetail) => types.isWithin([asked], [granted]);

/** Every combination of the values each member may have; `undefined` leaves it out. */
function combinations(members: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown>[] {
  return Object.entries(members).reduce<Record<string, unknown>[]>(
    (rows, [name, values]) => rows.flatMap((row) => values.map((value) => (value === undefined ? row : { ...row, [name]: value }))),
    [{}],
  );
}
const gbp = (amount: string) => ({ currency: 'GBP', amount });
const { limits } = aMandate();

const samples: Readonly<Record<string, readonly AuthorizationDetail[]>> = {
  account_information: combinations({
    actions: [['list_accounts'], ['read_balances', 'list_accounts'], ['read_transactions']],
    accounts: [undefined, ['a'], ['b', 'a']],
    transactionsFrom: [undefined, '2026-01-01'],
    expiresAt: [undefined, '2027-01-01T00:00:00Z'],
    locations: [undefined, ['https://example.com/accounts']],
  }).map((members) => ({ type: 'account_information', ...members })),
  payment_initiation: combinations({
    actions: [undefined, ['status'], ['status', 'initiate']],
    identifier: [undefined, 'n1', 'n2'],
    debtorAccount: [undefined, { accountId: 'a' }],
    endToEndIdentification: [undefined, 'e2e'],
    locations: [undefined, ['https://example.com/payments']],
  }).map((members) => ({ ...without(aPayment(), 'actions', 'locations'), ...members })),
  recurring_payment: combinations({
    limits: [limits, { ...limits, perPayment: gbp('79.00') }, { ...limits, perPeriod: gbp('1200.00') }, { ...limits, period: 'week' }, without(limits, 'paymentsPerPeriod')],
    startsOn: [undefined, '2027-01-01', '2027-02-01'],
    endsOn: [undefined, '2027-12-31'],
    identifier: [undefined, 'n1'],
  }).map((members) => ({ ...without(aMandate(), 'startsOn', 'endsOn'), ...members })),
};

/** The same pairs every time, spread over the whole square. */
const pairs = <T>(rows: readonly T[]) => rows.flatMap((one, i) => [1, 5, 11, 17, 23].map((step) => [one, rows[(i + step) % rows.length]!] as const));

describe.each(Object.entries(samples))('%s', (_, rows) => {
  it('compares reflexively and transitively', () => {
    for (const one of rows) expect(isWithin(one, one)).toBe(true);
    const within = rows.map((one) => rows.map((other) => isWithin(one, other)));
    const broken: [number, number, number][] = [];
    within.forEach((row, a) => row.forEach((ab, b) => ab && within[b]!.forEach((bc, c) => bc && !row[c] && broken.push([a, b, c]))));
    expect(broken).toEqual([]);
    // Not everything is within everything, or the rows above prove nothing.
    const yes = within.flat().filter(Boolean).length;
    expect(yes).toBeGreaterThan(rows.length);
    expect(yes).toBeLessThan(rows.length ** 2 / 2);
  });

  it('merges idempotently, in any order, and loses nothing', () => {
    for (const [one, other] of pairs(rows)) {
      const merged = types.merge([one], [other]);
      expect(types.merge([other], [one])).toEqual(merged);
      expect(types.merge(merged, [other])).toEqual(merged);
      expect(types.merge(merged, merged)).toEqual(merged);
      expect(types.isWithin([one, other], merged)).toBe(true);
    }
  });

  it('merges many in any order, and nothing is in it that neither permits', () => {
    const some = rows.filter((_one, index) => index % 3 === 0);
    const merged = types.merge(some, rows);
    expect(texts(types.merge([...rows].reverse(), [...some].reverse()))).toEqual(texts(merged));
    expect(types.merge(merged, some)).toEqual(merged);
    expect(types.isWithin(rows, merged)).toBe(true);
    for (const one of merged) {
      // Each part of a list on its own is within one of what was merged.
      for (const part of parts(one)) expect([part, rows.some((row) => isWithin(part, row))]).toEqual([part, true]);
    }
  });
});

function parts(detail: AuthorizationDetail): AuthorizationDetail[] {
  const lists = ['actions', 'accounts', 'locations'].filter((name) => Array.isArray(detail[name]));
  return combinations(Object.fromEntries(lists.map((name) => [name, (detail[name] as string[]).map((value) => [value])]))).map((members) => ({ ...detail, ...members }));
}

describe('widening', () => {
  const window = { accounts: ['a', 'b'], transactionsFrom: '2026-02-01', transactionsTo: '2026-03-01', expiresAt: '2027-01-01T00:00:00Z' };
  const access = (members: object = {}) => ({ ...accountAccess(), actions: ['list_accounts', 'read_balances'], ...window, ...members }) as AuthorizationDetail;
  const payment = (members: object = {}): AuthorizationDetail => ({ ...aPayment(), actions: ['initiate'], debtorAccount: { accountId: 'a' }, endToEndIdentification: 'e', identifier: 'n1', ...members });
  const mandate = (members: object = {}): AuthorizationDetail => ({ ...aMandate(), debtorAccount: { accountId: 'a' }, locations: ['https://example.com/payments'], ...members });

  it.each<[string, AuthorizationDetail, AuthorizationDetail]>([
    ['an action', access({ actions: ['read_balances', 'read_transactions'] }), access()],
    ['an account', access({ accounts: ['a', 'c'] }), access()],
    ['all accounts', without(access(), 'accounts'), access()],
    ['earlier transactions', access({ transactionsFrom: '2026-01-31' }), access()],
    ['all earlier transactions', without(access(), 'transactionsFrom'), access()],
    ['later transactions', access({ transactionsTo: '2026-03-02' }), access()],
    ['a later end', access({ expiresAt: '2026-12-31T23:59:59-01:00' }), access()],
    ['no end', without(access(), 'expiresAt'), access()],
    ['a place', access({ locations: ['https://example.com/accounts', 'https://example.com/more'] }), access()],
    ['no place in particular', without(access(), 'locations'), access()],
    ['an action on a payment', payment({ actions: ['initiate', 'cancel'] }), payment()],
    ['the usual actions on a payment', without(payment(), 'actions'), payment()],
    ['a payment from any account', without(payment(), 'debtorAccount'), payment()],
    ['a payment without its number', without(payment(), 'endToEndIdentification'), payment()],
    ['a payment of another amount', payment({ instructedAmount: { currency: 'EUR', amount: '123.49' } }), payment()],
    ['a payment to another account', payment({ creditorAccount: { iban: 'GB09HBNK40010112344821' } }), payment()],
    ['another payment', payment({ identifier: 'n2' }), payment()],
    ['more each time', mandate({ limits: { ...limits, perPayment: gbp('80.01') } }), mandate()],
    ['more a period', mandate({ limits: { ...limits, perPeriod: gbp('1000.00') } }), mandate()],
    ['more each time, in other decimals', mandate({ limits: { ...limits, perPayment: gbp('81') } }), mandate()],
    ['more often', mandate({ limits: { ...limits, paymentsPerPeriod: 3 } }), mandate()],
    ['as often as one likes', mandate({ limits: without(limits, 'paymentsPerPeriod') }), mandate()],
    ['a shorter period', mandate({ limits: { ...limits, period: 'day' } }), mandate()],
    ['a longer period', mandate({ limits: { ...limits, period: 'year' } }), mandate()],
    ['an earlier start', mandate({ startsOn: '2026-12-31' }), mandate()],
    ['no start', without(mandate(), 'startsOn'), mandate()],
    ['no last day', without(mandate(), 'endsOn'), mandate()],
    ['another reference', mandate({ remittanceInformationUnstructured: 'x' }), mandate()],
    ['another type', mandate(), payment()],
  ])('%s is refused', (_, asked, granted) => {
    expect(isWithin(asked, granted)).toBe(false);
  });

  it('is not mistaken for narrowing', () => {
    expect(isWithin(access({ actions: ['list_accounts'], accounts: ['b'], transactionsFrom: '2026-02-02', transactionsTo: '2026-02-03', expiresAt: '2026-12-31T23:59:59Z' }), access())).toBe(true);
    expect(isWithin(access({ expiresAt: '2027-01-01T01:00:00+01:00' }), access())).toBe(true);
    expect(isWithin(mandate({ limits: { ...limits, perPayment: gbp('9.00'), perPeriod: gbp('100.00'), paymentsPerPeriod: 1 }, startsOn: '2027-03-01', endsOn: '2027-03-31' }), mandate())).toBe(true);
  });
});

describe('merge', () => {
  it('joins details that differ in one list, and no others (GM-SE-06)', () => {
    const one = accountAccess({ actions: ['list_accounts'], accounts: ['a'] });
    expect(types.merge([one], [accountAccess({ actions: ['read_balances'], accounts: ['a'] })])).toEqual([accountAccess({ actions: ['list_accounts', 'read_balances'], accounts: ['a'] })]);
    expect(types.merge([one], [accountAccess({ actions: ['list_accounts'], accounts: ['b'] })])).toEqual([accountAccess({ actions: ['list_accounts'], accounts: ['a', 'b'] })]);
    expect(types.merge([one], [accountAccess({ actions: ['read_balances'], accounts: ['b'] })])).toHaveLength(2);
    expect(types.merge([one], [accountAccess({ actions: ['read_balances'], accounts: ['a'], expiresAt: '2027-01-01T00:00:00Z' })])).toHaveLength(2);
  });

  it('keeps two payments apart that were approved one by one, and one that was approved once', () => {
    const approved = (identifier: string) => aPayment({ identifier });
    expect(types.merge([approved('n1')], [approved('n2')])).toHaveLength(2);
    expect(types.merge([approved('n1')], [approved('n1')])).toEqual([approved('n1')]);
    expect(types.merge([approved('n1')], [aPayment()])).toEqual([approved('n1')]);
  });
});
