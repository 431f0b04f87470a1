import { reading, writing, type Statement } from '../sql.js';
import { accessRow } from './access-rows.js';
import { auditRow } from './audit-rows.js';
import { grantEventRows } from './grant-event-rows.js';
import { gives, stands } from './grant-rows.js';
import { grantVersionRow } from './grant-version-rows.js';
import { gateColumns, spend } from './replay-rows.js';
import { floorRaised } from './revocation-rows.js';

/*
 * Every presentation writes the code's row: the first puts its family's id there, every later one finds it and leaves
 * it (SET is computed on the row's newest version, after waiting for whoever holds it). So a presentation won if and
 * only if the id it reads back is its own, also among presentations at the same moment, and what it reads back lets a
 * later one revoke the first one's tokens even though its snapshot cannot see them yet: a revocation row kills them.
 *
 * A code that changes a grant is redeemed in two steps. The first (`redeem`) judges the presentation as ever; when all
 * is well it leaves the code as it is and answers `pending`. The second (`redeemChange`) comes with what the grant will
 * permit, computed from the version it was read at. It locks the grant, and only if that is still the version does it
 * take the code; otherwise it answers `pending` once more. Whoever holds a grant and a code took the grant first.
 *
 * The order of the reasons: reuse first (it has consequences), then what the request got wrong, the grant last.
 */

/** What is redeemed, and how it is judged; its table has the columns of a code that are named here. */
export interface Redeemable {
  /** What the names of its statements begin with. */
  readonly name: string;
  readonly table: string;
  /** What is wrong with a presentation of the row `c`: SQL; NULL: nothing. */
  readonly fault: string;
  /** What a presentation leaves of the row: a code is spent by a wrong one too, and one that comes again revokes. */
  readonly care: 'spent-by-any' | 'spent-by-right';
  /** What else must hold for a row to be found at all: SQL that begins with AND. */
  readonly where?: string;
  /** What else a presentation writes: SQL that begins with a comma. */
  readonly sets?: string;
  /** Reasons that are no decisions and leave no audit line. */
  readonly unsaid?: readonly string[];
}

export interface RedemptionStatements {
  /** How long the authorization will last, before anything is redeemed. */
  readonly outlook: Statement;
  /** What the row, rightly presented, will stand for when it changes no grant that is there. */
  readonly granted: Statement;
  /** One statement for a new grant or one that is there as it is; `pending` for a change of one. */
  readonly redeem: Statement;
  readonly redeemChange: Statement;
}

/** Spends the row, unless it is fresh, rightly presented, and `pending` says that its grant comes first. */
function taken({ table, fault, care, where = '', sets = '' }: Redeemable, pending: string, join = ''): string {
  const once = (column: string, value: string): string =>
    care === 'spent-by-any'
      ? `${column} = CASE WHEN c.family_id IS NULL AND ${pending} AND (${fault}) IS NULL THEN NULL ELSE coalesce(c.${column}, ${value}) END`
      : `${column} = CASE WHEN c.family_id IS NULL AND NOT (${pending}) AND (${fault}) IS NULL THEN ${value} ELSE c.${column} END`;
  return `
  code AS (
    UPDATE assent.${table} c
    SET ${once('used_at', '$now::timestamptz')},
      ${once('family_tag', '$family_tag::int')},
      ${once('tokens_until', '$tokens_until::timestamptz')},
      ${once('family_id', '$family_id::text')}${sets}
    FROM gate ${join}
    WHERE gate.open AND c.tag = $tag::int AND c.expires_at = $expires_at::timestamptz AND c.hash = $hash::bytea ${where}
    RETURNING c.*
  )`;
}

const spent = ({ fault, care }: Redeemable): string =>
  care === 'spent-by-any'
    ? `WHEN c.hash IS NULL THEN 'unknown'
      WHEN c.family_id IS NULL THEN 'pending'
      WHEN c.family_id <> $family_id::text THEN 'used'
      WHEN ${fault} IS NOT NULL THEN ${fault}`
    : `WHEN c.hash IS NULL THEN 'unknown'
      WHEN c.family_id <> $family_id::text THEN 'used'
      WHEN ${fault} IS NOT NULL THEN ${fault}
      WHEN c.family_id IS NULL THEN 'pending'`;

const good = 'verdict v WHERE v.reason IS NULL';

/** Tokens, or what a code that comes again leads to; and the audit line. */
const consequences = ({ care, unsaid = [] }: Redeemable): string => `
  refresh AS (
    INSERT INTO assent.refresh_token (tag, hash, expires_at, issued_at, issuer, client_id, family_tag, family_id, grant_tag,
      grant_id, customer_id, scope, resources, context, grant_version)
    SELECT $refresh_tag::int, $refresh_hash::bytea, $refresh_expires_at::timestamptz, $now::timestamptz, v.issuer, v.client_id,
      v.family_tag, v.family_id, v.grant_tag, v.grant_id, v.customer_id, v.scope, v.resources, v.context, v.grant_version
    FROM ${good} AND $refresh_hash::bytea IS NOT NULL
  ),
  access AS (${accessRow({ from: good, scope: 'v.scope' })}),
  revoked AS (
    INSERT INTO assent.revocation (tag, id, subject, until, kept_until)
    SELECT v.family_tag, v.family_id, 'family', $horizon::timestamptz, greatest($horizon::timestamptz, v.tokens_until)
    FROM verdict v WHERE v.reason = 'used' AND ${care === 'spent-by-any'}
    ON CONFLICT DO NOTHING
  ),
  audit AS (${auditRow({ from: `verdict v WHERE v.reason IS NULL OR v.reason NOT IN (${['pending', ...unsaid].map((reason) => `'${reason}'`).join(', ')})`, customer: 'v.customer_id', grant: 'v.grant_id', reason: 'v.reason' })})`;

const array = (path: string): string => `ARRAY(SELECT json_array_elements_text(${path}))`;

/** The new grant of a code, its first version, and the first link of its chain. */
const created = `
  created AS (
    INSERT INTO assent."grant" (tag, id, status, issuer, client_id, customer_id, subject, scope, resources, accounts,
      authorization_details, claims, auth_time, acr, amr, created_at, updated_at, expires_at, managed)
    SELECT v.grant_tag, v.grant_id, 'active', v.issuer, v.client_id, v.customer_id, v.context->>'subject', v.scope, v.resources,
      ${array(`v.change->'permissions'->'accounts'`)}, v.details, (v.change->'permissions'->'claims')::jsonb,
      (v.context->'authentication'->>'authTime')::timestamptz, v.context->'authentication'->>'acr', ${array(`v.context->'authentication'->'amr'`)},
      $now::timestamptz, $now::timestamptz, (v.change->'permissions'->>'expiresAt')::timestamptz, v.managed
    FROM ${good} AND v.change IS NOT NULL
    RETURNING *
  ),
  listed AS (
    INSERT INTO assent.customer_grant (customer_id, issuer, client_id, grant_id, grant_tag, created_at)
    SELECT g.customer_id, g.issuer, g.client_id, g.id, g.tag, g.created_at FROM created g
  ),
  versioned AS (${grantVersionRow({ from: 'created g, verdict v', difference: `(v.change->'difference')::jsonb`, event: `'created'`, actorKind: `'customer'`, actorId: 'g.customer_id', reason: 'NULL::text' })}),
  ${grantEventRows({ from: 'created g, verdict v', type: `'grant.created'`, actorKind: `'customer'`, actorId: 'g.customer_id', detail: `json_build_object('difference', v.change->'difference')` })}`;

const isChange = `(c.change IS NOT NULL AND c.change->>'action' <> 'create')`;

const granted = ({ name, table, fault, where = '' }: Redeemable): Statement => reading(
  `${name}_granted`,
  `SELECT coalesce(g.version, 1) AS version, coalesce(g.authorization_details, (c.change->'permissions'->'authorizationDetails')::jsonb) AS details
  FROM assent.${table} c LEFT JOIN assent."grant" g ON c.change IS NULL AND g.tag = c.grant_tag AND g.id = c.grant_id
  WHERE c.tag = $tag::int AND c.expires_at = $expires_at::timestamptz AND c.hash = $hash::bytea
    AND c.family_id IS NULL AND NOT coalesce(${isChange}, false) AND (${fault}) IS NULL ${where}`,
);

const redeem = (what: Redeemable): Statement => writing(
  `${what.name}_redeem`,
  `WITH ${spend},
  ${taken(what, isChange)},
  verdict AS (
    SELECT c.*, coalesce(g.expires_at, (c.change->'permissions'->>'expiresAt')::timestamptz) AS grant_expires_at, coalesce(g.version, 1) AS grant_version, coalesce(g.managed, (c.change->>'managed')::boolean) AS managed,
      coalesce(g.authorization_details, (c.change->'permissions'->'authorizationDetails')::jsonb) AS details, CASE
      ${spent(what)}
      WHEN NOT c.resources @> $audience::text[] THEN 'target'
      WHEN c.change IS NULL AND NOT (${gives('g')} AND g.scope @> c.scope) THEN 'grant_inactive'
      WHEN (c.change->'permissions'->>'expiresAt')::timestamptz <= $now::timestamptz THEN 'grant_inactive'
    END AS reason
    FROM gate LEFT JOIN code c ON true LEFT JOIN assent."grant" g ON c.change IS NULL AND g.tag = c.grant_tag AND g.id = c.grant_id
    WHERE gate.open
  ),
  ${consequences(what)},
  ${created}
  SELECT ${gateColumns}, v.reason, CASE WHEN v.reason IS NULL OR v.reason = 'pending' THEN v.context END AS context,
    v.grant_version, v.details, v.managed, v.grant_expires_at, CASE WHEN v.reason = 'pending' THEN v.change END AS change
  FROM gate LEFT JOIN verdict v ON true`,
);

/** The code and the grant it is about are one client's and one customer's; anything else is a grant that is not there. */
const behind = `(${stands('l')} AND l.issuer = c.issuer AND l.client_id = c.client_id AND l.customer_id = c.customer_id)`;

/**
 * What customer or bank took out of the grant after the yes must not come back with it. A merge brings only what was not
 * there; but its details may name an account that was, and is gone since.
 */
const narrowedSince = `EXISTS (SELECT FROM assent.grant_version n
        WHERE n.tag = $grant_tag::int AND n.grant_id = $grant_id::text AND n.version > $agreed::int AND n.event = 'narrowed'
          AND ($event::text = 'replaced' OR n.difference->'accounts'->'removed' ?| $named::text[]))`;

const redeemChange = (what: Redeemable): Statement => writing(
  `${what.name}_redeem_change`,
  `WITH ${spend},
  locked AS (
    SELECT g.* FROM assent."grant" g JOIN gate ON gate.open WHERE g.tag = $grant_tag::int AND g.id = $grant_id::text FOR UPDATE OF g
  ),
  ${taken(what, `${behind} AND l.version <> $seen::int`, 'LEFT JOIN locked l ON true')},
  verdict AS (
    SELECT c.hash, c.issuer, c.client_id, c.customer_id, c.grant_tag, c.grant_id, c.family_tag, c.family_id, c.tokens_until,
      $scope::text[] AS scope, $resources::text[] AS resources, $context::json AS context, $seen::int + 1 AS grant_version,
      $authorization_details::jsonb AS details, CASE
      ${spent(what)}
      WHEN NOT ${behind} OR $grant_expires_at::timestamptz <= $now::timestamptz THEN 'grant_inactive'
      WHEN ${narrowedSince} THEN 'grant_narrowed'
      WHEN NOT $resources::text[] @> $audience::text[] THEN 'target'
    END AS reason
    FROM gate LEFT JOIN code c ON true LEFT JOIN locked l ON true
    WHERE gate.open
  ),
  changed AS (
    UPDATE assent."grant" g SET version = g.version + 1, scope = v.scope, resources = v.resources, accounts = $accounts::text[],
      authorization_details = v.details, claims = $claims::jsonb, expires_at = $grant_expires_at::timestamptz,
      auth_time = $auth_time::timestamptz, acr = $acr::text, amr = $amr::text[], updated_at = $now::timestamptz, updated_by = 'client',
      refresh_floor = g.version + 1, access_floor = CASE WHEN $event::text = 'replaced' THEN g.version + 1 ELSE g.access_floor END
    FROM ${good} AND g.tag = v.grant_tag AND g.id = v.grant_id
    RETURNING g.*
  ),
  floor AS (${floorRaised(`changed g WHERE $event::text = 'replaced'`)}),
  versioned AS (${grantVersionRow({ from: 'changed g', difference: '$difference::jsonb', reason: 'NULL::text' })}),
  ${grantEventRows({ from: 'changed g', detail: `json_build_object('difference', $difference::jsonb)` })},
  ${consequences(what)}
  SELECT ${gateColumns}, v.reason FROM gate LEFT JOIN verdict v ON true`,
);

const outlook = ({ name, table }: Redeemable): Statement => reading(
  `${name}_outlook`,
  `SELECT CASE WHEN c.change IS NULL THEN g.expires_at ELSE (c.change->'permissions'->>'expiresAt')::timestamptz END AS expires_at,
    coalesce((c.context->'consent'->>'once')::boolean, false) AS once, c.change IS NULL AND coalesce(g.status = 'awaiting_authorisation', false) AS waiting
  FROM assent.${table} c LEFT JOIN assent."grant" g ON g.tag = c.grant_tag AND g.id = c.grant_id
  WHERE c.tag = $tag::int AND c.expires_at = $expires_at::timestamptz AND c.hash = $hash::bytea`,
);

export const redemptionOf = (what: Redeemable): RedemptionStatements => ({ outlook: outlook(what), granted: granted(what), redeem: redeem(what), redeemChange: redeemChange(what) });
