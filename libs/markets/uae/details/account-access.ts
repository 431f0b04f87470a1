import { among, asGranted, atLeast, atMost, date, formatDate, formatMoment, languageOf, someOf, unionOf, type DataPresentation, type DetailType, type PresentedTerm } from '@assent/authorization-details';
import type { AuthorizationDetail } from '@assent/protocol';
import type { MarketDetailType } from '../../src/detail.js';
import { typeNamed } from '../version.js';
import { accountBound, clusterIdsOf, uaeVocabulary } from '../vocabulary.js';
import { accountIds, consentId, expiration, expirationFault, instant, onBehalfOf, subscription } from './fragments.js';
import { purposes, texts } from './texts.js';

/** `urn:openfinanceuae:account-access-consent:v2.1`: sight of accounts. */
export interface AccountAccess extends AuthorizationDetail {
  readonly consent: {
    readonly ConsentId: string;
    readonly Permissions: readonly string[];
    readonly ExpirationDateTime: string;
    readonly OpenFinanceBilling: { readonly UserType: string; readonly Purpose: string };
    readonly BaseConsentId?: string;
    readonly FromDate?: string;
    readonly ToDate?: string;
    readonly AccountType?: readonly string[];
    readonly AccountSubType?: readonly string[];
    readonly OnBehalfOf?: { readonly TradingName?: string; readonly LegalName?: string };
    readonly IsSingleAuthorization?: boolean;
  };
  readonly subscription?: Readonly<Record<string, unknown>>;
  /** Ours, in a grant: the accounts the customer chose. No request may bring it. */
  readonly accounts?: readonly string[];
}

export const accountAccessType = typeNamed('account-access-consent');

export const accountTypes = ['Retail', 'SME', 'Corporate'] as const;
export const accountSubTypes = ['CurrentAccount', 'Savings', 'CreditCard', 'Mortgage', 'Finance'] as const;

const rules: DetailType<AccountAccess> = {
  type: accountAccessType,
  kind: 'data',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['type', 'consent'],
    properties: {
      type: { const: accountAccessType },
      consent: {
        type: 'object',
        additionalProperties: false,
        required: ['ConsentId', 'Permissions', 'ExpirationDateTime', 'OpenFinanceBilling'],
        properties: {
          ConsentId: consentId,
          Permissions: someOf(Object.keys(uaeVocabulary.permissions)),
          ExpirationDateTime: expiration,
          OpenFinanceBilling: {
            type: 'object',
            additionalProperties: false,
            required: ['UserType', 'Purpose'],
            properties: { UserType: { enum: ['Retail', 'SME', 'Corporate'] }, Purpose: { enum: purposes } },
          },
          BaseConsentId: consentId,
          FromDate: date,
          ToDate: date,
          AccountType: someOf(accountTypes),
          AccountSubType: someOf(accountSubTypes),
          OnBehalfOf: onBehalfOf,
          IsSingleAuthorization: { type: 'boolean' },
        },
      },
      subscription,
      accounts: accountIds,
    },
  },
  fault,
  isWithin,
  complete: (asked, granted) => ({ ...granted, ...asked, consent: { ...granted.consent, ...asked.consent } }),
  merge: (existing, added) => unionOf([...existing, ...added], { isWithin, lists: ['accounts'] }),
  enrich: (detail, { accounts }) => ({ ...detail, accounts: [...new Set(accounts)].sort() }),
  picks: () => 'accounts',
  offers: ({ accounts, consent }, account) => (accounts === undefined || accounts.includes(account.id)) && suits(consent, account),
  accounts: ({ accounts = [] }) => accounts,
  withoutAccount,
  endsAt: ({ consent }) => new Date(consent.ExpirationDateTime),
  present,
  enforced: [
    'Each address opens by the permissions the market names for it, and only for the accounts the customer chose.',
    'Transactions booked before FromDate or after ToDate are left out.',
    'After ExpirationDateTime nothing is shown.',
    'Paths of another version than that of the type are refused.',
  ],
};

/** What data consents open. */
export const accountAccess: MarketDetailType = {
  ...rules,
  lodged: false,
  reach: (detail) => {
    const { consent, accounts = [] } = detail as AccountAccess;
    const { Permissions: permissions, FromDate: from, ToDate: to, ExpirationDateTime: until } = consent;
    return { permissions, accounts, ...(from !== undefined && { from }), ...(to !== undefined && { to }), until: new Date(until) };
  },
};

function fault({ consent }: AccountAccess, { now }: { readonly now: Date }): string | undefined {
  const { Permissions: permissions, FromDate: from, ToDate: to } = consent;
  const seesAccounts = permissions.includes('ReadAccountsBasic') || permissions.includes('ReadAccountsDetail');
  const bound = permissions.find((one) => accountBound.includes(one));
  if (bound !== undefined && !seesAccounts) return `consent.Permissions must hold ReadAccountsBasic or ReadAccountsDetail beside ${bound}`;
  if (from !== undefined && to !== undefined && from > to) return 'consent.ToDate must not lie before consent.FromDate';
  if (consent.BaseConsentId === consent.ConsentId) return 'consent.BaseConsentId must be the ConsentId of another consent';
  return expirationFault(consent.ExpirationDateTime, now);
}

/** Within the same consent alone: fewer permissions and accounts, fewer days, not longer, for nobody else. */
function isWithin(asked: AccountAccess, granted: AccountAccess): boolean {
  const [a, g] = [asked.consent, granted.consent];
  return (
    a.ConsentId === g.ConsentId &&
    among(a.Permissions, g.Permissions) &&
    among(asked.accounts, granted.accounts) &&
    among(a.AccountType, g.AccountType) &&
    among(a.AccountSubType, g.AccountSubType) &&
    atLeast(a.FromDate, g.FromDate) &&
    atMost(a.ToDate, g.ToDate) &&
    atMost(instant(a.ExpirationDateTime), instant(g.ExpirationDateTime)) &&
    asGranted(settled(asked), settled(granted))
  );
}

/** What cannot be narrowed. */
const settled = ({ consent, subscription: events }: AccountAccess): unknown => [
  consent.OpenFinanceBilling,
  consent.BaseConsentId ?? null,
  consent.OnBehalfOf ?? null,
  consent.IsSingleAuthorization ?? null,
  events ?? null,
];

/** Which of the bank's kinds of account a kind of the market means; those we have not, nobody can pick. */
const kinds: Readonly<Record<string, { readonly AccountType: string; readonly AccountSubType: string }>> = {
  current: { AccountType: 'Retail', AccountSubType: 'CurrentAccount' },
  savings: { AccountType: 'Retail', AccountSubType: 'Savings' },
  card: { AccountType: 'Retail', AccountSubType: 'CreditCard' },
  business: { AccountType: 'SME', AccountSubType: 'CurrentAccount' },
};
export const kindOf = (type: string): { readonly AccountType: string; readonly AccountSubType: string } => kinds[type] ?? { AccountType: 'Retail', AccountSubType: 'CurrentAccount' };

function suits({ AccountType: types, AccountSubType: subTypes }: AccountAccess['consent'], { type }: { readonly type?: string }): boolean {
  if (type === undefined) return true;
  const kind = kindOf(type);
  return (types === undefined || types.includes(kind.AccountType)) && (subTypes === undefined || subTypes.includes(kind.AccountSubType));
}

function withoutAccount(detail: AccountAccess, accountId: string): AccountAccess | undefined {
  const accounts = detail.accounts?.filter((id) => id !== accountId);
  if (accounts === undefined) return detail;
  return accounts.length === 0 ? undefined : { ...detail, accounts };
}

/** Clusters, why, for whom, which days, until when. */
function present({ consent }: AccountAccess, locale: string): DataPresentation {
  const language = languageOf(locale);
  const words = texts[language];
  const ids = clusterIdsOf(consent.Permissions);
  const clusters = ids.map((id) => ({ id, ...(uaeVocabulary.clusters[id] as NonNullable<(typeof uaeVocabulary)['clusters'][string]>)[language] }));
  const [from, to] = [consent.FromDate, consent.ToDate].map((day) => (day === undefined ? undefined : formatDate(day, language)));
  const party = consent.OnBehalfOf?.TradingName ?? consent.OnBehalfOf?.LegalName;
  const terms: readonly (PresentedTerm | undefined)[] = [
    { id: 'purpose', term: words.purpose, value: words.purposes[consent.OpenFinanceBilling.Purpose] ?? consent.OpenFinanceBilling.Purpose },
    party === undefined ? undefined : { id: 'on-behalf-of', term: words.onBehalfOf, value: party, quoted: true },
    ids.includes('transactions') ? { id: 'history', term: words.history, value: words.days(from, to) } : undefined,
    consent.IsSingleAuthorization === false ? { id: 'together', term: words.together, value: words.togetherValue } : undefined,
    { id: 'until', term: words.until, value: words.untilValue(formatMoment(new Date(consent.ExpirationDateTime), language)) },
  ];
  return { kind: 'data', clusters, terms: terms.filter((term) => term !== undefined) };
}
