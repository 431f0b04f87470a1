import { differenceOf } from '@assent/grants';
import { tagOf, type AuditEvent, type Authorizations, type AuthorizedContext, type GrantActivation, type GrantChange } from '@assent/protocol';
import { instant, reading, writing, type Sql, type Statement } from '../sql.js';
import { auditRow, auditValues } from './audit-rows.js';
import { authorising, authorisingValues, heldInWaiting, rejecting } from './consent-rows.js';
import { changeText } from './context-json.js';
import { heldByCode } from './evidence.store.js';
import { grantEventRows, grantEventValues } from './grant-event-rows.js';
import { contextValues, grantColumns, grantFrom, stands, type GrantRow } from './grant-rows.js';
import { handleValues } from './handle-values.js';

/*
 * One winner: `completed_at IS NULL` is judged again on the row's newest version after waiting for whoever holds it
 * (READ COMMITTED), so of any number of submissions one finds the request open, and all else hangs on its row.
 */
const complete = (condition = 'true'): string => `
  request AS (
    UPDATE assent.pushed_request SET completed_at = $now::timestamptz
    WHERE tag = $tag::int AND expires_at = $expires_at::timestamptz AND hash = $hash::bytea AND completed_at IS NULL AND ${condition}
    RETURNING hash
  )`;

const code = `
  code AS (
    INSERT INTO assent.authorization_code (tag, expires_at, hash, issuer, client_id, grant_tag, grant_id, customer_id, scope,
      resources, code_challenge, redirect_uri, dpop_jkt, context, change)
    SELECT $code_tag::int, $code_expires_at::timestamptz, $code_hash::bytea, $issuer::text, $client_id::text, $grant_tag::int,
      $grant_id::text, $customer_id::text, $scope::text[], $resources::text[], $code_challenge::text, $redirect_uri::text,
      $dpop_jkt::text, $context::json, $change::json
    FROM request
  )`;

const audit = `audit AS (${auditRow({ from: 'request' })})`;

/** A new grant is made when the code is redeemed: until then there is nothing to check and nothing to undo. */
const allowNew = writing(
  'authorization_allow_new',
  `WITH ${complete()}, ${code}, ${heldByCode}, ${audit}
  SELECT CASE WHEN EXISTS (SELECT FROM request) THEN 'allowed' ELSE 'already-completed' END AS outcome`,
);

/** A grant that is gone leaves the request open: the customer can still be asked. */
const allowExisting = writing(
  'authorization_allow_existing',
  `WITH standing AS (
    SELECT 1 FROM assent."grant" g
    WHERE g.tag = $grant_tag::int AND g.id = $grant_id::text AND g.issuer = $issuer::text AND g.client_id = $client_id::text
      AND g.customer_id = $customer_id::text AND g.scope @> $covered::text[] AND ${stands('g')}
  ),
  ${complete('EXISTS (SELECT FROM standing)')},
  ${code}, ${heldByCode}, ${audit}
  SELECT CASE
    WHEN EXISTS (SELECT FROM request) THEN 'allowed'
    WHEN EXISTS (SELECT FROM standing) THEN 'already-completed'
    WHEN EXISTS (SELECT FROM assent.pushed_request WHERE tag = $tag::int AND expires_at = $expires_at::timestamptz
      AND hash = $hash::bytea AND completed_at IS NULL) THEN 'grant-gone'
    ELSE 'already-completed' END AS outcome`,
);

/** The grant comes first, the request second: `waiting` is looked at for each row the UPDATE finds, before it is locked. */
const activate = writing(
  'authorization_activate',
  `WITH ${heldInWaiting()},
  ${complete('EXISTS (SELECT FROM waiting)')},
  ${authorising('request')},
  ${code}, ${heldByCode}, ${audit}
  SELECT CASE WHEN EXISTS (SELECT FROM request) THEN 'allowed'
    WHEN EXISTS (SELECT FROM assent.pushed_request WHERE tag = $tag::int AND expires_at = $expires_at::timestamptz
      AND hash = $hash::bytea AND completed_at IS NULL) THEN 'grant-gone'
    ELSE 'already-completed' END AS outcome`,
);

const refuse = writing(
  'authorization_refuse',
  `WITH ${complete()}, ${audit}
  SELECT CASE WHEN EXISTS (SELECT FROM request) THEN 'refused' ELSE 'already-completed' END AS outcome`,
);

/** The grant stays as it was; that it was to be changed, and was not, belongs to its history of decisions. */
const refuseChange = writing(
  'authorization_refuse_change',
  `WITH ${complete()}, ${audit},
  ${grantEventRows({ from: 'request JOIN assent."grant" g ON g.tag = $grant_tag::int AND g.id = $grant_id::text', detail: '$audit_detail::json' })}
  SELECT CASE WHEN EXISTS (SELECT FROM request) THEN 'refused' ELSE 'already-completed' END AS outcome`,
);

/** The consent in waiting ends with the no, if it still waits. */
const refuseAndReject = writing(
  'authorization_refuse_and_reject',
  `WITH ${heldInWaiting('g.version')},
  ${complete('(SELECT count(*) FROM waiting) >= 0')}, ${audit},
  ${rejecting('request')}
  SELECT CASE WHEN EXISTS (SELECT FROM request) THEN 'refused' ELSE 'already-completed' END AS outcome`,
);

const covering = reading(
  'authorization_covering',
  `SELECT ${grantColumns} FROM assent.customer_grant c JOIN assent."grant" g ON g.tag = c.grant_tag AND g.id = c.grant_id
  WHERE c.customer_id = $customer_id::text AND c.issuer = $issuer::text AND c.client_id = $client_id::text
    AND g.scope @> $scope::text[] AND ${stands('g')}
  ORDER BY g.created_at DESC LIMIT 20`,
);

/** The code's own part of the change, and what the grant must have for it. */
function changeValues(change: GrantChange | GrantActivation | 'existing', { scope }: AuthorizedContext): Record<string, unknown> {
  if (change === 'existing' || change.action === 'activate') return { change: null, covered: scope };
  const difference = change.action === 'create' ? differenceOf(undefined, change.permissions) : undefined;
  return { change: changeText(change, difference), covered: [] };
}

/** A new grant, one that is there, or a consent that becomes one. */
function writingOf(change: GrantChange | GrantActivation | 'existing', context: AuthorizedContext, event: AuditEvent, now: Date): { readonly statement: Statement; readonly values: Record<string, unknown> } {
  if (change === 'existing') return { statement: allowExisting, values: {} };
  if (change.action !== 'activate') return { statement: change.action === 'create' ? allowNew : allowExisting, values: {} };
  const { authTime, acr, amr } = context.authentication;
  const signedIn = { subject: context.subject, auth_time: instant(authTime), acr, amr };
  return { statement: activate, values: { ...authorisingValues(change, context.customerId), ...signedIn, ...grantEventValues('grant.authorised', { kind: 'customer', id: context.customerId }, event, now) } };
}

export const authorizations = (sql: Sql): Authorizations => ({
  async allow({ request, code: minted, context, change, now, audit: event, ...bound }) {
    const { statement, values } = writingOf(change, context, event, now);
    const row = await sql.row<{ outcome: 'allowed' | 'already-completed' | 'grant-gone' }>(statement, {
      ...handleValues(request),
      ...contextValues(context),
      ...values,
      ...changeValues(change, context),
      grant_tag: tagOf(context.grantId),
      code_tag: minted.tag,
      code_expires_at: instant(minted.expiresAt),
      code_hash: minted.hash,
      code_challenge: bound.codeChallenge ?? null,
      redirect_uri: bound.redirectUri,
      dpop_jkt: bound.dpopJkt ?? null,
      now: instant(now),
      ...auditValues({ customerId: context.customerId, grantId: context.grantId, ...event }, request.tag, now),
    });
    return row.outcome;
  },

  async refuse({ request, grantId, rejects, now, audit: event }) {
    const named = rejects ?? grantId;
    const values = { ...handleValues(request), now: instant(now), ...auditValues({ ...event, ...(named !== undefined && { grantId: named }) }, request.tag, now) };
    if (rejects !== undefined) {
      const consent = { grant_tag: tagOf(rejects), grant_id: rejects, issuer: event.issuer, client_id: event.clientId ?? '', ...grantEventValues('grant.rejected', { kind: 'customer', id: event.customerId ?? '' }, event, now) };
      return (await sql.row<{ outcome: 'refused' | 'already-completed' }>(refuseAndReject, { ...values, ...consent })).outcome;
    }
    const ofGrant = grantId === undefined ? {} : { grant_tag: tagOf(grantId), grant_id: grantId, ...grantEventValues(event.type, { kind: 'customer', id: event.customerId ?? '' }, event, now) };
    const row = await sql.row<{ outcome: 'refused' | 'already-completed' }>(grantId === undefined ? refuse : refuseChange, { ...values, ...ofGrant });
    return row.outcome;
  },

  async covering({ issuer, clientId, customerId, scope, covers = () => true, now }) {
    const values = { issuer, client_id: clientId, customer_id: customerId, scope, now: instant(now) };
    const rows = await sql.rows<GrantRow>(covering, values);
    return rows.map((row) => grantFrom(row, now)).find(covers);
  },
});
