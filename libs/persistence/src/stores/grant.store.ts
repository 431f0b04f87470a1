import { differenceOf, isNarrower } from '@assent/grants';
import { tagOf, type Clock, type Grant, type GrantDecision, type GrantEventType, type Grants } from '@assent/protocol';
import { instant, instantOrNull, reading, writing, type Sql } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';
import { grantEventRows, grantEventValues } from './grant-event-rows.js';
import { grantColumns, grantFrom, open, permissionValues, type GrantRow } from './grant-rows.js';
import { grantVersionFrom, grantVersionRow, statusDifference, type GrantVersionRow } from './grant-version-rows.js';
import { floorRaised, horizon } from './revocation-rows.js';

const find = reading('grant_find', `SELECT ${grantColumns} FROM assent."grant" g WHERE g.tag = $tag::int AND g.id = $id::text`);
const history = reading('grant_history', `SELECT v.* FROM assent.grant_version v WHERE v.tag = $tag::int AND v.grant_id = $id::text ORDER BY v.version`);

/** The grant as it is, held until the statement ends: of several deciders the second sees what the first did. */
const before = (condition = 'true'): string => `
  before AS (
    SELECT g.tag, g.id, g.status, g.version FROM assent."grant" g WHERE g.tag = $tag::int AND g.id = $id::text AND ${open('g')} AND ${condition} FOR UPDATE
  )`;

const outcome = (done: string): string => `
  SELECT CASE WHEN EXISTS (SELECT FROM changed) THEN '${done}' WHEN EXISTS (SELECT FROM before) THEN 'changed' ELSE 'not-active' END AS outcome`;

const written = (difference: string): string => `
  versioned AS (${grantVersionRow({ from: 'changed g', difference })}),
  ${grantEventRows({ from: 'changed g', detail: `json_strip_nulls(json_build_object('difference', ${difference}, 'reason', $reason::text))` })},
  audit AS (${auditRow({ from: 'changed g', customer: 'g.customer_id', grant: 'g.id' })})`;

const endedAs = (status: 'revoked' | 'consumed', condition?: string): string => `
  ${before(condition)},
  changed AS (
    UPDATE assent."grant" g SET status = '${status}', version = g.version + 1, updated_at = $now::timestamptz, updated_by = $updated_by::text
    FROM before b WHERE g.tag = b.tag AND g.id = b.id AND ($expected::int IS NULL OR b.version = $expected::int)
    RETURNING g.*, b.status AS status_before
  ),
  ${written(statusDifference('g.status_before', 'g.status'))}`;

/*
 * Codes, refresh tokens and opaque access tokens ask for their grant whenever they are used, so its status is all that
 * has to change; JWT access tokens are reached through the feed.
 */
const revoke = writing(
  'grant_revoke',
  `WITH ${endedAs('revoked')},
  dead AS (
    INSERT INTO assent.revocation (tag, id, subject, until, kept_until)
    SELECT g.tag, g.id, 'grant', $horizon::timestamptz, $horizon::timestamptz FROM changed g
    ON CONFLICT DO NOTHING
  )
  ${outcome('revoked')}`,
);

/** What still waits for a yes has not been used. */
const consume = writing('grant_consume', `WITH ${endedAs('consumed', `g.status <> 'awaiting_authorisation'`)} ${outcome('consumed')}`);

const narrow = writing(
  'grant_narrow',
  `WITH ${before('g.customer_id IS NOT NULL')},
  changed AS (
    UPDATE assent."grant" g SET version = g.version + 1, scope = $scope::text[], resources = $resources::text[], accounts = $accounts::text[],
      authorization_details = $authorization_details::jsonb, claims = $claims::jsonb, expires_at = $grant_expires_at::timestamptz,
      access_floor = g.version + 1, updated_at = $now::timestamptz, updated_by = $updated_by::text
    FROM before b WHERE g.tag = b.tag AND g.id = b.id AND b.version = $seen::int
    RETURNING g.*
  ),
  floor AS (${floorRaised('changed g')}),
  ${written('$difference::jsonb')}
  ${outcome('narrowed')}`,
);

type Outcome<Done extends string> = { readonly outcome: Done | 'changed' | 'not-active' };

function decisionValues(event: GrantEventType, { grantId, actor, reason, now, audit }: GrantDecision): Record<string, unknown> {
  const tag = tagOf(grantId);
  return {
    tag,
    id: grantId,
    event,
    reason: reason ?? null,
    updated_by: actor.kind === 'client' ? 'client' : 'authorization_server',
    now: instant(now),
    ...grantEventValues(`grant.${event}`, actor, audit, now),
    ...auditValues({ grantId, ...audit }, tag, now),
  };
}

export const grants = (sql: Sql, clock: Clock): Grants => {
  const findGrant = async (grantId: string, now: Date): Promise<Grant | undefined> => {
    const [row] = await sql.rows<GrantRow>(find, { tag: tagOf(grantId), id: grantId });
    return row && grantFrom(row, now);
  };
  return {
    find: (grantId) => findGrant(grantId, clock.now()),

    async revoke(decision) {
      const values = { ...decisionValues('revoked', decision), expected: decision.expectedVersion ?? null, horizon: instant(horizon(decision.now)) };
      return (await sql.row<Outcome<'revoked'>>(revoke, values)).outcome;
    },

    async consume(decision) {
      const values = { ...decisionValues('consumed', decision), expected: decision.expectedVersion ?? null };
      return (await sql.row<Outcome<'consumed'>>(consume, values)).outcome;
    },

    async narrow({ permissions, ...decision }) {
      const { grantId, expectedVersion, now } = decision;
      for (;;) {
        const grant = await findGrant(grantId, now);
        if (!grant || grant.customerId === '' || ended.includes(grant.status)) return 'not-active';
        if (expectedVersion !== undefined && expectedVersion !== grant.version) return 'changed';
        const left = permissions(grant);
        if (!left) return 'unchanged';
        if (!isNarrower(grant, left)) throw new RangeError('a grant can only be narrowed here');
        const row = await sql.row<Outcome<'narrowed'>>(narrow, {
          ...decisionValues('narrowed', decision),
          ...permissionValues(left),
          grant_expires_at: instantOrNull(left.expiresAt),
          difference: JSON.stringify(differenceOf(grant, left)),
          seen: grant.version,
          horizon: instant(horizon(now)),
        });
        // Somebody else changed it meanwhile: what is left is computed anew.
        if (row.outcome !== 'changed' || expectedVersion !== undefined) return row.outcome;
      }
    },

    async history(grantId) {
      return (await sql.rows<GrantVersionRow>(history, { tag: tagOf(grantId), id: grantId })).map(grantVersionFrom);
    },
  };
};

const ended: readonly Grant['status'][] = ['revoked', 'expired', 'consumed', 'rejected'];
