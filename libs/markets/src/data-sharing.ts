import { among, atLeast, atMost, date, dateTime, formatDate, formatMoment, languageOf, someOf, unionOf, type DataPresentation, type DetailType, type InLanguages, type PresentedTerm } from '@assent/authorization-details';
import type { AuthorizationDetail } from '@assent/protocol';
import type { MarketDetailType, Reach } from './detail.js';
import { clustersOf, type Vocabulary } from './vocabulary.js';

/** Sight of accounts in a market's permissions: what a lodged consent asks for. */
export interface DataSharing extends AuthorizationDetail {
  readonly permissions: readonly string[];
  /** In the market's words, where it has some. */
  readonly purposes?: readonly string[];
  readonly transactionsFrom?: string;
  readonly transactionsTo?: string;
  readonly expiresAt?: string;
  /** Kinds of accounts it may be about; any, when absent. */
  readonly accountTypes?: readonly string[];
  /** Of a granted one: those the customer chose. */
  readonly accounts?: readonly string[];
}

/**
 * The type of a market's lodged data consents, made of its vocabulary. `type` is its name inside grants and tokens, as
 * `urn:assent:<market>:data`.
 */
export function dataSharingType({ type, vocabulary }: { readonly type: string; readonly vocabulary: Vocabulary }): MarketDetailType {
  const names = Object.keys(vocabulary.permissions);
  const purposes = Object.keys(vocabulary.purposes ?? {});
  const lists = ['permissions', 'accounts', 'purposes'] as const;
  const rules: DetailType<DataSharing> = {
    type,
    kind: 'data',
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['type', 'permissions'],
      properties: { type: { const: type }, permissions: someOf(names), ...(purposes.length > 0 && { purposes: someOf(purposes) }), transactionsFrom: date, transactionsTo: date, expiresAt: dateTime, accountTypes: someOf(accountTypes), accounts: accountIds },
    },
    fault,
    isWithin,
    merge: (existing, added) => unionOf([...existing, ...added], { isWithin, lists }),
    enrich: (detail, { accounts }) => ({ ...detail, accounts: [...new Set(accounts)].sort() }),
    picks: ({ permissions }) => ((vocabulary.ofAccounts ?? names).some((one) => permissions.includes(one)) ? 'accounts' : 'nothing'),
    offers: ({ accounts, accountTypes }, { id, type }) => (accounts === undefined || accounts.includes(id)) && (accountTypes === undefined || type === undefined || accountTypes.includes(type)),
    accounts: ({ accounts = [] }) => accounts,
    withoutAccount,
    endsAt: ({ expiresAt }) => (expiresAt === undefined ? undefined : new Date(expiresAt)),
    present: (detail, locale) => present(detail, locale, vocabulary),
    enforced: [
      'Each address opens by the permissions its market names for it, and only for the accounts in accounts.',
      'Transactions booked before transactionsFrom or after transactionsTo are left out.',
      'After expiresAt nothing is shown.',
    ],
  };
  return { ...rules, lodged: true, reach: (detail) => reachOf(detail as DataSharing) };
}

/** As the bank has them. */
const accountTypes = ['current', 'savings', 'card', 'business'];
const accountIds = { type: 'array', items: { type: 'string', maxLength: 255, format: 'account-id' }, minItems: 1, maxItems: 100, uniqueItems: true };

function fault({ transactionsFrom: from, transactionsTo: to, expiresAt }: DataSharing, { now }: { readonly now: Date }): string | undefined {
  if (from !== undefined && to !== undefined && from > to) return 'transactionsTo must not lie before transactionsFrom';
  if (expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime()) return 'expiresAt must lie in the future';
  return undefined;
}

const isWithin = (asked: DataSharing, granted: DataSharing): boolean =>
  among(asked.permissions, granted.permissions) &&
  among(asked.purposes, granted.purposes) &&
  among(asked.accounts, granted.accounts) &&
  among(asked.accountTypes, granted.accountTypes) &&
  atLeast(asked.transactionsFrom, granted.transactionsFrom) &&
  atMost(asked.transactionsTo, granted.transactionsTo) &&
  atMost(instant(asked.expiresAt), instant(granted.expiresAt));

const instant = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

function withoutAccount(detail: DataSharing, accountId: string): DataSharing | undefined {
  const accounts = detail.accounts?.filter((id) => id !== accountId);
  if (accounts === undefined) return detail;
  return accounts.length === 0 ? undefined : { ...detail, accounts };
}

function reachOf({ permissions, accounts = [], transactionsFrom: from, transactionsTo: to, expiresAt }: DataSharing): Reach {
  return { permissions, accounts, ...(from !== undefined && { from }), ...(to !== undefined && { to }), ...(expiresAt !== undefined && { until: new Date(expiresAt) }) };
}

/** Clusters, purposes, days and end in plain words. */
export function present(detail: Pick<DataSharing, 'permissions' | 'purposes' | 'transactionsFrom' | 'transactionsTo' | 'expiresAt'>, locale: string, vocabulary: Vocabulary): DataPresentation {
  const language = languageOf(locale);
  const words = terms[language];
  const { transactionsFrom: from, transactionsTo: to, expiresAt } = detail;
  const ids = clustersOf(vocabulary, detail.permissions);
  const clusters = ids.map((id) => ({ id, ...(vocabulary.clusters[id] as NonNullable<Vocabulary['clusters'][string]>)[language] }));
  const days = [from, to].map((day) => (day === undefined ? undefined : formatDate(day, language)));
  const said: PresentedTerm[] = [];
  const purposes = (detail.purposes ?? []).flatMap((purpose) => vocabulary.purposes?.[purpose]?.[language] ?? []);
  if (purposes.length > 0) said.push({ id: 'purpose', term: words.purpose, value: purposes.join(' ') });
  if (ids.some((id) => /^transactions\b/.test(id))) said.push({ id: 'history', term: words.history, value: words.days(days[0], days[1]) });
  if (expiresAt !== undefined) said.push({ id: 'until', term: words.until, value: words.untilValue(formatMoment(new Date(expiresAt), language)) });
  return { kind: 'data', clusters, terms: said };
}

interface Terms {
  readonly purpose: string;
  readonly history: string;
  readonly days: (from: string | undefined, to: string | undefined) => string;
  readonly until: string;
  readonly untilValue: (moment: string) => string;
}

const terms: InLanguages<Terms> = {
  en: {
    purpose: 'What for',
    history: 'Which transactions',
    days: (from, to) => (from && to ? `From ${from} until ${to}.` : from ? `From ${from} on, and new ones.` : to ? `All until ${to}.` : 'All that we show for the account, past and new.'),
    until: 'How long',
    untilValue: (moment) => `Until ${moment}, then it stops by itself.`,
  },
  'pt-BR': {
    purpose: 'Para quê',
    history: 'Quais transações',
    days: (from, to) => (from && to ? `De ${from} até ${to}.` : from ? `A partir de ${from}, e as novas.` : to ? `Todas até ${to}.` : 'Todas as que mostramos para a conta, passadas e novas.'),
    until: 'Por quanto tempo',
    untilValue: (moment) => `Até ${moment}; depois termina sozinho.`,
  },
  ar: {
    purpose: 'الغرض',
    history: 'أي معاملات',
    days: (from, to) => (from && to ? `من ${from} حتى ${to}.` : from ? `ابتداءً من ${from}، والمعاملات الجديدة.` : to ? `كلها حتى ${to}.` : 'كل ما نعرضه للحساب من معاملات سابقة وجديدة.'),
    until: 'المدة',
    untilValue: (moment) => `حتى ${moment}، ثم تتوقف تلقائيًا.`,
  },
};
