import { tagOf, type CodeRefusal, type Codes } from '@assent/protocol';
import { instant, instantOrNull, writing, type Sql } from '../sql.js';
import { accessRow, accessValues } from './access-rows.js';
import { auditRow, auditValues } from './audit-rows.js';
import { contextFrom, type StoredContext } from './context-json.js';
import { stands } from './grant-rows.js';
import { handleValues } from './handle-values.js';
import { gateColumns, replayedBy, replayValues, spend, type GateRow } from './replay-rows.js';
import { horizon, proveWithinHorizon } from './revocation-rows.js';

/*
 * Every presentation writes the row: the first puts its family's id there, every later one finds it and leaves it
 * (SET is computed on the row's newest version, after waiting for whoever holds it). So a presentation won if and only
 * if the id it reads back is its own, also among presentations at the same moment, and what it reads back lets a later
 * one revoke the first one's tokens even though its snapshot cannot see them yet: a revocation row kills them.
 *
 * The order of the reasons: reuse first (it has consequences), then what the request got wrong, the grant last.
 */
const redeem = writing(
  'code_redeem',
  `WITH ${spend},
  code AS (
    UPDATE assent.authorization_code c
    SET used_at = coalesce(c.used_at, $now::timestamptz),
      family_tag = coalesce(c.family_tag, $family_tag::int),
      family_id = coalesce(c.family_id, $family_id::text),
      tokens_until = coalesce(c.tokens_until, $tokens_until::timestamptz)
    FROM gate
    WHERE gate.open AND c.tag = $tag::int AND c.expires_at = $expires_at::timestamptz AND c.hash = $hash::bytea
    RETURNING c.*
  ),
  verdict AS (
    SELECT c.*, CASE
      WHEN c.hash IS NULL THEN 'unknown'
      WHEN c.family_id <> $family_id::text THEN 'used'
      WHEN c.expires_at <= $now::timestamptz THEN 'expired'
      WHEN c.client_id <> $client_id::text OR c.issuer <> $issuer::text THEN 'foreign_client'
      WHEN c.code_challenge IS DISTINCT FROM $code_challenge::text THEN 'pkce'
      WHEN c.redirect_uri IS DISTINCT FROM $redirect_uri::text THEN 'redirect_uri'
      WHEN c.dpop_jkt IS NOT NULL AND c.dpop_jkt IS DISTINCT FROM $jkt::text THEN 'dpop_key'
      WHEN NOT c.resources @> $audience::text[] THEN 'target'
      WHEN NOT ${stands('g')} THEN 'grant_inactive'
    END AS reason
    FROM gate LEFT JOIN code c ON true LEFT JOIN assent."grant" g ON g.tag = c.grant_tag AND g.id = c.grant_id
    WHERE gate.open
  ),
  refresh AS (
    INSERT INTO assent.refresh_token (tag, hash, expires_at, issued_at, issuer, client_id, family_tag, family_id, grant_tag,
      grant_id, customer_id, scope, resources, context)
    SELECT $refresh_tag::int, $refresh_hash::bytea, $refresh_expires_at::timestamptz, $now::timestamptz, v.issuer, v.client_id,
      v.family_tag, v.family_id, v.grant_tag, v.grant_id, v.customer_id, v.scope, v.resources, v.context
    FROM verdict v WHERE v.reason IS NULL AND $refresh_hash::bytea IS NOT NULL
  ),
  access AS (${accessRow({ from: 'verdict v WHERE v.reason IS NULL', scope: 'v.scope' })}),
  revoked AS (
    INSERT INTO assent.revocation (tag, id, subject, until, kept_until)
    SELECT v.family_tag, v.family_id, 'family', $horizon::timestamptz, greatest($horizon::timestamptz, v.tokens_until)
    FROM verdict v WHERE v.reason = 'used'
    ON CONFLICT DO NOTHING
  ),
  audit AS (${auditRow({ from: 'verdict v', customer: 'v.customer_id', grant: 'v.grant_id', reason: 'v.reason' })})
  SELECT ${gateColumns}, v.reason, CASE WHEN v.reason IS NULL THEN v.context END AS context FROM gate LEFT JOIN verdict v ON true`,
);

interface RedeemRow extends GateRow {
  readonly reason: CodeRefusal | null;
  readonly context: StoredContext | null;
}

export const codes = (sql: Sql): Codes => ({
  async redeem({ code, tokens, replay, now, audit, ...presented }) {
    const { familyId, access, refresh } = tokens;
    proveWithinHorizon(access.expiresAt, now);
    const last = Math.max(access.expiresAt.getTime(), refresh?.handle.expiresAt.getTime() ?? 0);
    const row = await sql.row<RedeemRow>(redeem, {
      ...replayValues(replay, now),
      ...handleValues(code),
      issuer: presented.issuer,
      client_id: presented.clientId,
      code_challenge: presented.codeChallenge ?? null,
      redirect_uri: presented.redirectUri ?? null,
      jkt: presented.jkt ?? null,
      family_id: familyId,
      family_tag: tagOf(familyId),
      tokens_until: instant(new Date(last)),
      refresh_tag: refresh?.handle.tag ?? null,
      refresh_hash: refresh?.handle.hash ?? null,
      refresh_expires_at: instantOrNull(refresh?.handle.expiresAt),
      ...accessValues(access, access.jti),
      now: instant(now),
      horizon: instant(horizon(now)),
      ...auditValues(audit, code.tag, now),
    });
    const replayed = replayedBy(row, replay, now);
    if (replayed) return replayed;
    if (row.reason === null && row.context) return { outcome: 'redeemed', context: contextFrom(row.context) };
    return { outcome: 'refused', reason: row.reason ?? 'unknown' };
  },
});
