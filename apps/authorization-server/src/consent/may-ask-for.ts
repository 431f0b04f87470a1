import type { AskedRequest, Client } from '@assent/protocol';
import type { IssuerRuntime } from '../engine.js';
import { isRegistered } from './named-scopes.js';

/**
 * What a client may no longer ask for of that which it was allowed when its request was kept; `undefined`: it may all of
 * it. Details of a lodged consent are the market's, which no client is registered for.
 */
export function mayAskFor(client: Client, { scope, authorizationDetails }: Pick<AskedRequest, 'scope' | 'authorizationDetails'>, { config }: Pick<IssuerRuntime, 'config'>): 'scope' | 'type of authorization_details' | undefined {
  if (!scope.every((name) => isRegistered(name, client, config))) return 'scope';
  const lodged = new Set(config.market?.details.filter((type) => type.lodged).map(({ type }) => type));
  return authorizationDetails.every(({ type }) => lodged.has(type) || client.authorization_details_types?.includes(type)) ? undefined : 'type of authorization_details';
}
