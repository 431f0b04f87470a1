import { temporarilyUnavailable, type Clock, type OAuthError } from '@assent/protocol';

export interface Loaded<T> {
  readonly value: T;
  readonly maxAgeSeconds?: number | undefined;
}

const retryAfterMs = 5_000;
const age = { default: 600_000, least: 60_000, most: 3_600_000 };
/** How long an old value serves on while its source cannot be reached. */
const graceMs = 3_600_000;

/**
 * One remote document: loaded once however many wait for it, renewed in the background when old, kept for an hour
 * when its source fails, and after a failure asked for again at most every five seconds.
 */
export class Fetched<T> {
  #value: T | undefined;
  #freshUntil = 0;
  #retryAt = 0;
  #failure: unknown;
  #running: Promise<T> | undefined;

  constructor(
    private readonly load: (previous: T | undefined) => Promise<Loaded<T>>,
    private readonly clock: Clock,
  ) {}

  /** The document, at once when it is at hand; rejects with 503 `temporarily_unavailable` when it is not to be had. */
  get(): T | Promise<T> {
    const now = this.clock.now().getTime();
    if (this.#value !== undefined && now < this.#freshUntil) return this.#value;
    const loading = this.#loading(now);
    if (this.#value === undefined || now >= this.#freshUntil + graceMs) return loading;
    loading.catch(() => undefined);
    return this.#value;
  }

  #loading(now: number): Promise<T> {
    if (this.#running) return this.#running;
    if (now < this.#retryAt) return Promise.reject(unreachable(this.#failure));
    this.#running = this.#run(now).finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #run(now: number): Promise<T> {
    try {
      const { value, maxAgeSeconds } = await this.load(this.#value);
      const ms = maxAgeSeconds === undefined ? age.default : maxAgeSeconds * 1000;
      this.#value = value;
      this.#freshUntil = now + Math.min(Math.max(ms, age.least), age.most);
      return value;
    } catch (error) {
      this.#failure = error;
      this.#retryAt = now + retryAfterMs;
      throw unreachable(error);
    }
  }
}

/** 503: whether the token is good cannot be known now. Never 401, which would have the client throw it away. */
export const unreachable = (cause: unknown): OAuthError =>
  temporarilyUnavailable('the authorization server cannot be reached', 'ASSENT-RG-01', cause).withHeaders({ 'Retry-After': '5' });
