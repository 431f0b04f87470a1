import type { ProtectedResourceMetadata } from './metadata.js';
import type { ResourceGuardOptions, ResourceRequest, VerifiedAccess } from './options.js';

export interface ResourceGuard {
  readonly resource: string;
  /** Path and query of the metadata document on this server (PRM-01). */
  readonly metadataPath: string;
  metadata(): ProtectedResourceMetadata;
  /**
   * Judges one request. Resolves with what its token proved; rejects with an `OAuthError` whose `status`, `headers`
   * (`WWW-Authenticate`, `DPoP-Nonce`, `Retry-After`) and `body()` are the answer to send:
   * 400 `invalid_request`, 401 `invalid_token` | `invalid_dpop_proof` | `use_dpop_nonce`, 403 `insufficient_scope`,
   * 503 when the guard cannot know (issuer unreachable, revocations unknown).
   */
  verify(request: ResourceRequest): Promise<VerifiedAccess>;
}

/** Builds a guard; throws `TypeError` when the options cannot be kept (no issuer, JWTs without a feed, …). */
export function createResourceGuard(options: ResourceGuardOptions): ResourceGuard {
  throw new TypeError(`not built yet: ${options.resource}`);
}
