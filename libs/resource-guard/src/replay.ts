import type { Clock, ReplayClaim, Replayed, ReplayStore } from '@assent/protocol';
import { systemClock, temporarilyUnavailable } from '@assent/protocol';

const bucketSeconds = 10;

/**
 * Spent proofs in this process's memory, bounded. Values are kept by the ten seconds in which they expire, so the
 * same proof always meets itself and old buckets are dropped whole. When full, new proofs are refused with 503:
 * forgetting an old one early would let it be replayed (F2-DP-10).
 */
export class MemoryReplayStore implements ReplayStore {
  readonly #buckets = new Map<number, Set<string>>();
  readonly #clock: Clock;
  readonly #capacity: number;
  #size = 0;
  #sweptAt = 0;

  constructor(options: { readonly capacity?: number; readonly clock?: Clock } = {}) {
    this.#capacity = options.capacity ?? 500_000;
    this.#clock = options.clock ?? systemClock;
  }

  async spend(claims: readonly ReplayClaim[]): Promise<{ readonly outcome: 'spent' } | Replayed> {
    this.#sweep(bucketAt(this.#clock.now()));
    for (const claim of claims) {
      const bucket = this.#bucket(claim.expiresAt);
      const value = claim.hash.toString('latin1');
      if (bucket.has(value)) return { outcome: 'replayed', kind: claim.kind };
      if (this.#size >= this.#capacity) {
        throw temporarilyUnavailable('too many requests at once', 'ASSENT-RG-04').withHeaders({ 'Retry-After': String(bucketSeconds) });
      }
      bucket.add(value);
      this.#size += 1;
    }
    return { outcome: 'spent' };
  }

  #bucket(expiresAt: Date): Set<string> {
    const key = bucketAt(expiresAt);
    const found = this.#buckets.get(key);
    if (found) return found;
    const bucket = new Set<string>();
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #sweep(now: number): void {
    if (now === this.#sweptAt) return;
    this.#sweptAt = now;
    for (const [key, bucket] of this.#buckets) {
      if (key >= now) continue;
      this.#size -= bucket.size;
      this.#buckets.delete(key);
    }
  }
}

const bucketAt = (date: Date): number => Math.floor(date.getTime() / 1000 / bucketSeconds);
