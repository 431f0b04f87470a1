import { decimalsOf, isIban, type Money } from '@assent/authorization-details';
import type { OnePayment } from '../src/one-payment.js';
import type { CreditorAccount } from '../src/route.js';
import { memberOf, objectAt, optionalText, textAt, wrong, type JsonObject, type Member } from '../src/read-write/index.js';
import { ukCodes } from './errors.js';

type Payment = Pick<OnePayment, 'instructedAmount' | 'creditorName' | 'creditorAccount' | 'remittanceInformation' | 'endToEndIdentification' | 'debtorAccount'>;

const known = [
  'InstructionIdentification', 'EndToEndIdentification', 'LocalInstrument', 'InstructedAmount', 'DebtorAccount', 'UltimateDebtor', 'CreditorAccount', 'UltimateCreditor', 'CreditorPostalAddress',
  'CreditorAgent', 'RemittanceInformation', 'RegulatoryReporting', 'SupplementaryData',
]; // prettier-ignore

/** OBDomestic2: what the customer is asked for. Throws `MarketRefusal` 400 with the member's path. */
export function readInitiation(initiation: Member & { readonly value: JsonObject }): Payment {
  objectAt(initiation, ukCodes, known);
  textAt(memberOf(initiation, 'InstructionIdentification'), ukCodes, 35);
  judgeInstrument(initiation);
  const creditor = objectAt(memberOf(initiation, 'CreditorAccount'), ukCodes);
  const remittance = remittanceOf(memberOf(initiation, 'RemittanceInformation'));
  const debtor = memberOf(initiation, 'DebtorAccount');
  return {
    instructedAmount: amountOf(objectAt(memberOf(initiation, 'InstructedAmount'), ukCodes, ['Amount', 'Currency'])),
    creditorName: textAt(memberOf(creditor, 'Name'), ukCodes, 140),
    creditorAccount: accountOf(creditor),
    endToEndIdentification: referenceOf(memberOf(initiation, 'EndToEndIdentification')),
    ...(remittance !== undefined && { remittanceInformation: remittance }),
    ...(debtor.value !== undefined && { debtorAccount: debtorOf(objectAt(debtor, ukCodes)) }),
  };
}

/** The only way this bank pays. */
export function judgeInstrument(instruction: Member & { readonly value: JsonObject }): void {
  const instrument = memberOf(instruction, 'LocalInstrument');
  if (instrument.value !== undefined && instrument.value !== 'UK.OBIE.FPS') throw wrong(ukCodes.unsupportedInstrument, instrument, 'must be UK.OBIE.FPS', 'ASSENT-UK-07');
}

/** Max35Text of characters that payment systems carry. */
export function referenceOf(member: Member): string {
  const text = textAt(member, ukCodes, 35);
  if (!/^[\x20-\x7e]+$/.test(text) || text.trim() !== text) throw wrong(ukCodes.invalid, member, 'must be printable ASCII without spaces around it');
  return text;
}

/** With exactly the decimals of the currency, so that equal amounts are equal texts. */
export function amountOf(money: Member & { readonly value: JsonObject }): Money {
  const currency = textAt(memberOf(money, 'Currency'), ukCodes, 3);
  if (currency !== 'GBP') throw wrong(ukCodes.unsupportedCurrency, memberOf(money, 'Currency'), 'must be GBP', 'ASSENT-UK-08');
  const member = memberOf(money, 'Amount');
  const text = textAt(member, ukCodes, 19);
  const [, whole = '', fraction = ''] = /^0*(\d{1,13}?)(?:\.(\d{1,5}))?$/.exec(text) ?? [];
  const decimals = decimalsOf(currency) ?? 2;
  const exact = fraction.replace(/0+$/, '');
  if (whole === '' || exact.length > decimals || (/^0*$/.test(whole) && exact === '')) throw wrong(ukCodes.invalid, member, `must be an amount above zero with at most ${decimals} decimals`);
  return { currency, amount: `${whole}.${exact.padEnd(decimals, '0')}` };
}

export function accountOf(account: Member & { readonly value: JsonObject }): CreditorAccount {
  const scheme = textAt(memberOf(account, 'SchemeName'), ukCodes, 40);
  const member = memberOf(account, 'Identification');
  const identification = textAt(member, ukCodes, 256);
  switch (scheme) {
    case 'UK.OBIE.IBAN':
      if (!isIban(identification)) throw wrong(ukCodes.unsupportedAccount, member, 'must be an IBAN', 'ASSENT-UK-09');
      return { iban: identification };
    case 'UK.OBIE.SortCodeAccountNumber':
      if (!/^\d{14}$/.test(identification)) throw wrong(ukCodes.unsupportedAccount, member, 'must be a sort code of 6 digits and an account number of 8', 'ASSENT-UK-09');
      return { scheme, identification };
    default:
      throw wrong(ukCodes.unsupportedScheme, memberOf(account, 'SchemeName'), 'must be UK.OBIE.IBAN or UK.OBIE.SortCodeAccountNumber', 'ASSENT-UK-09');
  }
}

/** By either number the customer's own account is found: an IBAN of this country ends in the other one. */
export function debtorOf(account: Member & { readonly value: JsonObject }): NonNullable<Payment['debtorAccount']> {
  const found = accountOf(account);
  return 'iban' in found ? found : { number: found.identification };
}

/** What the creditor will read: the unstructured text, or the reference of the first structured part. */
export function remittanceOf(member: Member): string | undefined {
  if (member.value === undefined) return undefined;
  const information = objectAt(member, ukCodes, ['Structured', 'Unstructured']);
  const { Unstructured: text, Structured: parts } = information.value;
  if (text !== undefined) return textAt({ path: `${information.path}.Unstructured`, value: Array.isArray(text) ? text.join(' ') : text }, ukCodes, 140);
  if (parts === undefined) return undefined;
  if (!Array.isArray(parts)) throw wrong(ukCodes.schema, { path: `${information.path}.Structured` }, 'must be a list');
  if (parts.length === 0) return undefined;
  const first = objectAt({ path: `${information.path}.Structured.0`, value: parts[0] as unknown }, ukCodes);
  const creditorReference = memberOf(first, 'CreditorReferenceInformation');
  if (creditorReference.value === undefined) return undefined;
  return optionalText(memberOf(objectAt(creditorReference, ukCodes), 'Reference'), ukCodes, 35);
}
