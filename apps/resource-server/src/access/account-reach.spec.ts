import type { AuthorizationDetail } from '@assent/protocol';
import type { VerifiedAccess } from '@assent/resource-guard';
import { accountReach, type Need } from './account-reach.js';

const resource = 'https://rs.example';
const place = { resource, address: `${resource}/accounts/a/transactions` };
const clock = { now: () => new Date('2026-03-01T00:00:00Z') };
const need: Need = { scope: 'transactions', action: 'read_transactions' };

const access = (details: readonly AuthorizationDetail[] | undefined, scope: readonly string[] = []): VerifiedAccess => ({
  jti: 'a.b', issuer: 'https://as.example', clientId: 'c', subject: 's', scope, audience: [resource], issuedAt: clock.now(), expiresAt: clock.now(),
  confirmation: { jkt: 'x' }, scheme: 'DPoP', claims: {}, ...(details && { authorizationDetails: details }),
}); // prettier-ignore
const aDetail = (changes: object = {}) => ({ type: 'account_information', actions: ['read_transactions'], accounts: ['a', 'b'], ...changes });
const reach = (details: readonly AuthorizationDetail[] | undefined, scope: readonly string[] = []) => accountReach(access(details, scope), need, place, clock);

describe('a token reaches', () => {
  it.each<[string, readonly AuthorizationDetail[] | undefined]>([
    ['without details', undefined],
    ['with narrower details', [aDetail({ accounts: ['a'], transactionsFrom: '2026-01-01' })]],
    ['with details that have ended', [aDetail({ expiresAt: '2020-01-01T00:00:00Z' })]],
  ])('all of its grant by scope, %s', (_, details) => {
    const { accounts, periodsOf } = reach(details, ['transactions']);
    expect([accounts, periodsOf('a')]).toEqual([undefined, undefined]);
  });

  it('the accounts and days of its details, together', () => {
    const { accounts, periodsOf } = reach([
      aDetail({ accounts: ['a'], transactionsFrom: '2026-01-01' }),
      aDetail({ accounts: ['a', 'b'], transactionsTo: '2025-01-01' }),
      aDetail({ accounts: ['c'] }),
      aDetail({ accounts: ['c'], transactionsFrom: '2026-02-01', transactionsTo: '2026-02-28' }),
      aDetail({ accounts: ['d'], actions: ['read_balances'] }),
      aDetail({ accounts: ['e'], expiresAt: '2026-02-28T23:59:59Z' }),
      { type: 'payment_initiation', accounts: ['f'], actions: ['read_transactions'] },
    ]);
    expect(accounts).toEqual(['a', 'b', 'c']);
    expect(periodsOf('a')).toEqual([{ from: '2026-01-01' }, { to: '2025-01-01' }]);
    expect(periodsOf('b')).toEqual([{ to: '2025-01-01' }]);
    expect(periodsOf('c')).toBeUndefined();
    expect(periodsOf('d')).toEqual([]);
  });

  it.each<[string, object]>([
    ['names no accounts', { accounts: undefined }],
    ['names none', { accounts: [] }],
    ['names something else', { accounts: 'a' }],
  ])('no account by a detail that %s', (_, changes) => expect(reach([aDetail(changes)]).accounts).toEqual([]));

  it.each<[string, unknown]>([
    ['the resource', [resource]],
    ['the address', [place.address]],
    ['what the address lies below', [`${resource}/accounts`]],
    ['others, too', ['https://other.example', resource]],
  ])('here by a detail located at %s', (_, locations) => expect(reach([aDetail({ locations })]).accounts).toEqual(['a', 'b']));
});

describe('a token does not reach (RR-13)', () => {
  it.each<[string, readonly AuthorizationDetail[] | undefined]>([
    ['without details', undefined],
    ['a detail of another type', [aDetail({ type: 'account_access' })]],
    ['a type in other letters', [aDetail({ type: 'Account_information' })]],
    ['another action', [aDetail({ actions: ['list_accounts', 'read_balances'] })]],
    ['no action', [aDetail({ actions: undefined })]],
    ['an action that is no list', [aDetail({ actions: 'read_transactions' })]],
    ['elsewhere', [aDetail({ locations: ['https://other.example'] })]],
    ['at an address beside this one', [aDetail({ locations: [`${resource}/acc`, `${resource}/balances`] })]],
    ['nowhere', [aDetail({ locations: [] })]],
    ['what has ended', [aDetail({ expiresAt: '2026-03-01T00:00:00Z' })]],
    ['what ends nobody knows when', [aDetail({ expiresAt: 'soon' })]],
    ['days nobody can read', [aDetail({ transactionsFrom: 'last year' }), aDetail({ transactionsTo: 20260101 })]],
    ['what ends at a number', [aDetail({ expiresAt: 9e15 })]],
  ])('%s', (_, details) => {
    expect(() => reach(details, ['accounts'])).toThrow(expect.objectContaining({ code: 'insufficient_scope', status: 403 }));
  });
});
