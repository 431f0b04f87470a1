import { performance } from 'node:perf_hooks';
import { systemClock, type Clock, type RevocationFeed, type RevocationSubject, type Secret } from '@assent/protocol';
import { connectionError } from './database.js';
import { Notifications } from './notifications.js';
import { familyOf } from './stores/handle-values.js';

export interface RevocationFeedOptions {
  /** How often the table is read when nothing wakes us; 300 ms. */
  readonly pollMs?: number;
  readonly clock?: Clock;
  readonly onError?: (error: Error) => void;
}

/*
 * Rows are read from a position on: the oldest transaction that was still running at the last read. A transaction that
 * commits late has its rows at or above that position, so it is never skipped, and rows that are visible already count
 * at once, without waiting for older transactions to end. Reading a row twice changes nothing.
 */
const changes = `
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS position, r.subject, r.id, r.until
  FROM (SELECT 1) AS once LEFT JOIN assent.revocation r ON r.xid >= $1::text::xid8 AND r.until > $2::timestamptz`;

interface ChangeRow {
  readonly position: string;
  readonly subject: RevocationSubject | null;
  readonly id: string;
  readonly until: Date;
}

const answerMs = 2_000;
const forgetEveryMs = 10_000;

/**
 * Follows the revocation feed on a connection of its own; resolves once the first read is complete, and from then on
 * is behind by a notification's way (a poll's interval when notifications fail). While the database is away, `age()`
 * grows and the feed keeps what it knows. `DatabaseError` when the first connection fails.
 */
export async function openRevocationFeed(url: string | Secret, options: RevocationFeedOptions = {}): Promise<RevocationFeed> {
  const address = typeof url === 'string' ? url : url.reveal();
  const feed = new Feed(options);
  try {
    await feed.open(address);
  } catch (error) {
    await feed.close();
    throw connectionError(address, error);
  }
  return feed;
}

class Feed implements RevocationFeed {
  /** Until when an id stays dead; ids of tokens, families and grants never look alike to each other's lookups. */
  readonly #dead: Record<RevocationSubject, Map<string, number>> = { token: new Map(), family: new Map(), grant: new Map() };
  readonly #clock: Clock;
  #notifications: Notifications | undefined;
  #timer: NodeJS.Timeout | undefined;
  #position = '0';
  /** The connection the position belongs to: another may lead to a restored server that counts from elsewhere. */
  #positionOf: unknown;
  #completeAt = performance.now();
  #reading: Promise<void> | undefined;
  #again = false;
  #forgotAt = 0;

  constructor(private readonly options: RevocationFeedOptions) {
    this.#clock = options.clock ?? systemClock;
  }

  async open(address: string): Promise<void> {
    const connection = { connectionString: address, application_name: 'assent-revocations', query_timeout: answerMs };
    this.#notifications = await Notifications.open({ connection, channel: 'assent_revocation', onWake: () => this.wake(), onError: this.options.onError });
    await this.read();
    this.#timer = setInterval(() => this.wake(), this.options.pollMs ?? 300);
    this.#timer.unref();
  }

  isRevoked({ jti, grantId }: { readonly jti: string; readonly grantId?: string | undefined }): boolean {
    const { token, family, grant } = this.#dead;
    if (token.size + family.size + grant.size === 0) return false;
    const familyId = familyOf(jti);
    return token.has(jti) || (familyId !== undefined && family.has(familyId)) || (grantId !== undefined && grant.has(grantId));
  }

  age(): number {
    return performance.now() - this.#completeAt;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#notifications?.close();
    await this.#reading;
  }

  /** Reads now, or once more after the read under way, which may have begun before what woke us. */
  private wake(): void {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = this.read()
      .catch((error: unknown) => {
        this.options.onError?.(error as Error);
        this.#notifications?.reconnect();
      })
      .finally(() => {
        this.#reading = undefined;
        if (!this.#again) return;
        this.#again = false;
        this.wake();
      });
  }

  private async read(): Promise<void> {
    const client = this.#notifications?.client;
    if (!client) return;
    if (this.#positionOf !== client) this.#position = '0';
    const begun = performance.now();
    const now = this.#clock.now();
    const { rows } = await client.query<ChangeRow>({ name: 'assent_feed', text: changes, values: [this.#position, now.toISOString()] });
    for (const { subject, id, until } of rows) if (subject) this.#dead[subject].set(id, until.getTime());
    this.#position = rows[0]?.position ?? this.#position;
    this.#positionOf = client;
    this.#completeAt = begun;
    this.forget(now.getTime());
  }

  /** Tokens that have expired by themselves need no memory. */
  private forget(now: number): void {
    if (now - this.#forgotAt < forgetEveryMs) return;
    this.#forgotAt = now;
    for (const ids of Object.values(this.#dead)) for (const [id, until] of ids) if (until <= now) ids.delete(id);
  }
}
