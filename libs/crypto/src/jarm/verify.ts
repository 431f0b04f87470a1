import type { SigningAlg } from '@assent/protocol';
import { numericDate, secondsOf } from '../claims.js';
import { decryptToJws, looksEncrypted, type DecryptionRules } from '../jwe/decrypt.js';
import { parseJws } from '../jws/parse.js';
import { verifyParsedJws, type KeyFinder } from '../jws/verify.js';
import type { JsonObject } from '../strict-json.js';

export interface AuthorizationResponseRules {
  /** The issuer this user agent was sent to: never one the response names. */
  readonly issuer: string;
  readonly clientId: string;
  readonly algs: readonly SigningAlg[];
  /** The keys of that issuer. */
  readonly keys: KeyFinder;
  readonly now: Date;
  readonly decryption?: DecryptionRules;
}

/** A response a client must not look into. */
export class AuthorizationResponseError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AuthorizationResponseError';
  }
}

/**
 * The parameters of a signed authorization response, proved in the order of JARM section 2.4: decrypted, from the
 * expected issuer, for this client, in time, rightly signed (JM-12, JM-13). `AuthorizationResponseError`, `JwsError` or
 * `JweError` otherwise; nothing of the response may be used then.
 */
export async function verifyAuthorizationResponse(response: string, rules: AuthorizationResponseRules): Promise<JsonObject> {
  const jws = parseJws(looksEncrypted(response) && rules.decryption ? await decryptToJws(response, rules.decryption) : response);
  const { iss, aud, ...rest } = jws.payload();
  if (iss !== rules.issuer) throw new AuthorizationResponseError('the response is of another issuer');
  if (aud !== rules.clientId) throw new AuthorizationResponseError('the response is for another client');
  const exp = numericDate(rest, 'exp');
  if (exp === undefined || exp <= secondsOf(rules.now)) throw new AuthorizationResponseError('the response has expired');
  await verifyParsedJws(jws, rules);
  const { exp: _, ...parameters } = rest;
  return parameters;
}
