import { createHmac, generateKeyPairSync } from 'node:crypto';
import type { PublicJwk, SigningAlg, SigningAlgName } from '@assent/protocol';
import { importPublicJwk, type PublicKey } from '../jwks/public-key.js';
import { publicJwk, type SigningKey } from '../jwks/signing-key.js';
import { aKey, allAlgs, encode, refusalOf, vectors } from '../spec-support/fixtures.js';
import { isSigningAlg, signatureHolds } from './algorithms.js';
import { signJws } from './issue.js';
import { parseJws } from './parse.js';
import { verifyJws } from './verify.js';

interface Vector {
  readonly section: string;
  readonly alg: string;
  readonly compact: string;
  readonly jwk?: PublicJwk;
  readonly payload: string;
}
const withoutPrivate = ({ d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...jwk }: PublicJwk) => jwk as PublicJwk;

describe('published JOSE examples', () => {
  const published = vectors<{ vectors: Vector[] }>('jws').vectors;

  it.each(published.filter(({ alg }) => isSigningAlg(alg)).map((vector) => [vector.section, vector] as const))('verifies %s', (_, { compact, jwk, payload, alg }) => {
    const jws = parseJws(compact);
    const { key } = importPublicJwk(withoutPrivate(jwk as PublicJwk));
    expect(signatureHolds(alg as SigningAlg, jws.signingInput, key, jws.signature)).toBe(true);
    expect(jws.payloadBytes.toString()).toBe(payload);
    jws.signature[10] = (jws.signature[10] ?? 0) ^ 1;
    expect(signatureHolds(alg as SigningAlg, jws.signingInput, key, jws.signature)).toBe(false);
  });

  it.each(published.filter(({ alg }) => !isSigningAlg(alg)).map((vector) => [`${vector.section} (${vector.alg})`, vector] as const))('refuses the algorithm of %s', async (_, { compact }) => {
    expect(await refusalOf(() => verifyJws(compact, { algs: allAlgs, keys: () => [] }))).toMatchObject({ name: 'JwsError', reason: 'algorithm' });
  });
});

describe('verifyJws', () => {
  const keys = new Map<SigningAlgName, SigningKey>();
  const own = (alg: SigningAlgName): SigningKey => keys.get(alg) as SigningKey;
  const imported = (key: SigningKey, changes: object = {}): PublicKey => importPublicJwk({ ...publicJwk(key), ...changes });
  beforeAll(async () => {
    for (const alg of ['PS256', 'ES256', 'EdDSA'] as const) keys.set(alg, await aKey(alg));
  });

  it.each(['PS256', 'ES256', 'EdDSA'] as const)('proves %s and says by which key', async (alg) => {
    const compact = await signJws({ typ: 'JWT' }, { sub: 'ana' }, own(alg));
    const key = imported(own(alg));
    const verified = await verifyJws(compact, { algs: [alg], keys: async () => [key] });
    expect(verified).toMatchObject({ header: { alg, kid: own(alg).kid, typ: 'JWT' }, claims: { sub: 'ana' } });
    expect(verified.key).toBe(key);
  });

  it('knows EdDSA under its RFC 9864 name', async () => {
    const compact = await signJws({}, {}, { ...own('EdDSA'), alg: 'Ed25519' as SigningAlgName });
    const key = importPublicJwk({ ...publicJwk(own('EdDSA')), alg: 'Ed25519' });
    expect((await verifyJws(compact, { algs: ['Ed25519'], keys: () => [key] })).header.alg).toBe('Ed25519');
    expect(await refusalOf(() => verifyJws(compact, { algs: ['EdDSA'], keys: () => [key] }))).toMatchObject({ reason: 'algorithm' });
  });

  it('tries the keys that share a kid, and those of a header without one', async () => {
    const [first, second] = [imported(own('ES256'), { kid: 'same' }), importPublicJwk({ ...publicJwk(await aKey('ES256')), kid: 'same' })];
    for (const kid of ['same', undefined]) {
      const compact = await signJws({ kid }, {}, own('ES256'));
      expect((await verifyJws(compact, { algs: ['ES256'], keys: () => [second, first, imported(own('PS256'))] })).key).toBe(first);
    }
  });

  it.each<[string, string, () => Promise<string> | string, (() => PublicKey[])?]>([
    ['none, unsigned', 'algorithm', () => `${encode({ alg: 'none' })}.${encode({})}.`],
    ['None', 'algorithm', () => `${encode({ alg: 'None' })}.${encode({})}.`],
    ['a name of Object.prototype', 'algorithm', () => `${encode({ alg: 'constructor' })}.${encode({})}.AAAA`],
    ['HS256 with the public key as secret', 'algorithm', () => {
      const input = `${encode({ alg: 'HS256' })}.${encode({})}`;
      const secret = importPublicJwk(publicJwk(own('PS256'))).key.export({ type: 'spki', format: 'pem' });
      return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
    }],
    ['an algorithm outside the list', 'algorithm', () => signJws({}, {}, own('EdDSA')), () => [imported(own('EdDSA'))]],
    ['a key of another type', 'key', () => signJws({ kid: 'k' }, {}, own('ES256')), () => [imported(own('PS256'), { kid: 'k' })]],
    ['a key under another kid', 'key', () => signJws({ kid: 'k' }, {}, own('ES256')), () => [imported(own('ES256'), { kid: 'other' })]],
    ['no key', 'key', () => signJws({}, {}, own('ES256'))],
    ['another key', 'signature', async () => signJws({ kid: own('ES256').kid }, {}, await aKey('ES256')), () => [imported(own('ES256'))]],
    ['a DER signature of ES256', 'signature', async () => {
      const { sign } = await import('node:crypto');
      const input = `${encode({ alg: 'ES256' })}.${encode({})}`;
      return `${input}.${sign('sha256', Buffer.from(input), own('ES256').key).toString('base64url')}`;
    }, () => [imported(own('ES256'))]],
    ['an RS256 signature called PS256', 'signature', async () => {
      const { sign } = await import('node:crypto');
      const input = `${encode({ alg: 'PS256' })}.${encode({})}`;
      return `${input}.${sign('sha256', Buffer.from(input), own('PS256').key).toString('base64url')}`;
    }, () => [imported(own('PS256'))]],
    ['a PS256 salt of another length', 'signature', async () => {
      const { sign, constants } = await import('node:crypto');
      const input = `${encode({ alg: 'PS256' })}.${encode({})}`;
      const salted = { key: own('PS256').key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 };
      return `${input}.${sign('sha256', Buffer.from(input), salted).toString('base64url')}`;
    }, () => [imported(own('PS256'))]],
    ['an all-zero ES256 signature (CVE-2022-21449)', 'signature', () => `${encode({ alg: 'ES256' })}.${encode({})}.${Buffer.alloc(64).toString('base64url')}`, () => [imported(own('ES256'))]],
    ['an empty signature', 'signature', () => `${encode({ alg: 'ES256' })}.${encode({})}.`, () => [imported(own('ES256'))]],
    ['a payload that is no JSON object', 'malformed', async () => signJws({}, [] as unknown as object, own('ES256')), () => [imported(own('ES256'))]],
  ])('refuses %s', async (_, reason, compact, found = () => []) => {
    const text = await compact();
    expect(await refusalOf(() => verifyJws(text, { algs: ['PS256', 'ES256'], keys: found }))).toMatchObject({ name: 'JwsError', reason });
  });

  it('never lets an algorithm meet a key of another type, whatever the key says of itself', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (const alg of ['PS256', 'EdDSA', 'Ed25519'] as const) expect(signatureHolds(alg, Buffer.from('x'), publicKey, Buffer.alloc(64))).toBe(false);
  });

  it('does not sign with a key of another type', async () => {
    expect(await refusalOf(() => signJws({}, {}, { ...own('ES256'), alg: 'PS256' }))).toMatchObject({ name: 'TypeError' });
  });
});
