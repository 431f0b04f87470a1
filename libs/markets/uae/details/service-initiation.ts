import { asGranted, formatIban, identifier, isIban, languageOf, moneyFault, moneySchema, plainText, unionOf, type DetailType, type Money, type PaymentPresentation } from '@assent/authorization-details';
import type { AuthorizationDetail } from '@assent/protocol';
import type { MarketDetailType } from '../../src/detail.js';
import { typeNamed } from '../version.js';
import { clusterIdsOf, uaeVocabulary } from '../vocabulary.js';
import { consentId, expiration, expirationFault, paymentReads, subscription } from './fragments.js';
import { texts } from './texts.js';

/** Amounts as the market writes them. */
export interface UaeAmount {
  readonly Amount: string;
  readonly Currency: string;
}

export interface Creditor {
  readonly Creditor?: { readonly Name: string };
  readonly CreditorAccount: { readonly SchemeName: 'IBAN'; readonly Identification: string; readonly Name: { readonly en?: string; readonly ar?: string } };
}

/** `urn:openfinanceuae:service-initiation-consent:v2.1`: one payment, made at once. */
export interface ServiceInitiation extends AuthorizationDetail {
  readonly consent: {
    readonly ConsentId: string;
    readonly IsSingleAuthorization: boolean;
    readonly ExpirationDateTime: string;
    readonly AuthorizationExpirationDateTime?: string;
    readonly BaseConsentId?: string;
    readonly Permissions?: readonly string[];
    readonly ControlParameters: { readonly ConsentSchedule: { readonly SinglePayment: { readonly Type: 'SingleInstantPayment'; readonly Amount: UaeAmount } } };
    /** Opened, where it arrived sealed. */
    readonly PersonalIdentifiableInformation: { readonly Initiation: { readonly Creditor: readonly [Creditor] } };
    readonly PaymentPurposeCode: string;
    readonly DebtorReference?: string;
    readonly CreditorReference?: string;
    readonly OpenFinanceBilling?: { readonly Type: string; readonly MerchantId?: string };
  };
  readonly subscription?: Readonly<Record<string, unknown>>;
  /** Ours, in a grant: the account the customer pays from, and what addresses the payment. No request may bring them. */
  readonly debtorAccount?: { readonly accountId: string };
  readonly identifier?: string;
}

export const serviceInitiationType = typeNamed('service-initiation-consent');

const { properties: money } = moneySchema;
const amount = { type: 'object', additionalProperties: false, required: ['Amount', 'Currency'], properties: { Amount: money.amount, Currency: money.currency } } as const;
const closed = (required: readonly string[], properties: Readonly<Record<string, object>>) => ({ type: 'object', additionalProperties: false, required, properties }) as const;

const creditor = closed(['CreditorAccount'], {
  Creditor: closed(['Name'], { Name: plainText(140) }),
  CreditorAccount: closed(['SchemeName', 'Identification', 'Name'], {
    SchemeName: { enum: ['IBAN'] },
    Identification: { type: 'string', maxLength: 34, format: 'iban' },
    Name: { ...closed([], { en: plainText(70), ar: plainText(70) }), minProperties: 1 },
  }),
});

const rules: DetailType<ServiceInitiation> = {
  type: serviceInitiationType,
  kind: 'payment',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['type', 'consent'],
    properties: {
      type: { const: serviceInitiationType },
      consent: closed(['ConsentId', 'IsSingleAuthorization', 'ExpirationDateTime', 'ControlParameters', 'PersonalIdentifiableInformation', 'PaymentPurposeCode'], {
        ConsentId: consentId,
        IsSingleAuthorization: { type: 'boolean' },
        ExpirationDateTime: expiration,
        AuthorizationExpirationDateTime: expiration,
        BaseConsentId: consentId,
        Permissions: paymentReads,
        ControlParameters: closed(['ConsentSchedule'], { ConsentSchedule: closed(['SinglePayment'], { SinglePayment: closed(['Type', 'Amount'], { Type: { enum: ['SingleInstantPayment'] }, Amount: amount }) }) }),
        PersonalIdentifiableInformation: closed(['Initiation'], { Initiation: closed(['Creditor'], { Creditor: { type: 'array', items: creditor, minItems: 1, maxItems: 1 } }) }),
        PaymentPurposeCode: { type: 'string', pattern: '^[A-Z]{3}$', minLength: 3, maxLength: 3 },
        DebtorReference: plainText(120),
        CreditorReference: plainText(120),
        OpenFinanceBilling: closed(['Type'], { Type: { enum: ['PushP2P', 'PullP2P', 'Me2Me', 'Collection', 'LargeValueCollection'] }, MerchantId: plainText(20) }),
      }),
      subscription,
      debtorAccount: closed(['accountId'], { accountId: { type: 'string', maxLength: 255, format: 'account-id' } }),
      identifier,
    },
  },
  fault,
  isWithin,
  complete: (asked, granted) => ({ ...granted, ...asked, consent: { ...granted.consent, ...asked.consent } }),
  merge: (existing, added) => unionOf([...existing, ...added], { isWithin, lists: [] }),
  enrich: (detail, { accounts: [accountId], identifier: fresh }) => ({ ...detail, ...(accountId !== undefined && { debtorAccount: { accountId } }), identifier: detail.identifier ?? fresh }),
  picks: () => 'one-account',
  offers: ({ debtorAccount }, { id }) => debtorAccount === undefined || debtorAccount.accountId === id,
  accounts: debtorOf,
  withoutAccount: (detail, accountId) => (debtorOf(detail).includes(accountId) ? undefined : detail),
  endsAt: ({ consent }) => new Date(consent.ExpirationDateTime),
  present,
  enforced: [
    'POST /payments accepts exactly the payment described (ConsentId, amount, creditor, purpose code, references, billing), from debtorAccount, once.',
    'Permissions open the account paid from, and nothing else.',
    'Paths of another version than that of the type are refused.',
  ],
};

const amountOf = ({ consent }: ServiceInitiation): UaeAmount => consent.ControlParameters.ConsentSchedule.SinglePayment.Amount;
const creditorOf = ({ consent }: ServiceInitiation): Creditor => consent.PersonalIdentifiableInformation.Initiation.Creditor[0];
const nameOf = ({ Creditor: person, CreditorAccount: { Name: name } }: Creditor, language?: string): string => (language === 'ar' ? name.ar : undefined) ?? name.en ?? name.ar ?? person?.Name ?? '';

/** What payment consents open, and the payment they stand for. */
export const serviceInitiation: MarketDetailType = {
  ...rules,
  lodged: false,
  reach: (detail) => {
    const { consent, ...granted } = detail as ServiceInitiation;
    return { permissions: consent.Permissions ?? [], accounts: debtorOf({ consent, ...granted }), until: new Date(consent.ExpirationDateTime) };
  },
  payment: (detail) => {
    const payment = detail as ServiceInitiation;
    const { Amount: value, Currency: currency } = amountOf(payment);
    const { DebtorReference: debtorReference, CreditorReference: creditorReference } = payment.consent;
    const remittance = creditorReference ?? debtorReference;
    return {
      amount: { amount: value, currency },
      creditorName: nameOf(creditorOf(payment)),
      creditorAccount: { iban: creditorOf(payment).CreditorAccount.Identification },
      ...(remittance !== undefined && { remittance }),
      ...(payment.debtorAccount && { debtor: payment.debtorAccount }),
      ...(payment.identifier !== undefined && { identifier: payment.identifier }),
    };
  },
  sealed: { path: ['consent', 'PersonalIdentifiableInformation'], contents: personalInformation },
};

/** Of the personal information, what we act on: who is paid. The rest is the bank's risk scoring, which is not ours. */
export function personalInformation(claims: Readonly<Record<string, unknown>>): unknown {
  const { Initiation: initiation } = claims;
  const creditors = typeof initiation === 'object' && initiation !== null ? (initiation as Record<string, unknown>)['Creditor'] : undefined;
  return { Initiation: { Creditor: creditors } };
}

function fault(detail: ServiceInitiation, { now }: { readonly now: Date }): string | undefined {
  const { consent } = detail;
  const { Amount: value, Currency: currency } = amountOf(detail);
  const end = expirationFault(consent.ExpirationDateTime, now);
  const wrong = moneyFault({ amount: value, currency }, 'consent.ControlParameters.ConsentSchedule.SinglePayment.Amount');
  if (wrong !== undefined) return wrong.replace('.Amount.amount', '.Amount.Amount');
  if (!isIban(creditorOf(detail).CreditorAccount.Identification)) return 'consent.PersonalIdentifiableInformation.Initiation.Creditor[0].CreditorAccount.Identification must be an IBAN';
  if (consent.BaseConsentId === consent.ConsentId) return 'consent.BaseConsentId must be the ConsentId of another consent';
  const reads = consent.Permissions ?? [];
  if (reads.includes('ReadBalances') && !reads.includes('ReadAccountsBasic') && !reads.includes('ReadAccountsDetail')) return 'consent.Permissions must hold ReadAccountsBasic or ReadAccountsDetail beside ReadBalances';
  return end ?? authorisationFault(consent, now);
}

function authorisationFault({ AuthorizationExpirationDateTime: deadline, ExpirationDateTime: end }: ServiceInitiation['consent'], now: Date): string | undefined {
  if (deadline === undefined) return undefined;
  if (Date.parse(deadline) <= now.getTime()) return 'consent.AuthorizationExpirationDateTime must lie in the future';
  return Date.parse(deadline) > Date.parse(end) ? 'consent.AuthorizationExpirationDateTime must not lie after consent.ExpirationDateTime' : undefined;
}

/** Exactly the payment that was approved: nothing about it can be narrowed. */
function isWithin(asked: ServiceInitiation, granted: ServiceInitiation): boolean {
  return (
    asGranted(asked.consent, granted.consent) &&
    asGranted(asked.subscription ?? null, granted.subscription ?? null) &&
    (granted.debtorAccount === undefined || asked.debtorAccount?.accountId === granted.debtorAccount.accountId) &&
    (granted.identifier === undefined || asked.identifier === granted.identifier)
  );
}

function debtorOf({ debtorAccount }: ServiceInitiation): readonly string[] {
  return debtorAccount === undefined ? [] : [debtorAccount.accountId];
}

/** How much, to whom, with which references, and what else is seen. */
function present(detail: ServiceInitiation, locale: string): PaymentPresentation {
  const language = languageOf(locale);
  const words = texts[language];
  const { consent } = detail;
  const { Amount: value, Currency: currency } = amountOf(detail);
  const payee = creditorOf(detail);
  const seen = clusterIdsOf(consent.Permissions ?? []).map((id) => uaeVocabulary.clusters[id]?.[language].title.toLocaleLowerCase(locale) ?? id);
  const also = consent.Permissions?.includes('ReadRefundAccount') ? [...seen, words.refund] : seen;
  return {
    kind: 'payment',
    amount: { value, currency } satisfies { value: string; currency: Money['currency'] },
    recurring: false,
    payee: { name: nameOf(payee, language), account: formatIban(payee.CreditorAccount.Identification) },
    terms: [
      ...(consent.DebtorReference === undefined ? [] : [{ id: 'debtor-reference', term: words.debtorReference, value: consent.DebtorReference, quoted: true }]),
      ...(consent.CreditorReference === undefined ? [] : [{ id: 'creditor-reference', term: words.creditorReference, value: consent.CreditorReference, quoted: true }]),
      { id: 'times', term: words.times, value: words.once },
      ...(also.length === 0 ? [] : [{ id: 'reads', term: words.reads, value: words.readsValue(also) }]),
      ...(consent.IsSingleAuthorization ? [] : [{ id: 'together', term: words.together, value: words.togetherValue }]),
    ],
  };
}
