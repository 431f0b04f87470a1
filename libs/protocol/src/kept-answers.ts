import type { IdempotencyKey } from './payment.js';

/** What was answered under keys of idempotency; `key` covers whose it is and for which address. */
export interface KeptAnswers {
  /**
   * Takes the key, for one request at a time. `answered`: the same request was answered before, so. `reused`: the key is
   * another request's. `running`: the same is being answered now, here or in another process. What is not finished
   * within the lease may be begun again.
   */
  begin(input: { readonly key: IdempotencyKey; readonly now: Date; readonly keepSeconds: number; readonly leaseSeconds: number }): Promise<
    { readonly outcome: 'begun'; readonly lease: string } | { readonly outcome: 'answered'; readonly answer: string } | { readonly outcome: 'reused' | 'running' }
  >;
  /** Keeps the answer, unless somebody else has begun meanwhile. */
  finish(input: { readonly key: IdempotencyKey; readonly lease: string; readonly answer: string }): Promise<void>;
  /** Lets go of the key: nothing came of the request. */
  abandon(input: { readonly key: IdempotencyKey; readonly lease: string }): Promise<void>;
}

/** Ids of signed messages, each good once for as long as it is remembered. */
export interface SpentMessages {
  spend(input: { readonly hash: Buffer; readonly expiresAt: Date; readonly now: Date }): Promise<'spent' | 'replayed'>;
}
