import { among, asGranted } from '../bounds.js';

/** What payment types say about who is paid, and from which account. */
export interface Payee {
  readonly creditorName: string;
  readonly creditorAccount: { readonly iban: string };
  readonly remittanceInformationUnstructured?: string;
  /** In a grant, `accountId` is the account the customer chose. */
  readonly debtorAccount?: DebtorAccount;
  readonly locations?: readonly string[];
  /** Given at consent; it addresses the payment. A client repeats it, it never chooses it. */
  readonly identifier?: string;
}

export interface DebtorAccount {
  readonly iban?: string;
  readonly accountId?: string;
}

/** The same payee, reference and account; a reference the customer was not shown is another payment. */
export const isSamePayee = (asked: Payee, granted: Payee): boolean =>
  asked.creditorName === granted.creditorName &&
  asked.creditorAccount.iban === granted.creditorAccount.iban &&
  asked.remittanceInformationUnstructured === granted.remittanceInformationUnstructured &&
  asGranted(asked.debtorAccount?.iban, granted.debtorAccount?.iban) &&
  asGranted(asked.debtorAccount?.accountId, granted.debtorAccount?.accountId) &&
  (asked.identifier === undefined || asked.identifier === granted.identifier) &&
  among(asked.locations, granted.locations);

/** From the account the customer chose; an account the request named stays named. */
export const withDebtor = <T extends Payee>(detail: T, [accountId]: readonly string[]): T =>
  accountId === undefined ? detail : { ...detail, debtorAccount: { ...detail.debtorAccount, accountId } };

/** The account the request names, told by its id or by what the customer is shown of its number. */
export const mayPayFrom = ({ debtorAccount }: Payee, account: { readonly id: string; readonly maskedNumber: string }): boolean =>
  (debtorAccount?.accountId === undefined || debtorAccount.accountId === account.id) &&
  (debtorAccount?.iban === undefined || debtorAccount.iban.endsWith(account.maskedNumber));

export const debtorOf = ({ debtorAccount }: Payee): readonly string[] => (debtorAccount?.accountId === undefined ? [] : [debtorAccount.accountId]);
