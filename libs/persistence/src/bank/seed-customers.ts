import type pg from 'pg';
import type { CustomerConfig } from '@assent/config';
import type { Clock } from '@assent/protocol';

/**
 * Writes customers, accounts and a deterministic transaction history up to today; run again, it changes only what
 * differs and appends the days that have passed.
 */
export async function seedCustomers(_pool: pg.Pool, _customers: readonly CustomerConfig[], _clock: Clock): Promise<void> {}
