import { cibaGrantType, checkClient, fapi1Advanced, fapi2Ciba, fapi2Security, fapiCiba, type Policy } from '../index.js';

const good = {
  client_id: 'corner-shop',
  grant_types: [cibaGrantType, 'refresh_token'],
  response_types: [],
  scope: 'openid accounts',
  token_endpoint_auth_method: 'private_key_jwt',
  jwks_uri: 'https://shop.example/jwks.json',
  backchannel_token_delivery_mode: 'poll',
};
const ping = { backchannel_token_delivery_mode: 'ping', backchannel_client_notification_endpoint: 'https://shop.example/told' };
const certificate = { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=shop', jwks_uri: undefined };
const issuer = { scopes: ['openid', 'accounts'], signingAlgs: ['PS256', 'ES256'] as const, acrValues: [], resources: [] };
const check = (changes: object, policy: Policy = fapi2Ciba.policy) => checkClient({ ...good, ...changes }, policy, issuer);

type Row = readonly [says: string, changes: object, policy?: Policy];
type Refused = readonly [says: string, changes: object, member: string, policy?: Policy];

const accepted: readonly Row[] = [
  ['without redirect URIs, polling', {}],
  ['CB-MD-06, CB-MD-07: notified', ping],
  ['at the issuer of FAPI 1', {}, fapiCiba.policy],
  ['by certificate, signing nothing', certificate],
  ['CB-MD-08: its algorithm, and codes of customers', { backchannel_authentication_request_signing_alg: 'ES256', backchannel_user_code_parameter: true }],
  ['CB-MD-09: its hint tokens', { backchannel_endpoint_login_hint_token_types: ['login-hint+jwt'] }],
  ['CB-MD-11: pairwise by the host of its keys', { subject_type: 'pairwise' }],
  ['CB-MD-11: pairwise by a sector identifier', { ...certificate, subject_type: 'pairwise', sector_identifier_uri: 'https://shop.example/sector' }],
  ['with codes beside', { grant_types: [cibaGrantType, 'authorization_code'], response_types: ['code'], redirect_uris: ['https://shop.example/cb'] }],
];

describe('a client that asks by the back channel: accepted', () => {
  it.each(accepted.map((row) => [row[0], row] as const))('%s', (_says, [, changes, policy]) => {
    const checked = check(changes, policy);
    expect(checked).toMatchObject({ outcome: 'accepted', warnings: [] });
  });

  it('keeps what it registered', () => {
    expect(check(ping)).toMatchObject({ client: { ...ping, redirect_uris: [], response_types: [], scope: ['openid', 'accounts'] } });
  });
});

const refused: readonly Refused[] = [
  ['CB-MD-06: push', { backchannel_token_delivery_mode: 'push', backchannel_client_notification_endpoint: 'https://shop.example/told' }, 'backchannel_token_delivery_mode'],
  ['CB-MD-06: no delivery mode', { backchannel_token_delivery_mode: undefined }, 'backchannel_token_delivery_mode'],
  ['CB-MD-07: ping without an endpoint', { backchannel_token_delivery_mode: 'ping' }, 'backchannel_client_notification_endpoint'],
  ['CB-MD-07: ping to plain http', { ...ping, backchannel_client_notification_endpoint: 'http://shop.example/told' }, 'backchannel_client_notification_endpoint'],
  ['CB-MD-08: RS256', { backchannel_authentication_request_signing_alg: 'RS256' }, 'backchannel_authentication_request_signing_alg'],
  ['CB-MD-08: EdDSA under FAPI 1', { backchannel_authentication_request_signing_alg: 'EdDSA' }, 'backchannel_authentication_request_signing_alg', fapiCiba.policy],
  ['CB-MD-08: nothing to sign with, where it must', certificate, 'jwks', fapiCiba.policy],
  ['CB-MD-09: hint tokens nobody reads', { backchannel_endpoint_login_hint_token_types: ['saml'] }, 'backchannel_endpoint_login_hint_token_types'],
  ['CB-MD-11: pairwise without a sector', { ...certificate, subject_type: 'pairwise' }, 'sector_identifier_uri'],
  ['CB-MD-10: as a public client', { token_endpoint_auth_method: 'none' }, 'token_endpoint_auth_method'],
  ['the grant type, where the profile has none of it', {}, 'grant_types', fapi2Security.policy],
  ['the grant type at FAPI 1.0 Advanced', {}, 'grant_types', fapi1Advanced.policy],
];

describe('a client that asks by the back channel: refused', () => {
  it.each(refused.map((row) => [row[0], row] as const))('%s', (_says, [, changes, member, policy]) => {
    const checked = check(changes, policy);
    const problems = checked.outcome === 'refused' ? checked.problems : [];
    expect(problems.map(({ path, code }) => [path[0], code])).toContainEqual([member, 'invalid_client_metadata']);
  });

  it('members that mean nothing without the grant type, and an endpoint of a client that polls, are told', () => {
    const codes = check({ grant_types: ['authorization_code'], response_types: ['code'], redirect_uris: ['https://shop.example/cb'] });
    expect(codes.warnings.map(({ path }) => path[0])).toEqual(['backchannel_token_delivery_mode']);
    expect(check({ backchannel_client_notification_endpoint: 'https://shop.example/told' }).warnings.map(({ path }) => path[0])).toEqual(['backchannel_client_notification_endpoint']);
  });
});
