import { styleText } from 'node:util';
import { prettyFactory } from 'pino-pretty';
import type { LogLine } from './log-line.js';

export interface Terminal {
  /** A plain line. */
  say(text: string): void;
  /** Why it does not go on, by stderr. */
  fail(text: string): void;
  /** A line of one of the processes. */
  log(process: string, line: LogLine): void;
}

/** Shows warnings and errors of the processes readably; `verbose`: every line. */
export function openTerminal({ verbose }: { readonly verbose: boolean }): Terminal {
  const colour = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
  const pretty = prettyFactory({ colorize: colour, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname', singleLine: true });
  const paint = (format: 'red' | 'yellow', text: string): string => (colour ? styleText(format, text) : text);
  return {
    say: (text) => void process.stdout.write(`${text}\n`),
    fail: (text) => void process.stderr.write(`${paint('red', text)}\n`),
    log(name, line) {
      if (verbose) process.stdout.write(`${name.padEnd(20)} ${line.record ? pretty(line.record).trimEnd() : line.text}\n`);
      else if (line.level !== 'info') process.stdout.write(`${paint(line.level === 'error' ? 'red' : 'yellow', `${line.level === 'error' ? 'Error' : 'Warning'} (${name})`)}: ${line.text}\n`);
    },
  };
}
