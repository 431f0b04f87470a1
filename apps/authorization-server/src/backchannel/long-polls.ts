import type { BackchannelRequests, BackchannelSignals, Handle } from '@assent/protocol';

/** A poll that may wait for its decision. */
export interface WaitingPoll {
  /** Whether there is a decision to look at; not, when its time is over or another poll took its place. */
  wait(): Promise<'decided' | 'over'>;
  leave(): void;
}

interface Waiting {
  readonly handle: Handle;
  readonly deadline: number;
  readonly release: (why: 'decided' | 'over') => void;
}

/** Polls beyond this many are answered at once: each holds a connection. */
const most = 20_000;
const sweepMs = 250;
const batch = 1000;

/**
 * The polls that wait in this process. One timer for all of them, and not a single look into the database while nothing
 * happens: whoever decides wakes them (`BackchannelSignals`).
 */
export class LongPolls {
  private readonly waiting = new Map<string, Waiting>();
  private readonly timer: NodeJS.Timeout;
  private readonly stopListening: () => void;
  private closed = false;

  constructor(
    private readonly signals: BackchannelSignals,
    private readonly requests: Pick<BackchannelRequests, 'decidedAmong'>,
    private readonly onError: (error: unknown) => void,
  ) {
    this.timer = setInterval(() => this.sweep(), sweepMs);
    this.timer.unref();
    this.stopListening = signals.onGap(() => void this.catchUp());
  }

  get size(): number {
    return this.waiting.size;
  }

  /**
   * Enters a poll before it looks, so that no decision can slip in between. Polls of one request do not overlap (CIBA
   * section 10.1.1): the earlier one is answered. `undefined` when there is no room.
   */
  enter(handle: Handle, seconds: number): WaitingPoll | undefined {
    if (this.closed || seconds <= 0 || this.waiting.size >= most) return undefined;
    const key = handle.hash.toString('hex');
    this.waiting.get(key)?.release('over');
    let release: Waiting['release'] = () => undefined;
    const released = new Promise<'decided' | 'over'>((resolve) => (release = resolve));
    const stop = this.signals.onDecision(handle, () => release('decided'));
    const entry: Waiting = { handle, deadline: performance.now() + seconds * 1000, release };
    this.waiting.set(key, entry);
    const leave = (): void => {
      stop();
      if (this.waiting.get(key) === entry) this.waiting.delete(key);
    };
    return { wait: () => released.finally(leave), leave };
  }

  /** Answers them all: the process is about to end. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.timer);
    this.stopListening();
    for (const { release } of this.waiting.values()) release('over');
  }

  private sweep(): void {
    const now = performance.now();
    for (const { deadline, release } of this.waiting.values()) if (deadline <= now) release('over');
  }

  /** Wake-ups may have been missed: those that were decided meanwhile are found in a few reads. */
  private async catchUp(): Promise<void> {
    const handles = [...this.waiting.values()].map(({ handle }) => handle);
    try {
      for (let at = 0; at < handles.length; at += batch) {
        for (const { hash } of await this.requests.decidedAmong(handles.slice(at, at + batch))) this.waiting.get(hash.toString('hex'))?.release('decided');
      }
    } catch (error) {
      this.onError(error);
    }
  }
}
