import type { LodgedConsent } from '@assent/protocol';
import { MarketRefusal } from '../src/refusal.js';
import type { MarketPayment, MarketPorts, MarketRequest, MarketRoute } from '../src/route.js';
import { answerWith, findConsent, memberOf, objectAt, readMoment, textAt, wholeBody, writeMoment, wrong, type JsonObject } from '../src/read-write/index.js';
import { domesticPayment, namePrefixes } from './details.js';
import { ukCodes } from './errors.js';
import { readInitiation } from './initiation.js';
import { asClient, asCustomer, consentData, dataOf, findPayment, ownConsent, paymentState, pisp, sameAs, signedBody } from './paying.js';
import { signedAnswer } from './signature.js';

/* Domestic payments (Open Banking Payment Initiation API v4.0): consent, funds, payment; bodies signed both ways. */

const clause = 'Open Banking Payment Initiation API v4.0';
const kind = 'domestic-payment';
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

async function confirmFunds(request: MarketRequest, ports: MarketPorts) {
  const consent = await ownConsent(ports, kind, request.params['ConsentId'] ?? '');
  const { instructedAmount } = readInitiation({ path: 'Data.Initiation', value: dataOf(consent)['Initiation'] as JsonObject });
  const available = await ports.payments.fundsAvailable(instructedAmount);
  return answerWith(request, { FundsAvailableResult: { FundsAvailableDateTime: writeMoment(request.now), FundsAvailable: available } });
}

async function pay(request: MarketRequest, ports: MarketPorts) {
  const body = objectAt(wholeBody(request.body, ukCodes), ukCodes, ['Data', 'Risk']);
  const data = objectAt(memberOf(body, 'Data'), ukCodes, ['ConsentId', 'Initiation']);
  const consent = await ownConsent(ports, kind, textAt(memberOf(data, 'ConsentId'), ukCodes, 128));
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

async function tellPayment(request: MarketRequest, ports: MarketPorts) {
  const { payment, consent } = await findPayment(ports, kind, { id: request.params['DomesticPaymentId'], path: 'DomesticPaymentId' });
  return answerWith(request, paymentData(payment, consent), { risk: consent.document['Risk'] });
}

const paymentData = (payment: MarketPayment, consent: LodgedConsent) => ({ DomesticPaymentId: payment.id, ...paymentState(payment, consent), Initiation: dataOf(consent)['Initiation'] });
