import type { Log, Post } from '@assent/http';
import { plusSeconds, type Clock, type EventReceiver, type GrantEvents, type GrantNotice, type GrantNotices } from '@assent/protocol';
import type { KeyRings } from '@assent/signing-keys';
import { randomInt } from 'node:crypto';
import type { EndedArrangements } from './ended-arrangements.js';
import { pushEvent, type PushOutcome } from './push.js';
import { keyOf, type Receivers } from './receivers.js';
import { writeSecurityEvent } from './security-event.js';

export interface DeliveryParts {
  readonly notices: GrantNotices;
  readonly receivers: Receivers;
  readonly arrangements: EndedArrangements;
  readonly keys: KeyRings;
  readonly post: Post;
  readonly clock: Clock;
  readonly log: Log;
  readonly giveUpAfterSeconds: number;
}

/** One way of telling. */
type Send = (notice: GrantNotice) => Promise<PushOutcome>;

/** Whoever took a notice and never came back has lost it after this time. */
const leaseSeconds = 60;
const lookEveryMs = 1_000;
const giveUpEveryMs = 60_000;
/** Notices under way to one receiver, each of another grant; and receivers served at once. */
const [perReceiver, receiversAtOnce] = [8, 32];
const delay = { first: 1, longest: 3_600 };

/**
 * Delivers what is due: sends it to those who have an endpoint, wakes those who wait for it. Any number of processes
 * may do so; each takes what no other has taken. A receiver that is slow or fails keeps nobody else waiting, and a
 * grant's later events wait for its earlier ones only.
 */
export class Deliveries {
  readonly #busy = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, Set<() => void>>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  #closed = false;
  #gaveUpAt = -Infinity;
  #stopListening: (() => Promise<void>) | undefined;

  private constructor(private readonly parts: DeliveryParts) {}

  static async open(parts: DeliveryParts): Promise<Deliveries> {
    const deliveries = new Deliveries(parts);
    deliveries.#stopListening = await parts.notices.onChange(() => deliveries.look());
    deliveries.#timer = setInterval(() => deliveries.look(), lookEveryMs).unref();
    deliveries.look();
    return deliveries;
  }

  /** Resolves when there may be something for this receiver, when `ms` have passed, or when `signal` is aborted. */
  wait(receiver: EventReceiver, ms: number, signal: AbortSignal): Promise<void> {
    const key = keyOf(receiver);
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#waiting.get(key)?.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      this.#waiting.set(key, (this.#waiting.get(key) ?? new Set()).add(done));
      if (signal.aborted) done();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#stopListening?.();
    await this.#looking;
    await Promise.all(this.#busy.values());
  }

  /** Looks now, or once more after the look under way. */
  private look(): void {
    this.#again = true;
    if (this.#closed) return;
    this.#looking ??= (async () => {
      while (this.#again && !this.#closed) {
        this.#again = false;
        await this.#serve().catch((err: unknown) => this.parts.log.warn({ err }, 'events could not be looked for'));
      }
      this.#looking = undefined;
    })();
  }

  async #serve(): Promise<void> {
    const { notices, receivers, arrangements, clock, giveUpAfterSeconds, log } = this.parts;
    const now = clock.now();
    if (performance.now() - this.#gaveUpAt > giveUpEveryMs) {
      this.#gaveUpAt = performance.now();
      const count = await notices.giveUp({ before: plusSeconds(now, -giveUpAfterSeconds), now });
      if (count > 0) log.warn({ count }, 'gave up events that were not taken in time');
    }
    for (const due of await notices.due(now)) {
      const registered = receivers.find(due);
      const events = registered?.events;
      if (events?.delivery === 'push') this.#begin(due, (notice) => this.#push(notice, events));
      else if (!registered && arrangements.rulesOf(due)) this.#begin(due, (notice) => arrangements.tell(notice));
      else for (const done of [...(this.#waiting.get(keyOf(due)) ?? [])]) done();
    }
  }

  #begin(receiver: EventReceiver, send: Send): void {
    const key = keyOf(receiver);
    if (this.#busy.has(key) || this.#busy.size >= receiversAtOnce) return;
    const served = this.#sendAll(receiver, send)
      .catch((err: unknown) => this.parts.log.warn({ err, clientId: receiver.clientId }, 'events could not be sent'))
      .finally(() => {
        this.#busy.delete(key);
        // Somebody may have been turned away for want of room, or news have come after the last take.
        this.look();
      });
    this.#busy.set(key, served);
  }

  async #sendAll(receiver: EventReceiver, send: Send): Promise<void> {
    while (!this.#closed) {
      const now = this.parts.clock.now();
      const taken = await this.parts.notices.take({ receiver, now, until: plusSeconds(now, leaseSeconds), limit: perReceiver });
      if (taken.length === 0) return;
      await Promise.all(taken.map((notice) => this.#send(notice, send)));
    }
  }

  async #push(notice: GrantNotice, events: Extract<GrantEvents, { delivery: 'push' }>): Promise<PushOutcome> {
    const { keys, receivers, post } = this.parts;
    return pushEvent(post, events, await writeSecurityEvent(notice, keys, receivers));
  }

  /** Sent, then marked: who dies in between sends it again. */
  async #send(notice: GrantNotice, send: Send): Promise<void> {
    const { notices, clock, log } = this.parts;
    const sent = await send(notice);
    if (sent.outcome === 'delivered') return void (await notices.settle({ receiver: notice, jtis: [notice.jti] }));
    const seconds = backOff(notice.attempts);
    log.warn({ clientId: notice.clientId, grantId: notice.grantId, jti: notice.jti, attempts: notice.attempts, reason: sent.reason, seconds }, 'an event could not be delivered');
    await notices.postpone({ notice, until: plusSeconds(clock.now(), seconds) });
  }
}

/** Twice as long after each attempt, up to an hour; a quarter more or less, so that what failed together comes apart. */
export function backOff(attempts: number): number {
  const seconds = Math.min(delay.first * 2 ** (attempts - 1), delay.longest);
  return (seconds * (750 + randomInt(501))) / 1000;
}
