import { attributeOid, shortName } from './attribute-types.js';
import { derTag, derText, dottedOid, readDer, readInside, type DerElement } from './der.js';

/** One attribute: a text, or the BER of a value that is no text. */
export interface NameAttribute {
  readonly oid: string;
  readonly value: string | { readonly ber: Buffer };
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
  return { oid: dottedOid(type.contents), value: derText(value) ?? { ber: value.whole } };
}

/** A Name as RFC 4514 text, for display and audit. */
export function formatName(name: DistinguishedName): string {
  return name.map((rdn) => rdn.map(({ oid, value }) => `${shortName(oid) ?? oid}=${formatValue(value)}`).join('+')).join(',');
}

function formatValue(value: NameAttribute['value']): string {
  if (typeof value !== 'string') return `#${value.ber.toString('hex')}`;
  return value
    .replace(/[\\"+,;<>]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/(?<=[^\\]) $/, '\\ ')
    .replace(/[\0-\x1f\x7f]/g, (control) => `\\${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
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
  return { oid, value: raw.startsWith('#') ? hexValue(raw.slice(1)) : unescapeValue(raw) };
}

/** Spaces around a value are not part of it, unless the last one is escaped. */
function withoutOuterSpaces(text: string): string {
  const trimmed = text.replace(/^ +/, '').replace(/ +$/, '');
  const backslashes = /\\*$/.exec(trimmed)?.[0].length ?? 0;
  return backslashes % 2 === 1 ? `${trimmed} ` : trimmed;
}

function hexValue(hex: string): NameAttribute['value'] {
  if (!/^(?:[0-9A-Fa-f]{2})+$/.test(hex)) throw fail('a #value of the distinguished name is not hexadecimal');
  const ber = Buffer.from(hex, 'hex');
  const [element, ...more] = readDer(ber);
  if (!element || more.length > 0) throw fail('a #value of the distinguished name is not one BER element');
  return derText(element) ?? { ber };
}

function unescapeValue(text: string): string {
  const octets: Buffer[] = [];
  const token = /\\([0-9A-Fa-f]{2})|\\([ "#+,;<=>\\])|([^\\"<>\0]+)/gy;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (!match) throw fail('a value of the distinguished name is not escaped as RFC 4514 wants');
    octets.push(match[1] === undefined ? Buffer.from(match[2] ?? match[3] ?? '', 'utf8') : Buffer.from(match[1], 'hex'));
  }
  return Buffer.concat(octets).toString('utf8');
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

/** caseIgnoreMatch with the preparation of RFC 4518: compatibility forms, case and runs of spaces do not tell names apart. */
function comparable({ oid, value }: NameAttribute): string {
  if (typeof value !== 'string') return `${oid}#${value.ber.toString('hex')}`;
  // Twice lower-cased around the upper case: what folds to several letters meets its counterpart.
  const folded = value.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
  return `${oid}=${folded.replace(/[\u00ad\u200b]/g, '').replace(/\s+/g, ' ').trim()}`;
}
