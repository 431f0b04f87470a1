import { createHmac } from 'node:crypto';
import { constantTimeEqual } from '@assent/crypto';
import type { CodeCheck } from '@assent/pages';
import type { PendingRequest } from '../backchannel/pending-request.js';
import type { Visit } from '../interaction/visit.js';

/*
 * What the other screen shows is the binding message (CIBA section 7.1). People skip comparing what stands on both
 * screens, so whoever approves a payment says which of three messages the other one shows, or types it. The two that are
 * not shown there differ from it where it looks like a code, and are the same however often the page is loaded.
 */

/** `pays`: whether a payment is asked for on any page of the request. */
export function codeCheckOf({ interactions }: Pick<Visit, 'interactions'>, { id, request }: Pick<PendingRequest, 'id' | 'request'>, pays: boolean): CodeCheck | undefined {
  const { bindingMessage: code } = request;
  if (code === undefined) return undefined;
  if (!pays) return { by: 'shown', code };
  const options = optionsFor(code, bytesFrom(interactions.key, id));
  if (options) return { by: 'pick', options };
  return comparable(code) === '' ? { by: 'shown', code } : { by: 'type' };
}

/** Whether what was chosen or typed is the message; how it is written does not matter. */
export const isCode = (given: string, code: string): boolean => constantTimeEqual(comparable(given), comparable(code));

const comparable = (text: string): string => text.normalize('NFKC').toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');

/** The message among two others, in an order nobody can tell; `undefined` when nothing in it looks like a code. */
function optionsFor(code: string, bytes: Iterator<number, never>): readonly string[] | undefined {
  const places = changeable(code);
  if (places.length === 0) return undefined;
  const options = [code];
  while (options.length < 3) {
    const other = changed(code, places, bytes);
    if (options.every((one) => differsEnough(one, other, places.length))) options.push(other);
  }
  return options.map((option) => ({ option, at: bytes.next().value * 256 + bytes.next().value })).sort((one, two) => one.at - two.at).map(({ option }) => option); // prettier-ignore
}

/** Where the letters and digits of words stand that have a digit, or two capitals and no small letter. */
function changeable(code: string): readonly number[] {
  const words = [...code.matchAll(/[\p{L}\p{N}]+/gu)].filter(([word]) => /[0-9]/.test(word) || /^[A-Z]{2,}$/.test(word));
  return words.flatMap(({ index, 0: word }) => [...word].flatMap((character, offset) => (alphabetOf(character) ? [index + offset] : [])));
}

const alphabets = ['0123456789', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'];
const alphabetOf = (character: string): string | undefined => alphabets.find((alphabet) => alphabet.includes(character));

const changed = (code: string, places: readonly number[], bytes: Iterator<number, never>): string =>
  places.reduce((text, at) => {
    const alphabet = alphabetOf(code[at] ?? '') ?? '';
    return text.slice(0, at) + (alphabet[bytes.next().value % alphabet.length] ?? '') + text.slice(at + 1);
  }, code);

/** Two that differ in one place among several are one to somebody in a hurry. */
const differsEnough = (one: string, other: string, places: number): boolean =>
  [...comparable(one)].filter((character, at) => character !== comparable(other)[at]).length >= Math.min(2, places);

/** The same bytes for the same request, which nobody else can make. */
function* bytesFrom(key: Buffer, id: string): Generator<number, never> {
  for (let block = 0; ; block++) yield* createHmac('sha256', key).update(`code\0${id}\0${block}`).digest();
}
