import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { RevokedTokens, systemClock, usualRevocationCapacity, type Clock, type RevocableToken, type RevocationFeed } from '@assent/protocol';
import { proveSafe } from '../http-ports.js';
import { FeedSession, type FeedClient } from './feed-client.js';
import { readFeedPage, type FeedPage } from './feed-page.js';

export interface HttpRevocationFeedOptions {
  /** The feed's address, `{grantManagement.publicUrl}/revocations`; also the audience of the tokens for it. */
  readonly url: string;
  readonly client: FeedClient;
  /** The guard's `maxFeedAgeMs`: questions wait for a third of it at most, so that a quiet feed stays young; default 1000. */
  readonly maxAgeMs?: number;
  /** Live revocations remembered at most. When there are more, `age()` is infinite until some have expired. */
  readonly capacity?: number;
  /** Any WHATWG fetch; default the global one. Give your own to set trust anchors or to present a certificate. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Other addresses for some origins, as in `httpPorts`. */
  readonly origins?: Readonly<Record<string, string>>;
  /** How long an answer may take beyond what it waits for news; default 3000 ms. */
  readonly timeoutMs?: number;
  /** How long opening waits for the first complete answer; default 10 000 ms. */
  readonly openWithinMs?: number;
  readonly clock?: Clock;
  readonly onError?: (error: Error) => void;
}

const longestWaitMs = 30_000;
const delays = { first: 100, longest: 2_000, whenFull: 5_000 };
const forgetEveryMs = 10_000;
const leastGapMs = 5;

/**
 * Follows the revocation feed over HTTPS (long poll). Resolves once the first answer is complete, or after
 * `openWithinMs` without one: an `age()` of infinity then makes the guard answer 503 until the server is there.
 * `TypeError` when the options cannot be kept.
 */
export async function openHttpRevocationFeed(options: HttpRevocationFeedOptions): Promise<RevocationFeed> {
  const feed = new HttpFeed(options);
  await feed.open(options.openWithinMs ?? 10_000);
  return feed;
}

class HttpFeed implements RevocationFeed {
  readonly #revoked: RevokedTokens;
  readonly #session: FeedSession;
  readonly #clock: Clock;
  readonly #waitMs: number;
  readonly #closing = new AbortController();
  #cursor: string | undefined;
  /** Whether there is more to be had at once. */
  #hasMore = true;
  #completeAt = -Infinity;
  /** Something live found no room since the last beginning. */
  #full = false;
  #forgotAt = 0;
  #running: Promise<void> | undefined;
  #opened: () => void = () => undefined;

  constructor(private readonly options: HttpRevocationFeedOptions) {
    const { url, client, origins = {}, fetch = globalThis.fetch, timeoutMs = 3_000, maxAgeMs = 1_000, capacity = usualRevocationCapacity } = options;
    if (!URL.canParse(url) || new URL(url).protocol !== 'https:' || /[?#]/.test(url)) throw new TypeError(`the feed's address must be an https URL without query and fragment: ${url}`);
    if (!(maxAgeMs >= 100)) throw new TypeError('maxAgeMs must be 100 at least');
    proveSafe(origins);
    this.#clock = options.clock ?? systemClock;
    this.#revoked = new RevokedTokens(capacity);
    this.#session = new FeedSession(client, url, { fetch, origins, timeoutMs, clock: this.#clock });
    this.#waitMs = Math.min(longestWaitMs, Math.floor(maxAgeMs * 0.3));
  }

  async open(withinMs: number): Promise<void> {
    const opened = new Promise<void>((resolve) => (this.#opened = resolve));
    this.#running = this.#follow();
    const waited = new AbortController();
    await Promise.race([opened, sleep(withinMs, undefined, { signal: waited.signal }).catch(() => undefined)]);
    waited.abort();
  }

  isRevoked(token: RevocableToken): boolean {
    return this.#revoked.isRevoked(token);
  }

  age(): number {
    return this.#full ? Infinity : performance.now() - this.#completeAt;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #follow(): Promise<void> {
    let delay = delays.first;
    while (!this.#closing.signal.aborted) {
      try {
        await this.#poll();
        delay = delays.first;
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        this.options.onError?.(error as Error);
        await this.#pause(this.#full ? delays.whenFull : delay);
        delay = Math.min(delay * 2, delays.longest);
      }
    }
  }

  /** Not all clients of a server that comes back ask in the same moment. */
  async #pause(delay: number): Promise<void> {
    await sleep(delay / 2 + randomInt(Math.ceil(delay / 2) + 1), undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }

  async #poll(): Promise<void> {
    const question = new URL(this.options.url);
    // The first answer, and one that goes on after an incomplete one, is never waited for.
    const waitMs = this.#hasMore ? 0 : this.#waitMs;
    if (this.#cursor !== undefined) question.search = new URLSearchParams({ after: this.#cursor, wait: String(waitMs / 1000) }).toString();
    const asked = { at: performance.now() };
    const page = readFeedPage(await this.#session.get(question.href, waitMs, this.#closing.signal, asked));
    this.#take(page, asked.at);
    // A server that does not wait (it is closing, say) is not asked as fast as it answers.
    if (waitMs > 0) await this.#rest(asked.at + (page.revocations.length > 0 ? leastGapMs : waitMs / 2));
  }

  async #rest(until: number): Promise<void> {
    const ms = until - performance.now();
    if (ms > 0) await sleep(ms, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }

  /**
   * An answer is complete as of the moment the question arrived and so many milliseconds more: counted from when it
   * was sent, that errs on the older side, by the time the question was on its way.
   */
  #take(page: FeedPage, askedAt: number): void {
    const now = this.#clock.now();
    this.#forget(now);
    const live = page.revocations.filter(({ until }) => until > now);
    if (!live.map((revocation) => this.#revoked.add(revocation)).every(Boolean)) throw this.#overflow();
    this.#cursor = page.cursor;
    this.#hasMore = !page.complete;
    if (!page.complete) return;
    this.#full = false;
    this.#completeAt = Math.max(this.#completeAt, Math.min(askedAt + page.asOfMs, performance.now()));
    this.#opened();
  }

  /** Until everything has been read anew and fits, the feed vouches for nothing. */
  #overflow(): Error {
    this.#full = true;
    this.#cursor = undefined;
    this.#hasMore = true;
    return new Error(`more than ${this.#revoked.capacity} live revocations: give the feed a larger capacity`);
  }

  #forget(now: Date): void {
    const time = now.getTime();
    if (time - this.#forgotAt < forgetEveryMs && !this.#full) return;
    this.#forgotAt = time;
    this.#revoked.forget(now);
  }
}
