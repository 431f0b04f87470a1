import { readAccounts, readBalances, readPerson, readTransactions } from './received.js';

const account = { accountId: 'a', name: 'Everyday', type: 'current', identification: { scheme: 'IBAN', masked: '••••4821' } };

describe('what the API delivers', () => {
  it('is kept without what nobody shows', () => {
    expect(readAccounts({ accounts: [{ ...account, extra: 'x'.repeat(9999) }] })).toEqual([{ ...account, identification: { masked: '••••4821' } }]);
    expect(readBalances({ balances: [{ accountId: 'a', amount: { amount: '1.00', currency: 'GBP' } }] }).get('a')).toEqual({ amount: '1.00', currency: 'GBP' });
  });

  it('is cut to what a page shows', () => {
    const transaction = { bookingDate: '2026-11-23', description: 'Rent', counterparty: { name: 'Mill Lane Lettings' }, amount: { amount: '-1.00', currency: 'GBP' } };
    expect(readAccounts({ accounts: Array.from({ length: 99 }, () => account) })).toHaveLength(20);
    expect(readTransactions({ transactions: Array.from({ length: 99 }, () => transaction) })).toHaveLength(5);
  });

  it.each([[undefined], [[]], [{ accounts: 'none' }], [{ accounts: [{ ...account, name: { toString: 1 } }] }], [{ accounts: [{ ...account, name: 'n'.repeat(201) }] }]])('is refused in another shape: %j', (answer) => {
    expect(() => readAccounts(answer)).toThrow('another shape');
  });

  it('tells plain claims only', () => {
    expect(readPerson({ sub: 's', email_verified: true, address: { country: 'PT' } })).toEqual([['sub', 's'], ['email_verified', 'true']]); // prettier-ignore
  });
});
