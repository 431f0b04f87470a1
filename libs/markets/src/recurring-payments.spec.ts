import { DetailTypes } from '@assent/authorization-details';
import { limitsOf, recurringPaymentsType, type RecurringPayments } from './recurring-payments.js';

const type = 'urn:assent:somewhere:recurring';
const market = recurringPaymentsType({ type, accountText: (account) => ('iban' in account ? account.iban : account.identification) });
const types = DetailTypes.of([market]);
const now = new Date('2026-11-25T12:00:00Z');
const money = (amount: string) => ({ currency: 'GBP', amount });
const good: RecurringPayments = { type, creditorName: 'Savings', creditorAccount: { scheme: 'S', identification: '1' }, perPayment: money('100.00'), perPeriod: money('300.00'), period: 'month', alignment: 'calendar', startsOn: '2026-11-25' };
const parse = (detail: object) => types.parse([detail], { issuerTypes: [type], clientTypes: [type], now });
const limits = (change: Partial<RecurringPayments>, at: string) => {
  const found = limitsOf({ ...good, ...change }, new Date(at));
  return found && [found.total, found.from.toISOString().slice(0, 10), found.until.toISOString().slice(0, 10)];
};

describe('recurring payments of a market', () => {
  it('are taken and refused', () => {
    expect(parse(good)).toEqual([good]);
    for (const [change, says] of [[{ perPayment: money('300.01') }, /perPayment/], [{ perPeriod: { currency: 'EUR', amount: '300.00' } }, /currency/], [{ perPeriod: money('300') }, /decimals/], [{ endsOn: '2026-11-24' }, /endsOn/], [{ period: 'fortnight' }, /period/], [{ fee: 1 }, /fee/]] as const) expect(() => parse({ ...good, ...change })).toThrow(says);
  });

  it.each<[Partial<RecurringPayments>, string, readonly string[] | undefined]>([
    [{ startsOn: '2021-06-06' }, '2021-06-20T00:00:00Z', ['250.00', '2021-06-01', '2021-07-01']],
    [{ startsOn: '2021-06-06' }, '2021-07-01T00:00:00Z', ['300.00', '2021-07-01', '2021-08-01']],
    [{ startsOn: '2021-06-06', period: 'year', perPeriod: money('500.00') }, '2021-12-31T23:59:59Z', ['286.30', '2021-01-01', '2022-01-01']],
    [{ startsOn: '2021-06-09', period: 'week', perPeriod: money('70.00') }, '2021-06-13T23:59:59Z', ['50.00', '2021-06-07', '2021-06-14']],
    [{ startsOn: '2021-06-06', period: 'day' }, '2021-06-06T12:00:00Z', ['300.00', '2021-06-06', '2021-06-07']],
    [{ startsOn: '2021-06-05', alignment: 'consent' }, '2021-07-04T23:59:59Z', ['300.00', '2021-06-05', '2021-07-05']],
    [{ startsOn: '2021-06-05', alignment: 'consent' }, '2021-07-05T00:00:00Z', ['300.00', '2021-07-05', '2021-08-05']],
    [{ startsOn: '2021-01-31', alignment: 'consent' }, '2021-02-28T00:00:00Z', ['300.00', '2021-02-28', '2021-03-31']],
    [{ startsOn: '2021-01-31', alignment: 'consent' }, '2021-02-27T00:00:00Z', ['300.00', '2021-01-31', '2021-02-28']],
    [{ startsOn: '2021-06-05', alignment: 'consent', period: 'year' }, '2023-06-04T00:00:00Z', ['300.00', '2022-06-05', '2023-06-05']],
    [{ startsOn: '2021-06-05', alignment: 'consent', period: 'week' }, '2021-06-12T00:00:00Z', ['300.00', '2021-06-12', '2021-06-19']],
    [{ startsOn: '2021-06-05' }, '2021-06-04T23:59:59Z', undefined],
    [{ startsOn: '2021-06-05', endsOn: '2021-06-30' }, '2021-07-01T00:00:00Z', undefined],
    [{ startsOn: '2021-06-30', endsOn: '2021-06-30' }, '2021-06-30T23:59:59Z', ['10.00', '2021-06-01', '2021-07-01']],
  ])('%j at %s', (change, at, expected) => expect(limits(change, at)).toEqual(expected));

  it('are ordered from the account that was chosen, and told in plain words', () => {
    const [granted] = types.enrich([good], [{ accounts: ['a1'], identifier: 'i1', now }]);
    expect(market.payment!(granted!)).toEqual({ amount: money('100.00'), creditorName: 'Savings', creditorAccount: good.creditorAccount, debtor: { accountId: 'a1' }, identifier: 'i1' });
    expect(types.isWithin([good], [good])).toBe(true);
    for (const change of [{ perPayment: money('100.01') }, { creditorName: 'Other' }, { creditorAccount: { scheme: 'S', identification: '2' } }, { startsOn: '2026-11-24' }]) expect(types.isWithin([{ ...good, ...change }], [good])).toBe(false);
    expect(types.present({ ...good, alignment: 'consent', endsOn: '2027-01-01' }, 'en')).toMatchObject({ recurring: true, period: 'month', amount: { value: '300.00', currency: 'GBP' }, terms: [{ id: 'per-payment' }, { value: expect.stringContaining('counted from 25 November 2026') as string }, { id: 'starts' }, { id: 'ends' }] });
  });
});
