import type { BackchannelPings, Secret } from '@assent/protocol';
import { instant, reading, writing, type Sql } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';
import { NotificationSealing } from './backchannel-sealing.js';
import { handleValues } from './handle-values.js';

/** What the requests were about is over: nobody is told any more. */
const claim = writing(
  'ping_claim',
  `WITH over AS (DELETE FROM assent.backchannel_ping WHERE next_at <= $now::timestamptz AND expires_at <= $now::timestamptz),
  due AS (
    SELECT tag, expires_at, hash FROM assent.backchannel_ping WHERE next_at <= $now::timestamptz AND expires_at > $now::timestamptz
    ORDER BY next_at LIMIT $most::int FOR UPDATE SKIP LOCKED
  )
  UPDATE assent.backchannel_ping p SET attempts = p.attempts + 1, next_at = $lease_until::timestamptz
  FROM due d WHERE p.tag = d.tag AND p.expires_at = d.expires_at AND p.hash = d.hash
  RETURNING p.tag, p.expires_at, p.hash, p.issuer, p.client_id, p.sealed, p.attempts`,
);

const byHandle = 'tag = $tag::int AND expires_at = $expires_at::timestamptz AND hash = $hash::bytea';

const end = writing('ping_end', `WITH ended AS (DELETE FROM assent.backchannel_ping WHERE ${byHandle} RETURNING hash) ${auditRow({ from: 'ended' })}`);
const retry = writing('ping_retry', `UPDATE assent.backchannel_ping SET next_at = $at::timestamptz WHERE ${byHandle}`);
const nextAt = reading('ping_next', `SELECT min(next_at) AS at FROM assent.backchannel_ping WHERE expires_at > $now::timestamptz`);

interface PingRow {
  readonly tag: number;
  readonly expires_at: Date;
  readonly hash: Buffer;
  readonly issuer: string;
  readonly client_id: string;
  readonly sealed: Buffer;
  readonly attempts: number;
}

export function backchannelPings(sql: Sql, encryptionKey: Secret<Buffer> | undefined): BackchannelPings {
  const sealing = new NotificationSealing(encryptionKey);
  return {
    async claim({ most, now, leaseUntil }) {
      const rows = await sql.rows<PingRow & Record<string, unknown>>(claim, { most, now: instant(now), lease_until: instant(leaseUntil) });
      return rows.map(({ tag, expires_at: expiresAt, hash, issuer, client_id: clientId, sealed, attempts }) => ({
        handle: { tag, expiresAt, hash },
        issuer,
        clientId,
        attempts,
        ...sealing.open(hash, sealed),
      }));
    },
    async end({ handle }, now, audit) {
      await sql.rows(end, { ...handleValues(handle), ...auditValues(audit, handle.tag, now) });
    },
    async retry({ handle }, at) {
      await sql.rows(retry, { ...handleValues(handle), at: instant(at) });
    },
    async nextAt(now) {
      const { at } = await sql.row<{ at: Date | null }>(nextAt, { now: instant(now) });
      return at ?? undefined;
    },
  };
}
