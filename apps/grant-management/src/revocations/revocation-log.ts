import { randomBytes } from 'node:crypto';
import type { FeedChange, FeedRead } from '@assent/persistence';
import type { Clock, Revocation } from '@assent/protocol';
import { readCursor, writeCursor, type FeedPosition } from './cursor.js';

/** What a follower gets at once. */
export interface LogPage {
  readonly cursor: string;
  /** Whether it knows everything then. */
  readonly complete: boolean;
  readonly revocations: readonly Revocation[];
}

interface Entry extends FeedChange {
  readonly arrival: number;
}

/**
 * What the feed has read, in the order in which it arrived here. One reader of the database serves any number of
 * followers: a follower's question costs no statement, and news wakes all that wait.
 *
 * A cursor counts this log's arrivals. Where another process on the same database gave it, its transaction number says
 * from where on to repeat; where neither means anything here (another database, one that was restored), everything
 * that is alive is delivered again. So nothing is skipped, whatever the cursor.
 */
export class RevocationLog {
  readonly #name = randomBytes(9).toString('base64url');
  /** Some have been superseded by a later arrival for the same id, or have expired. */
  #entries: Entry[] = [];
  readonly #current = new Map<string, Entry>();
  #lineage = '';
  #transaction = 0n;
  #arrivals = 0;
  #readsUntilTidy = 100;
  readonly #waiting = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  /** Takes in what the feed has read; what is known already is no news. */
  readonly take = ({ lineage, position, changes }: FeedRead): void => {
    this.#lineage = lineage;
    this.#transaction = position;
    const before = this.#arrivals;
    for (const change of changes) this.#add(change);
    if (--this.#readsUntilTidy <= 0) this.#tidy();
    if (this.#arrivals > before) this.wake();
  };

  /** What comes after `cursor`, `limit` at most; without one, everything that is alive. */
  page(cursor: string | undefined, limit: number): LogPage {
    const known = cursor === undefined ? undefined : readCursor(cursor);
    const now = this.clock.now();
    const revocations: Entry[] = [];
    for (let index = this.#firstAfter(known); index < this.#entries.length; index += 1) {
      const entry = this.#entries[index]!;
      if (entry.until <= now || this.#isStale(entry) || this.#isKnown(entry, known)) continue;
      if (revocations.length === limit) return { cursor: this.#cursorWithin(known, revocations.at(-1)!), complete: false, revocations };
      revocations.push(entry);
    }
    return { cursor: writeCursor({ lineage: this.#lineage, transaction: this.#transaction, log: this.#name, arrivals: this.#arrivals }), complete: true, revocations };
  }

  /** Resolves when something has arrived, when `ms` have passed, or when `signal` is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      this.#waiting.add(done);
      if (signal.aborted) done();
    });
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get size(): number {
    return this.#entries.length;
  }

  wake(): void {
    for (const done of [...this.#waiting]) done();
  }

  #add(change: FeedChange): void {
    const key = `${change.subject} ${change.id}`;
    const known = this.#current.get(key);
    if (known && known.xid === change.xid && known.below === change.below && known.until.getTime() === change.until.getTime()) return;
    const entry = { ...change, arrival: ++this.#arrivals };
    this.#current.set(key, entry);
    this.#entries.push(entry);
  }

  #isStale(entry: Entry): boolean {
    return this.#current.get(`${entry.subject} ${entry.id}`) !== entry;
  }

  #isKnown({ xid }: Entry, known: FeedPosition | undefined): boolean {
    return known !== undefined && known.log !== this.#name && known.lineage === this.#lineage && xid < known.transaction;
  }

  /** A page cut short moves the follower on in this log alone; about other logs it knows what it knew. */
  #cursorWithin(known: FeedPosition | undefined, { arrival }: Entry): string {
    const transaction = known?.lineage === this.#lineage ? known.transaction : 0n;
    return writeCursor({ lineage: this.#lineage, transaction, log: this.#name, arrivals: arrival });
  }

  #firstAfter(known: FeedPosition | undefined): number {
    if (known?.log !== this.#name) return 0;
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.arrival <= known.arrivals) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Drops what nobody will be told any more. */
  #tidy(): void {
    this.#readsUntilTidy = 100;
    const now = this.clock.now();
    this.#entries = this.#entries.filter((entry) => !this.#isStale(entry) && entry.until > now);
    for (const [key, { until }] of this.#current) if (until <= now) this.#current.delete(key);
  }
}
