import { createPublicKey, KeyObject, webcrypto } from 'node:crypto';
import type * as x509 from './x509.js';

/** Keys as `@peculiar/x509` takes them. */
export type WebKey = x509.X509CertificateCreateSelfSignedParams['keys']['privateKey'];

/** A key nobody should rest a certificate on, or of a kind not supported. */
export class UnfitKeyError extends Error {
  override readonly name = 'UnfitKeyError';
}

interface WebAlgorithm {
  readonly name: string;
  readonly hash: string;
  readonly namedCurve?: string;
}

/** What a key signs with; `UnfitKeyError` unless it is RSA of 2048 bits or more, or on P-256 or P-384 (FAPI 2.0 SP section 5.4.1). */
export function algorithmOf(key: KeyObject): WebAlgorithm {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048 && modulusLength <= 8192) return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'secp384r1') return { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' };
  throw new UnfitKeyError('a key is RSA of 2048 to 8192 bits, or on P-256 or P-384');
}

export const webPrivateKey = async (key: KeyObject): Promise<WebKey> =>
  (await webcrypto.subtle.importKey('pkcs8', new Uint8Array(key.export({ type: 'pkcs8', format: 'der' })), algorithmOf(key), false, ['sign'])) as WebKey;

export const webPublicKey = async (key: KeyObject): Promise<WebKey> =>
  (await webcrypto.subtle.importKey('spki', new Uint8Array(spkiOf(key)), algorithmOf(key), true, ['verify'])) as WebKey;

/** `SubjectPublicKeyInfo` of either half of a pair. */
export const spkiOf = (key: KeyObject): Buffer => (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' });
