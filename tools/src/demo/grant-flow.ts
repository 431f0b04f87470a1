import type { AuthorizationDetail } from '@assent/protocol';
import * as openid from 'openid-client';
import { approve } from './browser.js';
import { openFlow, refusal, refusalStatus, refusedWithin, revocationMs, type OpenedFlow, type Scene } from './flow.js';
import { expectThat } from './steps.js';

/*
 * The life of a grant the client manages (Grant Management for OAuth 2.0): created with details, read, extended,
 * replaced, and revoked. Each line a step that must hold.
 */

const balances: AuthorizationDetail = { type: 'account_information', actions: ['list_accounts', 'read_balances'] };
const transactions: AuthorizationDetail = { type: 'account_information', actions: ['list_accounts', 'read_transactions'] };
const payment: AuthorizationDetail = {
  type: 'payment_initiation',
  instructedAmount: { currency: 'GBP', amount: '84.20' },
  creditorName: 'Bright Energy Supply Ltd',
  creditorAccount: { iban: 'GB33BUKB20201555555555' },
  remittanceInformationUnstructured: 'Invoice 2026-1147',
};

type Tokens = openid.TokenEndpointResponse;
type Parameters = Readonly<Record<string, string>>;

export async function runGrantFlow(scene: Scene): Promise<void> {
  const { steps, resource, party } = scene;
  const types = party.metadata.authorization_details_types ?? [];
  const flow = await openFlow(scene);
  const read = (path: string, { access_token: token }: Tokens) => call(flow, new URL(path, resource), token);

  const created = await authorize(scene, flow, 'Create a grant: balances', [balances], { grant_management_action: 'create' });
  const grantId = String(created['grant_id']);
  expectThat(/^[\w-]{22,}$/.test(grantId), 'a grant_id in the token response', created['grant_id']);
  await steps.step('Balances by authorization_details', async () => refusalStatus(await read('/balances', created), 200), String);

  const api = await ownToken(flow);
  const grantUrl = new URL(`${String(flow.configuration.serverMetadata()['grant_management_endpoint'])}/${grantId}`);
  const grant = async () => (await (await call(flow, grantUrl, api)).json()) as { readonly authorization_details: readonly AuthorizationDetail[]; readonly updated_by?: string };
  await steps.step('Read the grant', grant, (found) => found.authorization_details.map(({ type }) => type).join(', '));

  const merged = await authorize(scene, flow, 'Merge: transactions as well', [transactions], { grant_management_action: 'merge', grant_id: grantId });
  expectThat(merged['grant_id'] === grantId, `grant_id ${grantId}`, merged['grant_id']);
  await steps.step('The refresh token from before is refused', () => refusal(() => openid.refreshTokenGrant(flow.configuration, created.refresh_token ?? '', undefined, flow.dpop), 'invalid_grant'), (code) => code);
  await steps.step('Balances and transactions with the new token', async () => {
    const { accounts } = (await (await read('/accounts', merged)).json()) as { readonly accounts: readonly { readonly accountId: string }[] };
    expectThat(accounts.length > 0, 'an account', accounts);
    refusalStatus(await read('/balances', merged), 200);
    return refusalStatus(await read(`/accounts/${accounts[0]?.accountId ?? ''}/transactions`, merged), 200);
  }, String);

  const replaced = await authorize(scene, flow, 'Replace: balances only', [balances], { grant_management_action: 'replace', grant_id: grantId });
  await steps.step(`The access token from before is refused within ${revocationMs} ms`, () => refusedWithin(revocationMs, () => read('/accounts', merged)), (ms) => `after ${ms} ms`);
  await steps.step('The new one opens balances', async () => refusalStatus(await read('/balances', replaced), 200), String);

  await steps.step('Revoke the grant', async () => refusalStatus(await call(flow, grantUrl, api, 'DELETE'), 204), String);
  await steps.step('The refresh token is refused', () => refusal(() => openid.refreshTokenGrant(flow.configuration, replaced.refresh_token ?? '', undefined, flow.dpop), 'invalid_grant'), (code) => code);
  await steps.step(`The access token is refused within ${revocationMs} ms`, () => refusedWithin(revocationMs, () => read('/accounts', replaced)), (ms) => `after ${ms} ms`);
  await steps.step('The grant is gone', async () => refusalStatus(await call(flow, grantUrl, api).catch((error: unknown) => error), 404), String);

  if (types.includes(payment.type)) await payOnce(scene, flow);
}

/** A payment of exactly what was approved, exactly once. */
async function payOnce(scene: Scene, flow: OpenedFlow): Promise<void> {
  const { steps, resource } = scene;
  const tokens = await authorize(scene, flow, 'Approve a payment of £84.20', [payment], { grant_management_action: 'create' });
  const { type: _, ...instruction } = payment;
  const pay = (key: string, body: object) => post(flow, new URL('/payments', resource), tokens.access_token, key, body);
  await steps.step('A larger payment is refused', async () => refusalStatus(await pay('demo-larger', { ...instruction, instructedAmount: { currency: 'GBP', amount: '84.21' } }).catch((error: unknown) => error), 403), String);
  const paid = await steps.step('Pay', async () => (await (await pay('demo-once', instruction)).json()) as { readonly paymentId: string; readonly status: string }, ({ status }) => status);
  await steps.step('The same attempt sent again has the same answer', async () => ((await (await pay('demo-once', instruction)).json()) as { readonly paymentId: string }).paymentId, (id) => {
    expectThat(id === paid.paymentId, paid.paymentId, id);
    return 'same payment';
  });
  await steps.step('Another attempt is refused', async () => {
    const { status } = (await pay('demo-twice', instruction).catch((error: unknown) => error)) as { readonly status?: number };
    expectThat(status !== undefined && status >= 400 && status < 500, '4xx', status ?? 'success');
    return status;
  }, String);
}

/** One pass through pushed request, the bank's pages and the token endpoint. */
async function authorize({ party, redirectUri, customer, browser, steps }: Scene, { configuration, dpop }: OpenedFlow, title: string, details: readonly AuthorizationDetail[], management: Parameters): Promise<Tokens> {
  const verifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  const request = {
    redirect_uri: redirectUri,
    authorization_details: JSON.stringify(details),
    state,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...management,
  };
  return steps.step(
    title,
    async () => {
      const url = await openid.buildAuthorizationUrlWithPAR(configuration, request, dpop);
      const callback = await approve(browser, url, redirectUri, customer);
      return openid.authorizationCodeGrant(configuration, callback, { expectedState: state, pkceCodeVerifier: verifier }, undefined, dpop);
    },
    (tokens) => `${party.metadata.client_name}: ${(tokens.authorization_details ?? []).map(({ type }) => type).join(', ')}`,
  );
}

/** The grants API is the client's own business: a token of its own, bound like every other. */
async function ownToken({ configuration, dpop }: OpenedFlow): Promise<string> {
  const resource = String(configuration.serverMetadata()['grant_management_endpoint']);
  return (await openid.clientCredentialsGrant(configuration, { scope: 'grant_management_query grant_management_revoke', resource }, dpop)).access_token;
}

const call = ({ configuration, dpop }: OpenedFlow, url: URL, token: string, method = 'GET'): Promise<Response> =>
  openid.fetchProtectedResource(configuration, token, url, method, undefined, new Headers({ accept: 'application/json' }), dpop);

const post = ({ configuration, dpop }: OpenedFlow, url: URL, token: string, key: string, body: object): Promise<Response> =>
  openid.fetchProtectedResource(configuration, token, url, 'POST', JSON.stringify(body), new Headers({ accept: 'application/json', 'content-type': 'application/json', 'idempotency-key': key }), dpop);
