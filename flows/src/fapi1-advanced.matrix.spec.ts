import { Message, responseOf, send, customers, type FapiClient, type Visitor, type WantedClient } from '@assent/testing/fapi';
import { createHash } from 'node:crypto';
import * as openid from 'openid-client';
import { startStack, type Stack } from './support/stack.js';

/* FAPI 1.0 Advanced as certification drives it: every way to authenticate, to send the request and to be answered, with openid-client. */

const both = ['code', 'code id_token'];
const clients: readonly WantedClient[] = [
  { id: 'jwt', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', metadata: { response_types: both, id_token_signed_response_alg: 'PS256', authorization_signed_response_alg: 'PS256' } },
  { id: 'ca', auth: 'tls_client_auth', constraint: 'mtls', signs: true, metadata: { response_types: both, id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'ES256' } },
  { id: 'self', auth: 'self_signed_tls_client_auth', constraint: 'mtls', metadata: { response_types: both, id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'PS256' } },
];

let stack: Stack;
let ana: Visitor;
beforeAll(async () => {
  stack = await startStack({ clients, issuer: { profile: 'fapi1-advanced', signingAlgs: ['PS256', 'ES256'] } });
  ana = stack.visitor();
}, 90_000);
afterAll(() => stack?.stop());

interface Answered {
  readonly responseType: string;
  readonly openid: boolean;
}
const answers: readonly (readonly [string, Answered])[] = [
  ['code id_token, OpenID', { responseType: 'code id_token', openid: true }],
  ['code with JARM, OpenID', { responseType: 'code', openid: true }],
  ['code with JARM, plain OAuth', { responseType: 'code', openid: false }],
];

/** openid-client for one of the test clients, over connections with its certificate. */
async function configurationOf({ test, id }: FapiClient, responseType: string): Promise<openid.Configuration> {
  const authentication = test.auth === 'private_key_jwt' ? openid.PrivateKeyJwt(test.signing) : openid.TlsClientAuth();
  const customFetch: openid.CustomFetch = async (url, { method, headers, body }) => {
    const message = new Message({ method, url, headers: Object.entries(headers), body: body === undefined || body === null ? undefined : String(body as string | URLSearchParams), ...(test.identity && { identity: test.identity }) });
    return responseOf(await send(message, { ca: stack.ca }));
  };
  const metadata = { use_mtls_endpoint_aliases: true, id_token_signed_response_alg: String(test.metadata['id_token_signed_response_alg']), authorization_signed_response_alg: String(test.metadata['authorization_signed_response_alg']) };
  const configuration = await openid.discovery(new URL(stack.issuer), id, metadata, authentication, { [openid.customFetch]: customFetch });
  if (responseType === 'code') openid.useJwtResponseMode(configuration);
  else openid.useCodeIdTokenResponseType(configuration);
  // Signatures count also where TLS brought the token (FAPI 1.0 Advanced 5.2.3).
  openid.enableNonRepudiationChecks(configuration);
  if (responseType !== 'code') openid.enableDetachedSignatureResponseChecks(configuration);
  return configuration;
}

/** Half of the SHA-256 (OpenID Connect Core section 3.1.3.6), made without our own code. */
const half = (text: string): string => createHash('sha256').update(text, 'ascii').digest().subarray(0, 16).toString('base64url');

describe.each(['jwt', 'ca', 'self'])('%s', (id) => {
  describe.each(['by value', 'pushed'] as const)('%s', (way) => {
    it.each(answers)('%s: request, response, tokens, the API, refresh, revocation', async (_says, { responseType, openid: identity }) => {
      const client = await stack.party(id);
      const configuration = await configurationOf(client, responseType);
      const [state, nonce, verifier] = [openid.randomState(), openid.randomNonce(), openid.randomPKCECodeVerifier()];
      const pkce = way === 'pushed' ? { code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' } : {};
      const parameters = { redirect_uri: client.redirectUri, scope: `${identity ? 'openid ' : ''}accounts balances`, state, ...(identity ? { nonce } : {}), ...pkce };
      const signed = await openid.buildAuthorizationUrlWithJAR(configuration, parameters, client.test.signing);
      const url = way === 'pushed' ? await openid.buildAuthorizationUrlWithPAR(configuration, { request: signed.searchParams.get('request')! }) : signed;

      const first = await ana.open(url);
      const at = first.status === 303 ? new URL(first.headers.get('location')!, url) : url;
      const callback = await ana.approve(at, customers.ana);
      const carried = responseType === 'code' ? callback.searchParams : new URLSearchParams(callback.hash.slice(1));
      expect([...carried.keys()].sort()).toEqual(responseType === 'code' ? ['response'] : ['code', 'id_token', 'iss', 'state']);
      expect(responseType === 'code' ? callback.hash : callback.search).toBe('');

      const checks = { expectedState: state, ...(identity ? { expectedNonce: nonce, idTokenExpected: true } : {}), ...(way === 'pushed' ? { pkceCodeVerifier: verifier } : {}) };
      const tokens = await openid.authorizationCodeGrant(configuration, callback, checks);
      expect([tokens.token_type, tokens.scope]).toEqual(['bearer', parameters.scope]);
      if (identity) {
        const claims = tokens.claims()!;
        expect(claims['at_hash'] ?? half(tokens.access_token)).toBe(half(tokens.access_token));
        const info = await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub);
        expect(info.sub).toBe(claims.sub);
      } else {
        expect(tokens).not.toHaveProperty('id_token');
      }

      const accounts = (token: string) => openid.fetchProtectedResource(configuration, token, new URL('/accounts', stack.resource), 'GET');
      expect((await accounts(tokens.access_token)).status).toBe(200);
      const refreshed = await openid.refreshTokenGrant(configuration, tokens.refresh_token!);
      expect((await accounts(refreshed.access_token)).status).toBe(200);
      await openid.tokenRevocation(configuration, tokens.refresh_token!);
      await expect(openid.refreshTokenGrant(configuration, tokens.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' });
    });
  });
});
