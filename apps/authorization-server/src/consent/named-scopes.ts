import type { IssuerConfig } from '@assent/config';
import type { Client } from '@assent/protocol';

type OfMarket = Pick<IssuerConfig, 'market' | 'scopes'>;

/** The prefix of a scope that names a consent, as `consent:` of `consent:urn:bank:1`, where the issuer's market has such scopes. */
export const prefixOf = (name: string, { market }: Pick<OfMarket, 'market'>): string | undefined => market?.consent.scopePrefixes?.find((prefix) => name.startsWith(prefix) && name.length > prefix.length);

/** What a client must be registered for to use a scope: the scope itself; of one that names a consent, the scope of which it is a case, if that is one. */
export function registeredAs(name: string, issuer: OfMarket): string | undefined {
  const prefix = prefixOf(name, issuer);
  if (prefix === undefined) return name;
  const plain = prefix.replace(/:$/, '');
  return issuer.scopes.includes(plain) ? plain : undefined;
}

/** Whether a client is registered for a scope. */
export function isRegistered(name: string, client: Pick<Client, 'scope'>, issuer: OfMarket): boolean {
  const needed = registeredAs(name, issuer);
  return needed === undefined || client.scope.includes(needed);
}

/** The scopes pages speak of: neither those that only say what kind of request it is, nor names of consents. */
export const spokenScopes = (scope: readonly string[], issuer: Pick<OfMarket, 'market'>): readonly string[] =>
  issuer.market ? scope.filter((name) => !issuer.market?.issuer.silentScopes.includes(name) && prefixOf(name, issuer) === undefined) : scope;
