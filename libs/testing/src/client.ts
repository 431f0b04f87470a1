import type { Client } from '@assent/protocol';

/** A client that may do everything FAPI 2.0 lets it do: `private_key_jwt` and DPoP, unless said otherwise. */
export const aClient = (over: Partial<Client> = {}): Client => ({
  client_id: 'tally-budget',
  client_name: 'Tally Budget',
  redirect_uris: ['https://localhost:9447/callback'],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  response_types: ['code'],
  scope: ['openid', 'profile', 'email', 'offline_access', 'accounts', 'balances', 'transactions'],
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [] },
  dpop_bound_access_tokens: true,
  tls_client_certificate_bound_access_tokens: false,
  use_mtls_endpoint_aliases: false,
  id_token_signed_response_alg: 'ES256',
  subject_type: 'public',
  require_auth_time: false,
  ...over,
});
