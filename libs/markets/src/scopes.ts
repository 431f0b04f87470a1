import type { Market } from './market.js';

type OfScopes = Pick<Market, 'consent' | 'issuer'>;

/** The prefix of a scope that names a consent, as `consent:` of `consent:urn:bank:1`, where the market has such scopes. */
export const consentPrefix = (name: string, market: Pick<OfScopes, 'consent'> | undefined): string | undefined => market?.consent.scopePrefixes?.find((prefix) => name.startsWith(prefix) && name.length > prefix.length);

/** The scopes pages speak of: neither those that only say what kind of request it is, nor names of consents. */
export const spokenScopes = (scope: readonly string[], market: OfScopes | undefined): readonly string[] =>
  market ? scope.filter((name) => !market.issuer.silentScopes.includes(name) && consentPrefix(name, market) === undefined) : scope;
