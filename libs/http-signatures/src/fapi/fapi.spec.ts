import type { SigningKey } from '@assent/crypto';
import { identifierOf, type Component } from '../component.js';
import { signMessage } from '../sign.js';
import type { SignatureParameters } from '../signature-base.js';
import { aKey, after, aRequest, keysOf, now, payment, replaced } from '../spec-support/fapi.js';
import type { Fields, HttpRequest, HttpResponse } from '../message.js';
import { contentDigest } from '../digest/content-digest.js';
import { signRequest, verifyRequest } from './request.js';
import { signResponse, verifyResponse } from './response.js';
import { baseHolds, signBase } from './rules.js';

let key: SigningKey;
let other: SigningKey;
let bank: SigningKey;
beforeAll(async () => {
  [key, other, bank] = [await aKey('ES256'), await aKey('ES256'), await aKey('PS256')];
});

const refused = (rule: string) => expect.objectContaining({ name: 'HttpSignatureError', rule });
const refusesRequest = (request: HttpRequest & { body?: Uint8Array }, rule: string, rules: object = {}) =>
  expect(verifyRequest(request, { keys: keysOf(key), now, ...rules })).rejects.toEqual(refused(rule));

const signed = async (changes = {}) => {
  const request = aRequest();
  const { headers } = await signRequest(request, { key, now });
  return { ...request, headers, ...changes };
};
/** The request signed over what the test likes, with parameters it likes. */
const signedOver = async (names: readonly (string | Component)[], parameters: SignatureParameters = {}, by = key, request = aRequest({ headers: [...aRequest().headers, ['Content-Digest', contentDigest(payment)]] })) => {
  const components = names.map((name) => (typeof name === 'string' ? { name } : name));
  const all = { created: now.getTime() / 1000, keyid: by.kid, tag: 'fapi-2-request', ...parameters };
  const made = await signMessage(request, { label: 'x', components, parameters: all }, signBase(by));
  return { ...request, headers: [...request.headers, ...made.fields] };
};
const everything = ['@method', '@target-uri', 'authorization', 'dpop', 'content-digest'];

describe('a signed request', () => {
  it.each(['ES256', 'PS256', 'EdDSA'] as const)('by %s is proved', async (alg) => {
    const own = await aKey(alg);
    const request = aRequest();
    const made = await signRequest(request, { key: own, now, covering: ['x-idempotency-key'], nonce: 'n' });
    const proved = await verifyRequest({ ...request, headers: made.headers }, { keys: keysOf(other, own), now: after(30) });
    expect(proved).toMatchObject({ label: 'sig1', base: made.base, created: now.getTime() / 1000, nonce: 'n', key: { kid: own.kid } });
    expect(made.base.split('\n').map((line) => line.split(': ')[0])).toEqual(
      ['@method', '@target-uri', 'authorization', 'dpop', 'content-digest', 'content-type', 'x-idempotency-key', '@signature-params'].map((name) => `"${name}"`),
    );
    expect(baseHolds(alg, proved.base, proved.key.key, proved.signature)).toBe(true);
    expect(made.base).not.toContain(';alg=');
  });

  it('looks as the specification prints it', async () => {
    const made = await signRequest(aRequest({ headers: [['Authorization', 'DPoP eyJ'], ['DPoP', 'eyJ']] }), { key, now });
    expect(made.base).toBe(
      `"@method": POST\n"@target-uri": https://rs.example/payments?x=1\n"authorization": DPoP eyJ\n"dpop": eyJ\n"content-digest": ${contentDigest(payment)}\n` +
        `"@signature-params": ("@method" "@target-uri" "authorization" "dpop" "content-digest");created=${now.getTime() / 1000};keyid="${key.kid}";tag="fapi-2-request"`,
    );
  });

  it('without content or proof covers neither', async () => {
    const request = { ...aRequest({ method: 'GET', headers: [['authorization', 'Bearer t']] }), body: undefined };
    const { headers } = await signRequest(request, { key, now });
    expect(headers.map(([name]) => name)).toEqual(['authorization', 'Signature-Input', 'Signature']);
    await expect(verifyRequest({ ...request, headers }, { keys: keysOf(key), now })).resolves.toBeDefined();
  });

  it('is not made without an access token', async () => {
    await expect(signRequest(aRequest({ headers: [] }), { key, now })).rejects.toThrow(TypeError);
  });

  it('is found among others, whose labels and tags mean nothing (HS-RQ-08)', async () => {
    const request = await signedOver(['@method'], { tag: 'proxy' }, other);
    const { headers } = await signRequest(request as never, { key, now, label: 'sig2' });
    await expect(verifyRequest({ ...request, headers }, { keys: keysOf(key), now })).resolves.toMatchObject({ label: 'sig2' });
    const twice = await signRequest({ ...request, headers } as never, { key, now, label: 'sig3' });
    await refusesRequest({ ...request, headers: twice.headers }, 'HS-RQ-08');
  });

  it.each<[string, string]>([
    ['@method', 'HS-RQ-01'],
    ['@target-uri', 'HS-RQ-01'],
    ['authorization', 'HS-RQ-01'],
    ['dpop', 'HS-RQ-02'],
    ['content-digest', 'HS-RQ-03'],
  ])('without %s is refused', async (missing, rule) => {
    await refusesRequest(await signedOver(everything.filter((name) => name !== missing)), rule);
  });

  it.each<[string, Component, string]>([
    ['as bytes', { name: 'authorization', bs: true }, 'HS-RQ-01'],
    ['of the digest only a member', { name: 'content-digest', key: 'sha-256' }, 'HS-RQ-03'],
  ])('that covers %s is refused', async (_, component, rule) => {
    await refusesRequest(await signedOver([...everything.filter((name) => name !== component.name), component]), rule);
  });

  it.each<[string, SignatureParameters, string]>([
    ['no created', { created: undefined as never }, 'HS-RQ-04'],
    ['created two minutes ago', { created: after(-120).getTime() / 1000 }, 'HS-RQ-04'],
    ['created in two minutes', { created: after(120).getTime() / 1000 }, 'HS-RQ-04'],
    ['an expiry that is past', { expires: now.getTime() / 1000 }, 'HS-SB-07'],
    ['another tag', { tag: 'fapi-2-response' }, 'HS-RQ-05'],
    ['no tag', { tag: undefined as never }, 'HS-RQ-05'],
    ['no keyid', { keyid: undefined as never }, 'HS-RQ-06'],
    ['a keyid of nobody', { keyid: 'nobody' }, 'HS-RQ-06'],
    ['alg of another key', { alg: 'ed25519' }, 'HS-SB-05'],
    ['alg of a shared secret', { alg: 'hmac-sha256' }, 'HS-SB-05'],
  ])('with %s is refused', async (_, parameters, rule) => {
    await refusesRequest(await signedOver(everything, parameters), rule);
  });

  it('may name the algorithm of its key', async () => {
    await expect(verifyRequest(await signedOver(everything, { alg: 'ecdsa-p256-sha256' }), { keys: keysOf(key), now })).resolves.toBeDefined();
  });

  it('by the key of somebody else is refused', async () => {
    await refusesRequest(await signedOver(everything, {}, other), 'HS-RQ-06');
    await refusesRequest(await signedOver(everything, { keyid: key.kid }, other), 'HS-RQ-07');
  });

  it('by PS256 may not claim to be rsa-pss-sha512', async () => {
    await refusesRequest(await signedOver(everything, { alg: 'rsa-pss-sha512' }, bank), 'HS-SB-05', { keys: keysOf(bank) });
  });

  it('by an algorithm that is not allowed here is refused', async () => {
    await refusesRequest(await signed(), 'HS-RQ-06', { algs: ['PS256'] });
  });

  it.each<[string, (request: Awaited<ReturnType<typeof signed>>) => object, string]>([
    ['another method', () => ({ method: 'PUT' }), 'HS-RQ-07'],
    ['another case of the method', () => ({ method: 'post' }), 'HS-RQ-07'],
    ['another path', () => ({ target: '/payment?x=1' }), 'HS-RQ-07'],
    ['another query', () => ({ target: '/payments?x=2' }), 'HS-RQ-07'],
    ['another host', () => ({ authority: 'evil.example' }), 'HS-RQ-07'],
    ['another token', ({ headers }) => ({ headers: replaced(headers, 'authorization', () => 'DPoP other') }), 'HS-RQ-07'],
    ['another proof', ({ headers }) => ({ headers: replaced(headers, 'dpop', () => 'other') }), 'HS-RQ-07'],
    ['a second proof', ({ headers }) => ({ headers: [...headers, ['DPoP', 'other']] }), 'HS-RQ-07'],
    ['no proof', ({ headers }) => ({ headers: replaced(headers, 'dpop', () => undefined) }), 'HS-SB-01'],
    ['another content type', ({ headers }) => ({ headers: replaced(headers, 'content-type', () => 'text/plain') }), 'HS-RQ-07'],
    ['another body', () => ({ body: Buffer.from('{"amount":"99.00"}') }), 'HS-SB-08'],
    ['no body', () => ({ body: undefined }), 'HS-SB-08'],
    ['body and digest changed', ({ headers }) => ({ body: Buffer.from('x'), headers: replaced(headers, 'content-digest', () => contentDigest(Buffer.from('x'))) }), 'HS-RQ-07'],
    ['no signature at all', ({ headers }) => ({ headers: replaced(replaced(headers, 'signature', () => undefined), 'signature-input', () => undefined) }), 'HS-RQ-07'],
    ['no Signature-Input', ({ headers }) => ({ headers: replaced(headers, 'signature-input', () => undefined) }), 'HS-SB-02'],
    ['a parameter changed', ({ headers }) => ({ headers: replaced(headers, 'signature-input', (value) => value.replace(/created=(\d+)/, (_, at) => `created=${Number(at) + 1}`)) }), 'HS-RQ-07'],
    ['the order of components changed', ({ headers }) => ({ headers: replaced(headers, 'signature-input', (value) => value.replace('"@method" "@target-uri"', '"@target-uri" "@method"')) }), 'HS-RQ-07'],
    ['the signature changed', ({ headers }) => ({ headers: replaced(headers, 'signature', (value) => value.replace(/:(.)/, (_, first) => `:${first === 'A' ? 'B' : 'A'}`)) }), 'HS-RQ-07'],
    ['a digest nobody knows', ({ headers }) => ({ headers: replaced(headers, 'content-digest', () => 'md5=:AAAA:') }), 'HS-RQ-07'],
  ])('with %s is refused', async (_, change, rule) => {
    const request = await signed();
    await refusesRequest({ ...request, ...change(request) }, rule);
  });

  it('refuses a digest that covers nothing it knows, although it is signed', async () => {
    await refusesRequest(await signedOver(everything, {}, key, aRequest({ headers: [...aRequest().headers, ['Content-Digest', 'md5=:AAAA:']] }) as never), 'HS-SB-08');
  });
});

describe('a signed response', () => {
  const answer: HttpResponse & { body: Buffer } = { status: 201, headers: [['Content-Type', 'application/json'], ['x-fapi-interaction-id', 'i']], body: Buffer.from('{"status":"accepted"}') };
  const exchange = async (request?: HttpRequest) => {
    const asked = request ?? (await signed());
    const made = await signResponse(answer, { request: asked, key: bank, now });
    return { request: asked, made, response: { ...answer, headers: made.headers } };
  };
  const verify = (response: HttpResponse & { body?: Uint8Array }, request: HttpRequest, rules = {}) => verifyResponse(response, { request, keys: keysOf(bank), now, ...rules });
  const identifiers = (base: string) => base.split('\n').map((line) => line.slice(0, line.indexOf(': ')));

  it('binds status, content and the signed request', async () => {
    const { request, response, made } = await exchange();
    await expect(verify(response, request)).resolves.toMatchObject({ base: made.base, key: { kid: bank.kid } });
    expect(identifiers(made.base)).toEqual(
      ['"@status"', '"content-digest"', '"content-type"', '"@method";req', '"@target-uri";req', '"content-digest";req', '"signature";req', '"signature-input";req', '"@signature-params"'],
    );
  });

  it('names the one signature that counts where the request has several', async () => {
    const first = await signedOver(['@method'], { tag: 'proxy' }, other);
    const { headers } = await signRequest(first as never, { key, now, label: 'sig2' });
    const { request, response, made } = await exchange({ ...first, headers });
    expect(made.base).toContain('"signature";key="sig2";req: :');
    const without = { ...request, headers: request.headers.filter(([name, value]) => !(name.startsWith('Signature') && value.startsWith('x='))) };
    await expect(verify(response, without)).resolves.toBeDefined();
  });

  it('of an unsigned request binds method and address (HS-RS-07)', async () => {
    const { request, response, made } = await exchange(aRequest({ headers: [['Signature-Input', '(broken']] }));
    expect(identifiers(made.base)).not.toContain('"signature";req');
    await expect(verify(response, { ...request, headers: [] })).resolves.toBeDefined();
  });

  it('without content has no digest', async () => {
    const request = await signed();
    const { headers } = await signResponse({ status: 204, headers: [] }, { request, key: bank, now });
    expect(headers.map(([name]) => name)).toEqual(['Signature-Input', 'Signature']);
    await expect(verify({ status: 204, headers }, request)).resolves.toBeDefined();
  });

  it.each<[string, Component[], string]>([
    ['the status', [{ name: '@method', req: true }, { name: '@target-uri', req: true }], 'HS-RS-03'],
    ['the method', [{ name: '@status' }, { name: '@target-uri', req: true }], 'HS-RS-01'],
    ['the address', [{ name: '@status' }, { name: '@method', req: true }], 'HS-RS-01'],
    ['the digest of the request', [{ name: '@status' }, { name: '@method', req: true }, { name: '@target-uri', req: true }], 'HS-RS-01'],
    ['the signature of the request', [{ name: '@status' }, { name: '@method', req: true }, { name: '@target-uri', req: true }, { name: 'content-digest', req: true }, { name: 'signature-input', req: true }], 'HS-RS-02'],
    ['the input of the signature of the request', [{ name: '@status' }, { name: '@method', req: true }, { name: '@target-uri', req: true }, { name: 'content-digest', req: true }, { name: 'signature', req: true }], 'HS-RS-02'],
    ['its own digest', [{ name: '@status' }, { name: '@method', req: true }, { name: '@target-uri', req: true }, { name: 'content-digest', req: true }, { name: 'signature', req: true }, { name: 'signature-input', req: true }], 'HS-RS-05'],
  ])('that does not cover %s is refused', async (_, components, rule) => {
    const request = await signed();
    const made = await signMessage(answer, { label: 'r', components, parameters: { created: now.getTime() / 1000, keyid: bank.kid, tag: 'fapi-2-response' } }, signBase(bank), { request });
    expect(components.map(identifierOf)).toHaveLength(components.length);
    await expect(verify({ ...answer, headers: [...answer.headers, ...made.fields] }, request)).rejects.toEqual(refused(rule));
  });

  it.each<[string, (response: HttpResponse) => object, string]>([
    ['another status', () => ({ status: 200 }), 'HS-RQ-07'],
    ['another body', () => ({ body: Buffer.from('{}') }), 'HS-SB-08'],
    ['no signature', () => ({ headers: [] }), 'HS-RS-04'],
    ['another tag', ({ headers }) => ({ headers: replaced(headers, 'signature-input', (value) => value.replace('fapi-2-response', 'fapi-2-request')) }), 'HS-RS-04'],
  ])('with %s is refused', async (_, change, rule) => {
    const { request, response } = await exchange();
    await expect(verify({ ...response, ...change(response) }, request)).rejects.toEqual(refused(rule));
  });

  it.each<[string, (request: HttpRequest) => Partial<HttpRequest>]>([
    ['another method', () => ({ method: 'GET' })],
    ['another address', () => ({ target: '/payments?x=2' })],
    ['another signature', ({ headers }) => ({ headers: replaced(headers, 'signature', (value) => value.replace(/:(.)/, (_, first) => `:${first === 'A' ? 'B' : 'A'}`)) })],
    ['another content', ({ headers }) => ({ headers: replaced(headers, 'content-digest', () => contentDigest(Buffer.from('x'))) })],
  ])('does not answer a request with %s', async (_, change) => {
    const { request, response } = await exchange();
    await expect(verify(response, { ...request, ...change(request) })).rejects.toEqual(refused('HS-RQ-07'));
  });

  it.each([['too old', after(90), 'HS-RQ-04'], ['of the future', after(-30), 'HS-RQ-04']])('%s is refused', async (_, at, rule) => {
    const { request, response } = await exchange();
    await expect(verify(response, request, { now: at })).rejects.toEqual(refused(rule));
  });

  it('by the key of somebody else is refused', async () => {
    const { request, response } = await exchange();
    await expect(verify(response, request, { keys: keysOf(other) })).rejects.toEqual(refused('HS-RQ-06'));
  });

  it('keeps a digest it is given from standing beside its own', async () => {
    const request = await signed();
    const stale: Fields = [['content-digest', contentDigest(Buffer.from('old'))]];
    const { headers } = await signResponse({ ...answer, headers: stale }, { request, key: bank, now });
    expect(headers.filter(([name]) => name.toLowerCase() === 'content-digest')).toEqual([['Content-Digest', contentDigest(answer.body)]]);
  });
});
