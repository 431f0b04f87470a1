import { invalidRequestObject, type Client, type OAuthError, type ReplayClaim, type RuleId, type SigningAlg } from '@assent/protocol';
import { isAbsentOrDate, maxJtiLength, numericDate, secondsOf, text } from '../claims.js';
import { decryptToJws, looksEncrypted, type DecryptionRules } from '../jwe/decrypt.js';
import { JweError } from '../jwe/jwe-error.js';
import { KeySetError } from '../jwks/remote-key-set.js';
import type { PublicKey } from '../jwks/public-key.js';
import { sameAlgorithm } from '../jws/algorithms.js';
import { JwsError } from '../jws/jws-error.js';
import { parseJws } from '../jws/parse.js';
import { verifyParsedJws, type KeyFinder, type VerifiedJws } from '../jws/verify.js';
import { replayClaim } from '../replay.js';
import type { JsonObject } from '../strict-json.js';

export interface RequestObjectRules {
  readonly client: Client;
  readonly issuer: string;
  readonly algs: readonly SigningAlg[];
  /** The client's registered keys; keys named in the header itself are never looked at. */
  readonly keys: KeyFinder;
  readonly now: Date;
  /** Accepted `typ` without `application/`, in lower case; `''`: none named. */
  readonly types: readonly string[];
  /** Claims that must be there. */
  readonly claims: readonly string[];
  /** Seconds `nbf` may lie in the past. */
  readonly maxAge: number;
  /** Seconds between `nbf` (or, without one, the present) and `exp`. */
  readonly maxLifetime: number;
  /** Seconds `iat` and `nbf` may lie ahead. */
  readonly clockSkew: number;
  /** How an encrypted one is opened; absent where none is accepted. */
  readonly decryption?: DecryptionRules;
  readonly encryption: 'off' | 'optional' | 'required';
  /** By which claim it names its client; `client_id` unless told (CIBA section 7.1.1 has `iss` alone). */
  readonly names?: 'client_id' | 'iss';
}

/** A request object that was proved: its claims, and what proves it later. */
export interface VerifiedRequestObject {
  readonly claims: JsonObject;
  /** The signed object itself, taken out of its encryption. */
  readonly compact: string;
  readonly alg: string;
  /** The key that verified it. */
  readonly key: PublicKey;
  /** Its `jti`, where it has one: to be spent by whoever accepts it once. */
  readonly replay: ReplayClaim | undefined;
}

/**
 * Proves a request object of `client` (RFC 9101 sections 6.1 and 6.2; JR-03, JR-05..08, MS-JAR-04..11, F1A-AS-06..08).
 * Every refusal is `invalid_request_object`. What the parameters themselves say is judged elsewhere.
 */
export async function verifyRequestObject(object: string, rules: RequestObjectRules): Promise<VerifiedRequestObject> {
  const compact = await opened(object, rules);
  const { header, claims, key } = await proveSignature(compact, rules);
  verifyParties(claims, rules);
  verifyAudience(claims, rules);
  const exp = verifyTimes(claims, rules);
  verifyPresent(claims, rules);
  for (const name of ['request', 'request_uri']) if (Object.hasOwn(claims, name)) throw refuse(`${name} cannot stand inside`, 'JR-03');
  return { claims, compact, alg: header.alg, key, replay: replayOf(claims, exp, rules) };
}

const refuse = (what: string, rule: RuleId, cause?: unknown): OAuthError => invalidRequestObject(`request object: ${what}`, rule, cause);

/** Decrypts where it is encrypted; nothing but a signed object may be inside (JR-05, JR-06). */
async function opened(object: string, { client, encryption, decryption }: RequestObjectRules): Promise<string> {
  if (!looksEncrypted(object)) {
    if (encryption === 'required' || client.request_object_encryption_alg !== undefined) throw refuse('it must be encrypted to this server', 'JR-06');
    return object;
  }
  if (encryption === 'off' || !decryption) throw refuse('encrypted ones are not accepted here', 'JR-06');
  try {
    return await decryptToJws(object, registeredOnly(client, decryption));
  } catch (cause) {
    throw cause instanceof JweError ? refuse(cause.message, 'JR-06', cause) : cause;
  }
}

/** What the client registered is all it may use. */
function registeredOnly({ request_object_encryption_alg: alg, request_object_encryption_enc: enc }: Client, decryption: DecryptionRules): DecryptionRules {
  return {
    ...decryption,
    ...(alg === undefined ? {} : { algs: decryption.algs.filter((one) => one === alg) }),
    ...(enc === undefined ? {} : { contentAlgs: decryption.contentAlgs.filter((one) => one === enc) }),
  };
}

async function proveSignature(compact: string, { client, algs, keys, types }: RequestObjectRules): Promise<VerifiedJws> {
  const registered = client.request_object_signing_alg;
  const allowed = registered === undefined ? algs : algs.filter((alg) => sameAlgorithm(alg, registered));
  try {
    const jws = parseJws(compact);
    // RFC 8725 section 3.11: a JWT made for another purpose says so in `typ`.
    if (!types.includes(mediaType(jws.header.typ ?? ''))) throw refuse('typ is of another kind of JWT', 'JR-08');
    return await verifyParsedJws(jws, { algs: allowed, keys });
  } catch (cause) {
    if (cause instanceof JwsError) throw refuse(cause.message, cause.reason === 'algorithm' ? 'MS-JAR-08' : 'JR-05', cause);
    if (cause instanceof KeySetError) throw refuse('the registered keys cannot be read at the moment', 'JR-05', cause);
    throw cause;
  }
}

/** `typ` is a media type, case-insensitive, its `application/` prefix optional (RFC 7515 section 4.1.9). */
const mediaType = (typ: string): string => typ.toLowerCase().replace(/^application\//, '');

/** `client_id` is a parameter and must be there; `iss` should, and must then agree (RFC 9101 section 4, MS-JAR-10). */
function verifyParties(claims: JsonObject, { client, names = 'client_id' }: RequestObjectRules): void {
  if (claims['client_id'] !== client.client_id && (names === 'client_id' || claims['client_id'] !== undefined)) throw refuse('client_id is missing or of another client', 'JR-02');
  if (claims['iss'] !== undefined && claims['iss'] !== client.client_id) throw refuse('iss must be the client_id', 'MS-JAR-10');
}

function verifyAudience({ aud }: JsonObject, { issuer, claims }: RequestObjectRules): void {
  if (aud === undefined && !claims.includes('aud')) return;
  const named: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!named.every((one) => typeof one === 'string') || !named.includes(issuer)) throw refuse('aud must be the issuer identifier', 'MS-JAR-04');
}

/** Returns `exp`, where there is one. */
function verifyTimes(claims: JsonObject, { now, maxAge, maxLifetime, clockSkew }: RequestObjectRules): number | undefined {
  const present = secondsOf(now);
  for (const name of ['iat', 'nbf', 'exp']) if (!isAbsentOrDate(claims, name)) throw refuse(`${name} is malformed`, name === 'exp' ? 'MS-JAR-06' : 'MS-JAR-05');
  const { nbf, exp, iat } = { nbf: numericDate(claims, 'nbf'), exp: numericDate(claims, 'exp'), iat: numericDate(claims, 'iat') };
  if (nbf !== undefined && nbf < present - maxAge) throw refuse('nbf lies too far in the past', 'MS-JAR-05');
  if (nbf !== undefined && nbf > present + clockSkew) throw refuse('nbf lies in the future', 'MS-JAR-05');
  if (iat !== undefined && iat > present + clockSkew) throw refuse('iat lies in the future', 'F2-AS-13');
  if (exp === undefined) return undefined;
  if (exp <= present) throw refuse('it has expired', 'MS-JAR-06');
  if (exp - (nbf ?? present) > maxLifetime) throw refuse('exp lies too far from nbf', 'MS-JAR-06');
  return exp;
}

const ruleOfMissing: Readonly<Record<string, RuleId>> = { exp: 'MS-JAR-06', nbf: 'MS-JAR-05', aud: 'MS-JAR-04', iss: 'MS-JAR-10', jti: 'MS-JAR-14' };

function verifyPresent(claims: JsonObject, { claims: required }: RequestObjectRules): void {
  for (const name of required) if (claims[name] === undefined) throw refuse(`${name} is required`, ruleOfMissing[name] ?? 'JR-07');
}

/** MS-JAR-14: optional; without an end there is no telling how long to remember it. */
function replayOf(claims: JsonObject, exp: number | undefined, { client, issuer, clockSkew }: RequestObjectRules): ReplayClaim | undefined {
  if (claims['jti'] === undefined || exp === undefined) return undefined;
  const jti = text(claims, 'jti');
  if (jti === undefined || jti.length > maxJtiLength) throw refuse('jti is malformed', 'MS-JAR-14');
  return replayClaim('request_object', [issuer, client.client_id, jti], new Date(Math.ceil(exp + clockSkew) * 1000));
}

/**
 * The client a request object speaks of, before anything is proved: only good for looking up whose keys to try.
 * `undefined` when the text is encrypted, no JWT or names nobody. One for the back channel may name it as `iss` alone.
 */
export function clientIdOfRequestObject(object: string): string | undefined {
  try {
    const claims = parseJws(object).payload();
    return text(claims, 'client_id') ?? text(claims, 'iss');
  } catch {
    return undefined;
  }
}
