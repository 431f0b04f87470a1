import { by, discoveryMetadata, fapi1Advanced, fapi1Baseline, fapi2MessageSigning, fapi2Security, refine, type IssuerFacts } from './index.js';

const endpointsUnder = (base: string): IssuerFacts['endpoints'] => ({
  authorization: `${base}/authorize`,
  pushedAuthorizationRequest: `${base}/par`,
  token: `${base}/token`,
  userinfo: `${base}/userinfo`,
  introspection: `${base}/introspect`,
  backchannelAuthentication: `${base}/backchannel`,
  revocation: `${base}/revoke`,
  jwks: `${base}/jwks`,
});

const facts: IssuerFacts = {
  issuer: 'https://bank.example/fapi2',
  endpoints: endpointsUnder('https://bank.example/fapi2'),
  mtlsEndpoints: endpointsUnder('https://mtls.bank.example/fapi2'),
  scopes: ['openid', 'accounts'],
  signingAlgs: ['PS256', 'ES256'],
  acrValues: ['urn:assent:acr:password'],
  claims: ['name', 'email'],
  uiLocales: ['en', 'pt-BR'],
  resources: ['https://api.bank.example'],
};
const metadata = discoveryMetadata(facts, fapi2Security.policy);

describe('discovery metadata', () => {
  it('publishes what FAPI 2.0 asks for', () => {
    expect(metadata).toMatchObject({
      issuer: 'https://bank.example/fapi2',
      authorization_endpoint: 'https://bank.example/fapi2/authorize',
      token_endpoint: 'https://bank.example/fapi2/token',
      pushed_authorization_request_endpoint: 'https://bank.example/fapi2/par',
      jwks_uri: 'https://bank.example/fapi2/jwks',
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'form_post'],
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'],
      token_endpoint_auth_signing_alg_values_supported: ['PS256', 'ES256', 'EdDSA', 'Ed25519'],
      authorization_response_iss_parameter_supported: true,
      dpop_signing_alg_values_supported: ['PS256', 'ES256', 'EdDSA', 'Ed25519'],
      tls_client_certificate_bound_access_tokens: true,
      require_pushed_authorization_requests: true,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      scopes_supported: ['openid', 'accounts'],
      subject_types_supported: ['public', 'pairwise'],
      id_token_signing_alg_values_supported: ['PS256', 'ES256'],
      claims_parameter_supported: true,
      acr_values_supported: ['urn:assent:acr:password'],
      protected_resources: ['https://api.bank.example'],
      ui_locales_supported: ['en', 'pt-BR'],
    });
    expect(metadata['claims_supported']).toEqual(expect.arrayContaining(['sub', 'auth_time', 'acr', 'name', 'email']));
  });

  it('lists what can be done with grants, and the API where that needs one (GM-MD-01 to GM-MD-03)', () => {
    const of = (actions: readonly string[], actionRequired = false) => discoveryMetadata({ ...facts, grantManagement: { endpoint: 'https://grants.bank.example/grants', actions, actionRequired } }, fapi2Security.policy);
    expect(of(['create', 'query'], true)).toMatchObject({ grant_management_actions_supported: ['create', 'query'], grant_management_endpoint: 'https://grants.bank.example/grants', grant_management_action_required: true });
    expect(of(['create'])).toMatchObject({ grant_management_actions_supported: ['create'], grant_management_action_required: false });
    for (const without of [of(['create', 'merge']), of([]), metadata]) expect(without).not.toHaveProperty('grant_management_endpoint');
    for (const without of [of([], true), metadata]) expect(Object.keys(without).filter((name) => name.startsWith('grant_management'))).toEqual([]);
  });

  it('names no RS256, no none, no null and no empty list', () => {
    const text = JSON.stringify(discoveryMetadata({ ...facts, claims: [], resources: [], uiLocales: [], acrValues: [] }, fapi2Security.policy));
    expect(text).not.toMatch(/RS256|"none"(?!,"login")|null|\[\]/);
  });

  it('repeats every alias at the top, and only endpoints', () => {
    const aliases = metadata['mtls_endpoint_aliases'] as Record<string, string>;
    expect(Object.keys(aliases).sort()).toEqual(
      ['introspection_endpoint', 'pushed_authorization_request_endpoint', 'revocation_endpoint', 'token_endpoint', 'userinfo_endpoint'],
    ); // prettier-ignore
    for (const [name, url] of Object.entries(aliases)) expect(url).toBe(String(metadata[name]).replace('https://bank', 'https://mtls.bank'));
  });

  it('has no aliases where the main address asks for certificates', () => {
    expect(discoveryMetadata({ ...facts, mtlsEndpoints: undefined }, fapi2Security.policy)).not.toHaveProperty('mtls_endpoint_aliases');
  });

  it('follows a policy without certificates', () => {
    const dpopOnly = refine(fapi2Security, 'dpop-only', { senderConstraint: by('ours', ['dpop']), clientAuth: by('ours', ['private_key_jwt']) });
    const document = discoveryMetadata(facts, dpopOnly.policy);
    expect(document).not.toHaveProperty('mtls_endpoint_aliases');
    expect(document['tls_client_certificate_bound_access_tokens']).toBe(false);
    expect(document['introspection_endpoint_auth_methods_supported']).toEqual(['private_key_jwt']);
  });

  it('follows a policy without signed assertions and proofs', () => {
    const mtlsOnly = refine(fapi2Security, 'mtls-only', { senderConstraint: by('ours', ['mtls']), clientAuth: by('ours', ['tls_client_auth']) });
    const document = discoveryMetadata(facts, mtlsOnly.policy);
    expect(document).not.toHaveProperty('dpop_signing_alg_values_supported');
    expect(document).not.toHaveProperty('token_endpoint_auth_signing_alg_values_supported');
  });

  it('names the types of authorization_details the issuer offers, and none where it offers none', () => {
    const types = ['account_information', 'payment_initiation'];
    expect(discoveryMetadata({ ...facts, authorizationDetailsTypes: types }, fapi2Security.policy)['authorization_details_types_supported']).toEqual(types);
    for (const none of [facts, { ...facts, authorizationDetailsTypes: [] }]) expect(discoveryMetadata(none, fapi2Security.policy)).not.toHaveProperty('authorization_details_types_supported');
  });

  it('says nothing of OpenID Connect where openid is not offered', () => {
    const document = discoveryMetadata({ ...facts, scopes: ['accounts'] }, fapi2Security.policy);
    const names = Object.keys(document).filter((name) => /userinfo|id_token|subject|claims|acr|prompt/.test(name));
    expect(names).toEqual([]);
  });

  it('publishes what FAPI 2.0 Message Signing asks for, and require_signed_request_object only where it holds for all', () => {
    const document = discoveryMetadata(facts, fapi2MessageSigning.policy);
    expect(document).toMatchObject({
      request_parameter_supported: true,
      request_uri_parameter_supported: false,
      request_object_signing_alg_values_supported: ['PS256', 'ES256', 'EdDSA', 'Ed25519'],
      response_modes_supported: ['query', 'form_post', 'jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'],
      authorization_signing_alg_values_supported: ['PS256', 'ES256'],
      require_pushed_authorization_requests: true,
    });
    expect(document).not.toHaveProperty('require_signed_request_object');
    expect(Object.keys(document).filter((name) => name.includes('encryption') && !name.startsWith('introspection'))).toEqual([]);
    expect(document).toMatchObject({ introspection_signing_alg_values_supported: ['PS256', 'ES256'], introspection_encryption_alg_values_supported: ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES'], introspection_encryption_enc_values_supported: ['A256GCM', 'A128CBC-HS256'] });
    expect(discoveryMetadata({ ...facts, everyClientSigns: true }, fapi2MessageSigning.policy)).toMatchObject({ require_signed_request_object: true });
  });

  it('publishes what FAPI 1.0 Advanced asks for', () => {
    expect(discoveryMetadata({ ...facts, everyClientSigns: true, decryptionAlgs: ['RSA-OAEP'] }, fapi1Advanced.policy)).toMatchObject({
      response_types_supported: ['code', 'code id_token'],
      response_modes_supported: ['fragment', 'form_post', 'jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'],
      request_parameter_supported: true,
      request_uri_parameter_supported: true,
      require_request_uri_registration: true,
      require_signed_request_object: true,
      require_pushed_authorization_requests: false,
      request_object_signing_alg_values_supported: ['PS256', 'ES256'],
      request_object_encryption_alg_values_supported: ['RSA-OAEP'],
      request_object_encryption_enc_values_supported: ['A256GCM', 'A128CBC-HS256'],
      authorization_encryption_alg_values_supported: ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES'],
      id_token_encryption_alg_values_supported: ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES'],
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'],
      token_endpoint_auth_signing_alg_values_supported: ['PS256', 'ES256'],
      tls_client_certificate_bound_access_tokens: true,
    });
    expect(discoveryMetadata({ ...facts, scopes: ['accounts'] }, fapi1Advanced.policy)).toMatchObject({ response_types_supported: ['code'] });
  });

  it('publishes what FAPI 1.0 Baseline asks for', () => {
    const document = discoveryMetadata(facts, fapi1Baseline.policy);
    expect(document).toMatchObject({ response_types_supported: ['code'], code_challenge_methods_supported: ['S256'], request_parameter_supported: false });
    expect(document['token_endpoint_auth_methods_supported']).toContain('none');
    expect(document['introspection_endpoint_auth_methods_supported']).not.toContain('none');
    expect(document).not.toHaveProperty('dpop_signing_alg_values_supported');
    expect(JSON.stringify(document)).not.toMatch(/RSA1_5|EdDSA/);
  });
});
