import type pg from 'pg';
import type { CustomerConfig } from '@assent/config';

/** Somebody who signs in, as configured. */
export type Configured = Pick<CustomerConfig, 'id' | 'password' | 'passwordHash'>;

/** argon2id, 19 MiB, two passes. */
const cost = { algorithm: 2, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;

/**
 * Each person's password hash: the configured one, the stored one while it still fits the configured password, else
 * a new one. Somebody with neither gets a hash that no password fits. By id.
 */
export async function passwordHashes(client: pg.ClientBase, table: 'customer' | 'staff', people: readonly Configured[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ id: string; password_hash: string }>(`SELECT id, password_hash FROM bank.${table} WHERE id = ANY ($1)`, [people.map(({ id }) => id)]);
  const stored = new Map(rows.map(({ id, password_hash }) => [id, password_hash]));
  return new Map(await Promise.all(people.map(async (person) => [person.id, await hashFor(person, stored.get(person.id))] as const)));
}

/** The same of the codes customers give to shops; those who have none are not in it. */
export async function userCodeHashes(client: pg.ClientBase, customers: readonly CustomerConfig[]): Promise<ReadonlyMap<string, string>> {
  const withCode = customers.filter(({ userCode, userCodeHash }) => userCode ?? userCodeHash);
  if (withCode.length === 0) return new Map();
  const { rows } = await client.query<{ id: string; user_code_hash: string | null }>('SELECT id, user_code_hash FROM bank.customer WHERE id = ANY ($1)', [withCode.map(({ id }) => id)]);
  const stored = new Map(rows.map(({ id, user_code_hash: hash }) => [id, hash ?? undefined]));
  return new Map(await Promise.all(withCode.map(async ({ id, userCode, userCodeHash }) => [id, await hashFor({ id, password: userCode, passwordHash: userCodeHash }, stored.get(id))] as const)));
}

/** Loaded when needed: only whoever seeds hashes. */
async function hashFor({ password, passwordHash }: Configured, stored: string | undefined): Promise<string> {
  if (passwordHash) return passwordHash.reveal();
  if (!password) return '!';
  const { hash, verify } = await import('@node-rs/argon2');
  if (stored && (await verify(stored, password.reveal()).catch(() => false))) return stored;
  return hash(password.reveal(), cost);
}
