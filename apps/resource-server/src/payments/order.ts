import { sha256, unprocessableContent, type AccountName, type Money, type PaymentOrder } from '@assent/protocol';
import { units } from './decimal.js';
import { compactIban, isIban } from './iban.js';
import { isObject, type JsonObject } from './json-body.js';

/*
 * The body of POST /payments: the members of the approved detail (RFC 9396), as far as they say what is paid. Nothing
 * is passed over: a member that is unknown, missing or malformed is named, with what was expected.
 */

const members = ['instructedAmount', 'creditorName', 'creditorAccount', 'remittanceInformationUnstructured', 'endToEndIdentification', 'debtorAccount', 'identifier'];

/** `invalid_request` 422 when the object is no order of payment. */
export function readOrder(body: JsonObject): PaymentOrder {
  only(body, members, '');
  const { instructedAmount, creditorName, creditorAccount, remittanceInformationUnstructured, endToEndIdentification, debtorAccount, identifier } = body;
  return {
    amount: readAmount(instructedAmount),
    creditorName: readText(creditorName, 'creditorName', 140),
    creditorAccount: { iban: readIban(part(creditorAccount, 'creditorAccount', ['iban'])['iban'], 'creditorAccount.iban') },
    ...given('remittance', remittanceInformationUnstructured, (text) => readText(text, 'remittanceInformationUnstructured', 140)),
    ...given('endToEndId', endToEndIdentification, (text) => readText(text, 'endToEndIdentification', 35)),
    ...given('debtor', debtorAccount, readDebtor),
    ...given('identifier', identifier, (text) => readText(text, 'identifier', 255)),
  };
}

/** The same for every way to write the same order: what an Idempotency-Key stands for. */
export function fingerprint({ amount, creditorName, creditorAccount: to, remittance, endToEndId, debtor, identifier }: PaymentOrder): Buffer {
  const said = [String(units(amount.amount)), amount.currency, creditorName, ...('iban' in to ? [to.iban] : [to.scheme, to.identification]), remittance, endToEndId, debtor?.accountId, debtor?.iban, identifier];
  return sha256(JSON.stringify(said.map((each) => each ?? null)));
}

function readAmount(value: unknown): Money {
  const { amount, currency } = part(value, 'instructedAmount', ['currency', 'amount']);
  const number = units(amount);
  if (number === undefined || number === 0n || !/^\d+(\.\d{1,2})?$/.test(amount as string)) throw expected('instructedAmount.amount', 'a decimal number in quotes, above zero, such as "12.50"');
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) throw expected('instructedAmount.currency', 'a currency code such as GBP');
  return { amount: amount as string, currency };
}

function readDebtor(value: unknown): AccountName {
  const { accountId, iban } = part(value, 'debtorAccount', ['accountId', 'iban']);
  if (accountId === undefined && iban === undefined) throw expected('debtorAccount', 'accountId or iban');
  return { ...given('accountId', accountId, (text) => readText(text, 'debtorAccount.accountId', 255)), ...given('iban', iban, (text) => readIban(text, 'debtorAccount.iban')) };
}

function readIban(value: unknown, name: string): string {
  const iban = typeof value === 'string' ? compactIban(value) : '';
  if (!isIban(iban)) throw expected(name, 'a valid IBAN');
  return iban;
}

/** Neither control characters nor such as turn the direction of what follows. */
function readText(value: unknown, name: string, most: number): string {
  const fits = typeof value === 'string' && value.trim() !== '' && [...value].length <= most && !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(value);
  if (!fits) throw expected(name, `text of 1 to ${most} characters on one line`);
  return value;
}

function part(value: unknown, name: string, known: readonly string[]): JsonObject {
  if (!isObject(value)) throw expected(name, 'an object');
  only(value, known, `${name}.`);
  return value;
}

function only(object: JsonObject, known: readonly string[], where: string): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unprocessableContent(`unknown member ${where}${unknown.slice(0, 40)}: expected ${known.join(', ')}`, 'ASSENT-RS-05');
}

const expected = (name: string, what: string) => unprocessableContent(`${name} must be ${what}`, 'ASSENT-RS-05');

const given = <K extends string, V>(key: K, value: unknown, read: (value: unknown) => V): { [P in K]?: V } =>
  (value === undefined ? {} : { [key]: read(value) }) as { [P in K]?: V };
