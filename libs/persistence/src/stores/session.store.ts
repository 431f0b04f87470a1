import type { Clock, Handle, Session, Sessions } from '@assent/protocol';
import { instant, reading, writing, type Sql } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';
import { handleValues } from './handle-values.js';

const start = writing(
  'session_start',
  `WITH started AS (
    INSERT INTO assent.session (tag, expires_at, hash, customer_id, display_name, auth_time, acr, amr, signed_in_for)
    VALUES ($tag::int, $expires_at::timestamptz, $hash::bytea, $customer_id::text, $display_name::text, $auth_time::timestamptz,
      $acr::text, $amr::text[], $signed_in_for::text)
    RETURNING hash
  ),
  replaced AS (
    UPDATE assent.session SET ended_at = $now::timestamptz
    WHERE tag = $old_tag::int AND expires_at = $old_expires_at::timestamptz AND hash = $old_hash::bytea AND ended_at IS NULL
  ),
  audit AS (${auditRow({ from: 'started' })})
  SELECT 1 FROM started`,
);

const find = reading(
  'session_find',
  `SELECT customer_id, display_name, auth_time, acr, amr, signed_in_for FROM assent.session
  WHERE tag = $tag::int AND expires_at = $expires_at::timestamptz AND hash = $hash::bytea
    AND ended_at IS NULL AND expires_at > $now::timestamptz`,
);

const end = writing(
  'session_end',
  `UPDATE assent.session SET ended_at = $now::timestamptz
  WHERE tag = $tag::int AND expires_at = $expires_at::timestamptz AND hash = $hash::bytea AND ended_at IS NULL`,
);

export interface SessionRow {
  readonly customer_id: string;
  readonly display_name: string;
  readonly auth_time: Date;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly signed_in_for: string | null;
}

export const sessionFrom = (row: SessionRow, handle: Handle): Session => ({
  handle,
  customerId: row.customer_id,
  displayName: row.display_name,
  authTime: row.auth_time,
  acr: row.acr,
  amr: row.amr,
  ...(row.signed_in_for !== null && { signedInFor: row.signed_in_for }),
});

export const sessions = (sql: Sql, clock: Clock): Sessions => ({
  async start(session, audit, replaces) {
    const now = clock.now();
    await sql.rows(start, {
      ...handleValues(session.handle),
      customer_id: session.customerId,
      display_name: session.displayName,
      auth_time: instant(session.authTime),
      acr: session.acr,
      amr: session.amr,
      signed_in_for: session.signedInFor ?? null,
      now: instant(now),
      old_tag: replaces?.tag ?? null,
      old_expires_at: replaces ? instant(replaces.expiresAt) : null,
      old_hash: replaces?.hash ?? null,
      ...auditValues(audit, session.handle.tag, now),
    });
  },
  async find(handle) {
    const [row] = await sql.rows<SessionRow>(find, { ...handleValues(handle), now: instant(clock.now()) });
    return row && sessionFrom(row, handle);
  },
  async end(handle) {
    await sql.rows(end, { ...handleValues(handle), now: instant(clock.now()) });
  },
});
