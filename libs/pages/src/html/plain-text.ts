/*
 * Values from outside become plain text here before a page sees them. Names inside a sentence are wrapped in Unicode
 * isolates; the `Words` component turns the isolates into `<bdi>`. Because `plain` removes every bidi control, the
 * only isolates that reach a page are ours.
 */

const firstStrong = '\u2068';
const leftToRight = '\u2066';
const pop = '\u2069';

/** Controls, line and paragraph separators, zero-width characters and bidi controls: nothing a name needs. */
const invisible = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+/g;

/**
 * One line of plain text, at most `max` characters (code points, the last one then an ellipsis). Anything but a
 * string or a number becomes an empty text, so that no object can pass for an element.
 */
export function plain(value: unknown, max = 120): string {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
  const line = spaced(text).trim();
  if (line.length <= max) return line;
  const points = [...line];
  return points.length <= max ? line : `${points.slice(0, max - 1).join('').trimEnd()}…`;
}

/** Runs of white space become one space; one that does not break (`€ 84,20`) stays so. */
const spaced = (text: string): string => text.normalize('NFC').replace(invisible, ' ').replace(/[^\S\u00a0]+/g, ' ').replace(/ ?\u00a0[ \u00a0]*/g, '\u00a0');

/** Plain text whose direction is its own, whatever stands around it. */
export const isolate = (value: unknown, max?: number): string => `${firstStrong}${plain(value, max)}${pop}`;

/** Amounts, masked numbers, codes: left to right also in an Arabic sentence. */
export const ltr = (value: unknown, max?: number): string => `${leftToRight}${plain(value, max)}${pop}`;

export interface Run {
  readonly text: string;
  readonly isolated?: 'auto' | 'ltr';
}

/** A sentence as the runs between its isolates. Isolates do not nest. */
export function runs(sentence: string): readonly Run[] {
  const found: Run[] = [];
  for (const part of sentence.split(/([\u2066\u2068][^\u2069]*\u2069)/)) {
    if (part === '') continue;
    const isolated = part[0] === firstStrong ? 'auto' : part[0] === leftToRight ? 'ltr' : undefined;
    found.push(isolated ? { text: part.slice(1, -1), isolated } : { text: part });
  }
  return found;
}

/**
 * A whole sentence from outside the pages (a type of authorization details writes its own), in which names may be
 * isolated: like `plain`, but for isolates that have a beginning and an end.
 */
export function sentence(value: unknown, max = 300): string {
  if (typeof value !== 'string') return '';
  const marked = ({ text, isolated }: Run) => (isolated === undefined ? spaced(text) : isolated === 'ltr' ? ltr(text, max) : isolate(text, max));
  const line = runs(value).map(marked).join('').trim();
  return [...line].length <= max ? line : plain(line, max);
}

/** The sentence where only characters fit: a title or an attribute. */
export const withoutIsolates = (sentence: string): string => sentence.replace(/[\u2066\u2068\u2069]/g, '');
