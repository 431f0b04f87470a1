import type { InLanguages } from '@assent/authorization-details';

/** A part of what a customer shares, in plain words: one card on the consent page. */
export interface DataCluster {
  readonly title: string;
  readonly summary: string;
  readonly items: readonly string[];
}

/**
 * A market's permissions. Each belongs to the clusters it shows something of; a cluster is on the page when any of its
 * permissions was asked for. Ids `accounts`, `balances` and `transactions` are those of the platform's own scopes.
 */
export interface Vocabulary {
  readonly clusters: Readonly<Record<string, InLanguages<DataCluster>>>;
  /** Cluster → the one that says all of it: where both would be shown, only that one is. */
  readonly within?: Readonly<Record<string, string>>;
  /** Permissions about accounts, so that their customer chooses some; all when absent. */
  readonly ofAccounts?: readonly string[];
  /** Permission → ids of clusters. */
  readonly permissions: Readonly<Record<string, readonly string[]>>;
  /** What for a client may ask, where the market has a list of that; each as a whole sentence for the customer. */
  readonly purposes?: Readonly<Record<string, InLanguages<string>>>;
}

/** The clusters of some permissions in the vocabulary's order. */
export function clustersOf({ clusters, permissions, within = {} }: Vocabulary, asked: readonly string[]): readonly string[] {
  const named = new Set(asked.flatMap((permission) => permissions[permission] ?? []));
  return Object.keys(clusters).filter((id) => named.has(id) && !named.has(within[id] ?? ''));
}
