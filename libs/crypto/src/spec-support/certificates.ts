import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { after } from './fixtures.js';

const crypto = globalThis.crypto;
x509.cryptoProvider.set(crypto);

export interface Party {
  readonly der: Buffer;
  readonly pem: string;
  readonly keys: CryptoKeyPair;
  readonly subject: x509.JsonName;
}

export interface CertificateOrder {
  readonly subject: x509.JsonName;
  /** Self-signed without. */
  readonly issuer?: Party;
  readonly from?: number;
  readonly until?: number;
  readonly ca?: boolean | { readonly pathLength: number };
  readonly keyUsage?: x509.KeyUsageFlags;
  readonly extensions?: readonly x509.Extension[];
  readonly keys?: CryptoKeyPair;
  readonly hash?: string;
}

type CryptoKeyPair = Awaited<ReturnType<typeof ecKeys>>;
const ecKeys = (namedCurve = 'P-256') => crypto.subtle.generateKey({ name: 'ECDSA', namedCurve }, true, ['sign', 'verify']);
export const keysOn = ecKeys;
export const rsaKeys = (modulusLength: number): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey({ name: 'RSASSA-PKCS1-v1_5', modulusLength, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' }, true, ['sign', 'verify']);

/** A certificate as ordered, by default valid from an hour before to a day after the tests' present. */
export async function aCertificate(order: CertificateOrder): Promise<Party> {
  const keys = order.keys ?? (await ecKeys());
  const { ca = false } = order;
  const extensions: x509.Extension[] = [...(order.extensions ?? [])];
  if (ca) extensions.push(new x509.BasicConstraintsExtension(true, typeof ca === 'object' ? ca.pathLength : undefined, true));
  if (order.keyUsage !== undefined) extensions.push(new x509.KeyUsagesExtension(order.keyUsage, true));
  const signer = order.issuer?.keys ?? keys;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: Buffer.from(crypto.getRandomValues(new Uint8Array(8)).map((octet) => octet & 0x7f)).toString('hex'),
    subject: order.subject,
    issuer: order.issuer?.subject ?? order.subject,
    notBefore: after(order.from ?? -3600),
    notAfter: after(order.until ?? 86_400),
    signingKey: signer.privateKey,
    publicKey: keys.publicKey,
    signingAlgorithm: { name: signer.privateKey.algorithm.name, hash: order.hash ?? 'SHA-256' },
    extensions,
  });
  const der = Buffer.from(certificate.rawData);
  return { der, pem: new X509Certificate(der).toString(), keys, subject: order.subject };
}

export { x509 };
