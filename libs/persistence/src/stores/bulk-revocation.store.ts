import { newTag, type BulkRevocation, type BulkRevocations } from '@assent/protocol';
import { instant, instantOrNull, reading, writing, type Sql } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';

const ask = writing(
  'bulk_ask',
  `WITH asked AS (
    INSERT INTO assent.bulk_revocation (id, issuer, client_id, reason, note, ticket, asked_by, asked_name, asked_at, grants)
    VALUES ($id::text, $issuer::text, $client_id::text, $reason::text, $note::text, $ticket::text, $asked_by::text, $asked_name::text, $now::timestamptz, $grants::int)
    ON CONFLICT (issuer, client_id) WHERE decision IS NULL DO NOTHING RETURNING id
  ), audit AS (${auditRow({ from: 'asked' })})
  SELECT CASE WHEN EXISTS (SELECT FROM asked) THEN 'asked' ELSE 'open' END AS outcome`,
);

/** The row is held until the statement ends, so that of two deciders the second finds it decided. */
const decide = writing(
  'bulk_decide',
  `WITH open AS (SELECT id, asked_by FROM assent.bulk_revocation WHERE id = $id::text AND decision IS NULL FOR UPDATE),
  decided AS (
    UPDATE assent.bulk_revocation b SET decision = $decision::text, decided_by = $decided_by::text, decided_name = $decided_name::text, decided_at = $now::timestamptz,
      finished_at = CASE WHEN $decision::text = 'refused' THEN $now::timestamptz END
    FROM open o WHERE b.id = o.id AND o.asked_by <> $decided_by::text AND b.decision IS NULL RETURNING b.id
  ), audit AS (${auditRow({ from: 'decided' })})
  SELECT CASE WHEN EXISTS (SELECT FROM decided) THEN 'decided' WHEN EXISTS (SELECT FROM open WHERE asked_by = $decided_by::text) THEN 'same-person' ELSE 'decided-before' END AS outcome`,
);

const find = reading('bulk_find', 'SELECT b.* FROM assent.bulk_revocation b WHERE b.id = $id::text');
const recent = reading('bulk_recent', 'SELECT b.* FROM assent.bulk_revocation b ORDER BY b.decision IS NOT NULL, b.asked_at DESC LIMIT 50');
const unfinished = reading('bulk_unfinished', `SELECT b.* FROM assent.bulk_revocation b WHERE b.decision = 'approved' AND b.finished_at IS NULL ORDER BY b.decided_at`);
const progress = writing('bulk_progress', 'UPDATE assent.bulk_revocation SET revoked = revoked + $revoked::int, finished_at = coalesce(finished_at, $finished_at::timestamptz) WHERE id = $id::text');

interface Row {
  readonly id: string;
  readonly issuer: string;
  readonly client_id: string;
  readonly reason: string;
  readonly note: string;
  readonly ticket: string;
  readonly asked_by: string;
  readonly asked_name: string;
  readonly asked_at: Date;
  readonly grants: number;
  readonly decision: 'approved' | 'refused' | null;
  readonly decided_by: string | null;
  readonly decided_name: string | null;
  readonly decided_at: Date | null;
  readonly revoked: number;
  readonly finished_at: Date | null;
}

const bulkFrom = (row: Row): BulkRevocation => ({
  id: row.id,
  issuer: row.issuer,
  clientId: row.client_id,
  reason: row.reason,
  note: row.note,
  ticket: row.ticket,
  askedBy: row.asked_by,
  askedName: row.asked_name,
  askedAt: row.asked_at,
  grants: row.grants,
  ...(row.decision && row.decided_by && row.decided_at && { decision: row.decision, decidedBy: row.decided_by, decidedName: row.decided_name ?? '', decidedAt: row.decided_at }),
  revoked: row.revoked,
  ...(row.finished_at && { finishedAt: row.finished_at }),
});

export const bulkRevocations = (sql: Sql): BulkRevocations => ({
  async ask({ id, issuer, clientId, reason, note, ticket, askedBy, askedName, askedAt, grants }, audit) {
    const values = { id, issuer, client_id: clientId, reason, note, ticket, asked_by: askedBy, asked_name: askedName, now: instant(askedAt), grants };
    return (await sql.row<{ outcome: 'asked' | 'open' }>(ask, { ...values, ...auditValues(audit, newTag(), askedAt) })).outcome;
  },
  async find(id) {
    const [row] = await sql.rows<Row>(find, { id });
    return row && bulkFrom(row);
  },
  async recent() {
    return (await sql.rows<Row>(recent, {})).map(bulkFrom);
  },
  async decide({ id, decision, decidedBy, decidedName, now }, audit) {
    const values = { id, decision, decided_by: decidedBy, decided_name: decidedName, now: instant(now), ...auditValues(audit, newTag(), now) };
    return (await sql.row<{ outcome: 'decided' | 'decided-before' | 'same-person' }>(decide, values)).outcome;
  },
  async unfinished() {
    return (await sql.rows<Row>(unfinished, {})).map(bulkFrom);
  },
  async progress({ id, revoked, finishedAt }) {
    await sql.rows(progress, { id, revoked, finished_at: instantOrNull(finishedAt) });
  },
});
