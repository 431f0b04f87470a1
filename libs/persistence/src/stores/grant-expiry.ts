import { instant, writing } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';
import { grantEventRows, grantEventValues } from './grant-event-rows.js';
import { grantVersionRow, statusDifference } from './grant-version-rows.js';

/** Locked rows are being changed at the moment: they are left to the next round. */
export const expireGrants = writing(
  'grant_expire',
  `WITH before AS (
    SELECT g.tag, g.id, g.status FROM assent."grant" g
    WHERE g.expires_at < $now::timestamptz AND g.status IN ('awaiting_authorisation', 'active', 'suspended')
    LIMIT $batch::int FOR UPDATE SKIP LOCKED
  ),
  changed AS (
    UPDATE assent."grant" g SET status = 'expired', version = g.version + 1, updated_at = $now::timestamptz, updated_by = 'authorization_server'
    FROM before b WHERE g.tag = b.tag AND g.id = b.id
    RETURNING g.*, b.status AS status_before
  ),
  versioned AS (${grantVersionRow({ from: 'changed g', difference: statusDifference('g.status_before', 'g.status'), event: `'expired'`, reason: 'NULL::text' })}),
  ${grantEventRows({ from: 'changed g', detail: `json_build_object('difference', ${statusDifference('g.status_before', 'g.status')})` })},
  audit AS (${auditRow({ from: 'changed g', tag: 'g.tag', issuer: 'g.issuer', client: 'g.client_id', customer: 'g.customer_id', grant: 'g.id' })})
  SELECT count(*)::int AS expired FROM changed`,
);

export const expiryValues = (now: Date, batch: number): Record<string, unknown> => ({
  now: instant(now),
  batch,
  ...grantEventValues('grant.expired', { kind: 'system', id: 'housekeeping' }, {}, now),
  ...auditValues({ type: 'grant.expired', issuer: '' }, 0, now),
});
