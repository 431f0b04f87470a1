import { createPrivateKey, createPublicKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { EncryptionAlg, PublicJwk } from '@assent/protocol';
import { privateMembers, refuseWeak } from '../jwks/public-key.js';
import { bareJwk } from '../jwks/signing-key.js';
import { thumbprint } from '../jwks/thumbprint.js';
import { JwsError } from '../jws/jws-error.js';
import { encryptsWith, isEncryptionAlg } from './algorithms.js';

/** A private key others encrypt to, with the name it is published under. */
export interface DecryptionKey {
  readonly kid: string;
  readonly alg: EncryptionAlg;
  readonly key: KeyObject;
}

/** Somebody's published key to encrypt to. */
export interface EncryptionKey {
  readonly kid?: string;
  readonly alg: EncryptionAlg;
  readonly key: KeyObject;
}

const generate = promisify(generateKeyPair);

/** A new key pair to decrypt with; its `kid` is the RFC 7638 thumbprint. */
export async function generateDecryptionKey(alg: EncryptionAlg): Promise<{ kid: string; privateKeyPem: string }> {
  const { privateKey } = alg === 'ECDH-ES' ? await generate('ec', { namedCurve: 'P-256' }) : await generate('rsa', { modulusLength: 2048, publicExponent: 0x10001 });
  return { kid: thumbprint(bareJwk(privateKey)), privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

/** A stored key, ready to decrypt. `JwsError` key when the PEM is unreadable, weak or of another algorithm. */
export function openDecryptionKey({ kid, alg, privateKeyPem }: { readonly kid: string; readonly alg: EncryptionAlg; readonly privateKeyPem: string }): DecryptionKey {
  const key = createPrivateKey(privateKeyPem);
  if (!encryptsWith(key, alg)) throw new JwsError('key', `the key cannot decrypt with ${alg}`);
  return { kid, alg, key };
}

/** A private JWK with `use` `enc` (a party's own key file), ready to decrypt. `JwsError` key when its `alg` is none of ours. */
export function importDecryptionJwk(jwk: PublicJwk): DecryptionKey {
  const { alg } = jwk;
  const key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
  if (!isEncryptionAlg(alg) || !encryptsWith(key, alg)) throw new JwsError('key', 'the key does not say which algorithm it decrypts with, or cannot');
  return { kid: jwk.kid ?? thumbprint(bareJwk(key)), alg, key };
}

/** The public half as the JWKS document shows it. */
export const publicEncryptionJwk = ({ kid, alg, key }: DecryptionKey): PublicJwk => ({ ...bareJwk(key), kid, use: 'enc', alg });

/**
 * The first key of a set that something may be encrypted to with `alg`: `use` must not be for signatures, and `alg`,
 * where named, must be this one. `undefined` when there is none.
 */
export function encryptionKeyOf(jwks: readonly PublicJwk[], alg: EncryptionAlg): EncryptionKey | undefined {
  // A key that says it is for encryption comes before one that says nothing.
  const marked = [...jwks.filter(({ use }) => use === 'enc'), ...jwks.filter(({ use }) => use === undefined)];
  for (const jwk of marked) {
    const key = imported(jwk, alg);
    if (key) return { alg, key, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) };
  }
  return undefined;
}

function imported(jwk: PublicJwk, alg: EncryptionAlg): KeyObject | undefined {
  if (jwk.alg !== undefined && (!isEncryptionAlg(jwk.alg) || jwk.alg !== alg)) return undefined;
  if (privateMembers.some((name) => Object.hasOwn(jwk, name))) return undefined;
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    refuseWeak(key);
    return encryptsWith(key, alg) ? key : undefined;
  } catch {
    return undefined;
  }
}
