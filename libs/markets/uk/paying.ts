import { canonical } from '@assent/authorization-details';
import type { LodgedConsent } from '@assent/protocol';
import { MarketRefusal } from '../src/refusal.js';
import type { BodyRules, MarketPayment, MarketPorts } from '../src/route.js';
import { isDeleted, writeMoment, wrong, type JsonObject } from '../src/read-write/index.js';
import { ukCodes } from './errors.js';
import { signedRequest } from './signature.js';
import { stateOf } from './state.js';

/* What single and recurring payments have in common. */

export const pisp = '/open-banking/v4.0/pisp';
export const asClient = { as: 'client', scope: 'payments' } as const;
export const asCustomer = { as: 'customer', scope: 'payments' } as const;

/** A signed body, which one key stands for. */
export const signedBody: BodyRules = {
  as: 'json',
  detachedSignature: signedRequest,
  malformed: { status: 400, code: ukCodes.schema },
  badSignature: { status: 400, code: ukCodes.signatureInvalid },
  idempotencyKey: { header: 'x-idempotency-key', demand: 'required', maxLength: 40, missing: { status: 400, code: ukCodes.headerMissing }, reused: { status: 400, code: ukCodes.headerInvalid } },
};

export const dataOf = ({ document }: LodgedConsent): JsonObject => document['Data'] as JsonObject;
export const consentData = (consent: LodgedConsent) => ({ ...dataOf(consent), ...stateOf(consent) });

/** The consent the token is of; another one's id opens nothing. */
export async function ownConsent({ consents }: MarketPorts, kind: string, name: string): Promise<LodgedConsent> {
  const consent = await consents.own();
  if (!consent || consent.kind !== kind || consent.name !== name || isDeleted(consent)) throw new MarketRefusal(403, ukCodes.forbidden, 'the token is not of this consent', 'ASSENT-UK-04', { path: 'ConsentId' });
  if (consent.status !== 'active') throw new MarketRefusal(400, ukCodes.consentStatus, 'the consent is not authorised', 'ASSENT-RW-05', { path: 'ConsentId' });
  return consent;
}

/** To the letter, whatever the order of its members. */
export function sameAs(member: { readonly path: string; readonly value: unknown }, consented: unknown): void {
  if (canonical(member.value) !== canonical(consented)) throw wrong(ukCodes.consentMismatch, member, 'is not what was consented', 'ASSENT-UK-05');
}

/** A payment of this client, with the consent it was made under. */
export async function findPayment({ payments, consents }: MarketPorts, kind: string, { id, path }: { readonly id: string | undefined; readonly path: string }): Promise<{ readonly payment: MarketPayment; readonly consent: LodgedConsent }> {
  const payment = await payments.find(id ?? '');
  const consent = payment && (await consents.find(payment.grantId));
  if (!payment || consent?.kind !== kind) throw new MarketRefusal(400, ukCodes.notFound, `there is no payment with this ${path}`, 'ASSENT-UK-06', { path });
  return { payment, consent };
}

/** ISO 20022 ExternalStatusReason1Code of why it was not made. */
const reasons = {
  account_unavailable: ['AC06', 'The account cannot be paid from.'],
  other_currency: ['AC10', 'The account is in another currency.'],
  insufficient_funds: ['AM04', 'The account does not hold the amount.'],
} as const;

/** This bank settles between its own books at once: a payment is done or it is not. */
export function paymentState({ status, rejection, createdAt }: MarketPayment, consent: LodgedConsent) {
  const reason = rejection && reasons[rejection];
  return {
    ConsentId: consent.name,
    CreationDateTime: writeMoment(createdAt),
    Status: status === 'booked' ? 'ACSC' : 'RJCT',
    StatusUpdateDateTime: writeMoment(createdAt),
    ...(reason && { StatusReason: [{ StatusReasonCode: reason[0], StatusReasonDescription: reason[1] }] }),
    ...(status === 'booked' && { ExpectedExecutionDateTime: writeMoment(createdAt), ExpectedSettlementDateTime: writeMoment(createdAt) }),
  };
}
