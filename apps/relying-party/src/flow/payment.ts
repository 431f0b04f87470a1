import { randomUUID } from 'node:crypto';
import type { AuthorizationDetail } from '@assent/protocol';
import * as openid from 'openid-client';
import type { OpenFlow } from './actions.js';
import { withDpop, type Surroundings } from './begin.js';
import { readPayment } from './received.js';
import { FlowError } from './refusal.js';

/** What the token lets the app pay, if anything (RFC 9396 section 7: the token answer says what was granted). */
export const approvedPayment = ({ tokens }: OpenFlow): AuthorizationDetail | undefined =>
  (tokens.authorization_details ?? []).find(({ type }) => type === 'payment_initiation' || type === 'recurring_payment') as AuthorizationDetail | undefined;

/** Pays what was approved: that payment, or one within the limits. `idempotencyKey`: the same for a repeated attempt. */
export async function pay(flow: OpenFlow, around: Surroundings, idempotencyKey: string = randomUUID()): Promise<void> {
  const detail = approvedPayment(flow);
  if (!detail) throw new FlowError('The token approves no payment.');
  const headers = new Headers({ accept: 'application/json', 'content-type': 'application/json', 'idempotency-key': idempotencyKey });
  const response = await openid.fetchProtectedResource(flow.configuration, flow.tokens.access_token, new URL('payments', `${around.resource}/`), 'POST', JSON.stringify(instructionOf(detail)), headers, withDpop(flow));
  if (!response.ok) throw new FlowError(`The bank’s API answered ${response.status}: it does not take this payment${reasonIn(await response.text())}.`);
  flow.received.payment = readPayment(await response.json());
}

export async function readPaymentStatus(flow: OpenFlow, around: Surroundings): Promise<void> {
  const { payment } = flow.received;
  if (!payment) throw new FlowError('The app has paid nothing yet.');
  const url = new URL(`payments/${encodeURIComponent(payment.paymentId)}`, `${around.resource}/`);
  const response = await openid.fetchProtectedResource(flow.configuration, flow.tokens.access_token, url, 'GET', undefined, new Headers({ accept: 'application/json' }), withDpop(flow));
  if (!response.ok) throw new FlowError(`The bank’s API answered ${response.status}.`);
  flow.received.payment = readPayment(await response.json());
}

/** The body of `POST /payments` for a detail: the payment itself, or the first of a series. */
function instructionOf({ instructedAmount, creditorName, creditorAccount, remittanceInformationUnstructured, limits }: AuthorizationDetail): object {
  const most = (limits as { readonly perPayment: unknown } | undefined)?.perPayment;
  return { instructedAmount: instructedAmount ?? most, creditorName, creditorAccount, ...(remittanceInformationUnstructured === undefined ? {} : { remittanceInformationUnstructured }) };
}

/** ` (invalid_request: …)`, where the answer says so. */
function reasonIn(body: string): string {
  try {
    const { error, error_description: description } = JSON.parse(body) as { readonly error?: unknown; readonly error_description?: unknown };
    return typeof error === 'string' ? ` (${[error, description].filter((one) => typeof one === 'string').join(': ')})` : '';
  } catch {
    return '';
  }
}
