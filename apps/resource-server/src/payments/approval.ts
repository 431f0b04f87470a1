import { insufficientScope, type AccountName, type AuthorizationDetail, type OAuthError, type PaymentApproval, type PaymentOrder } from '@assent/protocol';
import { allows } from '../access/details.js';
import { isDay } from '../bank/page.js';
import { isAtMost, isSameAmount, units } from './decimal.js';
import { compactIban, isSameIban } from './iban.js';
import { isObject } from './json-body.js';
import { periodOf } from './period.js';

/*
 * Whether an order is what the customer approved (RFC 9396 section 9, RR-13). A single payment is the approved one to
 * the letter, but for spaces in account numbers and zeros at the end of amounts. A recurring one goes to the approved
 * creditor within its limits; where the approval fixes no reference, each payment may have its own.
 */

const paymentTypes: readonly string[] = ['payment_initiation', 'recurring_payment'];

export const isPayment = ({ type }: AuthorizationDetail): boolean => paymentTypes.includes(type);

/** The details an order may be made under, single payments first; or `insufficient_scope`, which says what stands in the way. */
export function approvalsFor(order: PaymentOrder, details: readonly AuthorizationDetail[], now: Date): readonly PaymentApproval[] | OAuthError {
  const named = details.filter((each) => isPayment(each) && allows(each, 'initiate') && typeof each['identifier'] === 'string');
  if (named.length === 0) return insufficientScope('needed: a payment_initiation (with the action initiate) or recurring_payment detail in the access token', 'RR-13');
  const meant = named.filter(({ identifier }) => order.identifier === undefined || identifier === order.identifier);
  if (meant.length === 0) return insufficientScope('the access token holds no approved payment with this identifier', 'RR-13');
  const judged = meant.map((detail) => ({ detail, faults: detail.type === 'payment_initiation' ? singleFaults(order, detail) : recurringFaults(order, detail, now) }));
  const fitting = judged.filter(({ faults }) => faults.length === 0).map(({ detail }) => approvalOf(detail, order, now));
  if (fitting.length === 0) return unlike(judged.map(({ faults }) => faults));
  return fitting.sort((a, b) => paymentTypes.indexOf(a.type) - paymentTypes.indexOf(b.type));
}

/** Tells of the approval that came closest. */
function unlike(judged: readonly (readonly string[])[]): OAuthError {
  const closest = [...judged].sort((a, b) => a.length - b.length)[0] ?? [];
  return insufficientScope(`this is not what the customer approved: ${closest.join(', ')}`, 'RR-13');
}

function singleFaults(order: PaymentOrder, detail: AuthorizationDetail): readonly string[] {
  const { instructedAmount, endToEndIdentification } = detail;
  const amount = isObject(instructedAmount) ? instructedAmount : {};
  return [
    ...fault(isSameAmount(order.amount.amount, amount['amount']) && order.amount.currency === amount['currency'], 'another instructedAmount'),
    ...creditorFaults(order, detail),
    ...fault(order.remittance === detail['remittanceInformationUnstructured'], 'another remittanceInformationUnstructured'),
    ...fault(order.endToEndId === endToEndIdentification, 'another endToEndIdentification'),
  ];
}

function recurringFaults(order: PaymentOrder, detail: AuthorizationDetail, now: Date): readonly string[] {
  const { remittanceInformationUnstructured: reference, startsOn, endsOn } = detail;
  const { perPayment, perPeriod, period, count } = limitsOf(detail);
  const today = now.toISOString().slice(0, 10);
  return [
    ...creditorFaults(order, detail),
    ...fault(reference === undefined || order.remittance === reference, 'another remittanceInformationUnstructured'),
    ...fault(order.amount.currency === perPayment['currency'] && order.amount.currency === perPeriod['currency'], 'another currency'),
    ...fault(isAtMost(order.amount.amount, perPayment['amount']), 'more than limits.perPayment'),
    ...fault(periodOf(period, now) !== undefined && units(perPeriod['amount']) !== undefined && isCount(count), 'limits nobody can read'),
    ...fault(startsOn === undefined || (isDay(startsOn) && startsOn <= today), 'before startsOn'),
    ...fault(endsOn === undefined || (isDay(endsOn) && endsOn >= today), 'after endsOn'),
  ];
}

const isCount = (count: unknown): boolean => count === undefined || (typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= 1_000_000);

const creditorFaults = (order: PaymentOrder, { creditorName, creditorAccount }: AuthorizationDetail): readonly string[] => [
  ...fault(order.creditorName === creditorName, 'another creditorName'),
  ...fault(isObject(creditorAccount) && 'iban' in order.creditorAccount && isSameIban(order.creditorAccount.iban, creditorAccount['iban']), 'another creditorAccount'),
];

const fault = (good: boolean, text: string): readonly string[] => (good ? [] : [text]);

function limitsOf({ limits }: AuthorizationDetail) {
  const { perPayment, perPeriod, period, paymentsPerPeriod: count } = isObject(limits) ? limits : {};
  return { perPayment: isObject(perPayment) ? perPayment : {}, perPeriod: isObject(perPeriod) ? perPeriod : {}, period, count };
}

function approvalOf(detail: AuthorizationDetail, order: PaymentOrder, now: Date): PaymentApproval {
  const { perPeriod, period, count } = limitsOf(detail);
  const common = { type: detail.type, identifier: detail['identifier'] as string, ...debtorOf(detail) };
  if (detail.type === 'payment_initiation') return { ...common, most: { times: 1, total: order.amount.amount } };
  return { ...common, most: { ...(count !== undefined && { times: count as number }), total: perPeriod['amount'] as string, ...periodOf(period, now) } };
}

function debtorOf({ debtorAccount }: AuthorizationDetail): { readonly debtor?: AccountName } {
  if (!isObject(debtorAccount)) return {};
  const { accountId, iban } = debtorAccount;
  return { debtor: { ...(typeof accountId === 'string' && { accountId }), ...(typeof iban === 'string' && { iban: compactIban(iban) }) } };
}
