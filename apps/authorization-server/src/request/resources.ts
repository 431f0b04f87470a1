import type { ResourceConfig } from '@assent/config';
import { invalidTarget, type AccessTokenFormat, type Client } from '@assent/protocol';

/**
 * The resources a request names (RFC 8707 section 2), each once. `invalid_target` for one that is not an absolute URI
 * without fragment or that no resource server here answers to.
 */
export function namedResources(named: readonly string[], known: readonly ResourceConfig[]): readonly string[] {
  for (const resource of named) {
    if (!URL.canParse(resource) || resource.includes('#')) throw invalidTarget('resource must be an absolute URI without a fragment', 'AT-04');
    if (!known.some(({ identifier }) => identifier === resource)) throw invalidTarget('the resource is not known here', 'AT-04');
  }
  return [...new Set(named)];
}

/** The audience of a request that names no resource: the resource servers its scopes are meant for (RFC 9068 section 3). */
export const resourcesOf = (scope: readonly string[], known: readonly ResourceConfig[]): readonly string[] =>
  known.filter((resource) => resource.scopes.some((name) => scope.includes(name))).map(({ identifier }) => identifier);

/**
 * JWT or opaque: as the client's metadata says, else as the resources want it: those named in this request, or all
 * that the client's scopes could reach. Where they disagree it is opaque, which shows a resource the least.
 */
export function accessTokenFormat(client: Client, named: readonly string[], known: readonly ResourceConfig[]): AccessTokenFormat {
  if (client.access_token_format) return client.access_token_format;
  const meant = named.length > 0 ? named : resourcesOf(client.scope, known);
  return known.some(({ identifier, accessTokenFormat: format }) => format === 'opaque' && meant.includes(identifier)) ? 'opaque' : 'jwt';
}
