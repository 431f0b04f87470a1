import { expiredLoginHintToken, invalidRequest, type OAuthError, type SigningAlg } from '@assent/protocol';
import { isAbsentOrDate, numericDate, secondsOf, text } from '../claims.js';
import { JwsError } from '../jws/jws-error.js';
import { parseJws } from '../jws/parse.js';
import { verifyParsedJws, type KeyFinder } from '../jws/verify.js';
import { KeySetError } from '../jwks/remote-key-set.js';
import { isObject, type JsonObject } from '../strict-json.js';

/** A person as RFC 9493 names them: by the bank's own user id, or by the subject their client knows. */
export type SubjectIdentifier = { readonly format: 'opaque'; readonly id: string } | { readonly format: 'iss_sub'; readonly iss: string; readonly sub: string };

export interface LoginHintTokenRules {
  /** The keys of whoever the token says made it. Throws for somebody who may not. */
  readonly keysOf: (iss: string) => KeyFinder;
  /** This server's issuer identifier, which must be among the audience. */
  readonly audience: string;
  readonly algs: readonly SigningAlg[];
  readonly now: Date;
  readonly clockSkew: number;
}

const types: ReadonlySet<string> = new Set(['', 'jwt', 'login-hint+jwt']);

/**
 * The person a `login_hint_token` names (CIBA section 7.1): a JWT with `iss`, `aud`, `exp` and `sub_id`.
 * `expired_login_hint_token` for one that is over; `invalid_request` for anything else.
 */
export async function verifyLoginHintToken(token: string, rules: LoginHintTokenRules): Promise<SubjectIdentifier> {
  const claims = await proveSignature(token, rules);
  const { aud } = claims;
  if (!(Array.isArray(aud) ? aud : [aud]).includes(rules.audience)) throw refuse('aud must name this issuer');
  verifyTimes(claims, rules);
  return subjectOf(claims['sub_id']);
}

const refuse = (what: string, cause?: unknown): OAuthError => invalidRequest(`login_hint_token: ${what}`, 'CB-RQ-05', cause);

async function proveSignature(token: string, { keysOf, algs }: LoginHintTokenRules): Promise<JsonObject> {
  try {
    const jws = parseJws(token);
    if (!types.has((jws.header.typ ?? '').toLowerCase().replace(/^application\//, ''))) throw refuse('typ is of another kind of JWT');
    const iss = text(jws.payload(), 'iss');
    if (iss === undefined) throw refuse('iss is required');
    return (await verifyParsedJws(jws, { algs, keys: keysOf(iss) })).claims;
  } catch (cause) {
    if (cause instanceof JwsError) throw refuse(cause.message, cause);
    if (cause instanceof KeySetError) throw refuse('the keys of its issuer cannot be read at the moment', cause);
    throw cause;
  }
}

function verifyTimes(claims: JsonObject, { now, clockSkew }: LoginHintTokenRules): void {
  const present = secondsOf(now);
  const exp = numericDate(claims, 'exp');
  if (exp === undefined) throw refuse('exp is required');
  for (const name of ['iat', 'nbf']) {
    if (!isAbsentOrDate(claims, name) || (numericDate(claims, name) ?? 0) > present + clockSkew) throw refuse(`${name} lies in the future`);
  }
  if (exp <= present) throw expiredLoginHintToken('the login_hint_token has expired', 'CB-RQ-06');
}

function subjectOf(value: unknown): SubjectIdentifier {
  const id = isObject(value) ? value : {};
  if (id['format'] === 'opaque' && typeof id['id'] === 'string') return { format: 'opaque', id: id['id'] };
  if (id['format'] === 'iss_sub' && typeof id['iss'] === 'string' && typeof id['sub'] === 'string') return { format: 'iss_sub', iss: id['iss'], sub: id['sub'] };
  throw refuse('sub_id must be a subject identifier of format opaque or iss_sub (RFC 9493)');
}
