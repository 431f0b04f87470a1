import type { IssuerConfig } from '@assent/config';
import { consentPrefix } from '@assent/markets';
import type { Client } from '@assent/protocol';

/**
 * Whether a client is registered for a scope; for one that names a consent, for the scope of which that is a case, if
 * the issuer has such a scope.
 */
export function isRegistered(name: string, client: Pick<Client, 'scope'>, { scopes, market }: Pick<IssuerConfig, 'market' | 'scopes'>): boolean {
  const plain = consentPrefix(name, market)?.replace(/:$/, '');
  if (plain === undefined) return client.scope.includes(name);
  return !scopes.includes(plain) || client.scope.includes(plain);
}
