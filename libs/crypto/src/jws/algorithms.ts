import { constants, sign, verify, type KeyObject } from 'node:crypto';
import type { SigningAlg } from '@assent/protocol';

/** Everything about one algorithm in one place (FAPI 2.0 SP 5.4.1; RFC 7518 section 3, RFC 8037, RFC 9864). */
interface Algorithm {
  /** `KeyObject.asymmetricKeyType` of its keys. */
  readonly keyType: 'rsa' | 'ec' | 'ed25519';
  verify(data: Buffer, key: KeyObject, signature: Buffer): boolean;
  sign(data: Buffer, key: KeyObject): Buffer | Promise<Buffer>;
}

const rsaPss = (key: KeyObject) => ({ key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
const ecdsa = (key: KeyObject) => ({ key, dsaEncoding: 'ieee-p1363' as const });

const ps256: Algorithm = {
  keyType: 'rsa',
  verify: (data, key, signature) => verify('sha256', data, rsaPss(key), signature),
  // 0.9 ms of RSA: the callback form leaves the event loop free meanwhile.
  sign: (data, key) =>
    new Promise((resolve, reject) => {
      sign('sha256', data, rsaPss(key), (error, signature) => (error ? reject(error) : resolve(signature)));
    }),
};

const es256: Algorithm = {
  keyType: 'ec',
  verify: (data, key, signature) => signature.length === 64 && verify('sha256', data, ecdsa(key), signature),
  sign: (data, key) => sign('sha256', data, ecdsa(key)),
};

const ed25519: Algorithm = {
  keyType: 'ed25519',
  verify: (data, key, signature) => signature.length === 64 && verify(null, data, key, signature),
  sign: (data, key) => sign(null, data, key),
};

/** Closed: what is not in this table cannot be verified, `none` and every HMAC among them. */
const algorithms: Readonly<Record<SigningAlg, Algorithm>> = { PS256: ps256, ES256: es256, EdDSA: ed25519, Ed25519: ed25519 };

export const isSigningAlg = (alg: string): alg is SigningAlg => Object.hasOwn(algorithms, alg);

/** Whether two names mean one algorithm: `EdDSA` and `Ed25519` do, as Ed25519 is the only EdDSA here (RFC 9864 section 2.2). */
export const sameAlgorithm = (one: SigningAlg, other: SigningAlg): boolean => algorithms[one] === algorithms[other];

/** Whether the signature is right. The key's type is checked again here: an algorithm never meets a foreign key. */
export function signatureHolds(alg: SigningAlg, data: Buffer, key: KeyObject, signature: Buffer): boolean {
  const algorithm = algorithms[alg];
  return key.asymmetricKeyType === algorithm.keyType && algorithm.verify(data, key, signature);
}

export function signBytes(alg: SigningAlg, data: Buffer, key: KeyObject): Buffer | Promise<Buffer> {
  const algorithm = algorithms[alg];
  if (key.asymmetricKeyType !== algorithm.keyType) throw new TypeError(`${alg} cannot sign with a key of type ${key.asymmetricKeyType}`);
  return algorithm.sign(data, key);
}

/** The algorithms a key may be used with, by its type and size alone. Empty: none of ours. */
export function algsOfKey(key: KeyObject): readonly SigningAlg[] {
  if (key.asymmetricKeyType === 'rsa') return ['PS256'];
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return ['ES256'];
  if (key.asymmetricKeyType === 'ed25519') return ['EdDSA', 'Ed25519'];
  return [];
}
