import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { readFile, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError } from '../database-error.js';
import { supervisorName } from './supervise.js';

/** How long an orderly end may take, and how long it may take to begin once the owner has died. */
const endMs = 15_000;
const beginMs = 1_500;

/**
 * What an earlier start left behind: a lock file of a server that is gone is removed, a server without its supervisor
 * is stopped, one that is just shutting down is waited for. `DatabaseError` when one is running and looked after.
 */
export async function clearLeftovers(data: string): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  const pid = await lockHolder(lock);
  if (pid === undefined) return;
  const folder = await realpath(data);
  if (!servesFolder(pid, folder)) return rm(lock, { force: true });
  if (!isSupervised(pid)) stopOrphan(pid);
  const found = Date.now();
  while (servesFolder(pid, folder)) {
    const patience = (await isStopping(lock)) ? endMs : beginMs;
    if (Date.now() > found + patience) throw new DatabaseError(`the database in ${data} is in use by a running PostgreSQL (process ${pid}): stop that stack first`);
    await sleep(50);
  }
  await rm(lock, { force: true });
}

function stopOrphan(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // It ended by itself, or it is not ours to stop: waiting for it tells.
  }
}

async function lockHolder(lock: string): Promise<number | undefined> {
  try {
    const pid = Number((await readFile(lock, 'utf8')).split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : 0;
  } catch {
    return undefined;
  }
}

/** The eighth line of the lock file is the server's state. */
async function isStopping(lock: string): Promise<boolean> {
  const text = await readFile(lock, 'utf8').catch(() => '');
  return text === '' || text.split('\n')[7]?.trim() === 'stopping';
}

/** Whether the process is a PostgreSQL server on this folder: numbers of ended processes are given out again. */
function servesFolder(pid: number, folder: string): boolean {
  if (pid === 0) return false;
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === folder;
    return commandOf(pid).includes(folder);
  } catch {
    return false;
  }
}

function isSupervised(pid: number): boolean {
  if (process.platform !== 'linux') return commandOf(Number(spawnSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }).stdout)).includes(supervisorName);
  try {
    const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return readFileSync(`/proc/${parent}/cmdline`, 'utf8').includes(supervisorName);
  } catch {
    return false;
  }
}

const commandOf = (pid: number): string => spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;

/** `DatabaseError` naming the port when another program listens on it. */
export async function provePortFree(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new DatabaseError(`port ${port} for the embedded database cannot be used (${error.code}): free it or choose another port`, error)));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, resolve);
  });
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** A port nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
