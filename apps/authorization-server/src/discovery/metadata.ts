import type { AssentConfig, IssuerConfig } from '@assent/config';
import type { Market } from '@assent/markets';
import { decryptionAlgsOf } from '@assent/signing-keys';
import { discoveryMetadata, mustSignRequests, type DiscoveryMetadata } from '@assent/profiles';
import { arrangementsUnder } from '../arrangements/index.js';
import type { IssuerRuntime } from '../engine.js';

/** The issuer's metadata (RFC 8414 section 2, OpenID Connect Discovery section 3), derived from policy and configuration. */
export function metadataOf({ issuer, policy, endpoints, mtlsEndpoints, config: own }: IssuerRuntime, { bank, grantManagement: server }: AssentConfig): DiscoveryMetadata {
  const { resources, scopes, authorizationDetailsTypes, signingAlgs, acrValues, subjectTypes, claims } = own;
  const grantManagement = { ...own.grantManagement, endpoint: `${server.publicUrl}/grants` };
  // RFC 9101 section 10.5: said only where it holds for everybody who sends requests at all.
  const askers = own.clients.filter(({ grant_types: grants }) => grants.includes('authorization_code'));
  // … and of those that are still to register nothing is known.
  const everyClientSigns = policy.requestObject === 'required' || (!own.registration && askers.length > 0 && askers.every((client) => mustSignRequests(client, policy)));
  const identifiers = resources.map(({ identifier }) => identifier);
  const general = discoveryMetadata({ issuer, endpoints, mtlsEndpoints, scopes, authorizationDetailsTypes, signingAlgs, acrValues, subjectTypes, claims, everyClientSigns, decryptionAlgs: decryptionAlgsOf(policy), uiLocales: bank.locales, resources: identifiers, grantManagement, backchannel: { userCode: own.ciba.userCode === 'on' } }, policy);
  return own.market ? { ...general, ...ofMarket(own, own.market, general) } : general;
}

/** What the market's documents have beside. */
function ofMarket({ issuer, mtlsBase }: IssuerConfig, market: Market, general: DiscoveryMetadata): DiscoveryMetadata {
  const { arrangements } = market;
  const aliases = general['mtls_endpoint_aliases'] as Readonly<Record<string, string>> | undefined;
  return {
    ...(market.discovery?.({ issuer, mtlsBase }) as DiscoveryMetadata | undefined),
    ...(arrangements && arrangementsUnder(issuer, arrangements)),
    ...(arrangements && mtlsBase !== undefined && aliases && { mtls_endpoint_aliases: { ...aliases, ...arrangementsUnder(mtlsBase, arrangements) } }),
  };
}
