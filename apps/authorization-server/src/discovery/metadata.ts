import type { AssentConfig } from '@assent/config';
import { decryptionAlgsOf } from '@assent/signing-keys';
import { discoveryMetadata, mustSignRequests, type DiscoveryMetadata } from '@assent/profiles';
import type { IssuerRuntime } from '../engine.js';

/** The issuer's metadata (RFC 8414 section 2, OpenID Connect Discovery section 3), derived from policy and configuration. */
export function metadataOf({ issuer, policy, endpoints, mtlsEndpoints, config: own }: IssuerRuntime, { bank, grantManagement: server }: AssentConfig): DiscoveryMetadata {
  const { resources, scopes, authorizationDetailsTypes, signingAlgs, acrValues, subjectTypes, claims } = own;
  const grantManagement = { ...own.grantManagement, endpoint: `${server.publicUrl}/grants` };
  // RFC 9101 section 10.5: said only where it holds for everybody who sends requests at all.
  const askers = own.clients.filter(({ grant_types: grants }) => grants.includes('authorization_code'));
  const everyClientSigns = policy.requestObject === 'required' || (askers.length > 0 && askers.every((client) => mustSignRequests(client, policy)));
  const identifiers = resources.map(({ identifier }) => identifier);
  return discoveryMetadata({ issuer, endpoints, mtlsEndpoints, scopes, authorizationDetailsTypes, signingAlgs, acrValues, subjectTypes, claims, everyClientSigns, decryptionAlgs: decryptionAlgsOf(policy), uiLocales: bank.locales, resources: identifiers, grantManagement, backchannel: { userCode: own.ciba.userCode === 'on' } }, policy);
}
