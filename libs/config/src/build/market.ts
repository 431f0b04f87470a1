import type { Market } from '@assent/markets';
import type { Policy } from '@assent/profiles';
import type { BankConfig, IssuerConfig, ResourceConfig, ResourceServerConfig } from '../model.js';
import type { Path } from '../problem.js';
import type { IssuerEntry } from '../schema/index.js';
import type { Context } from './context.js';
import { notFound } from './not-found.js';

/** The market an issuer says it is part of. It says that or its security profile, never both. */
export function marketOf(context: Context, { name: issuer, market: name, profile, signsIn }: IssuerEntry, path: Path): Market | undefined {
  if ((name === undefined) === (profile === undefined)) {
    context.problem([...path, name === undefined ? 'profile' : 'market'], `expected either profile or market, found ${name === undefined ? 'neither' : 'both'}`);
    return undefined;
  }
  if (name === undefined) return undefined;
  if (signsIn === 'staff') context.problem([...path, 'market'], `expected no market (staff share no data), found "${name}"`);
  const market = context.markets.find((one) => one.name === name);
  const known = context.markets.map((one) => one.name);
  if (!market) context.problem([...path, 'market'], `expected one of ${known.join(', ')}, ${notFound(name, known)}`);
  // The bank's own API has these addresses.
  if (taken.has(issuer)) context.problem([...path, 'name'], `expected a name that the bank's API has no address of, found "${issuer}"`);
  return market;
}

/** What an issuer may not change of its market: lifetimes that are too short, redirect URIs nobody registered, signatures the market has none of. */
export function judgeInMarket(context: Context, entry: IssuerEntry, { title, least = [] }: Market, policy: Policy, path: Path): void {
  for (const { key, seconds, clause } of least) {
    const name = key === 'accessTokenLifetime' ? 'accessToken' : 'requestUri';
    if (policy[key] < seconds) context.problem([...path, 'lifetimes', name], `expected at least ${seconds} seconds (${clause}), found ${policy[key]}`);
  }
  if (entry.redirectUris === 'registered-or-pushed') context.problem([...path, 'redirectUris'], `expected "registered" (${title}: clients push no others), found "registered-or-pushed"`);
  if (policy.httpSignatures !== 'off') context.problem([...path, 'httpSignatures'], `expected "off" (${title}: its API has signatures of its own, or none), found "${policy.httpSignatures}"`);
}

const taken: ReadonlySet<string> = new Set(['accounts', 'balances', 'payments']);

/** Types of details that requests carry; those of lodged consents no request may send (RFC 9396 section 10). */
export const carriedTypes = ({ details }: Market): readonly string[] => details.filter(({ lodged }) => !lodged).map(({ type }) => type);

/** Types of details in the grants of all markets there are issuers of. */
export const detailsInMarkets = (issuers: readonly Pick<IssuerConfig, 'market'>[]): Market['details'] => [...new Set(issuers.flatMap(({ market }) => market?.details ?? []))];

/** The one resource an issuer of a market has: its own API at the bank. */
export const resourcesInMarket = (market: Market, name: string, { publicUrl }: ResourceServerConfig, bank: Pick<BankConfig, 'name'>): readonly ResourceConfig[] => [
  {
    identifier: `${publicUrl}/${name}`,
    name: `${bank.name} ${market.title}`,
    scopes: market.issuer.resourceScopes,
    authorizationDetailsTypes: market.details.map(({ type }) => type),
    accessTokenFormat: 'jwt',
  },
];
