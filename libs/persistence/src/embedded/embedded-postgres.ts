import { chown } from 'node:fs/promises';
import pg from 'pg';
import { DatabaseError } from '../database-error.js';
import { findBinaries } from './binaries.js';
import { initialise, openFolder } from './data-folder.js';
import { clearLeftovers, provePortFree } from './running-server.js';
import { supervise } from './supervise.js';

export interface EmbeddedPostgresOptions {
  /** Where data and password live; created when absent, kept between starts. */
  readonly folder: string;
  readonly port: number;
  /** The database to create and to connect to; `assent` when not said. */
  readonly database?: string;
  readonly user?: string;
  /** Server settings, as `-c name=value`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Each line the server logs. */
  readonly onLog?: (line: string) => void;
  /** The server ended without being asked to. */
  readonly onExit?: (lastLines: readonly string[]) => void;
  /** The server lives as long as the process of this number instead of ours, and takes its folder with it. */
  readonly temporaryFor?: number;
}

export interface EmbeddedPostgres {
  readonly url: string;
  /** Ends the server in order; open connections are closed. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL 18 out of npm's binaries on 127.0.0.1 and answers when it accepts connections. As root it runs
 * under the account `postgres`. It ends with our process, however that ends.
 * `DatabaseError` (one line) when the port is taken, the folder cannot be written or a running server uses it.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32') throw new DatabaseError('the embedded database runs on Linux and macOS: set DATABASE_URL');
  const user = options.user ?? 'assent';
  const folder = await openFolder(options.folder);
  const { uid, gid } = folder.account.ids;
  // The supervisor, which runs as the server does, is to remove it.
  if (options.temporaryFor && uid !== undefined && gid !== undefined) await chown(options.folder, uid, gid);
  const binaries = await findBinaries(folder.account);
  await initialise(folder, user, binaries);
  await clearLeftovers(folder.data);
  await provePortFree(options.port);
  const server = await supervise({
    command: [binaries.postgres, '-D', folder.data, ...settings(options)],
    account: folder.account,
    onLog: options.onLog ?? (() => undefined),
    onExit: options.onExit ?? (() => undefined),
    owner: options.temporaryFor,
    remove: options.temporaryFor ? options.folder : undefined,
  });
  const url = (database: string): string => `postgres://${user}:${folder.password}@127.0.0.1:${options.port}/${database}`;
  const database = options.database ?? 'assent';
  try {
    await ensureDatabase(url('postgres'), database);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: url(database), stop: server.stop };
}

/** TCP on loopback only: the server's socket folder would need a place that both accounts can enter. */
function settings({ port, settings: own }: EmbeddedPostgresOptions): string[] {
  const all = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', max_connections: '200', ...own };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function ensureDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
