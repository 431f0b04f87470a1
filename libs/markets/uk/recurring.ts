import { unitsOf } from '@assent/authorization-details';
import type { LodgedConsent } from '@assent/protocol';
import { MarketRefusal } from '../src/refusal.js';
import type { RecurringPayments, RecurringPeriod } from '../src/recurring-payments.js';
import type { MarketPayment, MarketPaymentOrder, MarketPorts, MarketRequest, MarketRoute } from '../src/route.js';
import { answerWith, deleteConsent, findConsent, memberOf, objectAt, optionalMoment, optionalText, textAt, textsAt, wholeBody, writeMoment, wrong, type JsonObject, type Member } from '../src/read-write/index.js';
import { namePrefixes, recurringPayments } from './details.js';
import { ukCodes } from './errors.js';
import { accountOf, amountOf, debtorOf, judgeInstrument, referenceOf, remittanceOf } from './initiation.js';
import { asClient, asCustomer, consentData, dataOf, findPayment, ownConsent, paymentState, pisp, sameAs, signedBody } from './paying.js';
import { signedAnswer, signedRequest } from './signature.js';

/* Variable recurring payments (Open Banking Variable Recurring Payments API v4.0): one consent, many payments within its limits. */

const clause = 'Open Banking Variable Recurring Payments API v4.0';
const kind = 'domestic-vrp';
const consents = `${pisp}/domestic-vrp-consents`;
const { idempotencyKey: _, ...withoutKey } = signedBody;

export const recurringRoutes: readonly MarketRoute[] = [
  { method: 'POST', path: consents, says: 'Lodges a consent to recurring payments.', clause: `${clause}, Domestic VRP Consents`, access: asClient, body: signedBody, signed: signedAnswer, answer: lodge },
  { method: 'GET', path: `${consents}/:ConsentId`, says: 'Tells of it and its state.', clause: `${clause}, Domestic VRP Consents`, access: asClient, signed: signedAnswer, answer: tell },
  { method: 'DELETE', path: `${consents}/:ConsentId`, says: 'Ends it, and with it every token that stands on it.', clause: `${clause}, Domestic VRP Consents`, access: asClient, answer: end },
  { method: 'POST', path: `${consents}/:ConsentId/funds-confirmation`, says: 'Whether the account holds an amount.', clause: `${clause}, Domestic VRP Consents`, access: asCustomer, body: { ...withoutKey, detachedSignature: signedRequest }, signed: signedAnswer, answer: confirmFunds },
  { method: 'POST', path: `${pisp}/domestic-vrps`, says: 'Makes a payment within the limits consented to.', clause: `${clause}, Domestic VRPs`, access: asCustomer, body: signedBody, signed: signedAnswer, answer: pay },
  { method: 'GET', path: `${pisp}/domestic-vrps/:DomesticVRPId`, says: 'Tells of a payment.', clause: `${clause}, Domestic VRPs`, access: asClient, signed: signedAnswer, answer: tellPayment },
];

type JsonMember = Member & { readonly value: JsonObject };

async function lodge(request: MarketRequest, ports: MarketPorts) {
  const body = objectAt(wholeBody(request.body, ukCodes), ukCodes, ['Data', 'Risk']);
  const data = objectAt(memberOf(body, 'Data'), ukCodes, ['ReadRefundAccount', 'ControlParameters', 'Initiation']);
  objectAt(memberOf(body, 'Risk'), ukCodes);
  const { until, ...bounds } = readControlParameters(objectAt(memberOf(data, 'ControlParameters'), ukCodes, controlMembers), request.now);
  const detail = { type: recurringPayments.type, ...readInitiation(objectAt(memberOf(data, 'Initiation'), ukCodes, initiationMembers)), ...bounds };
  const lodged = await ports.consents.lodge({ kind, namePrefix: namePrefixes.recurring, details: [detail], document: body.value, expiresAt: until ?? null });
  if (lodged === 'exists') throw new MarketRefusal(409, ukCodes.exists, 'there is a consent of this name', 'ASSENT-RW-04');
  return answerWith(request, consentData(lodged), { status: 201, self: `${request.url}/${lodged.name}`, risk: lodged.document['Risk'] });
}

const initiationMembers = ['DebtorAccount', 'UltimateDebtor', 'CreditorAgent', 'CreditorAccount', 'CreditorPostalAddress', 'UltimateCreditor', 'RemittanceInformation', 'RegulatoryReporting'];

/** OBDomesticVRPInitiation, with the creditor named: who is paid, the customer must know. */
function readInitiation(initiation: JsonMember): Pick<RecurringPayments, 'creditorName' | 'creditorAccount' | 'debtorAccount' | 'remittanceInformation'> {
  const creditor = objectAt(memberOf(initiation, 'CreditorAccount'), ukCodes);
  const [debtor, remittance] = [memberOf(initiation, 'DebtorAccount'), remittanceOf(memberOf(initiation, 'RemittanceInformation'))];
  return {
    creditorName: textAt(memberOf(creditor, 'Name'), ukCodes, 140),
    creditorAccount: accountOf(creditor),
    ...(debtor.value !== undefined && { debtorAccount: debtorOf(objectAt(debtor, ukCodes)) }),
    ...(remittance !== undefined && { remittanceInformation: remittance }),
  };
}

const controlMembers = ['ValidFromDateTime', 'ValidToDateTime', 'MaximumIndividualAmount', 'PeriodicLimits', 'VRPType', 'PSUAuthenticationMethods', 'PSUInteractionTypes'];
const vrpTypes = ['UK.OBIE.VRPType.Sweeping', 'UK.OBIE.VRPType.Other'];
const methods = ['UK.OBIE.SCA', 'UK.OBIE.SCANotRequired'];
const interactions = ['OffSession', 'InSession'];

type Bounds = Pick<RecurringPayments, 'perPayment' | 'perPeriod' | 'period' | 'alignment' | 'startsOn' | 'endsOn'> & { readonly until: Date | undefined };

/** OBDomesticVRPControlParameters. */
function readControlParameters(control: JsonMember, now: Date): Bounds {
  const [from, until] = [optionalMoment(memberOf(control, 'ValidFromDateTime'), ukCodes), optionalMoment(memberOf(control, 'ValidToDateTime'), ukCodes)];
  // The time of day is disregarded in computing days.
  const day = (moment: Date): string => moment.toISOString().slice(0, 10);
  const startsOn = day(from && from > now ? from : now);
  if (until && (until <= now || day(until) < startsOn)) throw wrong(ukCodes.date, memberOf(control, 'ValidToDateTime'), 'must lie in the future, and not before ValidFromDateTime', 'ASSENT-RW-03');
  someOf(memberOf(control, 'VRPType'), vrpTypes);
  someOf(memberOf(control, 'PSUAuthenticationMethods'), methods);
  if (control.value['PSUInteractionTypes'] !== undefined) someOf(memberOf(control, 'PSUInteractionTypes'), interactions);
  const perPayment = amountOf(objectAt(memberOf(control, 'MaximumIndividualAmount'), ukCodes, ['Amount', 'Currency']));
  const limit = onlyLimit(memberOf(control, 'PeriodicLimits'));
  if (unitsOf(perPayment) > unitsOf(limit.perPeriod)) throw wrong(ukCodes.invalid, memberOf(control, 'MaximumIndividualAmount'), 'must not be above the periodic limit');
  return { perPayment, ...limit, startsOn, ...(until && { endsOn: day(until) }), until };
}

function someOf(member: Member, known: readonly string[]): void {
  if (textsAt(member, ukCodes).some((one) => !known.includes(one))) throw wrong(ukCodes.invalid, member, `must be some of ${known.join(', ')}`);
}

const periods: Readonly<Record<string, RecurringPeriod>> = { Day: 'day', Week: 'week', Month: 'month', Year: 'year' };

/** One limit of one period is kept here. */
function onlyLimit(member: Member): Pick<RecurringPayments, 'perPeriod' | 'period' | 'alignment'> {
  const { value, path } = member;
  if (value === undefined) throw wrong(ukCodes.missing, member, 'is missing');
  if (!Array.isArray(value) || value.length !== 1) throw wrong(ukCodes.invalid, member, 'must hold one limit');
  const limit = objectAt({ path: `${path}.0`, value: value[0] as unknown }, ukCodes, ['PeriodType', 'PeriodAlignment', 'Amount', 'Currency']);
  const [type, alignment] = [memberOf(limit, 'PeriodType'), memberOf(limit, 'PeriodAlignment')];
  const period = periods[textAt(type, ukCodes, 20)];
  if (!period) throw wrong(ukCodes.unsupportedFrequency, type, `must be ${Object.keys(periods).join(', ')}`, 'ASSENT-UK-10');
  const aligned = textAt(alignment, ukCodes, 20);
  if (aligned !== 'Consent' && aligned !== 'Calendar') throw wrong(ukCodes.invalid, alignment, 'must be Consent or Calendar');
  return { perPeriod: amountOf(limit), period, alignment: aligned === 'Consent' ? 'consent' : 'calendar' };
}

async function tell(request: MarketRequest, ports: MarketPorts) {
  const consent = await findConsent(ports.consents, request.params['ConsentId'] ?? '', kind, { codes: ukCodes });
  return answerWith(request, consentData(consent), { risk: consent.document['Risk'] });
}

async function end({ params }: MarketRequest, ports: MarketPorts) {
  await deleteConsent(ports.consents, params['ConsentId'] ?? '', kind, { codes: ukCodes });
  return { status: 204 };
}

async function confirmFunds(request: MarketRequest, ports: MarketPorts) {
  const body = objectAt(wholeBody(request.body, ukCodes), ukCodes, ['Data']);
  const data = objectAt(memberOf(body, 'Data'), ukCodes, ['ConsentId', 'Reference', 'InstructedAmount']);
  const name = textAt(memberOf(data, 'ConsentId'), ukCodes, 128);
  if (name !== request.params['ConsentId']) throw wrong(ukCodes.invalid, memberOf(data, 'ConsentId'), 'must be that of the address');
  const consent = await ownConsent(ports, kind, name);
  const amount = amountOf(objectAt(memberOf(data, 'InstructedAmount'), ukCodes, ['Amount', 'Currency']));
  const reference = optionalText(memberOf(data, 'Reference'), ukCodes, 35);
  const available = await ports.payments.fundsAvailable(amount);
  const [at, result] = [writeMoment(request.now), available ? 'Available' : 'NotAvailable'];
  return answerWith(request, {
    FundsConfirmationId: request.interactionId,
    ConsentId: consent.name,
    CreationDateTime: at,
    ...(reference !== undefined && { Reference: reference }),
    FundsAvailableResult: { FundsAvailableDateTime: at, FundsAvailable: result },
    InstructedAmount: data.value['InstructedAmount'],
  }, { status: 201 }); // prettier-ignore
}

const paymentMembers = ['ConsentId', 'PSUAuthenticationMethod', 'PSUInteractionType', 'VRPType', 'Initiation', 'Instruction'];
const instructionMembers = ['InstructionIdentification', 'EndToEndIdentification', 'RemittanceInformation', 'LocalInstrument', 'InstructedAmount', 'CreditorAgent', 'CreditorAccount', 'CreditorPostalAddress', 'UltimateCreditor'];

async function pay(request: MarketRequest, ports: MarketPorts) {
  const body = objectAt(wholeBody(request.body, ukCodes), ukCodes, ['Data', 'Risk']);
  const data = objectAt(memberOf(body, 'Data'), ukCodes, paymentMembers);
  const consent = await ownConsent(ports, kind, textAt(memberOf(data, 'ConsentId'), ukCodes, 128));
  const consented = dataOf(consent);
  sameAs(objectAt(memberOf(data, 'Initiation'), ukCodes), consented['Initiation']);
  sameAs(objectAt(memberOf(body, 'Risk'), ukCodes), consent.document['Risk']);
  const control = consented['ControlParameters'] as JsonObject;
  amongConsented(memberOf(data, 'VRPType'), control['VRPType']);
  amongConsented(memberOf(data, 'PSUAuthenticationMethod'), control['PSUAuthenticationMethods']);
  amongConsented({ path: 'Data.PSUInteractionType', value: data.value['PSUInteractionType'] ?? 'OffSession' }, control['PSUInteractionTypes'] ?? ['OffSession']);
  const instruction = objectAt(memberOf(data, 'Instruction'), ukCodes, instructionMembers);
  const payment = await within(ports, orderOf(instruction, consent, request.now));
  return answerWith(request, paymentData(payment, consent, instruction.value), { status: 201, self: `${request.url}/${payment.id}`, risk: body.value['Risk'] });
}

function amongConsented(member: Member, consented: unknown): void {
  if (!(consented as readonly unknown[]).includes(textAt(member, ukCodes, 40))) throw wrong(ukCodes.controlParameters, member, 'is not among what was consented', 'ASSENT-UK-11');
}

/** The instruction as far as it may differ from payment to payment. */
function orderOf(instruction: JsonMember, { details: [detail], document }: LodgedConsent, now: Date): MarketPaymentOrder {
  const approved = detail && recurringPayments.payment?.(detail);
  if (!approved) throw new MarketRefusal(400, ukCodes.consentStatus, 'the consent holds no payment', 'ASSENT-RW-05', { path: 'Data.ConsentId' });
  textAt(memberOf(instruction, 'InstructionIdentification'), ukCodes, 35);
  judgeInstrument(instruction);
  const initiation = (document['Data'] as JsonObject)['Initiation'] as JsonObject;
  sameAs(objectAt(memberOf(instruction, 'CreditorAccount'), ukCodes), initiation['CreditorAccount']);
  const remittance = memberOf(instruction, 'RemittanceInformation');
  if (initiation['RemittanceInformation'] !== undefined) sameAs(remittance, initiation['RemittanceInformation']);
  const text = remittanceOf(remittance);
  const amount = amountOf(objectAt(memberOf(instruction, 'InstructedAmount'), ukCodes, ['Amount', 'Currency']));
  if (unitsOf(amount) > unitsOf(approved.amount)) throw beyond('MaximumIndividualAmount');
  if (!recurringPayments.limits?.(detail, { now })) throw beyond('ValidFromDateTime');
  return { ...approved, amount, endToEndId: referenceOf(memberOf(instruction, 'EndToEndIdentification')), ...(text !== undefined && { remittance: text }) };
}

/** Payments, or U014 with the limit that stands in the way (Domestic VRPs, POST). */
async function within({ payments }: MarketPorts, order: MarketPaymentOrder): Promise<MarketPayment> {
  try {
    return await payments.pay(order);
  } catch (error) {
    if (error instanceof MarketRefusal && error.code === 'insufficient_scope') throw beyond('PeriodicLimits');
    throw error;
  }
}

const beyond = (name: string): MarketRefusal => new MarketRefusal(400, ukCodes.controlParameters, `the payment is beyond ${name} of the consent`, 'ASSENT-UK-11', { path: `Data.ControlParameters.${name}` });

async function tellPayment(request: MarketRequest, ports: MarketPorts) {
  const { payment, consent } = await findPayment(ports, kind, { id: request.params['DomesticVRPId'], path: 'DomesticVRPId' });
  const { amount, endToEndId, remittance } = payment;
  const instruction = {
    EndToEndIdentification: endToEndId,
    InstructedAmount: { Amount: amount.amount, Currency: amount.currency },
    CreditorAccount: (dataOf(consent)['Initiation'] as JsonObject)['CreditorAccount'],
    ...(remittance !== undefined && { RemittanceInformation: { Unstructured: [remittance] } }),
  };
  return answerWith(request, paymentData(payment, consent, instruction), { risk: consent.document['Risk'] });
}

const paymentData = (payment: MarketPayment, consent: LodgedConsent, instruction: JsonObject) => ({ DomesticVRPId: payment.id, ...paymentState(payment, consent), Initiation: dataOf(consent)['Initiation'], Instruction: instruction });
