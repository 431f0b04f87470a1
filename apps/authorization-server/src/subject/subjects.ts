import { createHmac } from 'node:crypto';
import { deriveKey } from '@assent/crypto';
import type { Client } from '@assent/protocol';
import type { Subjects } from '../engine.js';

/**
 * Subject identifiers as keyed hashes of the customer's own id (OpenID Connect Core section 8.1): 43 ASCII
 * characters, the same for ever under the same encryption key, and no look-alike of a `client_id` (OIDC-10).
 * A pairwise one also covers the client's sector, so that two companies cannot compare their customers.
 */
export function createSubjects(masterKey: Buffer, issuer: string): Subjects {
  const key = deriveKey(masterKey, 'subject-identifiers');
  const name = (parts: readonly string[]): string => createHmac('sha256', key).update(JSON.stringify([issuer, ...parts])).digest('base64url');
  return {
    of: (client, customerId) => (client.subject_type === 'pairwise' ? name(['pairwise', sectorOf(client), customerId]) : name(['public', customerId])),
  };
}

/**
 * The host of `sector_identifier_uri`, else the one host of the redirect URIs (OpenID Connect Core section 8.1), else,
 * of a client that has none, the host of its keys (CIBA section 4). A client with several hosts and no sector identifier is a sector of its own.
 */
export function sectorOf(client: Client): string {
  if (client.sector_identifier_uri) return new URL(client.sector_identifier_uri).host;
  const hosts = new Set(client.redirect_uris.map((uri) => new URL(uri).host));
  if (hosts.size === 0 && client.jwks_uri !== undefined) return new URL(client.jwks_uri).host;
  const [host] = hosts;
  return hosts.size === 1 && host ? host : `client:${client.client_id}`;
}
