import { epochSeconds } from '@assent/protocol';
import type { SigningKey } from '../jwks/signing-key.js';
import { signJws } from '../jws/issue.js';

/** The media type of signed answers, and their `typ` without `application/` (RFC 9701 sections 4 and 5). */
export const introspectionType = 'application/token-introspection+jwt';
export const introspectionTyp = 'token-introspection+jwt';

export interface IntrospectionAnswer {
  readonly issuer: string;
  /** The client id of the resource server that asks. */
  readonly audience: string;
  /** The members of RFC 7662; `{ active: false }` and nothing else for a token that is no good (MS-INT-06). */
  readonly introspection: object;
  readonly now: Date;
}

/**
 * A signed answer of the introspection endpoint (RFC 9701 section 5; MS-INT-04, MS-INT-05). Neither `sub` nor `exp`
 * stand beside `token_introspection`: an answer must not look like an access token.
 */
export function signIntrospection({ issuer, audience, introspection, now }: IntrospectionAnswer, key: SigningKey): Promise<string> {
  return signJws({ typ: introspectionTyp }, { iss: issuer, aud: audience, iat: epochSeconds(now), token_introspection: introspection }, key);
}
