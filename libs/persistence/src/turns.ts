import { performance } from 'node:perf_hooks';

/**
 * Work of one key is done one after the other within this process, so that many requests which would wait for the same
 * lock in the database hold one connection there and not all of them.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(private readonly patienceMs: number) {}

  /** `undefined`, without doing the work, when its turn came too late. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T | undefined> {
    const asked = performance.now();
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(() => (performance.now() - asked > this.patienceMs ? undefined : work()));
    const settled = mine.catch(() => undefined);
    this.#last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }

  /** Keys somebody waits or works for. */
  get size(): number {
    return this.#last.size;
  }
}
