import { createHash, timingSafeEqual } from 'node:crypto';
import { parseDictionary, serializeByteSequence } from 'structured-headers';
import { fieldValue } from '../field-value.js';
import { HttpSignatureError } from '../http-signature-error.js';
import type { Fields } from '../message.js';

/** The digest algorithms that are not broken (RFC 9530 section 5). Both are over the bytes as sent, coding included. */
export type DigestAlgorithm = 'sha-256' | 'sha-512';

const hashes: Readonly<Record<DigestAlgorithm, string>> = { 'sha-256': 'sha256', 'sha-512': 'sha512' };
const names = Object.keys(hashes) as readonly DigestAlgorithm[];

const digestOf = (algorithm: DigestAlgorithm, content: Uint8Array): Buffer => createHash(hashes[algorithm]).update(content).digest();

/** The value of `Content-Digest` (or of `Repr-Digest`, over the representation): RFC 9530 sections 2 and 3. */
export const contentDigest = (content: Uint8Array, algorithm: DigestAlgorithm = 'sha-256'): string =>
  `${algorithm}=${serializeByteSequence(digestOf(algorithm, content))}`;

/**
 * Compares the digest field with the bytes as they came (HS-SB-08). Every digest of an algorithm we know must agree, and
 * one at least must be there; others are passed over. `HttpSignatureError` digest otherwise.
 */
export function verifyDigest(fields: Fields, content: Uint8Array, name: 'content-digest' | 'repr-digest' = 'content-digest'): void {
  const value = fieldValue(fields, name);
  if (value === undefined) throw refuse(`${name} is missing`);
  const known = digestsIn(name, value).filter(([algorithm]) => (names as readonly string[]).includes(algorithm));
  if (known.length === 0) throw refuse(`${name} has no digest by ${names.join(' or ')}`);
  for (const [algorithm, digest] of known) {
    const expected = digestOf(algorithm as DigestAlgorithm, content);
    if (digest.length !== expected.length || !timingSafeEqual(digest, expected)) throw refuse(`${name} does not match the content`);
  }
}

function digestsIn(name: string, value: string): readonly (readonly [string, Buffer])[] {
  try {
    return [...parseDictionary(value)].map(([algorithm, [bytes]]) => {
      if (!(bytes instanceof ArrayBuffer)) throw new TypeError(`${algorithm} is no byte sequence`);
      return [algorithm, Buffer.from(bytes)] as const;
    });
  } catch (cause) {
    throw refuse(`${name} is malformed`, cause);
  }
}

const refuse = (message: string, cause?: unknown): HttpSignatureError => new HttpSignatureError('digest', message, 'HS-SB-08', { cause });
