import pg from 'pg';
import { systemClock, type Clock, type Secret } from '@assent/protocol';
import { DatabaseError, withoutPassword } from './database-error.js';
import { Sql, type Statistics } from './sql.js';
import type { Stores } from './stores.js';
import { openStores } from './open-stores.js';

export interface DatabaseOptions {
  readonly url: string | Secret;
  readonly poolSize: number;
  /** Seals signing keys at rest. Without it `stores.signingKeys` refuses to work. */
  readonly encryptionKey?: Secret<Buffer>;
  readonly clock?: Clock;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
  /** Told about connections lost while idle; the pool replaces them by itself. */
  readonly onError?: (error: Error) => void;
}

export interface Database {
  readonly pool: pg.Pool;
  readonly stores: Stores;
  /** Statements sent and write commits caused by the stores since the start. */
  statistics(): Statistics;
  /** Resolves when the server answers; for readiness probes. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const statementTimeoutMs = 10_000;
const connectTimeoutMs = 5_000;

/**
 * Opens the pool, proves that the server answers and hands out the stores. Migrate first (`migrate`).
 * `DatabaseError` when the server cannot be reached or its schema is not there.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const pool = await provenPool(options);
  const sql = new Sql(pool);
  const clock = options.clock ?? systemClock;
  return {
    pool,
    stores: openStores({ sql, pool, clock, encryptionKey: options.encryptionKey }),
    statistics: () => sql.statistics(),
    ping: async () => void (await pool.query('SELECT 1')),
    close: () => pool.end(),
  };
}

async function provenPool(options: DatabaseOptions): Promise<pg.Pool> {
  let pool: pg.Pool | undefined;
  try {
    pool = openPool(options);
    await proveSchema(pool);
    return pool;
  } catch (error) {
    await pool?.end().catch(() => undefined);
    throw connectionError(urlOf(options), error);
  }
}

const urlOf = (options: DatabaseOptions): string => (typeof options.url === 'string' ? options.url : options.url.reveal());

/** Idle connections stay: dropping them makes the next requests pay for connecting and preparing again. */
function openPool(options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: urlOf(options),
    max: options.poolSize,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    application_name: options.applicationName ?? 'assent',
    keepAlive: true,
    // Awaited by the pool before a new connection is handed out.
    onConnect: (client) => client.query(planner) as unknown as void,
  });
  pool.on('error', (error) => options.onError?.(error));
  // The pool listens to idle connections only. One that is lost while somebody holds it fails their query, which is
  // enough; without a listener it would end the process as well.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/*
 * Every hot statement finds its rows by primary key. A plan made once, while a partition is still empty, must not be a
 * sequential scan that outlives the emptiness; planning anew for each execution costs more than executing; and
 * compiling such statements (JIT) never pays.
 */
const planner = 'SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; SET jit = off';

async function proveSchema(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ ready: boolean }>(`SELECT to_regclass('assent.replay') IS NOT NULL AS ready`);
  if (!rows[0]?.ready) throw new DatabaseError('the database has no Assent tables yet: run `npm run migrate`');
}

/** Refused, unreachable or unfit: system errors, and SQLSTATE classes 08, 28, 3D, 53 and 57P. */
const connectionFailure = /^(E[A-Z_]+$|08|28|3D|53|57P)/;

/** A failure to connect as one line that names server and remedy; any other error as it is. */
export function connectionError(url: string, error: unknown): unknown {
  if (error instanceof DatabaseError) return error;
  const { code = '', message = '' } = error as Partial<NodeJS.ErrnoException>;
  if (!connectionFailure.test(code) && !/timeout|terminated/.test(message)) return error;
  return new DatabaseError(`cannot use the database at ${withoutPassword(url)}: ${message || code}. Check DATABASE_URL and that PostgreSQL is running`, error);
}
