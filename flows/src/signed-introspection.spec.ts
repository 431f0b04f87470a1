import { parseJws } from '@assent/crypto';
import { introspectionClientId, Message, responseOf, send, type Answer, type FapiClient } from '@assent/testing/fapi';
import * as oauth from 'oauth4webapi';
import { expectAnswer, expectRefusedBy } from './support/refusal.js';
import { obtainTokens, startStack, type Stack, type Tokens } from './support/stack.js';

/* Signed introspection (RFC 9701), in which the resource server of this stack believes nothing else. */

const mediaType = 'application/token-introspection+jwt';
let stack: Stack;
let api: FapiClient;
let other: FapiClient;
let client: FapiClient;
let tokens: Tokens;
beforeAll(async () => {
  stack = await startStack({
    clients: [
      { id: 'opaque', auth: 'private_key_jwt', constraint: 'dpop', metadata: { access_token_format: 'opaque' } },
      { id: 'asks', auth: 'private_key_jwt', constraint: 'dpop' },
    ],
    api: { introspection_signed_response_alg: 'PS256' },
  });
  [api, client, other] = [await stack.party(introspectionClientId), await stack.party('opaque'), await stack.party('asks')];
  tokens = await obtainTokens(client, stack.visitor(), { scope: 'openid profile offline_access accounts balances transactions', prompt: 'consent' });
}, 60_000);
afterAll(() => stack?.stop());

const accepting = (accept: string | undefined) => ({ message: (message: Message) => void message.setHeader('accept', accept) });
const claimsOf = ({ text }: Answer) => parseJws(text).payload() as { readonly token_introspection: Readonly<Record<string, unknown>> } & Readonly<Record<string, unknown>>;
const inactive = { active: false };

describe('a resource server that asks for a signed answer', () => {
  it('gets one that oauth4webapi believes (MS-INT-04, MS-INT-05, MS-INT-07)', async () => {
    const answer = await api.introspect(tokens.accessToken, accepting(mediaType));
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([200, mediaType, 'no-store']);
    const { typ, alg, kid } = parseJws(answer.text).header;
    expect({ typ, alg, kid }).toEqual({ typ: 'token-introspection+jwt', alg: 'PS256', kid: expect.any(String) });
    const metadata = { ...api.metadata, introspection_signed_response_alg: 'PS256' };
    const response = responseOf(answer);
    const judged = await oauth.processIntrospectionResponse(api.as, metadata, response);
    await oauth.validateApplicationLevelSignature(api.as, response, { [oauth.customFetch]: async (url: string) => responseOf(await send(new Message({ method: 'GET', url }), { ca: stack.ca })) });
    expect(judged).toMatchObject({ active: true, client_id: 'opaque', aud: stack.resource, token_type: 'DPoP', cnf: { jkt: expect.any(String) }, grant_id: expect.any(String), acr: expect.any(String) });
    expect(Object.keys(claimsOf(answer)).sort()).toEqual(['aud', 'iat', 'iss', 'token_introspection']);
    expect(claimsOf(answer)).toMatchObject({ iss: stack.issuer, aud: introspectionClientId });
  });

  it('learns nothing that is meant for others (RFC 9701 section 5)', async () => {
    const { token_introspection: told } = claimsOf(await api.introspect(tokens.accessToken, accepting(mediaType)));
    expect(told['scope']).toBe('accounts balances transactions');
  });

  it.each([mediaType, `application/json, ${mediaType.toUpperCase()};q=0.5`, '*/*', 'application/*', undefined])('accepting %s it is answered signed, as it is registered', async (accept) => {
    const answer = await api.introspect(tokens.accessToken, accepting(accept));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, mediaType]);
  });

  it.each(['application/json', `${mediaType};q=0`])('MS-INT-01: accepting %s it is refused, and its assertion spent', async (accept) => {
    const answer = await api.introspect(tokens.accessToken, accepting(accept));
    await expectRefusedBy(stack.asLog, answer, { rule: 'MS-INT-01', expect: { status: 406, error: 'invalid_request' } });
    const { message } = api.last!;
    const again = await send(new Message({ ...message, headers: message.headers, body: message.body }).setHeader('accept', mediaType), { ca: stack.ca });
    expect([again.status, again.json['error']]).toEqual([401, 'invalid_client']);
  });

  it.each<[string, () => string | Promise<string>]>([
    ['nobody issued', () => 'x'.repeat(43)],
    ['is a refresh token', () => tokens.refreshToken],
    ['is for nobody in particular', async () => (await client.clientCredentials('openid')).json['access_token'] as string],
  ])('MS-INT-06: of a token that %s it learns only that it is no good', async (_, token) => {
    const answer = await api.introspect((await token()) ?? 'none', accepting(mediaType));
    expect(answer.status).toBe(200);
    expect(claimsOf(answer).token_introspection).toEqual(inactive);
  });

  it('MS-INT-06: of a token that was revoked as well', async () => {
    const { accessToken } = await obtainTokens(client, stack.visitor());
    await client.revoke(accessToken);
    expect(claimsOf(await api.introspect(accessToken, accepting(mediaType))).token_introspection).toEqual(inactive);
  });

  it('MS-INT-02: must say who it is', async () => {
    const answer = await api.introspect(tokens.accessToken, { ...accepting(mediaType), assertionKey: stack.client('asks').signing });
    expectAnswer(answer, { status: 401, error: 'invalid_client' });
  });

  it('serves requests with opaque tokens by it (MS-INT-08)', async () => {
    const answer = await client.call(`${stack.resource}/accounts`, tokens.accessToken);
    expect(answer.status).toBe(200);
  });

  it('MS-INT-08: takes no answer for an access token', async () => {
    const { text } = await api.introspect(tokens.accessToken, accepting(mediaType));
    const answer = await client.call(`${stack.resource}/accounts`, text);
    expectAnswer(answer, { status: 401, error: 'invalid_token' });
  });
});

describe('a client that is no resource server', () => {
  it('MS-INT-03: learns nothing of its own token in a signed answer', async () => {
    const mine = await obtainTokens(other, stack.visitor());
    expect((await other.introspect(mine.accessToken)).json).toMatchObject({ active: true, client_id: 'asks' });
    const answer = await other.introspect(mine.accessToken, accepting(mediaType));
    expect(claimsOf(answer).token_introspection).toEqual(inactive);
    expect(claimsOf(await other.introspect(tokens.accessToken, accepting(mediaType))).token_introspection).toEqual(inactive);
  });
});

describe('the metadata', () => {
  it('names the algorithms (MS-INT-09)', () => {
    expect(api.as).toMatchObject({ introspection_signing_alg_values_supported: ['ES256', 'PS256', 'EdDSA'], introspection_encryption_alg_values_supported: ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES'], introspection_encryption_enc_values_supported: ['A256GCM', 'A128CBC-HS256'] });
  });
});

describe('a resource server that registered an encryption key', () => {
  it('gets answers nobody else can read, and serves by them', async () => {
    const other = await startStack({
      clients: [{ id: 'opaque', auth: 'private_key_jwt', constraint: 'dpop', metadata: { access_token_format: 'opaque' } }],
      api: { introspection_encrypted_response_alg: 'ECDH-ES', introspection_encrypted_response_enc: 'A256GCM' },
    });
    try {
      const [asks, holder] = [await other.party(introspectionClientId), await other.party('opaque')];
      const { accessToken } = await obtainTokens(holder, other.visitor());
      const answer = await asks.introspect(accessToken, accepting(mediaType));
      expect([answer.status, answer.headers.get('content-type'), answer.text.split('.').length]).toEqual([200, mediaType, 5]);
      const { alg, enc, cty } = JSON.parse(Buffer.from(answer.text.split('.')[0]!, 'base64url').toString()) as Record<string, string>;
      expect([alg, enc, cty]).toEqual(['ECDH-ES', 'A256GCM', 'JWT']);
      expect((await holder.call(`${other.resource}/accounts`, accessToken)).status).toBe(200);
      const jwks = await send(new Message({ method: 'GET', url: `${other.resource}/jwks.json` }), { ca: other.ca });
      expect(jwks.json['keys']).toEqual(expect.arrayContaining([expect.objectContaining({ use: 'enc', alg: 'ECDH-ES' })]));
      expect(jwks.text).not.toContain('"d":');
    } finally {
      await other.stop();
    }
  }, 60_000);
});
