import type { Conformance } from '@assent/markets';

/** What the suite is told of issuers that belong to no market, by their security profile. */
export const plansOfProfiles: Readonly<Record<string, Omit<Conformance, 'inputs'>>> = {
  'fapi2-security': {
    plan: 'fapi2-security-profile-final-test-plan',
    variant: { client_auth_type: 'private_key_jwt', sender_constrain: 'dpop', fapi_profile: 'plain_fapi', openid: 'openid_connect', authorization_request_type: 'simple' },
    scope: 'openid accounts',
    notes: ['Take client_auth_type mtls or sender_constrain mtls with clients that registered so.'],
  },
  'fapi2-message-signing': {
    plan: 'fapi2-message-signing-final-test-plan',
    variant: { client_auth_type: 'private_key_jwt', sender_constrain: 'dpop', fapi_profile: 'plain_fapi', openid: 'openid_connect', authorization_request_type: 'simple', fapi_request_method: 'signed_non_repudiation', fapi_response_mode: 'jarm' },
    scope: 'openid accounts',
    notes: [],
  },
  'fapi1-advanced': {
    plan: 'fapi1-advanced-final-test-plan',
    variant: { client_auth_type: 'private_key_jwt', fapi_auth_request_method: 'by_value', fapi_profile: 'plain_fapi', fapi_response_mode: 'plain_response' },
    scope: 'openid accounts',
    notes: ['fapi_auth_request_method pushed and fapi_response_mode jarm are certified in runs of their own.'],
  },
  'fapi-ciba': {
    plan: 'fapi-ciba-id1-test-plan',
    variant: { client_auth_type: 'private_key_jwt', fapi_ciba_profile: 'plain_fapi', ciba_mode: 'poll', client_registration: 'static_client' },
    scope: 'openid accounts',
    notes: ['client.hint_type is login_hint, client.hint_value the user id. Decide on the device page, or configure the approval endpoint (docs/ciba.md) as the automated approval URL.'],
  },
};
