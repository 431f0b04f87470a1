import { createHash } from 'node:crypto';
import { newTag, plusSeconds, type AuditEvent, type RegisteredClient, type RegisteredClients, type RegistrationStatus, type SpentStatement, type SuspendedBy } from '@assent/protocol';
import type pg from 'pg';
import { Notifications } from '../notifications.js';
import { instant, reading, writing, type Sql } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';
import { gateColumns, replayedBy, replayValues, spend, type GateRow } from './replay-rows.js';
import { connectionOf } from './signing-key.store.js';

const channel = 'assent_registered_client';

const columns = (c: string): string =>
  `${c}.issuer, ${c}.client_id, ${c}.status, ${c}.suspended_by, ${c}.metadata, ${c}.software_id, ${c}.directory, ${c}.stated, ${c}.token_hash, ${c}.version, ${c}.issued_at, ${c}.updated_at`;

/** Whether the statement registered another client. */
const used = `
  used AS (
    SELECT FROM assent.registered_statement s WHERE s.issuer = $issuer::text AND s.hash = $statement_hash::bytea AND s.client_id <> $client_id::text
  )`;
/** Whether another client of the same software is suspended: who is served no more does not come back under a new id. */
const barred = `
  barred AS (
    SELECT FROM assent.registered_client o WHERE o.issuer = $issuer::text AND o.directory = $directory::text AND o.software_id = $software_id::text
      AND o.client_id <> $client_id::text AND o.status = 'suspended'
  )`;
/** Of two that come at once the second breaks the key, and with it its whole statement. */
const remembered = (from: string): string => `
  remembered AS (
    INSERT INTO assent.registered_statement (issuer, hash, client_id)
    SELECT $issuer::text, $statement_hash::bytea, $client_id::text FROM ${from} WHERE $statement_hash::bytea IS NOT NULL
      AND NOT EXISTS (SELECT FROM assent.registered_statement s WHERE s.issuer = $issuer::text AND s.hash = $statement_hash::bytea)
  )`;

/* An id a directory gave comes back with its software, once everything of its former life has ended. */
const register = writing(
  'registration_register',
  `WITH ${spend}, ${used}, ${barred},
  made AS (
    INSERT INTO assent.registered_client AS known (issuer, client_id, status, metadata, software_id, directory, single, stated, token_hash, version, issued_at, updated_at, changed_in)
    SELECT $issuer::text, $client_id::text, 'active', $metadata::jsonb, $software_id::text, $directory::text, $single::boolean, $stated::jsonb, $token_hash::bytea, 1, $now::timestamptz, $now::timestamptz, pg_current_xact_id()
    FROM gate WHERE gate.open AND NOT EXISTS (SELECT FROM used) AND NOT EXISTS (SELECT FROM barred)
    ON CONFLICT (issuer, client_id) DO UPDATE SET status = 'active', metadata = excluded.metadata, single = excluded.single, stated = excluded.stated, token_hash = excluded.token_hash,
      version = known.version + 1, issued_at = excluded.issued_at, updated_at = excluded.updated_at, ended_at = NULL, changed_in = pg_current_xact_id()
      WHERE known.status = 'deleted' AND known.ended_at IS NOT NULL AND known.software_id = excluded.software_id AND known.directory = excluded.directory
    RETURNING known.*
  ),
  ${remembered('made')},
  audit AS (${auditRow({ from: 'made', client: 'made.client_id' })})
  SELECT ${gateColumns}, EXISTS (SELECT FROM used) AS used, EXISTS (SELECT FROM barred) AS barred, ${columns('made')} FROM gate LEFT JOIN made ON true`,
);

const before = `before AS (SELECT c.issuer, c.client_id, c.version, c.status FROM assent.registered_client c WHERE c.issuer = $issuer::text AND c.client_id = $client_id::text AND c.status <> 'deleted' FOR UPDATE)`;

const replace = writing(
  'registration_replace',
  `WITH ${spend}, ${used}, ${before},
  changed AS (
    UPDATE assent.registered_client c SET metadata = $metadata::jsonb, stated = coalesce($stated::jsonb, c.stated), token_hash = coalesce($token_hash::bytea, c.token_hash),
      version = c.version + 1, updated_at = $now::timestamptz, changed_in = pg_current_xact_id()
    FROM before b, gate WHERE gate.open AND NOT EXISTS (SELECT FROM used) AND c.issuer = b.issuer AND c.client_id = b.client_id AND b.version = $version::int
    RETURNING c.*
  ),
  ${remembered('changed')},
  audit AS (${auditRow({ from: 'changed', client: 'changed.client_id' })})
  SELECT ${gateColumns}, EXISTS (SELECT FROM used) AS used, EXISTS (SELECT FROM before) AS known, ${columns('changed')} FROM gate LEFT JOIN changed ON true`,
);

/* Customers' pages still need its name; the rest of what it told of itself is forgotten. */
const remove = writing(
  'registration_remove',
  `WITH ${spend}, ${before},
  changed AS (
    UPDATE assent.registered_client c SET status = 'deleted', suspended_by = NULL, metadata = jsonb_strip_nulls(jsonb_build_object('client_name', c.metadata -> 'client_name', 'organisation', c.metadata -> 'organisation')), stated = '{}', token_hash = NULL, version = c.version + 1, updated_at = $now::timestamptz, changed_in = pg_current_xact_id()
    FROM before b, gate WHERE gate.open AND c.issuer = b.issuer AND c.client_id = b.client_id
    RETURNING c.client_id
  ),
  audit AS (${auditRow({ from: 'changed', client: 'changed.client_id' })})
  SELECT ${gateColumns}, EXISTS (SELECT FROM changed) AS done FROM gate`,
);

const suspend = writing(
  'registration_suspend',
  `WITH ${before},
  changed AS (
    UPDATE assent.registered_client c SET status = 'suspended', suspended_by = $by::text, updated_at = $now::timestamptz, changed_in = pg_current_xact_id()
    FROM before b WHERE c.issuer = b.issuer AND c.client_id = b.client_id AND (c.status = 'active' OR c.suspended_by = 'directory' AND $by::text = 'operator')
    RETURNING c.client_id
  ),
  audit AS (${auditRow({ from: 'changed', client: 'changed.client_id' })})
  SELECT CASE WHEN EXISTS (SELECT FROM changed) THEN 'suspended' WHEN EXISTS (SELECT FROM before) THEN 'unchanged' ELSE 'gone' END AS outcome`,
);

const resume = writing(
  'registration_resume',
  `WITH ${before},
  changed AS (
    UPDATE assent.registered_client c SET status = 'active', suspended_by = NULL, updated_at = $now::timestamptz, changed_in = pg_current_xact_id()
    FROM before b WHERE c.issuer = b.issuer AND c.client_id = b.client_id AND c.status = 'suspended' AND c.suspended_by = $by::text
    RETURNING c.client_id
  ),
  audit AS (${auditRow({ from: 'changed', client: 'changed.client_id' })})
  SELECT CASE WHEN EXISTS (SELECT FROM changed) THEN 'resumed' WHEN EXISTS (SELECT FROM before) THEN 'unchanged' ELSE 'gone' END AS outcome`,
);

const find = reading('registration_find', `SELECT ${columns('c')} FROM assent.registered_client c WHERE c.issuer = $issuer::text AND c.client_id = $client_id::text AND c.status <> 'deleted'`);
const list = reading('registration_list', `SELECT ${columns('c')} FROM assent.registered_client c WHERE c.status <> 'deleted' AND ($issuer::text IS NULL OR c.issuer = $issuer::text) ORDER BY c.issuer, c.issued_at, c.client_id`);

/*
 * From the oldest transaction that was still running at the last read: one that commits late has its rows at or above
 * that position, so none is missed. Reading a row twice changes nothing.
 */
const changes = reading(
  'registration_changes',
  `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS position, ${columns('c')}
  FROM (SELECT 1) AS once LEFT JOIN assent.registered_client c ON c.changed_in >= $after::text::xid8`,
);

const unended = reading('registration_unended', `SELECT c.issuer, c.client_id FROM assent.registered_client c WHERE c.status = 'deleted' AND c.ended_at IS NULL LIMIT 100`);
/** Seconds within which a request that had proved its client before the deletion has ended. */
const underWay = 60;
const ended = writing('registration_ended', `UPDATE assent.registered_client c SET ended_at = $now::timestamptz WHERE c.issuer = $issuer::text AND c.client_id = $client_id::text AND c.status = 'deleted' AND c.ended_at IS NULL AND c.updated_at <= $before::timestamptz`);

interface Row {
  readonly issuer: string;
  readonly client_id: string | null;
  readonly status: RegistrationStatus;
  readonly suspended_by: SuspendedBy | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly software_id: string | null;
  readonly directory: string | null;
  readonly stated: Readonly<Record<string, unknown>>;
  readonly token_hash: Buffer | null;
  readonly version: number;
  readonly issued_at: Date;
  readonly updated_at: Date;
}

/** `undefined` for the empty side of an outer join. */
function clientFrom(row: Row): RegisteredClient | undefined {
  if (row.client_id === null) return undefined;
  return {
    issuer: row.issuer,
    clientId: row.client_id,
    status: row.status,
    suspendedBy: row.suspended_by ?? undefined,
    metadata: row.metadata,
    softwareId: row.software_id ?? undefined,
    directory: row.directory ?? undefined,
    stated: row.stated,
    tokenHash: row.token_hash ?? undefined,
    version: row.version,
    issuedAt: row.issued_at,
    updatedAt: row.updated_at,
  };
}

const present = (rows: readonly Row[]): readonly RegisteredClient[] => rows.map(clientFrom).filter((client) => client !== undefined);

const statementHash = (statement: SpentStatement | undefined): Buffer | null => (statement ? createHash('sha256').update(JSON.stringify([statement.issuer, statement.jti])).digest() : null);

const json = (value: Readonly<Record<string, unknown>> | undefined): string | null => (value === undefined ? null : JSON.stringify(value));

const audited = (audit: AuditEvent, now: Date): Record<string, unknown> => ({ now: instant(now), ...auditValues(audit, newTag(), now) });

type Answer<Row> = GateRow & Row;

export const registeredClients = (sql: Sql, pool: pg.Pool): RegisteredClients => ({
  async register({ issuer, clientId, metadata, softwareId, directory, stated = {}, tokenHash, single, statement, replay = [], now, audit }) {
    const values = {
      issuer, client_id: clientId, metadata: json(metadata), software_id: softwareId ?? null, directory: directory ?? null, stated: json(stated), token_hash: tokenHash ?? null, single,
      statement_hash: statementHash(statement), ...replayValues(replay, now), ...audited({ ...audit, clientId }, now),
    }; // prettier-ignore
    const row = await uniquely(() => sql.row<Answer<Row & { used: boolean; barred: boolean }>>(register, values));
    if ('outcome' in row) return row;
    const replayed = replayedBy(row, replay, now);
    if (replayed) return replayed;
    if (row.barred) return { outcome: 'suspended' };
    if (row.used) return { outcome: 'statement-used' };
    const client = clientFrom(row);
    return client ? { outcome: 'registered', client } : { outcome: 'duplicate' };
  },

  async replace({ issuer, clientId, version, metadata, stated, tokenHash, statement, replay = [], now, audit }) {
    const values = {
      issuer, client_id: clientId, version, metadata: json(metadata), stated: json(stated), token_hash: tokenHash ?? null,
      statement_hash: statementHash(statement), ...replayValues(replay, now), ...audited({ ...audit, clientId }, now),
    }; // prettier-ignore
    const row = await uniquely(() => sql.row<Answer<Row & { used: boolean; known: boolean }>>(replace, values));
    if ('outcome' in row) return row.outcome === 'duplicate' ? { outcome: 'changed' } : { outcome: row.outcome };
    const replayed = replayedBy(row, replay, now);
    if (replayed) return replayed;
    if (row.used) return { outcome: 'statement-used' };
    const client = clientFrom(row);
    return client ? { outcome: 'replaced', client } : { outcome: row.known ? 'changed' : 'gone' };
  },

  async remove({ issuer, clientId, replay = [], now, audit }) {
    const row = await sql.row<Answer<{ done: boolean }>>(remove, { issuer, client_id: clientId, ...replayValues(replay, now), ...audited({ ...audit, clientId }, now) });
    return replayedBy(row, replay, now) ?? { outcome: row.done ? 'removed' : 'gone' };
  },

  async suspend({ issuer, clientId, by, now, audit }) {
    return (await sql.row<{ outcome: 'suspended' | 'unchanged' | 'gone' }>(suspend, { issuer, client_id: clientId, by, ...audited({ ...audit, clientId }, now) })).outcome;
  },

  async resume({ issuer, clientId, by, now, audit }) {
    return (await sql.row<{ outcome: 'resumed' | 'unchanged' | 'gone' }>(resume, { issuer, client_id: clientId, by, ...audited({ ...audit, clientId }, now) })).outcome;
  },

  async find(issuer, clientId) {
    return present(await sql.rows<Row>(find, { issuer, client_id: clientId }))[0];
  },

  async list(issuer) {
    return present(await sql.rows<Row>(list, { issuer: issuer ?? null }));
  },

  async changes(after) {
    const rows = await sql.rows<Row & { position: string }>(changes, { after: after ?? '0' });
    return { position: rows[0]?.position ?? '0', clients: present(rows) };
  },

  async unended() {
    return (await sql.rows<{ issuer: string; client_id: string }>(unended, {})).map(({ issuer, client_id: clientId }) => ({ issuer, clientId }));
  },

  async ended({ issuer, clientId, now }) {
    await sql.rows(ended, { issuer, client_id: clientId, now: instant(now), before: instant(plusSeconds(now, -underWay)) });
  },

  async onChange(listener) {
    const notifications = await Notifications.open({ connection: { ...connectionOf(pool), application_name: 'assent-registrations' }, channel, onWake: () => listener() });
    return () => notifications.close();
  },
});

/** Which key two that came at once broke. */
async function uniquely<T>(work: () => Promise<T>): Promise<T | { readonly outcome: 'duplicate' | 'statement-used' }> {
  try {
    return await work();
  } catch (error) {
    const { code, constraint } = error as { readonly code?: string; readonly constraint?: string };
    if (code !== '23505') throw error;
    if (constraint === 'registered_statement_pkey') return { outcome: 'statement-used' };
    if (constraint === 'registered_client_software') return { outcome: 'duplicate' };
    throw error;
  }
}
