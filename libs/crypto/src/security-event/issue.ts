import { epochSeconds } from '@assent/protocol';
import { signJws } from '../jws/issue.js';
import type { SigningKey } from '../jwks/signing-key.js';

/** What a Security Event Token says. */
export interface SecurityEvent {
  readonly issuer: string;
  readonly audience: string;
  readonly jti: string;
  /** When it happened; the token is of that moment too, so that it stays the same however often it is sent. */
  readonly at: Date;
  /** The same for all events of one transaction. */
  readonly transaction: string;
  /** What the events are about (RFC 9493). */
  readonly subject: Readonly<Record<string, string>>;
  /** By the URI of their type. */
  readonly events: Readonly<Record<string, object>>;
}

export const securityEventType = 'secevent+jwt';

/**
 * A Security Event Token (RFC 8417 section 2). Its type and its lack of `exp` and `sub` keep it from being taken for an
 * ID token or an access token (section 4).
 */
export function signSecurityEvent({ issuer, audience, jti, at, transaction, subject, events }: SecurityEvent, key: SigningKey): Promise<string> {
  const claims = { iss: issuer, aud: audience, jti, iat: epochSeconds(at), toe: epochSeconds(at), txn: transaction, sub_id: subject, events };
  return signJws({ typ: securityEventType }, claims, key);
}
