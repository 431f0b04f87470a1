import { by, ContradictoryProfile, contradictionsOf, fapi1Advanced, fapi1Baseline, fapi2Ciba, fapi2MessageSigning, fapi2Security, issuerProfiles, loosened, profileNamed, refine, refuseContradictions, type Policy, type Profile } from './index.js';

const why = { replaces: 'a clause', why: 'to see it refused' };

/** The base with these values, however loose. */
const changed = (base: Profile, values: Partial<Policy>): Profile =>
  refine(base, 'contradictory', Object.fromEntries(Object.entries(values).map(([key, value]) => [key, loosened('ours', value, why)])));

describe('a profile may not contradict itself', () => {
  it.each<[string, Profile, Partial<Policy>]>([
    ['hybrid-unsigned', fapi1Advanced, { requestObject: 'off', requestObjectEncryption: 'off', pkceWhen: 'always' }],
    ['hybrid-unsigned', fapi1Advanced, { requestObject: 'expected', pkceWhen: 'always' }],
    ['hybrid-without-mode', fapi1Advanced, { responseModes: ['query.jwt'] }],
    ['code-without-mode', fapi1Advanced, { responseModes: ['fragment'], responseEncryption: 'off' }],
    ['code-without-default-mode', fapi2Security, { responseModes: ['form_post'] }],
    ['jarm-off', fapi2Security, { responseModes: ['query', 'jwt'] }],
    ['jarm-without-mode', fapi2MessageSigning, { responseModes: ['query'] }],
    ['jarm-without-algorithm', fapi2MessageSigning, { responseAlgs: [] }],
    ['request-object-without-algorithm', fapi2MessageSigning, { requestObjectAlgs: [] }],
    ['request-object-without-way', fapi1Advanced, { requestObjectBy: [] }],
    ['request-object-beside-par', fapi2MessageSigning, { requestObjectBy: ['pushed', 'value'] }],
    ['request-object-unbounded', fapi2MessageSigning, { requestObjectClaims: ['aud'] }],
    ['request-object-unbounded', fapi1Advanced, { requestObjectClaims: ['exp', 'nbf'] }],
    ['request-object-encryption', fapi2Security, { requestObjectEncryption: 'optional' }],
    ['response-encryption', fapi2Security, { responseEncryption: 'required' }],
    ['encryption-without-algorithm', fapi1Advanced, { encryptionAlgs: [] }],
    ['encryption-without-algorithm', fapi2Security, { idTokenEncryption: 'optional', contentEncryptionAlgs: [] }],
    ['front-channel-encryption', fapi2Security, { idTokenEncryption: 'front-channel' }],
    ['pkce-or-signature', fapi1Advanced, { signedResponse: 'expected' }],
    ['public-without-pkce', fapi1Baseline, { pkceWhen: 'pushed', requestObject: 'expected', requestObjectClaims: ['aud', 'exp'] }],
    ['public-signed', fapi1Baseline, { requestObject: 'required', requestObjectClaims: ['aud', 'exp'] }],
    ['public-pushed', fapi1Baseline, { par: 'required' }],
    ['public-bound', fapi1Baseline, { senderConstraint: ['mtls'] }],
    ['bearer-too-long', fapi1Baseline, { accessTokenLifetime: 600 }],
    ['no-constraint', fapi2Security, { senderConstraint: [] }],
    ['nonce-without-dpop', fapi1Advanced, { dpopNonce: 'required' }],
    ['pushed-uris-unsigned', fapi1Advanced, { redirectUris: 'registered-or-pushed' }],
    ['code-without-grant', fapi2Security, { grantTypes: ['client_credentials'] }],
    ['clock-skew', fapi2Security, { clockSkew: 3600 }],
    ['rotation', fapi2Security, { rotateRefreshTokens: true }],
    ['ciba-without-grant', fapi2Security, { ciba: 'on' }],
    ['ciba-without-grant', fapi2Ciba, { ciba: 'off' }],
    ['ciba-without-delivery', fapi2Ciba, { cibaDelivery: [] }],
    ['ciba-expiry', fapi2Ciba, { cibaMinExpiry: 3600 }],
    ['ciba-without-algorithm', fapi2Ciba, { cibaRequestSigned: 'required', requestObjectAlgs: [] }],
    ['ciba-public', fapi2Ciba, { clientAuth: ['private_key_jwt', 'none'], par: 'allowed', senderConstraint: ['dpop'] }],
  ])('%s, %#', (id, base, values) => {
    const profile = changed(base, values);
    const found = contradictionsOf(profile.policy);
    expect(found.map((one) => one.id)).toContain(id);
    const { says, values: keys } = found.find((one) => one.id === id)!;
    expect(() => refuseContradictions(profile)).toThrow(ContradictoryProfile);
    expect(() => refuseContradictions(profile)).toThrow(says);
    // It names the values it is about, one of them changed here.
    expect(keys.some((key) => key in values)).toBe(true);
  });

  it.each(issuerProfiles)('%s does not', (name) => {
    expect(contradictionsOf(profileNamed(name).policy)).toEqual([]);
  });

  it('nor does an issuer that asks for more', () => {
    const stricter = refine(fapi1Advanced, 'a-market', { idTokenEncryption: by('Market 1', 'front-channel'), requestObjectEncryption: by('Market 2', 'required') });
    expect(refuseContradictions(stricter)).toBe(stricter);
  });
});
