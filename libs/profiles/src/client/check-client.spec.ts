import { generateKeyPairSync } from 'node:crypto';
import { by, checkClient, fapi1Advanced, fapi2Security, httpSignaturesOf, keepsEvidence, refine, type IssuerForClients } from '../index.js';

const issuer: IssuerForClients = {
  authorizationDetailsTypes: ['account_information'],
  scopes: ['openid', 'accounts', 'balances'],
  signingAlgs: ['PS256', 'ES256'],
  acrValues: ['urn:assent:acr:password'],
  resources: ['https://api.bank.example'],
};

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ecJwk = { ...ec.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' };
const ecPrivateJwk = { ...ec.privateKey.export({ format: 'jwk' }), kid: 'one' };
const rsaJwk = { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }), kid: 'two' };
const smallRsaJwk = { ...generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }), kid: 'small' };
const p384Jwk = { ...generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' }), kid: 'large' };
const offCurve = { ...ecJwk, x: 'A'.repeat(43) };

const least = {
  client_id: 'app',
  redirect_uris: ['https://app.example/cb'],
  scope: 'openid accounts',
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [ecJwk] },
};
type Changes = Record<string, unknown>;
const check = (changes: Changes, policy = fapi2Security.policy) => checkClient({ ...least, ...changes }, policy, issuer);

describe('defaults', () => {
  it('fills in what RFC 7591 and the profile say', () => {
    expect(check({})).toEqual({
      outcome: 'accepted',
      warnings: [],
      client: {
        client_id: 'app',
        client_name: 'app',
        redirect_uris: ['https://app.example/cb'],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        scope: ['openid', 'accounts'],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [ecJwk] },
        dpop_bound_access_tokens: false,
        tls_client_certificate_bound_access_tokens: false,
        use_mtls_endpoint_aliases: false,
        id_token_signed_response_alg: 'PS256',
        subject_type: 'public',
        require_auth_time: false,
      },
    });
  });

  it('gives a client without grant by code neither response types nor redirect URIs', () => {
    const checked = check({ grant_types: ['client_credentials'], redirect_uris: undefined, scope: undefined });
    expect(checked).toMatchObject({ outcome: 'accepted', client: { response_types: [], redirect_uris: [], scope: [] } });
  });

  it('lets a client that names no scope ask who people are, no more, and says so', () => {
    const checked = check({ scope: undefined });
    expect(checked).toMatchObject({ outcome: 'accepted', client: { scope: ['openid'] } });
    expect(checked.warnings.map(({ path }) => path)).toEqual([['scope']]);
  });

  it('keeps what it is told', () => {
    const told = {
      client_name: 'The app',
      client_uri: 'https://app.example',
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      response_types: ['code'],
      token_endpoint_auth_signing_alg: 'ES256',
      dpop_bound_access_tokens: true,
      use_mtls_endpoint_aliases: true,
      id_token_signed_response_alg: 'ES256',
      userinfo_signed_response_alg: 'PS256',
      subject_type: 'pairwise',
      sector_identifier_uri: 'https://app.example/sector.json',
      require_auth_time: true,
      default_max_age: 0,
      default_acr_values: ['urn:assent:acr:password'],
      access_token_format: 'opaque',
      introspection: ['https://api.bank.example'],
      authorization_details_types: ['account_information'],
      organisation: { legal_name: 'App Ltd', register_number: '1', purpose: 'To help.' },
    };
    expect(check(told)).toMatchObject({ outcome: 'accepted', client: told, warnings: [] });
  });
});

const selfSigned = { token_endpoint_auth_method: 'self_signed_tls_client_auth' };
const byName = { token_endpoint_auth_method: 'tls_client_auth', jwks: undefined };

describe('accepts', () => {
  it.each<[string, Changes]>([
    ['neither constraint: whichever is proved', {}],
    ['pairwise subjects without a sector, of one that is told of nobody', { subject_type: 'pairwise', redirect_uris: undefined, response_types: [], grant_types: ['client_credentials'], scope: undefined }],
    ['jwks_uri instead of jwks', { jwks: undefined, jwks_uri: 'https://app.example/jwks' }],
    ['an RSA key beside an EC key', { jwks: { keys: [ecJwk, rsaJwk] } }],
    ['one kid for keys of two kinds', { jwks: { keys: [ecJwk, { ...rsaJwk, kid: 'one' }] } }],
    ['an encryption key beside the signing key', { jwks: { keys: [ecJwk, { ...rsaJwk, use: 'enc', alg: 'RSA-OAEP' }] } }],
    ['tls_client_auth by subject', { ...byName, tls_client_auth_subject_dn: 'CN=app,C=GB' }],
    ['tls_client_auth by DNS name', { ...byName, tls_client_auth_san_dns: 'app.example' }],
    ['a certificate of its own', { ...selfSigned, jwks: { keys: [{ ...ecJwk, x5c: ['MII'] }] } }],
    ['http on loopback for a native client', { application_type: 'native', redirect_uris: ['http://127.0.0.1/cb', 'http://[::1]/cb'] }],
    ['pairwise subjects with one redirect host', { subject_type: 'pairwise', redirect_uris: ['https://app.example/a', 'https://app.example/b'] }],
    ['null for not given', { client_uri: null, tls_client_auth_san_dns: null }],
    ['names in other languages', { 'client_name#pt-BR': 'O app' }],
    ['pushed requests required', { require_pushed_authorization_requests: true }],
  ])('%s', (_says, changes) => {
    const checked = check(changes);
    expect(checked.outcome === 'refused' ? checked.problems : checked.warnings).toEqual([]);
  });
});

const machine = { grant_types: ['client_credentials'], redirect_uris: undefined };
const pushTo = (more: object) => ({ grant_events: { delivery: 'push', endpoint: 'https://app.example/events', ...more } });

describe('grant_events', () => {
  it('are kept, the header of the endpoint as a secret', () => {
    const checked = check(pushTo({ authorization_header: 'Bearer of-ours' }));
    expect(JSON.stringify(checked)).not.toContain('of-ours');
    expect(checked).toMatchObject({ outcome: 'accepted', warnings: [], client: { grant_events: { delivery: 'push', endpoint: 'https://app.example/events' } } });
    const { client } = checked as unknown as { client: { grant_events: { authorization_header: { reveal(): string } } } };
    expect(client.grant_events.authorization_header.reveal()).toBe('Bearer of-ours');
    const polling = checkClient({ ...least, ...machine, scope: 'accounts grant_events', grant_events: { delivery: 'poll' } }, fapi2Security.policy, { ...issuer, scopes: [...issuer.scopes, 'grant_events'] });
    expect(polling).toMatchObject({ outcome: 'accepted', client: { grant_events: { delivery: 'poll' } } });
  });

  it.each<[string, Changes, string, RegExp]>([
    ['text', { grant_events: 'push' }, 'grant_events', /a mapping/],
    ['another delivery', { grant_events: { delivery: 'mail' } }, 'grant_events.delivery', /push, poll/],
    ['no endpoint', { grant_events: { delivery: 'push' } }, 'grant_events.endpoint', /https URL/],
    ['an http endpoint', pushTo({ endpoint: 'http://app.example/events' }), 'grant_events.endpoint', /https URL/],
    ['a user name in the endpoint', pushTo({ endpoint: 'https://me:word@app.example/' }), 'grant_events.endpoint', /https URL/],
    ['a header of two lines, unseen', pushTo({ authorization_header: 'Bearer x\r\nevil: 1' }), 'grant_events.authorization_header', /found something else/],
    ['a member it does not know', pushTo({ secret: 'x' }), 'grant_events.secret', /only delivery/],
    ['an endpoint beside poll', { ...machine, grant_events: { delivery: 'poll', endpoint: 'https://app.example/' } }, 'grant_events.endpoint', /only delivery/],
    ['polling without a way to a token', { grant_events: { delivery: 'poll' } }, 'grant_events.delivery', /client_credentials and the scope grant_events/],
  ])('refuse %s', (_, changes, path, problem) => {
    const checked = check(changes);
    expect(checked.outcome === 'refused' && checked.problems.map((one) => [one.path.join('.'), one.problem])).toContainEqual([path, expect.stringMatching(problem)]);
  });
});

describe('refuses', () => {
  it.each<[string, Changes, string, string | RegExp]>([
    ['F2-AS-03 a public client', { token_endpoint_auth_method: 'none' }, 'token_endpoint_auth_method', /^expected one of private_key_jwt, .* found "none"$/],
    ['F2-AS-06 a shared secret', { token_endpoint_auth_method: 'client_secret_basic' }, 'token_endpoint_auth_method', /found "client_secret_basic"/],
    ['no auth method (RFC 7591: client_secret_basic)', { token_endpoint_auth_method: undefined }, 'token_endpoint_auth_method', /found nothing/],
    ['F2-AZ-08 http', { redirect_uris: ['https://app.example/cb', 'http://x'] }, 'redirect_uris.1', 'expected an https URL, found "http://x"'],
    ['F2-AZ-08 http on loopback, no native client', { redirect_uris: ['http://127.0.0.1/cb'] }, 'redirect_uris.0', /^expected an https URL,/],
    ['F2-AZ-08 http on localhost by name', { application_type: 'native', redirect_uris: ['http://localhost/cb'] }, 'redirect_uris.0', /127\.0\.0\.1 or \[::1\]/],
    ['a scheme of its own', { redirect_uris: ['app:/cb'] }, 'redirect_uris.0', /^expected an https URL,/],
    ['a fragment', { redirect_uris: ['https://app.example/cb#x'] }, 'redirect_uris.0', /without fragment/],
    ['a wildcard', { redirect_uris: ['https://*.app.example/cb'] }, 'redirect_uris.0', /wildcard/],
    ['a user name', { redirect_uris: ['https://app.example@evil.example/cb'] }, 'redirect_uris.0', /user name/],
    ['a number as redirect URI', { redirect_uris: [5] }, 'redirect_uris.0', 'expected text, found 5'],
    ['redirect URIs as text', { redirect_uris: 'https://app.example/cb' }, 'redirect_uris', /a list of texts/],
    ['no redirect URI', { redirect_uris: undefined }, 'redirect_uris', 'expected at least one https URL, found nothing'],
    ['an implicit response type', { response_types: ['code', 'id_token'] }, 'response_types.1', 'expected code, found "id_token"'],
    ['no code for the code grant', { response_types: [] }, 'response_types', /expected code in the list/],
    ['code without the code grant', { grant_types: ['client_credentials'], response_types: ['code'] }, 'response_types', /expected no code/],
    ['F2-AS-02 the password grant', { grant_types: ['authorization_code', 'password'] }, 'grant_types.1', /found "password"/],
    ['no grant', { grant_types: [], response_types: [] }, 'grant_types', /at least one/],
    ['DCR-05 jwks and jwks_uri', { jwks_uri: 'https://app.example/jwks' }, 'jwks_uri', 'expected either jwks or jwks_uri, found both'],
    ['http jwks_uri', { jwks: undefined, jwks_uri: 'http://app.example/jwks' }, 'jwks_uri', /an https URL/],
    ['no keys at all', { jwks: undefined }, 'jwks', /jwks or jwks_uri/],
    ['an empty key set', { jwks: { keys: [] } }, 'jwks.keys', /at least one public key/],
    ['a private key', { jwks: { keys: [ecPrivateJwk] } }, 'jwks.keys.0.d', /a private key must never leave its owner/],
    ['a shared key', { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }, 'jwks.keys.0.kty', /no shared secrets/],
    ['F2-CR-02 a small RSA key', { jwks: { keys: [ecJwk, smallRsaJwk] } }, 'jwks.keys.1.n', /at least 2048 bits, found 1024/],
    ['F2-CR-02 a small curve', { jwks: { keys: [{ ...ecJwk, crv: 'P-192' }] } }, 'jwks.keys.0.crv', /P-256 or Ed25519, found "P-192"/],
    ['a point off its curve', { jwks: { keys: [offCurve] } }, 'jwks.keys.0', /a sound EC public key/],
    ['F2-CR-04 one kid twice', { jwks: { keys: [ecJwk, ecJwk] } }, 'jwks.keys.1.kid', /a kid of its own, found "one"/],
    ['only keys for other algorithms', { jwks: { keys: [p384Jwk, { ...rsaJwk, alg: 'RS256' }] } }, 'jwks.keys', /at least one signing key for/],
    ['keys for another algorithm than asked', { token_endpoint_auth_signing_alg: 'PS256' }, 'jwks.keys', /signing key for PS256/],
    ['RS256 assertions', { token_endpoint_auth_signing_alg: 'RS256' }, 'token_endpoint_auth_signing_alg', /PS256, ES256/],
    ['RS256 ID tokens', { id_token_signed_response_alg: 'RS256' }, 'id_token_signed_response_alg', 'expected one of PS256, ES256, found "RS256"'],
    ['ID tokens in an algorithm the issuer has no key for', { id_token_signed_response_alg: 'EdDSA' }, 'id_token_signed_response_alg', /PS256, ES256/],
    ['encrypted ID tokens, which it would not get', { id_token_encrypted_response_alg: 'RSA-OAEP' }, 'id_token_encrypted_response_alg', /not supported/],
    ['signed request objects, which nobody would check', { require_signed_request_object: true }, 'require_signed_request_object', /takes no request objects/],
    ['F2-MT-01 no certificate name', byName, 'tls_client_auth_subject_dn', /exactly one .* found nothing/],
    ['F2-MT-01 two certificate names', { ...byName, tls_client_auth_san_dns: 'a', tls_client_auth_subject_dn: 'CN=a' }, 'tls_client_auth_subject_dn', /exactly one/],
    ['F2-MT-02 no certificate', selfSigned, 'jwks.keys', /x5c/],
    ['two sender constraints', { dpop_bound_access_tokens: true, tls_client_certificate_bound_access_tokens: true }, 'tls_client_certificate_bound_access_tokens', /at most one/],
    ['"true" in quotes', { dpop_bound_access_tokens: 'true' }, 'dpop_bound_access_tokens', 'expected true or false, found "true"'],
    ['scopes as a list', { scope: ['openid'] }, 'scope', /separated by spaces/],
    ['a scope of somewhere else', { scope: 'openid payments' }, 'scope', /scopes this issuer offers .* found "payments"/],
    ['pairwise subjects over several hosts', { subject_type: 'pairwise', redirect_uris: ['https://a.example', 'https://b.example'] }, 'sector_identifier_uri', /2 hosts/],
    ['a negative max age', { default_max_age: -1 }, 'default_max_age', /0 or more/],
    ['an unknown acr', { default_acr_values: ['urn:other'] }, 'default_acr_values.0', /urn:assent/],
    ['a client_id with spaces', { client_id: 'my app' }, 'client_id', /without spaces/],
    ['no client_id', { client_id: undefined }, 'client_id', /found nothing/],
    ['a name that turns direction', { client_name: 'Tally\u202eknaB' }, 'client_name', /on one line/],
    ['a name of two lines', { client_name: 'Tally\nBank' }, 'client_name', /on one line/],
    ['a name without end', { client_name: 'x'.repeat(256) }, 'client_name', /up to 255/],
    ['introspection for a foreign resource', { introspection: ['https://other.example'] }, 'introspection.0', /https:\/\/api\.bank\.example/],
    ['a type of details the issuer does not offer', { authorization_details_types: ['account_information', 'insurance_policy'] }, 'authorization_details_types.1', /account_information/],
    ['types of details that are no list', { authorization_details_types: 'account_information' }, 'authorization_details_types', /a list of texts/],
    ['an unknown member of the organisation', { organisation: { name: 'x' } }, 'organisation.name', /legal_name/],
    ['a purpose too long to show', { organisation: { purpose: 'x'.repeat(301) } }, 'organisation.purpose', /300 characters/],
  ])('%s', (_says, changes, path, problem) => {
    const checked = check(changes);
    if (checked.outcome === 'accepted') throw new Error('accepted');
    const found = checked.problems.find((one) => one.path.join('.') === path);
    expect(checked.problems.map((one) => `${one.path.join('.')}: ${one.problem}`)).toHaveLength(1);
    expect(found?.problem).toMatch(problem);
    expect(found?.clause).not.toBe('');
    expect(found?.code).toBe(path.startsWith('redirect_uris') ? 'invalid_redirect_uri' : 'invalid_client_metadata');
  });

  it('a constraint the policy does not know', () => {
    const { policy } = refine(fapi2Security, 'mtls-only', { senderConstraint: by('ours', ['mtls']) });
    expect(check({ dpop_bound_access_tokens: true }, policy)).toMatchObject({ outcome: 'refused' });
  });

  it('tells every problem at once', () => {
    const checked = check({ redirect_uris: ['http://x'], token_endpoint_auth_method: 'none', scope: 'payments' });
    expect(checked.outcome === 'refused' && checked.problems.map(({ path }) => path[0])).toEqual(['redirect_uris', 'scope', 'token_endpoint_auth_method']);
  });
});

describe('warns', () => {
  it('of unknown members, by name', () => {
    expect(check({ client_secret: 's', frontchannel_logout_uri: 'https://x.example' }).warnings).toEqual([
      expect.objectContaining({ path: [], problem: 'ignored unknown metadata: client_secret, frontchannel_logout_uri' }),
    ]);
  });

  it('of certificate names that are not used', () => {
    expect(check({ tls_client_auth_subject_dn: 'CN=app' })).toMatchObject({ outcome: 'accepted', warnings: [{ path: ['tls_client_auth_subject_dn'] }] });
  });

  it('not of members that only describe the client', () => {
    expect(check({ contacts: ['a@b.example'], logo_uri: 'https://app.example/logo.png', software_id: 'x', policy_uri: 'https://app.example/p' }).warnings).toEqual([]);
  });
});

describe('first_party', () => {
  const own = { first_party: true, scope: 'openid' };
  const byOperator = (changes: Changes) => checkClient({ ...least, ...own, ...changes }, fapi2Security.policy, { ...issuer, scopes: [...issuer.scopes, 'profile'], operated: true });

  it('is the operator’s word', () => {
    expect(byOperator({ scope: 'openid profile' })).toMatchObject({ outcome: 'accepted', client: { first_party: true } });
    expect(check(own)).toMatchObject({ outcome: 'refused', problems: [{ path: ['first_party'] }] });
    expect(check({ first_party: false })).toMatchObject({ outcome: 'accepted', warnings: [] });
  });

  it.each<[string, Changes, string]>([
    ['account data', { scope: 'openid accounts' }, 'scope'],
    ['access while nobody is there', { grant_types: ['authorization_code', 'refresh_token'] }, 'grant_types'],
    ['introspection', { introspection: ['https://api.bank.example'] }, 'introspection'],
    ['details of account data', { authorization_details_types: ['account_information'] }, 'authorization_details_types'],
    ['anything but true or false', { first_party: 'yes' }, 'first_party'],
  ])('never comes with %s', (_, changes, member) => {
    expect(byOperator(changes)).toMatchObject({ outcome: 'refused', problems: [{ path: [member] }] });
  });
});

describe('signed HTTP messages and evidence', () => {
  it('keeps what the client asks for itself', () => {
    expect(check({ http_message_signatures: 'required', evidence: 'on' })).toMatchObject({ outcome: 'accepted', client: { http_message_signatures: 'required', evidence: 'on' } });
  });
  it.each<[string, Changes]>([
    ['another word', { http_message_signatures: 'sometimes' }],
    ['signatures nobody could verify', { http_message_signatures: 'optional', jwks: undefined, token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=app' }],
    ['another word for evidence', { evidence: true }],
  ])('refuses %s', (_, changes) => {
    expect(check(changes).outcome).toBe('refused');
  });
  it('takes the stronger of what profile and client ask', () => {
    expect(httpSignaturesOf({}, { httpSignatures: 'optional' })).toBe('optional');
    expect(httpSignaturesOf({ http_message_signatures: 'off' }, { httpSignatures: 'required' })).toBe('required');
    expect(httpSignaturesOf({ http_message_signatures: 'required' }, { httpSignatures: 'off' })).toBe('required');
    expect([keepsEvidence({}, { evidence: 'off' }), keepsEvidence({ evidence: 'on' }, { evidence: 'off' }), keepsEvidence({}, { evidence: 'on' })]).toEqual([false, true, true]);
  });
});

describe('a client of FAPI 1.0 Advanced', () => {
  const advanced = (changes: Record<string, unknown>) => {
    const metadata = { client_id: 'northwind', redirect_uris: ['https://tpp.example/callback'], response_types: ['code', 'code id_token'], scope: 'openid', token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://tpp.example/jwks.json', tls_client_certificate_bound_access_tokens: true, ...changes };
    const checked = checkClient(metadata, fapi1Advanced.policy, { scopes: ['openid', 'accounts'], signingAlgs: ['PS256', 'ES256'], acrValues: [], resources: [], sources: fapi1Advanced.sources });
    return checked.outcome === 'accepted' ? 'accepted' : checked.problems.map(({ path, clause }) => [path.join('.'), clause]);
  };

  it.each<[string, Record<string, unknown>, unknown]>([
    ['as it should be', {}, 'accepted'],
    ['modes for both response types', { response_modes: ['jwt', 'fragment'] }, 'accepted'],
    ['one mode for both', { response_modes: ['jwt'] }, 'accepted'],
    ['no mode that signs a code', { response_modes: ['fragment', 'form_post'] }, [['response_modes', 'FAPI 1.0 Advanced 5.2.2-2']]],
    ['no mode that may carry an ID token', { response_modes: ['query.jwt'] }, [['response_modes', 'FAPI 1.0 Advanced 5.2.2-2']]],
    ['an ID token beside the code without openid', { scope: 'accounts' }, [['scope', 'FAPI 1.0 Advanced 5.2.3.1']]],
    ['a mode nobody knows, told once', { response_modes: ['query'] }, [['response_modes.0', 'FAPI 1.0 Advanced 5.2.2-2']]],
    ['the clauses of its own profile: algorithms', { request_object_signing_alg: 'RS256', id_token_signed_response_alg: 'EdDSA' }, [['id_token_signed_response_alg', 'FAPI 1.0 Advanced 8.6'], ['request_object_signing_alg', 'FAPI 1.0 Advanced 8.6']]],
    ['the clauses of its own profile: DPoP', { dpop_bound_access_tokens: true, tls_client_certificate_bound_access_tokens: false }, [['dpop_bound_access_tokens', 'FAPI 1.0 Advanced 5.2.2-5,-6']]],
    ['the clauses of its own profile: authentication', { token_endpoint_auth_method: 'client_secret_jwt' }, [['token_endpoint_auth_method', 'FAPI 1.0 Advanced 5.2.2-14,-16']]],
  ])('%s', (_says, changes, expected) => expect(advanced(changes)).toEqual(expected));
});
