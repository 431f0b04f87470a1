import type { DataPresentation, PresentedTerm } from '@assent/authorization-details';
import { asksForAccounts, explained, type Cluster } from './clusters.js';
import { isolate, plain, sentence } from './html/plain-text.js';
import type { Texts } from './texts/index.js';

/** Data a client may see: by scopes and claims, and by authorization details, which come in words. */
export interface Data {
  readonly clusters: readonly Cluster[];
  readonly details: readonly DataPresentation[];
}

/** One thing a client sees, in words. Names in them are isolated. */
export interface Explained {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly items: readonly string[];
}

/** Who the words speak of; both isolated. */
export interface Spoken {
  readonly tpp: string;
  readonly bank: string;
  readonly t: Texts;
}

export const isData = ({ clusters, details }: Data): boolean => clusters.length + details.length > 0;

/** Whether account data is among it. */
export const ofAccounts = ({ clusters, details }: Data): boolean => asksForAccounts(clusters) || details.some(({ ofAccounts: opens = true }) => opens);

/** What scopes and details both may open, under the same ids; any other id of a detail's is its own, whatever it is. */
const common: readonly string[] = ['accounts', 'balances', 'transactions'];

/** What the words of a scope's cluster and a detail's have in common: a page shows them at one place. */
const order = ['identity', 'profile', 'email', 'phone', 'address', 'accounts', 'balances', 'transactions'];
const place = ({ id }: Explained): number => (id === 'other' ? order.length + 1 : (order.indexOf(partOf(id)) + order.length + 1) % (order.length + 1));

/** `transactions-basic` stands where `transactions` would. */
const partOf = (id: string): string => order.find((part) => id.startsWith(`${part}-`)) ?? id;

/**
 * All of it in the order of the page, each thing once: where a scope opens what a detail opens too, the scope's words
 * stand, since it opens all of it.
 */
export function explainAll(data: Data, { tpp, bank, t }: Spoken): readonly Explained[] {
  const byScope = data.clusters.map((cluster) => ({ id: cluster.id, ...explained(cluster, tpp, bank, t) }));
  const opened = new Set<string>(byScope.flatMap(({ id }) => (common.includes(id) ? [id] : [])));
  const byDetail: Explained[] = [];
  for (const cluster of data.details.flatMap(({ clusters }) => clusters.map(asSaid))) {
    const same = byDetail.findIndex(({ id, title, summary }) => id === cluster.id && title === cluster.title && summary === cluster.summary);
    if (opened.has(cluster.id)) continue;
    if (same < 0) byDetail.push(cluster);
    else byDetail[same] = { ...cluster, items: [...new Set([...(byDetail[same]?.items ?? []), ...cluster.items])] };
  }
  return [...byScope, ...byDetail].sort((one, other) => place(one) - place(other));
}

/** Types of details write their own words: whatever they are, they become sentences. */
const asSaid = ({ id, title, summary, items }: Explained): Explained => ({ id: plain(id), title: sentence(title, 120), summary: sentence(summary), items: items.map((item) => sentence(item)) });

/** A term of a detail as the pages say it; `value` is a sentence, the client's own text in it isolated and cut. */
export const termAsSaid = (term: PresentedTerm): PresentedTerm => said(term, 140);

const said = ({ id, term, value, quoted }: PresentedTerm, longest: number): PresentedTerm => ({ id: plain(id), term: sentence(term, 60), value: quoted ? isolate(value, longest) : sentence(value) });

/** As long as the purpose of a request may be. */
const longestPurpose = 300;

/** What bounds the details, each sentence once; a detail bounds nothing where scopes open all that it opens, unless it opens nothing itself. */
export function termsOfDetails({ clusters, details }: Data): readonly PresentedTerm[] {
  const opened = new Set<string>(clusters.map(({ id }) => id).filter((id) => common.includes(id)));
  const bounding = details.filter((detail) => detail.clusters.length === 0 || !detail.clusters.every(({ id }) => opened.has(id)));
  const terms = bounding.flatMap((detail) => detail.terms.map((term) => said(term, longestPurpose))).filter(({ id }) => id !== 'history' || !opened.has('transactions'));
  return terms.filter(({ id, value }, index) => terms.findIndex((other) => other.id === id && other.value === value) === index);
}
