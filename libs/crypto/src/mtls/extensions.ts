import { derTag, dottedOid, readDer, readInside, type DerElement } from './der.js';
import { nameOfDer, type DistinguishedName } from './distinguished-name.js';

export interface SubjectAlternativeNames {
  readonly dns: readonly string[];
  readonly uri: readonly string[];
  /** As dotted decimal, or hexadecimal groups without compression. */
  readonly ip: readonly string[];
  readonly email: readonly string[];
}

/** What the chain rules need of a certificate beyond what `X509Certificate` tells. */
export interface CertificateParts {
  readonly subject: DistinguishedName;
  readonly san: SubjectAlternativeNames;
  readonly signatureAlgorithm: string;
  /** `undefined` when the extension is absent, and so restricts nothing. */
  readonly keyCertSign: boolean | undefined;
  readonly extendedKeyUsages: readonly string[] | undefined;
  readonly pathLength: number | undefined;
  readonly hasNameConstraints: boolean;
  /** Critical extensions nobody here understands (RFC 5280 section 4.2). */
  readonly unknownCritical: readonly string[];
}

const oid = {
  keyUsage: '2.5.29.15', san: '2.5.29.17', basicConstraints: '2.5.29.19', nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32', extendedKeyUsage: '2.5.29.37',
} as const;
const understood: ReadonlySet<string> = new Set(Object.values(oid));

interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Buffer;
}

/** Reads a certificate OpenSSL has accepted. `DerError` when it is not as RFC 5280 section 4.1 lays it out. */
export function readParts(der: Buffer): CertificateParts {
  const [certificate] = readDer(der);
  const [tbs, algorithm] = readInside(certificate, derTag.sequence);
  const fields = readInside(tbs, derTag.sequence).filter((field) => field.tag !== 0xa0);
  const [, , , , subject] = fields;
  const extensions = readExtensions(fields.find((field) => field.tag === 0xa3));
  const find = (wanted: string) => extensions.find((extension) => extension.oid === wanted)?.value;
  return {
    subject: nameOfDer(subject as DerElement),
    san: readSan(find(oid.san)),
    signatureAlgorithm: oidOf(readInside(algorithm, derTag.sequence)[0]),
    keyCertSign: readKeyCertSign(find(oid.keyUsage)),
    extendedKeyUsages: readUsages(find(oid.extendedKeyUsage)),
    pathLength: readPathLength(find(oid.basicConstraints)),
    hasNameConstraints: find(oid.nameConstraints) !== undefined,
    unknownCritical: extensions.filter((extension) => extension.critical && !understood.has(extension.oid)).map((extension) => extension.oid),
  };
}

const oidOf = (element: DerElement | undefined): string => dottedOid(element?.contents ?? Buffer.alloc(0));

function readExtensions(field: DerElement | undefined): Extension[] {
  if (!field) return [];
  const [list] = readDer(field.contents);
  return readInside(list, derTag.sequence).map((item) => {
    const parts = readInside(item, derTag.sequence);
    const critical = parts[1]?.tag === derTag.boolean && parts[1].contents[0] !== 0;
    return { oid: oidOf(parts[0]), critical, value: parts.at(-1)?.contents ?? Buffer.alloc(0) };
  });
}

function readSan(value: Buffer | undefined): SubjectAlternativeNames {
  const names = value ? readInside(readDer(value)[0], derTag.sequence) : [];
  const of = (tag: number) => names.filter((name) => name.tag === tag).map((name) => name.contents);
  const ascii = (tag: number) => of(tag).map((contents) => contents.toString('latin1'));
  return { email: ascii(0x81), dns: ascii(0x82), uri: ascii(0x86), ip: of(0x87).flatMap((octets) => ipText(octets) ?? []) };
}

/** An address in one fixed spelling; `undefined` unless it has 4 or 16 octets. */
export function ipText(octets: Buffer): string | undefined {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return undefined;
  return Array.from({ length: 8 }, (_, group) => octets.readUInt16BE(group * 2).toString(16)).join(':');
}

function readKeyCertSign(value: Buffer | undefined): boolean | undefined {
  if (!value) return undefined;
  const bits = readDer(value)[0]?.contents;
  return ((bits?.[1] ?? 0) & 0x04) !== 0;
}

const readUsages = (value: Buffer | undefined): readonly string[] | undefined => (value ? readInside(readDer(value)[0], derTag.sequence).map(oidOf) : undefined);

function readPathLength(value: Buffer | undefined): number | undefined {
  const length = value && readInside(readDer(value)[0], derTag.sequence).find((part) => part.tag === derTag.integer);
  return length ? length.contents.readUIntBE(0, Math.min(length.contents.length, 6)) : undefined;
}
