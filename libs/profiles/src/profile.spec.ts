import { invalidRequest } from '@assent/protocol';
import {
  by, diffProfiles, enforce, fapi1Advanced, fapi1Baseline, fapi2MessageSigning, fapi2Security, issuerProfiles, loosened, oauth, profileNamed, refine, refuseContradictions, rule, SilentLoosening, type Policy, type SourcedPolicy,
} from './index.js'; // prettier-ignore

const every = ['oauth', ...issuerProfiles].map(profileNamed);

describe('profiles', () => {
  it.each(every.map((profile) => [profile.name, profile] as const))('%s names the source of each value', (_name, profile) => {
    const sources = Object.entries(profile.sources);
    expect(sources.map(([key]) => key).sort()).toEqual(Object.keys(profile.policy).sort());
    for (const [key, source] of sources) expect([key, source]).toEqual([key, expect.stringMatching(/^(ours|\S.*\d)/)]);
  });

  it.each(every.map((profile) => [profile.name, profile] as const))('%s loosens nothing without naming clause and reason', (_name, profile) => {
    for (const loosening of Object.values(profile.loosenings)) {
      expect(loosening.replaces).not.toBe('');
      expect(loosening.why).not.toBe('');
    }
  });

  it('FAPI 2.0 SP has the values of its clauses', () => {
    expect(fapi2Security.policy).toMatchObject({
      par: 'required',
      pkce: ['S256'],
      responseTypes: ['code'],
      clientAuth: ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'],
      assertionAudience: 'issuer',
      senderConstraint: ['dpop', 'mtls'],
      algs: ['PS256', 'ES256', 'EdDSA', 'Ed25519'],
      rotateRefreshTokens: false,
      issInResponse: true,
      codeLifetime: 60,
    } satisfies Partial<Policy>);
    expect(fapi2Security.policy.grantTypes).not.toContain('password');
    expect(fapi2Security.policy.requestUriLifetime).toBeLessThan(600);
    expect(fapi2Security.policy.clockSkew).toBeGreaterThanOrEqual(10);
    expect(fapi2Security.policy.clockSkew).toBeLessThanOrEqual(60);
    expect(fapi2Security.policy.nonceMaxLength).toBeGreaterThanOrEqual(64);
    expect(fapi2Security.policy.minimumRsaBits).toBeGreaterThanOrEqual(2048);
    expect(fapi2Security.policy.minimumEcBits).toBeGreaterThanOrEqual(224);
  });

  it('is found by name, and an unknown name is a bug', () => {
    expect(profileNamed('fapi2-security')).toBe(fapi2Security);
    expect(() => profileNamed('fapi3')).toThrow(/no profile is named fapi3/);
  });
});

describe('refine', () => {
  const looser: readonly { readonly [K in keyof SourcedPolicy]?: SourcedPolicy[K] }[] = [
    { par: by('ours', 'allowed') },
    { pkce: by('ours', []) },
    { responseTypes: by('ours', ['code', 'code id_token']) },
    { responseModes: by('ours', ['query', 'fragment']) },
    { pkceWhen: by('ours', 'pushed') },
    { requestObjectBy: by('ours', ['pushed', 'post' as never]) },
    { requestObjectAlgs: by('ours', ['RS256' as never]) },
    { requestObjectTypes: by('ours', ['at+jwt']) },
    { requestObjectClaims: by('ours', []) },
    { requestObjectMaxAge: by('ours', 7200) },
    { requestObjectMaxLifetime: by('ours', 7200) },
    { responseAlgs: by('ours', []) },
    { responseLifetime: by('ours', 601) },
    { encryptionAlgs: by('ours', ['RSA1_5' as never]) },
    { contentEncryptionAlgs: by('ours', ['A128GCM' as never]) },
    { grantTypes: by('ours', ['authorization_code', 'password']) },
    { assertionAudience: by('ours', 'issuer-or-endpoint') },
    { senderConstraint: by('ours', []) },
    { redirectUris: by('ours', 'registered-or-pushed') },
    { rotateRefreshTokens: by('ours', true) },
    { issInResponse: by('ours', false) },
    { codeLifetime: by('ours', 61) },
    { codeLifetime: by('ours', 0) },
    { requestUriLifetime: by('ours', 600) },
    { accessTokenLifetime: by('ours', 3600) },
    { refreshTokenLifetime: by('ours', 1e9) },
    { idTokenLifetime: by('ours', 3600) },
    { grantLifetime: by('ours', 1e9) },
    { clientAssertionMaxLifetime: by('ours', 3600) },
    { dpopProofMaxAge: by('ours', 3600) },
    { clockSkew: by('ours', 120) },
    { nonceMaxLength: by('ours', 1000) },
    { minimumRsaBits: by('ours', 1024) },
    { minimumEcBits: by('ours', 160) },
  ];

  it.each(looser.map((values) => [JSON.stringify(values), values] as const))('refuses silent loosening: %s', (_text, values) => {
    expect(() => refine(fapi2Security, 'a-market', values)).toThrow(SilentLoosening);
  });

  it.each([
    ['nonceOrState', 'optional', fapi1Baseline],
    ['signedResponse', 'optional', fapi2MessageSigning],
    ['requestObject', 'off', fapi2MessageSigning],
    ['requestObject', 'expected', fapi1Advanced],
    ['requestObjectEncryption', 'off', fapi1Advanced],
    ['responseEncryption', 'off', fapi1Advanced],
    ['idTokenEncryption', 'off', fapi1Advanced],
  ] as const)('refuses silent loosening of %s to %s', (key, value, base) => {
    expect(() => refine(base, 'a-market', { [key]: by('ours', value) })).toThrow(SilentLoosening);
  });

  it('takes a signed response mode beside plain ones for no loosening', () => {
    expect(refine(fapi2Security, 'signs', { responseModes: by('ours', ['query', 'jwt']) }).policy.responseModes).toEqual(['query', 'jwt']);
  });

  it('lets a value be loosened by name of clause and reason, and keeps both', () => {
    const why = { replaces: 'FAPI 2.0 SP 5.3.2.1-8', why: 'the market still sends token endpoint URLs' };
    const market = refine(fapi2Security, 'a-market', { assertionAudience: loosened('Market 4.2', 'issuer-or-endpoint', why) });
    expect(market.policy.assertionAudience).toBe('issuer-or-endpoint');
    expect(market.loosenings).toEqual({ assertionAudience: why });
    expect(refine(market, 'a-bank', {}).loosenings).toEqual({ assertionAudience: why });
  });

  it('tightens freely, and keeps everything else', () => {
    const market = refine(fapi2Security, 'a-market', { codeLifetime: by('Market 1.1', 30), algs: by('Market 1.2', ['PS256']) });
    expect(market.policy).toEqual({ ...fapi2Security.policy, codeLifetime: 30, algs: ['PS256'] });
    expect(market.sources.codeLifetime).toBe('Market 1.1');
    expect(market.sources.par).toBe(fapi2Security.sources.par);
    expect(market.base).toBe(fapi2Security);
  });

  it('adds rules after those of the base, and refuses one id twice', () => {
    const noMonday = rule({ id: 'MK-01', clause: 'Market 9', at: 'authorize', stops: [], says: 'refuses all', check: () => invalidRequest('no', 'MK-01') });
    const market = refine(fapi2Security, 'a-market', {}, [noMonday]);
    expect(market.rules).toEqual([...oauth.rules, noMonday]);
    expect(() => enforce(market, 'authorize', { viaPar: true })).toThrow('no');
    expect(() => refine(market, 'twice', {}, [noMonday])).toThrow(/MK-01 is there twice/);
  });
});

it('a scheme written as docs/profiles.md shows differs from its base in what it names', () => {
  const harbour = refine(fapi2MessageSigning, 'harbour-scheme', {
    requestObject: by('Harbour 4.1', 'required'),
    senderConstraint: by('Harbour 4.2', ['dpop']),
    accessTokenLifetime: by('Harbour 5.1', 300),
  });
  const { values, onlyLeft, onlyRight } = diffProfiles(fapi2MessageSigning, refuseContradictions(harbour));
  expect([values.map(({ key }) => key).sort(), onlyLeft, onlyRight]).toEqual([['accessTokenLifetime', 'requestObject', 'senderConstraint'], [], []]);
});
