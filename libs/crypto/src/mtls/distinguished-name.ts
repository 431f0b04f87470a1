import { isUtf8 } from 'node:buffer';
import { attributeOid, descriptorOf } from './attribute-types.js';
import { DerError, derTag, derText, dottedOid, readDer, readInside, type DerElement } from './der.js';

/** One attribute: its value as text where it is one, and as BER where that is known. */
export interface NameAttribute {
  readonly oid: string;
  readonly text?: string;
  readonly ber?: Buffer;
}

/** Relative names, most specific first as RFC 4514 writes them; each a set of attributes. */
export type DistinguishedName = readonly (readonly NameAttribute[])[];

/** A distinguished name that cannot be read. */
export class DistinguishedNameError extends Error {
  override readonly name = 'DistinguishedNameError';
}

const fail = (message: string): DistinguishedNameError => new DistinguishedNameError(message);

/** A Name as it stands in a certificate, where the order is the other way round (RFC 4514 section 2.1). */
export function nameOfDer(name: DerElement): DistinguishedName {
  const rdns = readInside(name, derTag.sequence).map((rdn) => readInside(rdn, derTag.set).map(attributeOfDer));
  return rdns.reverse();
}

function attributeOfDer(attribute: DerElement): NameAttribute {
  const [type, value] = readInside(attribute, derTag.sequence);
  if (type?.tag !== derTag.oid || !value) throw fail('an attribute is malformed');
  return { oid: dottedOid(type.contents), ...valueOfDer(value) };
}

function valueOfDer(value: DerElement): { text?: string; ber: Buffer } {
  const text = derText(value);
  return { ber: value.whole, ...(text === undefined ? {} : { text }) };
}

/** A Name as RFC 4514 text, for display and audit. */
export function formatName(name: DistinguishedName): string {
  return name.map((rdn) => rdn.map(formatAttribute).join('+')).join(',');
}

/** A type without a name, or a value that is no text, is written as the BER of the value (RFC 4514 sections 2.3, 2.4). */
function formatAttribute({ oid, text, ber }: NameAttribute): string {
  const name = descriptorOf(oid);
  if (ber && (name === undefined || text === undefined)) return `${name ?? oid}=#${ber.toString('hex')}`;
  return `${name ?? oid}=${escapeText(text ?? '')}`;
}

function escapeText(text: string): string {
  return Array.from(text, (character, at) => {
    if (/[\\"+,;<>]/.test(character)) return `\\${character}`;
    if (character === ' ' && (at === 0 || at === text.length - 1)) return '\\ ';
    if (character === '#' && at === 0) return '\\#';
    const unit = character.charCodeAt(0);
    return unit < 0x20 || unit === 0x7f ? `\\${unit.toString(16).padStart(2, '0')}` : character;
  }).join('');
}

/**
 * Reads an RFC 4514 distinguished name: escapes, `#hex` values, several attributes in one relative name, types as
 * names or object identifiers, spaces around separators as RFC 2253 allowed. `DistinguishedNameError` when it cannot be.
 */
export function parseName(text: string): DistinguishedName {
  const rdns: NameAttribute[][] = [[]];
  for (const { attribute, end } of splitAttributes(text)) {
    rdns.at(-1)?.push(parseAttribute(attribute));
    if (end === ',') rdns.push([]);
  }
  return rdns;
}

/** Cuts at unescaped `,` and `+` (and the `;` of RFC 2253), which stand in no attribute otherwise. */
function* splitAttributes(text: string): Generator<{ attribute: string; end: ',' | '+' | '' }> {
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === ',' || character === ';' || character === '+') {
      yield { attribute: text.slice(start, at), end: character === '+' ? '+' : ',' };
      start = at + 1;
    }
  }
  yield { attribute: text.slice(start), end: '' };
}

function parseAttribute(text: string): NameAttribute {
  const equals = text.indexOf('=');
  if (equals < 1) throw fail('an attribute of the distinguished name has no =');
  const type = text.slice(0, equals).trim();
  const oid = attributeOid(type);
  if (oid === undefined) throw fail(`the attribute type ${type} is not known; write its object identifier`);
  const raw = withoutOuterSpaces(text.slice(equals + 1));
  return { oid, ...(raw.startsWith('#') ? hexValue(raw.slice(1)) : { text: unescapeValue(raw) }) };
}

/** Spaces around a value are not part of it, unless the last one is escaped. */
function withoutOuterSpaces(text: string): string {
  const [, value = '', spaces = ''] = /^ *(.*?)( *)$/s.exec(text) ?? [];
  const backslashes = /\\*$/.exec(value)?.[0].length ?? 0;
  return backslashes % 2 === 1 && spaces !== '' ? `${value} ` : value;
}

function hexValue(hex: string): { text?: string; ber: Buffer } {
  if (!/^(?:[0-9A-Fa-f]{2})+$/.test(hex)) throw fail('a #value of the distinguished name is not hexadecimal');
  const [element, ...more] = readValue(Buffer.from(hex, 'hex'));
  if (!element || more.length > 0) throw fail('a #value of the distinguished name is not one BER element');
  return valueOfDer(element);
}

function readValue(ber: Buffer): DerElement[] {
  try {
    return readDer(ber);
  } catch (cause) {
    throw cause instanceof DerError ? fail(`a #value of the distinguished name: ${cause.message}`) : cause;
  }
}

function unescapeValue(text: string): string {
  const octets: Buffer[] = [];
  const token = /\\([0-9A-Fa-f]{2})|\\([ "#+,;<=>\\])|([^\\"<>\0]+)/gy;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (!match) throw fail('a value of the distinguished name is not escaped as RFC 4514 wants');
    octets.push(match[1] === undefined ? Buffer.from(match[2] ?? match[3] ?? '', 'utf8') : Buffer.from(match[1], 'hex'));
  }
  const whole = Buffer.concat(octets);
  if (!isUtf8(whole)) throw fail('a value of the distinguished name is not UTF-8');
  return whole.toString('utf8');
}

/** Whether two names are the same (RFC 5280 section 7.1): relative names in order, attributes of one in any order. */
export function sameName(a: DistinguishedName, b: DistinguishedName): boolean {
  return a.length === b.length && a.every((rdn, index) => sameRelativeName(rdn, b[index] ?? []));
}

function sameRelativeName(a: readonly NameAttribute[], b: readonly NameAttribute[]): boolean {
  const left = a.map(comparable).sort();
  const right = b.map(comparable).sort();
  return left.length === right.length && left.every((attribute, index) => attribute === right[index]);
}

/**
 * caseIgnoreMatch with the preparation of RFC 4518 section 2: compatibility forms, case, runs of spaces and invisible
 * characters do not tell names apart. Where Unicode knows several ways to fold, names stay different.
 */
function comparable({ oid, text, ber }: NameAttribute): string {
  if (text === undefined) return `${oid}#${ber?.toString('hex')}`;
  const folded = text.normalize('NFKC').toLowerCase().normalize('NFKC');
  return `${oid}=${folded.replace(/[\u00ad\u200b]/g, '').replace(/\s+/g, ' ').trim()}`;
}
