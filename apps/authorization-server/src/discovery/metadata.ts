import type { AssentConfig } from '@assent/config';
import { discoveryMetadata, type DiscoveryMetadata } from '@assent/profiles';
import type { IssuerRuntime } from '../engine.js';

/** The issuer's metadata (RFC 8414 section 2, OpenID Connect Discovery section 3), derived from policy and configuration. */
export function metadataOf({ issuer, policy, endpoints, mtlsEndpoints, config: own }: IssuerRuntime, { resources, bank, grantManagement: server }: AssentConfig): DiscoveryMetadata {
  const { scopes, authorizationDetailsTypes, signingAlgs, acrValues, claims } = own;
  const grantManagement = { ...own.grantManagement, endpoint: `${server.publicUrl}/grants` };
  const identifiers = resources.map(({ identifier }) => identifier);
  return discoveryMetadata({ issuer, endpoints, mtlsEndpoints, scopes, authorizationDetailsTypes, signingAlgs, acrValues, claims, uiLocales: bank.locales, resources: identifiers, grantManagement }, policy);
}
