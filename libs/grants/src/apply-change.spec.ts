import type { GrantPermissions } from '@assent/protocol';
import { applyChange, differenceOf, isNarrower, newlyAsked, plainDetails } from './index.js';

const end = new Date('2027-01-01T00:00:00Z');
const sooner = new Date('2026-12-01T00:00:00Z');
const x = { type: 'x', actions: ['a', 'b'], nested: { one: 1, two: 2 } };
const sameX = { nested: { two: 2, one: 1 }, actions: ['a', 'b'], type: 'x' };

const held = (over: Partial<GrantPermissions> = {}): GrantPermissions => ({ scope: ['openid', 'accounts'], resources: ['https://a'], accounts: ['1'], authorizationDetails: [x], claims: { userinfo: { email: null } }, expiresAt: end, ...over });
const added = (over: Partial<GrantPermissions> = {}): GrantPermissions => ({ scope: ['accounts', 'balances'], resources: ['https://a', 'https://b'], accounts: ['2', '1'], authorizationDetails: [sameX, { type: 'y' }], claims: { userinfo: { name: { essential: true } }, id_token: { acr: null } }, expiresAt: sooner, ...over });
const merge = (before: GrantPermissions, change: GrantPermissions) => applyChange(before, { action: 'merge', permissions: change }, plainDetails);

describe('merge (GM-SE-01, GM-SE-06, GM-SE-07)', () => {
  it('is the union of everything, each once', () => {
    expect(merge(held(), added())).toEqual({
      scope: ['openid', 'accounts', 'balances'],
      resources: ['https://a', 'https://b'],
      accounts: ['1', '2'],
      authorizationDetails: [sameX, { type: 'y' }],
      claims: { userinfo: { email: null, name: { essential: true } }, id_token: { acr: null } },
      expiresAt: end,
    });
  });

  it('twice is the same as once, and with itself nothing', () => {
    const once = merge(held(), added());
    expect(merge(once, added())).toEqual(once);
    expect(differenceOf(held(), merge(held(), held()))).toEqual({});
  });

  it.each([
    [end, sooner, end],
    [sooner, end, end],
    [null, end, null],
    [end, null, null],
  ])('of an end at %s and one at %s keeps the later', (one, other, expected) => {
    expect(merge(held({ expiresAt: one }), added({ expiresAt: other })).expiresAt).toEqual(expected);
  });

  it('has no claims where neither side has', () => {
    const { claims: _, ...none } = held();
    expect(merge(none, none)).not.toHaveProperty('claims');
  });
});

it.each(['create', 'replace'] as const)('%s: exactly what was consented (GM-SE-02)', (action) => {
  expect(applyChange(held(), { action, permissions: added() }, plainDetails)).toEqual(added());
});

describe('what a merge asks consent for', () => {
  it('is what is not granted yet', () => {
    expect(newlyAsked(held(), added(), plainDetails)).toEqual({ scope: ['balances'], resources: ['https://b'], authorizationDetails: [{ type: 'y' }], claims: { userinfo: { name: { essential: true } }, id_token: { acr: null } }, expiresAt: end, nothing: false });
  });

  it('is nothing when all is there, until it is to last longer', () => {
    expect(newlyAsked(held(), held({ expiresAt: sooner }), plainDetails).nothing).toBe(true);
    expect(newlyAsked(held({ expiresAt: sooner }), held(), plainDetails).nothing).toBe(false);
  });
});

describe('the difference', () => {
  it('names what came and what went, and leaves out what stayed', () => {
    expect(differenceOf(held(), added())).toEqual({
      scope: { added: ['balances'], removed: ['openid'] },
      accounts: { added: ['2'], removed: [] },
      authorizationDetails: { added: [{ type: 'y' }], removed: [] },
      claims: { added: ['name', 'acr'], removed: ['email'] },
      expiresAt: { from: end.toISOString(), to: sooner.toISOString() },
    });
  });
});

describe('narrower', () => {
  it.each<[string, Partial<GrantPermissions>, boolean]>([
    ['the same', {}, true],
    ['an account less', { accounts: [] }, true],
    ['a detail less', { authorizationDetails: [] }, true],
    ['a sooner end', { expiresAt: sooner }, true],
    ['another account', { accounts: ['2'] }, false],
    ['a scope more', { scope: ['openid', 'accounts', 'balances'] }, false],
    ['a resource more', { resources: ['https://b'] }, false],
    ['a claim more', { claims: { id_token: { phone: null } } }, false],
    ['a detail of another type', { authorizationDetails: [{ type: 'y' }] }, false],
    ['a detail in another order of members', { authorizationDetails: [sameX] }, true],
    ['an element less in a list', { authorizationDetails: [{ ...x, actions: ['b'] }] }, true],
    ['another element in a list', { authorizationDetails: [{ ...x, actions: ['a', 'c'] }] }, false],
    ['a member less, which may have been a bound', { authorizationDetails: [{ type: 'x', actions: ['a', 'b'] }] }, false],
    ['a member more', { authorizationDetails: [{ ...x, more: true }] }, false],
    ['another value deep inside', { authorizationDetails: [{ ...x, nested: { one: 1, two: 3 } }] }, false],
    ['no end', { expiresAt: null }, false],
  ])('%s', (_, over, expected) => expect(isNarrower(held(), held(over))).toBe(expected));
});
