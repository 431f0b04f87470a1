import { createPrivateKey, createPublicKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { PublicJwk, SigningAlgName } from '@assent/protocol';
import { algsOfKey } from '../jws/algorithms.js';
import { JwsError } from '../jws/jws-error.js';
import { refuseWeak } from './public-key.js';
import { thumbprint } from './thumbprint.js';

/** A private key in use, with the name it is published under. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlgName;
  readonly key: KeyObject;
}

const generate = promisify(generateKeyPair);
const published = new WeakMap<KeyObject, PublicJwk>();

/** A new key pair; its `kid` is the RFC 7638 thumbprint, so no two keys can share one (F2-CR-04). */
export async function generateSigningKey(alg: SigningAlgName): Promise<{ kid: string; privateKeyPem: string }> {
  const { privateKey } = await newPair(alg);
  return { kid: thumbprint(bareJwk(privateKey)), privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

function newPair(alg: SigningAlgName): Promise<{ privateKey: KeyObject }> {
  if (alg === 'PS256') return generate('rsa', { modulusLength: 2048, publicExponent: 0x10001 });
  if (alg === 'ES256') return generate('ec', { namedCurve: 'P-256' });
  return generate('ed25519');
}

/** A stored key, ready to sign. `JwsError` key when the PEM is unreadable, weak or of another algorithm. */
export function openSigningKey(stored: { readonly kid: string; readonly alg: SigningAlgName; readonly privateKeyPem: string }): SigningKey {
  return checked(stored.kid, stored.alg, () => createPrivateKey(stored.privateKeyPem));
}

/**
 * A private JWK (a client's own key file), ready to sign. `kid` defaults to the thumbprint, `alg` to what the key's
 * type allows. `JwsError` key when it is not a private key of an allowed type.
 */
export function importPrivateJwk(jwk: PublicJwk): SigningKey {
  const alg = jwk.alg === 'Ed25519' ? 'EdDSA' : jwk.alg;
  const key = opened(() => createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' }));
  const wanted = (alg ?? algsOfKey(key)[0]) as SigningAlgName;
  return checked(jwk.kid ?? thumbprint(bareJwk(key)), wanted, () => key);
}

function checked(kid: string, alg: SigningAlgName, read: () => KeyObject): SigningKey {
  const key = opened(read);
  if (!algsOfKey(key).includes(alg)) throw new JwsError('key', `the key cannot sign with ${alg}`);
  refuseWeak(key);
  return { kid, alg, key };
}

function opened(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch (cause) {
    throw new JwsError('key', 'the private key cannot be read', { cause });
  }
}

/** The public half as the JWKS document shows it: `kid`, `use` and `alg` beside the key itself. */
export function publicJwk(key: SigningKey): PublicJwk {
  return { ...bareJwk(key.key), kid: key.kid, use: 'sig', alg: key.alg };
}

/** The public half with the members that make the key and no others, as a DPoP proof carries it. */
export function bareJwk(key: KeyObject): PublicJwk {
  let jwk = published.get(key);
  if (!jwk) {
    jwk = createPublicKey(key).export({ format: 'jwk' }) as PublicJwk;
    published.set(key, jwk);
  }
  return jwk;
}
