import pg from 'pg';
import { systemClock, type Secret } from '@assent/protocol';
import { connectionError } from './database.js';
import { DatabaseError } from './database-error.js';
import { advisoryLocks } from './advisory-locks.js';
import { maintainPartitions } from './partitions/maintain.js';

const oldestServer = 15;

/**
 * Brings the database up to date, under a lock: processes that start together wait for the first.
 * Answers the names of the migrations that ran. `DatabaseError` when the server cannot be reached or is too old.
 */
export async function migrate(url: string | Secret): Promise<readonly string[]> {
  const address = typeof url === 'string' ? url : url.reveal();
  let client: pg.Client | undefined;
  try {
    client = new pg.Client({ connectionString: address, connectionTimeoutMillis: 5_000, application_name: 'assent-migrate' });
    client.on('error', () => undefined);
    await client.connect();
    await proveVersion(client);
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLocks.migration]);
    await client.query('CREATE SCHEMA IF NOT EXISTS assent');
    const { runMigrations } = await import('./migrations/run-migrations.js');
    const names = await runMigrations(address);
    await maintainPartitions(client, systemClock.now());
    return names;
  } catch (error) {
    throw connectionError(address, error);
  } finally {
    await client?.end().catch(() => undefined);
  }
}

async function proveVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  const version = rows[0]?.server_version ?? '';
  if (Number.parseInt(version, 10) < oldestServer)
    throw new DatabaseError(`PostgreSQL ${version} is too old: Assent needs ${oldestServer} or newer`);
}
