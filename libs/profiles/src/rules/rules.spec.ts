import { Form, OAuthError, type Client } from '@assent/protocol';
import { by, enforce, fapi2Security, loosened, oauth, refine, type FactsAt, type Profile } from '../index.js';
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
  { says: 'a request_uri', form: { request_uri: 'urn:x' }, expect: no('invalid_request', 'F2-AZ-17') },
  { says: 'a request object', form: { request: 'e30.e30.' }, expect: no('request_not_supported', 'ASSENT-PAR-01') },
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
  { says: 'a native client by name', client: native, form: { redirect_uri: 'http://localhost:51004/cb' }, expect: no('invalid_request', 'F2-AZ-07') },
  { says: 'dpop_jkt equal to the proof’s key', form: { dpop_jkt: 'a' }, proof: 'a', expect: undefined },
  { says: 'dpop_jkt other than the proof’s key', form: { dpop_jkt: 'a' }, proof: 'b', expect: no('invalid_request', 'F2-DP-16') },
  { says: 'dpop_jkt without proof', form: { dpop_jkt: 'a' }, expect: undefined },
];

describe('a pushed request', () => {
  it.each(pushes.map((push) => [push.says, push] as const))('%s', (_says, push) => {
    const entries = Object.entries({ ...good, ...push.form }).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const facts: FactsAt['par'] = { client: aClient(push.client), form: Form.of(entries), dpopProofJkt: push.proof };
    expect(refusal(() => enforce(push.profile ?? fapi2Security, 'par', facts))).toEqual(push.expect);
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
    expect(id).toMatch(/^(F2|ASSENT)-[A-Z]+-\d{2}$/);
    expect(clause).toMatch(/^(FAPI|RFC|OpenID|OAuth)/);
    expect(says).not.toBe('');
  }
});
