import { customers, Message, readJws, send, type Answer, type FapiClient, type Prepared, type Visitor, type WantedClient } from '@assent/testing/fapi';
import * as oauth from 'oauth4webapi';
import { expectAnswer, expectRefusedBy, refused } from './support/refusal.js';
import { startStack, type Stack } from './support/stack.js';

/* FAPI 1.0 Baseline: plain requests through the browser, PKCE always, public clients, bearer tokens that live short. */

const clients: readonly WantedClient[] = [
  { id: 'jwt', auth: 'private_key_jwt', constraint: 'either', metadata: { scope: 'openid profile offline_access accounts balances transactions' } },
  { id: 'ca', auth: 'tls_client_auth', constraint: 'mtls' },
  { id: 'app', auth: 'none', constraint: 'either', metadata: { grant_types: ['authorization_code'] } },
  { id: 'opaque', auth: 'private_key_jwt', constraint: 'either', metadata: { access_token_format: 'opaque' } },
  { id: 'other', auth: 'private_key_jwt', constraint: 'either' },
];

let stack: Stack;
let ana: Visitor;
let jwt: FapiClient;
let app: FapiClient;
beforeAll(async () => {
  stack = await startStack({ clients, issuer: { profile: 'fapi1-baseline', signingAlgs: ['PS256', 'ES256'] } });
  [jwt, app] = await Promise.all([stack.party('jwt'), stack.party('app')]);
  ana = stack.visitor();
}, 60_000);
afterAll(() => stack?.stop());

const bearer = { dpop: null, identity: null } as const;

function authorizeUrl(client: FapiClient, parameters: Readonly<Record<string, string | undefined>>): URL {
  const url = new URL(client.as.authorization_endpoint!);
  for (const [name, value] of Object.entries({ client_id: client.id, ...parameters })) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

async function authorize(client: FapiClient, changes: Readonly<Record<string, string | undefined>> = {}): Promise<{ prepared: Prepared; code: string }> {
  const prepared = await client.prepare(changes);
  const url = authorizeUrl(client, prepared.parameters);
  const answer = await ana.open(url);
  expect([answer.status, answer.headers.get('location')]).toEqual([303, expect.stringContaining('request_uri=urn')]);
  const callback = await ana.approve(new URL(answer.headers.get('location')!, url), customers.ana);
  return { prepared, code: client.callback(callback, prepared).get('code')! };
}

/** A public client's token request: its id, the code and the verifier. */
const redeemPublic = (client: FapiClient, parameters: Readonly<Record<string, string>>): Promise<Answer> =>
  send(new Message({ method: 'POST', url: client.as.token_endpoint!, headers: [['content-type', 'application/x-www-form-urlencoded']], body: new URLSearchParams({ grant_type: 'authorization_code', client_id: client.id, redirect_uri: client.redirectUri, ...parameters }).toString() }), { ca: stack.ca });

const callApi = (path: string, headers: readonly (readonly [string, string])[]): Promise<Answer> => send(new Message({ method: 'GET', url: `${stack.resource}${path}`, headers }), { ca: stack.ca });

describe('a confidential client', () => {
  it.each([['jwt', 'JWT'], ['opaque', 'opaque']])('%s: plain request, code, a %s bearer token, ID token, refresh', async (id) => {
    const client = await stack.party(id);
    const { prepared, code } = await authorize(client);
    const redeemed = await client.redeem(prepared, code, bearer);
    expect([redeemed.status, redeemed.json['token_type'], redeemed.headers.get('cache-control')]).toEqual([200, 'Bearer', 'no-store']);
    // F1B-AS-08: the scope comes back, for the request was not protected.
    expect(redeemed.json['scope']).toBe('openid accounts balances transactions');
    // F1B-AS-12
    expect(redeemed.json['expires_in']).toBeLessThan(600);
    const token = redeemed.json['access_token'] as string;
    if (id === 'jwt') expect(readJws(token).claims).not.toHaveProperty('cnf');
    expect((await client.call(`${stack.resource}/accounts`, token, bearer)).status).toBe(200);
    expect((await client.userinfo(token, bearer)).status).toBe(200);
    const api = await stack.party('test-accounts-api');
    const introspected = (await api.introspect(token)).json;
    expect(introspected).toMatchObject({ active: true, token_type: 'Bearer' });
    expect(introspected).not.toHaveProperty('cnf');
    const refreshed = await client.refresh(redeemed.json['refresh_token'] as string, bearer);
    expect((await client.call(`${stack.resource}/accounts`, refreshed.json['access_token'] as string, bearer)).status).toBe(200);
    const claims = readJws(redeemed.json['id_token'] as string).claims;
    expect(claims).toMatchObject({ iss: stack.issuer, aud: id, nonce: prepared.nonce });
    // F1B-AS-07
    expectAnswer(await client.redeem(prepared, code, bearer), refused('invalid_grant'));
    expect((await client.call(`${stack.resource}/accounts`, token, bearer)).status).toBe(401);
  });

  it('ca: tokens bound to its certificate, as it registered', async () => {
    const client = await stack.party('ca');
    const { prepared, code } = await authorize(client);
    const { json } = await client.redeem(prepared, code);
    const token = json['access_token'] as string;
    expect(readJws(token).claims).toMatchObject({ cnf: { 'x5t#S256': expect.any(String) as string } });
    expect((await client.call(`${stack.resource}/accounts`, token)).status).toBe(200);
    expect((await client.call(`${stack.resource}/accounts`, token, { identity: null })).status).toBe(401);
  });

  it('may push its requests', async () => {
    const { prepared, url } = await jwt.begin();
    const callback = await ana.approve(url, customers.ana);
    expectAnswer(await jwt.redeem(prepared, jwt.callback(callback, prepared).get('code')!, bearer), { status: 200, error: null });
  });

  it('a response as a form', async () => {
    const prepared = await jwt.prepare({ response_mode: 'form_post' });
    const url = authorizeUrl(jwt, prepared.parameters);
    const kept = new URL((await ana.open(url)).headers.get('location')!, url);
    const { answer, url: at } = await ana.signIn(kept, customers.ana);
    const page = await ana.submit(ana.consentForm(answer, at));
    expect(page.text).toContain(`action="${jwt.redirectUri}"`);
  });
});

describe('a public client (F1B-AS-01)', () => {
  it('gets a bearer token for code and verifier, and nothing that lasts', async () => {
    const { prepared, code } = await authorize(app);
    const { status, json } = await redeemPublic(app, { code, code_verifier: prepared.verifier });
    expect([status, Object.keys(json).sort()]).toEqual([200, ['access_token', 'expires_in', 'id_token', 'scope', 'token_type']]);
    const token = json['access_token'] as string;
    const answer = await callApi('/accounts', [['authorization', `Bearer ${token}`]]);
    expect(answer.status).toBe(200);
  });

  it.each<[string, string, (good: { code: string; verifier: string }) => Record<string, string>]>([
    ['F1B-AS-04: without verifier', 'F2-AZ-06', ({ code }) => ({ code })],
    ['F1B-AS-04: with a wrong verifier', 'F2-AZ-06', ({ code }) => ({ code, code_verifier: oauth.generateRandomCodeVerifier() })],
    ['with another redirect URI', 'F2-AZ-11', ({ code, verifier }) => ({ code, code_verifier: verifier, redirect_uri: 'https://evil.example' })],
  ])('%s', async (_says, rule, parameters) => {
    const { prepared, code } = await authorize(app);
    await expectRefusedBy(stack.asLog, await redeemPublic(app, parameters({ code, verifier: prepared.verifier })), { rule, expect: refused('invalid_grant') });
    expectAnswer(await redeemPublic(app, { code, code_verifier: prepared.verifier }), refused('invalid_grant'));
  });

  it('is not a way into a confidential client, nor the other way round', async () => {
    const { prepared, code } = await authorize(jwt);
    expectAnswer(await redeemPublic(jwt, { code, code_verifier: prepared.verifier }), { status: 401, error: 'invalid_client' });
    expectAnswer(await redeemPublic(app, { code, code_verifier: prepared.verifier }), refused('invalid_grant'));
    expectAnswer(await redeemPublic(app, { code: 'x', client_id: 'nobody' }), { status: 401, error: 'invalid_client' });
    expectAnswer(await redeemPublic(app, { code: 'x', client_secret: 'guess' }), { status: 401, error: 'invalid_client' });
  });

  it('gets no client_credentials and no refresh, and asks about no tokens', async () => {
    expectAnswer(await redeemPublic(app, { grant_type: 'client_credentials' }), refused('unauthorized_client'));
    expectAnswer(await redeemPublic(app, { grant_type: 'refresh_token', refresh_token: 'x' }), refused('unauthorized_client'));
    const introspection = new Message({ method: 'POST', url: app.as.introspection_endpoint!, headers: [['content-type', 'application/x-www-form-urlencoded']], body: 'client_id=app&token=x' });
    expectAnswer(await send(introspection, { ca: stack.ca }), { status: 401, error: 'invalid_client' });
  });
});

describe('a plain request through the browser', () => {
  const page = (answer: Answer): void => expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);

  it.each<[string, Record<string, string | undefined>]>([
    ['F1B-AS-05: an unregistered redirect URI', { redirect_uri: 'https://evil.example/callback' }],
    ['F1B-AS-05: the redirect URI of another client', { redirect_uri: 'https://other.tpp.test/callback' }],
    ['F1B-AS-05: a longer redirect URI', { redirect_uri: 'https://jwt.tpp.test/callback/more' }],
    ['F1B-AS-05: no redirect URI', { redirect_uri: undefined }],
    ['an unknown client', { client_id: 'nobody' }],
    ['F1B-AS-14: response_type token', { response_type: 'token' }],
    ['a request object', { request: 'e30.e30.' }],
    ['an address to fetch from', { request_uri: 'https://jwt.tpp.test/request' }],
  ])('%s: refused on a page', async (_says, changes) => {
    page(await stack.visitor().open(authorizeUrl(jwt, { ...(await jwt.prepare()).parameters, ...changes })));
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ['F1B-AS-04: no PKCE', { code_challenge: undefined }, 'invalid_request'],
    ['F1B-AS-04: PKCE plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['F1B-AS-15: no nonce with openid', { nonce: undefined }, 'invalid_request'],
    ['F1B-AS-15: no state without openid', { scope: 'accounts', state: undefined }, 'invalid_request'],
    ['an unknown scope', { scope: 'openid everything' }, 'invalid_scope'],
    ['a scope of others', { scope: 'openid email' }, 'invalid_scope'],
  ])('%s: told to the client', async (_says, changes, error) => {
    const { parameters } = await jwt.prepare();
    const answer = await stack.visitor().open(authorizeUrl(jwt, { ...parameters, ...changes }));
    const location = new URL(answer.headers.get('location')!);
    expect([answer.status, location.origin + location.pathname]).toEqual([303, jwt.redirectUri]);
    expect(Object.fromEntries(location.searchParams)).toEqual({ error, error_description: expect.any(String) as string, iss: stack.issuer, ...('state' in changes ? {} : { state: parameters['state'] }) });
  });

  it('a parameter twice, the redirect URI among them', async () => {
    const url = authorizeUrl(jwt, (await jwt.prepare()).parameters);
    url.searchParams.append('redirect_uri', 'https://evil.example/callback');
    page(await stack.visitor().open(url));
  });
});

describe('the resource side', () => {
  let token: string;
  beforeAll(async () => {
    const { prepared, code } = await authorize(jwt);
    token = (await jwt.redeem(prepared, code, bearer)).json['access_token'] as string;
  });
  const authorized = (...headers: (readonly [string, string])[]) => callApi('/accounts', [['authorization', `Bearer ${token}`], ...headers]);

  it.each(['application/json;charset=utf-8', '*/*', undefined])('F1-RS-04: UTF-8 JSON with a Date, for accept: %s', async (accept) => {
    const answer = await authorized(...(accept === undefined ? [] : [['accept', accept] as const]));
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('date')]).toEqual([200, expect.stringMatching(/^application\/json; ?charset=utf-8$/i), expect.stringMatching(/GMT$/)]);
  });

  it('F1-RS-04: the scheme in any case', async () => expect((await callApi('/accounts', [['authorization', `bearer ${token}`]])).status).toBe(200));

  it('F1-RS-05, F1-RS-06: the interaction id comes back, also with a refusal, and stands in the log', async () => {
    const id = 'c770aef3-6784-41f7-8e0e-ff5f97bddb3a';
    expect((await authorized(['x-fapi-interaction-id', id])).headers.get('x-fapi-interaction-id')).toBe(id);
    expect((await callApi('/accounts', [['x-fapi-interaction-id', id]])).headers.get('x-fapi-interaction-id')).toBe(id);
    expect((await authorized()).headers.get('x-fapi-interaction-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(stack.rsLog.text).toContain(id);
  });

  it('F1-RS-07, F1-RS-08: headers about the customer, well-formed and not', async () => {
    expect((await authorized(['x-fapi-customer-ip-address', '2001:db8::7'], ['x-fapi-auth-date', 'Tue, 11 Sep 2012 19:43:31 GMT'])).status).toBe(200);
    expect((await authorized(['x-fapi-customer-ip-address', 'nowhere'])).status).toBe(400);
    expect((await authorized(['x-fapi-auth-date', 'yesterday'])).status).toBe(400);
  });

  it('F1-RS-01: no token in the query', async () => expect([400, 401]).toContain((await callApi(`/accounts?access_token=${token}`, [])).status));
});

it('the metadata says what this issuer does', () => {
  expect(jwt.as).toMatchObject({ response_types_supported: ['code'], code_challenge_methods_supported: ['S256'], request_parameter_supported: false, request_uri_parameter_supported: false, require_pushed_authorization_requests: false });
  expect(jwt.as.token_endpoint_auth_methods_supported).toContain('none');
});
