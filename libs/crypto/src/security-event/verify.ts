import type { SigningAlg } from '@assent/protocol';
import { JwsError } from '../jws/jws-error.js';
import { verifyJws, type KeyFinder } from '../jws/verify.js';
import { isObject } from '../strict-json.js';
import { securityEventType, type SecurityEvent } from './issue.js';

export interface SecurityEventRules {
  readonly issuer: string;
  readonly audience: string;
  readonly algs: readonly SigningAlg[];
  readonly keys: KeyFinder;
}

/** Proves a Security Event Token as its receiver does (RFC 8417 section 2, RFC 8935 section 2.1). Throws `JwsError`. */
export async function verifySecurityEvent(token: string, { issuer, audience, algs, keys }: SecurityEventRules): Promise<SecurityEvent> {
  const { header, claims } = await verifyJws(token, { algs, keys });
  if (header.typ !== securityEventType) throw refused('it is no security event token');
  const { iss, aud, jti, iat, txn, sub_id: subject, events } = claims;
  if (iss !== issuer) throw refused('it is of another issuer');
  if (![aud].flat().includes(audience)) throw refused('it is for somebody else');
  if (typeof jti !== 'string' || typeof iat !== 'number' || typeof txn !== 'string' || !isObject(subject) || !isObject(events)) throw refused('a claim is missing or malformed');
  return { issuer, audience, jti, at: new Date(iat * 1000), transaction: txn, subject: subject as Record<string, string>, events: events as Record<string, object> };
}

const refused = (why: string): JwsError => new JwsError('malformed', why);
