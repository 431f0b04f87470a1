import { accessDenied, mintHandle, type FoundRequest, type OAuthError, type PushedRequest } from '@assent/protocol';
import { aClient } from '../fixtures/client.js';
import type { IssuerRuntime } from '../engine.js';
import { OpenRequest, requestOf } from './open-request.js';
import { ValidatedRedirect } from './validated-redirect.js';

const now = new Date('2026-11-24T12:00:00Z');
const issuer = 'https://bank.example/fapi2';

function fixture(request: Partial<PushedRequest> = {}, found: Partial<FoundRequest> = {}) {
  const redirectUri = request.redirectUri ?? 'https://tpp.example/cb';
  const client = aClient({ client_id: 'tally', redirect_uris: [redirectUri], scope: ['openid', 'accounts'] });
  const clients = new Map([['tally', client]]);
  const runtime = { issuer, policy: { redirectUris: 'registered' }, clients: { find: (id: string) => clients.get(id) } } as unknown as IssuerRuntime;
  const { handle, value } = mintHandle(7, new Date(now.getTime() + 60_000));
  const pushed = { issuer, clientId: 'tally', redirectUri, scope: ['openid'], authorizationDetails: [], prompt: [], ...request } as unknown as PushedRequest;
  const verify = (reached = { clientId: 'tally', grace: 0 } as { clientId?: string; grace: number }, at = now) =>
    OpenRequest.verify({ request: pushed, handle, completed: false, ...found }, value, runtime, reached, at);
  return { verify, clients, client, runtime, value };
}
function refusal(of: () => unknown): OAuthError {
  try {
    of();
  } catch (error) {
    return error as OAuthError;
  }
  throw new Error('was not refused');
}
const query = (url: string) => Object.fromEntries(new URL(url).searchParams);

describe('an open request', () => {
  const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

  it('is one that is found, in time and bound to its client', () => expect(fixture().verify().client.client_id).toBe('tally'));

  it('PR-08: is not one nobody pushed, nor one of another issuer', () => {
    const { runtime, value } = fixture();
    expect(refusal(() => OpenRequest.verify(undefined, value, runtime, { grace: 0 }, now))).toMatchObject({ code: 'invalid_request_uri', rule: 'PR-08', exposure: 'page', status: 400 });
    expect(refusal(() => fixture({ issuer: 'https://bank.example/other' }).verify()).rule).toBe('PR-08');
  });
  it('F2-AZ-15: is not one of another client, which then learns nothing about it', () => {
    const error = refusal(() => fixture({}, { completed: true }).verify({ clientId: 'bright', grace: 0 }, later(100)));
    expect(error).toMatchObject({ code: 'invalid_request_uri', rule: 'F2-AZ-15', exposure: 'page' });
    expect(requestOf(error)).toBeUndefined();
  });
  it('F2-AZ-14: ends on arrival after its end', () => {
    expect(fixture().verify(undefined, later(59))).toBeDefined();
    expect(refusal(() => fixture().verify(undefined, later(60)))).toMatchObject({ code: 'invalid_request_uri', rule: 'F2-AZ-14', exposure: 'page' });
  });
  it('F2-AZ-14: lives on while its interaction is under way, and no longer', () => {
    expect(fixture().verify({ grace: 600 }, later(659))).toBeDefined();
    expect(refusal(() => fixture().verify({ grace: 600 }, later(660))).rule).toBe('F2-AZ-14');
  });
  it('F2-AZ-16: is not one that was answered, however young', () => {
    const error = refusal(() => fixture({}, { completed: true }).verify());
    expect(error).toMatchObject({ code: 'invalid_request_uri', rule: 'F2-AZ-16', exposure: 'page' });
    expect(requestOf(error)?.client.client_name).toBe(fixture().client.client_name);
  });
  it.each([
    ['the client is gone', (f: ReturnType<typeof fixture>) => f.clients.clear()],
    ['its redirect URI is no longer registered', (f: ReturnType<typeof fixture>) => f.clients.set('tally', { ...f.client, redirect_uris: ['https://tpp.example/other'] })],
    ['it may no longer use codes', (f: ReturnType<typeof fixture>) => f.clients.set('tally', { ...f.client, grant_types: ['client_credentials'] })],
    ['it lost the scope', (f: ReturnType<typeof fixture>) => f.clients.set('tally', { ...f.client, scope: ['accounts'] })],
  ])('PR-13: is refused when %s since the push', (_says, change) => {
    const f = fixture();
    change(f);
    expect(refusal(() => f.verify())).toMatchObject({ code: 'invalid_request', rule: 'PR-13', exposure: 'page' });
  });

  it('PR-13: is refused when the client lost a type of authorization_details since the push', () => {
    const f = fixture({ authorizationDetails: [{ type: 'account_information', actions: ['list_accounts'] }] });
    expect(refusal(() => f.verify())).toMatchObject({ code: 'invalid_request', rule: 'PR-13', exposure: 'page' });
    f.clients.set('tally', { ...f.client, authorization_details_types: ['account_information'] });
    expect(f.verify().request.authorizationDetails).toHaveLength(1);
  });
});

describe('a redirect', () => {
  const to = (request: Partial<PushedRequest>) => ValidatedRedirect.of(fixture(request).verify());

  it('F2-AZ-09: carries the exact issuer, the code and the state', () => {
    expect(query(to({ state: 'a b&c=ü' }).code('xyz'))).toEqual({ code: 'xyz', state: 'a b&c=ü', iss: issuer });
  });
  it('F2-AZ-09: carries the issuer in an error too', () => {
    const url = to({ state: 's' }).error(accessDenied('the customer said no', 'F2-AZ-25'));
    expect(query(url)).toEqual({ error: 'access_denied', error_description: 'the customer said no', state: 's', iss: issuer });
  });
  it('F2-AZ-22: invents no state, and returns a long one intact', () => {
    expect(query(to({}).code('x'))).not.toHaveProperty('state');
    const state = 'ä'.repeat(1500);
    expect(query(to({ state }).code('x')).state).toBe(state);
  });
  it.each([
    ['https://tpp.example/cb?tenant=a%20b&x=%7E', 'https://tpp.example/cb?tenant=a%20b&x=%7E&code=c&iss='],
    ['https://tpp.example/cb?', 'https://tpp.example/cb?code=c&iss='],
    ['https://TPP.example', 'https://TPP.example?code=c&iss='],
  ])('F2-AZ-07: keeps the address as it was pushed: %s', (redirectUri, start) => {
    expect(to({ redirectUri }).code('c')).toMatch(new RegExp(`^${start.replace(/[?.+]/g, '\\$&')}`));
  });
});
