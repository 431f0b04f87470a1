import * as x509 from './x509.js';
import { createPrivateKey, generateKeyPair, KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { nameOf, type Subject } from './subject.js';
import { algorithmOf, spkiOf, webPrivateKey, webPublicKey } from './web-crypto.js';

const generate = promisify(generateKeyPair);

/** A certificate authority: it signs certificates, revocation lists and answers about certificates. */
export interface Authority {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** An authority that cannot be what its files say. */
export class AuthorityError extends Error {
  override readonly name = 'AuthorityError';
}

/** The authority of a certificate and its private key. `AuthorityError` when the two are no authority. */
export function openAuthority(certificatePem: string, keyPem: string): Authority {
  let authority: Authority;
  try {
    authority = { certificate: new X509Certificate(certificatePem), key: createPrivateKey(keyPem) };
    algorithmOf(authority.key);
  } catch (cause) {
    throw new AuthorityError('the certificate or the key of the authority cannot be read', { cause });
  }
  if (!authority.certificate.ca) throw new AuthorityError('the certificate is not one of an authority');
  if (!authority.certificate.checkPrivateKey(authority.key)) throw new AuthorityError('the key of the authority is not that of its certificate');
  return authority;
}

/** Clocks of containers and virtual machines drift; a certificate of this very second would be "not yet valid". */
const backdateMs = 5 * 60_000;

export interface NewAuthority {
  readonly subject: Subject;
  readonly now: Date;
  readonly days: number;
}

/** A self-signed authority (P-256) that may issue leaf certificates and sign revocation lists, nothing else. PEM. */
export async function makeAuthority({ subject, now, days }: NewAuthority): Promise<{ readonly certificate: string; readonly key: string }> {
  const { privateKey } = await generate('ec', { namedCurve: 'P-256' });
  const keys = { privateKey: await webPrivateKey(privateKey), publicKey: await webPublicKey(privateKey) };
  const { keyCertSign, cRLSign, digitalSignature } = x509.KeyUsageFlags;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: nameOf(subject),
    notBefore: new Date(now.getTime() - backdateMs),
    notAfter: new Date(now.getTime() + days * 86_400_000),
    keys: keys as x509.X509CertificateCreateSelfSignedParams['keys'],
    signingAlgorithm: algorithmOf(privateKey),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      // It signs its OCSP answers itself.
      new x509.KeyUsagesExtension(keyCertSign | cRLSign | digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

export type Purpose = 'transport' | 'signing' | 'encryption';

export interface NewCertificate {
  readonly subject: Subject;
  readonly publicKey: KeyObject;
  readonly purpose: Purpose;
  /** Alternative names of a transport certificate. */
  readonly hosts?: readonly string[];
  readonly notAfter: Date;
  readonly now: Date;
  /** Where its status can be asked for (RFC 5280 sections 4.2.1.13 and 4.2.2.1). */
  readonly status: { readonly crl: string; readonly ocsp: string; readonly issuer: string };
}

/** A certificate for somebody else's key. `UnfitKeyError` when that key is weak. */
export async function issueCertificate(wanted: NewCertificate, { certificate, key }: Authority): Promise<X509Certificate> {
  const issuer = new x509.X509Certificate(new Uint8Array(certificate.raw));
  const publicKey = await webPublicKey(wanted.publicKey);
  const issued = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: nameOf(wanted.subject),
    issuer: issuer.subjectName,
    notBefore: new Date(wanted.now.getTime() - backdateMs),
    notAfter: wanted.notAfter,
    publicKey,
    signingKey: await webPrivateKey(key),
    signingAlgorithm: algorithmOf(key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(usagesOf(wanted), true),
      ...(wanted.purpose === 'transport' ? [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth], false)] : []),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...alternativeNames(wanted),
      new x509.CRLDistributionPointsExtension([wanted.status.crl]),
      new x509.AuthorityInfoAccessExtension({ ocsp: wanted.status.ocsp, caIssuers: wanted.status.issuer }),
    ],
  });
  return new X509Certificate(Buffer.from(issued.rawData));
}

function usagesOf({ purpose, publicKey }: NewCertificate): x509.KeyUsageFlags {
  const { digitalSignature, nonRepudiation, keyEncipherment, keyAgreement } = x509.KeyUsageFlags;
  if (purpose === 'transport') return digitalSignature;
  if (purpose === 'signing') return digitalSignature | nonRepudiation;
  return publicKey.asymmetricKeyType === 'rsa' ? keyEncipherment : keyAgreement;
}

const alternativeNames = ({ purpose, hosts = [] }: NewCertificate): x509.Extension[] =>
  purpose === 'transport' && hosts.length > 0 ? [new x509.SubjectAlternativeNameExtension(hosts.map((value) => ({ type: 'dns' as const, value })))] : [];

/** 16 random bytes, positive (RFC 5280 section 4.1.2.2). */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}

export type KeyKind = 'rsa' | 'ec';

/** A new key pair: RSA of 2048 bits, or on P-256. */
export async function newKey(kind: KeyKind): Promise<KeyObject> {
  const { privateKey } = kind === 'rsa' ? await generate('rsa', { modulusLength: 2048 }) : await generate('ec', { namedCurve: 'P-256' });
  return privateKey;
}

/** PEM as files have it. */
export const keyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string;
export const samePublicKey = (one: KeyObject, other: KeyObject): boolean => spkiOf(one).equals(spkiOf(other));
