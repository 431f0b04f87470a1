import { Readable } from 'node:stream';
import type { BackchannelSignals } from '@assent/protocol';

/** Browsers open six connections to a host in all: pages and posts need some. */
const mostOfSession = 3;
const mostOfAll = 10_000;
const heartbeatMs = 20_000;
/** A stream ends after so many heartbeats; the browser comes again, and its session is looked at again. */
const lastBeat = 15;

interface Stream {
  readonly readable: Readable;
  readonly session: string;
  beats: number;
  stop(): void;
}

const changed = 'event: changed\ndata:\n\n';

/**
 * The open streams of server-sent events of one process: each hears that something about one customer changed, and
 * nothing else. What changed, the page asks for. One timer for all of them, and none of their own.
 */
export class DeviceStreams {
  readonly #streams = new Set<Stream>();
  readonly #ofSession = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  /** `signals`: absent where nothing ever waits. */
  constructor(private readonly signals: Pick<BackchannelSignals, 'onCustomer'> | undefined) {}

  get size(): number {
    return this.#streams.size;
  }

  /**
   * A stream for this customer's session, whose first word is that something may have changed since the page was made;
   * `undefined` when the session, or the process, has too many.
   */
  open(session: string, customerId: string): Readable | undefined {
    const ofSession = this.#ofSession.get(session) ?? 0;
    if (ofSession >= mostOfSession || this.#streams.size >= mostOfAll) return undefined;
    const readable = new Readable({ read: () => undefined });
    const stop = this.signals?.onCustomer(customerId, () => this.say(stream, changed)) ?? (() => undefined);
    const stream: Stream = { readable, session, beats: 0, stop };
    this.#streams.add(stream);
    this.#ofSession.set(session, ofSession + 1);
    readable.once('close', () => this.forget(stream));
    readable.push(`retry: 2000\n${changed}`);
    this.#timer ??= setInterval(() => this.beat(), heartbeatMs).unref();
    return readable;
  }

  /** Proves to browser and proxies that the stream lives. */
  beat(): void {
    for (const stream of [...this.#streams]) {
      stream.beats += 1;
      if (stream.beats >= lastBeat) this.end(stream);
      else this.say(stream, ': \n\n');
    }
  }

  /** Ends every stream: the process is going. */
  close(): void {
    for (const stream of [...this.#streams]) this.end(stream);
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** A reader who does not read is let go: wake-ups are worth nothing late. */
  private say({ readable }: Stream, text: string): void {
    if (!readable.push(text) && readable.readableLength > 65_536) readable.destroy();
  }

  private end(stream: Stream): void {
    this.forget(stream);
    stream.readable.push(null);
  }

  /** Once: whoever ended is forgotten twice. */
  private forget(stream: Stream): void {
    if (!this.#streams.delete(stream)) return;
    stream.stop();
    const left = (this.#ofSession.get(stream.session) ?? 1) - 1;
    if (left > 0) this.#ofSession.set(stream.session, left);
    else this.#ofSession.delete(stream.session);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
