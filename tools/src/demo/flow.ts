import type { Browser } from 'playwright-core';
import * as openid from 'openid-client';
import { approve, type Customer } from './browser.js';
import type { Party } from './client.js';
import { expectThat, type Steps } from './steps.js';

export interface Scene {
  readonly party: Party;
  readonly redirectUri: string;
  readonly resource: string;
  readonly customer: Customer;
  readonly browser: Browser;
  readonly steps: Steps;
}

/** The resource server must honour a revocation within this time. */
export const revocationMs = 1000;

/** A client that knows its bank, with a key of its own for this flow where its tokens are bound to one. */
export interface OpenedFlow {
  readonly configuration: openid.Configuration;
  readonly dpop: openid.DPoPOptions | undefined;
}

export async function openFlow({ party, steps }: Pick<Scene, 'party' | 'steps'>, responseType: 'code' | 'code id_token' = 'code'): Promise<OpenedFlow> {
  const { metadata } = party;
  const configuration = await steps.step(
    'Discovery',
    () =>
      openid.discovery(
        new URL(party.issuer),
        metadata.client_id,
        { use_mtls_endpoint_aliases: party.usesCertificate, id_token_signed_response_alg: metadata.id_token_signed_response_alg },
        party.authentication,
        party.options,
      ),
    (found) => found.serverMetadata().issuer,
  );
  if (responseType === 'code id_token') {
    openid.useCodeIdTokenResponseType(configuration);
    openid.enableDetachedSignatureResponseChecks(configuration);
  } else if (party.signedResponses) openid.useJwtResponseMode(configuration);
  return { configuration, dpop: metadata.dpop_bound_access_tokens ? { DPoP: openid.getDPoPHandle(configuration, await openid.randomDPoPKeyPair('ES256')) } : undefined };
}

/** Discovery, PAR, sign-in and consent, token, accounts, refresh, revocation: each line a step that must hold. */
export async function runFlow(scene: Scene): Promise<void> {
  const { party, redirectUri, resource, customer, browser, steps } = scene;
  const { metadata } = party;
  const identity = metadata.scope.includes('openid');
  const scope = metadata.scope.filter((name) => ['openid', 'profile', 'accounts', 'balances', 'transactions'].includes(name)).join(' ');

  const { configuration, dpop } = await openFlow(scene);

  const verifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  const nonce = openid.randomNonce();
  const challenge = await openid.calculatePKCECodeChallenge(verifier);
  const request = { redirect_uri: redirectUri, scope, state, code_challenge: challenge, code_challenge_method: 'S256', ...(identity ? { nonce } : {}) };
  const pushed = await signedWhereAsked(scene, configuration, request);
  const authorizationUrl = await steps.step(party.requestKey ? 'Pushed authorization request, signed' : 'Pushed authorization request', () => openid.buildAuthorizationUrlWithPAR(configuration, pushed, dpop), (url) => `${(url.searchParams.get('request_uri') ?? '').slice(0, 46)}…`);
  expectThat([...authorizationUrl.searchParams.keys()].sort().join(' ') === 'client_id request_uri', 'only client_id and request_uri in the front channel', [...authorizationUrl.searchParams.keys()]);

  const callback = await steps.step(`Sign-in and consent in the browser, as ${customer.login}`, () => approve(browser, authorizationUrl, redirectUri, customer), (url) => [...url.searchParams.keys()].join(' '));
  if (party.signedResponses) expectThat([...callback.searchParams.keys()].join(' ') === 'response', 'one signed response and nothing beside it', [...callback.searchParams.keys()]);

  let tokens = await steps.step(
    'Token',
    () => openid.authorizationCodeGrant(configuration, callback, { expectedState: state, pkceCodeVerifier: verifier, ...(identity ? { expectedNonce: nonce, idTokenExpected: true } : {}) }, undefined, dpop),
    (issued) => `${issued.token_type}, ${issued.expires_in ?? '?'} s, scope ${issued.scope ?? '?'}`,
  );
  expectThat(tokens.token_type === (dpop ? 'dpop' : 'bearer'), `token_type ${dpop ? 'DPoP' : 'Bearer'}`, tokens.token_type);

  const read = async (path: string): Promise<Response> => openid.fetchProtectedResource(configuration, tokens.access_token, new URL(path, resource), 'GET', undefined, new Headers({ accept: 'application/json' }), dpop);
  const json = async <T>(path: string): Promise<T> => (await (await read(path)).json()) as T;

  const { accounts } = await steps.step('Accounts', () => json<{ accounts: readonly { accountId: string; name: string }[] }>('/accounts'), (found) => found.accounts.map(({ name }) => name).join(', '));
  const first = accounts[0];
  expectThat(first !== undefined, 'at least one account', accounts);
  if (metadata.scope.includes('transactions')) {
    await steps.step('Transactions', () => json<{ transactions: readonly unknown[] }>(`/accounts/${first.accountId}/transactions`), (found) => `${found.transactions.length} on the first page`);
  } else {
    await steps.step('Transactions are refused: not asked for', async () => refusalStatus(await read(`/accounts/${first.accountId}/transactions`).catch((error: unknown) => error), 403), (status) => `${status}`);
  }

  if (identity) {
    const claims = tokens.claims();
    const subject = claims?.sub ?? '';
    await steps.step('UserInfo', () => openid.fetchUserInfo(configuration, tokens.access_token, subject, dpop), (info) => `sub ${info.sub.slice(0, 12)}…${typeof info.name === 'string' ? `, ${info.name}` : ''}`);
  }

  const refreshToken = tokens.refresh_token;
  expectThat(refreshToken !== undefined, 'a refresh token', Object.keys(tokens));
  tokens = { ...tokens, ...(await steps.step('Refresh', () => openid.refreshTokenGrant(configuration, refreshToken, undefined, dpop), (issued) => `${issued.token_type}, ${issued.expires_in ?? '?'} s`)) } as typeof tokens;
  await steps.step('Accounts with the new token', () => json<{ accounts: readonly unknown[] }>('/accounts'), (found) => `${found.accounts.length} accounts`);

  await steps.step('Revocation of the refresh token', () => openid.tokenRevocation(configuration, refreshToken));
  await steps.step('The refresh token is refused', () => refusal(() => openid.refreshTokenGrant(configuration, refreshToken, undefined, dpop), 'invalid_grant'), (code) => code);
  await steps.step(`The access token is refused within ${revocationMs} ms`, () => refusedWithin(revocationMs, () => read('/accounts')), (ms) => `after ${ms} ms`);
}

/** The request as one signed object, where the client must sign (RFC 9101). */
async function signedWhereAsked({ party, steps }: Scene, configuration: openid.Configuration, request: Record<string, string>): Promise<Record<string, string> | URLSearchParams> {
  const { requestKey } = party;
  if (!requestKey) return request;
  const url = await steps.step('Request object', () => openid.buildAuthorizationUrlWithJAR(configuration, request, requestKey), () => 'signed');
  return new URLSearchParams({ request: url.searchParams.get('request') ?? '' });
}

/** The error code of a call that must be refused with it. */
export async function refusal(call: () => Promise<unknown>, expected: string): Promise<string> {
  try {
    await call();
  } catch (error) {
    const code = (error as { error?: string }).error ?? String(error);
    expectThat(code === expected, expected, code);
    return code;
  }
  expectThat(false, expected, 'success');
}

/** The status of an answer, or of the error openid-client made of it; `Mismatch` when it is another. */
export function refusalStatus(answer: unknown, expected: number): number {
  const { status } = answer as { readonly status?: number };
  expectThat(status === expected, String(expected), status ?? String(answer));
  return status;
}

/** How long it took until the resource server answered 401. */
export async function refusedWithin(limit: number, call: () => Promise<Response>): Promise<number> {
  const started = performance.now();
  for (;;) {
    const { status } = await call().catch((error: unknown) => error as { readonly status?: number });
    const ms = Math.round(performance.now() - started);
    if (status === 401) return ms;
    expectThat(ms < limit, `401 within ${limit} ms`, `still ${status} after ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
