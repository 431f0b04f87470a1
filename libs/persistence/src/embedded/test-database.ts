import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from '../migrate.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { freePort } from './running-server.js';

export interface StartDatabaseOptions {
  /** `false`: an empty database, without our tables. */
  readonly migrated?: boolean;
}

export interface TestDatabase {
  readonly url: string;
  /** Drops the database, whoever is still connected. */
  stop(): Promise<void>;
}

const template = 'assent_template';
const startMs = 60_000;

/**
 * A fresh, migrated database of its own, on the one PostgreSQL server that all spec files of this Jest run share.
 * The first caller starts the server; it ends, and its folder goes, with the Jest process, even when that is killed.
 */
export async function startDatabase({ migrated = true }: StartDatabaseOptions = {}): Promise<TestDatabase> {
  const server = await sharedServer();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(server, `CREATE DATABASE ${name}${migrated ? ` TEMPLATE ${template}` : ''}`);
  return {
    url: at(server, name),
    stop: () => administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

const at = (url: string, database: string): string => url.replace(/\/[^/]*$/, `/${database}`);

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: at(server, 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The URL of the run's server: whoever makes the folder starts it, the others wait for its address. */
async function sharedServer(): Promise<string> {
  const owner = jestProcess();
  const folder = join(tmpdir(), `assent-test-${owner}-${startTimeOf(owner)}`);
  const address = join(folder, 'address');
  try {
    await mkdir(folder, { mode: 0o755 });
  } catch {
    return waitFor(address);
  }
  try {
    const url = await startServer(folder, owner);
    await writeFile(`${address}.new`, url);
    await rename(`${address}.new`, address);
    return url;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** With ASSENT_TEST_SERVER (a superuser's URL) the run uses that server instead: another PostgreSQL version, say. */
async function startServer(folder: string, owner: number): Promise<string> {
  const external = process.env['ASSENT_TEST_SERVER'];
  const url = external ? await emptyTemplate(external) : await startTemporary(folder, owner);
  await migrate(url);
  return url;
}

async function emptyTemplate(server: string): Promise<string> {
  await administer(server, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
  await administer(server, `CREATE DATABASE ${template}`);
  return at(server, template);
}

async function startTemporary(folder: string, owner: number): Promise<string> {
  const { url } = await startEmbeddedPostgres({
    folder,
    port: await freePort(),
    database: template,
    // Nothing here outlives the run, so nothing needs to reach the disk.
    settings: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '300' },
    temporaryFor: owner,
  });
  return url;
}

async function waitFor(address: string): Promise<string> {
  const end = Date.now() + startMs;
  for (;;) {
    const url = await readFile(address, 'utf8').catch(() => undefined);
    if (url) return url;
    if (Date.now() > end) throw new Error(`the test database did not start (${address})`);
    await sleep(50);
  }
}

/** Jest itself: in a worker it is the parent. */
const jestProcess = (): number => (process.argv[1]?.includes('processChild') ? process.ppid : process.pid);

/** Tells a process from a later one with the same number. */
function startTimeOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}
