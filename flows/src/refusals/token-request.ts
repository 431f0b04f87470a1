import type { Answer } from '@assent/testing/fapi';
import { accepted, invalidClient, refused, type Expected, type Scene } from '../support/refusal.js';
import type { Tokens } from '../support/stack.js';
import { addedParameter, message, parameter } from './changes.js';

export interface TokenRow {
  readonly rule: string;
  readonly title: string;
  readonly by?: string;
  readonly send: (scene: Scene, good: Tokens) => Promise<Answer>;
  readonly expect: Expected;
}

const invalidGrant = refused('invalid_grant');

/** A refresh request with one thing changed. The refresh token outlives all of them. */
export const refreshRows: readonly TokenRow[] = [
  { rule: 'F2-AS-15', title: 'another client', send: ({ other }, { refreshToken }) => other.refresh(refreshToken), expect: invalidGrant },
  { rule: 'F2-AS-15', title: 'another client that authenticates by certificate', send: ({ tls }, { refreshToken }) => tls.refresh(refreshToken), expect: invalidGrant },
  { rule: 'F2-AS-06', title: 'no client authentication', send: ({ client }, { refreshToken }) => client.refresh(refreshToken, message((m) => void m.set('client_assertion', undefined).set('client_assertion_type', undefined))), expect: invalidClient },
  { rule: 'F2-DP-19', title: 'no proof', send: ({ client }, { refreshToken }) => client.refresh(refreshToken, { dpop: null }), expect: refused('invalid_dpop_proof') },
  { rule: 'F2-AS-15', title: 'a token nobody issued', send: ({ client }, { refreshToken }) => client.refresh(`${refreshToken.slice(0, -6)}AAAAAA`), expect: invalidGrant },
  { rule: 'F2-AS-15', title: 'the access token', send: ({ client }, { accessToken }) => client.refresh(accessToken), expect: invalidGrant },
  { rule: 'F2-AS-15', by: 'ASSENT-FORM-01', title: 'no refresh_token', send: ({ client }, { refreshToken }) => client.refresh(refreshToken, parameter('refresh_token')), expect: refused('invalid_request') },
  { rule: 'F2-AS-15', by: 'ASSENT-SCOPE-05', title: 'a wider scope', send: ({ client }, { refreshToken }) => client.refresh(refreshToken, {}, { scope: 'openid accounts balances transactions profile' }), expect: refused('invalid_scope') },
  { rule: 'AT-04', title: 'an unknown resource', send: ({ client }, { refreshToken }) => client.refresh(refreshToken, addedParameter('resource', 'https://elsewhere.example')), expect: refused('invalid_target') },
  { rule: 'F2-AS-15', title: 'a narrower scope', send: ({ client }, { refreshToken }) => client.refresh(refreshToken, {}, { scope: 'accounts' }), expect: accepted },
  { rule: 'F2-DP-15', title: 'another DPoP key', send: ({ client, other }, { refreshToken }) => client.refresh(refreshToken, { dpop: other.dpop! }), expect: accepted },
];

/** Grant types, and the token endpoint as an HTTP resource. */
export const grantRows: readonly TokenRow[] = [
  { rule: 'F2-AS-02', title: 'the password grant', send: ({ client }) => client.token('password', { username: 'ana', password: 'harbour-ana-2026', scope: 'accounts' }), expect: refused('unsupported_grant_type') },
  { rule: 'F2-AS-02', title: 'a grant type nobody knows', send: ({ client }) => client.token('urn:example:grant', {}), expect: refused('unsupported_grant_type') },
  { rule: 'RFC 6749 5.2', by: 'ASSENT-FORM-01', title: 'no grant_type', send: ({ client }) => client.clientCredentials('accounts', parameter('grant_type')), expect: refused('invalid_request') },
  { rule: 'RFC 6749 3.2', by: 'ASSENT-FORM-02', title: 'two grant types', send: ({ client }) => client.clientCredentials('accounts', addedParameter('grant_type', 'refresh_token')), expect: refused('invalid_request') },
  { rule: 'F2-AS-02', title: 'a grant type the client is not registered for', send: ({ api }) => api.token('refresh_token', { refresh_token: 'x'.repeat(43) }), expect: refused('unauthorized_client') },
  { rule: 'F2-AS-04', title: 'no constraint at all, where the client may choose one', send: ({ other }) => other.clientCredentials('accounts', { dpop: null, identity: null }), expect: { status: 400, error: ['invalid_dpop_proof', 'invalid_request'] } },
  { rule: 'F2-AZ-18', title: 'GET with everything in the query', send: ({ client }) => client.clientCredentials('accounts', message((m) => { m.method = 'GET'; m.url.search = String(m.body); m.body = undefined; })), expect: { status: 405, error: 'invalid_request', headers: { allow: /POST/ } } },
];

/** Introspection (RFC 7662). */
export const introspectionRows: readonly TokenRow[] = [
  { rule: 'INT-01', by: 'ASSENT-FORM-01', title: 'no token', send: ({ api }, { accessToken }) => api.introspect(accessToken, parameter('token')), expect: refused('invalid_request') },
  { rule: 'INT-01', by: 'F2-AS-06', title: 'no client authentication', send: ({ api }, { accessToken }) => api.introspect(accessToken, message((m) => void m.set('client_assertion', undefined).set('client_assertion_type', undefined))), expect: invalidClient },
  { rule: 'INT-01', by: 'F2-AS-06', title: 'a bearer token as authentication', send: ({ api }, { accessToken }) => api.introspect(accessToken, message((m) => void m.set('client_assertion', undefined).set('client_assertion_type', undefined).addHeader('authorization', `Bearer ${accessToken}`))), expect: { status: [400, 401], error: ['invalid_client', 'invalid_token'] } },
  { rule: 'F2-AZ-18', title: 'GET', send: ({ api }, { accessToken }) => api.introspect(accessToken, message((m) => { m.method = 'GET'; m.url.search = String(m.body); m.body = undefined; })), expect: { status: 405, error: 'invalid_request', headers: { allow: /POST/ } } },
];

/** Revocation (RFC 7009): refused, and the token lives on. */
export const revocationRows: readonly TokenRow[] = [
  { rule: 'REV-01', by: 'F2-AS-06', title: 'no client authentication', send: ({ client }, { refreshToken }) => client.revoke(refreshToken, message((m) => void m.set('client_assertion', undefined).set('client_assertion_type', undefined))), expect: invalidClient },
  { rule: 'REV-01', by: 'ASSENT-FORM-01', title: 'no token', send: ({ client }, { refreshToken }) => client.revoke(refreshToken, parameter('token')), expect: refused('invalid_request') },
  { rule: 'REV-03', title: 'the refresh token of another client', send: ({ other }, { refreshToken }) => other.revoke(refreshToken), expect: { status: 400, error: ['invalid_grant', 'unauthorized_client'] } },
  { rule: 'REV-03', title: 'the access token of another client', send: ({ other }, { accessToken }) => other.revoke(accessToken), expect: { status: 400, error: ['invalid_grant', 'unauthorized_client'] } },
  { rule: 'REV-03', title: 'the access token of another client, by the resource server', send: ({ api }, { accessToken }) => api.revoke(accessToken), expect: { status: 400, error: ['invalid_grant', 'unauthorized_client'] } },
];
