import type { SigningAlg } from '@assent/protocol';
import type { PublicKey } from '../jwks/public-key.js';
import type { JsonObject } from '../strict-json.js';
import { isSigningAlg, signatureHolds } from './algorithms.js';
import { JwsError } from './jws-error.js';
import { parseJws, type JwsHeader, type ParsedJws } from './parse.js';

/** Which keys may have signed a message, by its (still unproved) header. Answers at once when it can. */
export type KeyFinder = (header: JwsHeader) => Promise<readonly PublicKey[]> | readonly PublicKey[];

export interface VerifiedJws {
  readonly header: JwsHeader;
  readonly claims: JsonObject;
  /** The key that verified it. */
  readonly key: PublicKey;
}

/** Candidates tried for one message when its `kid` does not single out a key (F2-CR-04). */
const maxCandidates = 4;

/**
 * Verifies a compact JWS whose payload is a JSON object. Algorithm confusion is shut out: `alg` must be in the
 * caller's list, and a key only ever meets the algorithms of its own type (RFC 8725 section 3.1).
 * Throws `JwsError`: malformed, algorithm (not allowed), key (none fits) or signature (wrong).
 */
export async function verifyJws(compact: string, opts: { readonly algs: readonly SigningAlg[]; readonly keys: KeyFinder }): Promise<VerifiedJws> {
  return verifyParsedJws(parseJws(compact), opts);
}

/** The same for a message already taken apart. */
export async function verifyParsedJws(jws: ParsedJws, opts: { readonly algs: readonly SigningAlg[]; readonly keys: KeyFinder }): Promise<VerifiedJws> {
  const alg = allowedAlg(jws.header, opts.algs);
  const found = opts.keys(jws.header);
  // An await on a plain array would still cost a turn of the microtask queue.
  const keys = found instanceof Promise ? await found : found;
  return proveSignature(jws, alg, keys);
}

/** `alg` of the header, if the caller allows it. `JwsError` algorithm otherwise. */
export function allowedAlg(header: JwsHeader, algs: readonly SigningAlg[]): SigningAlg {
  const alg = header.alg;
  if (!isSigningAlg(alg) || !algs.includes(alg)) throw new JwsError('algorithm', 'the signature algorithm is not allowed');
  return alg;
}

/** Tries the keys that fit. `JwsError` key when none does, signature when none verifies. */
export function proveSignature(jws: ParsedJws, alg: SigningAlg, keys: readonly PublicKey[]): VerifiedJws {
  const key = findFittingKey(jws, alg, keys);
  return { header: jws.header, claims: jws.payload(), key };
}

/** The key that verifies it. `JwsError` key when none fits, signature when none verifies. */
export function findFittingKey(jws: Pick<ParsedJws, 'header' | 'signingInput' | 'signature'>, alg: SigningAlg, keys: readonly PublicKey[]): PublicKey {
  const { kid } = jws.header;
  const fitting = keys.filter((key) => key.algs.includes(alg) && (kid === undefined || key.kid === undefined || key.kid === kid));
  if (fitting.length === 0) throw new JwsError('key', 'no key fits the header');
  for (const key of fitting.slice(0, maxCandidates)) {
    if (signatureHolds(alg, jws.signingInput, key.key, jws.signature)) return key;
  }
  throw new JwsError('signature', 'the signature is wrong');
}
