/** How a table is cut by time. Times are seconds. */
export interface PartitionedTable {
  readonly name: string;
  readonly column: 'expires_at' | 'bucket' | 'at';
  /** Time a partition covers. */
  readonly width: number;
  /** Partitions made beyond the current one. */
  readonly ahead: number;
  /** How long a partition stays after its last row's time has passed. */
  readonly keep: number;
  /** Rows are changed once: room for the second version on the same page. */
  readonly fillfactor?: number;
  /** Its rows are links of chains: none is dropped before it is signed where each chain goes on. */
  readonly chained?: boolean;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Width of a replay partition, and of the buckets that make replay rows collide (`replay-rows.ts`). */
export const replayWidth = 15 * minute;

/*
 * Few partitions each: a statement prepared once locks all of a table's partitions when it looks for a row. They reach
 * beyond the longest lifetime of their rows, so that nothing goes to the DEFAULT partition while housekeeping works.
 * Codes stay a day beyond their expiry: until then their reuse is noticed and revokes the tokens. Requests stay for an
 * interaction's length, and so that a completed one still says so. Requests by the back channel stay for the longest
 * window in which what a customer refused or left alone counts. Idempotency keys count for a day
 * (`payment.store.ts`).
 */
export const partitionedTables: readonly PartitionedTable[] = [
  { name: 'replay', column: 'bucket', width: replayWidth, ahead: 5, keep: 5 * minute },
  { name: 'pushed_request', column: 'expires_at', width: 2 * hour, ahead: 1, keep: 2 * hour, fillfactor: 60 },
  { name: 'authorization_code', column: 'expires_at', width: 6 * hour, ahead: 1, keep: day, fillfactor: 60 },
  { name: 'backchannel_request', column: 'expires_at', width: 6 * hour, ahead: 1, keep: day, fillfactor: 60 },
  { name: 'customer_backchannel_request', column: 'expires_at', width: 6 * hour, ahead: 1, keep: day },
  { name: 'access_token', column: 'expires_at', width: 6 * hour, ahead: 4, keep: hour },
  { name: 'session', column: 'expires_at', width: 6 * hour, ahead: 4, keep: hour },
  { name: 'site_session', column: 'expires_at', width: 6 * hour, ahead: 4, keep: hour },
  { name: 'audit_event', column: 'at', width: day, ahead: 2, keep: 400 * day },
  { name: 'idempotency_key', column: 'at', width: day, ahead: 2, keep: day },
  { name: 'evidence_held', column: 'expires_at', width: 6 * hour, ahead: 1, keep: day },
  { name: 'evidence', column: 'at', width: 30 * day, ahead: 1, keep: 7 * 366 * day },
  { name: 'grant_event', column: 'at', width: 30 * day, ahead: 1, keep: 7 * 366 * day, chained: true },
];
