import { randomBytes, randomInt } from 'node:crypto';
import { signRequestObject } from '@assent/crypto';
import { cibaGrantType } from '@assent/profiles';
import { epochSeconds, systemClock } from '@assent/protocol';
import * as openid from 'openid-client';
import type { DemoClient } from '../client/demo-client.js';
import type { OpenFlow } from './actions.js';
import { askedFor, type Asked } from './asks.js';
import { openConversation, withDpop, type Surroundings } from './begin.js';
import { pay } from './payment.js';
import { FlowError } from './refusal.js';
import type { BrowserSession, Flow } from './session.js';

/** How a payment at the till stands. */
export type TillState = 'waiting' | 'paid' | 'denied' | 'expired' | 'failed';

/** A shop's screen, from the request to the end (CIBA section 7). */
export interface Till {
  readonly flow: Flow;
  readonly authReqId: string;
  /** What both screens show. */
  readonly code: string;
  /** Milliseconds, as `performance.now()` counts them. */
  readonly endsAt: number;
  /** Of clients that the bank notifies here: what it proves itself by. */
  readonly notificationToken: string | undefined;
  /** Seconds to leave between two polls. */
  interval: number;
  nextPollAt: number;
  state: TillState;
  /** What went wrong, in words. */
  problem?: string;
  /** One poll at a time, however many windows show the screen. */
  polling?: Promise<void>;
}

/** Whether the client asks by the back channel. */
export const asksAtTill = ({ metadata }: DemoClient): boolean => metadata.backchannel_token_delivery_mode !== undefined;

/** Letters and digits that nobody mistakes for one another. */
const alphabet = 'ACDEFHJKLMNPRTUVWXY3479';

/** `W4SC`: says which request is whose, and is worth nothing to anybody. */
const newCode = (): string => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('');

/** Asks the customer's bank, in the shop's name, for one payment. Throws openid-client's errors. */
export async function beginAtTill(session: BrowserSession, client: DemoClient, customer: string, around: Surroundings): Promise<Till> {
  const asked = { ...askedFor('payment', client.metadata, false, systemClock.now()), scope: 'openid' };
  const flow = await openConversation(session, { client, asked, wrongVerifier: false, detached: false }, around);
  const code = newCode();
  const token = client.metadata.backchannel_token_delivery_mode === 'ping' ? randomBytes(32).toString('base64url') : undefined;
  const parameters = { scope: asked.scope, login_hint: customer, binding_message: code, ...(token !== undefined && { client_notification_token: token }) };
  const request = await openid.initiateBackchannelAuthentication(flow.configuration, await signedWhereAsked(client, parameters, asked));
  const now = performance.now();
  const interval = request.interval ?? 5;
  const heard = token !== undefined && client.metadata.backchannel_client_notification_endpoint === around.notifications;
  const endsAt = now + request.expires_in * 1000;
  // Who is told of the decision need not ask for it; when it must be over, they ask once.
  return { flow, authReqId: request.auth_req_id, code, endsAt, notificationToken: token, interval, nextPollAt: heard ? endsAt : now + interval * 1000, state: 'waiting' };
}

/** The parameters, or in their place one signed object that holds them (CIBA section 7.1.1). */
async function signedWhereAsked({ metadata, issuer, key, signsRequests }: DemoClient, parameters: Record<string, string>, { details }: Asked): Promise<Record<string, string>> {
  if (!signsRequests && metadata.backchannel_authentication_request_signing_alg === undefined) return { ...parameters, authorization_details: JSON.stringify(details) };
  const now = systemClock.now();
  const own = { iat: epochSeconds(now), jti: randomBytes(16).toString('base64url'), client_id: undefined };
  return { request: await signRequestObject({ clientId: metadata.client_id, audience: issuer, key, now, parameters: { ...own, ...parameters, authorization_details: details } }) };
}

/** Asks whether the customer has decided, if it is time to; then takes the payment. */
export async function askAgain(till: Till, around: Surroundings): Promise<void> {
  if (till.state !== 'waiting' || performance.now() < till.nextPollAt) return;
  till.polling ??= poll(till, around).finally(() => delete till.polling);
  await till.polling;
}

async function poll(till: Till, around: Surroundings): Promise<void> {
  const { flow } = till;
  till.nextPollAt = performance.now() + till.interval * 1000;
  try {
    flow.tokens = await openid.genericGrantRequest(flow.configuration, cibaGrantType, { auth_req_id: till.authReqId }, withDpop(flow));
  } catch (error) {
    if (!(error instanceof openid.ResponseBodyError)) throw error;
    return answered(till, error.error);
  }
  try {
    await pay(flow as OpenFlow, around);
    till.state = 'paid';
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    till.state = 'failed';
    till.problem = error.message;
  }
}

/** CIBA section 11. */
function answered(till: Till, error: string): void {
  switch (error) {
    case 'authorization_pending':
      return;
    case 'slow_down':
      till.interval += 5;
      till.nextPollAt = performance.now() + till.interval * 1000;
      return;
    case 'access_denied':
      till.state = 'denied';
      return;
    case 'expired_token':
      till.state = 'expired';
      return;
    default:
      till.state = 'failed';
      till.problem = `The bank’s answer: ${error}.`;
  }
}
