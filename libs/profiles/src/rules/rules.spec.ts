import { Form, OAuthError, type Client } from '@assent/protocol';
import { by, enforce, fapi1Advanced, fapi1Baseline, fapi2MessageSigning, fapi2Security, loosened, oauth, refine, type FactsAt, type Profile, type SourcedPolicy } from '../index.js';
import { aClient } from '../fixtures/a-client.js';

const good = {
  response_type: 'code',
  redirect_uri: 'https://tally.example/callback?from=bank',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};

function refusal(act: () => void): { code: string; rule: string } | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return { code: error.code, rule: error.rule };
  }
}

interface Push {
  readonly says: string;
  readonly form?: Record<string, string | undefined>;
  readonly client?: Partial<Client>;
  readonly proof?: string;
  readonly profile?: Profile;
  readonly expect: { code: string; rule: string } | undefined;
}
const no = (code: string, rule: string): { code: string; rule: string } => ({ code, rule });

const anyPushed = refine(fapi2Security, 'pushed-uris', {
  redirectUris: loosened('FAPI 2.0 SP 5.3.2.2-6', 'registered-or-pushed', { replaces: 'ours', why: 'allowed there' }),
});
const native: Partial<Client> = { redirect_uris: ['http://127.0.0.1/cb', 'http://[::1]:5000/cb'] };

const pushes: readonly Push[] = [
  { says: 'a sound request', expect: undefined },
  { says: 'state and nonce of 255 characters', form: { nonce: 'n'.repeat(255), state: 's'.repeat(4000) }, expect: undefined },
  { says: 'a longer nonce', form: { nonce: 'n'.repeat(256) }, expect: no('invalid_request', 'F2-AZ-21') },
  { says: 'response_type token', form: { response_type: 'token' }, expect: no('unsupported_response_type', 'F2-AZ-01') },
  { says: 'response_type code id_token', form: { response_type: 'code id_token' }, expect: no('unsupported_response_type', 'F2-AZ-01') },
  { says: 'no response_type', form: { response_type: undefined }, expect: no('invalid_request', 'ASSENT-FORM-01') },
  { says: 'a client not registered for code', client: { response_types: [] }, expect: no('unauthorized_client', 'F2-AZ-01') },
  { says: 'response_mode query', form: { response_mode: 'query' }, expect: undefined },
  { says: 'response_mode fragment', form: { response_mode: 'fragment' }, expect: no('invalid_request', 'ASSENT-PAR-02') },
  { says: 'no PKCE', form: { code_challenge: undefined }, expect: no('invalid_request', 'F2-AZ-05') },
  { says: 'PKCE plain', form: { code_challenge_method: 'plain' }, expect: no('invalid_request', 'F2-AZ-05') },
  { says: 'PKCE without method, which means plain', form: { code_challenge_method: undefined }, expect: no('invalid_request', 'F2-AZ-05') },
  { says: 'a challenge that is no SHA-256', form: { code_challenge: 'short' }, expect: no('invalid_request', 'F2-AZ-05') },
  { says: 'no redirect_uri', form: { redirect_uri: undefined }, expect: no('invalid_request', 'ASSENT-FORM-01') },
  { says: 'another path', form: { redirect_uri: 'https://tally.example/callback/' }, expect: no('invalid_request', 'F2-AZ-07') },
  { says: 'the registered query left out', form: { redirect_uri: 'https://tally.example/callback' }, expect: no('invalid_request', 'F2-AZ-07') },
  { says: 'upper case host', form: { redirect_uri: 'https://TALLY.example/callback?from=bank' }, expect: no('invalid_request', 'F2-AZ-07') },
  { says: 'an unregistered URI where allowed', form: { redirect_uri: 'https://new.example/cb' }, profile: anyPushed, expect: undefined },
  { says: 'an unregistered http URI where https ones are allowed', form: { redirect_uri: 'http://new.example/cb' }, profile: anyPushed, expect: no('invalid_request', 'F2-AZ-07') },
  { says: 'an unregistered URI with fragment', form: { redirect_uri: 'https://new.example/cb#x' }, profile: anyPushed, expect: no('invalid_request', 'F2-AZ-07') },
  { says: 'a native client’s port of the day', client: native, form: { redirect_uri: 'http://127.0.0.1:51004/cb' }, expect: undefined },
  { says: 'a native client’s port of the day, IPv6', client: native, form: { redirect_uri: 'http://[::1]/cb' }, expect: undefined },
  { says: 'a native client’s other path', client: native, form: { redirect_uri: 'http://127.0.0.1:51004/other' }, expect: no('invalid_request', 'F2-AZ-07') },
  { says: 'a form for a native client', client: native, form: { redirect_uri: 'http://127.0.0.1:51004/cb', response_mode: 'form_post' }, expect: no('invalid_request', 'ASSENT-PAR-03') },
  { says: 'response_mode form_post', form: { response_mode: 'form_post' }, expect: undefined },
  { says: 'a native client by name', client: native, form: { redirect_uri: 'http://localhost:51004/cb' }, expect: no('invalid_request', 'F2-AZ-07') },
  { says: 'dpop_jkt equal to the proof’s key', form: { dpop_jkt: 'a' }, proof: 'a', expect: undefined },
  { says: 'dpop_jkt other than the proof’s key', form: { dpop_jkt: 'a' }, proof: 'b', expect: no('invalid_request', 'F2-DP-16') },
  { says: 'dpop_jkt without proof', form: { dpop_jkt: 'a' }, expect: undefined },
];

describe('a pushed request', () => {
  it.each(pushes.map((push) => [push.says, push] as const))('%s', (_says, push) => {
    const entries = Object.entries({ ...good, ...push.form }).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const facts: FactsAt['par'] = { client: aClient(push.client), form: Form.of(entries), dpopProofJkt: push.proof, way: 'pushed' };
    expect(refusal(() => enforce(push.profile ?? fapi2Security, 'par', facts))).toEqual(push.expect);
  });
});

const byRequest = (policy: Partial<SourcedPolicy>): Profile => refine(fapi1Advanced, 'by-request', policy);
const allMay = refine(fapi2Security, 'all-may', { requestObject: by('ours', 'optional') });
const front = 'front-channel' as const;
const pushed = 'pushed' as const;

describe('an authorization request as it arrives', () => {
  it.each([
    ['F2-AZ-17 a request_uri, pushed', fapi2Security, pushed, { request_uri: 'urn:x' }, {}, no('invalid_request', 'F2-AZ-17')],
    ['F2-AZ-17 a request_uri beside an object, pushed', fapi2MessageSigning, pushed, { request: 'x', request_uri: 'urn:x' }, {}, no('invalid_request', 'F2-AZ-17')],
    ['ASSENT-PAR-01 an object where none is used', fapi2Security, pushed, { request: 'x' }, {}, no('request_not_supported', 'ASSENT-PAR-01')],
    ['ASSENT-PAR-01 an object through the browser where they are pushed', fapi2MessageSigning, front, { request: 'x' }, {}, no('request_not_supported', 'ASSENT-PAR-01')],
    ['JR-11 an address where none is fetched', fapi1Baseline, front, { request_uri: 'https://tally.example/r' }, {}, no('request_uri_not_supported', 'JR-11')],
    ['JR-11 an address where objects come by value only', byRequest({ requestObjectBy: by('ours', ['pushed', 'value']) }), front, { request_uri: 'https://tally.example/r' }, {}, no('request_uri_not_supported', 'JR-11')],
    ['JR-01 both', fapi1Advanced, front, { request: 'x', request_uri: 'https://tally.example/r' }, {}, no('invalid_request', 'JR-01')],
    ['PR-14 through the browser, by a client that pushes', fapi1Advanced, front, { request: 'x' }, { require_pushed_authorization_requests: true }, no('invalid_request', 'PR-14')],
    ['MS-JAR-01 none, pushed', fapi2MessageSigning, pushed, {}, {}, no('invalid_request', 'MS-JAR-01')],
    ['MS-JAR-01 none, though registered, where it is optional', allMay, pushed, {}, { require_signed_request_object: true }, no('invalid_request', 'MS-JAR-01')],
    ['MS-JAR-01 none, required of everybody', fapi1Advanced, front, {}, { require_signed_request_object: false }, no('invalid_request', 'MS-JAR-01')],
    ['none, by a client that registered so', fapi2MessageSigning, pushed, {}, { require_signed_request_object: false }, undefined],
    ['none, where it is optional', allMay, pushed, {}, {}, undefined],
    ['none, where it is off', fapi2Security, pushed, {}, {}, undefined],
    ['an object, pushed', fapi2MessageSigning, pushed, { request: 'x' }, {}, undefined],
    ['an object of a client that need not', fapi2MessageSigning, pushed, { request: 'x' }, { require_signed_request_object: false }, undefined],
    ['an object by value', fapi1Advanced, front, { request: 'x' }, {}, undefined],
    ['an address', fapi1Advanced, front, { request_uri: 'https://tally.example/r' }, {}, undefined],
  ] as const)('%s', (_says, profile, way, form, client, expected) => {
    const facts: FactsAt['request'] = { client: aClient(client), form: Form.of(Object.entries(form)), way };
    expect(refusal(() => enforce(profile, 'request', facts))).toEqual(expected);
  });
});

const detached = { response_type: 'code id_token', scope: 'openid accounts', nonce: 'n', state: 's' };
const encrypts: Partial<Client> = { response_types: ['code id_token'], authorization_encrypted_response_alg: 'RSA-OAEP' };

describe('the response a request asks for', () => {
  it.each([
    ['code id_token', fapi1Advanced, { ...detached }, {}, undefined],
    ['code id_token, words the other way round', fapi1Advanced, { ...detached, response_type: 'id_token code' }, {}, undefined],
    ['code id_token in a form', fapi1Advanced, { ...detached, response_mode: 'form_post' }, {}, undefined],
    ['code id_token in a JWT', fapi1Advanced, { ...detached, response_mode: 'jwt' }, {}, undefined],
    ['code in a JWT', fapi1Advanced, { scope: 'openid', nonce: 'n', response_mode: 'jwt' }, {}, undefined],
    ['F1A-AS-02 code alone', fapi1Advanced, { scope: 'openid', nonce: 'n' }, {}, no('invalid_request', 'MS-JARM-01')],
    ['F1A-AS-02 code in a form', fapi1Advanced, { scope: 'openid', nonce: 'n', response_mode: 'form_post' }, {}, no('invalid_request', 'MS-JARM-01')],
    ['F1A-AS-02 a type nobody knows', fapi1Advanced, { ...detached, response_type: 'code token' }, {}, no('unsupported_response_type', 'F2-AZ-01')],
    ['F1A-ID-02 code id_token in the query', fapi1Advanced, { ...detached, response_mode: 'query' }, {}, no('invalid_request', 'ASSENT-PAR-02')],
    ['JM-04 code id_token in the query as a JWT', fapi1Advanced, { ...detached, response_mode: 'query.jwt' }, {}, no('invalid_request', 'JM-04')],
    ['code id_token in the query as an encrypted JWT', fapi1Advanced, { ...detached, response_mode: 'query.jwt' }, encrypts, undefined],
    ['F1A-ID-03 code id_token without nonce', fapi1Advanced, { ...detached, nonce: undefined }, {}, no('invalid_request', 'F1A-ID-03')],
    ['F1A-ID-03 code id_token without openid', fapi1Advanced, { ...detached, scope: 'accounts' }, {}, no('invalid_scope', 'F1A-ID-03')],
    ['code id_token without state', fapi1Advanced, { ...detached, state: undefined }, {}, undefined],
    ['F1B-AS-15 no nonce with openid', fapi1Baseline, { scope: 'openid', state: 's' }, {}, no('invalid_request', 'F1B-AS-15')],
    ['F1B-AS-15 no state without openid', fapi1Baseline, { scope: 'accounts', nonce: 'n' }, {}, no('invalid_request', 'F1B-AS-15')],
    ['a nonce and no state with openid', fapi1Baseline, { scope: 'openid', nonce: 'n' }, {}, undefined],
    ['MS-JARM-01 a plain response', fapi2MessageSigning, {}, {}, no('invalid_request', 'MS-JARM-01')],
    ['MS-JARM-01 a plain form', fapi2MessageSigning, { response_mode: 'form_post' }, {}, no('invalid_request', 'MS-JARM-01')],
    ['a plain response, by a client that registered so', fapi2MessageSigning, {}, { response_modes: ['query', 'jwt'] }, undefined],
    ['MS-JAR-16 a mode the client did not register', fapi2MessageSigning, { response_mode: 'form_post.jwt' }, { response_modes: ['jwt'] }, no('invalid_request', 'ASSENT-PAR-02')],
    ['a JWT', fapi2MessageSigning, { response_mode: 'jwt' }, {}, undefined],
    ['a JWT where none is made', fapi2Security, { response_mode: 'jwt' }, {}, no('invalid_request', 'ASSENT-PAR-02')],
  ] as const)('%s', (_says, profile, changes, client, expected) => {
    const entries = Object.entries({ ...good, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const facts: FactsAt['par'] = { client: aClient({ response_types: ['code', 'code id_token'], ...client }), form: Form.of(entries), dpopProofJkt: undefined, way: pushed };
    expect(refusal(() => enforce(profile, 'par', facts))).toEqual(expected);
  });

  it.each([
    ['F1A-AS-05 pushed', pushed, no('invalid_request', 'F2-AZ-05')],
    ['by value', front, undefined],
  ] as const)('PKCE may be left out: %s', (_says, way, expected) => {
    const entries = Object.entries({ ...good, ...detached }).filter(([name]) => !name.startsWith('code_challenge'));
    const facts: FactsAt['par'] = { client: aClient({ response_types: ['code id_token'] }), form: Form.of(entries), dpopProofJkt: undefined, way };
    expect(refusal(() => enforce(fapi1Advanced, 'par', facts))).toEqual(expected);
  });
});

describe('a request at the authorization endpoint', () => {
  it.each([
    ['pushed', fapi2Security, true, undefined],
    ['F2-AZ-03 not pushed', fapi2Security, false, no('invalid_request', 'F2-AZ-03')],
    ['not pushed, where that is allowed', oauth, false, undefined],
  ] as const)('%s', (_says, profile, viaPar, expected) => {
    expect(refusal(() => enforce(profile, 'authorize', { viaPar }))).toEqual(expected);
  });
});

const jkt = { jkt: 'thumbprint' };
const x5t = { 'x5t#S256': 'thumbprint' };
const dpopOnly = refine(fapi2Security, 'dpop-only', { senderConstraint: by('ours', ['dpop']) });
const mtlsOnly = refine(fapi2Security, 'mtls-only', { senderConstraint: by('ours', ['mtls']) });
const dpopClient: Partial<Client> = { dpop_bound_access_tokens: true };
const mtlsClient: Partial<Client> = { tls_client_certificate_bound_access_tokens: true };

describe('a token request', () => {
  it.each([
    ['a client of either constraint, DPoP', fapi2Security, {}, jkt, undefined],
    ['a client of either constraint, certificate', fapi2Security, {}, x5t, undefined],
    ['F2-AS-04 neither', fapi2Security, {}, undefined, no('invalid_dpop_proof', 'F2-AS-04')],
    ['F2-AS-04 neither, certificates only', mtlsOnly, {}, undefined, no('invalid_request', 'F2-AS-04')],
    ['F2-AS-04 DPoP, certificates only', mtlsOnly, {}, jkt, no('invalid_request', 'F2-AS-04')],
    ['F2-AS-04 certificate, DPoP only', dpopOnly, {}, x5t, no('invalid_dpop_proof', 'F2-AS-04')],
    ['a DPoP client with its proof', fapi2Security, dpopClient, jkt, undefined],
    ['F2-DP-19 a DPoP client without', fapi2Security, dpopClient, undefined, no('invalid_dpop_proof', 'F2-DP-19')],
    ['F2-DP-19 a DPoP client with a certificate instead', fapi2Security, dpopClient, x5t, no('invalid_dpop_proof', 'F2-DP-19')],
    ['a certificate client with its certificate', fapi2Security, mtlsClient, x5t, undefined],
    ['F2-MT-05 a certificate client without', fapi2Security, mtlsClient, undefined, no('invalid_request', 'F2-MT-05')],
    ['F2-MT-05 a certificate client with a proof instead', fapi2Security, mtlsClient, jkt, no('invalid_request', 'F2-MT-05')],
  ] as const)('%s', (_says, profile, client, confirmation, expected) => {
    const facts: FactsAt['token'] = { client: aClient(client), grantType: 'authorization_code', confirmation };
    expect(refusal(() => enforce(profile, 'token', facts))).toEqual(expected);
  });

  it.each([
    ['password', 'unsupported_grant_type'],
    ['implicit', 'unsupported_grant_type'],
    ['urn:ietf:params:oauth:grant-type:token-exchange', 'unsupported_grant_type'],
    ['client_credentials', 'unauthorized_client'],
  ])('F2-AS-02 grant_type %s', (grantType, code) => {
    const act = (): void => enforce(fapi2Security, 'token', { client: aClient(), grantType, confirmation: jkt });
    expect(refusal(act)).toEqual(no(code, 'F2-AS-02'));
  });
});

it('each rule says what it does, by which clause, under an id of its own', () => {
  const ids = fapi2Security.rules.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, clause, says } of fapi2Security.rules) {
    expect(id).toMatch(/^(F2|F1A|F1B|MS|ASSENT)-[A-Z]+-\d{2}$|^(JR|PR)-\d{2}$/);
    expect(clause).toMatch(/^(FAPI|RFC|OpenID|OAuth)/);
    expect(says).not.toBe('');
  }
});
