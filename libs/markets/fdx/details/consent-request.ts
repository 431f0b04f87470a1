import { among, atMost, formatCount, languageOf, someOf, unionOf, type DataPresentation, type DetailType, type PresentedTerm } from '@assent/authorization-details';
import type { AuthorizationDetail } from '@assent/protocol';
import type { MarketDetailType } from '../../src/detail.js';
import { accountClusters, clusterIdsOf, customerClusters, fdxVocabulary, texts } from '../vocabulary.js';

export interface RequestedResource {
  readonly resourceType: 'ACCOUNT' | 'CUSTOMER';
  readonly dataClusters: readonly string[];
}

/** `fdx_v1.0`: what a data recipient wants to see, and for how long. */
export interface FdxConsent extends AuthorizationDetail {
  readonly consentRequest: {
    readonly durationType: 'ONE_TIME' | 'TIME_BOUND' | 'PERSISTENT';
    /** Days, of TIME_BOUND. */
    readonly durationPeriod?: number;
    /** Days before the moment data is fetched. */
    readonly lookbackPeriod?: number;
    readonly resources: readonly RequestedResource[];
  };
  /** Ours, in a grant: the accounts the customer chose. No request may bring it. */
  readonly accounts?: readonly string[];
}

export const fdxType = 'fdx_v1.0';

const longestPeriod = 366;
const longestLookback = 3660;

const resource = (kind: RequestedResource['resourceType'], clusters: readonly string[]) => ({
  type: 'object',
  additionalProperties: false,
  required: ['resourceType', 'dataClusters'],
  properties: { resourceType: { const: kind }, dataClusters: someOf(clusters) },
});

const rules: DetailType<FdxConsent> = {
  type: fdxType,
  kind: 'data',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['type', 'consentRequest'],
    properties: {
      type: { const: fdxType },
      consentRequest: {
        type: 'object',
        additionalProperties: false,
        required: ['durationType', 'resources'],
        properties: {
          durationType: { enum: ['ONE_TIME', 'TIME_BOUND', 'PERSISTENT'] },
          durationPeriod: { type: 'integer', minimum: 1, maximum: longestPeriod },
          lookbackPeriod: { type: 'integer', minimum: 0, maximum: longestLookback },
          resources: { type: 'array', minItems: 1, maxItems: 2, items: { anyOf: [resource('ACCOUNT', accountClusters), resource('CUSTOMER', customerClusters)] } },
        },
      },
      accounts: { type: 'array', items: { type: 'string', maxLength: 255, format: 'account-id' }, minItems: 1, maxItems: 100, uniqueItems: true },
    },
  },
  fault,
  isWithin,
  complete: (asked, granted) => ({ ...granted, ...asked, consentRequest: { ...granted.consentRequest, ...asked.consentRequest } }),
  merge: (existing, added) => unionOf([...existing, ...added], { isWithin, lists: ['accounts'] }),
  enrich: (detail, { accounts }) => (ofAccounts(detail) ? { ...detail, accounts: [...new Set(accounts)].sort() } : detail),
  picks: (detail) => (ofAccounts(detail) ? 'accounts' : 'nothing'),
  offers: ({ accounts }, { id }) => accounts === undefined || accounts.includes(id),
  accounts: ({ accounts = [] }) => accounts,
  withoutAccount,
  present,
  enforced: ['Each address opens by its data clusters, and only for the accounts the customer chose.', 'Transactions older than lookbackPeriod days at the moment they are fetched are left out.'],
};

/** What a consent opens, seen from the moment it is used. */
export const fdxConsent: MarketDetailType = {
  ...rules,
  lodged: false,
  reach: (detail, { now }) => {
    const { consentRequest, accounts = [] } = detail as FdxConsent;
    const { lookbackPeriod: days, resources } = consentRequest;
    return { permissions: clustersIn(resources), accounts, ...(days !== undefined && { from: new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10) }) };
  },
};

export const clustersIn = (resources: readonly RequestedResource[]): readonly string[] => [...new Set(resources.flatMap(({ dataClusters }) => dataClusters))];
const ofAccounts = ({ consentRequest }: FdxConsent): boolean => consentRequest.resources.some(({ resourceType }) => resourceType === 'ACCOUNT');

function fault({ consentRequest }: FdxConsent): string | undefined {
  const { durationType, durationPeriod, resources } = consentRequest;
  if (durationType === 'TIME_BOUND' && durationPeriod === undefined) return 'consentRequest.durationPeriod is required for TIME_BOUND';
  if (durationType !== 'TIME_BOUND' && durationPeriod !== undefined) return 'consentRequest.durationPeriod is for TIME_BOUND alone';
  const kinds = resources.map(({ resourceType }) => resourceType);
  return new Set(kinds).size === kinds.length ? undefined : 'consentRequest.resources must name each resourceType once';
}

/** The same duration, no longer look back, no other clusters and accounts. */
function isWithin(asked: FdxConsent, granted: FdxConsent): boolean {
  const [a, g] = [asked.consentRequest, granted.consentRequest];
  return (
    a.durationType === g.durationType &&
    atMost(a.durationPeriod, g.durationPeriod) &&
    atMost(a.lookbackPeriod, g.lookbackPeriod) &&
    among(asked.accounts, granted.accounts) &&
    a.resources.every((one) => g.resources.some((other) => one.resourceType === other.resourceType && among(one.dataClusters, other.dataClusters)))
  );
}

function withoutAccount(detail: FdxConsent, accountId: string): FdxConsent | undefined {
  const accounts = detail.accounts?.filter((id) => id !== accountId);
  if (accounts === undefined) return detail;
  if (accounts.length > 0) return { ...detail, accounts };
  const resources = detail.consentRequest.resources.filter(({ resourceType }) => resourceType !== 'ACCOUNT');
  const { accounts: _gone, ...rest } = detail;
  return resources.length === 0 ? undefined : { ...(rest as FdxConsent), consentRequest: { ...detail.consentRequest, resources } };
}

/** Clusters, how far back, how long. */
function present(detail: FdxConsent, locale: string): DataPresentation {
  const language = languageOf(locale);
  const words = texts[language];
  const { durationType, durationPeriod = 0, lookbackPeriod: back, resources } = detail.consentRequest;
  const ids = clusterIdsOf(clustersIn(resources));
  const clusters = ids.map((id) => ({ id, ...(fdxVocabulary.clusters[id] as NonNullable<(typeof fdxVocabulary)['clusters'][string]>)[language] }));
  const terms: (PresentedTerm | undefined)[] = [
    ids.includes('transactions') ? { id: 'history', term: words.history, value: back === undefined ? words.all : words.lookback(formatCount(back, language), back) } : undefined,
    { id: 'until', term: words.until, value: { ONE_TIME: words.once, TIME_BOUND: words.days(formatCount(durationPeriod, language), durationPeriod), PERSISTENT: words.persistent }[durationType] },
  ];
  return { kind: 'data', ofAccounts: ofAccounts(detail), clusters, terms: terms.filter((term) => term !== undefined) };
}
