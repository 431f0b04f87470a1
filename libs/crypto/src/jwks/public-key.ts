import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { PublicJwk, SigningAlg } from '@assent/protocol';
import { decodeBase64url } from '../base64url.js';
import { algsOfKey, isSigningAlg } from '../jws/algorithms.js';
import { JwsError } from '../jws/jws-error.js';

/** A key somebody else signs with, imported once and used often. */
export interface PublicKey {
  readonly kid?: string;
  /** What it may verify; empty for a key that only identifies a certificate. */
  readonly algs: readonly SigningAlg[];
  readonly key: KeyObject;
  readonly x5c?: readonly string[];
}

export const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const bytesOfCurve: Readonly<Record<string, number>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66, Ed25519: 32 };

const refuse = (message: string, cause?: unknown): JwsError => new JwsError('key', message, { cause });

/**
 * A public JWK that may verify signatures. `JwsError` key when it carries private members, is not for signatures
 * (`use`, `key_ops`, `alg`), is weak or of a type no algorithm of ours uses (F2-CR-01, F2-CR-02).
 */
export function importPublicJwk(jwk: PublicJwk): PublicKey {
  refuseUnusable(jwk);
  if (jwk.use !== undefined && jwk.use !== 'sig') throw refuse('the key is not for signatures');
  if (jwk['key_ops'] !== undefined && !(Array.isArray(jwk['key_ops']) && jwk['key_ops'].includes('verify'))) throw refuse('the key is not for verifying');
  const imported = importJwk(jwk);
  const algs = narrowed(algsOfKey(imported.key), jwk.alg);
  if (algs.length === 0) throw refuse('no allowed algorithm uses this key');
  return { ...imported, algs };
}

/**
 * A public JWK that may stand for a client certificate (RFC 8705 section 2.2.2): beside signature keys also the larger
 * NIST curves and keys whose `alg` names something else. `JwsError` key as above.
 */
export function importCertificateJwk(jwk: PublicJwk): PublicKey {
  refuseUnusable(jwk);
  if (jwk.use === 'enc') throw refuse('the key is for encryption');
  return { ...importJwk(jwk), algs: [] };
}

function importJwk(jwk: PublicJwk): PublicKey {
  const key = keyObject(jwk);
  refuseWeak(key);
  const x5c = Array.isArray(jwk.x5c) && jwk.x5c.every((item) => typeof item === 'string') ? jwk.x5c : undefined;
  return { algs: [], key, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }), ...(x5c ? { x5c } : {}) };
}

/** Only the members the type needs are handed on, each in its one canonical form: a thumbprint names one key. */
function keyObject(jwk: PublicJwk): KeyObject {
  const { kty, crv } = jwk;
  const member = (name: string) => canonical(jwk, name);
  let minimal: JsonWebKey;
  if (kty === 'RSA') minimal = { kty, n: unsigned(jwk, 'n'), e: unsigned(jwk, 'e') };
  else if (kty === 'EC' && crv !== undefined && crv.startsWith('P-')) minimal = { kty, crv, x: member('x'), y: member('y') };
  else if (kty === 'OKP' && crv === 'Ed25519') minimal = { kty, crv, x: member('x') };
  else throw refuse('keys of this type are not supported');
  try {
    return createPublicKey({ key: minimal, format: 'jwk' });
  } catch (cause) {
    throw refuse('the key cannot be read', cause);
  }
}

function refuseUnusable(jwk: PublicJwk): void {
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) throw refuse('a key is a JSON object');
  for (const name of privateMembers) if (Object.hasOwn(jwk, name)) throw refuse('the key carries private members');
  for (const name of ['kty', 'crv', 'kid', 'use', 'alg'] as const) {
    if (jwk[name] !== undefined && typeof jwk[name] !== 'string') throw refuse(`${name} of the key must be a string`);
  }
}

/** A coordinate: canonical base64url of exactly the curve's length (RFC 7518 section 6.2.1.2). */
function canonical(jwk: PublicJwk, name: string): string {
  const value = jwk[name];
  const expected = bytesOfCurve[jwk.crv ?? ''];
  if (typeof value !== 'string' || decodeBase64url(value)?.length !== expected) throw refuse(`${name} of the key is malformed`);
  return value;
}

/** An unsigned integer without leading zero octets (RFC 7518 section 2, Base64urlUInt). */
function unsigned(jwk: PublicJwk, name: string): string {
  const value = jwk[name];
  const bytes = typeof value === 'string' && value.length <= 2732 ? decodeBase64url(value) : undefined;
  if (!bytes || bytes.length === 0 || bytes[0] === 0) throw refuse(`${name} of the key is malformed`);
  return value as string;
}

/**
 * RSA of 2048 to 8192 bits with an odd exponent of at most 32 bits: larger ones only buy the sender our CPU.
 * RFC 8725 section 3.4, FAPI 2.0 SP 5.4.1.
 */
export function refuseWeak(key: KeyObject): void {
  if (key.asymmetricKeyType !== 'rsa') return;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < 2048 || modulusLength > 8192) throw refuse('an RSA key needs 2048 to 8192 bits');
  if (publicExponent < 3n || publicExponent % 2n === 0n || publicExponent > 0xffff_ffffn) throw refuse('the RSA exponent is not acceptable');
}

/** `EdDSA` and `Ed25519` are two names of one algorithm with such a key (RFC 9864 section 2.2). */
function narrowed(algs: readonly SigningAlg[], wanted: string | undefined): readonly SigningAlg[] {
  if (wanted === undefined) return algs;
  return isSigningAlg(wanted) && algs.includes(wanted) ? algs : [];
}
