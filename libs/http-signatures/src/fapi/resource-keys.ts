import { RemoteKeySet, type FetchJson, type KeysById } from '@assent/crypto';
import type { Clock } from '@assent/protocol';

/**
 * The published keys of a resource server, found through its own metadata (RFC 9728) and kept like any key set. Rejects
 * with `KeySetError` when they cannot be had.
 */
export function resourceKeys(resource: string, fetchJson: FetchJson, clock: Clock): KeysById {
  const throughMetadata: FetchJson = async (url) => fetchJson(jwksUriOf((await fetchJson(url)).body, resource));
  const keys = new RemoteKeySet(metadataUrl(resource), throughMetadata, clock);
  return (kid) => keys.named(kid);
}

/** RFC 9728 section 3.1: the well-known path between host and path. */
function metadataUrl(resource: string): string {
  const { origin, pathname, search } = new URL(resource);
  return `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}${search}`;
}

/** Only a document about this very resource counts (RFC 9728 section 3.3). */
function jwksUriOf(document: unknown, resource: string): string {
  const { resource: about, jwks_uri: uri } = (document ?? {}) as { readonly resource?: unknown; readonly jwks_uri?: unknown };
  if (about !== resource || typeof uri !== 'string') throw new Error(`${resource} does not say where its keys are`);
  return uri;
}
