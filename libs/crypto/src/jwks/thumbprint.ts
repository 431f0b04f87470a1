import { createHash } from 'node:crypto';
import { JwsError } from '../jws/jws-error.js';

const requiredMembers: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

/** The RFC 7638 thumbprint (SHA-256, base64url). `JwsError` key when the key's type or members are not usable. */
export function thumbprint(jwk: { readonly kty: string; readonly [member: string]: unknown }): string {
  const names = Object.hasOwn(requiredMembers, jwk.kty) ? requiredMembers[jwk.kty] : undefined;
  if (!names) throw new JwsError('key', 'a key of this type has no thumbprint here');
  const members = names.map((name) => {
    const value = jwk[name];
    if (typeof value !== 'string') throw new JwsError('key', `${name} of the key must be a string`);
    return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
  });
  return createHash('sha256').update(`{${members.join(',')}}`).digest('base64url');
}
