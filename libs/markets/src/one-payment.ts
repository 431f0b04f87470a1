import { date, decimalsOf, formatDate, formatIban, isIban, languageOf, plainText, unionOf, type DetailType, type InLanguages, type Money, type PaymentPresentation, type PresentedTerm } from '@assent/authorization-details';
import type { AuthorizationDetail } from '@assent/protocol';
import type { MarketDetailType } from './detail.js';
import type { CreditorAccount } from './route.js';

/** One payment in a market's consent: what the customer approves, exactly and once. */
export interface OnePayment extends AuthorizationDetail {
  readonly instructedAmount: Money;
  readonly creditorName: string;
  readonly creditorAccount: CreditorAccount;
  readonly remittanceInformation?: string;
  readonly endToEndIdentification?: string;
  /** Day it is to be made on, where the market names one. */
  readonly requestedOn?: string;
  /**
   * Where the request names the account to pay from, its number: an IBAN, or the national one such an IBAN ends in. Of a
   * granted one, the account chosen.
   */
  readonly debtorAccount?: { readonly iban?: string; readonly number?: string; readonly accountId?: string };
  /** Given at consent: it addresses the payment. */
  readonly identifier?: string;
}

interface OnePaymentRules {
  readonly type: string;
  /** The creditor's account as people write it. */
  readonly accountText?: (account: CreditorAccount) => string;
  /** What an order may say that the consent does not know. */
  readonly ownWords?: NonNullable<MarketDetailType['ownWords']>;
}

/** The type of one payment, lodged at the bank's API before. `type` is its name inside grants, as `urn:assent:<market>:payment`. */
export function onePaymentType({ type, accountText = plainAccount, ownWords = [] }: OnePaymentRules): MarketDetailType {
  const rules: DetailType<OnePayment> = {
    type,
    kind: 'payment',
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['type', 'instructedAmount', 'creditorName', 'creditorAccount'],
      properties: {
        type: { const: type },
        instructedAmount: {
          type: 'object',
          additionalProperties: false,
          required: ['currency', 'amount'],
          properties: { currency: { type: 'string', format: 'currency' }, amount: { type: 'string', format: 'amount' } },
        },
        creditorName: plainText(140),
        creditorAccount: {
          type: 'object',
          additionalProperties: false,
          minProperties: 1,
          properties: { iban: { type: 'string', maxLength: 34, format: 'iban' }, scheme: plainText(70), identification: plainText(256) },
        },
        remittanceInformation: plainText(140),
        endToEndIdentification: { type: 'string', maxLength: 35, format: 'reference-id' },
        requestedOn: date,
        debtorAccount: {
          type: 'object',
          additionalProperties: false,
          minProperties: 1,
          properties: { iban: { type: 'string', maxLength: 34, format: 'iban' }, number: { type: 'string', maxLength: 30, format: 'account-id' }, accountId: { type: 'string', maxLength: 255, format: 'account-id' } },
        },
        identifier: { type: 'string', maxLength: 128, format: 'identifier' },
      },
    },
    fault,
    // Exactly the payment that was approved, not less of it either.
    isWithin: (asked, granted) => canonicalOf(asked) === canonicalOf(granted) && (asked.debtorAccount?.accountId === undefined || asked.debtorAccount.accountId === granted.debtorAccount?.accountId),
    merge: (existing, added) => unionOf([...existing, ...added], { isWithin: (asked, granted) => canonicalOf(asked) === canonicalOf(granted), lists: [] }),
    enrich: (detail, { accounts: [accountId], identifier }) => ({
      ...detail,
      ...(accountId !== undefined && { debtorAccount: { ...detail.debtorAccount, accountId } }),
      identifier: detail.identifier ?? identifier,
    }),
    picks: () => 'one-account',
    offers: ({ debtorAccount }, { id, maskedNumber }) =>
      (debtorAccount?.accountId === undefined || debtorAccount.accountId === id) && [debtorAccount?.iban, debtorAccount?.number].every((named) => named === undefined || named.endsWith(maskedNumber)),
    accounts: ({ debtorAccount }) => (debtorAccount?.accountId === undefined ? [] : [debtorAccount.accountId]),
    withoutAccount: (detail, accountId) => (detail.debtorAccount?.accountId === accountId ? undefined : detail),
    present: (detail, locale) => present(detail, locale, accountText(detail.creditorAccount)),
    enforced: ['Exactly the payment described (amount, currency, creditor, reference, end-to-end identification) is made, from debtorAccount, once: identifier is spent by it.'],
  };
  return {
    ...rules,
    lodged: true,
    payment: (detail) => orderOf(detail as OnePayment),
    ownWords,
  };
}

function fault({ instructedAmount: { amount, currency }, creditorAccount }: OnePayment): string | undefined {
  if ((amount.split('.')[1]?.length ?? 0) !== decimalsOf(currency)) return 'instructedAmount.amount must have as many decimals as its currency has in ISO 4217';
  const { iban, scheme, identification } = creditorAccount as { readonly iban?: string; readonly scheme?: string; readonly identification?: string };
  if ((iban === undefined) === (scheme === undefined) || (scheme === undefined) !== (identification === undefined)) return 'creditorAccount must have either iban, or scheme and identification';
  return undefined;
}

/** What makes two payments the same one: all but the account chosen and the number given at consent. */
function canonicalOf({ type, instructedAmount: { amount, currency }, creditorName, creditorAccount, remittanceInformation, endToEndIdentification, requestedOn, debtorAccount }: OnePayment): string {
  const account = 'iban' in creditorAccount ? ['iban', creditorAccount.iban] : [creditorAccount.scheme, creditorAccount.identification];
  return JSON.stringify([type, amount, currency, creditorName, account, remittanceInformation, endToEndIdentification, requestedOn, debtorAccount?.iban, debtorAccount?.number]);
}

const orderOf = ({ instructedAmount, creditorName, creditorAccount, remittanceInformation, endToEndIdentification, debtorAccount, identifier }: OnePayment) => ({
  amount: instructedAmount,
  creditorName,
  creditorAccount,
  ...(remittanceInformation !== undefined && { remittance: remittanceInformation }),
  ...(endToEndIdentification !== undefined && { endToEndId: endToEndIdentification }),
  ...(debtorAccount !== undefined && { debtor: debtorOf(debtorAccount) }),
  ...(identifier !== undefined && { identifier }),
});

const debtorOf = ({ iban, accountId }: NonNullable<OnePayment['debtorAccount']>) => ({ ...(iban !== undefined && { iban }), ...(accountId !== undefined && { accountId }) });

/** How much, to whom, with which reference, when. */
function present(detail: OnePayment, locale: string, account: string): PaymentPresentation {
  const language = languageOf(locale);
  const words = texts[language];
  const { instructedAmount, remittanceInformation: reference, endToEndIdentification: endToEnd, requestedOn } = detail;
  const terms: PresentedTerm[] = [
    ...(reference === undefined ? [] : [{ id: 'reference', term: words.reference, value: reference, quoted: true }]),
    ...(endToEnd === undefined ? [] : [{ id: 'end-to-end', term: words.endToEnd, value: endToEnd, quoted: true }]),
    ...(requestedOn === undefined ? [] : [{ id: 'day', term: words.day, value: formatDate(requestedOn, language) }]),
    { id: 'times', term: words.times, value: words.once },
  ];
  return {
    kind: 'payment',
    amount: { value: instructedAmount.amount, currency: instructedAmount.currency },
    recurring: false,
    payee: { name: detail.creditorName, account },
    terms,
  };
}

const plainAccount = (account: CreditorAccount): string => ('iban' in account && isIban(account.iban) ? formatIban(account.iban) : 'iban' in account ? account.iban : account.identification);

interface Texts {
  readonly reference: string;
  readonly endToEnd: string;
  readonly day: string;
  readonly times: string;
  readonly once: string;
}

const texts: InLanguages<Texts> = {
  en: { reference: 'Reference', endToEnd: 'Payment number', day: 'On', times: 'How often', once: 'Once.' },
  'pt-BR': { reference: 'Referência', endToEnd: 'Número do pagamento', day: 'Em', times: 'Quantas vezes', once: 'Uma vez.' },
  ar: { reference: 'المرجع', endToEnd: 'رقم الدفعة', day: 'في', times: 'عدد المرات', once: 'مرة واحدة.' },
};
