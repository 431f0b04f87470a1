import { invalidToken, type AccessTokenFacts, type AuthorizationDetail, type Confirmation, type OAuthError, type RuleId, type SigningAlg } from '@assent/protocol';
import { numericDate, secondsOf, text } from '../claims.js';
import { JwsError } from '../jws/jws-error.js';
import { parseJws, type ParsedJws } from '../jws/parse.js';
import { verifyParsedJws, type KeyFinder } from '../jws/verify.js';
import { isObject, type JsonObject } from '../strict-json.js';

export interface AccessTokenRules {
  readonly issuer: string | readonly string[];
  /** The resource identifier that must be among the audience; `undefined` where any audience of the issuer will do. */
  readonly audience?: string;
  readonly algs: readonly SigningAlg[];
  readonly keys: KeyFinder;
  readonly now: Date;
  /** Whether a token that names no confirmation is taken for a bearer token; unless told, it is refused. */
  readonly bearer?: boolean;
  /** Seconds `iat` and `nbf` may lie ahead; 30 unless told (F2-AS-13). */
  readonly clockSkew?: number;
}

export type VerifiedAccessToken = AccessTokenFacts & { readonly claims: JsonObject };

/**
 * Proves a JWT access token: type, signature, issuer, audience, times, and exactly one confirmation method (RFC 9068
 * section 4; AT-01, AT-02, AT-05, AT-06, F2-RS-05). Throws `invalid_token`. Revocation and the match of `cnf` with the
 * presented key or certificate are the caller's. Errors of the key source pass through.
 */
export async function verifyAccessToken(token: string, rules: AccessTokenRules): Promise<VerifiedAccessToken> {
  const claims = await proveSignature(token, rules);
  const issuers: readonly string[] = typeof rules.issuer === 'string' ? [rules.issuer] : rules.issuer;
  const issuer = required(claims, 'iss');
  if (!issuers.includes(issuer)) throw refuse('of another issuer', 'AT-05');
  const audience = audienceOf(claims);
  if (rules.audience !== undefined && !audience.includes(rules.audience)) throw refuse('for another audience', 'AT-05');
  return { ...identityOf(claims), ...grantOf(claims), ...timesOf(claims, rules), issuer, audience, confirmation: confirmationOf(claims, rules.bearer ?? false), claims };
}

const refuse = (what: string, rule: RuleId, cause?: unknown): OAuthError => invalidToken(`access token: ${what}`, rule, cause);

async function proveSignature(token: string, { algs, keys }: AccessTokenRules): Promise<JsonObject> {
  try {
    const jws = parseJws(token);
    verifyType(jws);
    return (await verifyParsedJws(jws, { algs, keys })).claims;
  } catch (cause) {
    if (cause instanceof JwsError) throw refuse(cause.message, cause.reason === 'algorithm' ? 'AT-01' : 'AT-05', cause);
    throw cause;
  }
}

function verifyType({ header }: ParsedJws): void {
  if (header.typ?.toLowerCase().replace(/^application\//, '') !== 'at+jwt') throw refuse('not a JWT access token', 'AT-01');
}

function identityOf(claims: JsonObject) {
  const optional = (name: string) => (claims[name] === undefined ? undefined : required(claims, name));
  const acr = optional('acr');
  const scope = optional('scope');
  return {
    jti: required(claims, 'jti'),
    clientId: required(claims, 'client_id'),
    subject: required(claims, 'sub'),
    scope: scope === undefined ? [] : scope.split(' ').filter((value) => value !== ''),
    ...(acr === undefined ? {} : { acr }),
  };
}

/** The grant behind the token, and what it permits in detail (RFC 9396 section 9.1). */
function grantOf(claims: JsonObject): Pick<AccessTokenFacts, 'grantId' | 'grantVersion' | 'authorizationDetails'> {
  const { grant_id: id, grant_version: version, authorization_details: details } = claims;
  if (version !== undefined && !(Number.isSafeInteger(version) && (version as number) > 0)) throw refuse('grant_version is malformed', 'AT-02');
  if (details !== undefined && !isDetails(details)) throw refuse('authorization_details is malformed', 'AT-02');
  return {
    ...(id === undefined ? {} : { grantId: required(claims, 'grant_id') }),
    ...(version === undefined ? {} : { grantVersion: version as number }),
    ...(details === undefined ? {} : { authorizationDetails: details }),
  };
}

const isDetails = (value: unknown): value is readonly AuthorizationDetail[] => Array.isArray(value) && value.every((one) => isObject(one) && typeof one['type'] === 'string');

function timesOf(claims: JsonObject, { now, clockSkew = 30 }: AccessTokenRules) {
  const date = (name: string): number => {
    const value = numericDate(claims, name);
    if (value === undefined) throw refuse(`${name} is missing or malformed`, 'AT-02');
    return value;
  };
  const present = secondsOf(now);
  const exp = date('exp');
  const iat = date('iat');
  if (exp <= present) throw refuse('it has expired', 'AT-05');
  if (iat > present + clockSkew) throw refuse('iat lies in the future', 'F2-AS-13');
  if (claims['nbf'] !== undefined && date('nbf') > present + clockSkew) throw refuse('nbf lies in the future', 'F2-AS-13');
  const authTime = claims['auth_time'] === undefined ? undefined : new Date(date('auth_time') * 1000);
  return { issuedAt: new Date(iat * 1000), expiresAt: new Date(exp * 1000), ...(authTime ? { authTime } : {}) };
}

function required(claims: JsonObject, name: string): string {
  const value = text(claims, name);
  if (value === undefined) throw refuse(`${name} is missing or malformed`, 'AT-02');
  return value;
}

function audienceOf({ aud }: JsonObject): readonly string[] {
  const named: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (named.length === 0 || !named.every((one) => typeof one === 'string' && one !== '')) throw refuse('aud is missing or malformed', 'AT-02');
  return named as string[];
}

/** Exactly one way to prove possession: a token that names none, both or another one is not ours to honour (F2-RS-05). */
function confirmationOf({ cnf }: JsonObject, bearer: boolean): Confirmation | undefined {
  if (cnf === undefined && bearer) return undefined;
  const [method, ...more] = isObject(cnf) ? Object.keys(cnf) : [];
  const value = isObject(cnf) && method !== undefined ? cnf[method] : undefined;
  if (more.length > 0 || typeof value !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(value)) throw refuse('not bound to its sender', 'F2-RS-05');
  if (method === 'jkt') return { jkt: value };
  if (method === 'x5t#S256') return { 'x5t#S256': value };
  throw refuse('not bound to its sender', 'F2-RS-05');
}
