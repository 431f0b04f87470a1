import { CompactEncrypt, compactDecrypt, generateKeyPair as josePair, importJWK, type JWK } from 'jose';
import { createPrivateKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import type { ContentEncryptionAlg, EncryptionAlg, PublicJwk } from '@assent/protocol';
import { aKey, encode, vectors } from '../spec-support/fixtures.js';
import { signJws } from '../jws/issue.js';
import { decryptToJws, looksEncrypted } from './decrypt.js';
import { encryptJws } from './encrypt.js';
import { encryptionKeyOf, generateDecryptionKey, openDecryptionKey, publicEncryptionJwk, type DecryptionKey } from './encryption-key.js';

const algs: readonly EncryptionAlg[] = ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES'];
const contentAlgs: readonly ContentEncryptionAlg[] = ['A256GCM', 'A128CBC-HS256'];
const aPair = async (alg: EncryptionAlg): Promise<DecryptionKey> => openDecryptionKey({ ...(await generateDecryptionKey(alg)), alg });
const everything = (...keys: DecryptionKey[]) => ({ algs, contentAlgs, keys });
const encrypted = (key: DecryptionKey) => encryptionKeyOf([publicEncryptionJwk(key)], key.alg)!;

interface Vector {
  readonly section: string;
  readonly alg: string;
  readonly enc: string;
  readonly compact: string;
  readonly jwk: JWK;
  readonly plaintext: string;
}

describe('published examples', () => {
  const published = vectors<{ vectors: Vector[] }>('jwe').vectors;
  const ours = published.filter(({ alg, enc }) => algs.includes(alg as EncryptionAlg) && contentAlgs.includes(enc as ContentEncryptionAlg));

  it('there are some', () => expect(ours.length).toBeGreaterThanOrEqual(3));

  it.each(ours.map((one) => [`${one.section} ${one.alg} ${one.enc}`, one] as const))('%s opens', async (_says, { compact, alg, jwk, plaintext }) => {
    const key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const opened = await decryptToJws(compact, everything({ kid: jwk.kid ?? '', alg: alg as EncryptionAlg, key }));
    expect(Buffer.from(opened, 'latin1').toString('utf8')).toBe(plaintext);
  });

  it.each(published.filter((one) => !ours.includes(one)).map((one) => [`${one.section} ${one.alg} ${one.enc}`, one] as const))('%s is none of ours', async (_says, { compact }) => {
    await expect(decryptToJws(compact, everything())).rejects.toMatchObject({ name: 'JweError', message: /not allowed/ });
  });
});

describe.each(algs.flatMap((alg) => contentAlgs.map((enc) => [alg, enc] as const)))('%s with %s', (alg, enc) => {
  it('opens what was encrypted here, nested and named as such', async () => {
    const key = await aPair(alg);
    const jws = await signJws({}, { a: 1 }, await aKey('ES256'));
    const jwe = await encryptJws(jws, encrypted(key), enc);
    expect(looksEncrypted(jwe)).toBe(true);
    expect(JSON.parse(Buffer.from(jwe.split('.')[0]!, 'base64url').toString())).toMatchObject({ alg, enc, cty: 'JWT', kid: key.kid });
    expect(await decryptToJws(jwe, everything(key))).toBe(jws);
  });

  it('understands jose, and jose it', async () => {
    const pair = await josePair(alg, { extractable: true, ...(alg === 'ECDH-ES' ? { crv: 'P-256' } : {}) });
    const key = await aPair(alg);
    const theirs = await new CompactEncrypt(Buffer.from('a.b.c')).setProtectedHeader({ alg, enc }).encrypt(await importJWK(publicEncryptionJwk(key) as JWK, alg));
    expect(await decryptToJws(theirs, everything(key))).toBe('a.b.c');
    const { exportJWK } = await import('jose');
    const ours = await encryptJws('a.b.c', encryptionKeyOf([(await exportJWK(pair.publicKey)) as PublicJwk], alg)!, enc);
    expect(Buffer.from((await compactDecrypt(ours, pair.privateKey)).plaintext).toString()).toBe('a.b.c');
  });
});

describe('refuses to open', () => {
  const header = (members: object) => `${encode(members)}.a.b.c.d`;
  it.each([
    ['RSA1_5 (F1A-AS-12)', header({ alg: 'RSA1_5', enc: 'A256GCM' })],
    ['dir', header({ alg: 'dir', enc: 'A256GCM' })],
    ['an unknown content encryption', header({ alg: 'RSA-OAEP', enc: 'A128GCM' })],
    ['critical extensions', header({ alg: 'RSA-OAEP', enc: 'A256GCM', crit: ['exp'], exp: 1 })],
    ['compression', header({ alg: 'RSA-OAEP', enc: 'A256GCM', zip: 'DEF' })],
    ['a name twice in the header', `${encode('{"alg":"RSA-OAEP","alg":"ECDH-ES","enc":"A256GCM"}')}.a.b.c.d`],
    ['three parts', 'a.b.c'],
    ['six parts', 'a.b.c.d.e.f'],
    ['far too much', `${encode({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a.b.${'x'.repeat(40_000)}.d`],
  ])('%s', async (_says, compact) => {
    const key = await aPair('RSA-OAEP');
    await expect(decryptToJws(compact, everything(key))).rejects.toMatchObject({ name: 'JweError' });
  });

  it('what is encrypted to somebody else, names a key we have not, or was altered', async () => {
    const [key, other] = [await aPair('ECDH-ES'), await aPair('ECDH-ES')];
    const jwe = await encryptJws('a.b.c', encrypted(key), 'A256GCM');
    await expect(decryptToJws(jwe, everything(other))).rejects.toThrow('to no key of this server');
    await expect(decryptToJws(jwe, everything({ ...other, kid: key.kid }))).rejects.toThrow('cannot be decrypted');
    const parts = jwe.split('.');
    const ciphertext = Buffer.from(parts[3]!, 'base64url');
    ciphertext[0]! ^= 1;
    await expect(decryptToJws([...parts.slice(0, 3), ciphertext.toString('base64url'), parts[4]].join('.'), everything(key))).rejects.toThrow('cannot be decrypted');
  });

  it('an algorithm the profile leaves out', async () => {
    const key = await aPair('ECDH-ES');
    const jwe = await encryptJws('a.b.c', encrypted(key), 'A256GCM');
    await expect(decryptToJws(jwe, { algs: ['RSA-OAEP'], contentAlgs, keys: [key] })).rejects.toThrow('not allowed');
    await expect(decryptToJws(jwe, { algs, contentAlgs: ['A128CBC-HS256'], keys: [key] })).rejects.toThrow('not allowed');
  });
});

describe('a key to encrypt to', () => {
  const rsa = (bits: number, more: object = {}) => ({ ...generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' }), ...more }) as PublicJwk;
  const ec = (curve: string, more: object = {}) => ({ ...generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ format: 'jwk' }), ...more }) as PublicJwk;

  it.each<[string, PublicJwk, EncryptionAlg]>([
    ['for signatures', rsa(2048, { use: 'sig' }), 'RSA-OAEP'],
    ['of another algorithm', rsa(2048, { alg: 'RSA-OAEP-256' }), 'RSA-OAEP'],
    ['too short', rsa(1024), 'RSA-OAEP'],
    ['on another curve', ec('P-384'), 'ECDH-ES'],
    ['of another type', ec('P-256'), 'RSA-OAEP'],
    ['private', { ...(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }) as PublicJwk) }, 'ECDH-ES'],
  ])('is not one that is %s', (_says, jwk, alg) => expect(encryptionKeyOf([jwk], alg)).toBeUndefined());

  it('is the one marked for encryption, before one that says nothing', () => {
    expect(encryptionKeyOf([ec('P-256', { kid: 'any' }), ec('P-256', { kid: 'enc', use: 'enc' })], 'ECDH-ES')?.kid).toBe('enc');
  });

  it('opens only as what it is', async () => {
    const stored = await generateDecryptionKey('ECDH-ES');
    expect(() => openDecryptionKey({ ...stored, alg: 'RSA-OAEP' })).toThrow(expect.objectContaining({ reason: 'key' }));
  });
});
