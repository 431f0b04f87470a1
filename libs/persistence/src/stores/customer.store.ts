import type { Customer, CustomerAccount, Customers } from '@assent/protocol';
import { reading, type Sql } from '../sql.js';

const columns = 'id, login, password_hash, display_name, claims, user_code_hash';
const findByLogin = reading('customer_by_login', `SELECT ${columns} FROM bank.customer WHERE lower(login) = lower($login::text)`);
const find = reading('customer_find', `SELECT ${columns} FROM bank.customer WHERE id = $id::text`);
/** A claim of several values holds each of them. Two are enough to know that it is not one. */
const findByClaims = reading(
  'customer_by_claims',
  `SELECT ${columns} FROM bank.customer c WHERE NOT EXISTS (
    SELECT FROM jsonb_each($claims::jsonb) AS w (name, value)
    WHERE NOT coalesce(c.claims->w.name = w.value OR jsonb_typeof(c.claims->w.name) = 'array' AND c.claims->w.name @> w.value, false)
  ) LIMIT 2`,
);
const findBySubject = reading(
  'customer_by_subject',
  `SELECT ${columns} FROM bank.customer WHERE id = (SELECT g.customer_id FROM assent."grant" g
    WHERE g.subject = $subject::text AND g.client_id = $client_id::text AND g.issuer = $issuer::text LIMIT 1)`,
);
const accounts = reading(
  'customer_accounts',
  `SELECT id, name, right(iban, 4) AS masked_number, type, balance::text AS amount, currency, unavailable, approvers
  FROM bank.account WHERE customer_id = $id::text ORDER BY position`,
);

interface CustomerRow {
  readonly id: string;
  readonly login: string;
  readonly password_hash: string;
  readonly display_name: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly user_code_hash: string | null;
}

interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly masked_number: string;
  readonly type: string;
  readonly amount: string;
  readonly currency: string;
  readonly unavailable: string | null;
  readonly approvers: readonly string[];
}

const customerFrom = (row: CustomerRow): Customer => ({
  id: row.id,
  login: row.login,
  passwordHash: row.password_hash,
  displayName: row.display_name,
  claims: row.claims,
  ...(row.user_code_hash !== null && { userCodeHash: row.user_code_hash }),
});

const accountFrom = (row: AccountRow): CustomerAccount => ({
  id: row.id,
  name: row.name,
  maskedNumber: row.masked_number,
  type: row.type,
  balance: { amount: row.amount, currency: row.currency },
  ...(row.unavailable !== null && { unavailable: row.unavailable }),
  ...(row.approvers.length > 0 && { approvers: row.approvers }),
});

export const customers = (sql: Sql): Customers => ({
  async findByLogin(login) {
    const [row] = await sql.rows<CustomerRow>(findByLogin, { login });
    return row && customerFrom(row);
  },
  async find(customerId) {
    const [row] = await sql.rows<CustomerRow>(find, { id: customerId });
    return row && customerFrom(row);
  },
  async findByClaims(claims) {
    if (Object.keys(claims).length === 0) return undefined;
    const rows = await sql.rows<CustomerRow & Record<string, unknown>>(findByClaims, { claims: JSON.stringify(claims) });
    return rows.length === 1 && rows[0] ? customerFrom(rows[0]) : undefined;
  },
  async findBySubject(issuer, clientId, subject) {
    const [row] = await sql.rows<CustomerRow>(findBySubject, { issuer, client_id: clientId, subject });
    return row && customerFrom(row);
  },
  async accounts(customerId) {
    return (await sql.rows<AccountRow>(accounts, { id: customerId })).map(accountFrom);
  },
});
