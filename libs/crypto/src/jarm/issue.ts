import { epochSeconds } from '@assent/protocol';
import { signJws } from '../jws/issue.js';
import type { SigningKey } from '../jwks/signing-key.js';

export interface AuthorizationResponse {
  readonly issuer: string;
  readonly clientId: string;
  readonly now: Date;
  /** Seconds until it expires. */
  readonly lifetime: number;
  /** `code`, `state`, `error`…: texts as texts, numbers as numbers (JM-06). */
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** An authorization response as a signed JWT (JARM section 2.1); `iss` is its claim and stands nowhere else (JM-08). */
export function signAuthorizationResponse({ issuer, clientId, now, lifetime, parameters }: AuthorizationResponse, key: SigningKey): Promise<string> {
  return signJws({ typ: 'JWT' }, { ...parameters, iss: issuer, aud: clientId, exp: epochSeconds(now) + lifetime }, key);
}
