import { epochSeconds } from '@assent/protocol';
import { signJws } from '../jws/issue.js';
import type { SigningKey } from '../jwks/signing-key.js';

export interface RequestObjectParts {
  readonly clientId: string;
  /** The issuer identifier (FAPI 2.0 Message Signing 5.3.2-2). */
  readonly audience: string;
  readonly key: SigningKey;
  readonly now: Date;
  /** Seconds until it expires; 300 unless told. */
  readonly lifetime?: number;
  /** The authorization request: texts, numbers and JSON as they are. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A signed authorization request (RFC 9101 section 4), for clients and tests. A parameter may replace a claim; `undefined` removes one. */
export function signRequestObject({ clientId, audience, key, now, lifetime = 300, parameters }: RequestObjectParts): Promise<string> {
  const nbf = epochSeconds(now);
  return signJws({ typ: 'oauth-authz-req+jwt' }, { iss: clientId, aud: audience, nbf, exp: nbf + lifetime, client_id: clientId, ...parameters }, key);
}
