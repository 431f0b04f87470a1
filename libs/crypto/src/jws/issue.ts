import { encodeBase64url } from '../base64url.js';
import type { SigningKey } from '../jwks/signing-key.js';
import { signBytes } from './algorithms.js';

/**
 * A compact JWS over `claims`. `alg` and `kid` come from the key; a `kid` member in `header` replaces the key's own
 * (`undefined`: none is written, as in a DPoP proof). PS256 signs outside the event loop.
 */
export async function signJws(header: Record<string, unknown>, claims: object, key: SigningKey): Promise<string> {
  const input = `${encodeBase64url(JSON.stringify({ kid: key.kid, ...header, alg: key.alg }))}.${encodeBase64url(JSON.stringify(claims))}`;
  const signature = await signBytes(key.alg, Buffer.from(input, 'latin1'), key.key);
  return `${input}.${encodeBase64url(signature)}`;
}
