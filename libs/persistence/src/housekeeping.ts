import type pg from 'pg';
import type { SigningKey } from '@assent/crypto';
import type { Clock } from '@assent/protocol';
import { advisoryLocks } from './advisory-locks.js';
import { checkpointHeads, checkpointRetired } from './audit/write-checkpoint.js';
import { maintainPartitions } from './partitions/maintain.js';
import { bound } from './sql.js';
import { expireGrants, expiryValues } from './stores/grant-expiry.js';

export interface HousekeepingOptions {
  readonly everyMs?: number;
  /** Signs checkpoints of the chains of grant events in each round (`checkpointKey`). Without it, no event is dropped. */
  readonly checkpoints?: SigningKey;
  readonly onError?: (error: Error) => void;
}

export interface Housekeeping {
  /** One round now; answers whether this process held the lock and did it. */
  run(): Promise<boolean>;
  stop(): Promise<void>;
}

/*
 * Long-lived rows, a few thousand at a time so that no statement holds locks for long; the next round takes the rest.
 * An ended grant keeps its row: it is the record of what the customer agreed to, or, of a consent nobody said yes to, of
 * what was asked for in vain. That it has run out is a version of its own, written by the system.
 */
const batch = 5_000;
const sweeps = [
  `DELETE FROM assent.refresh_token WHERE ctid = ANY (ARRAY(SELECT ctid FROM assent.refresh_token WHERE expires_at < $1 LIMIT ${batch}))`,
  `DELETE FROM assent.revocation WHERE ctid = ANY (ARRAY(SELECT ctid FROM assent.revocation WHERE kept_until < $1 LIMIT ${batch}))`,
  `DELETE FROM assent.grant_use WHERE ctid = ANY (ARRAY(SELECT ctid FROM assent.grant_use WHERE day < $1::timestamptz - interval '400 days' LIMIT ${batch}))`,
  `DELETE FROM assent.market_answer WHERE ctid = ANY (ARRAY(SELECT ctid FROM assent.market_answer WHERE expires_at < $1 LIMIT ${batch}))`,
  `DELETE FROM assent.market_message WHERE ctid = ANY (ARRAY(SELECT ctid FROM assent.market_message WHERE expires_at < $1 LIMIT ${batch}))`,
];

/**
 * Creates coming partitions, drops past ones and sweeps long-lived tables: now, and every minute from then on.
 * Any number of processes may run it: whoever gets the lock does the round. Failures go to `onError`, and the next
 * round tries again; a partition that is missing meanwhile loses nothing, its rows go to the DEFAULT partition.
 */
export async function startHousekeeping(pool: pg.Pool, clock: Clock, options: HousekeepingOptions = {}): Promise<Housekeeping> {
  const onError = options.onError ?? (() => undefined);
  let round: Promise<unknown> = Promise.resolve();
  const run = (): Promise<boolean> => {
    const next = round.then(() => oneRound(pool, clock, options));
    round = next.catch(() => undefined);
    return next;
  };
  const guarded = (): Promise<unknown> => run().catch((error: unknown) => onError(error as Error));
  await guarded();
  const timer = setInterval(() => void guarded(), options.everyMs ?? 60_000);
  timer.unref();
  return {
    run,
    stop: async () => {
      clearInterval(timer);
      await round;
    },
  };
}

async function oneRound(pool: pg.Pool, clock: Clock, { checkpoints: key, onError }: HousekeepingOptions): Promise<boolean> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [advisoryLocks.housekeeping]);
    if (!rows[0]?.held) return false;
    const now = clock.now();
    await maintainPartitions(client, now, { ...(onError && { onError }), ...(key && { retire: (rows) => checkpointRetired(client, key, { ...rows, now }) }) });
    for (const sweep of sweeps) await client.query(sweep, [clock.now()]);
    await client.query(bound(expireGrants, expiryValues(clock.now(), batch)));
    if (key) await checkpointHeads(client, key, now);
    await client.query('SELECT pg_advisory_unlock($1)', [advisoryLocks.housekeeping]);
    return true;
  } catch (error) {
    broken = error as Error;
    throw error;
  } finally {
    // A connection that failed may still hold the lock: it is closed instead of returned.
    client.release(broken);
  }
}
