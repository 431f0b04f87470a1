import { canonical } from '@assent/authorization-details';
import type { LodgedConsent } from '@assent/protocol';
import { MarketRefusal } from '../src/refusal.js';
import type { BodyRules, MarketPayment, MarketPorts, MarketRequest, MarketRoute } from '../src/route.js';
import { answerWith, findConsent, isDeleted, memberOf, objectAt, readMoment, textAt, wholeBody, writeMoment, wrong, type JsonObject } from '../src/read-write/index.js';
import { domesticPayment, namePrefixes } from './details.js';
import { ukCodes } from './errors.js';
import { readInitiation } from './initiation.js';
import { signedAnswer, signedRequest } from './signature.js';
import { stateOf } from './state.js';

/* Domestic payments (Open Banking Payment Initiation API v4.0): consent, funds, payment; bodies signed both ways. */

const pisp = '/open-banking/v4.0/pisp';
const clause = 'Open Banking Payment Initiation API v4.0';
const kind = 'domestic-payment';
const asClient = { as: 'client', scope: 'payments' } as const;
const asCustomer = { as: 'customer', scope: 'payments' } as const;

const signedBody: BodyRules = {
  as: 'json',
  detachedSignature: signedRequest,
  malformed: { status: 400, code: ukCodes.schema },
  badSignature: { status: 400, code: ukCodes.signatureInvalid },
  idempotencyKey: { header: 'x-idempotency-key', demand: 'required', maxLength: 40, missing: { status: 400, code: ukCodes.headerMissing }, reused: { status: 400, code: ukCodes.headerInvalid } },
};

export const paymentRoutes: readonly MarketRoute[] = [
  { method: 'POST', path: `${pisp}/domestic-payment-consents`, says: 'Lodges a consent to one payment.', clause: `${clause}, Domestic Payment Consents`, access: asClient, body: signedBody, signed: signedAnswer, answer: lodge },
  { method: 'GET', path: `${pisp}/domestic-payment-consents/:ConsentId`, says: 'Tells of it and its state.', clause: `${clause}, Domestic Payment Consents`, access: asClient, signed: signedAnswer, answer: tell },
  { method: 'GET', path: `${pisp}/domestic-payment-consents/:ConsentId/funds-confirmation`, says: 'Whether the account holds the amount.', clause: `${clause}, Domestic Payment Consents`, access: asCustomer, signed: signedAnswer, answer: confirmFunds },
  { method: 'POST', path: `${pisp}/domestic-payments`, says: 'Makes the payment, exactly as consented and once.', clause: `${clause}, Domestic Payments`, access: asCustomer, body: signedBody, signed: signedAnswer, answer: pay },
  { method: 'GET', path: `${pisp}/domestic-payments/:DomesticPaymentId`, says: 'Tells of a payment.', clause: `${clause}, Domestic Payments`, access: asClient, signed: signedAnswer, answer: tellPayment },
];

async function lodge(request: MarketRequest, { consents }: MarketPorts) {
  const body = objectAt(wholeBody(request.body, ukCodes), ukCodes, ['Data', 'Risk']);
  const data = objectAt(memberOf(body, 'Data'), ukCodes, ['Initiation', 'Authorisation', 'ReadRefundAccount', 'SCASupportData']);
  objectAt(memberOf(body, 'Risk'), ukCodes);
  const detail = { type: domesticPayment.type, ...readInitiation(objectAt(memberOf(data, 'Initiation'), ukCodes)) };
  const by = authoriseBy(data, request.now);
  const lodged = await consents.lodge({ kind, namePrefix: namePrefixes.payments, details: [detail], document: body.value, expiresAt: null, once: true, ...(by && { authoriseBy: by }) });
  if (lodged === 'exists') throw new MarketRefusal(409, ukCodes.exists, 'there is a consent of this name', 'ASSENT-RW-04');
  return answerWith(request, consentData(lodged), { status: 201, self: `${request.url}/${lodged.name}`, risk: lodged.document['Risk'] });
}

/** Only a single authorisation is known here. */
function authoriseBy(data: { readonly path: string; readonly value: JsonObject }, now: Date): Date | undefined {
  const member = memberOf(data, 'Authorisation');
  if (member.value === undefined) return undefined;
  const authorisation = objectAt(member, ukCodes, ['AuthorisationType', 'CompletionDateTime']);
  const type = textAt(memberOf(authorisation, 'AuthorisationType'), ukCodes, 40);
  if (type !== 'Any' && type !== 'Single') throw wrong(ukCodes.invalid, memberOf(authorisation, 'AuthorisationType'), 'must be Any or Single');
  const by = memberOf(authorisation, 'CompletionDateTime');
  if (by.value === undefined) return undefined;
  const moment = readMoment(by.value);
  if (!moment || moment <= now) throw wrong(ukCodes.date, by, 'must be a date and time in the future', 'ASSENT-RW-03');
  return moment;
}

async function tell(request: MarketRequest, { consents }: MarketPorts) {
  const consent = await findConsent(consents, request.params['ConsentId'] ?? '', kind, { codes: ukCodes });
  return answerWith(request, consentData(consent), { risk: consent.document['Risk'] });
}

const dataOf = ({ document }: LodgedConsent): JsonObject => document['Data'] as JsonObject;
const consentData = (consent: LodgedConsent) => ({ ...dataOf(consent), ...stateOf(consent) });

/** The consent the token is of; another one's id opens nothing. */
async function ownConsent({ consents }: MarketPorts, name: string): Promise<LodgedConsent> {
  const consent = await consents.own();
  if (!consent || consent.kind !== kind || consent.name !== name || isDeleted(consent)) throw new MarketRefusal(403, ukCodes.forbidden, 'the token is not of this consent', 'ASSENT-UK-04', { path: 'ConsentId' });
  if (consent.status !== 'active') throw new MarketRefusal(400, ukCodes.consentStatus, 'the consent is not authorised', 'ASSENT-RW-05', { path: 'ConsentId' });
  return consent;
}

async function confirmFunds(request: MarketRequest, ports: MarketPorts) {
  const consent = await ownConsent(ports, request.params['ConsentId'] ?? '');
  const { instructedAmount } = readInitiation({ path: 'Data.Initiation', value: dataOf(consent)['Initiation'] as JsonObject });
  const available = await ports.payments.fundsAvailable(instructedAmount);
  return answerWith(request, { FundsAvailableResult: { FundsAvailableDateTime: writeMoment(request.now), FundsAvailable: available } });
}

async function pay(request: MarketRequest, ports: MarketPorts) {
  const body = objectAt(wholeBody(request.body, ukCodes), ukCodes, ['Data', 'Risk']);
  const data = objectAt(memberOf(body, 'Data'), ukCodes, ['ConsentId', 'Initiation']);
  const consent = await ownConsent(ports, textAt(memberOf(data, 'ConsentId'), ukCodes, 128));
  const initiation = objectAt(memberOf(data, 'Initiation'), ukCodes);
  const risk = objectAt(memberOf(body, 'Risk'), ukCodes);
  sameAs(initiation, dataOf(consent)['Initiation']);
  sameAs(risk, consent.document['Risk']);
  // As granted: with the account the customer chose.
  const [detail] = consent.details;
  const order = detail && domesticPayment.payment?.(detail);
  if (!order) throw new MarketRefusal(400, ukCodes.consentStatus, 'the consent holds no payment', 'ASSENT-RW-05', { path: 'Data.ConsentId' });
  const payment = await ports.payments.pay(order);
  return answerWith(request, paymentData(payment, consent), { status: 201, self: `${request.url}/${payment.id}`, risk: risk.value });
}

/** To the letter, whatever the order of its members. */
function sameAs(member: { readonly path: string; readonly value: unknown }, consented: unknown): void {
  if (canonical(member.value) !== canonical(consented)) throw wrong(ukCodes.consentMismatch, member, 'is not what was consented', 'ASSENT-UK-05');
}

async function tellPayment(request: MarketRequest, { payments, consents }: MarketPorts) {
  const payment = await payments.find(request.params['DomesticPaymentId'] ?? '');
  const consent = payment && (await consents.find(payment.grantId));
  if (!payment || consent?.kind !== kind) throw new MarketRefusal(400, ukCodes.notFound, 'there is no payment with this DomesticPaymentId', 'ASSENT-UK-06', { path: 'DomesticPaymentId' });
  return answerWith(request, paymentData(payment, consent), { risk: consent.document['Risk'] });
}

/** ISO 20022 ExternalStatusReason1Code of why it was not made. */
const reasons = {
  account_unavailable: ['AC06', 'The account cannot be paid from.'],
  other_currency: ['AC10', 'The account is in another currency.'],
  insufficient_funds: ['AM04', 'The account does not hold the amount.'],
} as const;

/** This bank settles between its own books at once: a payment is done or it is not. */
function paymentData({ id, status, rejection, createdAt }: MarketPayment, consent: LodgedConsent) {
  const reason = rejection && reasons[rejection];
  return {
    DomesticPaymentId: id,
    ConsentId: consent.name,
    CreationDateTime: writeMoment(createdAt),
    Status: status === 'booked' ? 'ACSC' : 'RJCT',
    StatusUpdateDateTime: writeMoment(createdAt),
    ...(reason && { StatusReason: [{ StatusReasonCode: reason[0], StatusReasonDescription: reason[1] }] }),
    ...(status === 'booked' && { ExpectedExecutionDateTime: writeMoment(createdAt), ExpectedSettlementDateTime: writeMoment(createdAt) }),
    Initiation: dataOf(consent)['Initiation'],
  };
}
