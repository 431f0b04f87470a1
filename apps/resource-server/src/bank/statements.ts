/*
 * One statement answers one request. Each begins with the grant behind the token, named by its shard, and only from
 * there reaches accounts: those of the grant's own customer that the customer chose. No row: the grant does not stand
 * (any more). One row without an account: it stands, but not for that account.
 */

const consent = `
WITH consent AS (
  SELECT customer_id, accounts
    FROM assent."grant"
   WHERE tag = $1 AND id = $2 AND issuer = $3 AND client_id = $4 AND subject = $5
     AND status = 'active' AND (expires_at IS NULL OR expires_at > $6)
)`;

const consented = `a.customer_id = consent.customer_id AND a.id = ANY (consent.accounts)`;

/** $7: one account, or null for all. */
export const accountsStatement = {
  name: 'bank-accounts',
  text: `${consent}
SELECT a.id, a.name, a.type, a.currency, a.iban
  FROM consent LEFT JOIN bank.account a ON ${consented} AND ($7::text IS NULL OR a.id = $7)
 ORDER BY a.position`,
};

/** $7: one account, or null for all. */
export const balancesStatement = {
  name: 'bank-balances',
  text: `${consent}
SELECT a.id, a.balance AS amount, a.currency, a.balance_at AS "asOf"
  FROM consent LEFT JOIN bank.account a ON ${consented} AND ($7::text IS NULL OR a.id = $7)
 ORDER BY a.position`,
};

/**
 * $7: the account; $8 to $9: first and last day; ($10, $11): day and sequence of the last transaction seen; $12: how
 * many. Bounds are always given (±infinity for none), so that the index serves every plan.
 */
export const transactionsStatement = {
  name: 'bank-transactions',
  text: `${consent}
SELECT a.id AS "accountId", t.*
  FROM consent
  LEFT JOIN bank.account a ON ${consented} AND a.id = $7
  LEFT JOIN LATERAL (
    SELECT id, sequence, to_char(booked_on, 'YYYY-MM-DD') AS "bookedOn", to_char(value_on, 'YYYY-MM-DD') AS "valueOn",
           amount, currency, description, counterparty, category
      FROM bank.transaction
     WHERE account_id = a.id AND booked_on >= $8::date AND booked_on <= $9::date AND (booked_on, sequence) < ($10::date, $11::integer)
     ORDER BY booked_on DESC, sequence DESC
     LIMIT $12
  ) t ON true
 ORDER BY t."bookedOn" DESC, t.sequence DESC`,
};
