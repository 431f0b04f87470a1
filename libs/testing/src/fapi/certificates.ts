import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { randomBytes, webcrypto } from 'node:crypto';

// The package's types name the browser's Web Crypto.
x509.cryptoProvider.set(webcrypto as never);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 24 * 60 * 60 * 1000;

/** A certificate and its private key (P-256). */
export interface CertifiedKey {
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS#8. */
  readonly key: string;
  readonly der: Buffer;
}

export interface WantedCertificate {
  /** RFC 4514, most specific part first: `CN=tally,O=Tally Ltd,C=GB`. */
  readonly subject: string;
  readonly names?: readonly { readonly type: 'dns' | 'ip' | 'email' | 'url'; readonly value: string }[];
  readonly notAfter?: Date;
}

/** Somebody who issues certificates. */
export interface Authority extends CertifiedKey {
  issue(wanted: WantedCertificate): Promise<CertifiedKey>;
}

/** An authority of its own root. */
export async function makeAuthority(commonName: string): Promise<Authority> {
  const keys = await newKeys();
  const subject = `CN=${commonName}`;
  const own = await certify({ subject, keys, issuer: subject, signingKeys: keys, authority: true });
  return { ...own, issue: async (wanted) => certify({ ...wanted, keys: await newKeys(), issuer: subject, signingKeys: keys }) };
}

/** A certificate signed by its own key (RFC 8705 section 2.2). */
export async function selfSigned(wanted: WantedCertificate): Promise<CertifiedKey> {
  const keys = await newKeys();
  return certify({ ...wanted, keys, issuer: x509Name(wanted.subject), signingKeys: keys });
}

interface Certification extends WantedCertificate {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly issuer: string;
  readonly signingKeys: webcrypto.CryptoKeyPair;
  readonly authority?: boolean;
}

async function certify({ subject, names, notAfter, keys, issuer, signingKeys, authority = false }: Certification): Promise<CertifiedKey> {
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `40${randomBytes(15).toString('hex')}`,
    subject: x509Name(subject),
    issuer,
    notBefore: new Date(now - 2 * dayMs),
    notAfter: notAfter ?? new Date(now + 30 * dayMs),
    publicKey: keys.publicKey as never,
    signingKey: signingKeys.privateKey as never,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(authority, undefined, true),
      ...(authority ? [new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)] : []),
      ...(names ? [new x509.SubjectAlternativeNameExtension([...names])] : []),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = `-----BEGIN PRIVATE KEY-----\n${(pkcs8.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END PRIVATE KEY-----\n`;
  return { cert: `${certificate.toString('pem')}\n`, key, der: Buffer.from(certificate.rawData) };
}

/** RFC 4514 writes the most specific part first; certificates and this package hold it last. */
const x509Name = (rfc4514: string): string => rfc4514.split(/,\s*/).reverse().join(', ');

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}
