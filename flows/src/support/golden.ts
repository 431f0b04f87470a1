import { customers, Message, responseOf, send, type Answer, type FapiClient } from '@assent/testing/fapi';
import * as oauth from 'oauth4webapi';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from './stack.js';

export interface Golden {
  readonly stack: Stack;
  readonly client: FapiClient;
  readonly openid: boolean;
  /** Drives the customer's browser from the authorization URL to the callback, sharing one account. */
  readonly approve: (url: URL, redirectUri: string) => Promise<URL>;
}

const shared = 'ana-everyday';

/** The whole flow, every answer judged by oauth4webapi. Returns every secret that travelled, for the logs to be searched for. */
export async function runGoldenFlow({ stack, client, openid, approve }: Golden): Promise<readonly string[]> {
  const { as, metadata } = client;
  const scope = openid ? 'openid profile accounts balances transactions' : 'accounts balances transactions';

  const prepared = await client.prepare({ scope });
  const pushed = await client.push(prepared);
  expect([pushed.status, pushed.headers.get('cache-control')]).toEqual([201, 'no-store']);
  const { request_uri: requestUri, expires_in: lifetime } = await oauth.processPushedAuthorizationResponse(as, metadata, responseOf(pushed));
  expect(requestUri).toMatch(/^urn:ietf:params:oauth:request_uri:[\w-]{32,}$/);
  expect(lifetime).toBeGreaterThanOrEqual(5);
  expect(lifetime).toBeLessThan(600);

  const url = client.authorizationUrl(requestUri);
  const callback = await approve(url, client.redirectUri);
  expect([...callback.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
  const code = client.callback(callback, prepared).get('code')!;
  expect(code).toMatch(/^[\w-]{32,}$/);

  const redeemed = responseOf(await client.redeem(prepared, code));
  const tokens = await oauth.processAuthorizationCodeResponse(as, metadata, redeemed, openid ? { expectedNonce: prepared.nonce!, requireIdToken: true } : {});
  expect(tokens.token_type).toBe(client.test.constraint === 'dpop' ? 'dpop' : 'bearer');
  expect(tokens.scope).toBe(scope);
  if (openid) await checkIdentity(stack, client, tokens, redeemed);
  else expect(tokens).not.toHaveProperty('id_token');

  await expectAccount(client, stack, tokens.access_token);
  const refreshed = await refresh(client, tokens, openid);
  await expectAccount(client, stack, refreshed.access_token);
  await expectIntrospection(stack, client, refreshed.access_token, tokens.refresh_token!);
  await expectRevocation(stack, client, [tokens.access_token, refreshed.access_token], tokens.refresh_token!);
  const secrets = [code, prepared.verifier, tokens.access_token, refreshed.access_token, tokens.refresh_token!, tokens.id_token ?? '', requestUri.split(':').at(-1)!, client.last!.message.header('dpop'), client.last!.message.parameter('client_assertion'), customers.ana.password];
  return secrets.filter((text) => text !== '');
}

/** ID token (claims and signature) and UserInfo name one and the same customer. */
async function checkIdentity(stack: Stack, client: FapiClient, tokens: oauth.TokenEndpointResponse, redeemed: Response): Promise<void> {
  const fetching = { [oauth.customFetch]: async (url: string) => responseOf(await send(new Message({ method: 'GET', url }), { ca: stack.ca })) };
  await oauth.validateApplicationLevelSignature(client.as, redeemed, fetching);
  const claims = oauth.getValidatedIdTokenClaims(tokens)!;
  expect(claims).toMatchObject({ iss: stack.issuer, aud: client.id, acr: 'urn:assent:acr:password' });
  const info = await oauth.processUserInfoResponse(client.as, client.metadata, claims.sub, responseOf(await client.userinfo(tokens.access_token)));
  expect(info).toMatchObject({ sub: claims.sub, name: 'Ana Duarte' });
  // profile was asked for, email was not
  expect(info).not.toHaveProperty('email');
}

async function refresh(client: FapiClient, tokens: oauth.TokenEndpointResponse, openid: boolean): Promise<oauth.TokenEndpointResponse> {
  const refreshed = await oauth.processRefreshTokenResponse(client.as, client.metadata, responseOf(await client.refresh(tokens.refresh_token!)));
  expect(refreshed.access_token).not.toBe(tokens.access_token);
  // Not rotated (F2-AS-09).
  expect(refreshed.refresh_token ?? tokens.refresh_token).toBe(tokens.refresh_token);
  if (openid) {
    const [before, after] = [oauth.getValidatedIdTokenClaims(tokens)!, oauth.getValidatedIdTokenClaims(refreshed)!];
    expect([after.sub, after['auth_time'], after.aud]).toEqual([before.sub, before['auth_time'], before.aud]);
    expect(after).not.toHaveProperty('nonce');
  }
  return refreshed;
}

/** Only the account the customer ticked. */
async function expectAccount(client: FapiClient, { resource }: Stack, accessToken: string): Promise<void> {
  const answer = await client.call(`${resource}/accounts`, accessToken);
  expect([answer.status, (answer.json['accounts'] as { accountId: string }[] | undefined)?.map(({ accountId }) => accountId)]).toEqual([200, [shared]]);
  const transactions = await client.call(`${resource}/accounts/${shared}/transactions?limit=3`, accessToken);
  expect(transactions.status).toBe(200);
  expect((transactions.json['transactions'] as unknown[]).length).toBeGreaterThan(0);
}

async function expectIntrospection(stack: Stack, client: FapiClient, accessToken: string, refreshToken: string): Promise<void> {
  const api = await stack.party('test-accounts-api');
  const dpop = client.test.constraint === 'dpop';
  const answer = await oauth.processIntrospectionResponse(api.as, api.metadata, responseOf(await api.introspect(accessToken)));
  expect(answer).toMatchObject({ active: true, client_id: client.id, token_type: dpop ? 'DPoP' : 'Bearer', cnf: { [dpop ? 'jkt' : 'x5t#S256']: expect.any(String) as string } });
  expect((await client.introspect(refreshToken)).json).toMatchObject({ active: true });
}

/** Revoking the refresh token ends every access token, at the resource server within a second. */
async function expectRevocation(stack: Stack, client: FapiClient, accessTokens: readonly string[], refreshToken: string): Promise<void> {
  const revoked = await client.revoke(refreshToken);
  await oauth.processRevocationResponse(responseOf(revoked));
  const since = performance.now();
  for (const token of accessTokens) {
    const answer = await refusedInTime(() => client.call(`${stack.resource}/accounts`, token), since);
    expect(answer.headers.get('www-authenticate')).toMatch(/error="invalid_token"/);
  }
  expect((await client.refresh(refreshToken)).json).toMatchObject({ error: 'invalid_grant' });
  for (const token of [...accessTokens, refreshToken]) expect((await client.introspect(token)).json).toEqual({ active: false });
}

/** The first 401, which must come within a second of the revocation. */
async function refusedInTime(call: () => Promise<Answer>, since: number): Promise<Answer> {
  for (;;) {
    const answer = await call();
    if (answer.status === 401) return answer;
    expect(answer.status).toBe(200);
    if (performance.now() - since > 1000) throw new Error('still accepted a second after the revocation');
    await sleep(20);
  }
}
