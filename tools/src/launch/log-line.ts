/** A line a process wrote, as the terminal shows it. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
  /** The parsed pino record, when it was one. */
  readonly record?: Readonly<Record<string, unknown>>;
}

const warn = 40;
const error = 50;

/** Node's own deprecation and experiment warnings: for developers, in the log. */
const nodesOwn = /^\(node:\d+\) |^\(Use `node --trace/;

/** Reads a pino JSON line; anything else is shown as it is (and what comes by stderr counts as an error). */
export function readLine(raw: string, fromStderr: boolean): LogLine {
  const record = parse(raw);
  if (!record) return { level: fromStderr && !nodesOwn.test(raw) ? 'error' : 'info', text: raw };
  const level = Number(record['level']);
  return { level: level >= error ? 'error' : level >= warn ? 'warn' : 'info', text: textOf(record), record };
}

function parse(raw: string): Record<string, unknown> | undefined {
  if (!raw.startsWith('{')) return undefined;
  try {
    return JSON.parse(raw) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Message, the error's own words where they add something, and the request id to look it up by. */
function textOf(record: Record<string, unknown>): string {
  const message = String(record['msg'] ?? '');
  const cause = (record['err'] as { message?: string } | undefined)?.message;
  const request = record['requestId'] ?? record['reqId'];
  return [message, cause !== undefined && !message.includes(cause) ? `(${cause})` : '', request === undefined ? '' : `[request ${String(request)}]`].filter(Boolean).join(' ');
}
