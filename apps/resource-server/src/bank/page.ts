import { invalidRequest, type Form } from '@assent/protocol';

/** Which transactions of an account a request asks for. */
export interface Page {
  /** First and last booking day, both included. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly limit: number;
  /** The last transaction the caller has seen. */
  readonly after: Position | undefined;
}

/** A place in an account's history, newest first. It names a transaction, not a count, so it holds when others arrive. */
export interface Position {
  readonly bookedOn: string;
  /** Numbers the transactions of one account in booking order. */
  readonly sequence: number;
}

const defaultLimit = 50;
const maxLimit = 200;

/** Reads `from`, `to`, `limit` and `cursor`. `invalid_request` for a malformed, repeated or contradictory one. */
export function readPage(query: Form): Page {
  const from = readDay(query, 'from');
  const to = readDay(query, 'to');
  if (from !== undefined && to !== undefined && from > to) throw invalidRequest('from must not be later than to', 'ASSENT-RS-01');
  const cursor = query.optional('cursor');
  return { from, to, limit: readLimit(query.optional('limit')), after: cursor === undefined ? undefined : readCursor(cursor) };
}

function readDay(query: Form, name: 'from' | 'to'): string | undefined {
  const text = query.optional(name);
  if (text !== undefined && !isDay(text)) throw invalidRequest(`${name} must be a date such as 2026-11-23`, 'ASSENT-RS-01');
  return text;
}

/** A date of the calendar, years 1 to 9999. */
export function isDay(text: unknown): text is string {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return defaultLimit;
  const limit = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > maxLimit) throw invalidRequest(`limit must be a number from 1 to ${maxLimit}`, 'ASSENT-RS-01');
  return limit;
}

/** Opaque to the caller. It says where to go on, never what may be seen: that is asked of the grant each time. */
export const writeCursor = ({ bookedOn, sequence }: Position): string => Buffer.from(`${bookedOn}/${sequence}`).toString('base64url');

export function readCursor(cursor: string): Position {
  const [, bookedOn = '', digits] = /^(\d{4}-\d{2}-\d{2})\/(\d{1,10})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const sequence = Number(digits);
  if (!isDay(bookedOn) || !(sequence <= 2_147_483_647)) throw invalidRequest('cursor must be one that links.next gave', 'ASSENT-RS-02');
  return { bookedOn, sequence };
}
