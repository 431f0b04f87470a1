import { OAuthError } from '@assent/protocol';
import type { Scheme } from './options.js';

/** What every challenge of one guard repeats. */
export interface ChallengeFacts {
  /** Schemes offered, preferred one first. */
  readonly schemes: readonly Scheme[];
  readonly algs: readonly string[];
  readonly metadataUrl: string;
}

interface Parameters {
  readonly error?: string;
  readonly error_description?: string;
  readonly scope?: string;
  readonly resource_metadata?: string;
}

/**
 * Turns a refusal into the answer a caller gets: the status of the protected resource (a proof's fault is 401 here,
 * 400 at the token endpoint) and the `WWW-Authenticate` challenges of RFC 6750 section 3, RFC 9449 section 7.1 and
 * RFC 9728 section 5.1. `scheme` is what the request used; without one, every offered scheme is challenged.
 */
export function challenged(error: OAuthError, facts: ChallengeFacts, scheme: Scheme | undefined, scope: readonly string[]): OAuthError {
  const status = error.code === 'invalid_dpop_proof' || error.code === 'use_dpop_nonce' ? 401 : error.status;
  if (status !== 400 && status !== 401 && status !== 403) return error;
  const parameters = {
    error: error.code,
    error_description: error.description,
    ...(status === 403 && scope.length > 0 && { scope: scope.join(' ') }),
    ...(status === 401 && { resource_metadata: facts.metadataUrl }),
  };
  const { code, description, rule, cause } = error;
  const challenges = (scheme ? [scheme] : facts.schemes).map((each) => challenge(each, facts, parameters));
  // A bound token under Bearer: say under which scheme it would be good (RFC 9449 section 7.2).
  if (rule === 'F2-DP-20' && scheme === 'Bearer') challenges.push(challenge('DPoP', facts, {}));
  const headers = { ...error.headers, 'WWW-Authenticate': challenges.join(', ') };
  return new OAuthError({ code, status, description, rule, cause, headers });
}

/** The bare challenges for a request without a token: no error is named (RFC 6750 section 3.1). */
export const bareChallenges = (facts: ChallengeFacts): string =>
  facts.schemes.map((scheme) => challenge(scheme, facts, { resource_metadata: facts.metadataUrl })).join(', ');

function challenge(scheme: Scheme, facts: ChallengeFacts, parameters: Parameters): string {
  const all = { ...parameters, ...(scheme === 'DPoP' && { algs: facts.algs.join(' ') }) };
  // Values are free of quotes and backslashes: OAuthError cleans descriptions, the rest is our own.
  const list = Object.entries(all).map(([name, value]) => `${name}="${value}"`);
  return `${scheme} ${list.join(', ')}`;
}
