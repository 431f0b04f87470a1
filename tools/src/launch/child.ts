import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { Failure } from './failure.js';
import { readLine, type LogLine } from './log-line.js';

const keptComplaints = 50;

export interface ChildOptions {
  readonly name: string;
  /** Compiled entry. It sends `{ ready: true }` and stops when the channel to us closes. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly logFile: string;
  readonly onLine: (name: string, line: LogLine) => void;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of the stack. */
export interface Child {
  readonly name: string;
  readonly pid: number | undefined;
  /** What it sent when ready. Rejects with a `Failure` when it ends before. */
  readonly ready: Promise<unknown>;
  readonly exited: Promise<Exit>;
  /** Asks it to drain and end; after the limit it is killed. Resolves with whether it had to be. */
  stop(limitMs: number): Promise<'ended' | 'killed'>;
  /** Ends it at once. */
  kill(): void;
}

/**
 * Starts a process in a session of its own, so that Ctrl-C reaches the launcher alone and the order of stopping
 * stays ours; the IPC channel tells it when the launcher is gone.
 */
export function startChild(options: ChildOptions): Child {
  const { name, file, args, env, cwd } = options;
  const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true });
  let readyYet = false;
  const lastWords = record(child, options, () => readyYet);
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const ready = new Promise<unknown>((resolve, reject) => {
    child.on('message', (message) => {
      if (!isReady(message)) return;
      readyYet = true;
      resolve(message);
    });
    void exited.then((exit) => reject(new Failure(`${name} did not start (${describeExit(exit)})${lastWords() ?? `; see ${options.logFile}`}`)));
  });
  ready.catch(() => undefined);
  return { name, pid: child.pid, ready, exited, stop: (limitMs) => stop(child, exited, limitMs), kill: () => void child.kill('SIGKILL') };
}

export const describeExit = ({ code, signal }: Exit): string => (signal === null ? `exit code ${code}` : `ended by ${signal}`);

const isReady = (message: unknown): boolean => typeof message === 'object' && message !== null && (message as { ready?: unknown }).ready === true;

async function stop(child: ChildProcess, exited: Promise<Exit>, limitMs: number): Promise<'ended' | 'killed'> {
  if (child.exitCode !== null || child.signalCode !== null) return 'ended';
  child.kill('SIGTERM');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => void (timer = setTimeout(resolve, limitMs, 'late')));
  const outcome = await Promise.race([exited, late]);
  clearTimeout(timer);
  if (outcome !== 'late') return 'ended';
  child.kill('SIGKILL');
  await exited;
  return 'killed';
}

/** Keeps what the process writes; returns a way to its last complaint, for the line that says why it did not start. */
function record(child: ChildProcess, { name, logFile, onLine }: ChildOptions, isReadyYet: () => boolean): () => string | undefined {
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  log.on('error', (error) => onLine(name, { level: 'warn', text: `cannot write ${basename(logFile)}: ${error.message}` }));
  const complaints: LogLine[] = [];
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', (raw) => {
      log.write(`${raw}\n`);
      const line = readLine(raw, stream === child.stderr);
      if (line.level === 'error' && complaints.length < keptComplaints) complaints.push(line);
      // Why it did not start is told once, by the launcher.
      onLine(name, isReadyYet() ? line : { ...line, level: 'info' });
    });
  }
  child.once('close', () => log.end());
  return () => mainComplaint(complaints);
}

/** A logged error, or the message line of an uncaught one (its stack and source excerpt say little to most people). */
function mainComplaint(lines: readonly LogLine[]): string | undefined {
  const line = lines.find(({ record }) => record) ?? lines.find(({ text }) => /^(\w+ )?\[?\w*(Error|Failure)\b.*: /.test(text)) ?? lines.find(({ text }) => text.trim() !== '');
  return line && `: ${line.text}`;
}
