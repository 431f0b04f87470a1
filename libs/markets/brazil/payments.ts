import { plusSeconds, type LodgedConsent } from '@assent/protocol';
import { MarketRefusal } from '../src/refusal.js';
import type { BodyRules, JwtFacts, MarketAnswer, MarketPayment, MarketPorts, MarketRequest, MarketRoute } from '../src/route.js';
import { consentPrefix, statusOf } from './names.js';
import { paymentType } from './vocabulary.js';
import { answerOf, documentOf, Fields, instant, isCnpj, isCpf, isDay } from './wire.js';

const clause = 'Open Finance Brasil payments API v4';
const consentsPath = '/open-banking/payments/v4/consents';
const paymentsPath = '/open-banking/payments/v4/pix/payments';
const kind = 'payment';
const minutes = 60;
/** The customer has five minutes to say yes, the initiator an hour from then on to pay. */
const toAuthorise = 5 * minutes;
const toPay = 60 * minutes;

const body: BodyRules = {
  as: 'jwt',
  verifyJwt,
  malformed: { status: 400, code: 'PARAMETRO_INVALIDO' },
  badSignature: { status: 400, code: 'BAD_SIGNATURE' },
  replay: { seconds: 24 * 60 * minutes, status: 403, code: 'NAO_AUTORIZADO' },
  idempotencyKey: { header: 'x-idempotency-key', demand: 'required', maxLength: 40, missing: { status: 400, code: 'PARAMETRO_NAO_INFORMADO' }, reused: { status: 422, code: 'ERRO_IDEMPOTENCIA' } },
};
/** An answer says who it is from and for, when it was made, and its number (security profile 6.1). */
const signed: MarketRoute['signed'] = {
  as: 'jwt',
  typ: 'JWT',
  errors: true,
  claims: ({ issuer, clientId, organisationId = clientId, id, now }) => ({ iss: issuer, aud: organisationId, jti: id, iat: Math.floor(now.getTime() / 1000) }),
};

/** Consents to one Pix payment, and the payment: every body a JWS, asked and answered. */
export const paymentRoutes: readonly MarketRoute[] = [
  { method: 'POST', path: consentsPath, says: 'Lodges a consent to a payment.', clause, access: { as: 'client', scope: 'payments' }, body, signed, answer: lodge },
  { method: 'GET', path: `${consentsPath}/:consentId`, says: 'Tells of a consent to a payment.', clause, access: { as: 'client', scope: 'payments' }, signed, answer: tell },
  { method: 'POST', path: paymentsPath, says: 'Makes the payment that was approved.', clause, access: { as: 'customer', scope: 'payments' }, body, signed, answer: pay },
  { method: 'GET', path: `${paymentsPath}/:paymentId`, says: 'Tells of a payment.', clause, access: { as: 'either', scope: 'payments' }, signed, answer: tellPayment },
];

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const mostSeconds = 60;

/** What a signed body says of itself (security profile 6.1): whose it is, whom it is for, when it was made, and its number. */
export function verifyJwt({ header, claims }: { readonly header: Readonly<Record<string, unknown>>; readonly claims: Readonly<Record<string, unknown>> }, { clientId, organisationId = clientId, url, now }: JwtFacts): string | undefined {
  const { iss, aud, jti, iat } = claims;
  if (header['typ'] !== 'JWT') return 'typ must be JWT';
  if (header['alg'] !== 'PS256') return 'alg must be PS256';
  if (iss !== organisationId) return 'iss must be the organisation of the client';
  if (![aud].flat().includes(url)) return 'aud must be the URL that is called';
  if (typeof jti !== 'string' || !uuid.test(jti)) return 'jti must be a UUID';
  if (typeof iat !== 'number' || Math.abs(iat - now.getTime() / 1000) > mostSeconds) return `iat must be at most ${mostSeconds} seconds away from now`;
  return undefined;
}

async function lodge(request: MarketRequest, { consents }: MarketPorts): Promise<MarketAnswer> {
  const { body: claims = {}, now, url } = request;
  const data = new Fields(claims, 422).object('data');
  const cpf = documentOf(data.object('loggedUser'), 'CPF');
  const company = data.optional('businessEntity');
  const cnpj = company && documentOf(company, 'CNPJ');
  const creditor = data.object('creditor');
  const payment = data.object('payment');
  const lodged = await consents.lodge({
    kind,
    namePrefix: consentPrefix(request),
    details: [detailOf(creditor, payment, data.optional('debtorAccount'), now)],
    document: { data: claims['data'] },
    expiresAt: plusSeconds(now, toAuthorise + toPay),
    authoriseBy: plusSeconds(now, toAuthorise),
    customerClaims: { cpf, ...(cnpj !== undefined && { cnpj }) },
    once: true,
  });
  if (lodged === 'exists') throw new MarketRefusal(409, 'CONFLITO', 'there is a consent of this name', 'ASSENT-BR-14');
  return answerOf(request, told(lodged, now), { status: 201, self: `${url}/${lodged.name}` });
}

const amount = /^(?!0+\.00$)\d{1,13}\.\d{2}$/;

function detailOf(creditor: Fields, payment: Fields, debtor: Fields | undefined, now: Date) {
  const person = creditor.text('personType', /^PESSOA_(NATURAL|JURIDICA)$/, 'PESSOA_NATURAL or PESSOA_JURIDICA');
  const number = creditor.text('cpfCnpj', /./, 'a CPF or CNPJ number');
  if (!(person === 'PESSOA_NATURAL' ? isCpf : isCnpj)(number)) throw creditor.wrong('cpfCnpj', 'a CPF (of a person) or CNPJ (of a company) with correct check digits');
  if (payment.text('type', /./, 'PIX') !== 'PIX') throw new MarketRefusal(422, 'FORMA_PAGAMENTO_INVALIDA', 'data.payment.type must be PIX', 'ASSENT-BR-30', { path: 'data.payment.type' });
  if (payment.has('schedule')) throw new MarketRefusal(422, 'DATA_PAGAMENTO_INVALIDA', 'payments are made today: data.payment.schedule is not taken', 'ASSENT-BR-31', { path: 'data.payment.schedule' });
  const day = payment.text('date', /./, 'a day such as 2027-05-31');
  if (!isDay(day) || day !== brasilia(now)) throw new MarketRefusal(422, 'DATA_PAGAMENTO_INVALIDA', 'data.payment.date must be today (Brasilia)', 'ASSENT-BR-31', { path: 'data.payment.date' });
  const details = payment.object('details');
  const way = details.text('localInstrument', /^(MANU|DICT|INIC|QRES|QRDN)$/, 'MANU, DICT, INIC, QRES or QRDN');
  refuseMismatch(way, details);
  return {
    type: paymentType,
    instructedAmount: { currency: payment.text('currency', /^BRL$/, 'BRL'), amount: payment.text('amount', amount, 'an amount such as 100.00').replace(/^0+(?=\d)/, '') },
    creditorName: creditor.text('name', /^[^\p{Cc}]{1,120}$/u, 'text of at most 120 characters').trim(),
    creditorAccount: { scheme: 'PIX', identification: accountOf(details.object('creditorAccount')) },
    ...(debtor && { debtorAccount: { number: debtor.text('number', /^\d{3,20}$/, '3 to 20 digits') } }),
  };
}

/** Which of proxy and QR code go with which way of naming the creditor (payments API v4). */
function refuseMismatch(way: string, details: Fields): void {
  const [proxy, code] = [details.has('proxy'), details.has('qrCode')];
  const expected = { MANU: [false, false], DICT: [true, false], INIC: [true, false], QRES: [true, true], QRDN: [true, true] }[way];
  if (proxy === expected?.[0] && code === expected[1]) return;
  throw new MarketRefusal(422, 'DETALHE_PAGAMENTO_INVALIDO', `data.payment.details: with ${way}, proxy ${expected?.[0] ? 'is needed' : 'is not taken'} and qrCode ${expected?.[1] ? 'is needed' : 'is not taken'}`, 'ASSENT-BR-32', { path: 'data.payment.details' });
}

/** Bank, branch and number: what tells a creditor's account from all others. */
function accountOf(account: Fields): string {
  const ispb = account.text('ispb', /^[0-9A-Z]{8}$/, 'eight digits');
  const type = account.text('accountType', /^(CACC|SVGS|SLRY|TRAN)$/, 'CACC, SVGS, SLRY or TRAN');
  // Payment accounts have no branch.
  const branch = type === 'TRAN' ? account.optionalText('issuer', /^\d{1,4}$/, 'at most four digits') : account.text('issuer', /^\d{1,4}$/, 'at most four digits');
  const number = account.text('number', /^\d{3,20}$/, '3 to 20 digits');
  return [ispb, ...(branch === undefined ? [] : [branch]), number].join('/');
}

/** Brasilia has had no summer time since 2019. */
const brasilia = (now: Date): string => instant(plusSeconds(now, -3 * 60 * minutes)).slice(0, 10);

async function tell(request: MarketRequest, { consents }: MarketPorts): Promise<MarketAnswer> {
  const consent = await consents.find(request.params['consentId'] ?? '');
  if (consent?.kind !== kind) throw new MarketRefusal(404, 'NAO_ENCONTRADO', 'this client has no such consent', 'ASSENT-BR-17');
  return answerOf(request, told(consent, request.now));
}

function told(consent: LodgedConsent, now: Date) {
  const { status, rejection } = statusOf(consent, now);
  const end = status === 'AWAITING_AUTHORISATION' ? consent.authoriseBy : consent.expiresAt;
  const { loggedUser, businessEntity, creditor, payment, debtorAccount } = consent.document['data'] as Readonly<Record<string, unknown>>;
  return {
    consentId: consent.name,
    creationDateTime: instant(consent.createdAt),
    ...(end && { expirationDateTime: instant(end) }),
    statusUpdateDateTime: instant(consent.updatedAt),
    status,
    loggedUser,
    ...(businessEntity !== undefined && { businessEntity }),
    creditor,
    payment,
    ...(debtorAccount !== undefined && { debtorAccount }),
    ...(rejection && { rejectionReason: { code: rejectionOf(rejection.reason), detail: `${rejection.rejectedBy}: ${rejection.reason}` } }),
  };
}

/** Payments have words of their own for why a consent ended. */
const rejectionOf = (reason: string): string => (reason === 'CONSENT_EXPIRED' ? 'TEMPO_EXPIRADO_AUTORIZACAO' : reason === 'CONSENT_MAX_DATE_REACHED' ? 'TEMPO_EXPIRADO_CONSUMO' : reason.startsWith('CUSTOMER_') ? 'REJEITADO_USUARIO' : 'NAO_INFORMADO');

/** `E`, the initiator's ISPB, the minute, and eleven characters. */
const endToEnd = /^E\d{8}\d{12}[A-Za-z0-9]{11}$/;

async function pay(request: MarketRequest, { consents, payments }: MarketPorts): Promise<MarketAnswer> {
  const { body: claims = {}, url } = request;
  const consent = await consents.own();
  if (consent?.kind !== kind) throw new MarketRefusal(422, 'CONSENTIMENTO_INVALIDO', 'the token stands on no consent to a payment', 'ASSENT-BR-33');
  const [one, ...more] = new Fields(claims, 422).list('data');
  if (one === undefined || more.length > 0) throw new MarketRefusal(422, 'PAGAMENTO_DIVERGENTE_CONSENTIMENTO', 'data must hold the one payment that was approved', 'ASSENT-BR-34', { path: 'data' });
  const endToEndId = one.text('endToEndId', endToEnd, 'E, eight digits, the minute and eleven characters');
  const cnpjInitiator = one.text('cnpjInitiator', /^[0-9A-Z]{12}\d{2}$/, 'a CNPJ number');
  refuseDivergence(one, approvedOf(consent));
  const sum = one.object('payment');
  const remittance = one.optionalText('remittanceInformation', /^[^\p{Cc}]{1,140}$/u, 'one line of at most 140 characters');
  const detail = consent.details.find(({ type }) => type === paymentType) as { readonly creditorName: string } | undefined;
  const made = await payments
    .pay({
      amount: { currency: sum.text('currency', /^[A-Z]{3}$/, 'BRL'), amount: sum.text('amount', amount, 'an amount such as 100.00').replace(/^0+(?=\d)/, '') },
      creditorName: detail?.creditorName ?? '',
      creditorAccount: { scheme: 'PIX', identification: accountOf(one.object('creditorAccount')) },
      endToEndId,
      ...(remittance !== undefined && { remittance }),
    })
    .catch(asMarketSays);
  return answerOf(request, [{ ...paymentOf(made, consent), cnpjInitiator }], { status: 201, self: `${url}/${made.id}` });
}

/** How the customer approved that the creditor is told: by hand, by key or by code. */
interface Approved {
  readonly localInstrument: string;
  readonly proxy?: string;
  readonly qrCode?: string;
  readonly creditorAccount: unknown;
}
const approvedOf = ({ document }: LodgedConsent): Approved => (document['data'] as { readonly payment: { readonly details: Approved } }).payment.details;

/** The rest is measured by the payment's detail. */
function refuseDivergence(one: Fields, { localInstrument, proxy, qrCode }: Approved): void {
  if (one.text('localInstrument', /^(MANU|DICT|INIC|QRES|QRDN)$/, 'MANU, DICT, INIC, QRES or QRDN') !== localInstrument) throw diverging('localInstrument');
  for (const [name, said] of Object.entries({ proxy, qrCode })) if (one.optionalText(name, /[\s\S]/, 'text') !== said) throw diverging(name);
}

const diverging = (name: string) => new MarketRefusal(422, 'PAGAMENTO_DIVERGENTE_CONSENTIMENTO', `${name} is not as it was approved`, 'ASSENT-BR-34', { path: `data[0].${name}` });

/** The desk's refusals in the words of the payments API. */
function asMarketSays(refusal: unknown): never {
  if (!(refusal instanceof MarketRefusal)) throw refusal;
  const { status, description, rule, more } = refusal;
  if (status === 401) throw refusal;
  const code = status === 403 ? 'PAGAMENTO_DIVERGENTE_CONSENTIMENTO' : 'CONSENTIMENTO_INVALIDO';
  throw new MarketRefusal(422, code, description, rule, more);
}

async function tellPayment(request: MarketRequest, { consents, payments }: MarketPorts): Promise<MarketAnswer> {
  const made = await payments.find(request.params['paymentId'] ?? '');
  const consent = made && (await consents.find(made.grantId));
  if (!made || !consent) throw new MarketRefusal(404, 'NAO_ENCONTRADO', 'this client has no such payment', 'ASSENT-BR-35');
  return answerOf(request, paymentOf(made, consent));
}

const rejections: Readonly<Record<string, string>> = { insufficient_funds: 'SALDO_INSUFICIENTE', other_currency: 'VALOR_INVALIDO', account_unavailable: 'PAGAMENTO_RECUSADO_DETENTORA' };

function paymentOf({ id, status, rejection, amount: sum, createdAt, remittance, endToEndId }: MarketPayment, consent: LodgedConsent) {
  const { localInstrument, proxy, qrCode, creditorAccount } = approvedOf(consent);
  return {
    paymentId: id,
    ...(endToEndId !== undefined && { endToEndId }),
    consentId: consent.name,
    creationDateTime: instant(createdAt),
    statusUpdateDateTime: instant(createdAt),
    status: status === 'booked' ? 'ACSC' : 'RJCT',
    ...(rejection !== undefined && { rejectionReason: { code: rejections[rejection] ?? 'NAO_INFORMADO', detail: `the bank did not book it: ${rejection}` } }),
    localInstrument,
    ...(proxy !== undefined && { proxy }),
    ...(qrCode !== undefined && { qrCode }),
    payment: { amount: sum.amount, currency: sum.currency },
    ...(remittance !== undefined && { remittanceInformation: remittance }),
    creditorAccount,
  };
}
