import type { Clock, RevocationFeed, Secret } from '@assent/protocol';

export interface RevocationFeedOptions {
  readonly pollMs?: number;
  readonly clock?: Clock;
  readonly onError?: (error: Error) => void;
}

/** Follows the revocation feed on a connection of its own; resolves once the first read is complete. */
export async function openRevocationFeed(_url: string | Secret, _options: RevocationFeedOptions = {}): Promise<RevocationFeed> {
  throw new Error('the feed is not there yet');
}
