import { createHash, randomUUID } from 'node:crypto';
import { epochSeconds } from '@assent/protocol';
import { signJws } from '../jws/issue.js';
import { bareJwk, type SigningKey } from '../jwks/signing-key.js';

export interface DpopProofRequest {
  readonly method: string;
  readonly url: string;
  readonly key: SigningKey;
  readonly now: Date;
  readonly accessToken?: string;
  readonly nonce?: string;
  /** Claims and header parameters to add or replace; `undefined` removes one. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** A DPoP proof (RFC 9449 section 4.2); `htu` is the URL without query and fragment. */
export function signDpopProof({ method, url, key, now, accessToken, nonce, claims, header }: DpopProofRequest): Promise<string> {
  const proof = {
    jti: randomUUID(),
    htm: method,
    htu: url.replace(/[?#].*$/s, ''),
    iat: epochSeconds(now),
    ...(accessToken === undefined ? {} : { ath: accessTokenHash(accessToken) }),
    ...(nonce === undefined ? {} : { nonce }),
    ...claims,
  };
  return signJws({ typ: 'dpop+jwt', kid: undefined, jwk: bareJwk(key.key), ...header }, proof, key);
}

/** `ath`: the SHA-256 of the access token's ASCII (RFC 9449 section 4.2). */
export const accessTokenHash = (accessToken: string): string => createHash('sha256').update(accessToken, 'ascii').digest('base64url');
