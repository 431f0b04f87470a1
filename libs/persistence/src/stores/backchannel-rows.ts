import { reading, writing } from '../sql.js';
import { auditRow } from './audit-rows.js';
import { authorising, heldInWaiting, rejecting } from './consent-rows.js';
import { grantEventRows } from './grant-event-rows.js';
import { stands } from './grant-rows.js';
import { redemptionOf } from './redemption-rows.js';
import { gateColumns, spend } from './replay-rows.js';

/** Where processes listen. What they are told: `pushed`, or `decided` and the request's hash; then the customer. */
export const backchannelChannel = 'assent_backchannel';

const told = (what: string, customer: string): string => `SELECT pg_notify('${backchannelChannel}', ${what} || ' ' || ${customer})`;

/** A customer's requests of the same client, from the table pages list them by. */
const ofCustomer = `assent.customer_backchannel_request i JOIN assent.backchannel_request b ON b.tag = i.tag AND b.expires_at = i.expires_at AND b.hash = i.hash
    WHERE i.customer_id = $customer_id::text`;

/**
 * Everybody who asks a customer waits here, so that the counts below hold for requests that come at once. The client's
 * own limit protects the server, not a person: it may be passed by a few.
 */
export const holdCustomer = writing('backchannel_hold', `SELECT pg_advisory_xact_lock(4715010, hashtext($customer_id::text)) IS NULL AS held`);

/** After `holdCustomer`, in the same transaction. */
export const push = writing(
  'backchannel_push',
  `WITH ${spend},
  asked AS (
    SELECT
      (SELECT count(*) FROM ${ofCustomer} AND i.expires_at > $now::timestamptz AND b.state = 'pending' AND b.issuer = $issuer::text) AS waiting,
      (SELECT count(*) FROM ${ofCustomer} AND i.expires_at > $since::timestamptz AND b.issuer = $issuer::text AND b.client_id = $client_id::text
        AND (b.state = 'denied' AND b.decided_at > $since::timestamptz OR b.state = 'pending' AND b.expires_at <= $now::timestamptz)) AS refusals,
      (SELECT count(*) FROM (SELECT 1 FROM assent.backchannel_request b WHERE b.issuer = $issuer::text AND b.client_id = $client_id::text
        AND b.state = 'pending' AND b.expires_at > $now::timestamptz LIMIT $per_client::int) AS counted) AS of_client,
      $consent::text IS NOT NULL AND EXISTS (SELECT FROM assent.backchannel_request b WHERE b.issuer = $issuer::text AND b.client_id = $client_id::text
        AND b.state = 'pending' AND b.expires_at > $now::timestamptz AND b.request->'consent'->>'grantId' = $consent::text) AS of_consent
  ),
  verdict AS (
    SELECT CASE
      WHEN EXISTS (SELECT FROM assent.backchannel_block k
        WHERE k.customer_id = $customer_id::text AND k.issuer = $issuer::text AND k.client_id = $client_id::text) THEN 'blocked'
      WHEN of_consent THEN 'consent_busy'
      WHEN refusals >= $refusals::int THEN 'fatigue'
      WHEN waiting >= $per_customer::int THEN 'customer_busy'
      WHEN of_client >= $per_client::int THEN 'client_busy'
    END AS reason
    FROM gate, asked WHERE gate.open
  ),
  request AS (
    INSERT INTO assent.backchannel_request (tag, expires_at, hash, id, issuer, client_id, customer_id, request, sealed, poll_interval)
    SELECT $tag::int, $expires_at::timestamptz, $hash::bytea, $id::text, $issuer::text, $client_id::text, $customer_id::text, $request::json, $sealed::bytea, $interval::int
    FROM verdict v WHERE v.reason IS NULL
    RETURNING customer_id
  ),
  listed AS (
    INSERT INTO assent.customer_backchannel_request (customer_id, expires_at, id, tag, hash)
    SELECT r.customer_id, $expires_at::timestamptz, $id::text, $tag::int, $hash::bytea FROM request r
  ),
  audit AS (${auditRow({ from: 'verdict v', reason: 'v.reason', refusedAs: 'backchannel.refused' })}),
  told AS (${told(`'pushed'`, 'r.customer_id')} FROM request r)
  SELECT ${gateColumns}, v.reason, (SELECT count(*) FROM told) AS told FROM gate LEFT JOIN verdict v ON true`,
);

const columns = 'b.id, b.tag, b.expires_at, b.hash, b.request, b.state';

export const pendingFor = reading(
  'backchannel_pending',
  `SELECT ${columns} FROM ${ofCustomer} AND i.expires_at > $now::timestamptz AND b.state = 'pending' AND b.issuer = $issuer::text
  ORDER BY b.request->>'requestedAt' DESC, b.id`,
);

export const openOne = reading('backchannel_open', `SELECT ${columns} FROM ${ofCustomer} AND i.id = $id::text`);

export const findOne = reading(
  'backchannel_find',
  `SELECT ${columns} FROM assent.backchannel_request b WHERE b.tag = $tag::int AND b.expires_at = $expires_at::timestamptz AND b.hash = $hash::bytea`,
);

export const decidedAmong = reading(
  'backchannel_decided',
  `SELECT b.tag, b.expires_at, b.hash FROM unnest($tags::int[], $ends::timestamptz[], $hashes::bytea[]) AS w (tag, expires_at, hash)
  JOIN assent.backchannel_request b ON b.tag = w.tag AND b.expires_at = w.expires_at AND b.hash = w.hash WHERE b.state <> 'pending'`,
);

/*
 * One winner: the state is judged again on the row's newest version after waiting for whoever holds it, so of any number
 * of answers one finds the request pending, and all else hangs on its row: the notification too, which so survives
 * whatever happens to this process.
 */
const decided = (state: 'approved' | 'denied', { sets = '', condition = 'true' } = {}): string => `
  decided AS (
    UPDATE assent.backchannel_request b SET state = '${state}', decided_at = $now::timestamptz${sets}
    FROM assent.customer_backchannel_request i
    WHERE i.customer_id = $customer_id::text AND i.id = $id::text AND b.tag = i.tag AND b.expires_at = i.expires_at AND b.hash = i.hash
      AND b.state = 'pending' AND b.expires_at > $now::timestamptz AND ${condition}
    RETURNING b.*
  ),
  ping AS (
    INSERT INTO assent.backchannel_ping (tag, expires_at, hash, issuer, client_id, sealed, next_at)
    SELECT d.tag, d.expires_at, d.hash, d.issuer, d.client_id, d.sealed, $now::timestamptz FROM decided d WHERE d.sealed IS NOT NULL
  ),
  audit AS (${auditRow({ from: 'decided d', tag: 'd.tag', client: 'd.client_id' })}),
  told AS (${told(`'decided ' || encode(d.hash, 'hex')`, 'd.customer_id')} FROM decided d)`;

const outcome = (gone = ''): string => `
  SELECT (SELECT count(*) FROM told) AS told, CASE
    WHEN EXISTS (SELECT FROM decided) THEN 'decided'
    WHEN b.state IS NULL THEN 'unknown'
    WHEN b.state <> 'pending' THEN 'decided-before'
    WHEN b.expires_at <= $now::timestamptz THEN 'expired'
    ${gone}
    ELSE 'decided-before' END AS outcome
  FROM (SELECT 1) AS once LEFT JOIN (assent.customer_backchannel_request i JOIN assent.backchannel_request b ON b.tag = i.tag AND b.expires_at = i.expires_at AND b.hash = i.hash)
    ON i.customer_id = $customer_id::text AND i.id = $id::text`;

const approval = `, grant_tag = $grant_tag::int, grant_id = $grant_id::text, scope = $scope::text[], resources = $resources::text[],
      context = $context::json, change = $change::json`;

export const approveNew = writing('backchannel_approve_new', `WITH ${decided('approved', { sets: approval })} ${outcome()}`);

/** A grant that is gone leaves the request pending: the customer can still say no. */
export const approveChange = writing(
  'backchannel_approve_change',
  `WITH standing AS (
    SELECT 1 FROM assent."grant" g
    WHERE g.tag = $grant_tag::int AND g.id = $grant_id::text AND g.issuer = $issuer::text AND g.client_id = $client_id::text
      AND g.customer_id = $customer_id::text AND ${stands('g')}
  ),
  ${decided('approved', { sets: approval, condition: 'EXISTS (SELECT FROM standing)' })}
  ${outcome(`WHEN NOT EXISTS (SELECT FROM standing) THEN 'grant-gone'`)}`,
);

const approvalOnConsent = `, grant_tag = $grant_tag::int, grant_id = $grant_id::text, scope = $scope::text[], resources = $resources::text[],
      context = $context::json, change = NULL`;

/** The consent in waiting stands from the yes on. The grant is held before the request is. */
export const approveActivation = writing(
  'backchannel_approve_activation',
  `WITH ${heldInWaiting()},
  ${decided('approved', { sets: approvalOnConsent, condition: 'EXISTS (SELECT FROM waiting)' })},
  ${authorising('decided')}
  ${outcome(`WHEN NOT EXISTS (SELECT FROM waiting) THEN 'grant-gone'`)}`,
);

/** The consent in waiting ends with the no, if it still waits. */
export const denyAndReject = writing(
  'backchannel_deny_and_reject',
  `WITH ${heldInWaiting('g.version')},
  ${decided('denied', { condition: '(SELECT count(*) FROM waiting) >= 0' })},
  ${rejecting('decided')}
  ${outcome()}`,
);

export const deny = writing('backchannel_deny', `WITH ${decided('denied')} ${outcome()}`);

/** The grant stays as it was; that it was to be changed, and was not, belongs to its history of decisions. */
export const denyChange = writing(
  'backchannel_deny_change',
  `WITH ${decided('denied')},
  ${grantEventRows({ from: 'decided d JOIN assent."grant" g ON g.tag = $grant_tag::int AND g.id = $grant_id::text AND g.customer_id = d.customer_id', detail: '$audit_detail::json' })}
  ${outcome()}`,
);

/** What an interval grows by for a poll that came too soon (CIBA section 11), and how soon is too soon to tell. */
const growth = 5;
const tolerance = `interval '500 milliseconds'`;
const tooSoon = `(c.state = 'pending' AND coalesce($now::timestamptz < c.polled_at + make_interval(secs => c.poll_interval) - ${tolerance}, false))`;

export const redemption = redemptionOf({
  name: 'backchannel',
  table: 'backchannel_request',
  fault: `CASE
        WHEN c.expires_at <= $now::timestamptz THEN 'expired'
        WHEN c.state = 'denied' THEN 'denied'
        WHEN c.state = 'pending' AND c.slowed AND NOT $again::boolean THEN 'slow_down'
        WHEN c.state = 'pending' THEN 'waiting'
      END`,
  care: 'spent-by-right',
  // Of another client's request nothing is touched and nothing is told.
  where: 'AND c.client_id = $client_id::text AND c.issuer = $issuer::text',
  sets: `,
      slowed = CASE WHEN $again::boolean THEN c.slowed ELSE ${tooSoon} END,
      poll_interval = c.poll_interval + CASE WHEN NOT $again::boolean AND ${tooSoon} THEN ${growth} ELSE 0 END,
      polled_at = CASE WHEN $again::boolean OR c.state <> 'pending' THEN c.polled_at ELSE $now::timestamptz END`,
  unsaid: ['waiting', 'slow_down'],
});
