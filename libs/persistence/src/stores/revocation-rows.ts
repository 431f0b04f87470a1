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

/**
 * An INSERT for use as a CTE: access tokens of a version below the grant's `access_floor` are dead. `from` has the
 * alias `g` for the grant's row as it has become. Written again, the line counts as new to everybody who follows.
 */
export const floorRaised = (from: string): string => `
    INSERT INTO assent.revocation AS line (tag, id, subject, until, kept_until, below)
    SELECT g.tag, g.id, 'version', $horizon::timestamptz, $horizon::timestamptz, g.access_floor FROM ${from}
    ON CONFLICT (tag, id, subject) DO UPDATE SET below = greatest(line.below, excluded.below), until = greatest(line.until, excluded.until),
      kept_until = greatest(line.kept_until, excluded.kept_until), xid = pg_current_xact_id()`;
