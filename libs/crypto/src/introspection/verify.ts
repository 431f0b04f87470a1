import { invalidToken, type OAuthError, type SigningAlg } from '@assent/protocol';
import { numericDate, secondsOf } from '../claims.js';
import { JwsError } from '../jws/jws-error.js';
import { parseJws } from '../jws/parse.js';
import { verifyParsedJws, type KeyFinder } from '../jws/verify.js';
import { isObject, type JsonObject } from '../strict-json.js';
import { introspectionTyp } from './issue.js';

export interface IntrospectionRules {
  readonly issuer: string;
  /** The client id we asked as. */
  readonly audience: string;
  readonly algs: readonly SigningAlg[];
  readonly keys: KeyFinder;
  readonly now: Date;
  /** How far in the past `iat` may lie, in seconds; 60 unless told. */
  readonly maxAge?: number;
  /** How far in the future; 30 unless told. */
  readonly clockSkew?: number;
}

/**
 * What a signed answer says of a token (RFC 9701 section 8.1; MS-INT-08): type, signature, issuer, audience, freshness.
 * Throws `invalid_token`: an answer that cannot be believed counts as one that says inactive. Errors of the key source
 * pass through.
 */
export async function verifyIntrospection(answer: string, rules: IntrospectionRules): Promise<JsonObject> {
  const claims = await proveSignature(answer, rules);
  const { now, maxAge = 60, clockSkew = 30 } = rules;
  if (claims['iss'] !== rules.issuer) throw refuse('it is of another issuer');
  const audience = [claims['aud']].flat();
  if (audience.length !== 1 || audience[0] !== rules.audience) throw refuse('it is for somebody else');
  const iat = numericDate(claims, 'iat');
  const present = secondsOf(now);
  if (iat === undefined || iat < present - maxAge || iat > present + clockSkew) throw refuse('it is not fresh');
  const introspection = claims['token_introspection'];
  if (!isObject(introspection)) throw refuse('it says nothing of a token');
  return introspection;
}

async function proveSignature(answer: string, { algs, keys }: IntrospectionRules): Promise<JsonObject> {
  try {
    const jws = parseJws(answer);
    if (jws.header.typ?.toLowerCase().replace(/^application\//, '') !== introspectionTyp) throw refuse('it is of another type');
    return (await verifyParsedJws(jws, { algs, keys })).claims;
  } catch (cause) {
    if (cause instanceof JwsError) throw refuse(cause.message, cause);
    throw cause;
  }
}

const refuse = (what: string, cause?: unknown): OAuthError => invalidToken(`the signed answer about the access token cannot be believed: ${what}`, 'MS-INT-08', cause);
