import type { Clock } from '@assent/protocol';
import { temporarilyUnavailable } from '@assent/protocol';

export interface Loaded<T> {
  readonly value: T;
  readonly maxAgeSeconds?: number | undefined;
}

const retryAfterMs = 10_000;
const age = { default: 600_000, least: 60_000, most: 3_600_000 };
/** How long an old value serves on while its source cannot be reached. */
const graceMs = 3_600_000;

/**
 * One remote document: loaded once however many wait for it, renewed in the background when old, kept for an hour
 * when its source fails, and asked for out of turn at most every ten seconds.
 */
export class Fetched<T> {
  #value: T | undefined;
  #freshUntil = 0;
  #triedAt = -Infinity;
  #failure: unknown;
  #running: Promise<T> | undefined;

  constructor(
    private readonly load: () => Promise<Loaded<T>>,
    private readonly clock: Clock,
  ) {}

  /** The document; rejects with 503 `temporarily_unavailable` when there is none to be had. */
  get(): T | Promise<T> {
    const now = this.clock.now().getTime();
    if (this.#value === undefined) return this.#reload(now) ?? this.#refuse();
    if (now < this.#freshUntil) return this.#value;
    const reload = this.#reload(now);
    if (now < this.#freshUntil + graceMs) {
      reload?.catch(() => undefined);
      return this.#value;
    }
    return reload ?? this.#refuse();
  }

  /** A newer document because the one at hand lacks something; `undefined` when it was asked for a moment ago. */
  renew(): Promise<T> | undefined {
    return this.#reload(this.clock.now().getTime());
  }

  #reload(now: number): Promise<T> | undefined {
    if (this.#running) return this.#running;
    if (now - this.#triedAt < retryAfterMs) return undefined;
    this.#triedAt = now;
    this.#running = this.#run(now).finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #run(now: number): Promise<T> {
    try {
      const { value, maxAgeSeconds } = await this.load();
      const ms = maxAgeSeconds === undefined ? age.default : maxAgeSeconds * 1000;
      this.#value = value;
      this.#freshUntil = now + Math.min(Math.max(ms, age.least), age.most);
      return value;
    } catch (error) {
      this.#failure = error;
      return this.#refuse();
    }
  }

  #refuse(): never {
    throw unreachable(this.#failure);
  }
}

/** 503: whether the token is good cannot be known now. Never 401, which would have the client throw it away. */
export const unreachable = (cause: unknown) =>
  temporarilyUnavailable('the authorization server cannot be reached', 'ASSENT-RG-01', cause).withHeaders({ 'Retry-After': '5' });
