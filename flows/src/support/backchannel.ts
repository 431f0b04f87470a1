import { responseOf, type Answer, type Change, type FapiClient, type WantedClient } from '@assent/testing/fapi';
import { randomBytes } from 'node:crypto';
import { requestObject, type SignedChange } from './signed.js';

export const cibaGrant = 'urn:openid:params:grant-type:ciba';

export type Parameters = Readonly<Record<string, string | undefined>>;

/** Metadata of a client that asks by the back channel and nothing else. */
export const backchannelClient = (delivery: 'poll' | 'ping', endpoint?: string): Record<string, unknown> => ({
  grant_types: [cibaGrant, 'refresh_token', 'client_credentials'],
  response_types: [],
  redirect_uris: undefined,
  scope: 'openid profile accounts balances transactions grant_management_query grant_management_revoke',
  authorization_details_types: ['account_information', 'payment_initiation'],
  backchannel_token_delivery_mode: delivery,
  ...(endpoint === undefined ? {} : { backchannel_client_notification_endpoint: endpoint }),
});

/** Each way to authenticate with each way to be told. */
export const backchannelClients = (at: string, prefix: string, endpoint: string, more: Readonly<Record<string, unknown>> = {}): readonly WantedClient[] =>
  (['poll', 'ping'] as const).flatMap((delivery) => {
    const metadata = { ...backchannelClient(delivery, delivery === 'ping' ? endpoint : undefined), ...more };
    return [
      { id: `${prefix}-jwt-${delivery}`, at, auth: 'private_key_jwt', constraint: 'mtls', alg: delivery === 'poll' ? 'PS256' : 'ES256', metadata },
      { id: `${prefix}-mtls-${delivery}`, at, auth: 'tls_client_auth', constraint: 'mtls', signs: true, metadata },
    ] satisfies readonly WantedClient[];
  });

export const notificationToken = (): string => randomBytes(32).toString('base64url');

/** A good authentication request; `changes` replaces parameters, `undefined` takes one out. */
export function good(client: FapiClient, changes: Parameters = {}): Record<string, string> {
  const pings = client.test.metadata['backchannel_token_delivery_mode'] === 'ping';
  const all = { scope: 'openid accounts', login_hint: 'ana', binding_message: '1234', ...(pings ? { client_notification_token: notificationToken() } : {}), ...changes };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The request, as a form or, where the issuer wants that, signed. */
export function ask(client: FapiClient, changes: Parameters = {}, change: Change = {}): Promise<Answer> {
  return signsRequests(client) ? askSigned(client, changes, change) : client.ask(good(client, changes), change);
}

const signsRequests = (client: FapiClient): boolean => client.test.at === 'fapi1';

/** The request as a signed object: `iat`, `jti` and the rest come from oauth4webapi. */
export async function askSigned(client: FapiClient, changes: Parameters = {}, change: SignedChange = {}): Promise<Answer> {
  return client.ask({ request: await requestObject(client, { parameters: good(client, changes) }, change) }, change);
}

export interface Acknowledged {
  readonly id: string;
  readonly expiresIn: number;
  readonly interval: number;
}

/** Throws when the request is refused. */
export async function asked(client: FapiClient, changes: Parameters = {}): Promise<Acknowledged> {
  return acknowledged(await ask(client, changes));
}

export function acknowledged({ status, json }: Answer): Acknowledged {
  if (status !== 200) throw new Error(`the request was refused: ${JSON.stringify(json)}`);
  return { id: json['auth_req_id'] as string, expiresIn: json['expires_in'] as number, interval: json['interval'] as number };
}

export { responseOf };
