import type { EncryptionAlg, SigningAlgName } from '@assent/protocol';
import type { Policy } from './policy.js';
import { isHybrid, isJarmMode } from './response-mode.js';

/** What an issuer knows of itself beside its policy: what its metadata is made of. */
export interface IssuerFacts {
  /** The issuer identifier, byte for byte. */
  readonly issuer: string;
  readonly endpoints: EndpointUrls;
  /** The same endpoints where a client certificate is asked for; `undefined` when the main ones ask themselves. */
  readonly mtlsEndpoints?: EndpointUrls | undefined;
  readonly scopes: readonly string[];
  /** Types of `authorization_details` (RFC 9396 section 10). */
  readonly authorizationDetailsTypes?: readonly string[];
  /** What it signs ID tokens and UserInfo responses with. */
  readonly signingAlgs: readonly SigningAlgName[];
  readonly acrValues: readonly string[];
  /** What others may encrypt to it with: the algorithms it has keys for. */
  readonly decryptionAlgs?: readonly EncryptionAlg[];
  /** Whether every client has to send signed request objects. */
  readonly everyClientSigns?: boolean;
  /** Claims about customers that are really delivered; protocol claims are added. */
  readonly claims: readonly string[];
  /** How customers are named to clients; `public` and `pairwise` when absent. */
  readonly subjectTypes?: readonly string[];
  readonly uiLocales: readonly string[];
  /** Resource identifiers (RFC 9728 section 4). */
  readonly resources: readonly string[];
  /** Whether customers have codes for requests by the back channel. */
  readonly backchannel?: { readonly userCode: boolean };
  /** Grant Management section 7.1; absent: none of it. */
  readonly grantManagement?: GrantManagementFacts;
}

export interface GrantManagementFacts {
  /** The grants API: a grant's URL is this, `/` and its id. */
  readonly endpoint: string;
  readonly actions: readonly string[];
  readonly actionRequired: boolean;
}

export interface EndpointUrls {
  readonly authorization: string;
  readonly pushedAuthorizationRequest: string;
  readonly token: string;
  readonly userinfo: string;
  readonly introspection: string;
  readonly revocation: string;
  readonly jwks: string;
  readonly backchannelAuthentication: string;
  /** Where clients register themselves; absent: nowhere. */
  readonly registration?: string;
}

export type DiscoveryMetadata = Readonly<Record<string, string | boolean | readonly string[] | Readonly<Record<string, string>>>>;

/**
 * The metadata of an issuer, the same for both well-known locations (MD-06). Lists without a value are left out
 * (RFC 8414 section 3.2), defaults that would claim too much are overridden (MD-05), and nothing is null.
 */
export function discoveryMetadata(facts: IssuerFacts, policy: Policy): DiscoveryMetadata {
  return withoutEmpty({
    issuer: facts.issuer,
    ...endpointsOf(facts, policy),
    ...authorizationOf(facts, policy),
    ...requestObjectsOf(facts, policy),
    ...signedResponsesOf(facts, policy),
    ...clientAuthenticationOf(policy),
    ...senderConstraintOf(policy),
    ...grantManagementOf(facts),
    ...backchannelOf(facts, policy),
    introspection_signing_alg_values_supported: facts.signingAlgs,
    introspection_encryption_alg_values_supported: policy.encryptionAlgs,
    introspection_encryption_enc_values_supported: policy.encryptionAlgs.length > 0 ? policy.contentEncryptionAlgs : undefined,
    scopes_supported: facts.scopes,
    authorization_details_types_supported: facts.authorizationDetailsTypes,
    ui_locales_supported: facts.uiLocales,
    protected_resources: facts.resources,
    ...(facts.scopes.includes('openid') ? openIdOf(facts, policy) : {}),
  });
}

type Members = Readonly<Record<string, string | boolean | readonly string[] | Readonly<Record<string, string>> | undefined>>;

function withoutEmpty(members: Members): DiscoveryMetadata {
  const kept = Object.entries(members).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0));
  return Object.fromEntries(kept) as DiscoveryMetadata;
}

function endpointsOf(facts: IssuerFacts, policy: Policy): Members {
  const { endpoints, mtlsEndpoints, scopes } = facts;
  const openid = scopes.includes('openid');
  const certificates = policy.senderConstraint.includes('mtls') || policy.clientAuth.some((method) => method !== 'private_key_jwt' && method !== 'none');
  return {
    authorization_endpoint: endpoints.authorization,
    jwks_uri: endpoints.jwks,
    ...backChannel(endpoints, openid, policy),
    // Every alias repeats an endpoint that also stands at the top (RFC 8705 section 5; MD-06). The grants API asks for
    // certificates at its only address (GM-MD-02).
    mtls_endpoint_aliases: certificates && mtlsEndpoints ? { ...backChannel(mtlsEndpoints, openid, policy), ...grantsApiOf(facts) } : undefined,
  };
}

/** The endpoints that clients call themselves, where a certificate may be presented. */
function backChannel(endpoints: EndpointUrls, openid: boolean, { ciba }: Policy): Record<string, string> {
  return {
    token_endpoint: endpoints.token,
    pushed_authorization_request_endpoint: endpoints.pushedAuthorizationRequest,
    introspection_endpoint: endpoints.introspection,
    revocation_endpoint: endpoints.revocation,
    ...(openid ? { userinfo_endpoint: endpoints.userinfo } : {}),
    ...(ciba === 'on' ? { backchannel_authentication_endpoint: endpoints.backchannelAuthentication } : {}),
    ...(endpoints.registration === undefined ? {} : { registration_endpoint: endpoints.registration }),
  };
}

function authorizationOf({ scopes }: IssuerFacts, policy: Policy): Members {
  return {
    response_types_supported: policy.responseTypes.filter((type) => !isHybrid(type) || scopes.includes('openid')),
    response_modes_supported: policy.responseModes,
    grant_types_supported: policy.grantTypes,
    code_challenge_methods_supported: policy.pkce,
    require_pushed_authorization_requests: policy.par === 'required',
    authorization_response_iss_parameter_supported: policy.issInResponse,
  };
}

/** RFC 9101 sections 9.2 and 10.5; the default of `request_uri_parameter_supported` would claim too much (JR-12). */
function requestObjectsOf({ decryptionAlgs = [], everyClientSigns = false }: IssuerFacts, policy: Policy): Members {
  const used = policy.requestObject !== 'off';
  const byAddress = used && policy.requestObjectBy.includes('registered-uri');
  const encrypted = used && policy.requestObjectEncryption !== 'off' && decryptionAlgs.length > 0;
  return {
    request_parameter_supported: used,
    request_uri_parameter_supported: byAddress,
    require_request_uri_registration: byAddress ? true : undefined,
    require_signed_request_object: used && everyClientSigns ? true : undefined,
    request_object_signing_alg_values_supported: used ? policy.requestObjectAlgs : undefined,
    request_object_encryption_alg_values_supported: encrypted ? decryptionAlgs : undefined,
    request_object_encryption_enc_values_supported: encrypted ? policy.contentEncryptionAlgs : undefined,
  };
}

/** JARM section 4. */
function signedResponsesOf({ signingAlgs }: IssuerFacts, policy: Policy): Members {
  const encrypted = policy.responseEncryption !== 'off';
  return {
    authorization_signing_alg_values_supported: policy.responseModes.some(isJarmMode) ? signingAlgs.filter((alg) => policy.responseAlgs.includes(alg)) : undefined,
    authorization_encryption_alg_values_supported: encrypted ? policy.encryptionAlgs : undefined,
    authorization_encryption_enc_values_supported: encrypted ? policy.contentEncryptionAlgs : undefined,
  };
}

/** Introspection and revocation authenticate clients as the token endpoint does. */
function clientAuthenticationOf({ clientAuth, algs }: Policy): Members {
  const signs = clientAuth.includes('private_key_jwt');
  const of = (endpoint: string): Members => ({
    // A token's state is told to nobody who did not authenticate (RFC 7662 section 2.1).
    [`${endpoint}_auth_methods_supported`]: endpoint === 'introspection_endpoint' ? clientAuth.filter((method) => method !== 'none') : clientAuth,
    [`${endpoint}_auth_signing_alg_values_supported`]: signs ? algs : undefined,
  });
  return { ...of('token_endpoint'), ...of('introspection_endpoint'), ...of('revocation_endpoint') };
}

function senderConstraintOf({ senderConstraint, algs }: Policy): Members {
  return {
    dpop_signing_alg_values_supported: senderConstraint.includes('dpop') ? algs : undefined,
    tls_client_certificate_bound_access_tokens: senderConstraint.includes('mtls'),
  };
}

/** GM-MD-01 to GM-MD-03. */
function grantManagementOf(facts: IssuerFacts): Members {
  const { actions = [], actionRequired } = facts.grantManagement ?? {};
  return actions.length === 0 ? {} : { grant_management_actions_supported: actions, grant_management_action_required: actionRequired, ...grantsApiOf(facts) };
}

function grantsApiOf({ grantManagement }: IssuerFacts): Record<string, string> {
  const { actions = [], endpoint = '' } = grantManagement ?? {};
  return actions.includes('query') || actions.includes('revoke') ? { grant_management_endpoint: endpoint } : {};
}

/** CIBA section 4, FAPI-CIBA 4.3 (CB-MD-02 to CB-MD-05, CB-MD-09). */
function backchannelOf({ backchannel }: IssuerFacts, { ciba, cibaDelivery, requestObjectAlgs }: Policy): Members {
  if (ciba === 'off') return {};
  return {
    backchannel_token_delivery_modes_supported: cibaDelivery,
    backchannel_authentication_request_signing_alg_values_supported: requestObjectAlgs,
    backchannel_user_code_parameter_supported: backchannel?.userCode ?? false,
    backchannel_endpoint_login_hint_token_types_supported: loginHintTokenTypes,
  };
}

/** Types of `login_hint_token` that are understood: a JWT whose `sub_id` (RFC 9493) names a customer. */
export const loginHintTokenTypes: readonly string[] = ['login-hint+jwt'];

/** Claims every ID token may carry, whoever the customer is. */
const protocolClaims = ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'acr', 'amr'];

function openIdOf({ signingAlgs, acrValues, claims, subjectTypes = ['public', 'pairwise'] }: IssuerFacts, policy: Policy): Members {
  const encrypted = policy.idTokenEncryption !== 'off';
  return {
    id_token_encryption_alg_values_supported: encrypted ? policy.encryptionAlgs : undefined,
    id_token_encryption_enc_values_supported: encrypted ? policy.contentEncryptionAlgs : undefined,
    subject_types_supported: subjectTypes,
    id_token_signing_alg_values_supported: signingAlgs,
    userinfo_signing_alg_values_supported: signingAlgs,
    acr_values_supported: acrValues,
    claim_types_supported: ['normal'],
    claims_supported: [...new Set([...protocolClaims, ...claims])],
    claims_parameter_supported: true,
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
  };
}
