import type { KeysById, SigningKey } from '@assent/crypto';
import { requestTo } from '@assent/http-signatures';
import { Message, send, type FapiClient, type Visitor } from '@assent/testing/fapi';
import { answerKeys, sign, signingKeyOf, signOver, verifyAnswer } from './support/signing.js';
import { expectRefusedBy, type Expected } from './support/refusal.js';
import { obtainTokens, startStack, type Stack, type Tokens } from './support/stack.js';

/* FAPI 2.0 HTTP Signatures: requests of a client that must sign, each "refuse" as a message that is really sent. */

let stack: Stack;
let client: FapiClient;
let bound: FapiClient;
let lenient: FapiClient;
let key: SigningKey;
let strangerKey: SigningKey;
let ana: Visitor;
let tokens: Tokens;
let keys: KeysById;

const scope = 'openid accounts transactions';
beforeAll(async () => {
  stack = await startStack({
    clients: [
      { id: 'signs', auth: 'private_key_jwt', constraint: 'dpop', metadata: { http_message_signatures: 'required' } },
      { id: 'signs-mtls', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', metadata: { http_message_signatures: 'required', access_token_format: 'opaque' } },
      { id: 'may-sign', auth: 'private_key_jwt', constraint: 'dpop', alg: 'EdDSA', metadata: { http_message_signatures: 'optional' } },
      { id: 'plain', auth: 'private_key_jwt', constraint: 'dpop' },
    ],
  });
  [client, bound, lenient] = [await stack.party('signs'), await stack.party('signs-mtls'), await stack.party('may-sign')];
  key = signingKeyOf(stack.client('signs'));
  strangerKey = signingKeyOf(stack.client('plain'));
  ana = stack.visitor();
  tokens = await obtainTokens(client, ana, { scope });
  keys = await answerKeys(stack);
}, 60_000);
afterAll(() => stack?.stop());

const accounts = (): string => `${stack.resource}/accounts`;
const get = (message: (message: Message) => void | Promise<void>, url = accounts()) => client.call(url, tokens.accessToken, { message });
const unsigned: Expected = { status: 401, error: 'invalid_signature', headers: { 'www-authenticate': / DPoP error="invalid_signature"/, 'accept-signature': / sig1=\("@method" "@target-uri" "authorization" "dpop"\);created;keyid;tag="fapi-2-request"$/ } };
const everything = ['@method', '@target-uri', 'authorization', 'dpop'];
const at = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

describe('a client that must sign', () => {
  it('reads accounts with a signed request, and the answer is signed for it', async () => {
    const answer = await get((message) => sign(message, key));
    expect([answer.status, answer.headers.get('content-digest')]).toEqual([200, expect.stringMatching(/^sha-256=:/)]);
    const { base } = await verifyAnswer(client, answer, keys);
    for (const covered of ['"@status": 200', '"content-digest": ', '"x-fapi-interaction-id": ', '"@method";req: GET', `"@target-uri";req: ${accounts()}`, '"signature";req: ', '"signature-input";req: ']) expect(base).toContain(covered);
  });

  it('does so with certificate-bound opaque tokens and PS256', async () => {
    const { accessToken } = await obtainTokens(bound, stack.visitor(), { scope });
    const answer = await bound.call(`${stack.resource}/accounts`, accessToken, { message: (message) => sign(message, signingKeyOf(stack.client('signs-mtls'))) });
    expect(answer.status).toBe(200);
    await expect(verifyAnswer(bound, answer, keys)).resolves.toBeDefined();
  });

  it.each<[string, string, (message: Message) => void | Promise<void>]>([
    ['HS-RQ-07', 'no signature', () => undefined],
    ['HS-RQ-01', '@method is not covered', (message) => signOver(message, key, everything.filter((name) => name !== '@method'))],
    ['HS-RQ-01', '@target-uri is not covered', (message) => signOver(message, key, everything.filter((name) => name !== '@target-uri'))],
    ['HS-RQ-01', 'authorization is not covered', (message) => signOver(message, key, everything.filter((name) => name !== 'authorization'))],
    ['HS-RQ-02', 'dpop is not covered', (message) => signOver(message, key, everything.filter((name) => name !== 'dpop'))],
    ['HS-RQ-04', 'no created', (message) => signOver(message, key, everything, { created: undefined as never })],
    ['HS-RQ-04', 'created two minutes ago', (message) => signOver(message, key, everything, { created: at(-120) })],
    ['HS-RQ-04', 'created in two minutes', (message) => signOver(message, key, everything, { created: at(120) })],
    ['HS-SB-07', 'expired', (message) => signOver(message, key, everything, { expires: at(-1) })],
    ['HS-RQ-05', 'another tag', (message) => signOver(message, key, everything, { tag: 'fapi-2-response' })],
    ['HS-RQ-06', 'no keyid', (message) => signOver(message, key, everything, { keyid: undefined as never })],
    ['HS-RQ-06', 'the key of another client', (message) => sign(message, strangerKey)],
    ['HS-RQ-07', 'the key of another client under our keyid', (message) => signOver(message, strangerKey, everything, { keyid: key.kid })],
    ['HS-SB-05', 'alg of another key', (message) => signOver(message, key, everything, { alg: 'ed25519' })],
    ['HS-RQ-08', 'two signatures with the tag', async (message) => { await sign(message, key); const twice = message.header('signature-input'); message.setHeader('signature-input', `${twice}, ${twice.replace('sig1', 'sig2')}`); message.setHeader('signature', `${message.header('signature')}, ${message.header('signature').replace('sig1', 'sig2')}`); }],
    ['HS-SB-02', 'one label twice', async (message) => { await sign(message, key); message.addHeader('Signature-Input', message.header('signature-input')); }],
    ['HS-SB-02', 'no Signature', async (message) => { await sign(message, key); message.setHeader('signature', undefined); }],
    ['HS-SB-02', 'a Signature-Input that is none', async (message) => { await sign(message, key); message.setHeader('signature-input', 'sig1=("@method"'); }],
    ['HS-RQ-07', 'another query than the signed one', async (message) => { await sign(message, key); message.url.search = '?from=2020-01-01'; }],
    ['HS-SB-08', 'a digest of content that is not there', async (message) => { message.setHeader('content-digest', 'sha-256=:AAAA:'); await signOver(message, key, [...everything, 'content-digest']); }],
  ])('%s: %s', async (rule, _, mutate) => {
    await expectRefusedBy(stack.rsLog, await get(mutate), { rule, expect: unsigned });
  }); // prettier-ignore

  it('HS-RQ-02: a proof that was swapped after signing', async () => {
    await client.call(accounts(), tokens.accessToken);
    const unused = client.last!.message.header('dpop');
    const answer = await get(async (message) => { await sign(message, key); message.setHeader('dpop', unused); }); // prettier-ignore
    // The proof itself is good and unspent: only the signature tells.
    await expectRefusedBy(stack.rsLog, answer, { rule: 'HS-RQ-07', expect: unsigned });
  });

  it('HS-SB-07: a nonce used before', async () => {
    expect((await get((message) => sign(message, key, 'once'))).status).toBe(200);
    await expectRefusedBy(stack.rsLog, await get((message) => sign(message, key, 'once')), { rule: 'HS-SB-07', expect: { status: 401, error: 'invalid_signature' } });
  });

  it('HS-RS-07: refusals are signed too, with what there is to bind', async () => {
    const answer = await get(() => undefined);
    const { base } = await verifyAnswer(client, answer, keys);
    expect(base).toContain('"@status": 401');
    expect(base).not.toContain('"signature";req');
    const missing = await get((message) => sign(message, key), `${stack.resource}/accounts/nobodys`);
    expect(missing.status).toBe(404);
    await expect(verifyAnswer(client, missing, keys)).resolves.toBeDefined();
  });

  it('HS-RS-06: its answers stand for nothing else', async () => {
    const answer = await get((message) => sign(message, key));
    const request = requestTo(accounts(), 'GET', client.last!.message.headers);
    const wrong = (what: Promise<unknown>, rule: string) => expect(what).rejects.toMatchObject({ name: 'HttpSignatureError', rule });
    await wrong(verifyAnswer(client, { ...answer, status: 201 }, keys), 'HS-RQ-07');
    await wrong(verifyAnswer(client, { ...answer, text: answer.text.replace('ana', 'eve') }, keys), 'HS-SB-08');
    await wrong(verifyAnswer(client, answer, keys, { ...request, target: '/accounts?x=1' }), 'HS-RQ-07');
    await get((message) => sign(message, key));
    await wrong(verifyAnswer(client, answer, keys), 'HS-RQ-07');
  });
});

describe('other clients', () => {
  it('optional: unsigned requests are served unsigned, wrong signatures refused, good ones answered signed', async () => {
    const { accessToken } = await obtainTokens(lenient, stack.visitor(), { scope });
    const call = (message: (message: Message) => void | Promise<void>) => lenient.call(accounts(), accessToken, { message });
    const plain = await call(() => undefined);
    expect([plain.status, plain.headers.get('signature')]).toEqual([200, null]);
    await expectRefusedBy(stack.rsLog, await call((message) => sign(message, strangerKey)), { rule: 'HS-RQ-06', expect: unsigned });
    const signed = await call((message) => sign(message, signingKeyOf(stack.client('may-sign'))));
    expect(signed.status).toBe(200);
    await expect(verifyAnswer(lenient, signed, keys)).resolves.toBeDefined();
  });

  it('off: a signature changes nothing', async () => {
    const plain = await stack.party('plain');
    const { accessToken } = await obtainTokens(plain, stack.visitor(), { scope });
    const answer = await plain.call(accounts(), accessToken, { message: (message) => sign(message, key) });
    expect([answer.status, answer.headers.get('signature')]).toEqual([200, null]);
  });
});

describe('what the resource server says of itself', () => {
  it('names its keys and algorithms (RFC 9728), which are not those it asks issuers with', async () => {
    const { json } = await send(new Message({ method: 'GET', url: `${stack.resource}/.well-known/oauth-protected-resource` }), { ca: stack.ca });
    expect(json).toMatchObject({ jwks_uri: `${stack.resource}/jwks.json`, resource_signing_alg_values_supported: ['ES256'] });
    const jwks = await send(new Message({ method: 'GET', url: `${stack.resource}/jwks.json` }), { ca: stack.ca });
    const published = jwks.json['keys'] as readonly { readonly kid: string; readonly d?: string }[];
    expect(published.length).toBeGreaterThanOrEqual(3);
    expect(new Set(published.map(({ kid }) => kid)).size).toBe(published.length);
    expect(JSON.stringify(published)).not.toContain('"d":');
  });
});
