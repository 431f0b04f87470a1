import type { Clock, Handle, SiteName, SiteSession, SiteSessions } from '@assent/protocol';
import { instant, reading, writing, type Sql } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';
import { handleValues } from './handle-values.js';

const start = writing(
  'site_session_start',
  `WITH started AS (
    INSERT INTO assent.site_session (tag, expires_at, hash, site, issuer, person_id, display_name, roles, auth_time)
    VALUES ($tag::int, $expires_at::timestamptz, $hash::bytea, $site::text, $issuer::text, $person_id::text, $display_name::text,
      $roles::text[], $auth_time::timestamptz)
    RETURNING hash
  ),
  replaced AS (
    UPDATE assent.site_session SET ended_at = $now::timestamptz
    WHERE tag = $old_tag::int AND expires_at = $old_expires_at::timestamptz AND hash = $old_hash::bytea AND ended_at IS NULL
  ),
  audit AS (${auditRow({ from: 'started' })})
  SELECT 1 FROM started`,
);

const live = `tag = $tag::int AND expires_at = $expires_at::timestamptz AND hash = $hash::bytea AND ended_at IS NULL AND expires_at > $now::timestamptz`;

const find = reading(
  'site_session_find',
  `SELECT site, issuer, person_id, display_name, roles, auth_time, ticket FROM assent.site_session WHERE ${live} AND site = $site::text`,
);

const workOn = writing(
  'site_session_ticket',
  `WITH changed AS (UPDATE assent.site_session SET ticket = $ticket::text WHERE ${live} RETURNING hash), audit AS (${auditRow({ from: 'changed' })})
  SELECT 1 FROM changed`,
);

const end = writing(
  'site_session_end',
  `WITH ended AS (UPDATE assent.site_session SET ended_at = $now::timestamptz WHERE ${live} RETURNING hash), audit AS (${auditRow({ from: 'ended' })})
  SELECT 1 FROM ended`,
);

interface Row {
  readonly site: SiteName;
  readonly issuer: string;
  readonly person_id: string;
  readonly display_name: string;
  readonly roles: readonly string[];
  readonly auth_time: Date;
  readonly ticket: string | null;
}

const sessionFrom = (row: Row, handle: Handle): SiteSession => ({
  handle,
  site: row.site,
  issuer: row.issuer,
  personId: row.person_id,
  displayName: row.display_name,
  roles: row.roles,
  authTime: row.auth_time,
  ...(row.ticket !== null && { ticket: row.ticket }),
});

export const siteSessions = (sql: Sql, clock: Clock): SiteSessions => ({
  async start(session, audit, replaces) {
    const now = clock.now();
    await sql.rows(start, {
      ...handleValues(session.handle),
      site: session.site,
      issuer: session.issuer,
      person_id: session.personId,
      display_name: session.displayName,
      roles: session.roles,
      auth_time: instant(session.authTime),
      now: instant(now),
      old_tag: replaces?.tag ?? null,
      old_expires_at: replaces ? instant(replaces.expiresAt) : null,
      old_hash: replaces?.hash ?? null,
      ...auditValues(audit, session.handle.tag, now),
    });
  },
  async find(handle, site) {
    const [row] = await sql.rows<Row>(find, { ...handleValues(handle), site, now: instant(clock.now()) });
    return row && sessionFrom(row, handle);
  },
  async workOn(handle, ticket, audit) {
    const now = clock.now();
    await sql.rows(workOn, { ...handleValues(handle), ticket: ticket ?? null, now: instant(now), ...auditValues(audit, handle.tag, now) });
  },
  async end(handle, audit) {
    const now = clock.now();
    await sql.rows(end, { ...handleValues(handle), now: instant(now), ...auditValues(audit, handle.tag, now) });
  },
});
