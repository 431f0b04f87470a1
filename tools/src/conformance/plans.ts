import type { Conformance } from '@assent/markets';

/** What the suite is told of an issuer that belongs to no market, and how its test clients register there. */
export interface ProfilePlan extends Omit<Conformance, 'inputs'> {
  /** Metadata of the test clients (RFC 7591). */
  readonly metadata: Readonly<Record<string, unknown>>;
}

const grants = { grant_types: ['authorization_code', 'refresh_token', 'client_credentials'], response_types: ['code'] };
const byDpop = { ...grants, dpop_bound_access_tokens: true };
const byCertificate = { ...grants, tls_client_certificate_bound_access_tokens: true, use_mtls_endpoint_aliases: true };

/** By security profile. */
export const plansOfProfiles: Readonly<Record<string, ProfilePlan>> = {
  'fapi2-security': {
    plan: 'fapi2-security-profile-final-test-plan',
    variant: { client_auth_type: 'private_key_jwt', sender_constrain: 'dpop', fapi_profile: 'plain_fapi', openid: 'openid_connect', authorization_request_type: 'simple' },
    scope: 'openid accounts',
    metadata: byDpop,
    notes: ['Take client_auth_type mtls or sender_constrain mtls with clients that registered so.'],
  },
  'fapi2-message-signing': {
    plan: 'fapi2-message-signing-final-test-plan',
    variant: { client_auth_type: 'private_key_jwt', sender_constrain: 'dpop', fapi_profile: 'plain_fapi', openid: 'openid_connect', authorization_request_type: 'simple', fapi_request_method: 'signed_non_repudiation', fapi_response_mode: 'jarm' },
    scope: 'openid accounts',
    metadata: { ...byDpop, require_signed_request_object: true, request_object_signing_alg: 'PS256', authorization_signed_response_alg: 'PS256' },
    notes: [],
  },
  'fapi1-advanced': {
    plan: 'fapi1-advanced-final-test-plan',
    variant: { client_auth_type: 'private_key_jwt', fapi_auth_request_method: 'by_value', fapi_profile: 'plain_fapi', fapi_response_mode: 'plain_response' },
    scope: 'openid accounts',
    metadata: { ...byCertificate, response_types: ['code id_token'], request_object_signing_alg: 'PS256' },
    notes: ['fapi_auth_request_method pushed and fapi_response_mode jarm are certified in runs of their own.'],
  },
  'fapi-ciba': {
    plan: 'fapi-ciba-id1-test-plan',
    variant: { client_auth_type: 'private_key_jwt', fapi_ciba_profile: 'plain_fapi', ciba_mode: 'poll', client_registration: 'static_client' },
    scope: 'openid accounts',
    metadata: { ...byCertificate, grant_types: ['refresh_token', 'client_credentials', 'urn:openid:params:grant-type:ciba'], response_types: [], backchannel_token_delivery_mode: 'poll', backchannel_authentication_request_signing_alg: 'PS256' },
    notes: ['client.hint_type is login_hint, client.hint_value the user id. Decide on the device page, or configure the approval endpoint (docs/ciba.md) as the automated approval URL.'],
  },
};
