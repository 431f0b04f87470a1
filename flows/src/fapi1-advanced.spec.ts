import { customers, ecKey, es256Signed, readJws, unsigned, withBrokenSignature, type Answer, type FapiClient, type Prepared, type Visitor, type WantedClient } from '@assent/testing/fapi';
import { compactDecrypt, CompactEncrypt, importJWK, type JWK } from 'jose';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import * as oauth from 'oauth4webapi';
import { objectRows } from './refusals/request-object.js';
import { expectAnswer, expectRefusedBy, refused, type Expected, type Scene } from './support/refusal.js';
import { beginSigned, fetching, jarmResponse, postedForm, pushSigned, requestObject, type SignedChange } from './support/signed.js';
import { startStack, type Stack } from './support/stack.js';

/* FAPI 1.0 Advanced: signed requests by value, pushed and by reference; code id_token and code with JARM; certificates. */

const both = ['code', 'code id_token'];
const clients: readonly WantedClient[] = [
  { id: 'jwt-mtls', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', metadata: { response_types: both, id_token_signed_response_alg: 'PS256' } },
  { id: 'ca-mtls', auth: 'tls_client_auth', constraint: 'mtls', signs: true, metadata: { response_types: both, grant_types: ['authorization_code', 'implicit', 'refresh_token'] } },
  { id: 'self-mtls', auth: 'self_signed_tls_client_auth', constraint: 'mtls', metadata: { response_types: both, subject_type: 'pairwise' } },
  { id: 'other', auth: 'private_key_jwt', constraint: 'mtls', metadata: { response_types: both } },
  { id: 'pushes', auth: 'private_key_jwt', constraint: 'mtls', metadata: { response_types: both, require_pushed_authorization_requests: true } },
  ...(['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES'] as const).map((alg, index): WantedClient => {
    const enc = index === 0 ? 'A256GCM' : 'A128CBC-HS256';
    return { id: `encrypts-${alg.toLowerCase()}`, auth: 'private_key_jwt', constraint: 'mtls', encryption: alg, metadata: { response_types: both, id_token_encrypted_response_alg: alg, id_token_encrypted_response_enc: enc, authorization_encrypted_response_alg: alg, authorization_encrypted_response_enc: enc, evidence: 'on' } };
  }),
];

let stack: Stack;
let scene: Scene;
let client: FapiClient;
let ana: Visitor;
let publisher: Server;
/** What the client's own server answers at each path. */
const published = new Map<string, { readonly body: string; readonly type?: string; readonly status?: number; readonly cacheControl?: string }>();
let fetched: string[] = [];
let base = '';

beforeAll(async () => {
  publisher = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => publisher.once('listening', resolve));
  base = `https://localhost:${(publisher.address() as AddressInfo).port}`;
  const byReference: WantedClient = { id: 'by-reference', auth: 'private_key_jwt', constraint: 'mtls', metadata: { response_types: both, request_uris: ['a', 'b', 'html', 'missing', 'huge', 'moved'].map((path) => `${base}/${path}`) } };
  stack = await startStack({ clients: [...clients, byReference], issuer: { profile: 'fapi1-advanced', signingAlgs: ['PS256', 'ES256'] } });
  publisher.setSecureContext({ cert: stack.server.cert, key: stack.server.key });
  publisher.on('request', (request, response) => {
    fetched.push(request.url ?? '');
    const { body, type = 'application/oauth-authz-req+jwt', status = 200, cacheControl } = published.get(request.url ?? '') ?? { body: '', status: 404 };
    response.writeHead(status, { 'content-type': type, ...(cacheControl ? { 'cache-control': cacheControl } : {}), ...(status === 302 ? { location: `${base}/a` } : {}) }).end(body);
  });
  client = await stack.party('jwt-mtls');
  ana = stack.visitor();
  scene = { stack, client, bound: client, tls: await stack.party('ca-mtls'), selfSigned: await stack.party('self-mtls'), other: await stack.party('other'), api: client, ana };
}, 90_000);
afterAll(async () => {
  publisher?.closeAllConnections();
  publisher?.close();
  await stack?.stop();
});

const hybrid = { response_type: 'code id_token' };
const jwt = { response_mode: 'jwt' };
const withoutPkce = { code_challenge: undefined, code_challenge_method: undefined };

/** The address of the authorization endpoint with these parameters. */
function authorizeUrl(of: FapiClient, parameters: Readonly<Record<string, string | undefined>>): URL {
  const url = new URL(of.as.authorization_endpoint!);
  for (const [name, value] of Object.entries({ client_id: of.id, ...parameters })) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

/** A signed request by value, with what OpenID Connect Core section 6.1 repeats outside. */
async function valueUrl(of: FapiClient, prepared: Prepared, change: SignedChange = {}): Promise<URL> {
  const { response_type, scope } = prepared.parameters;
  return authorizeUrl(of, { response_type, scope, request: await requestObject(of, prepared, change) });
}

/** Where the server sends the browser once it has kept a request that came through it. */
async function kept(url: URL): Promise<URL> {
  const answer = await ana.open(url);
  expect([answer.status, answer.headers.get('location')]).toEqual([303, expect.stringContaining('request_uri=urn')]);
  return new URL(answer.headers.get('location')!, url);
}

const decrypterOf = (of: FapiClient): oauth.JweDecryptFunction => async (jwe) => Buffer.from((await compactDecrypt(jwe, of.test.decryption!)).plaintext).toString();

const ways = {
  'pushed': async (of: FapiClient, changes: Record<string, string | undefined>) => beginSigned(of, changes),
  'by value': async (of: FapiClient, changes: Record<string, string | undefined>) => {
    const prepared = await of.prepare({ ...withoutPkce, ...changes });
    return { prepared, url: await kept(await valueUrl(of, prepared)) };
  },
  'by value with PKCE': async (of: FapiClient, changes: Record<string, string | undefined>) => {
    const prepared = await of.prepare(changes);
    return { prepared, url: await kept(await valueUrl(of, prepared)) };
  },
} as const;

/** PKCE goes along where the request had a challenge. */
function redeem(of: FapiClient, prepared: Prepared, code: string): Promise<Answer> {
  return prepared.parameters['code_challenge'] === undefined ? of.token('authorization_code', { code, redirect_uri: of.redirectUri }) : of.redeem(prepared, code);
}

async function expectTokens(of: FapiClient, prepared: Prepared, code: string): Promise<Record<string, unknown>> {
  const { status, json } = await redeem(of, prepared, code);
  expect([status, json['token_type']]).toEqual([200, 'Bearer']);
  const token = json['access_token'] as string;
  expect((await of.call(`${stack.resource}/accounts`, token)).status).toBe(200);
  // F1-RS-03: only with its certificate.
  expect((await of.call(`${stack.resource}/accounts`, token, { identity: null })).status).toBe(401);
  return json;
}

describe.each(Object.keys(ways) as (keyof typeof ways)[])('a signed request, %s', (way) => {
  it.each(['jwt-mtls', 'ca-mtls', 'self-mtls'])('%s: code id_token', async (id) => {
    const of = await stack.party(id);
    const { prepared, url } = await ways[way](of, hybrid);
    const callback = await ana.approve(url, customers.ana);
    expect(callback.search).toBe('');
    expect([...new URLSearchParams(callback.hash.slice(1)).keys()].sort()).toEqual(['code', 'id_token', 'iss', 'state']);
    const response = await oauth.validateDetachedSignatureResponse(of.as, of.metadata, callback, prepared.nonce!, prepared.state, undefined, fetching(stack.ca));
    const front = readJws(new URLSearchParams(callback.hash.slice(1)).get('id_token')!).claims;
    expect(Object.keys(front).sort()).toEqual(['acr', 'amr', 'aud', 'c_hash', 'exp', 'iat', 'iss', 'nonce', 's_hash', 'sub']);
    const json = await expectTokens(of, prepared, response.get('code')!);
    // F1A-ID-05
    const back = readJws(json['id_token'] as string).claims;
    expect([back['iss'], back['sub'], back['nonce']]).toEqual([front['iss'], front['sub'], prepared.nonce]);
  });

  it('code with JARM', async () => {
    const { prepared, url } = await ways[way](client, jwt);
    const callback = await ana.approve(url, customers.ana);
    expect([...callback.searchParams.keys()]).toEqual(['response']);
    const response = await jarmResponse(client, stack.ca, callback, prepared.state);
    await expectTokens(client, prepared, response.get('code')!);
  });
});

describe('encryption', () => {
  it.each(['rsa-oaep', 'rsa-oaep-256', 'ecdh-es'])('%s: ID tokens of both channels, and responses', async (alg) => {
    const of = await stack.party(`encrypts-${alg}`);
    const decrypt = decrypterOf(of);
    const { prepared, url } = await ways.pushed(of, hybrid);
    const callback = await ana.approve(url, customers.ana);
    const response = await oauth.validateDetachedSignatureResponse(of.as, of.metadata, callback, prepared.nonce!, prepared.state, undefined, { ...fetching(stack.ca), [oauth.jweDecrypt]: decrypt });
    const json = await expectTokens(of, prepared, response.get('code')!);
    expect((json['id_token'] as string).split('.')).toHaveLength(5);
    const inner = await decrypt(json['id_token'] as string);
    expect(readJws(inner).claims).toMatchObject({ iss: stack.issuer, aud: of.id, nonce: prepared.nonce });

    const second = await ways.pushed(of, jwt);
    const jarm = await ana.approve(second.url, customers.ana);
    expect(jarm.searchParams.get('response')!.split('.')).toHaveLength(5);
    expect((await jarmResponse(of, stack.ca, jarm, second.prepared.state, decrypt)).has('code')).toBe(true);
  });

  it('code id_token in the query, which only an encrypted response may carry (JM-04)', async () => {
    const of = await stack.party('encrypts-ecdh-es');
    const { prepared, url } = await ways.pushed(of, { ...hybrid, response_mode: 'query.jwt' });
    const callback = await ana.approve(url, customers.ana);
    // oauth4webapi knows no ID token inside a JWT response.
    const { claims } = readJws(await decrypterOf(of)(callback.searchParams.get('response')!));
    expect(claims).toMatchObject({ iss: stack.issuer, aud: of.id, state: prepared.state, id_token: expect.any(String) as string });
    await expectRefusedBy(stack.asLog, await pushSigned(client, await client.prepare({ ...hybrid, response_mode: 'query.jwt' })), { rule: 'JM-04', expect: refused('invalid_request') });
  });

  it.each(['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES'])('a request object encrypted to the server with %s', async (alg) => {
    const { keys } = (await (await fetching(stack.ca)[oauth.customFetch](client.as.jwks_uri!)).json()) as { keys: JWK[] };
    const key = keys.find((one) => one.use === 'enc' && one.alg === alg)!;
    const encrypt = async (jws: string) => new CompactEncrypt(Buffer.from(jws)).setProtectedHeader({ alg, enc: 'A256GCM', kid: key.kid!, cty: 'JWT' }).encrypt(await importJWK(key, alg));
    expectAnswer(await pushSigned(client, await client.prepare(jwt), { signed: encrypt }), { status: 201, error: null });
    await expectRefusedBy(stack.asLog, await pushSigned(client, await client.prepare(jwt), { signed: async (jws) => encrypt(withBrokenSignature(jws)) }), { rule: 'JR-05', expect: refused('invalid_request_object') });
    await expectRefusedBy(stack.asLog, await pushSigned(client, await client.prepare(jwt), { signed: async (jws) => (await encrypt(jws)).replace(/\.[^.]+$/, '.AAAAAAAAAAAAAAAAAAAAAA') }), { rule: 'JR-06', expect: refused('invalid_request_object') });
  });
});

describe('a pushed signed request', () => {
  it('is accepted as it stands', async () => expectAnswer(await pushSigned(client, await client.prepare(hybrid)), { status: 201, error: null }));

  it.each(objectRows.map((row) => [`${row.rule}: ${row.title}`, row] as const))('%s', async (_says, row) => {
    await expectRefusedBy(stack.asLog, await pushSigned(client, await client.prepare(jwt), row.change(scene)), row);
  });

  const refusals: readonly [string, Record<string, string | undefined>, Expected, string][] = [
    ['F1A-AS-02: plain code', {}, refused('invalid_request'), 'MS-JARM-01'],
    ['F1A-AS-02: code in a plain form', { response_mode: 'form_post' }, refused('invalid_request'), 'MS-JARM-01'],
    ['F1A-ID-02: code id_token in the query', { ...hybrid, response_mode: 'query' }, refused('invalid_request'), 'ASSENT-PAR-02'],
    ['F1A-ID-03: code id_token without nonce', { ...hybrid, nonce: undefined }, refused('invalid_request'), 'F1A-ID-03'],
    ['F1A-ID-03: code id_token without openid', { ...hybrid, scope: 'accounts' }, refused('invalid_scope'), 'F1A-ID-03'],
    ['F1B-AS-15: no state without openid', { ...jwt, scope: 'accounts', state: undefined }, refused('invalid_request'), 'F1B-AS-15'],
    ['F1A-AS-05: no PKCE', { ...hybrid, ...withoutPkce }, refused('invalid_request'), 'F2-AZ-05'],
    ['F1A-AS-05: PKCE plain', { ...hybrid, code_challenge_method: 'plain' }, refused('invalid_request'), 'F2-AZ-05'],
  ];
  it.each(refusals)('%s', async (_says, changes, expected, rule) => {
    const prepared = await client.prepare(changes);
    // `prepare` invents a state; take it out again where it is not wanted.
    const change: SignedChange = 'state' in changes ? { object: (_header, claims) => void delete claims['state'] } : {};
    await expectRefusedBy(stack.asLog, await pushSigned(client, prepared, change), { rule, expect: expected });
  });

  it('F1A-AS-01: none at all', async () => expectRefusedBy(stack.asLog, await client.push(await client.prepare(hybrid)), { rule: 'MS-JAR-01', expect: refused('invalid_request') }));

  it('F1A-AS-11: EdDSA, which FAPI 1.0 does not know', async () => {
    const pair = await oauth.generateKeyPair('Ed25519');
    expectAnswer(await pushSigned(client, await client.prepare(hybrid), { objectKey: { key: pair.privateKey, kid: client.test.signing.kid! } }), refused('invalid_request_object'));
  });
});

describe('client authentication', () => {
  const endpoints: readonly [string, () => string | string[]][] = [
    ['the issuer', () => stack.issuer],
    ['the token endpoint', () => `${stack.issuer}/token`],
    ['the PAR endpoint', () => `${stack.issuer}/par`],
    ['the alias of the token endpoint', () => client.as.mtls_endpoint_aliases!.token_endpoint!],
    ['the alias of the PAR endpoint', () => client.as.mtls_endpoint_aliases!.pushed_authorization_request_endpoint!],
    ['a list with one of them', () => ['https://elsewhere.example', `${stack.issuer}/token`]],
  ];
  it.each(endpoints)('F1A-AS-16: an assertion for %s is accepted', async (_says, aud) => {
    const change = { assertion: (_header: unknown, claims: Record<string, oauth.JsonValue | undefined>) => void (claims['aud'] = aud()) };
    expectAnswer(await pushSigned(client, await client.prepare(hybrid), change), { status: 201, error: null });
    expectAnswer(await client.clientCredentials('accounts', change), typeof aud() === 'string' && (aud() as string).endsWith('/par') ? { status: 401, error: 'invalid_client' } : { status: 200, error: null });
  });

  it.each<[string, (claims: Record<string, unknown>) => void]>([
    ['for somebody else', (claims) => void (claims['aud'] = 'https://elsewhere.example')],
    ['for the authorization endpoint', (claims) => void (claims['aud'] = `${stack.issuer}/authorize`)],
    ['without sub', (claims) => void delete claims['sub']],
    ['without iss', (claims) => void delete claims['iss']],
    ['with another iss', (claims) => void (claims['iss'] = 'other')],
    ['that has expired', (claims) => void (claims['exp'] = 1)],
  ])('F1A-AS-16: an assertion %s is refused', async (_says, change) => {
    expectAnswer(await client.clientCredentials('accounts', { assertion: (_header, claims) => change(claims) }), { status: 401, error: 'invalid_client' });
  });

  it('F1A-AS-03: a token request without certificate', async () => {
    expectAnswer(await client.clientCredentials('accounts', { identity: null }), { status: [400, 401], error: ['invalid_client', 'invalid_request'] });
    expectAnswer(await scene.tls.token('refresh_token', { refresh_token: 'x' }, { identity: null }), { status: 401, error: 'invalid_client' });
  });

  it('F1A-AS-03: DPoP in the place of a certificate', async () => {
    const dpop = await oauth.generateKeyPair('ES256');
    expectAnswer(await client.clientCredentials('accounts', { dpop, identity: null }), { status: [400, 401], error: ['invalid_client', 'invalid_request'] });
  });

  it('F1B-AS-11: another client_id beside an assertion, and beside a certificate', async () => {
    expectAnswer(await client.clientCredentials('accounts', { message: (m) => void m.set('client_id', 'other') }), { status: 401, error: 'invalid_client' });
    expectAnswer(await scene.tls.token('refresh_token', { refresh_token: 'x' }, { message: (m) => void m.set('client_id', 'self-mtls') }), { status: 401, error: 'invalid_client' });
  });
});

describe('the code', () => {
  const aCode = async (way: keyof typeof ways) => {
    const { prepared, url } = await ways[way](client, hybrid);
    const callback = await ana.approve(url, customers.ana);
    return { prepared, code: new URLSearchParams(callback.hash.slice(1)).get('code')! };
  };

  it('F1A-AS-05: pushed, without verifier and with a wrong one', async () => {
    const first = await aCode('pushed');
    expectAnswer(await client.token('authorization_code', { code: first.code, redirect_uri: client.redirectUri }), refused('invalid_grant'));
    const second = await aCode('pushed');
    expectAnswer(await client.redeem({ ...second.prepared, verifier: oauth.generateRandomCodeVerifier() }, second.code), refused('invalid_grant'));
  });

  it('by value without PKCE: a verifier nobody announced is refused (RFC 9700 section 2.1.1)', async () => {
    const { prepared, code } = await aCode('by value');
    expectAnswer(await client.redeem(prepared, code), refused('invalid_grant'));
  });

  it('by value with PKCE: honoured', async () => {
    const { code } = await aCode('by value with PKCE');
    expectAnswer(await client.token('authorization_code', { code, redirect_uri: client.redirectUri }), refused('invalid_grant'));
  });

  it('F1A-AS-03: DPoP keys mean nothing here, named or proved', async () => {
    const prepared = await client.prepare({ ...hybrid, dpop_jkt: 'A'.repeat(43) });
    const pushed = await pushSigned(client, prepared, { dpop: await oauth.generateKeyPair('ES256') });
    const callback = await ana.approve(client.authorizationUrl(pushed.json['request_uri'] as string), customers.ana);
    await expectTokens(client, prepared, new URLSearchParams(callback.hash.slice(1)).get('code')!);
  });

  it('F1B-AS-07: used again', async () => {
    const { prepared, code } = await aCode('pushed');
    const json = await expectTokens(client, prepared, code);
    expectAnswer(await client.redeem(prepared, code), refused('invalid_grant'));
    expectAnswer(await client.refresh(json['refresh_token'] as string), refused('invalid_grant'));
  });

  it('F1A-AS-18: of another client, and so with its refresh token', async () => {
    const { prepared, code } = await aCode('pushed');
    expectAnswer(await scene.other.redeem(prepared, code), refused('invalid_grant'));
    const good = await aCode('pushed');
    const json = await expectTokens(client, good.prepared, good.code);
    expectAnswer(await scene.other.refresh(json['refresh_token'] as string), refused('invalid_grant'));
    expectAnswer(await client.refresh(json['refresh_token'] as string), { status: 200, error: null });
  });
});

/** A page of ours that says no and sends nobody anywhere. */
function expectPage(answer: Answer): void {
  expect([answer.status, answer.headers.get('location'), answer.headers.get('content-type')]).toEqual([400, null, 'text/html; charset=utf-8']);
}

describe('a request through the browser is refused on a page', () => {
  const claim = (name: string, value: unknown): SignedChange => ({ object: (_header, claims) => { if (value === undefined) delete claims[name]; else claims[name] = value as string; } });
  const rows: readonly [string, string, (scene: Scene) => SignedChange][] = [
    ['JR-05', 'signed by a key nobody registered', () => ({ signed: (jws) => { const { header, claims } = readJws(jws); return es256Signed(header, claims, ecKey()); } })],
    ['JR-05', 'with a broken signature', () => ({ signed: withBrokenSignature })],
    ['MS-JAR-08', 'alg none', () => ({ signed: (jws) => { const { header, claims } = readJws(jws); return unsigned(header, claims); } })],
    ['JR-05', 'signed by another client', ({ other }) => ({ objectKey: other.test.signing })],
    ['JR-02', 'of another client', ({ other }) => claim('client_id', other.id)],
    ['MS-JAR-04', 'for somebody else', () => claim('aud', 'https://elsewhere.example')],
    ['MS-JAR-04', 'for the authorization endpoint', ({ stack: { issuer } }) => claim('aud', `${issuer}/authorize`)],
    ['MS-JAR-06', 'without exp', () => claim('exp', undefined)],
    ['MS-JAR-05', 'without nbf', () => claim('nbf', undefined)],
    ['JR-03', 'with request_uri inside', () => claim('request_uri', 'https://tpp.example/r')],
    ['F2-AZ-07', 'with an unregistered redirect URI', () => claim('redirect_uri', 'https://evil.example/callback')],
    ['ASSENT-FORM-01', 'without a redirect URI', () => claim('redirect_uri', undefined)],
    ['F2-AZ-01', 'with response_type token', () => claim('response_type', 'token')],
    ['F1A-AS-02', 'with plain code', () => ({ object: (_header, claims) => void (claims['response_type'] = 'code') })],
  ];
  it.each(rows)('%s: %s', async (_rule, _says, change) => {
    expectPage(await stack.visitor().open(await valueUrl(client, await client.prepare(hybrid), change(scene))));
  });

  it('F1A-AS-01: not signed at all', async () => {
    const prepared = await client.prepare(hybrid);
    expectPage(await stack.visitor().open(authorizeUrl(client, prepared.parameters)));
  });

  it('JR-01: by value and by reference', async () => {
    const url = await valueUrl(client, await client.prepare(hybrid));
    url.searchParams.set('request_uri', `${base}/a`);
    expectPage(await stack.visitor().open(url));
  });

  it('JR-01: by value beside one that was pushed', async () => {
    const { url } = await ways.pushed(client, hybrid);
    url.searchParams.set('request', await requestObject(client, await client.prepare(hybrid)));
    expectPage(await stack.visitor().open(url));
    url.searchParams.delete('request');
    expect((await stack.visitor().open(url)).status).toBe(200);
  });

  it('JR-02: without client_id outside, or with another', async () => {
    const url = await valueUrl(client, await client.prepare(hybrid));
    url.searchParams.delete('client_id');
    expectPage(await stack.visitor().open(url));
    url.searchParams.set('client_id', 'other');
    expectPage(await stack.visitor().open(url));
    url.searchParams.set('client_id', 'nobody');
    expectPage(await stack.visitor().open(url));
  });

  it('PR-14: of a client that pushes all its requests', async () => {
    const of = await stack.party('pushes');
    expectPage(await stack.visitor().open(await valueUrl(of, await of.prepare(hybrid))));
  });

  it('F1A-AS-17: a request_uri that was used, or belongs to another client', async () => {
    const { url } = await ways.pushed(client, hybrid);
    await ana.approve(url, customers.ana);
    expectPage(await ana.open(url));
    const second = await ways.pushed(client, hybrid);
    second.url.searchParams.set('client_id', 'other');
    expectPage(await ana.open(second.url));
  });
});

describe('a request through the browser', () => {
  it('is told to the client when it is trusted, as the response would have travelled', async () => {
    const hybridNo = await stack.visitor().open(await valueUrl(client, await client.prepare(hybrid), { object: (_header, claims) => void delete claims['nonce'] }));
    const location = new URL(hybridNo.headers.get('location')!);
    expect([hybridNo.status, location.search, location.origin + location.pathname]).toEqual([303, '', client.redirectUri]);
    expect(Object.fromEntries(new URLSearchParams(location.hash.slice(1)))).toMatchObject({ error: 'invalid_request', iss: stack.issuer, state: expect.any(String) as string });

    const prepared = await client.prepare({ ...jwt, scope: 'openid everything' });
    const answer = await stack.visitor().open(await valueUrl(client, prepared));
    await expect(jarmResponse(client, stack.ca, new URL(answer.headers.get('location')!), prepared.state)).rejects.toMatchObject({ error: 'invalid_scope' });

    const posted = await client.prepare({ response_mode: 'form_post.jwt', scope: 'openid everything' });
    const { to, fields } = postedForm(await stack.visitor().open(await valueUrl(client, posted)));
    expect(to.href).toBe(client.redirectUri);
    await expect(jarmResponse(client, stack.ca, fields, posted.state)).rejects.toMatchObject({ error: 'invalid_scope' });
  });

  it('RR-04: is told to the client when its authorization_details are refused', async () => {
    const prepared = await client.prepare({ ...jwt, authorization_details: '[{"type":"medical_record"}]' });
    const answer = await stack.visitor().open(await valueUrl(client, prepared));
    await expect(jarmResponse(client, stack.ca, new URL(answer.headers.get('location')!), prepared.state)).rejects.toMatchObject({ error: 'invalid_authorization_details' });
  });

  it('F1A-AS-04: what stands outside is ignored, whatever it says', async () => {
    const prepared = await client.prepare({ ...hybrid, ...withoutPkce });
    const url = await valueUrl(client, prepared);
    for (const [name, value] of Object.entries({ nonce: 'outside', state: 'outside', scope: 'everything', redirect_uri: 'https://evil.example', response_type: 'token', prompt: 'none' })) url.searchParams.set(name, value);
    const callback = await ana.approve(await kept(url), customers.ana);
    await oauth.validateDetachedSignatureResponse(client.as, client.metadata, callback, prepared.nonce!, prepared.state, undefined, fetching(stack.ca));
  });

  it('F1A-AS-04: a state only outside is not returned, and then there is no s_hash', async () => {
    const url = await valueUrl(client, await client.prepare(hybrid), { object: (_header, claims) => void delete claims['state'] });
    url.searchParams.set('state', 'outside');
    const callback = await ana.approve(await kept(url), customers.ana);
    const fragment = new URLSearchParams(callback.hash.slice(1));
    expect(fragment.has('state')).toBe(false);
    expect(readJws(fragment.get('id_token')!).claims).not.toHaveProperty('s_hash');
  });

  it('F1B-AS-15: a nonce of 64 and a state of 128 characters come back whole', async () => {
    const [nonce, state] = ['n'.repeat(64), 's'.repeat(128)];
    const { url } = await ways['by value'](client, { ...hybrid, nonce, state });
    const callback = await ana.approve(url, customers.ana);
    await oauth.validateDetachedSignatureResponse(client.as, client.metadata, callback, nonce, state, undefined, fetching(stack.ca));
  });

  it('comes as a form as well (OpenID Connect Core section 3.1.2.1)', async () => {
    const url = await valueUrl(client, await client.prepare(hybrid));
    const body = url.search.slice(1);
    url.search = '';
    const answer = await stack.visitor().open(url, (m) => { m.method = 'POST'; m.body = body; m.setHeader('content-type', 'application/x-www-form-urlencoded'); });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, expect.stringContaining('request_uri=urn')]);
  });

  it('the customer says no: in the fragment', async () => {
    const { url, prepared } = await ways['by value'](client, hybrid);
    const { answer, url: at } = await ana.signIn(url, customers.ana);
    const callback = await ana.cancel(answer, at);
    expect(Object.fromEntries(new URLSearchParams(callback.hash.slice(1)))).toMatchObject({ error: 'access_denied', state: prepared.state });
  });
});

describe('a request by reference', () => {
  const publish = async (path: string, more: object = {}, change: SignedChange = {}) => {
    const of = await stack.party('by-reference');
    const prepared = await of.prepare(hybrid);
    published.set(path, { body: await requestObject(of, prepared, change), ...more });
    return { of, prepared, url: authorizeUrl(of, { request_uri: base + path }) };
  };
  beforeEach(() => void (fetched = []));

  it('is fetched from a registered address', async () => {
    const { of, prepared, url } = await publish('/a', { cacheControl: 'no-store' });
    const callback = await ana.approve(await kept(url), customers.ana);
    await oauth.validateDetachedSignatureResponse(of.as, of.metadata, callback, prepared.nonce!, prepared.state, undefined, fetching(stack.ca));
    expect(fetched).toEqual(['/a']);
  });

  it('is kept as long as its publisher lets us', async () => {
    const { url } = await publish('/b', { cacheControl: 'max-age=60' });
    for (let times = 0; times < 3; times += 1) await kept(url);
    expect(fetched).toEqual(['/b']);
  });

  it.each<[string, string, object?]>([
    ['an address nobody registered', '/foreign'],
    ['something else', '/html', { type: 'text/html' }],
    ['nothing', '/missing', { status: 404 }],
    ['too much', '/huge', { body: 'x'.repeat(2_000_000) }],
    ['a redirect', '/moved', { status: 302 }],
  ])('JR-10: is refused on a page when there is %s', async (...[, path, more]) => {
    const { url } = await publish(path, more);
    expectPage(await stack.visitor().open(url));
    expect(fetched).toEqual(path === '/foreign' ? [] : [path]);
  });

  it('JR-10: is not fetched for a client that registered nothing', async () => {
    await publish('/a');
    expectPage(await stack.visitor().open(authorizeUrl(client, { request_uri: `${base}/a` })));
    expect(fetched).toEqual([]);
  });

  it('JR-05: is refused when somebody else signed it', async () => {
    const { url } = await publish('/a', { cacheControl: 'no-store' }, { objectKey: client.test.signing });
    expectPage(await stack.visitor().open(url));
  });
});

it('the metadata says what this issuer does', () => {
  expect(client.as).toMatchObject({
    response_types_supported: ['code', 'code id_token'],
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_signed_request_object: true,
    require_pushed_authorization_requests: false,
    tls_client_certificate_bound_access_tokens: true,
    token_endpoint_auth_signing_alg_values_supported: ['PS256', 'ES256'],
    id_token_signing_alg_values_supported: ['PS256', 'ES256'],
    request_object_encryption_alg_values_supported: ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES'],
  });
  expect(JSON.stringify(client.as)).not.toMatch(/RSA1_5|RS256|EdDSA|dpop/);
});
