/*
 * One statement answers one request. Each begins with the grant behind the token, named by its shard, and only from
 * there reaches accounts: those of the grant's own customer that the customer chose, as far as the token reaches. No row:
 * the grant does not stand (any more), or not for a token this old. One row without an account: it stands, but not for
 * that account.
 */

const consent = `
WITH consent AS (
  SELECT customer_id, accounts, authorization_details
    FROM assent."grant"
   WHERE tag = $1 AND id = $2 AND issuer = $3 AND client_id = $4 AND subject = $5
     AND status = 'active' AND (expires_at IS NULL OR expires_at > $6)
     AND access_floor <= $7
)`;

/** The account a payment of the grant is made from: opened where a token's reach names it, as payments of some markets may have it. */
const paidFrom = `consent.authorization_details @> jsonb_build_array(jsonb_build_object('debtorAccount', jsonb_build_object('accountId', a.id)))`;

/** $8: the accounts the token reaches, or null for all of the grant. */
const consented = `a.customer_id = consent.customer_id AND (a.id = ANY (consent.accounts) AND ($8::text[] IS NULL OR a.id = ANY ($8)) OR a.id = ANY ($8) AND ${paidFrom})`;

/** $9: one account, or null for all. */
export const accountsStatement = {
  name: 'bank-accounts',
  text: `${consent}
SELECT a.id, a.name, a.type, a.currency, a.iban
  FROM consent LEFT JOIN bank.account a ON ${consented} AND ($9::text IS NULL OR a.id = $9)
 ORDER BY a.position`,
};

/** $9: one account, or null for all. */
export const balancesStatement = {
  name: 'bank-balances',
  text: `${consent}
SELECT a.id, a.balance AS amount, a.currency, a.balance_at AS "asOf"
  FROM consent LEFT JOIN bank.account a ON ${consented} AND ($9::text IS NULL OR a.id = $9)
 ORDER BY a.position`,
};

/** The customer behind the grant. $8 is not looked at. */
export const customerStatement = {
  name: 'bank-customer',
  text: `${consent}
SELECT c.claims FROM consent JOIN bank.customer c ON c.id = consent.customer_id WHERE $8::text[] IS NULL OR true`,
};

/** $9: the account, $10: details the grant must hold, $11 and $12: amount and currency. */
export const fundsStatement = {
  name: 'bank-funds',
  text: `${consent}
SELECT a.balance >= $11::numeric AND a.currency = $12::text AND a.unavailable IS NULL AS enough
  FROM consent LEFT JOIN bank.account a ON a.customer_id = consent.customer_id AND a.id = $9 AND consent.authorization_details @> $10::jsonb AND ($8::text[] IS NULL OR a.id = ANY ($8))`,
};

/**
 * $9: the account; $10 to $11: first and last day; ($12, $13): day and sequence of the last transaction seen; $14: how
 * many; ($15, $16): the periods that may be read, or null for all days. Bounds are always given (±infinity for none), and
 * drawn in to where those periods begin and end, so that the index serves every plan.
 */
export const transactionsStatement = {
  name: 'bank-transactions',
  text: `${consent}
SELECT a.id AS "accountId", t.*
  FROM consent
  LEFT JOIN bank.account a ON ${consented} AND a.id = $9
  LEFT JOIN LATERAL (
    SELECT id, sequence, to_char(booked_on, 'YYYY-MM-DD') AS "bookedOn", to_char(value_on, 'YYYY-MM-DD') AS "valueOn",
           amount, currency, description, counterparty, category
      FROM bank.transaction
     WHERE account_id = a.id
       AND booked_on >= greatest($10::date, (SELECT min(day) FROM unnest($15::date[]) day))
       AND booked_on <= least($11::date, (SELECT max(day) FROM unnest($16::date[]) day))
       AND (booked_on, sequence) < ($12::date, $13::integer)
       AND ($15::date[] IS NULL OR EXISTS (SELECT FROM unnest($15::date[], $16::date[]) AS permitted (first, last) WHERE booked_on BETWEEN permitted.first AND permitted.last))
     ORDER BY booked_on DESC, sequence DESC
     LIMIT $14
  ) t ON true
 ORDER BY t."bookedOn" DESC, t.sequence DESC`,
};
