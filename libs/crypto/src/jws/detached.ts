import type { SigningAlg } from '@assent/protocol';
import { decodeBase64url, encodeBase64url } from '../base64url.js';
import type { PublicKey } from '../jwks/public-key.js';
import type { SigningKey } from '../jwks/signing-key.js';
import { parseStrictObject } from '../strict-json.js';
import { signBytes } from './algorithms.js';
import { malformed } from './jws-error.js';
import type { JwsHeader } from './parse.js';
import { allowedAlg, findFittingKey, type KeyFinder } from './verify.js';

/** A detached JWS taken apart: its signature is not yet proved. */
export interface DetachedJws {
  readonly header: JwsHeader;
  readonly signingInput: Buffer;
  readonly signature: Buffer;
}

/** Far above any honest header. */
const longest = 8192;

/**
 * Takes a detached JWS over `payload` apart (RFC 7515 appendix F): protected header, nothing, signature. With `b64: false`
 * (RFC 7797) the payload is signed as it is. `critical` are the header parameters the caller judges itself; any other in
 * `crit` is refused (RFC 7515 section 4.1.11). `JwsError` malformed for anything else.
 */
export function parseDetachedJws(value: string, payload: Uint8Array, { critical = [] }: { readonly critical?: readonly string[] } = {}): DetachedJws {
  if (value.length > longest) throw malformed('the detached JWS is too long');
  const [head = '', middle, last = '', ...more] = value.split('.');
  if (middle !== '' || more.length > 0) throw malformed('a detached JWS has a header, nothing, and a signature');
  const bytes = decodeBase64url(head);
  const signature = decodeBase64url(last);
  const header = bytes && parseStrictObject(bytes);
  if (!header || !signature || signature.length === 0) throw malformed('a part of the detached JWS is not canonical base64url, or its header no JSON object with unique names');
  for (const name of ['alg', 'kid', 'typ', 'cty'] as const) if (header[name] !== undefined && typeof header[name] !== 'string') throw malformed(`${name} of the JWS header must be a string`);
  if (typeof header['alg'] !== 'string') throw malformed('the JWS header has no alg');
  verifyCritical(header, critical);
  const content = header['b64'] === false ? payload : Buffer.from(encodeBase64url(payload), 'latin1');
  return { header: header as DetachedJws['header'], signingInput: Buffer.concat([Buffer.from(`${head}.`, 'latin1'), content]), signature };
}

/** Who does not know `b64` would read another payload: it must be critical (RFC 7797 section 6). */
function verifyCritical(header: Readonly<Record<string, unknown>>, understood: readonly string[]): void {
  const { crit, b64 } = header as { readonly crit?: unknown; readonly b64?: unknown };
  if (crit !== undefined && !(Array.isArray(crit) && crit.length > 0 && new Set(crit).size === crit.length)) throw malformed('crit must list header parameters, each once');
  const named = (crit ?? []) as readonly unknown[];
  for (const name of named) {
    if (typeof name !== 'string' || ![...understood, 'b64'].includes(name)) throw malformed('the JWS header names a critical extension that is not understood');
    if (!Object.hasOwn(header, name)) throw malformed('crit names a parameter the JWS header has not');
  }
  if (b64 !== undefined && typeof b64 !== 'boolean') throw malformed('b64 must be true or false');
  if (b64 === false && !named.includes('b64')) throw malformed('b64 must be named in crit');
}

/** Proves the signature. `JwsError`: algorithm (not allowed), key (none fits) or signature (wrong). */
export async function verifyDetachedJws(jws: DetachedJws, { algs, keys }: { readonly algs: readonly SigningAlg[]; readonly keys: KeyFinder }): Promise<PublicKey> {
  const alg = allowedAlg(jws.header, algs);
  return findFittingKey(jws, alg, await keys(jws.header));
}

/** A detached JWS over `payload`; `alg` and `kid` come from the key. */
export async function signDetachedJws(header: Readonly<Record<string, unknown>>, payload: Uint8Array, key: SigningKey): Promise<string> {
  const head = encodeBase64url(JSON.stringify({ kid: key.kid, ...header, alg: key.alg }));
  const content = header['b64'] === false ? Buffer.from(payload) : Buffer.from(encodeBase64url(payload), 'latin1');
  const signature = await signBytes(key.alg, Buffer.concat([Buffer.from(`${head}.`, 'latin1'), content]), key.key);
  return `${head}..${encodeBase64url(signature)}`;
}
