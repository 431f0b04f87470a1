import { invalidClient, type Client, type OAuthError, type ReplayClaim, type RuleId, type SigningAlg } from '@assent/protocol';
import { isAbsentOrDate, numericDate, oneTimeId, secondsOf, text } from '../claims.js';
import { sameAlgorithm } from '../jws/algorithms.js';
import { JwsError } from '../jws/jws-error.js';
import { parseJws } from '../jws/parse.js';
import { verifyParsedJws, type KeyFinder } from '../jws/verify.js';
import { KeySetError } from '../jwks/remote-key-set.js';
import { replayClaim } from '../replay.js';
import type { JsonObject } from '../strict-json.js';

export interface ClientAssertionRules {
  readonly client: Client;
  readonly issuer: string;
  readonly audience: 'issuer' | 'issuer-or-endpoint';
  /** URLs that `issuer-or-endpoint` also accepts. */
  readonly endpoints?: readonly string[];
  readonly algs: readonly SigningAlg[];
  /** The client's registered keys (`ClientKeys`); keys named in the header itself are never looked at. */
  readonly keys: KeyFinder;
  readonly now: Date;
  /** Seconds `exp` may lie ahead, which bounds how long a spent `jti` must be remembered. */
  readonly maxLifetime: number;
  /** Claims that must be there beside those everybody must send; from an `iat` asked for here the life is counted. */
  readonly claims?: readonly 'iat'[];
  /** Seconds `iat` and `nbf` may lie ahead (F2-AS-13). */
  readonly clockSkew: number;
}

/**
 * Proves a `private_key_jwt` assertion for `client` (OpenID Connect Core section 9, RFC 7523 section 3; F2-CA-01..07,
 * F2-AS-08, F2-AS-13) and returns its `jti` as a value the caller must spend. Every refusal is `invalid_client`.
 */
export async function verifyClientAssertion(assertion: string, rules: ClientAssertionRules): Promise<ReplayClaim> {
  const claims = await proveSignature(assertion, rules);
  verifyParties(claims, rules);
  verifyAudience(claims, rules);
  const exp = verifyTimes(claims, rules);
  const jti = oneTimeId(claims);
  if (jti === undefined) throw refuse('jti is missing or malformed', 'F2-CA-05');
  // Kept a little past exp: another process's clock may run behind this one's.
  return replayClaim('client_assertion', [rules.issuer, rules.client.client_id, jti], new Date(Math.ceil(exp + rules.clockSkew) * 1000));
}

const refuse = (what: string, rule: RuleId, cause?: unknown): OAuthError => invalidClient(`client assertion: ${what}`, rule, cause);

/** RFC 8725 section 3.11: a JWT made for another purpose says so in `typ`. */
const acceptedTypes = new Set(['jwt', 'client-authentication+jwt']);

async function proveSignature(assertion: string, { client, algs, keys }: ClientAssertionRules): Promise<JsonObject> {
  if (client.token_endpoint_auth_method !== 'private_key_jwt') throw refuse('not the registered authentication method', 'F2-AS-06');
  const registered = client.token_endpoint_auth_signing_alg;
  const allowed = registered === undefined ? algs : algs.filter((alg) => sameAlgorithm(alg, registered));
  try {
    const jws = parseJws(assertion);
    if (jws.header.typ !== undefined && !acceptedTypes.has(mediaType(jws.header.typ))) throw refuse('typ is of another kind of JWT', 'F2-CA-07');
    return (await verifyParsedJws(jws, { algs: allowed, keys })).claims;
  } catch (cause) {
    if (cause instanceof JwsError) throw refuse(cause.message, 'F2-CA-06', cause);
    if (cause instanceof KeySetError) throw refuse('the registered keys cannot be read at the moment', 'F2-CA-06', cause);
    throw cause;
  }
}

/** `typ` is a media type, case-insensitive, its `application/` prefix optional (RFC 7515 section 4.1.9). */
const mediaType = (typ: string): string => typ.toLowerCase().replace(/^application\//, '');

function verifyParties(claims: JsonObject, { client }: ClientAssertionRules): void {
  if (claims['iss'] !== client.client_id) throw refuse('iss must be the client_id', 'F2-CA-02');
  if (claims['sub'] !== client.client_id) throw refuse('sub must be the client_id', 'F2-CA-02');
}

function verifyAudience({ aud }: JsonObject, { audience, issuer, endpoints = [] }: ClientAssertionRules): void {
  if (audience === 'issuer') {
    if (aud !== issuer) throw refuse('aud must be the issuer identifier as one string', 'F2-AS-08');
    return;
  }
  const named: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!named.every((one) => typeof one === 'string')) throw refuse('aud is missing or malformed', 'F2-CA-03');
  if (!named.some((one) => one === issuer || endpoints.includes(one as string))) throw refuse('aud does not name this server', 'F2-CA-03');
}

function verifyTimes(claims: JsonObject, { now, maxLifetime, clockSkew, claims: required = [] }: ClientAssertionRules): number {
  const present = secondsOf(now);
  const exp = numericDate(claims, 'exp');
  if (exp === undefined) throw refuse('exp is missing or malformed', 'F2-CA-04');
  if (exp <= present) throw refuse('it has expired', 'F2-CA-04');
  if (exp > present + maxLifetime + clockSkew) throw refuse('exp lies too far ahead', 'F2-CA-04');
  for (const name of ['iat', 'nbf']) {
    if (!isAbsentOrDate(claims, name)) throw refuse(`${name} is malformed`, 'F2-CA-04');
    if ((numericDate(claims, name) ?? 0) > present + clockSkew) throw refuse(`${name} lies in the future`, 'F2-AS-13');
  }
  const iat = numericDate(claims, 'iat');
  if (required.includes('iat') && iat === undefined) throw refuse('iat is required', 'F2-CA-04');
  if (required.includes('iat') && iat !== undefined && exp - iat > maxLifetime) throw refuse('exp lies too far from iat', 'F2-CA-04');
  return exp;
}

/**
 * The client an assertion speaks of, before anything is proved: only good for looking up whose keys to try.
 * `undefined` when the text is no JWT or names nobody.
 */
export function clientIdOfAssertion(assertion: string): string | undefined {
  try {
    return text(parseJws(assertion).payload(), 'sub');
  } catch {
    return undefined;
  }
}
