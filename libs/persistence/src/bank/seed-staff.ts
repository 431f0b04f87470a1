import type pg from 'pg';
import type { StaffConfig } from '@assent/config';
import { passwordHashes } from './password-hashes.js';

/** Writes staff as configured. Run again, it changes what differs; whoever is no longer configured cannot sign in. */
export async function seedStaff(pool: pg.Pool, staff: readonly StaffConfig[]): Promise<void> {
  const client = await pool.connect();
  try {
    const hashes = await passwordHashes(client, 'staff', staff);
    await client.query(
      `WITH gone AS (DELETE FROM bank.staff WHERE id <> ALL ($1::text[]))
      INSERT INTO bank.staff (id, login, password_hash, display_name, roles)
      SELECT id, login, password_hash, display_name, string_to_array(roles, ' ')
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS s (id, login, password_hash, display_name, roles)
      ON CONFLICT (id) DO UPDATE SET login = excluded.login, password_hash = excluded.password_hash,
        display_name = excluded.display_name, roles = excluded.roles`,
      [staff.map(({ id }) => id), staff.map(({ login }) => login), staff.map(({ id }) => hashes.get(id)), staff.map(({ displayName }) => displayName), staff.map(({ roles }) => roles.join(' '))],
    );
  } finally {
    client.release();
  }
}
