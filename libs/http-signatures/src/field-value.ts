import { badComponent, malformed } from './http-signature-error.js';
import { linesOf, type Fields } from './message.js';

/** Longest signature field looked at; far above any honest one. */
const maxFieldLength = 16_384;

/** The lines of a field, each trimmed and unfolded (RFC 9421 section 2.1). `undefined` when the message has none. */
export function fieldLines(fields: Fields, name: string): readonly string[] | undefined {
  const lines = linesOf(fields, name);
  return lines.length === 0 ? undefined : lines.map(unfolded);
}

/** The value of a field: its lines joined by comma and space (RFC 9421 section 2.1). Text that is not ASCII needs `bs`. */
export function fieldValue(fields: Fields, name: string): string | undefined {
  const value = fieldLines(fields, name)?.join(', ');
  if (value !== undefined && !isAscii(value)) throw badComponent(`${name} is not ASCII text: cover it with bs`);
  return value;
}

/** One of the signature's own fields, bounded. */
export function boundedField(fields: Fields, name: string): string | undefined {
  const value = fieldValue(fields, name);
  if (value !== undefined && value.length > maxFieldLength) throw malformed(`${name} is too long`);
  return value;
}

/** Obsolete line folding becomes one space. Split, not matched: a run of spaces must not cost its square. */
function unfolded(value: string): string {
  if (!value.includes('\n') && !value.includes('\r')) return trimmed(value);
  const [first = '', ...folded] = value.split('\n');
  if (folded.some((line) => line[0] !== ' ' && line[0] !== '\t')) throw badComponent('a field value holds a bare line break');
  const text = [first, ...folded].map(trimmed).join(' ');
  if (text.includes('\r')) throw badComponent('a field value holds a bare carriage return');
  return trimmed(text);
}

function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const isBlank = (unit: number): boolean => unit === 0x20 || unit === 0x09 || unit === 0x0d;
/** Visible characters, space and tab: what may stand in a signature base beside its line feeds. */
const isAscii = (text: string): boolean => /^[\t\x20-\x7e]*$/.test(text);
