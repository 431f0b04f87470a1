import { createHash, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { readText, writePrivate } from './files.js';

const generate = promisify(generateKeyPair);

/** A client's private JWK Set: one ES256 and one PS256 signing key, `kid` the RFC 7638 thumbprint. */
export interface PrivateKeySet {
  readonly keys: readonly (JsonWebKey & { readonly kid: string; readonly alg: string; readonly use: 'sig' })[];
}

/** Makes the client's private key set once; it is kept over restarts. Returns whether it was made now. */
export async function ensureClientKeys(file: string): Promise<boolean> {
  if ((await readText(file)) !== undefined) return false;
  const [elliptic, rsa] = await Promise.all([generate('ec', { namedCurve: 'P-256' }), generate('rsa', { modulusLength: 2048 })]);
  const keys: PrivateKeySet = { keys: [describe(elliptic.privateKey, 'ES256'), describe(rsa.privateKey, 'PS256')] };
  await writePrivate(file, `${JSON.stringify(keys, undefined, 2)}\n`);
  return true;
}

function describe(key: KeyObject, alg: string): PrivateKeySet['keys'][number] {
  const jwk = key.export({ format: 'jwk' });
  return { ...jwk, kid: thumbprint(jwk), alg, use: 'sig' };
}

/** RFC 7638: the required members in lexical order. */
function thumbprint(jwk: JsonWebKey): string {
  const { kty, crv, x, y, e, n } = jwk;
  const members = kty === 'EC' ? { crv, kty, x, y } : { e, kty, n };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}
