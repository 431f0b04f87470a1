import { permissionFault } from './permissions.js';

const all = ['ReadAccountsBasic', 'ReadAccountsDetail', 'ReadBalances', 'ReadTransactionsBasic', 'ReadTransactionsDetail', 'ReadTransactionsCredits', 'ReadTransactionsDebits'];

describe('permissions', () => {
  it.each([
    [['ReadAccountsBasic']],
    [['ReadAccountsDetail', 'ReadBalances']],
    [['ReadAccountsBasic', 'ReadAccountsDetail']],
    [['ReadAccountsBasic', 'ReadTransactionsBasic', 'ReadTransactionsCredits']],
    [['ReadAccountsBasic', 'ReadTransactionsDetail', 'ReadTransactionsDebits']],
    [all],
  ])('%j may stand together', (asked) => expect(permissionFault(asked, all)).toBeUndefined());

  it.each<[readonly string[], RegExp]>([
    [['ReadBalances'], /ReadAccountsBasic or ReadAccountsDetail/],
    [['ReadAccountsBasic', 'ReadOffers'], /not supported/],
    [['readaccountsbasic'], /not supported/],
    [['ReadAccountsBasic', 'ReadTransactionsBasic'], /Credits or ReadTransactionsDebits/],
    [['ReadAccountsBasic', 'ReadTransactionsDetail'], /Credits or ReadTransactionsDebits/],
    [['ReadAccountsBasic', 'ReadTransactionsCredits'], /Basic or ReadTransactionsDetail/],
    [['ReadAccountsBasic', 'ReadTransactionsDebits'], /Basic or ReadTransactionsDetail/],
  ])('%j may not', (asked, says) => expect(permissionFault(asked, all)).toMatch(says));
});
