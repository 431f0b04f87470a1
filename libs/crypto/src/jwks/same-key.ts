import type { KeyObject } from 'node:crypto';

/**
 * Whether two public keys are one. Compared as SubjectPublicKeyInfo: `KeyObject.equals` on keys of different types
 * leaves an error behind in OpenSSL's queue, which Node 24 then takes for a failure of the next TLS connection.
 */
export function sameKey(one: KeyObject, other: KeyObject): boolean {
  return one.asymmetricKeyType === other.asymmetricKeyType && encoded(one).equals(encoded(other));
}

const encoded = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
