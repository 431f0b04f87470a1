import { accessDenied, mintHandle, type FoundRequest, type OAuthError, type PushedRequest } from '@assent/protocol';
import { aClient } from '../fixtures/client.js';
import type { IssuerRuntime } from '../engine.js';
import { OpenRequest, requestOf } from './open-request.js';
import { ValidatedRedirect, type ResponseMessage } from './validated-redirect.js';

const now = new Date('2026-11-24T12:00:00Z');
const issuer = 'https://bank.example/fapi2';

function fixture(request: Partial<PushedRequest> = {}, found: Partial<FoundRequest> = {}) {
  const redirectUri = request.redirectUri ?? 'https://tpp.example/cb';
  const client = aClient({ client_id: 'tally', redirect_uris: [redirectUri], scope: ['openid', 'accounts'] });
  const clients = new Map([['tally', client]]);
  const runtime = { issuer, config: { scopes: [] }, policy: { redirectUris: 'registered' }, clients: { find: (id: string) => clients.get(id) } } as unknown as IssuerRuntime;
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
const sign = async (parameters: object) => `signed ${JSON.stringify(parameters)}`;

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
  const to = (request: Partial<PushedRequest>) => {
    const redirect = ValidatedRedirect.of(fixture({ responseType: 'code', ...request }).verify());
    return { code: (code: string, idToken?: string) => redirect.code(code, sign, idToken), error: (error: OAuthError) => redirect.error(error, sign) };
  };
  const address = async (answer: Promise<ResponseMessage>) => {
    const message = await answer;
    if ('post' in message) throw new Error('a form');
    return message.redirect;
  };
  const no = accessDenied('the customer said no', 'F2-AZ-25');

  it('F2-AZ-09: carries the exact issuer, the code and the state', async () => {
    expect(query(await address(to({ state: 'a b&c=ü' }).code('xyz')))).toEqual({ code: 'xyz', state: 'a b&c=ü', iss: issuer });
  });
  it('F2-AZ-09: carries the issuer in an error too', async () => {
    expect(query(await address(to({ state: 's' }).error(no)))).toEqual({ error: 'access_denied', error_description: 'the customer said no', state: 's', iss: issuer });
  });
  it('F2-AZ-22: invents no state, and returns a long one intact', async () => {
    expect(query(await address(to({}).code('x')))).not.toHaveProperty('state');
    const state = 'ä'.repeat(1500);
    expect(query(await address(to({ state }).code('x'))).state).toBe(state);
  });
  it.each([
    ['https://tpp.example/cb?tenant=a%20b&x=%7E', 'https://tpp.example/cb?tenant=a%20b&x=%7E&code=c&iss='],
    ['https://tpp.example/cb?', 'https://tpp.example/cb?code=c&iss='],
    ['https://TPP.example', 'https://TPP.example?code=c&iss='],
  ])('F2-AZ-07: keeps the address as it was pushed: %s', async (redirectUri, start) => {
    expect(await address(to({ redirectUri }).code('c'))).toMatch(new RegExp(`^${start.replace(/[?.+]/g, '\\$&')}`));
  });

  const redirectUri = 'https://tpp.example/cb?own=1';
  const plain = 'code=c&state=s&iss=https%3A%2F%2Fbank.example%2Ffapi2';
  const signed = new URLSearchParams({ response: 'signed {"code":"c","state":"s"}' }).toString();
  it.each([
    ['code', undefined, `${redirectUri}&${plain}`],
    ['code', 'query', `${redirectUri}&${plain}`],
    ['code', 'fragment', `${redirectUri}#${plain}`],
    ['code', 'jwt', `${redirectUri}&${signed}`],
    ['code', 'query.jwt', `${redirectUri}&${signed}`],
    ['code', 'fragment.jwt', `${redirectUri}#${signed}`],
    ['code id_token', undefined, `${redirectUri}#${plain}`],
    ['code id_token', 'jwt', `${redirectUri}#${signed}`],
    ['code id_token', 'query.jwt', `${redirectUri}&${signed}`],
  ])('JM-02, JM-03: %s, response_mode %s', async (responseType, responseMode, expected) => {
    expect(await address(to({ redirectUri, responseType, state: 's', ...(responseMode === undefined ? {} : { responseMode }) }).code('c'))).toBe(expected);
  });

  it('JM-03: a form carries the same, signed or plain, and goes to the address as it was pushed', async () => {
    expect(await to({ redirectUri, state: 's', responseMode: 'form_post' }).code('c')).toEqual({ post: redirectUri, fields: { code: 'c', state: 's', iss: issuer } });
    expect(await to({ redirectUri, state: 's', responseMode: 'form_post.jwt' }).code('c')).toEqual({ post: redirectUri, fields: { response: 'signed {"code":"c","state":"s"}' } });
  });
  it('JM-07: an error is signed as well, and F1A-ID-02: goes where a code id_token would', async () => {
    const said = { error: 'access_denied', error_description: 'the customer said no', state: 's' };
    expect(await address(to({ redirectUri, state: 's', responseMode: 'jwt' }).error(no))).toBe(`${redirectUri}&${new URLSearchParams({ response: await sign(said) }).toString()}`);
    expect(await address(to({ redirectUri, state: 's', responseType: 'code id_token' }).error(no))).toBe(`${redirectUri}#${new URLSearchParams({ ...said, iss: issuer }).toString()}`);
  });
  it('F1A-ID-02: the ID token stands beside the code', async () => {
    expect(await address(to({ redirectUri, responseType: 'code id_token' }).code('c', 'e30'))).toBe(`${redirectUri}#${new URLSearchParams({ code: 'c', id_token: 'e30', iss: issuer }).toString()}`);
  });
});
