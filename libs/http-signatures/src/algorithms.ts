import { constants, sign, verify, type KeyObject } from 'node:crypto';
import { signatureHolds, signBytes } from '@assent/crypto';
import type { SigningAlg } from '@assent/protocol';

/**
 * The registered names of asymmetric algorithms this library signs and verifies with (RFC 9421 section 3.3). PS256 has
 * none: keys of it go by the JOSE name of the key (section 3.3.7) and the `alg` parameter stays out (HS-SB-05).
 */
export type SignatureAlgorithm = 'ecdsa-p256-sha256' | 'ed25519' | 'rsa-pss-sha512';

const byJose: Readonly<Partial<Record<SigningAlg, SignatureAlgorithm>>> = { ES256: 'ecdsa-p256-sha256', EdDSA: 'ed25519', Ed25519: 'ed25519' };

/** What the `alg` parameter may say beside a key of this JOSE algorithm; `undefined` for nothing at all. */
export const registeredName = (alg: SigningAlg): SignatureAlgorithm | undefined => byJose[alg];

export const isSignatureAlgorithm = (name: string): name is SignatureAlgorithm => name === 'rsa-pss-sha512' || Object.values(byJose).includes(name as never);

const joseOf = (name: Exclude<SignatureAlgorithm, 'rsa-pss-sha512'>): SigningAlg => (name === 'ed25519' ? 'EdDSA' : 'ES256');

/** RFC 9421 section 3.3.1: a salt of 64 bytes. */
const pss512 = (key: KeyObject) => ({ key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 });
const isRsa = ({ asymmetricKeyType }: KeyObject): boolean => asymmetricKeyType === 'rsa' || asymmetricKeyType === 'rsa-pss';

/** Whether a signature under a registered algorithm is right. A key of another type never meets the algorithm. */
export function holds(algorithm: SignatureAlgorithm, base: string, key: KeyObject, signature: Buffer): boolean {
  const data = Buffer.from(base, 'latin1');
  if (algorithm === 'rsa-pss-sha512') return isRsa(key) && verify('sha512', data, pss512(key), signature);
  return signatureHolds(joseOf(algorithm), data, key, signature);
}

export function signWith(algorithm: SignatureAlgorithm, base: string, key: KeyObject): Buffer | Promise<Buffer> {
  const data = Buffer.from(base, 'latin1');
  if (algorithm !== 'rsa-pss-sha512') return signBytes(joseOf(algorithm), data, key);
  if (!isRsa(key)) throw new TypeError(`${algorithm} cannot sign with a key of type ${key.asymmetricKeyType}`);
  return sign('sha512', data, pss512(key));
}
