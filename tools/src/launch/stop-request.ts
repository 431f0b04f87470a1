import { readFileSync } from 'node:fs';
import { parentIn } from './process-stat.js';

const parentPollMs = 1000;
/** npm passes Ctrl-C on to us after the terminal did: only a later one means "now". */
const impatientAfterMs = 1500;

/**
 * Calls back once when somebody wants the stack to end: Ctrl-C, SIGTERM, a closed terminal, or the death of the
 * `npm start` around us. `onImpatient`: asked a second time.
 */
export function onStopRequest(onStop: (why: string) => void, onImpatient: () => void): void {
  let first: number | undefined;
  const request = (why: string): void => {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      onStop(why);
    } else if (now - first > impatientAfterMs) onImpatient();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => request(signal));
  // A terminal that was closed takes its output with it.
  process.stdout.on('error', () => request('output closed'));
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const before = ancestry();
  setInterval(() => (first === undefined && ancestry() !== before ? request('npm ended') : undefined), parentPollMs).unref();
}

/** Our parent and its parent: npm runs us by way of a shell, which survives it. */
function ancestry(): string {
  try {
    return `${process.ppid} ${parentIn(readFileSync(`/proc/${process.ppid}/stat`, 'utf8'))}`;
  } catch {
    return String(process.ppid);
  }
}
