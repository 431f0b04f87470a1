import { readFileSync, rmSync } from 'node:fs';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from './failure.js';
import { startIn } from './process-stat.js';

interface Holder {
  readonly pid: number;
  /** When the process started, as the kernel counts: a number used again by a later process does not match. */
  readonly started: string | undefined;
  /** Port of the embedded database, for commands that join in. */
  readonly databasePort: number;
}

export interface Lock {
  /** The run before this one did not end in order (killed, power cut): what it left may still be going down. */
  readonly afterCrash: boolean;
  release(): void;
}

/**
 * One stack for each data folder. The lock is a file with the holder's process number, dead with its process.
 * Throws a `Failure` when another stack runs there, or when the folder cannot be written.
 */
export async function lockDataFolder(folder: string, databasePort: number): Promise<Lock> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => refuse(folder, error));
  const file = lockFile(folder);
  const text = JSON.stringify({ pid: process.pid, started: startOf(process.pid), databasePort } satisfies Holder);
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await create(file, text);
      return { afterCrash: attempt > 0, release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') refuse(folder, error);
    }
    const holder = await readHolder(file);
    if (holder && isRunning(holder)) {
      throw new Failure(`Assent is already running on ${folder} (process ${holder.pid}). Stop it, or choose another data folder (ASSENT_DATA_FOLDER) and other ports.`);
    }
    await rm(file, { force: true });
  }
  throw new Failure(`Another start on ${folder} is under way.`);
}

function refuse(folder: string, error: unknown): never {
  const { code } = error as NodeJS.ErrnoException;
  throw new Failure(`The data folder ${folder} cannot be written (${code}). Change its owner or permissions, or choose another with dataFolder (ASSENT_DATA_FOLDER).`);
}

/** The port of the embedded database when a stack runs on this data folder. */
export async function runningDatabasePort(folder: string): Promise<number | undefined> {
  const holder = await readHolder(lockFile(folder));
  return holder && isRunning(holder) ? holder.databasePort : undefined;
}

const lockFile = (folder: string): string => join(folder, 'launcher.pid');

/** Appears with its content in one step, or fails with EEXIST. */
async function create(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text, { mode: 0o600 });
  await link(draft, file).finally(() => rm(draft, { force: true }));
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isRunning(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startOf(holder.pid) === holder.started;
}

/** `undefined` where the system does not tell. */
function startOf(pid: number): string | undefined {
  try {
    return startIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}
