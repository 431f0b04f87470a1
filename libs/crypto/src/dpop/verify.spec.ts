import { createHash, generateKeyPairSync } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { PublicJwk, SigningAlg, SigningAlgName } from '@assent/protocol';
import { signJws } from '../jws/issue.js';
import { bareJwk, type SigningKey } from '../jwks/signing-key.js';
import { thumbprint } from '../jwks/thumbprint.js';
import { after, aKey, allAlgs, encode, issuer, now, refusalOf, seconds, vectors } from '../spec-support/fixtures.js';
import { accessTokenHash, signDpopProof, type DpopProofRequest } from './issue.js';
import { verifyDpopProof, type DpopRules } from './verify.js';

const url = `${issuer}/token`;
const rules = (changes: Partial<DpopRules> = {}): DpopRules => ({ method: 'POST', url, algs: allAlgs, now, maxAge: 300, clockSkew: 30, ...changes });
const keysOf = new Map<string, SigningKey>();
const own = (alg: string): SigningKey => keysOf.get(alg) as SigningKey;
beforeAll(async () => {
  for (const alg of ['ES256', 'PS256', 'EdDSA'] as const) keysOf.set(alg, await aKey(alg));
});
const aProof = (changes: Partial<DpopProofRequest> = {}) => signDpopProof({ method: 'POST', url, key: own('ES256'), now, ...changes });

interface PublishedProof {
  readonly section: string;
  readonly title: string;
  readonly jwt: string;
  readonly payload: { readonly jti: string; readonly htm: string; readonly htu: string; readonly iat: number; readonly ath?: string };
}
const published = vectors<{ proofs: PublishedProof[]; jkt: { jkt: string }; ath: { access_token: string; ath: string } }>('rfc9449-dpop');

describe('the examples of RFC 9449', () => {
  it.each(published.proofs.map((proof) => [`${proof.section} ${proof.title}`, proof] as const))('%s', async (_, { jwt, payload }) => {
    const atItsTime = rules({ method: payload.htm, url: payload.htu, now: new Date(payload.iat * 1000), ...(payload.ath ? { accessToken: published.ath.access_token } : {}) });
    expect((await verifyDpopProof(jwt, atItsTime)).jkt).toBe(published.jkt.jkt);
    expect(await refusalOf(() => verifyDpopProof(jwt, rules({ method: payload.htm, url: payload.htu })))).toMatchObject({ rule: 'F2-DP-09' });
  });

  it('hashes its access token', () => {
    expect(accessTokenHash(published.ath.access_token)).toBe(published.ath.ath);
  });
});

describe('verifyDpopProof accepts', () => {
  it.each(['ES256', 'PS256', 'EdDSA'])('%s, twice with the same key', async (alg) => {
    for (let use = 0; use < 2; use++) {
      expect(await verifyDpopProof(await aProof({ key: own(alg) }), rules())).toMatchObject({ jkt: thumbprint(bareJwk(own(alg).key)), replay: { kind: 'dpop_proof' } });
    }
  });

  it.each(['ES256', 'PS256', 'EdDSA', 'Ed25519'])('%s made by jose', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg);
    const jwk = await exportJWK(publicKey);
    const proof = await new SignJWT({ jti: 'j', htm: 'POST', htu: url, iat: seconds }).setProtectedHeader({ typ: 'dpop+jwt', alg, jwk }).sign(privateKey);
    expect((await verifyDpopProof(proof, rules())).jkt).toBe(thumbprint(jwk as PublicJwk));
  });

  it.each<[string, Partial<DpopProofRequest>, Partial<DpopRules>?]>([
    ['F2-DP-06: unknown claims and header parameters', { claims: { anything: 1 }, header: { cty: 'x', kid: 'k' } }],
    ['F2-DP-06: exp and nbf that hold', { claims: { exp: seconds + 60, nbf: seconds } }],
    ['F2-DP-09: iat 10 s ahead', { now: after(10) }],
    ['F2-DP-09: the oldest', { now: after(-300) }],
    ['F2-DP-09: fractions', { claims: { iat: seconds + 0.25 } }],
    ['F2-DP-08: query and fragment in htu', { claims: { htu: `${url}?a=b#c` } }],
    ['F2-DP-08: query in the request', {}, { url: `${url}?a=b` }],
    ['F2-DP-08: host in upper case and default port', { claims: { htu: 'HTTPS://BANK.example:443/fapi2/token' } }],
    ['F2-DP-08: dot segments and percent-encoding', { claims: { htu: 'https://bank.example/x/../%66api2/./token' } }],
    ['F2-DP-02: application/ before the type, any case', { header: { typ: 'application/DPoP+JWT' } }],
    ['F2-DP-11: the hash of the token', { accessToken: 'token' }, { accessToken: 'token' }],
    ['a hash nobody asks for', { accessToken: 'token' }],
    ['a nonce nobody asks for', { nonce: 'n' }],
    ['F2-DP-13: the nonce asked for', { nonce: 'n' }, { nonce: (nonce) => (nonce === 'n' ? 'ok' : 'stale') }],
  ])('%s', async (_, proof, changes = {}) => {
    expect(await verifyDpopProof(await aProof(proof), rules(changes))).toBeTruthy();
  });

  it('a key whose other proofs said something else about it', async () => {
    const jwk = bareJwk(own('ES256').key);
    await verifyDpopProof(await aProof({ header: { jwk: { ...jwk, alg: 'PS256', use: 'enc', kid: 'odd' } } }), rules());
    expect(await verifyDpopProof(await aProof({ header: { jwk } }), rules())).toMatchObject({ jkt: thumbprint(jwk) });
  });
});

describe('verifyDpopProof refuses with invalid_dpop_proof', () => {
  const refused = async (proof: string, rule: string, changes: Partial<DpopRules> = {}) =>
    expect(await refusalOf(() => verifyDpopProof(proof, rules(changes)))).toMatchObject({ code: 'invalid_dpop_proof', status: 400, rule });

  it.each<[string, string, Partial<DpopProofRequest>, Partial<DpopRules>?]>([
    ['F2-DP-02', 'no typ', { header: { typ: undefined } }],
    ['F2-DP-02', 'typ JWT', { header: { typ: 'JWT' } }],
    ['F2-DP-02', 'typ at+jwt', { header: { typ: 'at+jwt' } }],
    ['F2-DP-02', 'typ with something after it', { header: { typ: 'dpop+jwt; x' } }],
    ['F2-DP-06', 'no jti', { claims: { jti: undefined } }],
    ['F2-DP-06', 'an empty jti', { claims: { jti: '' } }],
    ['F2-DP-06', 'a number as jti', { claims: { jti: 5 } }],
    ['F2-DP-06', 'an endless jti', { claims: { jti: 'x'.repeat(257) } }],
    ['F2-DP-06', 'no htm', { claims: { htm: undefined } }],
    ['F2-DP-06', 'another method', { method: 'GET' }],
    ['F2-DP-06', 'the method in lower case', { method: 'post' }],
    ['F2-DP-06', 'the method in a list', { claims: { htm: ['POST'] } }],
    ['F2-DP-06', 'no htu', { claims: { htu: undefined } }],
    ['F2-DP-06', 'htu that is no text', { claims: { htu: { url } } }],
    ['F2-DP-08', 'another path', { url: `${issuer}/par` }],
    ['F2-DP-08', 'another host', { url: 'https://evil.example/fapi2/token' }],
    ['F2-DP-08', 'another port', { url: 'https://bank.example:8443/fapi2/token' }],
    ['F2-DP-08', 'plain http', { url: 'http://bank.example/fapi2/token' }],
    ['F2-DP-08', 'the path in another case', { url: 'https://bank.example/FAPI2/token' }],
    ['F2-DP-08', 'a slash more', { url: `${url}/` }],
    ['F2-DP-08', 'a host before the host', { claims: { htu: 'https://bank.example@evil.example/fapi2/token' } }],
    ['F2-DP-08', 'user information', { claims: { htu: 'https://user@bank.example/fapi2/token' } }],
    ['F2-DP-08', 'backslashes', { claims: { htu: 'https:\\\\bank.example\\fapi2\\token' } }],
    ['F2-DP-08', 'a space before', { claims: { htu: ` ${url}` } }],
    ['F2-DP-08', 'a tab within', { claims: { htu: 'https://bank.example/fapi2/\ttoken' } }],
    ['F2-DP-08', 'a relative URL', { claims: { htu: '/fapi2/token' } }],
    ['F2-DP-08', 'an encoded slash', { claims: { htu: 'https://bank.example/fapi2%2Ftoken' } }],
    ['F2-DP-06', 'no iat', { claims: { iat: undefined } }],
    ['F2-DP-06', 'iat as text', { claims: { iat: String(seconds) } }],
    ['F2-DP-06', 'iat null', { claims: { iat: null } }],
    ['F2-DP-09', 'too old', { now: after(-301) }],
    ['F2-DP-09', 'an hour old', { now: after(-3600) }],
    ['F2-DP-09', 'more than 60 s ahead', { now: after(61) }],
    ['F2-DP-09', 'an hour ahead', { now: after(3600) }],
    ['F2-DP-09', 'exp past', { claims: { exp: seconds - 1 } }],
    ['F2-DP-09', 'nbf ahead', { claims: { nbf: seconds + 61 } }],
    ['F2-DP-06', 'exp as text', { claims: { exp: 'never' } }],
    ['F2-DP-11', 'no ath', {}, { accessToken: 'token' }],
    ['F2-DP-11', 'ath of another token', { accessToken: 'other' }, { accessToken: 'token' }],
    ['F2-DP-11', 'ath in a list', { claims: { ath: [accessTokenHash('token')] } }, { accessToken: 'token' }],
    ['F2-DP-13', 'a nonce that is no text', { claims: { nonce: 5 } }, { nonce: () => 'ok' }],
    ['F2-DP-08', 'a request whose URL no proof can name', {}, { url: 'https://bank.example/"' }],
  ])('%s: %s', async (rule, _, proof, changes = {}) => {
    await refused(await aProof(proof), rule, changes);
  });

  it.each<[string, () => Promise<string> | string]>([
    ['nothing', () => ''],
    ['text', () => 'proof'],
    ['two proofs in two header fields', async () => `${await aProof()}, ${await aProof()}`],
    ['one with a space', async () => `${await aProof()} `],
    ['nothing at all', () => undefined as unknown as string],
    ['a payload that is no object', () => signJws({ typ: 'dpop+jwt', kid: undefined, jwk: bareJwk(own('ES256').key) }, [], own('ES256'))],
    ['critical extensions', async () => aProof({ header: { crit: ['exp'] } })],
  ])('F2-DP-01: %s', async (_, proof) => {
    await refused(await proof(), 'F2-DP-01');
  });

  it.each(['none', 'HS256', 'RS256', 'ES384', 'es256'])('F2-DP-03: alg %s', async (alg) => {
    await refused(`${encode({ typ: 'dpop+jwt', alg, jwk: bareJwk(own('ES256').key) })}.${encode({})}.AAAA`, 'F2-DP-03');
  });

  it('F2-DP-03: an algorithm the server does not offer', async () => {
    await refused(await aProof({ key: own('EdDSA') }), 'F2-DP-03', { algs: ['ES256', 'PS256'] as SigningAlg[] });
  });

  it.each<[string, () => unknown]>([
    ['no jwk', () => undefined],
    ['jwk as text', () => JSON.stringify(bareJwk(own('ES256').key))],
    ['a list', () => [bareJwk(own('ES256').key)]],
    ['a private key', () => own('ES256').key.export({ format: 'jwk' })],
    ['an empty private member', () => ({ ...bareJwk(own('ES256').key), d: '' })],
    ['a symmetric key', () => ({ kty: 'oct', k: 'AAAA' })],
    ['another key', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })],
    ['a key of another type', () => bareJwk(own('PS256').key)],
    ['another curve', () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' })],
    ['a coordinate spelt differently', () => ({ ...bareJwk(own('ES256').key), x: `${bareJwk(own('ES256').key)['x'] as string}=` })],
    ['coordinates that are no text', () => ({ kty: 'EC', crv: 'P-256', x: 1, y: 2 })],
  ])('F2-DP-04: %s', async (_, jwk) => {
    await refused(await aProof({ header: { jwk: jwk() } }), 'F2-DP-04');
  });

  it('F2-DP-04: RSA of 1024 bits', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    await refused(await aProof({ key: { kid: 'weak', alg: 'PS256' as SigningAlgName, key: privateKey } }), 'F2-DP-04');
  });

  it('F2-DP-04: a changed claim', async () => {
    const [header, , signature] = (await aProof()).split('.');
    await refused(`${header}.${encode({ jti: 'j', htm: 'POST', htu: url, iat: seconds })}.${signature}`, 'F2-DP-04');
  });
});

describe('the server nonce', () => {
  it.each(['missing', 'stale'] as const)('F2-DP-13: %s asks for another try', async (verdict) => {
    const proof = await aProof();
    expect(await refusalOf(() => verifyDpopProof(proof, rules({ nonce: () => verdict })))).toMatchObject({ code: 'use_dpop_nonce', status: 400, rule: 'F2-DP-13' });
  });

  it('is asked for only once everything else is right', async () => {
    const proof = await aProof({ now: after(-3600) });
    expect(await refusalOf(() => verifyDpopProof(proof, rules({ nonce: () => 'missing' })))).toMatchObject({ code: 'invalid_dpop_proof' });
  });
});

describe('the replay claim', () => {
  const claimOf = async (proof: Partial<DpopProofRequest>, changes: Partial<DpopRules> = {}) => (await verifyDpopProof(await aProof(proof), rules(changes))).replay;

  it('is the same for the same key, URL and jti however spelt', async () => {
    const [first, second] = [await claimOf({ claims: { jti: 'j' } }), await claimOf({ claims: { jti: 'j', htu: 'https://BANK.example:443/fapi2/token?x' } })];
    expect(first.hash.equals(second.hash)).toBe(true);
    expect(first.hash).toHaveLength(createHash('sha256').digest().length);
  });

  it('differs by jti, key and URL', async () => {
    const base = await claimOf({ claims: { jti: 'j' } });
    const par = `${issuer}/par`;
    const others = [await claimOf({ claims: { jti: 'k' } }), await claimOf({ key: own('EdDSA'), claims: { jti: 'j' } }), await claimOf({ url: par, claims: { jti: 'j' } }, { url: par })];
    for (const other of others) expect(other.hash.equals(base.hash)).toBe(false);
  });

  it('lasts until no process would take the proof any more, and does not depend on when it is seen', async () => {
    const proof = await aProof({ now: after(-100) });
    const [first, second] = [await verifyDpopProof(proof, rules()), await verifyDpopProof(proof, rules({ now: after(50) }))];
    expect(first.replay.expiresAt).toEqual(after(-100 + 300 + 30));
    expect(second.replay).toEqual(first.replay);
  });
});
