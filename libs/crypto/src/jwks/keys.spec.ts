import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { PublicJwk, SigningAlgName } from '@assent/protocol';
import { aKey, refusalOf, vectors } from '../spec-support/fixtures.js';
import { importCertificateJwk, importPublicJwk } from './public-key.js';
import { bareJwk, generateSigningKey, importPrivateJwk, openSigningKey, publicJwk } from './signing-key.js';
import { thumbprint } from './thumbprint.js';

const jwkOf = (type: 'rsa' | 'ec' | 'ed25519' | 'ed448' | 'x25519', options: object = {}): PublicJwk =>
  (generateKeyPairSync(type as 'ec', options as { namedCurve: string }).publicKey.export({ format: 'jwk' }) as PublicJwk);
const p256 = jwkOf('ec', { namedCurve: 'P-256' });
const rsa = jwkOf('rsa', { modulusLength: 2048 });
const ed = jwkOf('ed25519');

describe('thumbprint', () => {
  const { thumbprints } = vectors<{ thumbprints: { section: string; jwk: PublicJwk; thumbprint: string }[] }>('thumbprint-pkce');
  it.each(thumbprints.map((vector) => [vector.section, vector] as const))('is that of %s', (_, vector) => {
    expect(thumbprint(vector.jwk)).toBe(vector.thumbprint);
  });

  it.each([p256, rsa, ed])('is what jose computes', async (jwk) => {
    expect(thumbprint({ ...jwk, kid: 'x' })).toBe(await calculateJwkThumbprint(jwk as never));
  });

  it.each([
    ['a symmetric key', { kty: 'oct', k: 'AAAA' }],
    ['a name of Object.prototype', { kty: 'toString' }],
    ['a missing member', { kty: 'EC', crv: 'P-256', x: 'AA' }],
    ['a member that is no string', { kty: 'OKP', crv: 'Ed25519', x: 1 }],
  ])('refuses %s', async (_, jwk) => {
    expect(await refusalOf(() => thumbprint(jwk))).toMatchObject({ name: 'JwsError', reason: 'key' });
  });
});

describe('importPublicJwk', () => {
  it.each([
    ['P-256', p256, ['ES256']],
    ['RSA', rsa, ['PS256']],
    ['Ed25519', ed, ['EdDSA', 'Ed25519']],
    ['Ed25519 under either name of its algorithm', { ...ed, alg: 'Ed25519' }, ['EdDSA', 'Ed25519']],
    ['what serves to verify', { ...p256, kid: 'k', use: 'sig', key_ops: ['verify'], alg: 'ES256' }, ['ES256']],
  ])('reads %s', (_, jwk, algs) => {
    const key = importPublicJwk(jwk as PublicJwk);
    expect(key.algs).toEqual(algs);
    expect(key.kid).toBe((jwk as PublicJwk).kid);
    expect(key.key.type).toBe('public');
  });

  const point = Buffer.from(p256['x'] as string, 'base64url');
  it.each<[string, unknown]>([
    ['d', { ...p256, d: 'AAAA' }],
    ['an empty d', { ...p256, d: '' }],
    ['RSA factors', { ...rsa, p: 'AQ', q: 'AQ' }],
    ['oth', { ...rsa, oth: [] }],
    ['k', { ...p256, k: 'AAAA' }],
    ['a symmetric key', { kty: 'oct', k: 'AAAA' }],
    ['an encryption key', { ...p256, use: 'enc' }],
    ['a key that only signs', { ...p256, key_ops: ['sign'] }],
    ['key_ops that is no list', { ...p256, key_ops: 'verify' }],
    ['an RS256 key', { ...rsa, alg: 'RS256' }],
    ['alg of another type', { ...p256, alg: 'PS256' }],
    ['RSA of 1024 bits', jwkOf('rsa', { modulusLength: 1024 })],
    ['P-384', jwkOf('ec', { namedCurve: 'P-384' })],
    ['secp256k1', jwkOf('ec', { namedCurve: 'secp256k1' })],
    ['Ed448', jwkOf('ed448')],
    ['X25519', jwkOf('x25519')],
    ['RSA exponent 1', { ...rsa, e: 'AQ' }],
    ['an even RSA exponent', { ...rsa, e: 'AQAA' }],
    ['an RSA exponent as long as the modulus', { ...rsa, e: rsa['n'] }],
    ['an RSA modulus with a leading zero', { ...rsa, n: Buffer.concat([Buffer.alloc(1), Buffer.from(rsa['n'] as string, 'base64url')]).toString('base64url') }],
    ['an RSA modulus of 16384 bits', { ...rsa, n: Buffer.alloc(2048, 0xff).toString('base64url') }],
    ['a padded modulus', { ...rsa, n: `${rsa['n'] as string}=` }],
    ['a point off the curve', { ...p256, x: Buffer.from(point.map((octet) => octet ^ 1)).toString('base64url') }],
    ['a short coordinate', { ...p256, x: point.subarray(1).toString('base64url') }],
    ['a missing coordinate', { kty: 'EC', crv: 'P-256', x: p256['x'] }],
    ['a curve of another type', { ...ed, crv: 'P-256' }],
    ['crv of Object.prototype', { ...p256, crv: 'constructor' }],
    ['kid that is no string', { ...p256, kid: 7 }],
    ['no kty', { ...p256, kty: undefined }],
    ['null', null],
    ['a list', []],
  ])('refuses %s', async (_, jwk) => {
    expect(await refusalOf(() => importPublicJwk(jwk as PublicJwk))).toMatchObject({ name: 'JwsError', reason: 'key' });
  });

  it('lets larger curves and other algorithms stand for certificates only', () => {
    expect(importCertificateJwk({ ...jwkOf('ec', { namedCurve: 'P-384' }), alg: 'ES384' })).toMatchObject({ algs: [] });
    expect(importCertificateJwk({ ...rsa, use: 'tls' })).toMatchObject({ algs: [] });
    expect(() => importCertificateJwk({ ...rsa, use: 'enc' })).toThrow();
    expect(() => importCertificateJwk(jwkOf('rsa', { modulusLength: 1024 }))).toThrow();
  });
});

describe('signing keys', () => {
  it.each(['PS256', 'ES256', 'EdDSA'] as const)('%s: generated, stored, opened, published', async (alg) => {
    const stored = { ...(await generateSigningKey(alg)), alg };
    const key = openSigningKey(stored);
    const jwk = publicJwk(key);
    expect(jwk).toMatchObject({ kid: stored.kid, use: 'sig', alg });
    expect(thumbprint(jwk)).toBe(stored.kid);
    expect(Object.keys(jwk).filter((name) => ['d', 'p', 'q', 'dp', 'dq', 'qi'].includes(name))).toEqual([]);
    expect(importPublicJwk(jwk).algs).toContain(alg);
  });

  it('a published key is a copy: changing one changes no other', async () => {
    const key = await aKey('ES256');
    (publicJwk(key) as unknown as { x: string }).x = 'changed';
    expect(publicJwk(key)['x']).not.toBe('changed');
    expect(bareJwk(key.key)).not.toHaveProperty('kid');
  });

  it.each([['ES256', 'ES256'], ['PS256', 'PS256'], ['Ed25519', 'EdDSA']] as const)('reads a private JWK of %s', async (joseAlg, alg) => {
    const { privateKey } = await generateKeyPair(joseAlg, { extractable: true });
    const jwk = (await exportJWK(privateKey)) as PublicJwk;
    expect(importPrivateJwk(jwk)).toMatchObject({ kid: thumbprint(jwk), alg });
    expect(importPrivateJwk({ ...jwk, kid: 'mine', alg: joseAlg })).toMatchObject({ kid: 'mine', alg });
  });

  it.each<[string, () => unknown]>([
    ['an unreadable PEM', () => openSigningKey({ kid: 'k', alg: 'ES256', privateKeyPem: 'nothing' })],
    ['a public JWK', () => importPrivateJwk(p256)],
    ['another curve', () => importPrivateJwk(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' }) as PublicJwk)],
    ['a short RSA key', () => importPrivateJwk(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' }) as PublicJwk)],
    ['an algorithm of another type', async () => openSigningKey({ ...(await generateSigningKey('ES256')), alg: 'PS256' as SigningAlgName })],
  ])('refuses %s', async (_, attempt) => {
    expect(await refusalOf(attempt)).toMatchObject({ name: 'JwsError', reason: 'key' });
  });
});
