import type { DecryptionRules, FetchJson, PublicKey, SigningKey } from '@assent/crypto';
import type { AccessTokenFacts, Clock, OAuthError, ReplayStore, RevocationFeed, SigningAlg } from '@assent/protocol';
import type { ResourceDescription } from './metadata.js';
import type { HttpSignatureOptions } from './signatures/options.js';

export type Scheme = 'DPoP' | 'Bearer';
export type Verification = 'jwt' | 'introspection' | 'jwt-or-introspection';

/** An authorization server whose tokens are accepted, by its issuer identifier (RFC 8414 section 2). */
export interface TrustedIssuer {
  readonly issuer: string;
  /** Fixed verification keys. Without them the metadata document names a `jwks_uri`, and the key set is fetched. */
  readonly keys?: readonly PublicKey[];
  /** Where the metadata document lies; default: the RFC 8414 location of `issuer`. Its `issuer` must match either way. */
  readonly metadataUrl?: string;
  /** Takes tokens of this issuer that are bound to nobody (FAPI 1.0 Baseline); unless told, they are refused. */
  readonly bearerTokens?: boolean;
  /** How to ask about tokens (RFC 7662): as a client authenticated with `private_key_jwt`, or in a way of your own. */
  readonly introspection?: IntrospectionClient | AskAboutToken;
}

/** Answers with the members of RFC 7662 section 2.2; rejects when it cannot know. */
export type AskAboutToken = (token: string) => Promise<Readonly<Record<string, unknown>>>;

export interface IntrospectionClient {
  readonly clientId: string;
  readonly key: SigningKey;
  /** Default: `introspection_endpoint` of the issuer's metadata. */
  readonly endpoint?: string;
  /** Asks for signed answers (RFC 9701) and believes no others. */
  readonly signed?: boolean;
  /** Opens answers that are encrypted to us as well. */
  readonly decryption?: DecryptionRules;
}

/** Outbound HTTP, as two ports: the caller decides about trust anchors, time and size limits. */
export interface HttpPorts {
  readonly fetchJson: FetchJson;
  /**
   * POSTs a form and returns status and body: parsed JSON, or the text of an answer of the type that was asked for by
   * `accept`. Rejects when there is no HTTP answer.
   */
  postForm(url: string, form: URLSearchParams, accept?: string): Promise<{ readonly status: number; readonly body: unknown }>;
}

/** Server nonces for DPoP proofs (RFC 9449 section 9); `DpopNonces` of `@assent/crypto` is one. */
export interface NonceIssuer {
  issue(now: Date): string;
  check(nonce: string | undefined, now: Date): 'ok' | 'missing' | 'stale';
}

export interface DpopOptions {
  /** How far in the past a proof's `iat` may lie; default 60 s. */
  readonly maxAgeSeconds?: number;
  /** How far in the future; default 30 s, never more than 60 (F2-DP-09). */
  readonly clockSkewSeconds?: number;
  /** Given: every proof must carry a nonce of this issuer. */
  readonly nonces?: NonceIssuer;
}

export interface ResourceGuardOptions {
  /** The resource identifier access tokens must name as audience (RFC 8707, RFC 9728). */
  readonly resource: string;
  /** Origin under which callers know this server, for the `htu` of proofs; default: the origin of `resource`. */
  readonly publicUrl?: string;
  readonly issuers: readonly TrustedIssuer[];
  /** Whether tokens are read locally (RFC 9068), asked about (RFC 7662), or whichever fits the token. */
  readonly verification: Verification;
  /** What was revoked, in memory. Required wherever JWTs are read locally. */
  readonly feed?: RevocationFeed;
  /** Whether a client is still served: tokens of one that was suspended or deleted are refused. */
  readonly serves?: (caller: { readonly issuer: string; readonly clientId: string }) => boolean;
  /** What a token that was revoked is refused with, where that is to be told apart; asked of such tokens alone. `undefined`: `invalid_token`. */
  readonly refuseRevoked?: (token: AccessTokenFacts) => Promise<OAuthError | undefined>;
  /** Older than this the feed counts as unknown and requests are answered 503; default 1000 ms. */
  readonly maxFeedAgeMs?: number;
  /** Where spent proofs are remembered; default: this process's memory. Share one over processes for strict single use. */
  readonly replay?: ReplayStore;
  /** Which sender constraints are accepted; default both. */
  readonly constraints?: readonly ('dpop' | 'mtls')[];
  /** Signature algorithms of tokens and proofs; default PS256, ES256, EdDSA and Ed25519 (FAPI 2.0 SP 5.4.1). */
  readonly algs?: readonly SigningAlg[];
  readonly dpop?: DpopOptions;
  readonly http?: HttpPorts;
  /** How long an introspection answer is reused; default 1000 ms, which is also the most allowed; 0 turns it off. */
  readonly introspectionCacheMs?: number;
  /** More members for the protected resource metadata document (RFC 9728). */
  readonly description?: ResourceDescription;
  /** Signatures on requests and answers (FAPI 2.0 HTTP Signatures); without it there are none. */
  readonly httpSignatures?: HttpSignatureOptions;
  readonly clock?: Clock;
}

/** A request as it came in, before any framework folded duplicate headers. */
export interface ResourceRequest {
  readonly method: string;
  /** The request target (`/accounts?from=…`), as Node's `request.url` has it. Only path and query are used. */
  readonly url: string;
  /** Node's `rawHeaders`: name, value, name, value, … */
  readonly headers: readonly string[];
  /** SHA-256 of the client's certificate (`x5t#S256`), proved by TLS or by a trusted proxy. */
  readonly certificate?: { readonly thumbprint: string } | undefined;
  /** All of them must be granted. */
  readonly requiredScopes?: readonly string[];
  /** Refuse tokens that no customer stands behind (`client_credentials`). */
  readonly requireGrant?: boolean;
  /** The content, byte for byte; needed where requests are signed. `nodeRequest` finds what `keepContent` was given. */
  readonly body?: Uint8Array | undefined;
  /** One object per exchange, by which its answer finds it again; default: this request. */
  readonly exchange?: object;
}

/** What a request's token proved. */
export interface VerifiedAccess extends AccessTokenFacts {
  readonly scheme: Scheme;
  /** Every claim of the token or member of the introspection answer. */
  readonly claims: Readonly<Record<string, unknown>>;
}
