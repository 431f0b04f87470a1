import type { Clock, GrantDayUse, GrantUses, UseKind } from '@assent/protocol';

export interface UseLog {
  record(grantId: string, kind: UseKind): void;
  /** Writes what has gathered. */
  close(): Promise<void>;
}

export interface UseLogOptions {
  readonly uses: GrantUses;
  readonly clock: Clock;
  readonly everyMs?: number;
  /** Entries (grant, day, kind) kept in memory. */
  readonly capacity?: number;
  readonly onError?: (error: Error) => void;
}

type Entry = { -readonly [K in keyof GrantDayUse]: GrantDayUse[K] } & { readonly grantId: string };

/**
 * Counts the use of grants in memory and writes it every few seconds, many rows in one statement, so that no request
 * pays for it. A process that is killed loses the last seconds of counting, and nothing else. While the database is
 * away entries gather up to the capacity; what would need a new one then goes uncounted.
 */
export function openUseLog({ uses, clock, everyMs = 5_000, capacity = 20_000, onError = () => undefined }: UseLogOptions): UseLog {
  let gathered = new Map<string, Entry>();
  let writing: Promise<void> = Promise.resolve();

  const put = (entry: Entry): void => {
    const key = `${entry.grantId}|${entry.day}|${entry.kind}`;
    const known = gathered.get(key);
    if (!known) {
      if (gathered.size < capacity) gathered.set(key, entry);
      return;
    }
    known.count += entry.count;
    if (entry.lastAt > known.lastAt) known.lastAt = entry.lastAt;
  };
  const write = async (): Promise<void> => {
    const batch = gathered;
    gathered = new Map();
    try {
      await uses.add([...batch.values()]);
    } catch (error) {
      for (const entry of batch.values()) put(entry);
      onError(error as Error);
    }
  };
  /** One batch at a time. */
  const flush = (): Promise<void> => (writing = writing.then(write));

  const timer = setInterval(() => void flush(), everyMs);
  timer.unref();
  return {
    record(grantId, kind) {
      const lastAt = clock.now();
      put({ grantId, day: lastAt.toISOString().slice(0, 10), kind, count: 1, lastAt });
    },
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
