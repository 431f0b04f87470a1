import pg from 'pg';

export interface NotificationOptions {
  readonly connection: pg.ClientConfig;
  readonly channel: string;
  /** Called on each notification with what it says, and once after each (re)connection, as notifications may have been missed. */
  readonly onWake: (payload?: string) => void;
  readonly onError?: ((error: Error) => void) | undefined;
}

const firstDelayMs = 100;
const longestDelayMs = 2_000;

/** A connection that listens, and connects again for as long as it is wanted. Notifications are wake-ups only. */
export class Notifications {
  #client: pg.Client | undefined;
  #closed = false;
  #delay = firstDelayMs;
  #retry: NodeJS.Timeout | undefined;

  private constructor(private readonly options: NotificationOptions) {}

  /** Rejects when the first connection fails. */
  static async open(options: NotificationOptions): Promise<Notifications> {
    const notifications = new Notifications(options);
    await notifications.connect();
    return notifications;
  }

  /** The connection, for reading what the wake-up was about; `undefined` while there is none. */
  get client(): pg.Client | undefined {
    return this.#client;
  }

  /** Gives the connection up (it stopped answering) and makes another. */
  reconnect(): void {
    const client = this.#client;
    if (!client) return;
    this.#client = undefined;
    client.end().catch(() => undefined);
    this.connectLater();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const { connection, channel, onWake, onError } = this.options;
    const client = new pg.Client({ connectionTimeoutMillis: 2_000, keepAlive: true, ...connection });
    const lost = (error: Error): void => {
      if (this.#client !== client) return;
      onError?.(error);
      this.reconnect();
    };
    client.on('error', lost);
    client.on('end', () => lost(new Error('the database closed the connection')));
    client.on('notification', ({ payload = '' }) => onWake(payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
    } catch (error) {
      client.removeAllListeners('end');
      await client.end().catch(() => undefined);
      throw error;
    }
    if (this.#closed) return void (await client.end());
    this.#client = client;
    this.#delay = firstDelayMs;
    onWake();
  }

  private connectLater(): void {
    if (this.#closed) return;
    this.#retry = setTimeout(() => {
      this.connect().catch((error: unknown) => {
        this.options.onError?.(error as Error);
        this.#delay = Math.min(this.#delay * 2, longestDelayMs);
        this.connectLater();
      });
    }, this.#delay);
    this.#retry.unref();
  }
}
