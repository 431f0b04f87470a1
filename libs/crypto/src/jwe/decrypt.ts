import { compactDecrypt, type CompactDecryptResult } from 'jose';
import type { ContentEncryptionAlg, EncryptionAlg } from '@assent/protocol';
import { decodeBase64url } from '../base64url.js';
import { parseStrictObject, type JsonObject } from '../strict-json.js';
import { isContentEncryptionAlg, isEncryptionAlg } from './algorithms.js';
import type { DecryptionKey } from './encryption-key.js';
import { JweError } from './jwe-error.js';

export interface DecryptionRules {
  readonly algs: readonly EncryptionAlg[];
  readonly contentAlgs: readonly ContentEncryptionAlg[];
  /** Own keys; those of the header's `kid` are tried, or all that fit without one. */
  readonly keys: readonly DecryptionKey[];
}

/** Longest encrypted JWT looked at. */
const maxJweLength = 32_768;

/** A compact JWE has five parts, a JWS three. */
export const looksEncrypted = (text: string): boolean => text.split('.', 6).length === 5;

/**
 * The JWS inside an encrypted JWT (RFC 7516 section 5.2). `JweError` unless the algorithms are allowed, a key of ours
 * opens it, and nothing in its header asks for more than is understood here (`crit`, `zip`).
 */
export async function decryptToJws(compact: string, { algs, contentAlgs, keys }: DecryptionRules): Promise<string> {
  const header = headerOf(compact);
  const { alg, enc, kid } = header;
  if (!isEncryptionAlg(alg) || !algs.includes(alg)) throw new JweError('the encryption algorithm is not allowed');
  if (!isContentEncryptionAlg(enc) || !contentAlgs.includes(enc)) throw new JweError('the content encryption algorithm is not allowed');
  const fitting = keys.filter((key) => key.alg === alg && (kid === undefined || key.kid === kid));
  for (const { key } of fitting) {
    const opened = await compactDecrypt(compact, key, { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc] }).catch(nothing);
    if (opened) return Buffer.from(opened.plaintext).toString('latin1');
  }
  throw new JweError(fitting.length === 0 ? 'it is encrypted to no key of this server' : 'it cannot be decrypted');
}

const nothing = (): CompactDecryptResult | undefined => undefined;

function headerOf(compact: string): JsonObject {
  if (compact.length > maxJweLength || !looksEncrypted(compact)) throw new JweError('not a compact JWE');
  const bytes = decodeBase64url(compact.slice(0, compact.indexOf('.')));
  const header = bytes && parseStrictObject(bytes);
  if (!header) throw new JweError('the JWE header is not one JSON object with unique names');
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'zip')) throw new JweError('the JWE header asks for what is not supported');
  return header;
}
