import { derTag, dottedOid, readDer, readInside, type DerElement } from '@assent/crypto';
import { constants, verify, X509Certificate, type KeyObject } from 'node:crypto';
import { reasonOf, type RevocationReason } from './reasons.js';

/** A revocation list that must not be believed. */
export class CrlError extends Error {
  override readonly name = 'CrlError';
}

/** A verified revocation list. */
export interface RevocationList {
  /** The authority whose certificates it speaks of, and which signed it. */
  readonly authority: X509Certificate;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly number: bigint | undefined;
  /** By serial number as `serialText` writes it. */
  readonly revoked: ReadonlyMap<string, RevocationReason>;
}

const oid = { crlNumber: '2.5.29.20', authorityKey: '2.5.29.35', reason: '2.5.29.21', invalidityDate: '2.5.29.24' } as const;

/**
 * Reads a full, direct revocation list and verifies it (RFC 5280 section 6.3.3): signed by one of `authorities` under
 * its own name, of a usable algorithm, not from the future and with an end. Whether it has passed that end is the
 * caller's to judge. `CrlError` otherwise, and for lists with critical extensions nobody here understands (parts of a
 * list, and lists of other authorities' certificates, are among them).
 */
export function verifyCrl(bytes: Buffer, authorities: readonly X509Certificate[], now: Date): RevocationList {
  try {
    const [list, ...rest] = readDer(derOf(bytes));
    if (rest.length > 0) throw new CrlError('bytes follow the list');
    const [tbs, algorithm, signature] = readInside(list, derTag.sequence);
    const content = readContent(tbs);
    if (!algorithm || !content.algorithm.whole.equals(algorithm.whole)) throw new CrlError('the list names two algorithms');
    const authority = authorities.find((one) => subjectOf(one).equals(content.issuer.whole) && one.ca && mayRevoke(one) && isCurrent(one, now) && holds(tbs!, algorithm, signature, one.publicKey));
    if (!authority) throw new CrlError('no authority that is trusted signed the list');
    if (content.thisUpdate.getTime() > now.getTime() + skewMs) throw new CrlError('the list is of the future');
    return { authority, thisUpdate: content.thisUpdate, nextUpdate: content.nextUpdate, number: content.number, revoked: content.revoked };
  } catch (cause) {
    throw cause instanceof CrlError ? cause : new CrlError('the list cannot be read', { cause });
  }
}

const skewMs = 5 * 60_000;

/** Serial numbers in one spelling: lower-case hexadecimal without leading zeros. */
export const serialText = (hex: string): string => hex.toLowerCase().replace(/^0+(?=.)/, '');

/** Whether `authority` issued the certificate. */
export const isIssuedBy = (certificate: X509Certificate, authority: X509Certificate): boolean => {
  try {
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  } catch {
    return false;
  }
};

function derOf(bytes: Buffer): Buffer {
  const pem = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/.exec(bytes.subarray(0, 64).toString('latin1').includes('-----BEGIN') ? bytes.toString('latin1') : '');
  return pem ? Buffer.from(pem[1] ?? '', 'base64') : bytes;
}

interface Content {
  readonly algorithm: DerElement;
  readonly issuer: DerElement;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly number: bigint | undefined;
  readonly revoked: ReadonlyMap<string, RevocationReason>;
}

function readContent(tbs: DerElement | undefined): Content {
  const fields = readInside(tbs, derTag.sequence);
  const versioned = fields[0]?.tag === derTag.integer;
  const [algorithm, issuer, thisUpdate, ...rest] = versioned ? fields.slice(1) : fields;
  const next = rest[0] && isTime(rest[0]) ? rest.shift() : undefined;
  if (!algorithm || !issuer || !thisUpdate) throw new CrlError('the list is cut off');
  if (!next) throw new CrlError('the list has no end');
  const entries = rest[0]?.tag === derTag.sequence ? readInside(rest.shift(), derTag.sequence) : [];
  const extensions = extensionsOf(rest.find(({ tag }) => tag === 0xa0));
  refuseUnknown(extensions, [oid.crlNumber, oid.authorityKey]);
  const number = extensions.find((one) => one.oid === oid.crlNumber);
  return { algorithm, issuer, thisUpdate: timeOf(thisUpdate), nextUpdate: timeOf(next), number: number && integerOf(number.value), revoked: new Map(entries.map(readEntry)) };
}

function readEntry(entry: DerElement): [string, RevocationReason] {
  const [serial, , extensions] = readInside(entry, derTag.sequence);
  if (serial?.tag !== derTag.integer) throw new CrlError('an entry has no serial number');
  const all = extensions ? readExtensionList(extensions) : [];
  refuseUnknown(all, [oid.reason, oid.invalidityDate]);
  const reason = all.find((one) => one.oid === oid.reason);
  return [serialText(serial.contents.toString('hex')), reasonOf(reason && readDer(reason.value)[0]?.contents[0])];
}

interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Buffer;
}

const extensionsOf = (field: DerElement | undefined): Extension[] => (field ? readExtensionList(readDer(field.contents)[0]) : []);

const readExtensionList = (list: DerElement | undefined): Extension[] =>
  readInside(list, derTag.sequence).map((item) => {
    const parts = readInside(item, derTag.sequence);
    const critical = parts[1]?.tag === derTag.boolean && parts[1].contents[0] !== 0;
    return { oid: dottedOid(parts[0]?.contents ?? Buffer.alloc(0)), critical, value: parts.at(-1)?.contents ?? Buffer.alloc(0) };
  });

function refuseUnknown(extensions: readonly Extension[], understood: readonly string[]): void {
  const unknown = extensions.find((extension) => extension.critical && !understood.includes(extension.oid));
  if (unknown) throw new CrlError(`the list has a critical extension that is not understood: ${unknown.oid}`);
}

const integerOf = (value: Buffer): bigint => BigInt(`0x${readDer(value)[0]?.contents.toString('hex') || '0'}`);

const utcTime = 0x17;
const generalizedTime = 0x18;
const isTime = ({ tag }: DerElement): boolean => tag === utcTime || tag === generalizedTime;

/** RFC 5280 section 4.1.2.5: in Greenwich time, to the second. */
function timeOf(element: DerElement): Date {
  const text = element.contents.toString('latin1');
  const short = /^\d{12}Z$/.test(text) && element.tag === utcTime;
  const digits = short ? `${Number(text.slice(0, 2)) >= 50 ? '19' : '20'}${text}` : text;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits) ?? [];
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!isTime(element) || Number.isNaN(date.getTime())) throw new CrlError('the list has a time that cannot be read');
  return date;
}

/** Name of a certificate's subject as it is encoded. */
export function subjectOf(certificate: X509Certificate): Buffer {
  const [tbs] = readInside(readDer(certificate.raw)[0], derTag.sequence);
  const [, , , , subject] = readInside(tbs, derTag.sequence).filter(({ tag }) => tag !== 0xa0);
  if (!subject) throw new CrlError('a certificate without a subject');
  return subject.whole;
}

/** Absent, key usage restricts nothing; present, it must allow to sign revocation lists (RFC 5280 section 4.2.1.3). */
function mayRevoke(certificate: X509Certificate): boolean {
  const [tbs] = readInside(readDer(certificate.raw)[0], derTag.sequence);
  const usage = extensionsOf(readInside(tbs, derTag.sequence).find(({ tag }) => tag === 0xa3)).find((one) => one.oid === '2.5.29.15');
  return usage === undefined || ((readDer(usage.value)[0]?.contents[1] ?? 0) & 0x02) !== 0;
}

export const isCurrent = (certificate: X509Certificate, now: Date): boolean => now >= new Date(certificate.validFrom) && now <= new Date(certificate.validTo);

function holds(tbs: DerElement, algorithm: DerElement, signature: DerElement | undefined, key: KeyObject): boolean {
  if (signature?.tag !== derTag.bitString || signature.contents[0] !== 0) return false;
  return signatureMatches(algorithm.whole, tbs.whole, signature.contents.subarray(1), key);
}

const simple: Readonly<Record<string, readonly [hash: string | null, type: string]>> = {
  '1.2.840.10045.4.3.2': ['sha256', 'ec'],
  '1.2.840.10045.4.3.3': ['sha384', 'ec'],
  '1.2.840.10045.4.3.4': ['sha512', 'ec'],
  '1.2.840.113549.1.1.11': ['sha256', 'rsa'],
  '1.2.840.113549.1.1.12': ['sha384', 'rsa'],
  '1.2.840.113549.1.1.13': ['sha512', 'rsa'],
  '1.3.101.112': [null, 'ed25519'],
};
const hashes: Readonly<Record<string, string>> = { '2.16.840.1.101.3.4.2.1': 'sha256', '2.16.840.1.101.3.4.2.2': 'sha384', '2.16.840.1.101.3.4.2.3': 'sha512' };
const rsaPss = '1.2.840.113549.1.1.10';

/** Whether a signature holds, by its `AlgorithmIdentifier`; algorithms with SHA-1 or older never do. */
export function signatureMatches(algorithm: Buffer, data: Buffer, signature: Buffer, key: KeyObject): boolean {
  const [identifier, parameters] = readInside(readDer(algorithm)[0], derTag.sequence);
  const name = dottedOid(identifier?.contents ?? Buffer.alloc(0));
  try {
    if (name === rsaPss && key.asymmetricKeyType?.startsWith('rsa')) {
      return verify(pssHash(parameters), data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }, signature);
    }
    const known = simple[name];
    return known !== undefined && known[1] === key.asymmetricKeyType && verify(known[0], data, key, signature);
  } catch {
    return false;
  }
}

/** `RSASSA-PSS-params` (RFC 4055 section 3.1); its default hash is SHA-1, which is refused. */
function pssHash(parameters: DerElement | undefined): string {
  const hash = readInside(parameters, derTag.sequence).find(({ tag }) => tag === 0xa0);
  const [identifier] = readInside(hash && readDer(hash.contents)[0], derTag.sequence);
  const found = hashes[dottedOid(identifier?.contents ?? Buffer.alloc(0))];
  if (!found) throw new CrlError('a hash that is not supported');
  return found;
}
