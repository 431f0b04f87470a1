import { spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { read } from './meter.js';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Servers on one core, everything else on another. */
export const serverCore = 0;
export const loadCore = 1;

export interface ServerOptions {
  readonly app: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly metricsUrl: string;
  /** Where a CPU profile goes when the process ends (`*.cpuprofile`, for Chrome's developer tools). */
  readonly profileFolder?: string | undefined;
}

export interface ServerProcess {
  readonly app: string;
  readonly readyMs: number;
  readonly idleRssMb: number;
  stop(): Promise<void>;
}

/** Starts an app, as an operator would, with its log in a file; resolves when it says that it is ready. */
export async function startServer({ app, env, logFile, metricsUrl, profileFolder }: ServerOptions): Promise<ServerProcess> {
  const log = openSync(logFile, 'a');
  const started = performance.now();
  const profiling = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`, `--cpu-prof-name=${basename(logFile, '.log')}.cpuprofile`];
  const child = spawn(process.execPath, [...profiling, join(root, 'apps', app, 'dist', 'main.js')], { cwd: root, env, stdio: ['ignore', log, 'inherit', 'ipc'] });
  await pin(child.pid, serverCore);
  try {
    await ready(child, app);
    const readyMs = performance.now() - started;
    return { app, readyMs, idleRssMb: (await read(metricsUrl))?.rssMb ?? 0, stop: () => ended(child) };
  } catch (error) {
    await ended(child);
    throw error;
  }
}

function ready(child: ChildProcess, app: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${app} ended with code ${code} before it was ready`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await exit;
}

/** Keeps a process, and what it starts from now on, on one core. Answers whether that was possible (`taskset`, two cores). */
export async function pin(pid: number | undefined, core: number): Promise<boolean> {
  if (pid === undefined || availableParallelism() < 2) return false;
  return new Promise((resolve) => {
    spawn('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' })
      .once('error', () => resolve(false))
      .once('exit', (code) => resolve(code === 0));
  });
}
