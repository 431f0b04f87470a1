import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js';
import { freePort } from './running-server.js';

let folder: string;
let port: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assent-embedded-'));
  await chmod(folder, 0o755);
  port = await freePort();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = (over: Partial<EmbeddedPostgresOptions> = {}) => startEmbeddedPostgres({ folder, port, ...over });

async function ask<T>(url: string, sql: string): Promise<T | undefined> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows[0] as T | undefined;
  } finally {
    await client.end();
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited++) {
    if (waited > 500) throw new Error('it did not come true');
    await sleep(20);
  }
}

describe('the embedded PostgreSQL', () => {
  it('is version 18, durable, on loopback only, and keeps its data between starts', async () => {
    const first = await start();
    expect(await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')).toBeUndefined();
    expect(await ask(first.url, `SELECT current_setting('server_version')::float >= 18 AS new, current_setting('fsync') AS fsync, current_setting('listen_addresses') AS at`)).toEqual({ new: true, fsync: 'on', at: '127.0.0.1' });
    await first.stop();
    const second = await start();
    expect(await ask(second.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 });
    expect(second.url).toBe(first.url);
    await second.stop();
  });

  it('lets nobody in without the password, which only we can read', async () => {
    const server = await start();
    await expect(ask(server.url.replace(/:[^:@/]+@/, ':guess@'), 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    await server.stop();
  });

  it('names the port when something else listens there', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    await expect(start()).rejects.toThrow(new RegExp(`^port ${port} .*free it or choose another`));
    await new Promise((resolve) => other.close(resolve));
  });

  it('says when a running server uses the folder', async () => {
    const server = await start();
    await expect(start({ port: await freePort() })).rejects.toThrow(/in use by a running PostgreSQL \(process \d+\)/);
    await server.stop();
  });

  it('names the folder when it cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(start({ folder: join(folder, 'file', 'postgres') })).rejects.toThrow(/^cannot write the database folder .*file\/postgres \(ENOTDIR\)/);
  });

  it('starts over the lock file of a server that is gone', async () => {
    await (await start()).stop();
    // The number of a process that lives and is no PostgreSQL.
    await writeFile(join(folder, 'data/postmaster.pid'), `${process.pid}\n${folder}/data\n0\n${port}\n`);
    await (await start()).stop();
  });

  it('starts over a server that was killed, and tells whoever had started it', async () => {
    let last: readonly string[] | undefined;
    const server = await start({ onExit: (lines) => (last = lines) });
    await ask(server.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    process.kill(Number((await readFile(join(folder, 'data/postmaster.pid'), 'utf8')).split('\n')[0]), 'SIGKILL');
    await until(() => last !== undefined);
    const next = await start();
    expect(await ask(next.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 });
    await next.stop();
  });

  it('ends with the process it is for, and takes its folder with it', async () => {
    const owner = spawn('sleep', ['60'], { stdio: 'ignore' });
    const server = await start({ temporaryFor: owner.pid! });
    expect(await ask(server.url, 'SELECT 1 AS one')).toEqual({ one: 1 });
    owner.kill('SIGKILL');
    await until(() => !existsSync(folder));
  });
});
