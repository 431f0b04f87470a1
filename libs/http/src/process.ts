/**
 * The body of every `main.ts`: starts, tells a parent process `{ ready: true }`, and on SIGTERM, SIGINT or the
 * parent's disconnect closes and exits 0. A failed start is one line on stderr and exit code 1.
 */
export async function runUntilSignal(_start: () => Promise<{ close(): Promise<void> }>): Promise<void> {
  throw new Error('to come');
}
