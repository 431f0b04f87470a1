import type { KeyObject } from 'node:crypto';
import type { ContentEncryptionAlg, EncryptionAlg } from '@assent/protocol';

/** `KeyObject.asymmetricKeyType` of an algorithm's keys. Closed: RSA1_5, `dir` and key wrapping by shared keys are not in it. */
const keyTypes: Readonly<Record<EncryptionAlg, 'rsa' | 'ec'>> = { 'RSA-OAEP': 'rsa', 'RSA-OAEP-256': 'rsa', 'ECDH-ES': 'ec' };
const contentAlgs: readonly ContentEncryptionAlg[] = ['A256GCM', 'A128CBC-HS256'];

export const isEncryptionAlg = (alg: unknown): alg is EncryptionAlg => typeof alg === 'string' && Object.hasOwn(keyTypes, alg);
export const isContentEncryptionAlg = (enc: unknown): enc is ContentEncryptionAlg => contentAlgs.includes(enc as ContentEncryptionAlg);

/** Whether a key may be used with an algorithm: RSA from 2048 bits, P-256. */
export function encryptsWith(key: KeyObject, alg: EncryptionAlg): boolean {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType !== keyTypes[alg]) return false;
  return keyTypes[alg] === 'rsa' ? modulusLength >= 2048 && modulusLength <= 8192 : namedCurve === 'prime256v1';
}
