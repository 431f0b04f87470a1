import { plusSeconds } from '@assent/protocol';

/**
 * No access token lives longer than this. A revoked family or grant stays in the feed this long: until then an access
 * token of it may still be about. The stores refuse to issue one that outlives it, so the law holds by itself.
 */
export const accessTokenHorizonSeconds = 24 * 3600;

export const horizon = (now: Date): Date => plusSeconds(now, accessTokenHorizonSeconds);

/** A bug of the caller's or a lifetime nobody may configure, never a client's doing. */
export function proveWithinHorizon(expiresAt: Date, now: Date): void {
  if (expiresAt > horizon(now)) throw new RangeError(`an access token may live ${accessTokenHorizonSeconds} seconds at most`);
}

/** Whether a revocation row names this: SQL over expressions for tag and id. */
export const revoked = (subject: 'token' | 'family' | 'grant', tag: string, id: string): string =>
  `EXISTS (SELECT FROM assent.revocation x WHERE x.tag = ${tag} AND x.id = ${id} AND x.subject = '${subject}')`;
