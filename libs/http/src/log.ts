import { pino, type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

/**
 * The process log: JSON lines on stdout. Requests are logged without bodies, queries and headers; the redaction
 * below is the second line of defence.
 */
export function createLog(options: { readonly app: string; readonly level: string; readonly destination?: DestinationStream }): Log {
  const destination = options.destination ?? pino.destination({ fd: 1, sync: false });
  return pino({ level: options.level, base: { app: options.app } }, destination);
}
