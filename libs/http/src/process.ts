import { flushLogs } from './log.js';

/**
 * The body of every `main.ts`: starts, tells a parent process `{ ready: true }`, and on SIGTERM, SIGINT or the
 * parent's disconnect closes and exits 0. A failed start is one line on stderr and exit code 1.
 */
export async function runUntilSignal(start: () => Promise<{ close(): Promise<void> }>): Promise<void> {
  const stopped = stopSignal();
  let app: { close(): Promise<void> };
  try {
    app = await start();
  } catch (error) {
    fail(oneLine(error));
    return;
  }
  // A parent that is gone already is no reason to fail: its disconnect ends us below.
  if (process.connected) process.send?.({ ready: true }, () => undefined);
  await stopped;
  try {
    await app.close();
    await flushLogs();
    process.exit(0);
  } catch (error) {
    fail(`could not close: ${oneLine(error)}`);
  }
}

/** Asked twice, the process ends at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = () => {
      if (asked) void flushLogs(200).then(() => process.exit(130));
      asked = true;
      resolve();
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
    // A parent that died takes its children along; disconnecting after a signal is not asking twice.
    process.once('disconnect', () => void (asked || stop()));
  });
}

function fail(line: string): void {
  process.stderr.write(`${line}\n`, () => void flushLogs().then(() => process.exit(1)));
}

/** Errors made for the operator say it all; for others the place in our code helps. */
function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error).replace(/\s*\n\s*/g, ' ');
  const message = error.message.replace(/\s*\n\s*/g, ' ');
  const place = /\(?(?:file:\/\/)?([^\s()]+:\d+):\d+\)?$/m.exec(error.stack ?? '')?.[1];
  return error.name === 'Error' || error.name.endsWith('TypeError') || error.name === 'RangeError' ? `${message || error.name}${place ? ` (${place})` : ''}` : message;
}
