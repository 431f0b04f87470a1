import { createHash } from 'node:crypto';

/** The left half of a value's hash, by the ID token's algorithm (OpenID Connect Core section 3.1.3.6): `at_hash`, `c_hash`, `s_hash`. */
export function atHash(token: string, alg: string): string {
  const digest = createHash(hashOf(alg)).update(token, 'utf8').digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

/** `c_hash` of a code, `s_hash` of a `state` (OpenID Connect Core section 3.3.2.11, FAPI 1.0 Advanced 5.1): the same construction. */
export const [cHash, sHash] = [atHash, atHash];

/** Ed25519 hashes with SHA-512 inside; the others say their digest in the name. */
function hashOf(alg: string): string {
  if (alg === 'EdDSA' || alg === 'Ed25519') return 'sha512';
  const bits = /^(?:RS|PS|ES)(256|384|512)$/.exec(alg)?.[1];
  if (!bits) throw new TypeError(`no hash is defined for ${alg}`);
  return `sha${bits}`;
}
