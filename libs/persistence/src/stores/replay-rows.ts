import type { ReplayClaim, Replayed } from '@assent/protocol';
import { replayWidth } from '../partitions/tables.js';

/*
 * The law of replay rows.
 *
 * A replay of a signed proof always carries the same expiry, so its row would always meet the first one's, whatever
 * time the rows are keyed by. Two *different* proofs with one jti, signed by a client that repeats itself, carry
 * different expiries, and PostgreSQL has no unique key across partitions. So time is cut into buckets of a quarter
 * hour, a bucket being one partition, and a claim leaves a row in every bucket from now to its expiry. Say the first
 * proof, accepted at t1, lives to e1, and another with the same jti comes at t2 <= e1: the bucket of t2 lies between
 * those of t1 and e1, where the first left a row, and at or before that of its own expiry, where the second must leave
 * one. They collide, atomically. It costs one row mostly, two when the expiry lies across a boundary.
 */
const bucketMs = replayWidth * 1000;
/** Proofs that live longer than two hours (no profile allows any) are marked at both ends only. */
const mostBuckets = 8;

const bucketOf = (time: number): number => Math.floor(time / bucketMs) * bucketMs;

/** The parameters of `spend` below. Rows in one order everywhere, so that two statements never wait for each other. */
export function replayValues(claims: readonly ReplayClaim[], now: Date): { replay_hashes: Buffer[]; replay_buckets: string[] } {
  const rows = claims.flatMap(({ hash, expiresAt }) => bucketsFor(now.getTime(), expiresAt.getTime()).map((bucket) => ({ hash, bucket })));
  if (rows.length > 1) rows.sort((a, b) => a.hash.compare(b.hash) || a.bucket - b.bucket);
  return {
    replay_hashes: rows.map(({ hash }) => hash),
    replay_buckets: rows.map(({ bucket }) => new Date(bucket).toISOString()),
  };
}

export function bucketsFor(now: number, expiry: number): number[] {
  const first = bucketOf(Math.min(now, expiry));
  const last = bucketOf(Math.max(now, expiry));
  const count = (last - first) / bucketMs + 1;
  if (count > mostBuckets) return [first, last];
  return Array.from({ length: count }, (_, index) => first + index * bucketMs);
}

/**
 * CTEs `spent` and `gate`, to stand first in a statement. `gate` has one row: `open` is false when a value was spent
 * before, and then nothing else in the statement may happen; `hashes` are those newly spent.
 */
export const spend = `
  spent AS (
    INSERT INTO assent.replay (hash, bucket)
    SELECT claim.hash, claim.bucket FROM unnest($replay_hashes::bytea[], $replay_buckets::timestamptz[]) AS claim (hash, bucket)
    ON CONFLICT DO NOTHING
    RETURNING hash
  ),
  gate AS (
    SELECT count(*) = cardinality($replay_hashes::bytea[]) AS open, array_agg(hash) AS hashes FROM spent
  )`;

/** What a statement with `spend` reports of it. */
export const gateColumns = 'gate.open, CASE WHEN NOT gate.open THEN gate.hashes END AS spent_hashes';

export interface GateRow {
  readonly open: boolean;
  readonly spent_hashes: readonly Buffer[] | null;
}

/** Which of the claims had been spent before, or `undefined` when the gate was open. */
export function replayedBy(row: GateRow, claims: readonly ReplayClaim[], now: Date): Replayed | undefined {
  if (row.open) return undefined;
  const spent = row.spent_hashes ?? [];
  const missing = claims.find(({ hash, expiresAt }) => {
    const wanted = bucketsFor(now.getTime(), expiresAt.getTime()).length;
    return spent.filter((other) => other.equals(hash)).length < wanted;
  });
  return { outcome: 'replayed', kind: (missing ?? claims[0])?.kind ?? 'client_assertion' };
}
