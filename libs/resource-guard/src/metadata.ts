import type { SigningAlg } from '@assent/protocol';

/** Members of the metadata document that only the operator knows (RFC 9728 section 2). */
export interface ResourceDescription {
  readonly resource_name?: string;
  readonly scopes_supported?: readonly string[];
  readonly resource_documentation?: string;
  readonly resource_policy_uri?: string;
  readonly resource_tos_uri?: string;
  readonly authorization_details_types_supported?: readonly string[];
  /** Where the keys lie that sign answers, and by which algorithms. */
  readonly jwks_uri?: string;
  readonly resource_signing_alg_values_supported?: readonly string[];
}

/** The protected resource metadata document (RFC 9728 section 2). */
export interface ProtectedResourceMetadata extends ResourceDescription {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
  readonly bearer_methods_supported: readonly string[];
  readonly tls_client_certificate_bound_access_tokens?: boolean;
  readonly dpop_signing_alg_values_supported?: readonly string[];
  readonly dpop_bound_access_tokens_required?: boolean;
}

const wellKnown = '/.well-known/oauth-protected-resource';

/** Where the document of a resource lies: the well-known path between host and path of its identifier (PRM-01). */
export function metadataUrlOf(resource: string): string {
  const { origin, pathname, search } = new URL(resource);
  return `${origin}${wellKnown}${pathname === '/' ? '' : pathname}${search}`;
}

/** The document of RFC 9728 for what the guard enforces; members without values are left out (PRM-01, PRM-03). */
export function describeResource(facts: {
  readonly resource: string;
  readonly issuers: readonly string[];
  readonly constraints: readonly ('dpop' | 'mtls')[];
  readonly algs: readonly SigningAlg[];
  readonly description: ResourceDescription;
}): ProtectedResourceMetadata {
  const { resource, issuers, constraints, algs, description } = facts;
  const dpop = constraints.includes('dpop');
  const mtls = constraints.includes('mtls');
  return {
    resource,
    authorization_servers: issuers,
    bearer_methods_supported: ['header'],
    ...(mtls && { tls_client_certificate_bound_access_tokens: true }),
    ...(dpop && { dpop_signing_alg_values_supported: algs }),
    ...(dpop && !mtls && { dpop_bound_access_tokens_required: true }),
    ...withoutEmptyLists(description),
  };
}

const withoutEmptyLists = (description: ResourceDescription): ResourceDescription =>
  Object.fromEntries(Object.entries(description).filter(([, value]) => !(Array.isArray(value) && value.length === 0)));
