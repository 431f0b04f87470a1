import { plainDetails } from '@assent/grants';
import type { Grant, PushedRequest } from '@assent/protocol';
import { askedChange, changeOf } from './asked-change.js';
import type { OpenRequest } from './open-request.js';

const now = new Date('2026-11-25T12:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
const detail = (id: string) => ({ type: 'x', id });

const grant = {
  id: 'g', version: 4, status: 'active', scope: ['openid', 'accounts', 'balances'], resources: ['https://api'], accounts: ['a-1'],
  authorizationDetails: [detail('old'), detail('both')], claims: { userinfo: { email: null } }, managed: true, expiresAt: inDays(30),
} as unknown as Grant; // prettier-ignore

const open = (request: Partial<PushedRequest>) =>
  ({ request: { scope: [], resources: ['https://api'], authorizationDetails: [], ...request }, issuer: { config: { claims: ['email', 'name'] } } }) as unknown as OpenRequest;

const merge = open({ grantManagementAction: 'merge', grantId: 'g', scope: ['accounts', 'transactions'], authorizationDetails: [detail('both'), detail('new')], claims: { userinfo: { email: null, name: null }, id_token: { unknown: null } } });
const replace = open({ ...merge.request, grantManagementAction: 'replace' });
const asked = (request: OpenRequest, current?: Grant) => askedChange(request, current, inDays(90), plainDetails);

describe('what a request would do to a grant', () => {
  it('without an action: all is new, and its client does not manage the grant (GM-AZ-12)', () => {
    const change = asked(open({ scope: ['accounts'] }));
    expect(change).toMatchObject({ action: 'create', managed: false, current: undefined, added: { clusters: [{ id: 'accounts' }], scope: ['accounts'] }, kept: { clusters: [] }, removed: { clusters: [] }, expiresAt: { to: inDays(90) } });
    expect(asked(open({ grantManagementAction: 'create' }))).toMatchObject({ action: 'create', managed: true });
  });

  it('merge: asks for what is new alone and takes nothing away (GM-SE-01)', () => {
    expect(asked(merge, grant)).toMatchObject({
      action: 'merge',
      added: { clusters: [{ id: 'profile' }, { id: 'transactions' }], scope: ['transactions'], claims: ['name'], authorizationDetails: [detail('new')] },
      kept: { clusters: [{ id: 'identity' }, { id: 'email' }, { id: 'accounts' }, { id: 'balances' }], scope: grant.scope, claims: ['email'], authorizationDetails: grant.authorizationDetails },
      removed: { clusters: [], scope: [], claims: [], authorizationDetails: [] },
      currentAccounts: ['a-1'],
      expiresAt: { from: inDays(30), to: inDays(90) },
    });
  });

  it('merge: never ends the grant sooner', () => {
    expect(askedChange(merge, grant, inDays(1), plainDetails).expiresAt).toEqual({ from: inDays(30), to: inDays(30) });
    expect(askedChange(merge, { ...grant, expiresAt: null }, inDays(1), plainDetails).expiresAt).toEqual({ from: null, to: null });
  });

  it('replace: says what is new, what stays and what is dropped (GM-SE-02)', () => {
    expect(asked(replace, grant)).toMatchObject({
      action: 'replace',
      added: { clusters: [{ id: 'profile' }, { id: 'transactions' }], scope: ['transactions'], claims: ['name'], authorizationDetails: [detail('new')] },
      kept: { clusters: [{ id: 'email' }, { id: 'accounts' }], scope: ['accounts'], claims: ['email'], authorizationDetails: [detail('both')] },
      removed: { clusters: [{ id: 'identity' }, { id: 'balances' }], scope: ['openid', 'balances'], claims: [], authorizationDetails: [detail('old')] },
      expiresAt: { from: inDays(30), to: inDays(90) },
    });
  });
});

describe('the change a code carries', () => {
  const chosen = { accounts: ['a-1', 'a-2'], authorizationDetails: merge.request.authorizationDetails, expiresAt: inDays(90) };

  it('merge: what is new and nothing else, so that nothing comes back that was taken away meanwhile', () => {
    expect(changeOf(merge, grant, chosen, plainDetails)).toEqual({
      action: 'merge',
      managed: true,
      seenVersion: 4,
      permissions: { scope: ['transactions'], resources: [], accounts: ['a-2'], authorizationDetails: [detail('new')], claims: { userinfo: { email: null, name: null }, id_token: {} }, expiresAt: inDays(90) },
    });
  });

  it('replace and create: exactly what was consented', () => {
    const permissions = { scope: ['accounts', 'transactions'], resources: ['https://api'], accounts: ['a-1', 'a-2'], authorizationDetails: chosen.authorizationDetails, claims: { userinfo: { email: null, name: null }, id_token: {} }, expiresAt: inDays(90) };
    expect(changeOf(replace, grant, chosen, plainDetails)).toEqual({ action: 'replace', managed: true, seenVersion: 4, permissions });
    expect(changeOf(open({ ...merge.request, grantManagementAction: 'create' }), undefined, chosen, plainDetails)).toEqual({ action: 'create', managed: true, permissions });
  });
});
