import type { EventReceiver, GrantNotice, GrantNotices } from '@assent/protocol';
import type pg from 'pg';
import { Notifications } from '../notifications.js';
import { instant, reading, writing, type Sql } from '../sql.js';
import { connectionOf } from './signing-key.store.js';

interface NoticeRow {
  readonly jti: string;
  readonly issuer: string;
  readonly client_id: string;
  readonly grant_id: string;
  readonly version: number;
  readonly event: GrantNotice['event'];
  readonly at: Date;
  readonly detail: Pick<GrantNotice, 'status' | 'by' | 'difference'>;
  readonly attempts: number;
}

const keepFor = writing(
  'notice_receivers',
  `WITH wanted AS (SELECT * FROM unnest($issuers::text[], $clients::text[]) AS w (issuer, client_id)),
  others AS (DELETE FROM assent.event_receiver r WHERE NOT EXISTS (SELECT FROM wanted w WHERE w.issuer = r.issuer AND w.client_id = r.client_id))
  INSERT INTO assent.event_receiver (issuer, client_id) SELECT issuer, client_id FROM wanted ON CONFLICT DO NOTHING`,
);

const tellEnds = writing(
  'notice_ends',
  `WITH others AS (DELETE FROM assent.end_receiver r WHERE NOT r.issuer = ANY ($issuers::text[]))
  INSERT INTO assent.end_receiver (issuer) SELECT w.issuer FROM unnest($issuers::text[]) AS w (issuer) ON CONFLICT DO NOTHING`,
);

const due = reading(
  'notice_due',
  `SELECT r.issuer, r.client_id FROM assent.event_receiver r
  WHERE EXISTS (SELECT FROM assent.grant_notice n WHERE n.issuer = r.issuer AND n.client_id = r.client_id AND n.next_at <= $now::timestamptz)
  UNION SELECT n.issuer, n.client_id FROM assent.end_receiver e JOIN assent.grant_notice n ON n.issuer = e.issuer AND n.next_at <= $now::timestamptz`,
);

/*
 * A grant's notices in order: only the first that is left can be taken. What others take at the moment is passed over,
 * and what they took has its time moved on when they commit.
 */
const take = writing(
  'notice_take',
  `WITH first AS (
    SELECT n.tag, n.grant_id, n.version FROM assent.grant_notice n
    WHERE n.issuer = $issuer::text AND n.client_id = $client_id::text AND n.next_at <= $now::timestamptz
      AND NOT EXISTS (SELECT FROM assent.grant_notice o WHERE o.tag = n.tag AND o.grant_id = n.grant_id AND o.version < n.version)
    ORDER BY n.next_at LIMIT $limit::int FOR UPDATE SKIP LOCKED
  )
  UPDATE assent.grant_notice n SET next_at = $until::timestamptz, attempts = n.attempts + 1 FROM first f
  WHERE n.tag = f.tag AND n.grant_id = f.grant_id AND n.version = f.version
  RETURNING n.jti, n.issuer, n.client_id, n.grant_id, n.version, n.event, n.at, n.detail, n.attempts`,
);

const own = 'issuer = $issuer::text AND client_id = $client_id::text';
const settle = writing('notice_settle', `DELETE FROM assent.grant_notice WHERE ${own} AND jti = ANY ($jtis::text[]) RETURNING jti`);
const postpone = writing('notice_postpone', `UPDATE assent.grant_notice SET next_at = $until::timestamptz WHERE ${own} AND jti = $jti::text AND attempts = $attempts::int`);

/** An audit line for each notice that is ended without having been told. */
const told = (type: string, reason: string): string => `
  INSERT INTO assent.audit_event (tag, at, type, issuer, client_id, grant_id, detail)
  SELECT tag, $now::timestamptz, '${type}', issuer, client_id, grant_id,
    jsonb_strip_nulls(jsonb_build_object('jti', jti, 'event', event, 'version', version, 'attempts', attempts, 'reason', ${reason})) FROM ended`;
const refuse = writing('notice_refuse', `WITH ended AS (DELETE FROM assent.grant_notice WHERE ${own} AND jti = $jti::text RETURNING *), audit AS (${told('event.refused', '$reason::text')}) SELECT jti FROM ended`);
const giveUp = writing(
  'notice_give_up',
  `WITH ended AS (
    DELETE FROM assent.grant_notice WHERE (tag, grant_id, version) IN (SELECT tag, grant_id, version FROM assent.grant_notice WHERE at < $before::timestamptz ORDER BY at LIMIT 1000 FOR UPDATE SKIP LOCKED)
    RETURNING *
  ), audit AS (${told('event.given_up', 'NULL::text')}) SELECT count(*)::int AS count FROM ended`,
);

const named = ({ issuer, clientId }: EventReceiver): { issuer: string; client_id: string } => ({ issuer, client_id: clientId });

export const grantNotices = (sql: Sql, pool: pg.Pool): GrantNotices => ({
  async keepFor(receivers) {
    await sql.rows(keepFor, { issuers: receivers.map(({ issuer }) => issuer), clients: receivers.map(({ clientId }) => clientId) });
  },
  async tellEnds(issuers) {
    await sql.rows(tellEnds, { issuers });
  },
  async due(now) {
    return (await sql.rows<{ issuer: string; client_id: string }>(due, { now: instant(now) })).map(({ issuer, client_id: clientId }) => ({ issuer, clientId }));
  },
  async take({ receiver, now, until, limit }) {
    const rows = await sql.rows<NoticeRow>(take, { ...named(receiver), now: instant(now), until: instant(until), limit });
    return rows.map(noticeFrom);
  },
  async settle({ receiver, jtis }) {
    return (await sql.rows<{ jti: string }>(settle, { ...named(receiver), jtis })).map(({ jti }) => jti);
  },
  async refuse({ receiver, jti, reason, now }) {
    return (await sql.rows(refuse, { ...named(receiver), jti, reason, now: instant(now) })).length > 0;
  },
  async postpone({ notice, until }) {
    await sql.rows(postpone, { ...named(notice), jti: notice.jti, attempts: notice.attempts, until: instant(until) });
  },
  async giveUp({ before, now }) {
    return (await sql.row<{ count: number }>(giveUp, { before: instant(before), now: instant(now) })).count;
  },
  async onChange(listener) {
    const notifications = await Notifications.open({ connection: { ...connectionOf(pool), application_name: 'assent-notices' }, channel: 'assent_grant_notice', onWake: listener });
    return () => notifications.close();
  },
});

const noticeFrom = ({ client_id: clientId, grant_id: grantId, detail, ...row }: NoticeRow): GrantNotice => ({ ...row, clientId, grantId, status: detail.status, by: detail.by, difference: detail.difference });
