import type { AssentConfig } from '@assent/config';
import { randomBytes, randomInt } from 'node:crypto';
import * as openid from 'openid-client';
import { approveOnDevice } from './device.js';
import { openFlow, refusal, type Scene } from './flow.js';
import { listenForNotifications, type Notifications } from './notifications.js';
import { expectThat } from './steps.js';

/** A request by the back channel, the decision on another device, tokens, accounts, refresh: poll or ping, as the client registered. */
export async function runBackchannelFlow(scene: Omit<Scene, 'redirectUri'>, config: AssentConfig): Promise<void> {
  const endpoint = scene.party.metadata.backchannel_client_notification_endpoint;
  if (endpoint === undefined) return askAndRedeem(scene, undefined);
  const notifications = await listenForNotifications(config, endpoint);
  try {
    await askAndRedeem(scene, notifications);
  } finally {
    await notifications.close();
  }
}

async function askAndRedeem(scene: Omit<Scene, 'redirectUri'>, notifications: Notifications | undefined): Promise<void> {
  const { party, resource, customer, browser, steps } = scene;
  const { configuration, dpop } = await openFlow(scene);
  const scope = party.metadata.scope.filter((name) => ['openid', 'profile', 'accounts'].includes(name)).join(' ');
  const code = `${randomInt(10, 100)}-${randomInt(10, 100)}`;
  const token = randomBytes(32).toString('base64url');
  const request = { scope, login_hint: customer.login, binding_message: code, ...(notifications ? { client_notification_token: token } : {}) };

  const asked = await steps.step(party.requestKey ? 'Authentication request by the back channel, signed' : 'Authentication request by the back channel', async () => openid.initiateBackchannelAuthentication(configuration, await signedWhereAsked(scene, configuration, request)), (answer) => `${answer.expires_in} s to decide, code ${code}`);

  const decide = () => steps.step(`Sign-in and approval on the other device, as ${customer.login}`, () => approveOnDevice(browser, `${party.issuer}/device`, customer, code), (says) => says);
  const poll = () => openid.pollBackchannelAuthenticationGrant(configuration, asked, undefined, dpop);
  const tokens = notifications ? await notified(scene, notifications, { asked, token, decide, configuration, dpop }) : await polled(scene, poll, decide);
  expectThat(tokens.token_type === (dpop ? 'dpop' : 'bearer'), `token_type ${dpop ? 'DPoP' : 'Bearer'}`, tokens.token_type);
  const claims = tokens.claims();
  expectThat(claims?.['urn:openid:params:jwt:claim:auth_req_id'] === asked.auth_req_id, 'an ID token that names the request', claims);

  await steps.step('The request is refused a second time', () => refusal(() => redeem(configuration, asked.auth_req_id, dpop), 'invalid_grant'), (refused) => refused);
  const read = async (accessToken: string) => (await openid.fetchProtectedResource(configuration, accessToken, new URL('/accounts', resource), 'GET', undefined, new Headers({ accept: 'application/json' }), dpop)).json() as Promise<{ accounts: readonly { name: string }[] }>;
  await steps.step('Accounts', () => read(tokens.access_token), ({ accounts }) => accounts.map(({ name }) => name).join(', '));
  await steps.step('UserInfo', () => openid.fetchUserInfo(configuration, tokens.access_token, claims.sub, dpop), ({ sub }) => `sub ${sub.slice(0, 12)}…`);
  const refreshToken = tokens.refresh_token;
  expectThat(refreshToken !== undefined, 'a refresh token', Object.keys(tokens));
  const fresh = await steps.step('Refresh', () => openid.refreshTokenGrant(configuration, refreshToken, undefined, dpop), (issued) => `${issued.token_type}, ${issued.expires_in ?? '?'} s`);
  await steps.step('Accounts with the new token', () => read(fresh.access_token), ({ accounts }) => `${accounts.length} accounts`);
  await steps.step('Revocation of the refresh token', () => openid.tokenRevocation(configuration, refreshToken));
}

type Tokens = Awaited<ReturnType<typeof openid.pollBackchannelAuthenticationGrant>>;

/** The client polls while the customer decides. */
async function polled({ steps }: Pick<Scene, 'steps'>, poll: () => Promise<Tokens>, decide: () => Promise<unknown>): Promise<Tokens> {
  const polling = poll();
  // Awaited below; without this, an early failure would be an unhandled rejection.
  polling.catch(() => undefined);
  await decide();
  return steps.step('Tokens, by polling', () => polling, ({ token_type: type, expires_in: seconds }) => `${type}, ${seconds ?? '?'} s`);
}

interface Asked {
  readonly asked: openid.BackchannelAuthenticationResponse;
  readonly token: string;
  readonly decide: () => Promise<unknown>;
  readonly configuration: openid.Configuration;
  readonly dpop: openid.DPoPOptions | undefined;
}

/** The client waits to be told, and then asks once. */
async function notified({ steps }: Pick<Scene, 'steps'>, notifications: Notifications, { asked, token, decide, configuration, dpop }: Asked): Promise<Tokens> {
  await decide();
  const { authorization } = await steps.step('Notification', () => notifications.next(asked.auth_req_id));
  expectThat(authorization === `Bearer ${token}`, 'the client’s own token', authorization.slice(0, 20));
  return steps.step('Tokens', () => redeem(configuration, asked.auth_req_id, dpop), ({ token_type: type, expires_in: seconds }) => `${type}, ${seconds ?? '?'} s`);
}

const redeem = (configuration: openid.Configuration, id: string, dpop: openid.DPoPOptions | undefined): Promise<Tokens> =>
  openid.genericGrantRequest(configuration, 'urn:openid:params:grant-type:ciba', { auth_req_id: id }, dpop) as Promise<Tokens>;

/** The request as one signed object, where the client must sign (CIBA section 7.1.1). */
async function signedWhereAsked({ party }: Pick<Scene, 'party'>, configuration: openid.Configuration, request: Record<string, string>): Promise<Record<string, string>> {
  const { requestKey } = party;
  if (!requestKey) return request;
  const url = await openid.buildAuthorizationUrlWithJAR(configuration, request, requestKey);
  return { request: url.searchParams.get('request') ?? '' };
}
