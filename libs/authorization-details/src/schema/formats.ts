import { decimalsOf } from './currencies.js';
import { isIban } from './iban.js';

interface Format {
  /** In words, after "must be". */
  readonly expected: string;
  readonly accepts: (text: string) => boolean;
}

/** Controls, line and paragraph separators, bidi controls and invisible characters: text that hides what it says. */
const hidden = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/u;

/** The `format`s a schema may name. Dates are read by hand: the calendar counts, and a leap second is no date here. */
export const formats = {
  'plain-text': { expected: 'one line of plain text that neither begins nor ends with a space', accepts: (text) => text !== '' && text.trim() === text && !hidden.test(text) },
  iban: { expected: 'an IBAN in electronic form with correct check digits', accepts: isIban },
  currency: { expected: 'the ISO 4217 code of a currency', accepts: (text) => decimalsOf(text) !== undefined },
  amount: { expected: 'a positive amount as decimal text, without leading zeros', accepts: (text) => /^(0|[1-9]\d{0,12})(\.\d{1,3})?$/.test(text) && /[1-9]/.test(text) },
  'account-id': { expected: 'an account identifier of 1 to 255 printable ASCII characters', accepts: (text) => /^[\x21-\x7e]{1,255}$/.test(text) },
  identifier: { expected: 'an identifier this server gave', accepts: (text) => /^[A-Za-z0-9_-]{1,128}$/.test(text) },
  location: { expected: 'an absolute https URI without user name, query or fragment', accepts: isLocation },
  date: { expected: 'a date of the calendar such as 2027-05-31', accepts: isDate },
  'date-time': { expected: 'a date and time with an offset such as 2027-05-31T12:00:00Z', accepts: isDateTime },
  'reference-id': { expected: 'letters, digits and - _ . / only', accepts: (text) => /^[A-Za-z0-9._/-]+$/.test(text) },
} satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof formats;

function isDate(text: string): boolean {
  if (!/^[12]\d{3}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isDateTime(text: string): boolean {
  const [, date = '', time = ''] = /^([^T]{10})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/.exec(text) ?? [];
  return time !== '' && isDate(date) && !Number.isNaN(Date.parse(text));
}

function isLocation(text: string): boolean {
  if (!/^https:\/\/[\x21-\x7e]+$/.test(text) || /[?#@\\]/.test(text) || !URL.canParse(text)) return false;
  // As it would be asked for: no dots to climb over, no default port, no capital host.
  const { href } = new URL(text);
  return href === text || href === `${text}/`;
}
