import { customers, ecKey, es256Signed, readJws, type Answer, type FapiClient, type WantedClient } from '@assent/testing/fapi';
import { objectRows } from './refusals/request-object.js';
import { expectAnswer, expectRefusedBy, openScene, refused, type Scene } from './support/refusal.js';
import { authorizeSigned, beginSigned, jarmResponse, postedForm, pushSigned, requestObject } from './support/signed.js';
import { startStack, type Stack } from './support/stack.js';

/* FAPI 2.0 Message Signing: signed requests, signed responses and signed ID tokens, each an option of each client. */

const clients: readonly WantedClient[] = [
  { id: 'jwt-dpop', auth: 'private_key_jwt', constraint: 'dpop', alg: 'ES256', metadata: { authorization_signed_response_alg: 'PS256', id_token_signed_response_alg: 'PS256' } },
  { id: 'jwt-mtls', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', metadata: { authorization_signed_response_alg: 'ES256', evidence: 'on' } },
  { id: 'ca-mtls', auth: 'tls_client_auth', constraint: 'mtls', signs: true, metadata: { authorization_signed_response_alg: 'EdDSA', id_token_signed_response_alg: 'EdDSA' } },
  { id: 'self-mtls', auth: 'self_signed_tls_client_auth', constraint: 'mtls' },
  { id: 'other', auth: 'private_key_jwt', constraint: 'either' },
  { id: 'only-requests', auth: 'private_key_jwt', constraint: 'dpop', metadata: { response_modes: ['query', 'form_post'] } },
  { id: 'only-responses', auth: 'private_key_jwt', constraint: 'dpop', metadata: { require_signed_request_object: false } },
  { id: 'neither', auth: 'private_key_jwt', constraint: 'dpop', metadata: { require_signed_request_object: false, response_modes: ['query'] } },
  { id: 'only-es256', auth: 'private_key_jwt', constraint: 'dpop', alg: 'PS256', metadata: { request_object_signing_alg: 'ES256' } },
];

let stack: Stack;
let scene: Scene;
beforeAll(async () => {
  stack = await startStack({ clients, issuer: { profile: 'fapi2-message-signing' } });
  scene = await openScene(stack);
}, 60_000);
afterAll(() => stack?.stop());

const modes = ['jwt', 'query.jwt', 'fragment.jwt'] as const;
const jwt = { response_mode: 'jwt' };

describe.each(['jwt-dpop', 'jwt-mtls', 'ca-mtls'])('%s', (id) => {
  it.each(modes)('signed request, signed response in %s, signed ID token, tokens', async (mode) => {
    const client = await stack.party(id);
    const { prepared, callback } = await authorizeSigned(client, scene.ana, { response_mode: mode });
    const inFragment = mode.startsWith('fragment');
    const carried = inFragment ? new URLSearchParams(callback.hash.slice(1)) : callback.searchParams;
    // JM-03, JM-08: the response is all there is.
    expect([...carried.keys()]).toEqual(['response']);
    expect(inFragment ? callback.search : callback.hash).toBe('');
    const response = await jarmResponse(client, stack.ca, carried, prepared.state);
    expect([...response.keys()].sort()).toEqual(['code', 'iss', 'state']);
    await expectTokens(client, prepared, response.get('code')!);
  });

  it('a response as a form that sends itself', async () => {
    const client = await stack.party(id);
    const { prepared, url } = await beginSigned(client, { response_mode: 'form_post.jwt' });
    const page = await postPage(url);
    const { to, fields } = postedForm(page);
    expect([to.href, [...fields.keys()]]).toEqual([client.redirectUri, ['response']]);
    const response = await jarmResponse(client, stack.ca, fields, prepared.state);
    await expectTokens(client, prepared, response.get('code')!);
    // JM-14
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toContain(`form-action ${to.origin};`);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.text).not.toMatch(/<script(?![^>]*src="\/assets\/form-post\.js")/);
  });
});

/** Up to the page that answers, Ana being signed in. */
async function postPage(url: URL): Promise<Answer> {
  const { answer, url: at } = await scene.ana.signIn(url, customers.ana);
  return scene.ana.submit(scene.ana.consentForm(answer, at));
}

async function expectTokens(client: FapiClient, prepared: { verifier: string; nonce: string | undefined }, code: string): Promise<void> {
  const { status, json } = await client.redeem(prepared as never, code);
  expect([status, json['token_type']]).toEqual([200, client.test.constraint === 'dpop' ? 'DPoP' : 'Bearer']);
  expect((await client.call(`${stack.resource}/accounts`, json['access_token'] as string)).status).toBe(200);
}

describe('each part is an option of its own', () => {
  it('signed requests, plain responses', async () => {
    const client = await stack.party('only-requests');
    const { prepared, callback } = await authorizeSigned(client, scene.ana);
    const code = client.callback(callback, prepared).get('code')!;
    expect([...callback.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
    await expectTokens(client, prepared, code);
    const { url, prepared: second } = await beginSigned(client, { response_mode: 'form_post' });
    const { fields } = postedForm(await postPage(url));
    expect([fields.get('iss'), fields.get('state')]).toEqual([stack.issuer, second.state]);
    await expectTokens(client, second, fields.get('code')!);
    await expectRefusedBy(stack.asLog, await client.push(await client.prepare()), { rule: 'MS-JAR-01', expect: refused('invalid_request') });
  });

  it('plain requests, signed responses', async () => {
    const client = await stack.party('only-responses');
    const { prepared, url } = await client.begin(jwt);
    const callback = await scene.ana.approve(url, customers.ana);
    await expectTokens(client, prepared, (await jarmResponse(client, stack.ca, callback, prepared.state)).get('code')!);
    await expectRefusedBy(stack.asLog, await client.push(await client.prepare()), { rule: 'MS-JARM-01', expect: refused('invalid_request') });
  });

  it('neither', async () => {
    const client = await stack.party('neither');
    const { prepared, url } = await client.begin();
    const callback = await scene.ana.approve(url, customers.ana);
    await expectTokens(client, prepared, client.callback(callback, prepared).get('code')!);
    await expectRefusedBy(stack.asLog, await client.push(await client.prepare(jwt)), { rule: 'ASSENT-PAR-02', expect: refused('invalid_request') });
  });

  it('the metadata says no more than holds for all', () => {
    const { as } = scene.client;
    expect(as).toMatchObject({ request_parameter_supported: true, request_uri_parameter_supported: false, require_pushed_authorization_requests: true });
    expect(as['require_signed_request_object']).toBeUndefined();
    expect(as['response_modes_supported']).toEqual(expect.arrayContaining(['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt']));
    expect(as['authorization_signing_alg_values_supported']).toEqual(['ES256', 'PS256', 'EdDSA']);
    expect(as['request_object_signing_alg_values_supported']).toEqual(['PS256', 'ES256', 'EdDSA', 'Ed25519']);
    expect(as).not.toHaveProperty('authorization_encryption_alg_values_supported');
  });
});

describe('a pushed signed request', () => {
  const good = () => scene.client.prepare(jwt);
  it('is accepted as it stands', async () => expectAnswer(await pushSigned(scene.client, await good()), { status: 201, error: null }));

  it.each(objectRows.map((row) => [`${row.rule}: ${row.title}`, row] as const))('%s', async (_says, row) => {
    await expectRefusedBy(stack.asLog, await pushSigned(scene.client, await good(), row.change(scene)), row);
  });

  it('MS-JAR-08: an algorithm other than the registered one', async () => {
    const client = await stack.party('only-es256');
    await expectRefusedBy(stack.asLog, await pushSigned(client, await client.prepare(jwt)), { rule: 'MS-JAR-08', expect: refused('invalid_request_object') });
  });

  it('PR-11: no signed request at all', async () => {
    await expectRefusedBy(stack.asLog, await scene.client.push(await good()), { rule: 'MS-JAR-01', expect: refused('invalid_request') });
  });

  it('MS-JARM-01: a plain response', async () => {
    for (const changes of [{}, { response_mode: 'query' }, { response_mode: 'form_post' }]) {
      await expectRefusedBy(stack.asLog, await pushSigned(scene.client, await scene.client.prepare(changes)), { rule: 'MS-JARM-01', expect: refused('invalid_request') });
    }
  });

  it('PR-03: by certificate, its client_id in the object only', async () => {
    const prepared = await scene.tls.prepare(jwt);
    expectAnswer(await pushSigned(scene.tls, prepared, { message: (m) => void m.set('client_id', undefined) }), { status: 201, error: null });
    const foreign = await requestObject(scene.tls, prepared, { object: (_header, claims) => void (claims['client_id'] = scene.selfSigned.id) });
    expectAnswer(await scene.tls.push({ ...prepared, parameters: { request: foreign } }, { message: (m) => void m.set('client_id', undefined) }), { status: 401, error: 'invalid_client' });
  });

  it('PR-03: by certificate, an object somebody else made for us', async () => {
    const prepared = await scene.tls.prepare(jwt);
    const forged = es256Signed({ typ: 'oauth-authz-req+jwt' }, { client_id: scene.tls.id, aud: stack.issuer, ...prepared.parameters }, ecKey());
    expectAnswer(await scene.tls.push({ ...prepared, parameters: { request: forged } }), refused('invalid_request_object'));
  });

  it('MS-JAR-14: used again with the same jti', async () => {
    const prepared = await good();
    const request = await requestObject(scene.client, prepared);
    const push = () => scene.client.push({ ...prepared, parameters: { request } });
    expectAnswer(await push(), { status: 201, error: null });
    await expectRefusedBy(stack.asLog, await push(), { rule: 'MS-JAR-14', expect: refused('invalid_request_object') });
  });

  it('MS-JAR-14: of many at once with one jti, one is taken', async () => {
    const prepared = await good();
    const request = await requestObject(scene.client, prepared);
    const answers = await Promise.all(Array.from({ length: 8 }, () => scene.client.push({ ...prepared, parameters: { request } })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400, 400, 400, 400]);
  });

  it('MS-JAR-03: state and nonce come from inside alone', async () => {
    const prepared = await scene.client.prepare(jwt);
    const request = await requestObject(scene.client, prepared, { object: (_header, claims) => { delete claims['state']; } });
    const pushed = await scene.client.push({ ...prepared, parameters: { request, state: 'outside' } });
    const url = scene.client.authorizationUrl(pushed.json['request_uri'] as string);
    url.searchParams.set('state', 'outside');
    const callback = await scene.ana.approve(url, customers.ana);
    const { claims } = readJws(callback.searchParams.get('response')!);
    expect(Object.keys(claims).sort()).toEqual(['aud', 'code', 'exp', 'iss']);
  });
});

it('keeps as evidence what was signed, request, response and ID token, with the keys that verify them', async () => {
  const client = await stack.party('jwt-mtls');
  const { prepared, callback } = await authorizeSigned(client, scene.ana, jwt);
  const response = callback.searchParams.get('response')!;
  const { json } = await client.redeem(prepared, readJws(response).claims['code'] as string);
  const chain = await stack.as.engine.stores.evidence.chain(readJws(json['access_token'] as string).claims['grant_id'] as string);
  const kept = chain!.artefacts.map(({ text }) => text).join('\n');
  expect(chain!.artefacts).toHaveLength(3);
  for (const jws of [response, json['id_token'] as string]) expect(kept).toContain(jws);
  expect(kept).toContain('"request_object"');
});

describe('a signed error', () => {
  it('JM-07: the customer says no', async () => {
    const { prepared, url } = await beginSigned(scene.client, jwt);
    const { answer, url: at } = await scene.ana.signIn(url, customers.ana);
    const callback = await scene.ana.cancel(answer, at);
    expect([...callback.searchParams.keys()]).toEqual(['response']);
    await expect(jarmResponse(scene.client, stack.ca, callback, prepared.state)).rejects.toMatchObject({ error: 'access_denied' });
  });

  it('JM-07: nobody is signed in, and nobody may be asked', async () => {
    const { prepared, url } = await beginSigned(scene.client, { ...jwt, prompt: 'none' });
    const answer = await stack.visitor().open(url);
    const callback = new URL(answer.headers.get('location')!);
    await expect(jarmResponse(scene.client, stack.ca, callback, prepared.state)).rejects.toMatchObject({ error: 'login_required' });
  });

  it('JM-15: before the client is trusted, a page and no JWT', async () => {
    const { url } = await beginSigned(scene.client, jwt);
    url.searchParams.set('client_id', scene.other.id);
    const answer = await stack.visitor().open(url);
    expect([answer.status, answer.headers.get('location'), answer.text.includes('eyJ')]).toEqual([400, null, false]);
  });
});
