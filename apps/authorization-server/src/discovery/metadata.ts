import type { AssentConfig } from '@assent/config';
import type { Endpoints, IssuerRuntime } from '../engine.js';

/**
 * The issuer's metadata (RFC 8414 section 2, OpenID Connect Discovery section 3), all of it derived from its policy
 * and configuration. Lists without members are left out (MD-03).
 */
export function metadataOf(issuer: IssuerRuntime, config: AssentConfig): Record<string, unknown> {
  const { policy, config: own } = issuer;
  const openId = own.scopes.includes('openid');
  const mtls = policy.senderConstraint.includes('mtls');
  const methods = policy.clientAuth;
  const document = {
    issuer: issuer.issuer,
    ...named(issuer.endpoints),
    authorization_endpoint: issuer.endpoints.authorization,
    jwks_uri: issuer.endpoints.jwks,
    response_types_supported: policy.responseTypes,
    response_modes_supported: policy.responseModes,
    grant_types_supported: policy.grantTypes,
    code_challenge_methods_supported: policy.pkce,
    require_pushed_authorization_requests: policy.par === 'required',
    request_parameter_supported: false,
    // Its default is true (OpenID Connect Discovery section 3).
    request_uri_parameter_supported: false,
    authorization_response_iss_parameter_supported: policy.issInResponse,
    token_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_methods_supported: methods,
    ...signingAlgs(methods.includes('private_key_jwt') ? policy.algs : []),
    dpop_signing_alg_values_supported: policy.senderConstraint.includes('dpop') ? policy.algs : [],
    ...(mtls ? { tls_client_certificate_bound_access_tokens: true } : {}),
    ...(issuer.mtlsEndpoints ? { mtls_endpoint_aliases: named(issuer.mtlsEndpoints) } : {}),
    scopes_supported: own.scopes,
    protected_resources: config.resources.map(({ identifier }) => identifier),
    ui_locales_supported: config.bank.locales,
    ...(openId ? openIdMetadata(issuer) : {}),
  };
  return Object.fromEntries(Object.entries(document).filter(([, value]) => !(Array.isArray(value) && value.length === 0)));
}

/** The endpoints a client calls itself; the same names serve as mTLS aliases (RFC 8705 section 5). */
const named = (endpoints: Endpoints) => ({
  token_endpoint: endpoints.token,
  pushed_authorization_request_endpoint: endpoints.pushedAuthorizationRequest,
  introspection_endpoint: endpoints.introspection,
  revocation_endpoint: endpoints.revocation,
  userinfo_endpoint: endpoints.userinfo,
});

const signingAlgs = (algs: readonly string[]) => ({
  token_endpoint_auth_signing_alg_values_supported: algs,
  introspection_endpoint_auth_signing_alg_values_supported: algs,
  revocation_endpoint_auth_signing_alg_values_supported: algs,
});

function openIdMetadata({ config: own }: IssuerRuntime) {
  return {
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: own.signingAlgs,
    userinfo_signing_alg_values_supported: own.signingAlgs,
    acr_values_supported: own.acrValues,
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    claim_types_supported: ['normal'],
    claims_parameter_supported: true,
    claims_supported: [...protocolClaims, ...own.claims.filter((claim) => !protocolClaims.includes(claim))],
  };
}

/** What ID tokens carry by themselves; the rest is what the bank holds (`claims_supported` lists what is delivered). */
const protocolClaims = ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'acr', 'amr', 'nonce', 'at_hash'];
