/** One DER element: its tag octet, its contents and the whole of it. */
export interface DerElement {
  readonly tag: number;
  readonly contents: Buffer;
  readonly whole: Buffer;
}

export const derTag = { boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, sequence: 0x30, set: 0x31 } as const;

/** Bytes that are not the DER expected. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/**
 * The elements that lie side by side in `bytes` (X.690). Only what X.509 needs: one-octet tags, definite lengths.
 * Certificates come through OpenSSL first; this reads the names and extensions it does not hand out.
 */
export function readDer(bytes: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = byteAt(bytes, at);
    if ((tag & 0x1f) === 0x1f) throw new DerError('a tag of several octets');
    const { length, start } = lengthAt(bytes, at + 1);
    const end = start + length;
    if (end > bytes.length) throw new DerError('an element runs over its end');
    elements.push({ tag, contents: bytes.subarray(start, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return elements;
}

/** The elements inside one element of the given tag. */
export function readInside(element: DerElement | undefined, tag: number): DerElement[] {
  if (element?.tag !== tag) throw new DerError('an element of another type was expected');
  return readDer(element.contents);
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new DerError('an element is cut off');
  return byte;
}

function lengthAt(bytes: Buffer, at: number): { length: number; start: number } {
  const first = byteAt(bytes, at);
  if (first < 0x80) return { length: first, start: at + 1 };
  const octets = first & 0x7f;
  if (octets === 0 || octets > 4) throw new DerError('a length that DER does not allow');
  let length = 0;
  for (let index = 0; index < octets; index++) length = length * 256 + byteAt(bytes, at + 1 + index);
  return { length, start: at + 1 + octets };
}

/** An object identifier in dotted form. */
export function dottedOid(contents: Buffer): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const [index, octet] of contents.entries()) {
    arc = arc * 128 + (octet & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER) throw new DerError('an object identifier with a huge arc');
    if (octet & 0x80) {
      if (index === contents.length - 1) throw new DerError('an object identifier is cut off');
      continue;
    }
    if (arcs.length === 0) {
      const top = Math.min(Math.floor(arc / 40), 2);
      arcs.push(top, arc - top * 40);
    } else arcs.push(arc);
    arc = 0;
  }
  if (arcs.length === 0) throw new DerError('an empty object identifier');
  return arcs.join('.');
}

/** The text of a DirectoryString or IA5String; `undefined` for any other type or octets that are not of it. */
export function derText({ tag, contents }: DerElement): string | undefined {
  switch (tag) {
    case 0x0c: // UTF8String
      return utf8(contents);
    case 0x12: // NumericString
    case 0x13: // PrintableString
    case 0x16: // IA5String
    case 0x1a: // VisibleString
      return contents.every((octet) => octet < 0x80) ? contents.toString('latin1') : undefined;
    case 0x14: // TeletexString, read as ISO 8859-1 as everybody does
      return contents.toString('latin1');
    case 0x1e: // BMPString
      return contents.length % 2 === 0 ? Buffer.from(contents).swap16().toString('utf16le') : undefined;
    default:
      return undefined;
  }
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
