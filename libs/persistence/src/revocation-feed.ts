import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { RevokedTokens, systemClock, usualRevocationCapacity, type Clock, type RevocableToken, type Revocation, type RevocationFeed, type RevocationSubject, type Secret } from '@assent/protocol';
import { connectionError } from './database.js';
import { Notifications } from './notifications.js';

export interface RevocationFeedOptions {
  /** How often the table is read when nothing wakes us; 300 ms. */
  readonly pollMs?: number;
  /** Live revocations remembered at most. When there are more, `age()` is infinite until some have expired. */
  readonly capacity?: number;
  /** Told of each read that is complete, before `age()` is. */
  readonly onRead?: (read: FeedRead) => void;
  readonly clock?: Clock;
  readonly onError?: (error: Error) => void;
}

/** What a read found: all that could have changed since the one before, some of it for the second time. */
export interface FeedRead {
  /** Which server's transaction numbers these are; another server, or the same one restarted, has another. */
  readonly lineage: string;
  /** The oldest transaction that was still running: every row of an earlier one has been read. */
  readonly position: bigint;
  readonly changes: readonly FeedChange[];
}

/** A revocation, and the transaction that wrote it. */
export interface FeedChange extends Revocation {
  readonly xid: bigint;
}

/*
 * Rows are read from a position on: the oldest transaction that was still running at the last read. A transaction that
 * commits late has its rows at or above that position, so it is never skipped, and rows that are visible already count
 * at once, without waiting for older transactions to end. Reading a row twice changes nothing.
 */
const changes = `
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS position, r.subject, r.id, r.below, r.until, r.xid::text AS xid
  FROM (SELECT 1) AS once LEFT JOIN (
    SELECT * FROM assent.revocation WHERE xid >= $1::text::xid8 AND until > $2::timestamptz LIMIT $3
  ) r ON true`;

/** Numbers of transactions mean something within one run of one server: a restored database counts from elsewhere. */
const lineage = `
  SELECT (SELECT oid FROM pg_database WHERE datname = current_database()) || '.' || (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint AS lineage`;

interface ChangeRow {
  readonly position: string;
  readonly subject: RevocationSubject | null;
  readonly id: string;
  readonly below: number | null;
  readonly until: Date;
  readonly xid: string;
}

const answerMs = 2_000;
const forgetEveryMs = 10_000;
/** Reading everything again is dear: a full memory tries it this often. */
const retryWhenFullMs = 5_000;

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
  readonly #revoked: RevokedTokens;
  readonly #clock: Clock;
  #notifications: Notifications | undefined;
  #timer: NodeJS.Timeout | undefined;
  #position = '0';
  /** The connection the position belongs to: another may lead to a restored server that counts from elsewhere. */
  #positionOf: unknown;
  #lineage = '';
  /** Since when there has been no room for all there is. */
  #fullSince: number | undefined;
  #completeAt = performance.now();
  #reading: Promise<void> | undefined;
  #again = false;
  #forgotAt = 0;

  constructor(private readonly options: RevocationFeedOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#revoked = new RevokedTokens(options.capacity ?? usualRevocationCapacity);
  }

  async open(address: string): Promise<void> {
    const connection = { connectionString: address, application_name: 'assent-revocations', query_timeout: answerMs };
    this.#notifications = await Notifications.open({ connection, channel: 'assent_revocation', onWake: () => this.wake(), onError: this.options.onError });
    await this.read();
    this.#timer = setInterval(() => this.wake(), this.options.pollMs ?? 300);
    this.#timer.unref();
  }

  isRevoked(token: RevocableToken): boolean {
    return this.#revoked.isRevoked(token);
  }

  age(): number {
    return this.#fullSince === undefined ? performance.now() - this.#completeAt : Infinity;
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
    const begun = performance.now();
    if (!client || (this.#fullSince !== undefined && begun - this.#fullSince < retryWhenFullMs)) return;
    if (this.#positionOf !== client) await this.beginAnew(client);
    const now = this.#clock.now();
    this.forget(now);
    const { capacity } = this.#revoked;
    const { rows } = await client.query<ChangeRow>({ name: 'assent_feed', text: changes, values: [this.#position, now.toISOString(), capacity + 1] });
    const found = rows.flatMap(changeOf);
    const fits = found.map((change) => this.#revoked.add(change)).every(Boolean) && found.length <= capacity;
    if (!fits) return this.fill(begun);
    this.#fullSince = undefined;
    this.#position = rows[0]?.position ?? this.#position;
    this.options.onRead?.({ lineage: this.#lineage, position: BigInt(this.#position), changes: found });
    this.#completeAt = begun;
  }

  private async beginAnew(client: pg.Client): Promise<void> {
    const { rows } = await client.query<{ lineage: string }>(lineage);
    this.#lineage = rows[0]?.lineage ?? '';
    this.#position = '0';
    this.#positionOf = client;
  }

  /** Something live found no room: until everything has been read anew and fits, the feed vouches for nothing. */
  private fill(now: number): void {
    this.#fullSince = now;
    this.#position = '0';
    this.options.onError?.(new Error(`more than ${this.#revoked.capacity} live revocations: give the feed a larger capacity`));
  }

  private forget(now: Date): void {
    const time = now.getTime();
    if (time - this.#forgotAt < forgetEveryMs && this.#fullSince === undefined) return;
    this.#forgotAt = time;
    this.#revoked.forget(now);
  }
}

const changeOf = ({ subject, id, below, until, xid }: ChangeRow): FeedChange[] =>
  subject === null ? [] : [{ subject, id, until, xid: BigInt(xid), ...(below !== null && { below }) }];
