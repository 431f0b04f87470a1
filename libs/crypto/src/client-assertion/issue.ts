import { randomUUID } from 'node:crypto';
import { epochSeconds } from '@assent/protocol';
import { signJws } from '../jws/issue.js';
import type { SigningKey } from '../jwks/signing-key.js';

export interface ClientAssertionRequest {
  readonly clientId: string;
  /** The issuer identifier (FAPI 2.0 SP 5.3.3.1-5). */
  readonly audience: string;
  readonly key: SigningKey;
  readonly now: Date;
  /** Seconds until it expires; 60 unless told. */
  readonly lifetime?: number;
  /** Claims to add or replace; `undefined` removes one. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** A `private_key_jwt` client assertion (OpenID Connect Core section 9, RFC 7523 section 2.2). */
export function signClientAssertion({ clientId, audience, key, now, lifetime = 60, claims }: ClientAssertionRequest): Promise<string> {
  const iat = epochSeconds(now);
  return signJws({ typ: 'JWT' }, { iss: clientId, sub: clientId, aud: audience, jti: randomUUID(), iat, exp: iat + lifetime, ...claims }, key);
}
