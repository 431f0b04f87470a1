import type { ClaimsRequest } from '@assent/protocol';
import { isolate } from './html/plain-text.js';
import type { Texts } from './texts/index.js';

/** What a customer is asked to share, in the units the page explains. */
export type ClusterId = Exclude<keyof Texts['clusters'], 'other'>;
export type Cluster = { readonly id: ClusterId } | { readonly id: 'other'; readonly name: string };

const byScope: Readonly<Record<string, ClusterId>> = {
  openid: 'identity',
  profile: 'profile',
  email: 'email',
  phone: 'phone',
  address: 'address',
  accounts: 'accounts',
  balances: 'balances',
  transactions: 'transactions',
};

/** Ask for no data: how often data may be fetched, and the client's own look at what it was allowed. */
const silentScopes = new Set(['offline_access', 'grant_management_query', 'grant_management_revoke']);

const byClaim: Readonly<Record<string, ClusterId>> = {
  ...Object.fromEntries(
    ['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'].map(
      (claim) => [claim, 'profile' as const],
    ),
  ),
  email: 'email',
  email_verified: 'email',
  phone_number: 'phone',
  phone_number_verified: 'phone',
  address: 'address',
};

/** Say how the customer signed in, and under which number the client knows them: part of `openid`. */
const aboutSignIn = new Set(['sub', 'acr', 'amr', 'auth_time', 'azp', 'nonce']);

const order: readonly ClusterId[] = ['identity', 'profile', 'email', 'phone', 'address', 'accounts', 'balances', 'transactions'];
const ofAccounts = new Set<Cluster['id']>(['accounts', 'balances', 'transactions']);

/**
 * Everything a request asks for, as clusters in the order of the page: scopes, and single claims asked for by the
 * `claims` parameter (OpenID Connect Core section 5.5). A scope or claim nobody described is shown by its name and
 * never left out: nothing is granted that the page did not show.
 */
export function clustersOf(scope: readonly string[], claims?: ClaimsRequest): readonly Cluster[] {
  const known = new Set<ClusterId>();
  const others: Cluster[] = [];
  for (const value of scope) {
    const id = Object.hasOwn(byScope, value) ? byScope[value] : undefined;
    if (id) known.add(id);
    else if (!silentScopes.has(value)) others.push({ id: 'other', name: value });
  }
  for (const claim of new Set([...Object.keys(claims?.userinfo ?? {}), ...Object.keys(claims?.id_token ?? {})])) {
    const id = Object.hasOwn(byClaim, claim) ? byClaim[claim] : undefined;
    if (id) known.add(id);
    else if (!aboutSignIn.has(claim)) others.push({ id: 'other', name: claim });
  }
  return [...order.filter((id) => known.has(id)).map((id) => ({ id })), ...others];
}

/** Whether the customer must pick accounts, or only tells who they are. */
export const asksForAccounts = (clusters: readonly Cluster[]): boolean => clusters.some(({ id }) => ofAccounts.has(id));

/** A cluster's own words; also what a dashboard or a notice says about it. */
export function explained(cluster: Cluster, tpp: string, bank: string, t: Texts): { readonly title: string; readonly summary: string; readonly items: readonly string[] } {
  if (cluster.id === 'other') {
    const { title, summary } = t.clusters.other;
    return { title: title(isolate(cluster.name, 60)), summary: summary(bank), items: [] };
  }
  const { title, summary, items } = t.clusters[cluster.id];
  return { title, summary: summary(tpp), items };
}
