import { constants, createHmac, createPrivateKey, createPublicKey, sign, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { holds, signWith, type SignatureAlgorithm } from '../algorithms.js';
import type { Fields, HttpMessage, HttpRequest } from '../message.js';

/** Published examples, copied with their source named inside. */
export const vectors = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as T;

interface Vector {
  readonly id: string;
  readonly title: string;
  readonly message: string;
  readonly request_message?: string;
  readonly label: string;
  readonly key: string;
  readonly alg: string;
  readonly signature_input: string;
  readonly signature: string;
  readonly signature_base?: string;
  readonly expect: 'valid' | 'invalid';
}
interface Published {
  readonly keys: readonly { readonly id: string; readonly jwk?: JsonWebKey; readonly secret_base64?: string }[];
  readonly messages: Readonly<Record<string, { type: 'request' | 'response'; method: string; target: string; scheme?: string; authority: string; status: number; headers: Fields }>>;
  readonly vectors: readonly Vector[];
}
export const published = vectors<Published>('rfc9421-http-signatures');

export function messageNamed(name: string): HttpMessage {
  const { type, method, target, scheme = 'https', authority, status, headers } = published.messages[name]!;
  return type === 'request' ? { method, target, scheme, authority, headers } : { status, headers };
}
export const requestNamed = (name: string | undefined): HttpRequest | undefined => (name === undefined ? undefined : (messageNamed(name) as HttpRequest));

const keyNamed = (id: string) => published.keys.find((key) => key.id === id)!;
const privateKey = (id: string): KeyObject => createPrivateKey({ key: keyNamed(id).jwk!, format: 'jwk' });
const publicKey = (id: string): KeyObject => createPublicKey({ key: keyNamed(id).jwk!, format: 'jwk' });
const mac = (id: string, base: string): Buffer => createHmac('sha256', Buffer.from(keyNamed(id).secret_base64!, 'base64')).update(base).digest();
const v15 = (key: KeyObject) => ({ key, padding: constants.RSA_PKCS1_PADDING });

/** The vectors use two algorithms more than the library has: a shared secret proves nothing to others, PKCS #1 v1.5 is out of date. */
export function holdsByName({ alg, key }: Vector, base: string, signature: Buffer): boolean {
  if (alg === 'hmac-sha256') return mac(key, base).equals(signature);
  if (alg === 'rsa-v1_5-sha256') return verify('sha256', Buffer.from(base), v15(publicKey(key)), signature);
  return holds(alg as SignatureAlgorithm, base, publicKey(key), signature);
}
export function signByName({ alg, key }: Vector, base: string): Buffer | Promise<Buffer> {
  if (alg === 'hmac-sha256') return mac(key, base);
  if (alg === 'rsa-v1_5-sha256') return sign('sha256', Buffer.from(base), v15(privateKey(key)));
  return signWith(alg as SignatureAlgorithm, base, privateKey(key));
}

/** The same bytes at every signing. */
export const isDeterministic = ({ alg }: Vector): boolean => alg === 'ed25519' || alg === 'hmac-sha256' || alg === 'rsa-v1_5-sha256';
