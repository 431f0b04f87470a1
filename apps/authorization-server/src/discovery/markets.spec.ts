import { fileURLToPath } from 'node:url';
import { loadConfig, type AssentConfig } from '@assent/config';
import type { Endpoints, IssuerRuntime } from '../engine.js';
import { metadataOf } from './metadata.js';

/* What the local stack's issuers say of themselves, as each market's third parties look for it. */

const root = fileURLToPath(new URL('../../../../', import.meta.url));
let config: AssentConfig;
beforeAll(async () => (config = await loadConfig({ env: { ASSENT_DATA_FOLDER: '/nowhere' }, cwd: root, purpose: 'check' })));

const endpointsUnder = (base: string, registration: boolean): Endpoints => ({
  authorization: `${base}/authorize`, pushedAuthorizationRequest: `${base}/par`, token: `${base}/token`, userinfo: `${base}/userinfo`, introspection: `${base}/introspect`, revocation: `${base}/revoke`,
  jwks: `${base}/jwks`, backchannelAuthentication: `${base}/backchannel`, device: `${base}/device`, interaction: `${base}/interaction`, ...(registration && { registration: `${base}/register` }),
}); // prettier-ignore

function metadataOfIssuer(name: string): Readonly<Record<string, unknown>> {
  const own = config.issuers.find((one) => one.name === name)!;
  const registers = own.registration !== undefined && own.registration.dialect.request.as !== 'none';
  const runtime = { issuer: own.issuer, policy: own.policy, endpoints: endpointsUnder(own.issuer, registers), mtlsEndpoints: endpointsUnder(own.mtlsBase!, registers), config: own } as IssuerRuntime;
  return metadataOf(runtime, config);
}

const aliases = ['token_endpoint', 'userinfo_endpoint', 'pushed_authorization_request_endpoint', 'introspection_endpoint', 'revocation_endpoint'];
const contains = (...values: readonly string[]) => expect.arrayContaining([...values]) as unknown;

it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
  ['uk', { response_types_supported: ['code id_token'], claims_supported: contains('acr', 'openbanking_intent_id'), grant_types_supported: contains('authorization_code', 'client_credentials'), scopes_supported: contains('openid', 'accounts'), require_pushed_authorization_requests: false, acr_values_supported: contains('urn:openbanking:psd2:sca') }, ['registration_endpoint', 'backchannel_authentication_endpoint']],
  ['brazil', { response_types_supported: ['code id_token'], require_pushed_authorization_requests: true, token_endpoint_auth_methods_supported: ['private_key_jwt'], id_token_encryption_alg_values_supported: ['RSA-OAEP'], id_token_encryption_enc_values_supported: ['A256GCM'], subject_types_supported: ['public'], request_object_signing_alg_values_supported: ['PS256'], acr_values_supported: contains('urn:brasil:openbanking:loa2'), claims_supported: contains('cpf', 'cnpj'), backchannel_token_delivery_modes_supported: ['ping'] }, ['registration_endpoint', 'backchannel_authentication_endpoint']],
  ['cdr', { response_types_supported: ['code'], response_modes_supported: contains('jwt'), require_pushed_authorization_requests: true, token_endpoint_auth_methods_supported: ['private_key_jwt'], subject_types_supported: ['pairwise'], scopes_supported: contains('cdr:registration', 'bank:accounts.basic:read'), cdr_arrangement_revocation_endpoint: 'https://localhost:9443/cdr/arrangements/revoke', acr_values_supported: contains('urn:cds.au:cdr:2') }, ['registration_endpoint', 'cdr_arrangement_revocation_endpoint']],
  ['ksa', { request_object_signing_alg_values_supported: contains('PS256'), grant_types_supported: contains('authorization_code'), require_pushed_authorization_requests: true, response_types_supported: ['code'] }, ['registration_endpoint']],
  ['ksa-v1', { require_pushed_authorization_requests: true, response_types_supported: ['code id_token'] }, ['registration_endpoint']],
  ['uae', { authorization_details_types_supported: contains('urn:openfinanceuae:account-access-consent:v2.1', 'urn:openfinanceuae:service-initiation-consent:v2.1'), request_object_signing_alg_values_supported: ['PS256'], token_endpoint_auth_methods_supported: ['private_key_jwt'], authorization_response_iss_parameter_supported: true }, ['registration_endpoint']],
  ['connectid', { subject_types_supported: ['pairwise'], claims_supported: contains('given_name', 'family_name', 'birthdate', 'txn'), verified_claims_supported: true, trust_frameworks_supported: ['au_connectid'], claims_in_verified_claims_supported: contains('over18'), id_token_signing_alg_values_supported: ['PS256'] }, []],
  ['fdx', { authorization_details_types_supported: contains('fdx_v1.0'), scopes_supported: contains('fdx:accountdetailed:read') }, []],
])('%s', (name, members, more) => {
  const metadata = metadataOfIssuer(name);
  expect(metadata).toMatchObject({ ...members, issuer: `https://localhost:9443/${name}`, claims_parameter_supported: true, tls_client_certificate_bound_access_tokens: true, protected_resources: [`https://localhost:9445/${name}`] });
  const described = metadata['mtls_endpoint_aliases'] as Readonly<Record<string, string>>;
  for (const alias of [...aliases, ...more]) expect([alias, described[alias]]).toEqual([alias, expect.stringMatching(`^https://localhost:9444/${name}/`)]);
  for (const alias of Object.keys(described)) expect(metadata).toHaveProperty(alias);
  // What no client of this market could use is not offered.
  expect(metadata).not.toHaveProperty('grant_management_actions_supported');
});

it('tells an ordinary issuer’s clients of no market', () => {
  const metadata = metadataOfIssuer('fapi2');
  expect(metadata['protected_resources']).toEqual(config.resources.map(({ identifier }) => identifier));
  expect(metadata).not.toHaveProperty('cdr_arrangement_revocation_endpoint');
});
