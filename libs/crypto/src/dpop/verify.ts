import { invalidDpopProof, useDpopNonce, type OAuthError, type ReplayClaim, type RuleId, type SigningAlg } from '@assent/protocol';
import { isAbsentOrDate, numericDate, oneTimeId, secondsOf, text } from '../claims.js';
import { JwsError } from '../jws/jws-error.js';
import { parseJws, type ParsedJws } from '../jws/parse.js';
import { allowedAlg, proveSignature } from '../jws/verify.js';
import { replayClaim } from '../replay.js';
import type { JsonObject } from '../strict-json.js';
import { normaliseHtu } from './htu.js';
import { accessTokenHash } from './issue.js';
import { proofKey } from './proof-key.js';

export interface DpopRules {
  readonly method: string;
  /** The public URL of the request; query and fragment do not count. */
  readonly url: string;
  readonly algs: readonly SigningAlg[];
  readonly now: Date;
  /** Seconds `iat` may lie behind. */
  readonly maxAge: number;
  /** Seconds `iat` may lie ahead. */
  readonly clockSkew: number;
  /** At a resource: the token presented, whose hash the proof must carry. */
  readonly accessToken?: string;
  /** When a server nonce is required: judges the proof's (`DpopNonces.check`). */
  readonly nonce?: (nonce: string | undefined) => 'ok' | 'missing' | 'stale';
}

export interface ProvedDpop {
  /** RFC 7638 thumbprint of the proof's key. */
  readonly jkt: string;
  /** What the caller must spend. */
  readonly replay: ReplayClaim;
}

/**
 * Proves one DPoP proof against one request (RFC 9449 section 4.3; F2-DP-01..11, F2-DP-18). Throws `invalid_dpop_proof`,
 * or `use_dpop_nonce` for a proof that is good but for its nonce (F2-DP-13). That the key is the one a token is bound to (F2-DP-12) is the
 * caller's to compare.
 */
export async function verifyDpopProof(proof: string, rules: DpopRules): Promise<ProvedDpop> {
  const { jkt, claims } = proveKey(proof, rules.algs);
  const jti = oneTimeId(claims);
  if (jti === undefined) throw refuse('jti is missing or malformed', 'F2-DP-06');
  if (claims['htm'] !== rules.method) throw refuse('htm is not the method of the request', 'F2-DP-06');
  const htu = verifyUrl(claims, rules.url);
  const iat = verifyTimes(claims, rules);
  verifyTokenHash(claims, rules.accessToken);
  verifyNonce(claims, rules.nonce);
  // Until every process, whatever its clock, would refuse the proof for its age.
  const expiresAt = new Date(Math.ceil(iat + rules.maxAge + rules.clockSkew) * 1000);
  return { jkt, replay: replayClaim('dpop_proof', [jkt, htu, jti], expiresAt) };
}

const refuse = (what: string, rule: RuleId, cause?: unknown): OAuthError => invalidDpopProof(`DPoP proof: ${what}`, rule, cause);

const ruleOf = { malformed: 'F2-DP-01', algorithm: 'F2-DP-03', key: 'F2-DP-04', signature: 'F2-DP-04' } as const;

function proveKey(proof: string, algs: readonly SigningAlg[]): { jkt: string; claims: JsonObject } {
  try {
    const jws = parseJws(proof);
    verifyType(jws);
    const alg = allowedAlg(jws.header, algs);
    const { jkt, key, remember } = proofKey(jws.header['jwk']);
    const { claims } = proveSignature(jws, alg, [key]);
    remember();
    return { jkt, claims };
  } catch (cause) {
    if (cause instanceof JwsError) throw refuse(cause.message, ruleOf[cause.reason], cause);
    throw cause;
  }
}

/** A media type: case-insensitive, `application/` optional (RFC 7515 section 4.1.9). */
function verifyType({ header }: ParsedJws): void {
  if (header.typ?.toLowerCase().replace(/^application\//, '') !== 'dpop+jwt') throw refuse('typ must be dpop+jwt', 'F2-DP-02');
}

function verifyUrl(claims: JsonObject, url: string): string {
  const expected = normaliseHtu(url);
  if (expected === undefined) throw refuse('no proof can be made for the URL of this request', 'F2-DP-08');
  const htu = text(claims, 'htu');
  if (htu === undefined) throw refuse('htu is missing or malformed', 'F2-DP-06');
  if (htu !== expected && normaliseHtu(htu) !== expected) throw refuse('htu is not the URL of the request', 'F2-DP-08');
  return expected;
}

function verifyTimes(claims: JsonObject, { now, maxAge, clockSkew }: DpopRules): number {
  const present = secondsOf(now);
  const iat = numericDate(claims, 'iat');
  if (iat === undefined) throw refuse('iat is missing or malformed', 'F2-DP-06');
  if (iat < present - maxAge) throw refuse('it is too old', 'F2-DP-09');
  if (iat > present + clockSkew) throw refuse('iat lies in the future', 'F2-DP-09');
  if (!isAbsentOrDate(claims, 'exp') || !isAbsentOrDate(claims, 'nbf')) throw refuse('exp or nbf is malformed', 'F2-DP-06');
  if ((numericDate(claims, 'exp') ?? Infinity) <= present) throw refuse('it has expired', 'F2-DP-09');
  if ((numericDate(claims, 'nbf') ?? 0) > present + clockSkew) throw refuse('nbf lies in the future', 'F2-DP-09');
  return iat;
}

function verifyTokenHash(claims: JsonObject, accessToken: string | undefined): void {
  if (accessToken !== undefined && claims['ath'] !== accessTokenHash(accessToken)) throw refuse('ath is not the hash of the access token', 'F2-DP-11');
}

function verifyNonce(claims: JsonObject, judge: DpopRules['nonce']): void {
  if (!judge) return;
  const nonce = claims['nonce'];
  if (nonce !== undefined && typeof nonce !== 'string') throw refuse('nonce is malformed', 'F2-DP-13');
  const verdict = judge(nonce);
  if (verdict !== 'ok') throw useDpopNonce(verdict === 'missing' ? 'a nonce is required' : 'the nonce is no longer valid', 'F2-DP-13');
}
