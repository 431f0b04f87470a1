import { asksForAccounts, clustersOf } from './clusters.js';

const ids = (scope: readonly string[], claims = {}) => clustersOf(scope, claims).map((cluster) => (cluster.id === 'other' ? `other:${cluster.name}` : cluster.id));

describe('clustersOf', () => {
  it('keeps the order of the page, whatever the order of the request', () => {
    expect(ids(['transactions', 'balances', 'accounts', 'email', 'openid'])).toEqual(['identity', 'email', 'accounts', 'balances', 'transactions']);
  });
  it('shows single claims too, once', () => {
    expect(ids(['openid', 'profile'], { userinfo: { name: null, email: { essential: true } }, id_token: { phone_number: null, acr: null } })).toEqual(['identity', 'profile', 'email', 'phone']);
  });
  it('has no line for offline_access, which is about how often', () => expect(ids(['openid', 'offline_access'])).toEqual(['identity']));
  it('leaves no scope out, however strange its name', () => {
    expect(ids(['payments', 'constructor', '__proto__'], { userinfo: { toString: null } })).toEqual(['other:payments', 'other:constructor', 'other:__proto__', 'other:toString']);
  });
  it('shows a claim nobody described, and not those about the sign-in itself', () => {
    expect(ids(['openid'], { userinfo: { tax_number: null, sub: null }, id_token: { tax_number: null, acr: null, auth_time: null } })).toEqual(['identity', 'other:tax_number']);
  });
  it('asks for accounts only when account data is shared', () => {
    expect(asksForAccounts(clustersOf(['openid', 'profile', 'email']))).toBe(false);
    expect(asksForAccounts(clustersOf(['balances']))).toBe(true);
  });
});
