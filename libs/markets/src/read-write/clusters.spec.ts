import { clustersOf } from '../vocabulary.js';
import { commonPermissions, vocabularyOf } from './clusters.js';

const vocabulary = vocabularyOf(commonPermissions);

describe('what a customer is shown', () => {
  it.each<[readonly string[], readonly string[]]>([
    [['ReadAccountsBasic'], ['accounts-basic']],
    [['ReadAccountsBasic', 'ReadAccountsDetail'], ['accounts']],
    [['ReadAccountsDetail', 'ReadTransactionsBasic', 'ReadTransactionsCredits'], ['accounts', 'transactions-basic', 'transactions-in']],
    [['ReadTransactionsDetail', 'ReadTransactionsBasic', 'ReadTransactionsDebits'], ['transactions', 'transactions-out']],
    [['ReadTransactionsDetail', 'ReadTransactionsCredits', 'ReadTransactionsDebits'], ['transactions']],
    [['ReadBeneficiariesBasic', 'ReadBeneficiariesDetail', 'ReadStandingOrdersBasic'], ['beneficiaries', 'standing-orders-basic']],
    [['ReadParty', 'ReadPartyPSU'], ['identity-holder']],
  ])('%j', (permissions, clusters) => expect(clustersOf(vocabulary, permissions)).toEqual(clusters));

  it('has a place for every permission, in words of its own', () => {
    const titles = Object.values(vocabulary.clusters).flatMap((words) => Object.values(words).map(({ title }) => title));
    expect(new Set(titles).size).toBe(titles.length);
    expect(Object.values(vocabulary.permissions).flat().every((id) => id in vocabulary.clusters)).toBe(true);
    // The platform says these itself.
    expect(Object.keys(vocabulary.clusters)).not.toContain('identity');
  });
});
