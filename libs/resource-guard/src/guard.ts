import { setTimeout as sleep } from 'node:timers/promises';
import { insufficientScope, invalidDpopProof, invalidSignature, invalidToken, OAuthError, systemClock, temporarilyUnavailable, type Clock, type ReplayClaim, type ReplayStore, type RevocationFeed, type SigningAlg } from '@assent/protocol';
import { bareChallenges, challenged, type ChallengeFacts } from './challenge.js';
import { verifyConstraint, type ConstraintOptions } from './constraint.js';
import { httpPorts } from './http-ports.js';
import { askingAs, Introspection } from './introspection.js';
import { Issuer } from './issuer.js';
import { describeResource, metadataUrlOf, type ProtectedResourceMetadata } from './metadata.js';
import type { ResourceGuardOptions, ResourceRequest, VerifiedAccess } from './options.js';
import { MemoryReplayStore } from './replay.js';
import { readCredentials, type Credentials } from './request.js';
import { SignedExchanges } from './signatures/exchanges.js';
import type { Answer } from './signatures/options.js';
import type { Fields } from '@assent/http-signatures';
import { TokenReader, type ReadToken } from './token-reader.js';

export interface ResourceGuard {
  readonly resource: string;
  /** Path and query of the metadata document on this server (PRM-01). */
  readonly metadataPath: string;
  metadata(): ProtectedResourceMetadata;
  /**
   * Judges one request. Resolves with what its token proved; rejects with an `OAuthError` whose `status`, `headers`
   * (`WWW-Authenticate`, `DPoP-Nonce`, `Retry-After`) and `body()` are the answer to send:
   * 400 `invalid_request`, 401 `invalid_token` | `invalid_dpop_proof` | `use_dpop_nonce` | `invalid_signature`, 403 `insufficient_scope`,
   * 503 when the guard cannot know (issuer unreachable, revocations unknown).
   */
  verify(request: ResourceRequest): Promise<VerifiedAccess>;
  /** A refusal decided later, behind `verify`, with the challenge for the scheme the request used; `scope`: what a 403 asks for. */
  challenge(error: OAuthError, access: VerifiedAccess, scope?: readonly string[]): OAuthError;
  /** Whether answers may have to be signed. */
  readonly signsAnswers: boolean;
  /**
   * The fields that sign an answer, refusals included, bound to its request (FAPI 2.0 HTTP Signatures 5.3.2);
   * `undefined` for an answer that is not to be signed. `request` is the one that was verified, or of the same `exchange`.
   */
  sign(request: ResourceRequest, answer: Answer): Promise<Fields | undefined>;
}

const fapiAlgs: readonly SigningAlg[] = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** Builds a guard; throws `TypeError` when the options cannot be kept (no issuer, JWTs without a feed, …). */
export function createResourceGuard(options: ResourceGuardOptions): ResourceGuard {
  checkOptions(options);
  const { resource, clock = systemClock, constraints = ['dpop', 'mtls'], algs = fapiAlgs, dpop = {} } = options;
  const metadataUrl = metadataUrlOf(resource);
  const publicUrl = (options.publicUrl ?? new URL(resource).origin).replace(/\/+$/, '');
  const facts: Facts = {
    tokens: tokenReader(options, algs, clock),
    constraint: { constraints, algs, publicUrl, dpop, clock },
    challenge: { schemes: constraints.map((each) => (each === 'dpop' ? 'DPoP' : 'Bearer')), algs, metadataUrl },
    replay: options.replay ?? new MemoryReplayStore({ clock }),
    signatures: options.httpSignatures && new SignedExchanges(options.httpSignatures, publicUrl, clock),
    feed: options.feed,
    maxFeedAgeMs: options.maxFeedAgeMs ?? 1000,
    serves: options.serves,
    refuseRevoked: options.refuseRevoked,
  };
  const metadata = describeResource({
    resource,
    issuers: options.issuers.map(({ issuer }) => issuer),
    constraints,
    algs,
    description: options.description ?? {},
  });
  return {
    resource,
    metadataPath: metadataUrl.slice(new URL(metadataUrl).origin.length),
    metadata: () => metadata,
    verify: (request) => verify(request, facts),
    signsAnswers: facts.signatures !== undefined,
    sign: async (request, answer) => facts.signatures?.sign(request, answer),
    challenge: (error, { scheme }, scope = []) => challenged(error, facts.challenge, scheme, scope),
  };
}

interface Facts {
  readonly tokens: TokenReader;
  readonly constraint: ConstraintOptions;
  readonly challenge: ChallengeFacts;
  readonly replay: ReplayStore;
  readonly signatures: SignedExchanges | undefined;
  readonly feed: RevocationFeed | undefined;
  readonly maxFeedAgeMs: number;
  readonly serves: ResourceGuardOptions['serves'];
  readonly refuseRevoked: ResourceGuardOptions['refuseRevoked'];
}

async function verify(request: ResourceRequest, facts: Facts): Promise<VerifiedAccess> {
  let credentials: Credentials | undefined;
  try {
    credentials = readCredentials(request);
    if (!credentials) throw unauthenticated(facts.challenge);
    return await judge(credentials, request, facts);
  } catch (error) {
    throw answerTo(error, credentials, request, facts);
  }
}

/** The order of validation. Each step takes what the one before proved. */
async function judge(credentials: Credentials, request: ResourceRequest, facts: Facts): Promise<VerifiedAccess> {
  const token = await facts.tokens.read(credentials.token); // RFC 9068 section 4, RFC 7662
  const proof = await verifyConstraint(credentials, token.facts.confirmation, request, facts.constraint); // RFC 9449, RFC 8705
  const signed = await facts.signatures?.verify(request, { ...token.facts, claims: token.claims }); // FAPI 2.0 HTTP Signatures 5.3.1.2
  await spend([proof, signed?.nonce], facts);
  await signed?.keep();
  await verifyNotRevoked(token, facts); // last but scope: nothing is awaited between its look and the answer
  if (facts.serves && !facts.serves(token.facts)) throw invalidToken('the client of this access token is not served any more', 'ASSENT-RG-03');
  verifyScope(token, request);
  return { ...token.facts, scheme: credentials.scheme, claims: token.claims };
}

async function spend(found: readonly (ReplayClaim | undefined)[], { replay }: Facts): Promise<void> {
  const claims = found.filter((claim) => claim !== undefined);
  if (claims.length === 0) return;
  const spent = await replay.spend(claims);
  if (spent.outcome !== 'replayed') return;
  throw spent.kind === 'http_signature' ? invalidSignature('the nonce of the signature was used before', 'HS-SB-07') : invalidDpopProof('the DPoP proof was used before', 'F2-DP-10');
}

/** F2-RS-03. A feed that has fallen behind cannot vouch for anything: no stale yes. */
async function verifyNotRevoked({ facts: token }: ReadToken, { feed, maxFeedAgeMs, refuseRevoked }: Facts): Promise<void> {
  if (!feed) return;
  if (feed.age() > maxFeedAgeMs && !(await catchesUp(feed, maxFeedAgeMs))) {
    throw temporarilyUnavailable('revocations cannot be checked at the moment', 'ASSENT-RG-02').withHeaders({ 'Retry-After': '1' });
  }
  if (feed.isRevoked(token)) throw (await refuseRevoked?.(token)) ?? invalidToken('the access token was revoked', 'F2-RS-03');
}

/** After a stall of this process the feed looks old until its next read, which is under way: that is worth a moment. */
async function catchesUp(feed: RevocationFeed, maxFeedAgeMs: number): Promise<boolean> {
  for (let waits = 0; waits < 12; waits += 1) {
    await sleep(25);
    if (feed.age() <= maxFeedAgeMs) return true;
  }
  return false;
}

/** F2-RS-04. */
function verifyScope({ facts: token }: ReadToken, { requiredScopes = [], requireGrant = false }: ResourceRequest): void {
  if (!requiredScopes.every((scope) => token.scope.includes(scope))) throw insufficientScope('the access token does not cover this request', 'F2-RS-04');
  if (requireGrant && token.grantId === undefined) throw insufficientScope('no customer stands behind this access token', 'F2-RS-04');
}

/** The refusal as the answer to send. Anything but an `OAuthError` is a bug and passes through. */
function answerTo(error: unknown, credentials: Credentials | undefined, request: ResourceRequest, facts: Facts): unknown {
  if (!(error instanceof OAuthError) || 'WWW-Authenticate' in error.headers) return error;
  const answer = challenged(error, facts.challenge, credentials?.scheme, request.requiredScopes ?? []);
  const { clock, dpop } = facts.constraint;
  return error.code === 'use_dpop_nonce' && dpop.nonces ? answer.withHeaders({ 'DPoP-Nonce': dpop.nonces.issue(clock.now()) }) : answer;
}

/** RFC 6750 section 3.1: a request without a token learns which schemes serve, and of no error. */
const unauthenticated = (facts: ChallengeFacts): OAuthError =>
  invalidToken('an access token is needed', 'F2-RS-01').withHeaders({ 'WWW-Authenticate': bareChallenges(facts) });

function tokenReader(options: ResourceGuardOptions, algs: readonly SigningAlg[], clock: Clock): TokenReader {
  const { resource, verification, http = httpPorts() } = options;
  const cacheMs = Math.min(options.introspectionCacheMs ?? 1000, 1000);
  const sources = options.issuers.map((trusted) => {
    const issuer = new Issuer(trusted, http, clock);
    const { introspection } = trusted;
    const ask = typeof introspection === 'object' ? askingAs(introspection, algs, issuer, http, clock) : introspection;
    const bearer = trusted.bearerTokens ?? false;
    return { issuer, bearer, introspection: ask && new Introspection(ask, { issuer: issuer.identifier, resource, bearer, cacheMs, clock }) };
  });
  return new TokenReader(sources, { verification, resource, algs, clock });
}

function checkOptions({ resource, issuers, verification, feed, constraints }: ResourceGuardOptions): void {
  if (!URL.canParse(resource) || resource.includes('#')) throw new TypeError('resource must be an absolute URL without a fragment (RFC 8707 section 2)');
  if (issuers.length === 0) throw new TypeError('name at least one issuer');
  if (constraints?.length === 0) throw new TypeError('accept at least one sender constraint (FAPI 2.0 SP 5.3.4)');
  if (verification !== 'introspection' && !feed) throw new TypeError('reading JWTs locally needs a revocation feed (F2-RS-03)');
  if (verification !== 'jwt' && !issuers.some(({ introspection }) => introspection)) throw new TypeError('introspection needs a client at one issuer at least');
}
