import type { AuthorizedContext, RefreshRefusal, RefreshTokens } from '@assent/protocol';
import { instant, reading, writing, type Sql } from '../sql.js';
import { accessRow, accessValues } from './access-rows.js';
import { auditRow, auditValues } from './audit-rows.js';
import { contextFrom, type GrantNow, type StoredContext } from './context-json.js';
import { gives } from './grant-rows.js';
import { outlookFrom, type OutlookRow } from './outlook.js';
import { handleValues } from './handle-values.js';
import { measure, measuredContext, measuredValues } from './narrowed-details.js';
import { spendAlone } from './replay.store.js';
import { gateColumns, replayedBy, replayValues, spend, type GateRow } from './replay-rows.js';
import { proveWithinHorizon, revoked } from './revocation-rows.js';

/*
 * The row is only read: a refresh token is not rotated, and whether it is dead stands elsewhere (its family's
 * revocation, its grant and the floor of that). A grant that was narrowed gives what is left of the token's scope. The
 * new jti is completed here, since only the row knows the family.
 */
/** What the grant still permits of the token's scope. */
const left = 'CASE WHEN g.scope @> r.scope THEN r.scope ELSE ARRAY(SELECT s FROM unnest(r.scope) WITH ORDINALITY AS u (s, n) WHERE s = ANY (g.scope) ORDER BY n) END';

/** Why the token itself is not good, whatever is asked of it; NULL: it is. */
const dead = `
      WHEN r.hash IS NULL THEN 'unknown'
      WHEN r.client_id <> $client_id::text OR r.issuer <> $issuer::text THEN 'foreign_client'
      WHEN ${revoked('family', 'r.family_tag', 'r.family_id')} THEN 'revoked'
      WHEN r.expires_at <= $now::timestamptz THEN 'expired'
      WHEN NOT ${gives('g')} THEN 'grant_inactive'
      WHEN r.grant_version < g.refresh_floor THEN 'superseded'`;

const byHandle = 'r.tag = $tag::int AND r.hash = $hash::bytea AND r.expires_at = $expires_at::timestamptz';

/** What a good token stands for now. */
const granted = reading(
  'refresh_granted',
  `SELECT g.version, g.authorization_details AS details
  FROM assent.refresh_token r JOIN assent."grant" g ON g.tag = r.grant_tag AND g.id = r.grant_id
  WHERE ${byHandle} AND (CASE ${dead} END) IS NULL`,
);

const outlook = reading(
  'refresh_outlook',
  `SELECT g.expires_at, false AS once, g.status = 'awaiting_authorisation' AS waiting
  FROM assent.refresh_token r JOIN assent."grant" g ON g.tag = r.grant_tag AND g.id = r.grant_id WHERE ${byHandle}`,
);

const use = writing(
  'refresh_use',
  `WITH ${spend},
  token AS (
    SELECT r.*, coalesce($scope::text[], ${left}) AS asked, g.version AS grant_now, g.authorization_details AS details, g.managed, g.expires_at AS grant_expires_at, CASE ${dead}
      WHEN $scope::text[] IS NOT NULL AND NOT ${left} @> $scope::text[] THEN 'scope'
      WHEN NOT r.resources @> $audience::text[] THEN 'target'
    END AS reason
    FROM gate
    LEFT JOIN assent.refresh_token r ON ${byHandle}
    LEFT JOIN assent."grant" g ON g.tag = r.grant_tag AND g.id = r.grant_id
    WHERE gate.open
  ),
  access AS (${accessRow({ from: 'token v WHERE v.reason IS NULL', scope: 'v.asked', version: 'v.grant_now', jti: `v.family_id || '.' || $jti::text`, jtiTag: 'v.family_tag' })}),
  audit AS (${auditRow({ from: 'token v', customer: 'v.customer_id', grant: 'v.grant_id', reason: 'v.reason' })})
  SELECT ${gateColumns}, v.reason, v.family_id, v.asked, CASE WHEN v.reason IS NULL THEN v.context END AS context,
    v.grant_now AS grant_version, v.details, v.managed, v.grant_expires_at
  FROM gate LEFT JOIN token v ON true`,
);

interface UseRow extends GateRow, GrantNow {
  readonly reason: RefreshRefusal | null;
  readonly family_id: string;
  readonly asked: AuthorizedContext['scope'];
  readonly context: StoredContext | null;
}

export const refreshTokens = (sql: Sql): RefreshTokens => ({
  async outlook(refreshToken) {
    const [row] = await sql.rows<OutlookRow>(outlook, handleValues(refreshToken));
    return row && outlookFrom(row);
  },

  async use({ refreshToken, issuer, clientId, scope, narrow, access, replay, now, audit }) {
    proveWithinHorizon(access.expiresAt, now);
    const presented = { ...handleValues(refreshToken), issuer, client_id: clientId, now: instant(now) };
    const measured = await measure(sql, granted, presented, narrow);
    if (measured === 'exceeding') {
      // Nothing is issued, and the proofs are spent all the same.
      const spent = await sql.row<GateRow>(spendAlone, replayValues(replay, now));
      return replayedBy(spent, replay, now) ?? { outcome: 'refused', reason: 'details' };
    }
    const row = await sql.row<UseRow>(use, {
      ...replayValues(replay, now),
      ...presented,
      ...measuredValues(measured),
      scope: scope ?? null,
      ...accessValues(access, access.jtiSuffix),
      ...auditValues(audit, refreshToken.tag, now),
    });
    const replayed = replayedBy(row, replay, now);
    if (replayed) return replayed;
    if (row.reason !== null || !row.context) return { outcome: 'refused', reason: row.reason ?? 'unknown' };
    return { outcome: 'used', context: measuredContext(contextFrom(row.context, row), measured), familyId: row.family_id, scope: row.asked };
  },
});
