import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as unknown as NonNullable<Parameters<typeof x509.X509CertificateGenerator.create>[1]>);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 24 * 60 * 60 * 1000;
/** Browsers refuse server certificates that live much longer than a year. */
const leafDays = 365;
const authorityDays = 3650;
/** Clocks of containers and virtual machines drift; a certificate of this very second would be "not yet valid". */
const backdateMs = 5 * 60 * 1000;

type WebKey = x509.X509CertificateCreateSelfSignedParams['keys']['privateKey'];
type Keys = x509.X509CertificateCreateSelfSignedParams['keys'];

/** A certificate and its private key as PEM text. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

/** Distinguished name in the order it is encoded: country, organisation, common name. */
export type DistinguishedName = readonly Readonly<Record<string, readonly string[]>>[];

export interface LeafRequest {
  readonly subject: DistinguishedName;
  readonly usage: 'server' | 'client';
  readonly names: readonly SubjectName[];
  readonly now: Date;
}

export interface SubjectName {
  readonly type: 'dns' | 'ip' | 'email' | 'url';
  readonly value: string;
}

/** Reads an RFC 4514 name (most specific part first) into encoding order. */
export function readDistinguishedName(text: string): DistinguishedName {
  return new x509.Name(text).toJSON().reverse();
}

/** Whether the certificate's subject is this name, attribute by attribute. */
export function hasSubject(pem: string, subject: DistinguishedName): boolean {
  return JSON.stringify(new x509.X509Certificate(pem).subjectName.toJSON()) === JSON.stringify(subject);
}

/** A host of a URL or listener as a subject alternative name. */
export function hostName(host: string): SubjectName {
  const bare = host.replace(/^\[|\]$/g, '');
  return { type: isIP(bare) ? 'ip' : 'dns', value: bare };
}

/** A self-signed authority (P-256, ten years) that may issue leaf certificates only. */
export async function makeAuthority(commonName: string, now: Date): Promise<CertifiedKey> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: nameOf([{ O: ['Assent local development'] }, { CN: [commonName] }]),
    ...validity(now, authorityDays),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return certified(certificate, keys);
}

/** A leaf certificate (P-256, one year) with a fresh key, signed by the authority. */
export async function issue(request: LeafRequest, authority: CertifiedKey): Promise<CertifiedKey> {
  const keys = await newKeys();
  const issuer = new x509.X509Certificate(authority.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: nameOf(request.subject),
    issuer: issuer.subjectName,
    ...validity(request.now, leafDays),
    publicKey: keys.publicKey,
    signingKey: await openKey(authority.key),
    signingAlgorithm: algorithm,
    extensions: [...(await leafExtensions(request, keys)), await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey)],
  });
  return certified(certificate, keys);
}

/** A leaf certificate signed by its own key, for `self_signed_tls_client_auth` (RFC 8705 section 2.2). */
export async function issueSelfSigned(request: LeafRequest): Promise<CertifiedKey> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: nameOf(request.subject),
    ...validity(request.now, leafDays),
    keys,
    signingAlgorithm: algorithm,
    extensions: await leafExtensions(request, keys),
  });
  return certified(certificate, keys);
}

async function leafExtensions(request: LeafRequest, keys: Keys): Promise<x509.Extension[]> {
  const purpose = request.usage === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([purpose], false),
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ...(request.names.length > 0 ? [new x509.SubjectAlternativeNameExtension([...request.names])] : []),
  ];
}

const nameOf = (name: DistinguishedName): x509.Name => new x509.Name(name.map((part) => ({ ...part })) as x509.JsonName);

const newKeys = async (): Promise<Keys> => (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as Keys;

async function openKey(pem: string): Promise<WebKey> {
  const der = x509.PemConverter.decodeFirst(pem);
  return (await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])) as WebKey;
}

async function certified(certificate: x509.X509Certificate, keys: Keys): Promise<CertifiedKey> {
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey as webcrypto.CryptoKey);
  return { certificate: `${certificate.toString('pem')}\n`, key: `${x509.PemConverter.encode(der, 'PRIVATE KEY')}\n` };
}

const validity = (now: Date, days: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(now.getTime() - backdateMs),
  notAfter: new Date(now.getTime() + days * dayMs),
});

/** 16 random bytes, positive (RFC 5280 section 4.1.2.2). */
const serial = (): string => {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
};
