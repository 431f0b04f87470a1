import { parseJws, verifyAccessToken } from '@assent/crypto';
import { invalidToken, OAuthError, type AccessTokenFacts, type Clock, type SigningAlg } from '@assent/protocol';
import type { Introspection } from './introspection.js';
import type { Issuer } from './issuer.js';
import type { Verification } from './options.js';

/** What a good token says. */
export interface ReadToken {
  readonly facts: AccessTokenFacts;
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface Source {
  readonly issuer: Issuer;
  readonly introspection: Introspection | undefined;
  /** Whether tokens of this issuer may be bound to nobody. */
  readonly bearer: boolean;
}

const compactJws = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Reads access tokens: JWTs with the issuer's keys (RFC 9068 section 4), others by asking (RFC 7662). */
export class TokenReader {
  constructor(
    private readonly sources: readonly Source[],
    private readonly options: { readonly verification: Verification; readonly resource: string; readonly algs: readonly SigningAlg[]; readonly clock: Clock },
  ) {}

  /** Resolves with what a good token says; rejects with `invalid_token`, or 503 when that cannot be known. */
  read(token: string): Promise<ReadToken> {
    const { verification } = this.options;
    const isJwt = compactJws.test(token);
    if (verification === 'jwt' || (verification === 'jwt-or-introspection' && isJwt)) return this.#verify(token);
    const sources = isJwt ? [this.#issuerOf(token)] : this.sources;
    return this.#introspect(token, sources);
  }

  async #verify(token: string): Promise<ReadToken> {
    const { issuer, bearer } = this.#issuerOf(token);
    const { resource, algs, clock } = this.options;
    const { claims, ...facts } = await verifyAccessToken(token, { issuer: issuer.identifier, audience: resource, algs, keys: issuer.keys, bearer, now: clock.now() });
    return { facts, claims };
  }

  /** Which issuer's keys (or endpoint) apply; the claim is trusted for nothing else. */
  #issuerOf(token: string): Source {
    const [first, ...more] = this.sources;
    if (first && more.length === 0) return first;
    const iss = claimedIssuer(token);
    const source = this.sources.find(({ issuer }) => issuer.identifier === iss);
    if (!source) throw invalidToken('the access token is of an unknown issuer', 'AT-05');
    return source;
  }

  /** An opaque token does not say whose it is: each issuer is asked until one knows it. */
  async #introspect(token: string, sources: readonly Source[]): Promise<ReadToken> {
    let refusal: OAuthError | undefined;
    for (const { introspection } of sources) {
      if (!introspection) continue;
      try {
        return await introspection.read(token);
      } catch (error) {
        if (!(error instanceof OAuthError)) throw error;
        // Not knowing outweighs a no: the silent issuer may be the one.
        if (refusal?.status !== 503) refusal = error;
      }
    }
    throw refusal ?? invalidToken('the access token is not active', 'F2-RS-03');
  }
}

function claimedIssuer(token: string): unknown {
  try {
    return (parseJws(token).payload() as { readonly iss?: unknown }).iss;
  } catch (error) {
    throw invalidToken('the access token is malformed', 'AT-05', error);
  }
}
