import { newTag, tagOf, type AccessTokens, type Grant } from '@assent/protocol';
import { instant, instantOrNull, writing, type Sql } from '../sql.js';
import { accessColumns, accessFrom, confirmationValues, type AccessRow } from './access-rows.js';
import { auditRow, auditValues } from './audit-rows.js';
import { grantColumns, grantFrom, honours, type GrantRow } from './grant-rows.js';
import { handleValues, revocationKeys } from './handle-values.js';
import { gateColumns, replayedBy, replayValues, spend, type GateRow } from './replay-rows.js';
import { proveWithinHorizon, revoked } from './revocation-rows.js';

const audit = `audit AS (${auditRow({ from: 'gate WHERE gate.open' })})`;

/** A JWT leaves no row of its own, so the statement that every client_credentials request pays for is short. */
const issueJwt = writing('access_issue_jwt', `WITH ${spend}, ${audit} SELECT ${gateColumns} FROM gate`);

const issueOpaque = writing(
  'access_issue_opaque',
  `WITH ${spend}, ${audit},
  access AS (
    INSERT INTO assent.access_token (tag, expires_at, hash, jti_tag, jti, grant_tag, grant_id, issuer, client_id, subject, scope,
      audience, issued_at, jkt, x5t, acr, auth_time, grant_version, authorization_details)
    SELECT $tag::int, $expires_at::timestamptz, $hash::bytea, $jti_tag::int, $jti::text, $grant_tag::int, $grant_id::text, $issuer::text,
      $client_id::text, $subject::text, $scope::text[], $audience::text[], $issued_at::timestamptz, $token_jkt::text, $token_x5t::text,
      $acr::text, $auth_time::timestamptz, coalesce($grant_version::int, 1), $authorization_details::jsonb
    FROM gate WHERE gate.open
  )
  SELECT ${gateColumns} FROM gate`,
);

const find = writing(
  'access_find',
  `WITH ${spend}
  SELECT ${gateColumns}, ${accessColumns}
  FROM gate LEFT JOIN assent.access_token a
    ON gate.open AND a.tag = $tag::int AND a.expires_at = $expires_at::timestamptz AND a.hash = $hash::bytea
    AND a.expires_at > $now::timestamptz
    AND NOT ${revoked('token', 'a.jti_tag', 'a.jti')}
    AND NOT ${revoked('family', 'a.jti_tag', 'a.family_id')}
    AND (a.grant_id IS NULL OR EXISTS (SELECT FROM assent."grant" g WHERE g.tag = a.grant_tag AND g.id = a.grant_id AND ${honours('g', 'a.grant_version')}))`,
);

const check = writing(
  'access_check',
  `WITH ${spend}
  SELECT ${gateColumns}, ${grantColumns},
    ${revoked('token', '$jti_tag::int', '$jti::text')}
      OR ${revoked('family', '$jti_tag::int', '$family_id::text')}
      OR ($grant_id::text IS NOT NULL AND NOT ${honours('g', 'coalesce($grant_version::int, 1)')}) AS dead
  FROM gate LEFT JOIN assent."grant" g ON gate.open AND g.tag = $grant_tag::int AND g.id = $grant_id::text`,
);

/** Every column of the token is NULL when there is none. */
type FindRow = GateRow & Omit<AccessRow, 'jti'> & { readonly jti: string | null };
type CheckRow = GateRow & Omit<GrantRow, 'id'> & { readonly id: string | null; readonly dead: boolean };

export const accessTokens = (sql: Sql): AccessTokens => ({
  async issue({ facts, handle, replay, audit: event }) {
    const now = facts.issuedAt;
    proveWithinHorizon(facts.expiresAt, now);
    const common = { ...replayValues(replay, now), ...auditValues(event, handle?.tag ?? newTag(), now) };
    const row = await (handle
      ? sql.row<GateRow>(issueOpaque, {
          ...common,
          ...handleValues(handle),
          jti: facts.jti,
          jti_tag: tagOf(facts.jti),
          grant_id: facts.grantId ?? null,
          grant_version: facts.grantVersion ?? null,
          authorization_details: JSON.stringify(facts.authorizationDetails ?? []),
          grant_tag: facts.grantId === undefined ? null : tagOf(facts.grantId),
          issuer: facts.issuer,
          client_id: facts.clientId,
          subject: facts.subject,
          scope: facts.scope,
          audience: facts.audience,
          issued_at: instant(facts.issuedAt),
          acr: facts.acr ?? null,
          auth_time: instantOrNull(facts.authTime),
          ...confirmationValues(facts.confirmation),
        })
      : sql.row<GateRow>(issueJwt, common));
    return replayedBy(row, replay, now) ?? { outcome: 'issued' };
  },

  async find(handle, replay, now) {
    const values = { ...replayValues(replay, now), ...handleValues(handle), now: instant(now) };
    const row = await sql.row<FindRow>(find, values, replay.length > 0);
    const replayed = replayedBy(row, replay, now);
    if (replayed) return replayed;
    return row.jti === null ? { outcome: 'inactive' } : { outcome: 'found', facts: accessFrom({ ...row, jti: row.jti }) };
  },

  async check(facts, replay, now) {
    const values = {
      ...replayValues(replay, now),
      ...revocationKeys(facts.jti),
      grant_id: facts.grantId ?? null,
      grant_version: facts.grantVersion ?? null,
      grant_tag: facts.grantId === undefined ? null : tagOf(facts.grantId),
      now: instant(now),
    };
    const row = await sql.row<CheckRow>(check, values, replay.length > 0);
    const replayed = replayedBy(row, replay, now);
    if (replayed) return replayed;
    if (row.dead) return { outcome: 'inactive' };
    const grant: Grant | undefined = row.id === null ? undefined : grantFrom({ ...row, id: row.id }, now);
    return { outcome: 'active', ...(grant && { grant }) };
  },
});
