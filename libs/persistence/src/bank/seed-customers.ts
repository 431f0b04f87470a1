import type pg from 'pg';
import type { CustomerConfig } from '@assent/config';
import type { Clock } from '@assent/protocol';
import { advisoryLocks } from '../advisory-locks.js';
import { dayOf, dayOfIso, isoDay } from './calendar.js';
import { history, type AccountState, type Booked } from './history.js';
import { passwordHashes, userCodeHashes } from './password-hashes.js';

/**
 * Writes customers, accounts and a made-up transaction history up to today, the same every time. Run again, it changes
 * what differs in names, claims and passwords, keeps what was booked, and appends the days that have passed.
 */
export async function seedCustomers(pool: pg.Pool, customers: readonly CustomerConfig[], clock: Clock): Promise<void> {
  if (customers.length === 0) return;
  const now = clock.now();
  const client = await pool.connect();
  try {
    const [hashes, codes] = [await passwordHashes(client, 'customer', customers), await userCodeHashes(client, customers)];
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.seeding]);
    await writeCustomers(client, customers, hashes, codes);
    await writeAccounts(client, customers, now);
    const booked = (await accountStates(client, customers)).flatMap((account) => history(account, dayOf(now)));
    await writeTransactions(client, booked);
    await writeBalances(client, booked, now);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function writeCustomers(client: pg.ClientBase, customers: readonly CustomerConfig[], hashes: ReadonlyMap<string, string>, codes: ReadonlyMap<string, string>): Promise<void> {
  await client.query(
    `INSERT INTO bank.customer (id, login, password_hash, display_name, claims, user_code_hash)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[])
    ON CONFLICT (id) DO UPDATE SET login = excluded.login, password_hash = excluded.password_hash,
      display_name = excluded.display_name, claims = excluded.claims, user_code_hash = excluded.user_code_hash`,
    [
      customers.map(({ id }) => id),
      customers.map(({ login }) => login),
      customers.map(({ id }) => hashes.get(id)),
      customers.map(({ displayName }) => displayName),
      customers.map(({ claims }) => JSON.stringify(claims)),
      customers.map(({ id }) => codes.get(id) ?? null),
    ],
  );
}

/** An account's opening balance and first day stay what they were when it was first written. */
async function writeAccounts(client: pg.ClientBase, customers: readonly CustomerConfig[], now: Date): Promise<void> {
  const all = customers.flatMap(({ id, accounts }) => accounts.map((account, position) => ({ ...account, customerId: id, position })));
  await client.query(
    `INSERT INTO bank.account (id, customer_id, position, name, type, iban, currency, opening_balance, balance, opened_on, unavailable, approvers, balance_at)
    SELECT id, customer_id, position, name, type, iban, currency, opening, opening, opened_on, unavailable, ARRAY(SELECT jsonb_array_elements_text(approvers)), $12::timestamptz
    FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::numeric[], $9::date[], $10::text[], $11::jsonb[])
      AS a (id, customer_id, position, name, type, iban, currency, opening, opened_on, unavailable, approvers)
    ON CONFLICT (id) DO UPDATE SET position = excluded.position, name = excluded.name, iban = excluded.iban, unavailable = excluded.unavailable,
      approvers = excluded.approvers`,
    [
      all.map(({ id }) => id),
      all.map(({ customerId }) => customerId),
      all.map(({ position }) => position),
      all.map(({ name }) => name),
      all.map(({ type }) => type),
      all.map(({ iban }) => iban.replaceAll(' ', '')),
      all.map(({ currency }) => currency),
      all.map(({ openingBalance }) => openingBalance),
      all.map(({ historyDays }) => isoDay(dayOf(now) - historyDays + 1)),
      all.map(({ unavailable }) => unavailable ?? null),
      all.map(({ approvers = [] }) => JSON.stringify(approvers)),
      now,
    ],
  );
}

async function accountStates(client: pg.ClientBase, customers: readonly CustomerConfig[]): Promise<AccountState[]> {
  const { rows } = await client.query<{ id: string; type: string; currency: string; cents: string; sequence: number; opened_on: string; last_on: string | null }>(
    `SELECT a.id, a.type, a.currency, (a.balance * 100)::bigint::text AS cents, coalesce(t.sequence, 0) AS sequence,
      a.opened_on::text AS opened_on, t.booked_on::text AS last_on
    FROM bank.account a
    LEFT JOIN LATERAL (SELECT sequence, booked_on FROM bank.transaction WHERE account_id = a.id ORDER BY sequence DESC LIMIT 1) t ON true
    WHERE a.customer_id = ANY ($1)`,
    [customers.map(({ id }) => id)],
  );
  return rows.map(({ id, type, currency, cents, sequence, opened_on, last_on }) => ({
    id,
    type,
    currency,
    sequence,
    balance: Number(cents),
    from: last_on ? dayOfIso(last_on) + 1 : dayOfIso(opened_on),
  }));
}

const decimal = (cents: number): string => (cents / 100).toFixed(2);

async function writeTransactions(client: pg.ClientBase, booked: readonly Booked[]): Promise<void> {
  await client.query(
    `INSERT INTO bank.transaction (account_id, sequence, id, booked_on, value_on, amount, currency, description, counterparty,
      counterparty_iban, category, balance_after)
    SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::date[], $5::date[], $6::numeric[], $7::text[], $8::text[], $9::text[],
      $10::text[], $11::text[], $12::numeric[])`,
    [
      booked.map(({ account }) => account.id),
      booked.map(({ sequence }) => sequence),
      booked.map(({ id }) => id),
      booked.map(({ bookedOn }) => isoDay(bookedOn)),
      booked.map(({ valueOn }) => isoDay(valueOn)),
      booked.map(({ cents }) => decimal(cents)),
      booked.map(({ account }) => account.currency),
      booked.map(({ description }) => description),
      booked.map(({ counterparty }) => counterparty),
      booked.map(({ iban }) => iban ?? null),
      booked.map(({ category }) => category),
      booked.map(({ balanceAfter }) => decimal(balanceAfter)),
    ],
  );
}

async function writeBalances(client: pg.ClientBase, booked: readonly Booked[], now: Date): Promise<void> {
  const last = new Map(booked.map(({ account, balanceAfter }) => [account.id, decimal(balanceAfter)]));
  await client.query(
    `UPDATE bank.account a SET balance = n.balance, balance_at = $3
    FROM unnest($1::text[], $2::numeric[]) AS n (id, balance) WHERE a.id = n.id`,
    [[...last.keys()], [...last.values()], now],
  );
}
