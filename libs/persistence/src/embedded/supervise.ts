import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { DatabaseError } from '../database-error.js';
import type { Account } from './account.js';

export const supervisorName = 'assent-postgres-supervisor';

/*
 * A shell between us and the server ends the server when we end, however that happens: our death, even by SIGKILL,
 * closes the pipe that is its standard input. With OWNER set it also watches that process. The server runs in a
 * session of its own, so that Ctrl-C reaches us first and requests drain before the database goes.
 */
const script = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
if [ -n "$OWNER" ]; then
  ( while [ -d "/proc/$OWNER" ] || ps -p "$OWNER" >/dev/null 2>&1; do sleep 0.5; done; kill -INT $server ) >/dev/null 2>&1 3<&- &
else
  ( cat <&3 >/dev/null; kill -INT $server ) >/dev/null 2>&1 &
fi
watcher=$!
wait $server
code=$?
kill $watcher 2>/dev/null
[ -n "$REMOVE" ] && rm -rf "$REMOVE"
exit $code
`;

export interface Supervised {
  /** Asks the server to end (clients are disconnected) and waits for it. */
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  readonly command: readonly string[];
  readonly account: Account;
  readonly onLog: (line: string) => void;
  readonly onExit: (lastLines: readonly string[]) => void;
  /** The server lives as long as this process instead of ours. */
  readonly owner?: number | undefined;
  /** A folder to remove once the server has ended. */
  readonly remove?: string | undefined;
}

const stopMs = 15_000;

/** Starts the server under the supervisor; resolves when it accepts connections. */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const { command, account, owner, remove } = options;
  const env = { ...process.env, LC_ALL: 'C', OWNER: owner ? String(owner) : '', REMOVE: remove ?? '' };
  const child = spawn('sh', ['-c', script, supervisorName, ...command], { ...account.ids, cwd: '/', env, detached: true, stdio: ['pipe', 'ignore', 'pipe'] });
  child.stdin.on('error', () => undefined);
  const lines: string[] = [];
  let state: 'starting' | 'running' | 'stopping' = 'starting';
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    void exited.then(() => {
      if (state === 'starting') reject(startFailure(lines));
      if (state === 'running') options.onExit(lines);
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (lines.push(line) > 20) lines.shift();
      options.onLog(line);
      if (line.includes('ready to accept connections')) resolve();
    });
  });
  state = 'running';
  if (owner) release(child);
  return {
    stop: async () => {
      state = 'stopping';
      await end(child, exited);
    },
  };
}

async function end(child: ChildProcess, exited: Promise<void>): Promise<void> {
  child.stdin?.end();
  const late = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGQUIT'), stopMs);
  await exited;
  clearTimeout(late);
}

/** Lets our process end while the server stays. */
function release(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stderr]) (stream as unknown as { unref(): void } | null)?.unref();
}

function startFailure(lines: readonly string[]): DatabaseError {
  const fatal = lines.find((line) => /FATAL|could not|error/i.test(line)) ?? lines.at(-1) ?? 'it ended at once';
  return new DatabaseError(`the embedded PostgreSQL did not start: ${fatal.replace(/^.*?(FATAL|LOG|ERROR):\s*/, '')}`);
}
