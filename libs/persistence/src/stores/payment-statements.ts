import { reading, writing } from '../sql.js';
import { auditRow } from './audit-rows.js';
import { grantEventRows } from './grant-event-rows.js';
import { answersForToken, paymentColumns } from './payment-rows.js';

export const find = reading(
  'payment_find',
  `SELECT ${paymentColumns}
  FROM assent."grant" g LEFT JOIN bank.payment p ON p.tag = g.tag AND p.id = $payment_id::text AND p.grant_id = g.id
  WHERE ${answersForToken}`,
);

/** A payment carries its grant's shard. */
export const findOfClient = reading(
  'payment_find_of_client',
  `SELECT p.grant_id, ${paymentColumns}
  FROM bank.payment p JOIN assent."grant" g ON g.tag = p.tag AND g.id = p.grant_id
  WHERE p.tag = $tag::int AND p.id = $payment_id::text AND g.issuer = $issuer::text AND g.client_id = $client_id::text`,
);

/** What the key was used for last. */
const known = `
    SELECT k.request, k.payment_id FROM assent.idempotency_key k
    WHERE k.tag = $tag::int AND k.grant_id = $grant_id::text AND k.hash = $key_hash::bytea AND k.at > $key_since::timestamptz
    ORDER BY k.at DESC LIMIT 1`;

export const recall = reading(
  'payment_recall',
  `SELECT k.request, ${paymentColumns}
  FROM assent."grant" g LEFT JOIN (${known}) k ON true LEFT JOIN bank.payment p ON p.tag = g.tag AND p.id = k.payment_id
  WHERE ${answersForToken}`,
);

/*
 * The grant first, its account then, so that nobody waits in a circle: payments of one grant are decided one after the
 * other, and so are those from one account. Whoever ends or narrows the grant comes before or after, never between.
 *
 * The account is the customer's own, and the one the grant's detail has (whatever the token says); where consent left
 * none there, the only one of the grant.
 */
export const hold = reading(
  'payment_hold',
  `WITH held AS (
    SELECT g.customer_id, g.accounts, g.authorization_details FROM assent."grant" g WHERE ${answersForToken} FOR NO KEY UPDATE OF g
  ),
  account AS (
    SELECT a.id FROM bank.account a, held
    WHERE a.customer_id = held.customer_id
      AND CASE
        WHEN $approved_account::text IS NOT NULL THEN a.id = $approved_account::text AND held.authorization_details @> $chosen::jsonb
        WHEN $approved_iban::text IS NULL THEN held.accounts = ARRAY[a.id]
        ELSE true
      END
      AND a.iban = coalesce($approved_iban::text, a.iban)
      AND a.id = coalesce($asked_account::text, a.id) AND a.iban = coalesce($asked_iban::text, a.iban)
    FOR NO KEY UPDATE OF a
  )
  SELECT account.id AS account_id FROM held LEFT JOIN account ON true`,
);

/*
 * The decision, once the locks of \`hold\` are there; this statement therefore sees all that was committed before.
 * A known key comes first: its answer stands, whatever has become of the approval since.
 */
const verdict = `
  known AS (${known}),
  used AS (
    SELECT count(*)::int AS times, coalesce(sum(p.amount), 0) AS total FROM bank.payment p
    WHERE p.tag = $tag::int AND p.grant_id = $grant_id::text AND p.detail_id = $detail_id::text AND p.status = 'booked'
      AND p.created_at >= $used_from::timestamptz AND p.created_at < $used_until::timestamptz
  ),
  verdict AS (
    SELECT g.tag, g.id, g.version, g.issuer, g.client_id, g.customer_id, g.scope, g.claims, g.authorization_details,
      a.id AS account_id, a.balance, used.times, used.total, known.payment_id AS known_id,
      CASE
        WHEN known.request = $request::bytea THEN NULL
        WHEN known.request IS NOT NULL THEN 'reused'
        WHEN g.status <> 'active' THEN 'spent'
        WHEN NOT g.authorization_details @> $approval::jsonb THEN 'not_granted'
        WHEN a.id IS NULL THEN 'no_account'
        WHEN used.times >= $most_times::int THEN CASE WHEN $single::boolean THEN 'spent' ELSE 'times' END
        WHEN used.total + $amount::numeric > $most_total::numeric THEN 'total'
      END AS refusal,
      CASE
        WHEN a.unavailable IS NOT NULL THEN 'account_unavailable'
        WHEN a.currency <> $currency::text THEN 'other_currency'
        WHEN a.balance < $amount::numeric THEN 'insufficient_funds'
      END AS rejection
    FROM assent."grant" g CROSS JOIN used LEFT JOIN known ON true LEFT JOIN bank.account a ON a.id = $account_id::text
    WHERE g.tag = $tag::int AND g.id = $grant_id::text
  )`;

/** Whether the grant permitted nothing but payments, and with this one they have all been made. */
const nothingLeft = `v.scope <@ ARRAY['openid', 'offline_access'] AND v.claims IS NULL AND NOT EXISTS (
      SELECT FROM jsonb_array_elements(v.authorization_details) d
      WHERE d->>'type' <> 'payment_initiation' OR (d->>'identifier' IS DISTINCT FROM $detail_id::text AND NOT EXISTS (
        SELECT FROM bank.payment other
        WHERE other.tag = v.tag AND other.grant_id = v.id AND other.detail_id = d->>'identifier' AND other.status = 'booked')))`;

export const decide = writing(
  'payment_decide',
  `WITH ${verdict},
  payment AS (
    INSERT INTO bank.payment (tag, id, grant_id, detail_id, detail_type, status, reason, account_id, amount, currency, creditor_name,
      creditor_iban, creditor_scheme, creditor_identification, remittance, end_to_end_id, transaction_id, created_at)
    SELECT v.tag, $payment_id::text, v.id, $detail_id::text, $detail_type::text, CASE WHEN v.rejection IS NULL THEN 'booked' ELSE 'rejected' END,
      v.rejection, v.account_id, $amount::numeric, $currency::text, $creditor_name::text, $creditor_iban::text, $creditor_scheme::text, $creditor_identification::text, $remittance::text,
      $end_to_end_id::text, CASE WHEN v.rejection IS NULL THEN $transaction_id::text END, $now::timestamptz
    FROM verdict v WHERE v.refusal IS NULL AND v.known_id IS NULL
    RETURNING *
  ),
  entry AS (
    INSERT INTO bank.transaction (account_id, sequence, id, booked_on, value_on, amount, currency, description, counterparty,
      counterparty_iban, category, balance_after)
    SELECT p.account_id, coalesce((SELECT max(t.sequence) FROM bank.transaction t WHERE t.account_id = p.account_id), 0) + 1, p.transaction_id,
      $day::date, $day::date, -p.amount, p.currency, coalesce(p.remittance, 'Payment'), p.creditor_name, p.creditor_iban, 'transfer', v.balance - p.amount
    FROM payment p, verdict v WHERE p.status = 'booked'
  ),
  debit AS (
    UPDATE bank.account a SET balance = a.balance - p.amount, balance_at = p.created_at
    FROM payment p WHERE a.id = p.account_id AND p.status = 'booked'
  ),
  key AS (
    INSERT INTO assent.idempotency_key (tag, grant_id, hash, at, request, payment_id)
    SELECT p.tag, p.grant_id, $key_hash::bytea, p.created_at, $request::bytea, p.id FROM payment p
  ),
  ${grantEventRows({
    from: 'verdict g, payment p',
    detail: `json_build_object('payment', p.id, 'approval', json_build_object('type', p.detail_type, 'identifier', p.detail_id), 'status', p.status,
      'amount', p.amount::text, 'currency', p.currency)`,
  })},
  audit AS (${auditRow({ from: 'verdict v WHERE v.known_id IS NULL', customer: 'v.customer_id', grant: 'v.id', reason: 'v.refusal', refusedAs: 'payment.refused' })}),
  answer AS (
    SELECT ${paymentColumns} FROM payment p
    UNION ALL
    SELECT ${paymentColumns} FROM bank.payment p JOIN verdict v ON p.tag = v.tag AND p.id = v.known_id AND v.refusal IS NULL
  )
  SELECT v.refusal, v.times, v.total, ${paymentColumns},
    v.known_id IS NULL AND p.status = 'booked' AND ($uses_up_grant::boolean OR (p.detail_type = 'payment_initiation' AND ${nothingLeft})) AS nothing_left
  FROM verdict v LEFT JOIN answer p ON true`,
);
