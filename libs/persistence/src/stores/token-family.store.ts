import type { TokenFamilies } from '@assent/protocol';
import { instant, writing, type Sql } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';
import { contextFrom, type GrantNow, type StoredContext } from './context-json.js';
import { gives } from './grant-rows.js';
import { handleValues, revocationKeys } from './handle-values.js';
import { gateColumns, replayedBy, replayValues, spend, type GateRow } from './replay-rows.js';
import { horizon, revoked } from './revocation-rows.js';

const handleOf = (alias: string): string => `${alias}.tag = $tag::int AND ${alias}.hash = $hash::bytea AND ${alias}.expires_at = $expires_at::timestamptz`;

const findRefresh = writing(
  'family_find_refresh',
  `WITH ${spend}
  SELECT ${gateColumns}, r.family_id, r.context, r.expires_at, r.issued_at, g.version AS grant_version,
    g.authorization_details AS details, g.managed, g.expires_at AS grant_expires_at
  FROM gate LEFT JOIN (assent.refresh_token r JOIN assent."grant" g ON g.tag = r.grant_tag AND g.id = r.grant_id)
    ON gate.open AND ${handleOf('r')} AND r.expires_at > $now::timestamptz
    AND NOT ${revoked('family', 'r.family_tag', 'r.family_id')}
    AND ${gives('g')} AND r.grant_version >= g.refresh_floor`,
);

/** `target`: a SELECT of one row at most with tag, id, subject, until, kept_until and the columns that say whose it is. */
const revocation = (target: string): string => `
  WITH ${spend},
  target AS (${target}),
  own AS (SELECT * FROM target t WHERE t.client_id = $client_id::text AND t.issuer = $issuer::text),
  dead AS (
    INSERT INTO assent.revocation (tag, id, subject, until, kept_until)
    SELECT tag, id, subject, until, kept_until FROM own
    ON CONFLICT DO NOTHING
  ),
  audit AS (${auditRow({ from: 'own', customer: 'own.customer_id', grant: 'own.grant_id' })})
  SELECT ${gateColumns}, CASE
    WHEN EXISTS (SELECT FROM own) THEN 'revoked' WHEN EXISTS (SELECT FROM target) THEN 'foreign' ELSE 'unknown' END AS outcome
  FROM gate`;

const revokeRefresh = writing(
  'family_revoke_refresh',
  revocation(`
    SELECT r.family_tag AS tag, r.family_id AS id, 'family' AS subject, $horizon::timestamptz AS until,
      greatest($horizon::timestamptz, r.expires_at) AS kept_until, r.client_id, r.issuer, r.customer_id, r.grant_id
    FROM gate JOIN assent.refresh_token r ON gate.open AND ${handleOf('r')}`),
);

const revokeOpaque = writing(
  'family_revoke_opaque',
  revocation(`
    SELECT a.jti_tag AS tag, a.jti AS id, 'token' AS subject, a.expires_at AS until, a.expires_at AS kept_until, a.client_id,
      a.issuer, NULL::text AS customer_id, a.grant_id
    FROM gate JOIN assent.access_token a ON gate.open AND ${handleOf('a')}`),
);

/** The caller has verified the JWT, and with it whose it is. */
const revokeJwt = writing(
  'family_revoke_jwt',
  revocation(`
    SELECT $jti_tag::int AS tag, $jti::text AS id, 'token' AS subject, $until::timestamptz AS until, $until::timestamptz AS kept_until,
      $client_id::text AS client_id, $issuer::text AS issuer, NULL::text AS customer_id, NULL::text AS grant_id
    FROM gate WHERE gate.open`),
);

interface FindRow extends GateRow, GrantNow {
  readonly family_id: string | null;
  readonly context: StoredContext;
  readonly expires_at: Date;
  readonly issued_at: Date;
}

interface RevokeRow extends GateRow {
  readonly outcome: 'revoked' | 'foreign' | 'unknown';
}

export const tokenFamilies = (sql: Sql): TokenFamilies => ({
  async findRefreshToken(handle, replay, now) {
    const values = { ...replayValues(replay, now), ...handleValues(handle), now: instant(now) };
    const row = await sql.row<FindRow>(findRefresh, values, replay.length > 0);
    const replayed = replayedBy(row, replay, now);
    if (replayed) return replayed;
    if (row.family_id === null) return { outcome: 'inactive' };
    const facts = { familyId: row.family_id, context: contextFrom(row.context, row), expiresAt: row.expires_at, issuedAt: row.issued_at };
    return { outcome: 'found', facts };
  },

  async revoke({ target, clientId, issuer, replay, now, audit }) {
    const common = { ...replayValues(replay, now), client_id: clientId, issuer, horizon: instant(horizon(now)) };
    const row = await run();
    return replayedBy(row, replay, now) ?? { outcome: row.outcome };

    function run(): Promise<RevokeRow> {
      if ('jti' in target) {
        const keys = revocationKeys(target.jti);
        return sql.row(revokeJwt, { ...common, ...keys, until: instant(target.expiresAt), ...auditValues(audit, keys.jti_tag, now) });
      }
      const [statement, handle] = 'refreshToken' in target ? [revokeRefresh, target.refreshToken] : [revokeOpaque, target.accessToken];
      return sql.row(statement, { ...common, ...handleValues(handle), ...auditValues(audit, handle.tag, now) });
    }
  },
});
