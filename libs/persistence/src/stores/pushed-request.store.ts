import type { Clock, FoundRequest, PushedRequests } from '@assent/protocol';
import { instant, reading, writing, type Sql } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';
import { lodging, lodgingValues } from './consent-rows.js';
import { requestFrom, type StoredRequest } from './context-json.js';
import { grantEventValues } from './grant-event-rows.js';
import { handleValues } from './handle-values.js';
import { gateColumns, replayedBy, replayValues, spend, type GateRow } from './replay-rows.js';
import { sessionFrom, type SessionRow } from './session.store.js';

const push = writing(
  'request_push',
  `WITH ${spend},
  request AS (
    INSERT INTO assent.pushed_request (tag, expires_at, hash, issuer, client_id, request)
    SELECT $tag::int, $expires_at::timestamptz, $hash::bytea, $issuer::text, $client_id::text, $request::json
    FROM gate WHERE gate.open
  ),
  audit AS (${auditRow({ from: 'gate WHERE gate.open' })})
  SELECT ${gateColumns} FROM gate`,
);

/** The consent and the request that carries it, or neither. */
const pushLodging = writing(
  'request_push_lodging',
  `WITH ${spend},
  ${lodging('gate WHERE gate.open')},
  request AS (
    INSERT INTO assent.pushed_request (tag, expires_at, hash, issuer, client_id, request)
    SELECT $tag::int, $expires_at::timestamptz, $hash::bytea, $issuer::text, $client_id::text, $request::json FROM lodged
  ),
  audit AS (${auditRow({ from: 'lodged g', grant: 'g.id' })})
  SELECT ${gateColumns}, EXISTS (SELECT FROM lodged) AS lodged FROM gate`,
);

/** The session columns are named apart from the request's. */
const open = reading(
  'request_open',
  `SELECT r.request, r.completed_at, s.hash AS session_hash, s.customer_id, s.display_name, s.auth_time, s.acr, s.amr, s.signed_in_for
  FROM (SELECT 1) AS once
  LEFT JOIN assent.pushed_request r ON r.tag = $tag::int AND r.expires_at = $expires_at::timestamptz AND r.hash = $hash::bytea
  LEFT JOIN assent.session s ON s.tag = $session_tag::int AND s.expires_at = $session_expires_at::timestamptz
    AND s.hash = $session_hash::bytea AND s.ended_at IS NULL AND s.expires_at > $now::timestamptz`,
);

interface OpenRow extends Omit<SessionRow, 'customer_id'> {
  readonly request: StoredRequest | null;
  readonly completed_at: Date | null;
  readonly session_hash: Buffer | null;
  readonly customer_id: string;
}

export const pushedRequests = (sql: Sql, clock: Clock): PushedRequests => ({
  async push({ handle, request, lodges, replay, audit }) {
    const now = clock.now();
    const consent = lodges && { ...lodgingValues(lodges.grantId, lodges.consent, now), now: instant(now), ...grantEventValues('grant.lodged', { kind: 'client', id: request.clientId }, audit, now) };
    const row = await sql.row<GateRow & { readonly lodged?: boolean }>(lodges ? pushLodging : push, {
      ...consent,
      ...replayValues(replay, now),
      ...handleValues(handle),
      issuer: request.issuer,
      client_id: request.clientId,
      request: JSON.stringify(request),
      ...auditValues(audit, handle.tag, request.pushedAt),
    });
    return replayedBy(row, replay, now) ?? { outcome: row.lodged === false ? 'exists' : 'pushed' };
  },

  async open(handle, session) {
    const row = await sql.row<OpenRow>(open, {
      ...handleValues(handle),
      session_tag: session?.tag ?? null,
      session_expires_at: session ? instant(session.expiresAt) : null,
      session_hash: session?.hash ?? null,
      now: instant(clock.now()),
    });
    const found: FoundRequest | undefined = row.request
      ? { request: requestFrom(row.request), handle, completed: row.completed_at !== null }
      : undefined;
    return { ...(found && { found }), ...(session && row.session_hash && { session: sessionFrom(row, session) }) };
  },
});
