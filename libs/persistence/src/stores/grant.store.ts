import { tagOf, type Clock, type Grants } from '@assent/protocol';
import { instant, reading, writing, type Sql } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';
import { grantColumns, grantFrom, type GrantRow } from './grant-rows.js';
import { horizon } from './revocation-rows.js';

const find = reading('grant_find', `SELECT ${grantColumns} FROM assent."grant" g WHERE g.tag = $tag::int AND g.id = $id::text`);

/*
 * Codes, refresh tokens and opaque access tokens ask for their grant whenever they are used, so its status is all that
 * has to change; JWT access tokens are reached through the feed.
 */
const revoke = writing(
  'grant_revoke',
  `WITH ended AS (
    UPDATE assent."grant" g SET status = 'revoked', version = version + 1, updated_at = $now::timestamptz
    WHERE g.tag = $tag::int AND g.id = $id::text AND g.status IN ('awaiting_authorisation', 'active', 'suspended')
      AND (g.expires_at IS NULL OR g.expires_at > $now::timestamptz)
    RETURNING g.tag, g.id, g.customer_id
  ),
  dead AS (
    INSERT INTO assent.revocation (tag, id, subject, until, kept_until)
    SELECT tag, id, 'grant', $horizon::timestamptz, $horizon::timestamptz FROM ended
    ON CONFLICT DO NOTHING
  ),
  audit AS (${auditRow({ from: 'ended', customer: 'ended.customer_id', grant: 'ended.id' })})
  SELECT CASE WHEN EXISTS (SELECT FROM ended) THEN 'revoked' ELSE 'not-active' END AS outcome`,
);

export const grants = (sql: Sql, clock: Clock): Grants => ({
  async find(grantId) {
    const [row] = await sql.rows<GrantRow>(find, { tag: tagOf(grantId), id: grantId });
    return row && grantFrom(row, clock.now());
  },
  async revoke({ grantId, now, audit }) {
    const tag = tagOf(grantId);
    const values = { tag, id: grantId, now: instant(now), horizon: instant(horizon(now)), ...auditValues(audit, tag, now) };
    return (await sql.row<{ outcome: 'revoked' | 'not-active' }>(revoke, values)).outcome;
  },
});
