import { createHash, X509Certificate, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { formatName, type DistinguishedName } from './distinguished-name.js';
import { readParts, type CertificateParts, type SubjectAlternativeNames } from './extensions.js';

/** What a certificate says, whoever reads it and whenever. */
export interface CertificateFacts {
  readonly der: Buffer;
  /** `x5t#S256` (RFC 8705 section 3.1). */
  readonly thumbprint: string;
  /** RFC 4514 text. */
  readonly subjectDn: string;
  readonly subject: DistinguishedName;
  readonly publicKey: KeyObject;
  readonly san: SubjectAlternativeNames;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Bytes that are not one X.509 certificate. */
export class CertificateError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'CertificateError';
  }
}

/** A certificate taken apart: everything about it that does not change. */
export interface ReadCertificate {
  readonly x509: X509Certificate;
  readonly parts: CertificateParts;
  readonly facts: CertificateFacts;
}

/** The same few certificates arrive with every request. */
const known = new LRUCache<string, ReadCertificate>({ max: 5_000 });
const maxDerLength = 16_384;

export const certificateThumbprint = (der: Uint8Array): string => createHash('sha256').update(der).digest('base64url');

/** The unchanging part, cached by thumbprint. */
export function takeApart(der: Buffer): ReadCertificate {
  if (der.length > maxDerLength) throw new CertificateError('the certificate is too long');
  const thumbprint = certificateThumbprint(der);
  let read = known.get(thumbprint);
  if (!read) {
    read = parse(der, thumbprint);
    known.set(thumbprint, read);
  }
  return read;
}

function parse(der: Buffer, thumbprint: string): ReadCertificate {
  try {
    const x509 = new X509Certificate(der);
    // PEM is also read, and bytes after the end are overlooked: the thumbprint must be that of the certificate.
    if (!x509.raw.equals(der)) throw new CertificateError('not exactly one DER certificate');
    const parts = readParts(der);
    const facts = {
      der: Buffer.from(der),
      thumbprint,
      subjectDn: formatName(parts.subject),
      subject: parts.subject,
      publicKey: x509.publicKey,
      san: parts.san,
      notBefore: dateOf(x509.validFrom),
      notAfter: dateOf(x509.validTo),
    };
    return { x509, parts, facts };
  } catch (cause) {
    throw cause instanceof CertificateError ? cause : new CertificateError('the certificate cannot be read', { cause });
  }
}

function dateOf(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new CertificateError('a validity date cannot be read');
  return date;
}
