import type { PushedRequest, Session } from '@assent/protocol';
import { decide, type DecisionFacts } from './decide.js';

const now = new Date('2026-11-24T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const here = 'ab'.repeat(32);

const aSession = (more: Partial<Session> = {}): Session => ({
  handle: { tag: 1, expiresAt: ago(-3600), hash: Buffer.alloc(32) },
  customerId: 'ana',
  displayName: 'Ana',
  authTime: ago(300),
  acr: 'urn:pwd',
  amr: ['pwd'],
  ...more,
});
const signedInHere = { authTime: ago(2), signedInFor: here };
const acrClaim = (claim: object): Partial<PushedRequest> => ({ claims: { id_token: { acr: claim } } });

function decided(request: Partial<PushedRequest>, session: Partial<Session> | undefined, more: Partial<DecisionFacts> = {}): string {
  const decision = decide({
    request: { prompt: [], ...request },
    session: session && aSession(session),
    interaction: here,
    reachable: ['urn:pwd'],
    known: ['urn:pwd', 'urn:stronger', session?.acr ?? ''],
    subjectOf: (customerId) => `sub-${customerId}`,
    now,
    ...more,
  });
  return decision.do === 'sign-in' ? `sign-in: ${decision.why}` : decision.do === 'refuse' ? decision.error.code : decision.do;
}

const table: readonly [rule: string, says: string, request: Partial<PushedRequest>, session: Partial<Session> | undefined, expected: string][] = [
  ['OIDC-03', 'nobody signed in', {}, undefined, 'sign-in: no-session'],
  ['OIDC-03', 'a session', {}, {}, 'consent'],
  ['OIDC-03', 'a session that ended', {}, { handle: { tag: 1, expiresAt: now, hash: Buffer.alloc(32) } }, 'sign-in: no-session'],
  ['OIDC-03', 'prompt=consent with a session', { prompt: ['consent'] }, {}, 'consent'],
  ['OIDC-03', 'prompt=login with a session', { prompt: ['login'] }, {}, 'sign-in: asked'],
  ['OIDC-03', 'prompt=login after signing in for it', { prompt: ['login', 'consent'] }, signedInHere, 'consent'],
  ['OIDC-03', 'prompt=login after signing in for another request', { prompt: ['login'] }, { ...signedInHere, signedInFor: 'cd'.repeat(32) }, 'sign-in: asked'],
  ['OIDC-03', 'prompt=select_account with a session', { prompt: ['select_account'] }, {}, 'sign-in: asked'],
  ['OIDC-03', 'prompt=select_account after signing in for it', { prompt: ['select_account'] }, signedInHere, 'consent'],
  ['OIDC-03', 'prompt=none, nobody signed in', { prompt: ['none'] }, undefined, 'login_required'],
  ['OIDC-03', 'prompt=none with a session', { prompt: ['none'] }, {}, 'existing-grant'],
  ['OIDC-04', 'a session just young enough', { maxAge: 300 }, {}, 'consent'],
  ['OIDC-04', 'a session too old', { maxAge: 299 }, {}, 'sign-in: too-old'],
  ['OIDC-04', 'a session too old, prompt=none', { maxAge: 299, prompt: ['none'] }, {}, 'login_required'],
  ['OIDC-04', 'max_age=0 with a session of this very second', { maxAge: 0 }, { authTime: now }, 'sign-in: too-old'],
  ['OIDC-04', 'max_age=0 after signing in for it', { maxAge: 0 }, signedInHere, 'consent'],
  ['OIDC-04', 'max_age shorter than reading takes, signed in for it', { maxAge: 1 }, signedInHere, 'consent'],
  ['OIDC-06', 'voluntary acr_values nobody can reach', { acrValues: ['urn:gold'] }, {}, 'consent'],
  ['OIDC-06', 'a voluntary acr claim nobody can reach', acrClaim({ values: ['urn:gold'] }), {}, 'consent'],
  ['OIDC-06', 'an essential acr that is there', acrClaim({ essential: true, values: ['urn:gold', 'urn:pwd'] }), {}, 'consent'],
  ['OIDC-06', 'an essential acr without a value', acrClaim({ essential: true }), {}, 'consent'],
  ['OIDC-06', 'an essential acr nobody can reach', acrClaim({ essential: true, value: 'urn:gold' }), {}, 'unmet_authentication_requirements'],
  ['OIDC-06', 'the same before anybody signs in', acrClaim({ essential: true, value: 'urn:gold' }), undefined, 'unmet_authentication_requirements'],
  ['OIDC-06', 'an essential acr a new sign-in reaches', acrClaim({ essential: true, value: 'urn:pwd' }), { acr: 'urn:weak' }, 'sign-in: acr'],
  ['OIDC-06', 'the same with prompt=none', { ...acrClaim({ essential: true, value: 'urn:pwd' }), prompt: ['none'] }, { acr: 'urn:weak' }, 'interaction_required'],
  ['OIDC-06', 'an essential acr the sign-in for it did not reach', acrClaim({ essential: true, value: 'urn:pwd' }), { ...signedInHere, acr: 'urn:weak' }, 'unmet_authentication_requirements'],
  ['OIDC-07', 'id_token_hint of the same customer', { idTokenHintSubject: 'sub-ana' }, {}, 'consent'],
  ['OIDC-07', 'id_token_hint of another customer', { idTokenHintSubject: 'sub-ben' }, {}, 'sign-in: other-customer'],
  ['OIDC-07', 'the same after signing in for it', { idTokenHintSubject: 'sub-ben' }, signedInHere, 'sign-in: other-customer'],
  ['OIDC-07', 'the same with prompt=none', { idTokenHintSubject: 'sub-ben', prompt: ['none'] }, {}, 'login_required'],
  ['OIDC-07', 'a sub claim of another customer', { claims: { id_token: { sub: { value: 'sub-ben' } } }, prompt: ['none'] }, {}, 'login_required'],
];

describe('what a request needs next', () => {
  it.each(table)('%s: %s', (_rule, _says, request, session, expected) => {
    expect(decided(request, session)).toBe(expected);
  });

  it('OIDC-03: prompt=none never asks anybody, whatever else is asked', () => {
    for (const [, , request, session] of table) {
      for (const extra of [{}, { maxAge: 0 }, { idTokenHintSubject: 'sub-ben' }]) {
        expect(decided({ ...request, ...extra, prompt: ['none'] }, session)).not.toMatch(/sign-in|consent$/);
      }
    }
  });
});
