import { differenceOf } from '@assent/grants';
import { plusSeconds, tagOf, type Grant, type GrantActivation, type GrantDifference, type GrantStatus, type NewConsent } from '@assent/protocol';
import { instantOrNull } from '../sql.js';
import { grantEventRows } from './grant-event-rows.js';
import { permissionValues } from './grant-rows.js';
import { grantVersionRow, statusDifference } from './grant-version-rows.js';

/*
 * A consent's life before it is an ordinary grant, as CTEs: lodged, then authorised or rejected. Whoever decides locks
 * the grant first and what decides on it (request, code) second, as everybody does. The row is judged on its newest
 * version after waiting for whoever holds it, so of any number of answers one finds it in waiting.
 */

/** `named`, `lodged` and what goes with them; nothing where the client has a consent of this name. `from`: once for each of its rows. */
export const lodging = (from: string): string => `
  named AS (
    INSERT INTO assent.consent_name (issuer, client_id, name, tag, grant_id)
    SELECT $issuer::text, $client_id::text, $consent_name::text, $grant_tag::int, $grant_id::text FROM ${from}
    ON CONFLICT DO NOTHING RETURNING grant_id
  ),
  lodged AS (
    INSERT INTO assent."grant" (tag, id, status, issuer, client_id, scope, resources, accounts, authorization_details, amr, created_at, updated_at, expires_at)
    SELECT $grant_tag::int, $grant_id::text, 'awaiting_authorisation', $issuer::text, $client_id::text, '{}', '{}', '{}', $consent_details::jsonb, '{}',
      $now::timestamptz, $now::timestamptz, $waits_until::timestamptz
    FROM named
    RETURNING *
  ),
  consent AS (
    INSERT INTO assent.consent (tag, grant_id, name, kind, document, customer_claims, authorise_by, expires_at, once, follows)
    SELECT g.tag, g.id, $consent_name::text, $consent_kind::text, $consent_document::jsonb, $customer_claims::jsonb, $authorise_by::timestamptz,
      $consent_expires_at::timestamptz, $once::boolean, $follows::text
    FROM lodged g
  ),
  versioned AS (${grantVersionRow({ from: 'lodged g', difference: '$lodged_difference::jsonb', event: `'lodged'`, actorKind: `'client'`, actorId: 'g.client_id', reason: 'NULL::text' })}),
  ${grantEventRows({ from: 'lodged g', detail: `json_build_object('difference', $lodged_difference::jsonb)` })}`;

/** The parameters of `lodging`, but for those of the chain's link. */
export function lodgingValues(grantId: string, consent: NewConsent, now: Date): Record<string, unknown> {
  const { kind, name, namePrefix = '', details, document, expiresAt, authoriseBy, customerClaims = {}, once = false, follows = null } = consent;
  const waitsUntil = earlier(authoriseBy ?? null, expiresAt) ?? plusSeconds(now, longestWaitSeconds);
  const difference = differenceOf(undefined, { scope: [], resources: [], accounts: [], authorizationDetails: details, expiresAt: waitsUntil });
  return {
    grant_tag: tagOf(grantId),
    grant_id: grantId,
    consent_name: name ?? `${namePrefix}${grantId}`,
    consent_kind: kind,
    consent_details: JSON.stringify(details),
    consent_document: JSON.stringify(document),
    customer_claims: JSON.stringify(customerClaims),
    authorise_by: instantOrNull(authoriseBy),
    consent_expires_at: instantOrNull(expiresAt),
    waits_until: instantOrNull(waitsUntil),
    once,
    follows,
    lodged_difference: JSON.stringify(difference),
  };
}

/** How long a consent waits whose client named neither its end nor a time to say yes. */
const longestWaitSeconds = 30 * 86_400;

/** While it waits it ends when the time for a yes is over. */
const earlier = (one: Date | null, other: Date | null): Date | null => (one === null ? other : other === null || one.getTime() <= other.getTime() ? one : other);

/** `waiting`: the consent in waiting, held; it belongs to nobody yet, is the client's own, and is what was shown. */
export const heldInWaiting = (version = '$seen::int'): string => `
  waiting AS (
    SELECT g.tag, g.id FROM assent."grant" g
    WHERE g.tag = $grant_tag::int AND g.id = $grant_id::text AND g.issuer = $issuer::text AND g.client_id = $client_id::text
      AND g.status = 'awaiting_authorisation' AND g.customer_id IS NULL AND (g.expires_at IS NULL OR g.expires_at > $now::timestamptz) AND g.version = ${version}
    FOR UPDATE
  )`;

/** After `waiting`: the customer's yes, for each row of `from`; the grant stands, or waits for others, from here on. */
export const authorising = (from: string): string => `
  authorised AS (
    UPDATE assent."grant" g SET status = $activated_status::text, version = g.version + 1, customer_id = $customer_id::text, subject = $subject::text,
      scope = $scope::text[], resources = $resources::text[], accounts = $accounts::text[], authorization_details = $authorization_details::jsonb,
      claims = $claims::jsonb, auth_time = $auth_time::timestamptz, acr = $acr::text, amr = $amr::text[], expires_at = $grant_expires_at::timestamptz,
      updated_at = $now::timestamptz, updated_by = 'authorization_server'
    FROM ${from}, waiting w WHERE g.tag = w.tag AND g.id = w.id
    RETURNING g.*
  ),
  listed AS (
    INSERT INTO assent.customer_grant (customer_id, issuer, client_id, grant_id, grant_tag, created_at)
    SELECT g.customer_id, g.issuer, g.client_id, g.id, g.tag, g.created_at FROM authorised g
  ),
  approvals AS (
    INSERT INTO assent.consent_approval (tag, grant_id, customer_id, state, at)
    SELECT g.tag, g.id, a.customer_id, a.state, CASE a.state WHEN 'approved' THEN $now::timestamptz END
    FROM authorised g, unnest($approvers::text[], $approver_states::text[]) AS a (customer_id, state)
  ),
  versioned AS (${grantVersionRow({ from: 'authorised g', difference: '$difference::jsonb', event: `'authorised'`, reason: 'NULL::text' })}),
  ${grantEventRows({ from: 'authorised g', detail: `json_build_object('difference', $difference::jsonb)` })}`;

/** The parameters of `authorising` that are not those of a context or of the chain's link. */
export function authorisingValues({ waiting, permissions, furtherAuthorisers }: GrantActivation, customerId: string): Record<string, unknown> {
  const others = furtherAuthorisers.filter((one) => one !== customerId);
  const status: GrantStatus = others.length > 0 ? 'awaiting_authorisation' : 'active';
  const approvers = others.length > 0 ? [customerId, ...others] : [];
  return {
    ...permissionValues(permissions),
    grant_expires_at: instantOrNull(permissions.expiresAt),
    seen: waiting.version,
    activated_status: status,
    approvers,
    approver_states: approvers.map((one) => (one === customerId ? 'approved' : 'pending')),
    difference: JSON.stringify(activation(waiting, permissions, status)),
  };
}

const activation = (waiting: Grant, permissions: GrantActivation['permissions'], to: GrantStatus): GrantDifference => ({
  ...differenceOf(waiting, permissions),
  ...(to !== waiting.status && { status: { from: waiting.status, to } }),
});

/** After `waiting`: the customer's no, for each row of `from`. */
export const rejecting = (from: string): string => `
  rejected AS (
    UPDATE assent."grant" g SET status = 'rejected', version = g.version + 1, updated_at = $now::timestamptz, updated_by = 'authorization_server'
    FROM ${from}, waiting w WHERE g.tag = w.tag AND g.id = w.id
    RETURNING g.*
  ),
  versioned AS (${grantVersionRow({ from: 'rejected g', difference: ended, event: `'rejected'`, reason: 'NULL::text' })}),
  ${grantEventRows({ from: 'rejected g', detail: `json_build_object('difference', ${ended})` })}`;

const ended = statusDifference(`'awaiting_authorisation'`, 'g.status');
