import { canonical } from '@assent/authorization-details';
import type { LodgedConsent } from '@assent/protocol';
import { MarketRefusal } from '../src/refusal.js';
import type { BodyRules, JwtFacts, MarketAnswer, MarketPayment, MarketPorts, MarketRequest, MarketRoute } from '../src/route.js';
import { serviceInitiation, serviceInitiationType, type ServiceInitiation } from './details/service-initiation.js';
import { version } from './version.js';

const base = `/open-finance/payment/${version}`;
const clause = 'UAE Open Finance v2.1, payment API';

const signedBody: BodyRules = {
  as: 'jwt',
  verifyJwt,
  malformed: { status: 400, code: 'JWS.Malformed' },
  badSignature: { status: 400, code: 'JWS.InvalidSignature' },
  idempotencyKey: { header: 'x-idempotency-key', demand: 'required', maxLength: 40, blanks: 'refused', per: 'grant', missing: { status: 400, code: 'Resource.InvalidFormat' }, reused: { status: 409, code: 'Payment.IdempotencyConflict' } },
};

export const paymentRoutes: readonly MarketRoute[] = [
  { method: 'POST', path: `${base}/payments`, says: 'Makes the payment of the consent, once.', clause, access: { as: 'customer', scope: 'payments' }, body: signedBody, signed: { as: 'jwt' }, answer: pay },
  { method: 'GET', path: `${base}/payments/:PaymentId`, says: 'Tells what became of a payment.', clause, access: { as: 'either', scope: 'payments' }, signed: { as: 'jwt' }, answer: show },
];

const longestLife = 300;

/** Signed by the third party for this bank, at most five minutes ago. */
function verifyJwt({ header, claims }: Parameters<NonNullable<BodyRules['verifyJwt']>>[0], { clientId, issuer, now }: JwtFacts): string | undefined {
  if (header['alg'] !== 'PS256') return 'alg must be PS256';
  if (claims['iss'] !== clientId) return 'iss must be the client_id';
  const audience = claims['aud'];
  if (audience !== undefined && !(Array.isArray(audience) ? audience : [audience]).includes(issuer)) return 'aud must be the issuer identifier';
  const [iat, exp] = [claims['iat'], claims['exp']];
  if (typeof iat !== 'number' || typeof exp !== 'number') return 'iat and exp are required';
  const present = now.getTime() / 1000;
  if (exp <= present) return 'it has expired';
  return exp - iat > longestLife || iat > present + 60 ? 'exp must lie at most five minutes after iat, and iat not ahead' : undefined;
}

async function pay(request: MarketRequest, { consents, payments }: MarketPorts): Promise<MarketAnswer> {
  const data = member(request.body ?? {}, 'Data', member(request.body ?? {}, 'message')) ?? {};
  const consent = await consents.own();
  const detail = request.access.details.find(({ type }) => type === serviceInitiationType) as ServiceInitiation | undefined;
  if (!consent || !detail) throw new MarketRefusal(403, 'AccessToken.InvalidScope', 'the token is of no payment consent', 'UAE-PAY-01');
  verifySame(data, detail);
  const order = serviceInitiation.payment?.(detail);
  if (!order) throw new Error('a payment consent without a payment');
  return { status: 201, body: told(request, await payments.pay(order), consent) };
}

/** Everything the customer approved, as it was approved (UAE Open Finance v2.1, payment-vs-consent matching). */
function verifySame(data: Readonly<Record<string, unknown>>, { consent }: ServiceInitiation): void {
  const approved: Readonly<Record<string, unknown>> = {
    ConsentId: consent.ConsentId,
    Instruction: { Amount: consent.ControlParameters.ConsentSchedule.SinglePayment.Amount },
    PaymentPurposeCode: consent.PaymentPurposeCode,
    DebtorReference: consent.DebtorReference,
    CreditorReference: consent.CreditorReference,
    ...(consent.OpenFinanceBilling && { OpenFinanceBilling: consent.OpenFinanceBilling }),
  };
  for (const [name, value] of Object.entries(approved)) {
    if (canonical(data[name] ?? null) !== canonical(value ?? null)) throw new MarketRefusal(400, 'Consent.BusinessRuleViolation', `Data.${name} is not what the customer approved`, 'UAE-PAY-02', { path: `Data.${name}` });
  }
  const payee = member(data, 'PersonalIdentifiableInformation');
  // Sealed, the bank would have to open it again; what is paid is the creditor of the consent in every case.
  if (payee !== undefined && !isSamePayee(payee, consent)) throw new MarketRefusal(400, 'Consent.BusinessRuleViolation', 'Data.PersonalIdentifiableInformation names another creditor than the customer approved', 'UAE-PAY-03', { path: 'Data.PersonalIdentifiableInformation' });
}

/** In a payment the one creditor stands by itself, in a consent in a list. */
function isSamePayee(information: Readonly<Record<string, unknown>>, { PersonalIdentifiableInformation: approved }: ServiceInitiation['consent']): boolean {
  const initiation = member(information, 'Initiation') ?? {};
  const [creditor] = approved.Initiation.Creditor;
  const named = { ...(initiation['Creditor'] !== undefined && { Creditor: initiation['Creditor'] }), CreditorAccount: initiation['CreditorAccount'] };
  return canonical(named) === canonical(creditor);
}

function member(object: Readonly<Record<string, unknown>>, name: string, otherwise?: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  const value = object[name] ?? otherwise?.[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}

async function show(request: MarketRequest, { consents, payments }: MarketPorts): Promise<MarketAnswer> {
  const payment = await payments.find(request.params['PaymentId'] ?? '');
  if (!payment) throw new MarketRefusal(404, 'Resource.NotFound', 'there is no such payment', 'UAE-PAY-04', { path: 'PaymentId' });
  return { status: 200, body: told(request, payment, await consents.own()) };
}

function told({ url, route }: MarketRequest, payment: MarketPayment, consent: LodgedConsent | undefined) {
  const { id, status, rejection, amount, createdAt } = payment;
  const { PaymentPurposeCode: purpose, DebtorReference: debtor, CreditorReference: creditor, OpenFinanceBilling: billing } = consent?.document ?? {};
  return {
    Data: {
      PaymentId: id,
      ...(consent && { ConsentId: consent.name }),
      Status: status === 'booked' ? 'AcceptedSettlementCompleted' : 'Rejected',
      StatusUpdateDateTime: createdAt.toISOString(),
      CreationDateTime: createdAt.toISOString(),
      Instruction: { Amount: { Amount: amount.amount, Currency: amount.currency } },
      ...(purpose !== undefined && { PaymentPurposeCode: purpose }),
      ...(debtor !== undefined && { DebtorReference: debtor }),
      ...(creditor !== undefined && { CreditorReference: creditor }),
      ...(billing !== undefined && { OpenFinanceBilling: billing }),
      ...(rejection !== undefined && { RejectReasonCode: [{ Code: rejection, Message: 'The bank did not make the payment.' }] }),
    },
    Links: { Self: route.method === 'POST' ? `${url}/${id}` : url },
    Meta: {},
  };
}
