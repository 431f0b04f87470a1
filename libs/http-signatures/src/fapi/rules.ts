import { isSigningAlg, signatureHolds, signBytes, type KeysById, type PublicKey, type SigningKey } from '@assent/crypto';
import type { SigningAlg } from '@assent/protocol';
import { holds, isSignatureAlgorithm, registeredName } from '../algorithms.js';
import type { Component } from '../component.js';
import { HttpSignatureError } from '../http-signature-error.js';
import { readSignatures, type MessageSignature } from '../signature-fields.js';
import type { HttpMessage } from '../message.js';

/** `tag` of a request's signature (FAPI 2.0 HTTP Signatures 5.3.1). */
// eslint-disable-next-line no-restricted-syntax -- a value on the wire, not a profile's name
export const requestTag = 'fapi-2-request';
/** `tag` of a response's signature (FAPI 2.0 HTTP Signatures 5.3.2). */
// eslint-disable-next-line no-restricted-syntax -- as above
export const responseTag = 'fapi-2-response';

/** The algorithms of FAPI 2.0 SP 5.4.1, here as well (HS-SB-06). */
export const fapiAlgs: readonly SigningAlg[] = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];

export interface SignatureRules {
  /** Finds the signer's published keys by their `kid`. */
  readonly keys: KeysById;
  readonly algs?: readonly SigningAlg[];
  readonly now: Date;
  /** How far in the past `created` may lie, in seconds; 60 unless told (HS-RQ-04). */
  readonly maxAge?: number;
  /** How far in the future; 10 unless told. */
  readonly clockSkew?: number;
}

/** A signature that was proved: what it says, what was signed, and by which key. */
export interface VerifiedSignature {
  readonly label: string;
  readonly base: string;
  readonly signature: Buffer;
  readonly created: number;
  readonly nonce?: string;
  readonly alg: SigningAlg;
  readonly key: PublicKey;
}

/**
 * The one signature with this tag; others, and all labels, mean nothing here (HS-RQ-05, HS-RQ-08). `undefined` when
 * there is none. `HttpSignatureError` when there are several or the fields cannot be read.
 */
export function taggedSignature(message: HttpMessage, tag: string): MessageSignature | undefined {
  const [found, ...more] = readSignatures(message).filter(({ parameters }) => parameters.tag === tag);
  if (more.length > 0) throw new HttpSignatureError('malformed', `more than one signature is tagged ${tag}`, 'HS-RQ-08');
  return found;
}

/** Whether the signature covers this component, as it stands and in no other form. */
export function covers({ components }: MessageSignature, wanted: Pick<Component, 'name' | 'req'> & { readonly key?: string }): boolean {
  return components.some(
    ({ name, req, key, sf, bs, tr, of }) => name === wanted.name && req === wanted.req && key === wanted.key && !sf && !bs && !tr && of === undefined,
  );
}

/** HS-RQ-04, HS-RS-04, HS-SB-07. */
export function verifyTimes({ parameters }: MessageSignature, { now, maxAge = 60, clockSkew = 10 }: SignatureRules): number {
  const { created, expires } = parameters;
  const refuse = (message: string, rule: string) => new HttpSignatureError('parameter', message, rule);
  const present = now.getTime() / 1000;
  if (created === undefined) throw refuse('the signature needs a created parameter', 'HS-RQ-04');
  if (created < present - maxAge) throw refuse('the signature is too old', 'HS-RQ-04');
  if (created > present + clockSkew) throw refuse('the signature was created in the future', 'HS-RQ-04');
  if (expires !== undefined && expires <= present) throw refuse('the signature has expired', 'HS-SB-07');
  return created;
}

/**
 * Proves the signature with a key of the signer (HS-RQ-06): `keyid` must name it, the key says the algorithm, and an
 * `alg` parameter may only agree (HS-SB-05, HS-SB-06).
 */
export async function proveSignature(signature: MessageSignature, base: string, rules: SignatureRules): Promise<Pick<VerifiedSignature, 'alg' | 'key'>> {
  const { keyid, alg: named } = signature.parameters;
  if (keyid === undefined) throw new HttpSignatureError('key', 'the signature needs a keyid parameter', 'HS-RQ-06');
  const keys = (await rules.keys(keyid)).filter(({ kid }) => kid === keyid);
  const usable = keys.flatMap((key) => algOf(key, rules.algs ?? fapiAlgs).map((alg) => ({ alg, key })));
  if (usable.length === 0) throw new HttpSignatureError('key', 'keyid names no usable key of the signer', 'HS-RQ-06');
  const agreeing = usable.filter(({ alg }) => named === undefined || named === registeredName(alg));
  if (agreeing.length === 0) throw new HttpSignatureError('key', 'alg of the signature is not the algorithm of its key', 'HS-SB-05');
  const proved = agreeing.slice(0, maxCandidates).find(({ alg, key }) => signatureHolds(alg, Buffer.from(base, 'latin1'), key.key, signature.signature));
  if (!proved) throw new HttpSignatureError('signature', 'the signature is wrong', 'HS-RQ-07');
  return proved;
}

/** Keys of one name are few: one of each kind (RFC 7517 section 4.5). */
const maxCandidates = 4;

/** The one algorithm of a key; Ed25519 has two names. */
const algOf = (key: PublicKey, allowed: readonly SigningAlg[]): readonly SigningAlg[] => key.algs.filter((alg) => allowed.includes(alg)).slice(0, 1);

/** Signs a base with one of our keys. */
export const signBase =
  ({ alg, key }: SigningKey) =>
  (base: string): Buffer | Promise<Buffer> =>
    signBytes(alg, Buffer.from(base, 'latin1'), key);

/** Whether a signature that was kept still holds, by the name its key or its `alg` parameter has. */
export function baseHolds(alg: string, base: string, key: PublicKey['key'], signature: Buffer): boolean {
  if (isSignatureAlgorithm(alg)) return holds(alg, base, key, signature);
  return isSigningAlg(alg) && signatureHolds(alg, Buffer.from(base, 'latin1'), key, signature);
}
