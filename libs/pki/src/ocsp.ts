import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  BasicOCSPResponse, CertID, CertStatus, id_kp_OCSPSigning, id_pkix_ocsp_basic, id_pkix_ocsp_nonce, KeyHash, OCSPRequest, OCSPResponse,
  OCSPResponseStatus, Request, ResponderID, ResponseBytes, ResponseData, RevokedInfo, SingleResponse, TBSRequest,
} from '@peculiar/asn1-ocsp'; // prettier-ignore
import { AlgorithmIdentifier, Certificate, CRLReason, Extension } from '@peculiar/asn1-x509';
import { createHash, sign, X509Certificate, type KeyObject } from 'node:crypto';
import type { Authority } from './authority.js';
import { reasonCode, reasonOf, type RevocationReason } from './reasons.js';
import { isCurrent, isIssuedBy, serialText, signatureMatches } from './verify-crl.js';
import { algorithmOf } from './web-crypto.js';

/** What an authority says of one certificate; `unknown`: it never issued one of that number. */
export type CertificateStatus = { readonly status: 'good' } | { readonly status: 'unknown' } | { readonly status: 'revoked'; readonly at: Date; readonly reason: RevocationReason };

/** A message about certificate status that is none, or that must not be believed. */
export class OcspError extends Error {
  override readonly name = 'OcspError';
}

export type OcspFailure = 'malformedRequest' | 'internalError' | 'tryLater' | 'unauthorized';

const maxCertificates = 20;
const maxNonce = 128;

export interface OcspAnswers {
  readonly authority: Authority;
  readonly now: Date;
  /** Absent: there is always a newer one. */
  readonly nextUpdate?: Date;
  /** By serial number as `serialText` writes it. */
  readonly statusOf: (serials: readonly string[]) => Promise<ReadonlyMap<string, CertificateStatus>>;
}

/**
 * Answers an OCSP request (RFC 6960), DER in and out: one signed answer for each certificate asked about, the nonce
 * repeated (RFC 9654). About other authorities' certificates: `unauthorized`. Never throws for what is in the request.
 */
export async function answerOcsp(request: Buffer, { authority, now, nextUpdate, statusOf }: OcspAnswers): Promise<Buffer> {
  const asked = readRequest(request);
  if (!asked) return ocspFailure('malformedRequest');
  const { requestList, requestExtensions = [] } = asked.tbsRequest;
  if (!requestList.every(({ reqCert }) => isAbout(reqCert, authority.certificate))) return ocspFailure('unauthorized');
  const statuses = await statusOf(requestList.map(({ reqCert }) => serialOf(reqCert)));
  const nonce = requestExtensions.find(({ extnID }) => extnID === id_pkix_ocsp_nonce);
  if (nonce && nonce.extnValue.byteLength > maxNonce) return ocspFailure('malformedRequest');
  const data = new ResponseData({
    responderID: new ResponderID({ byKey: new KeyHash(createHash('sha1').update(keyBits(authority.certificate)).digest()) }),
    producedAt: toSecond(now),
    responses: requestList.map(({ reqCert }) => new SingleResponse({ certID: reqCert, certStatus: describe(statuses.get(serialOf(reqCert)) ?? { status: 'unknown' }), thisUpdate: toSecond(now), ...(nextUpdate && { nextUpdate: toSecond(nextUpdate) }) })),
    ...(nonce ? { responseExtensions: [nonce] } : {}),
  });
  return signed(data, authority);
}

/** An answer that says nothing about any certificate, and is not signed (RFC 6960 section 2.3). */
export const ocspFailure = (failure: OcspFailure): Buffer => Buffer.from(AsnConvert.serialize(new OCSPResponse({ responseStatus: OCSPResponseStatus[failure] })));

function readRequest(bytes: Buffer): OCSPRequest | undefined {
  try {
    const request = AsnConvert.parse(bytes, OCSPRequest);
    const { length } = request.tbsRequest.requestList;
    return length > 0 && length <= maxCertificates ? request : undefined;
  } catch {
    return undefined;
  }
}

const hashNames: Readonly<Record<string, string>> = { '1.3.14.3.2.26': 'sha1', '2.16.840.1.101.3.4.2.1': 'sha256', '2.16.840.1.101.3.4.2.2': 'sha384', '2.16.840.1.101.3.4.2.3': 'sha512' };

/** Whether a certificate is named as one of this authority's (RFC 6960 section 4.1.1). */
function isAbout({ hashAlgorithm, issuerNameHash, issuerKeyHash }: CertID, authority: X509Certificate): boolean {
  const hash = hashNames[hashAlgorithm.algorithm];
  if (hash === undefined) return false;
  const digest = (data: Buffer): Buffer => createHash(hash).update(data).digest();
  return digest(nameBytes(authority)).equals(Buffer.from(issuerNameHash.buffer)) && digest(keyBits(authority)).equals(Buffer.from(issuerKeyHash.buffer));
}

const serialOf = ({ serialNumber }: CertID): string => serialText(Buffer.from(serialNumber).toString('hex'));

const certificateOf = (certificate: X509Certificate): Certificate => AsnConvert.parse(certificate.raw, Certificate);
const nameBytes = (certificate: X509Certificate): Buffer => Buffer.from(AsnConvert.serialize(certificateOf(certificate).tbsCertificate.subject));
/** The public key without what says of which kind it is. */
const keyBits = (certificate: X509Certificate): Buffer => Buffer.from(certificateOf(certificate).tbsCertificate.subjectPublicKeyInfo.subjectPublicKey);

/** `GeneralizedTime` of RFC 5280 knows no fractions. */
const toSecond = (date: Date): Date => new Date(Math.floor(date.getTime() / 1000) * 1000);

function describe(status: CertificateStatus): CertStatus {
  if (status.status === 'good') return new CertStatus({ good: null });
  if (status.status === 'unknown') return new CertStatus({ unknown: null });
  const { at, reason } = status;
  return new CertStatus({ revoked: new RevokedInfo({ revocationTime: toSecond(at), ...(reason === 'unspecified' ? {} : { revocationReason: new CRLReason(reasonCode(reason)) }) }) });
}

const signatures: Readonly<Record<string, string>> = { 'ECDSA SHA-256': '1.2.840.10045.4.3.2', 'ECDSA SHA-384': '1.2.840.10045.4.3.3', 'RSASSA-PKCS1-v1_5 SHA-256': '1.2.840.113549.1.1.11' };

function signed(data: ResponseData, { key }: Authority): Buffer {
  const { name, hash } = algorithmOf(key);
  const bytes = Buffer.from(AsnConvert.serialize(data));
  const signature = sign(hash.replace('-', ''), bytes, key);
  const algorithm = new AlgorithmIdentifier({ algorithm: signatures[`${name} ${hash}`]!, ...(name === 'ECDSA' ? {} : { parameters: null }) });
  const basic = new BasicOCSPResponse({ tbsResponseData: data, signatureAlgorithm: algorithm, signature: bufferOf(signature) });
  const response = new ResponseBytes({ responseType: id_pkix_ocsp_basic, response: new OctetString(AsnConvert.serialize(basic)) });
  return Buffer.from(AsnConvert.serialize(new OCSPResponse({ responseStatus: OCSPResponseStatus.successful, responseBytes: response })));
}

const bufferOf = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;

/** A request about one certificate of an authority, with a nonce of its own where one is given. */
export function ocspRequest(certificate: X509Certificate, authority: X509Certificate, nonce?: Buffer): Buffer {
  const request = new TBSRequest({
    requestList: [new Request({ reqCert: certIdOf(certificate, authority) })],
    ...(nonce ? { requestExtensions: [new Extension({ extnID: id_pkix_ocsp_nonce, critical: false, extnValue: new OctetString(AsnConvert.serialize(new OctetString(nonce))) })] } : {}),
  });
  return Buffer.from(AsnConvert.serialize(new OCSPRequest({ tbsRequest: request })));
}

function certIdOf(certificate: X509Certificate, authority: X509Certificate): CertID {
  const sha1 = (data: Buffer): OctetString => new OctetString(createHash('sha1').update(data).digest());
  return new CertID({
    // What every responder understands (RFC 5019 section 2.1.1); it names a certificate, it protects nothing.
    hashAlgorithm: new AlgorithmIdentifier({ algorithm: '1.3.14.3.2.26', parameters: null }),
    issuerNameHash: sha1(nameBytes(authority)),
    issuerKeyHash: sha1(keyBits(authority)),
    serialNumber: certificateOf(certificate).tbsCertificate.serialNumber,
  });
}

export interface VerifiedOcsp {
  readonly status: CertificateStatus;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
}

const skewMs = 5 * 60_000;

/**
 * Verifies an OCSP answer about one certificate (RFC 6960 section 3.2): about that certificate, signed by its authority
 * or by a responder the authority named, of now, with the nonce that was sent, if it has one. `OcspError` otherwise.
 */
export function verifyOcsp(bytes: Buffer, asked: { readonly certificate: X509Certificate; readonly authority: X509Certificate; readonly nonce?: Buffer; readonly now: Date }): VerifiedOcsp {
  try {
    return verify(bytes, asked);
  } catch (cause) {
    throw cause instanceof OcspError ? cause : new OcspError('the answer cannot be read', { cause });
  }
}

function verify(bytes: Buffer, { certificate, authority, nonce, now }: { readonly certificate: X509Certificate; readonly authority: X509Certificate; readonly nonce?: Buffer; readonly now: Date }): VerifiedOcsp {
  const { responseStatus, responseBytes } = AsnConvert.parse(bytes, OCSPResponse);
  if (responseStatus !== OCSPResponseStatus.successful || responseBytes?.responseType !== id_pkix_ocsp_basic) throw new OcspError(`the responder answers ${OCSPResponseStatus[responseStatus] ?? 'something else'}`);
  const basic = AsnConvert.parse(responseBytes.response.buffer, BasicOCSPResponse);
  const data = Buffer.from(basic.tbsResponseDataRaw ?? AsnConvert.serialize(basic.tbsResponseData));
  const algorithm = Buffer.from(AsnConvert.serialize(basic.signatureAlgorithm));
  const keys = responderKeys(basic, authority, now);
  if (!keys.some((key) => signatureMatches(algorithm, data, Buffer.from(basic.signature), key))) throw new OcspError('neither the authority nor a responder it named signed the answer');
  const { responses, responseExtensions = [] } = basic.tbsResponseData;
  const echoed = responseExtensions.find(({ extnID }) => extnID === id_pkix_ocsp_nonce);
  if (nonce && echoed && !Buffer.from(echoed.extnValue.buffer).equals(Buffer.from(AsnConvert.serialize(new OctetString(nonce))))) throw new OcspError('the answer is to another question');
  const serial = serialText(certificate.serialNumber);
  const single = responses.find(({ certID }) => isAbout(certID, authority) && serialOf(certID) === serial);
  if (!single) throw new OcspError('the answer is about another certificate');
  const { thisUpdate, nextUpdate } = single;
  if (thisUpdate.getTime() > now.getTime() + skewMs || (nextUpdate && nextUpdate.getTime() < now.getTime())) throw new OcspError('the answer is not of now');
  // Without an end there is always a newer one (RFC 6960 section 4.2.2.1); the nonce alone proves that this is it.
  if (!nextUpdate && !(nonce && echoed) && thisUpdate.getTime() < now.getTime() - skewMs) throw new OcspError('the answer is not of now');
  return { status: statusFrom(single.certStatus), thisUpdate, nextUpdate };
}

/** The authority's key, and those of responders it issued a certificate for (RFC 6960 section 4.2.2.2). */
function responderKeys({ certs = [] }: BasicOCSPResponse, authority: X509Certificate, now: Date): readonly KeyObject[] {
  const named = certs.slice(0, 4).map((one) => new X509Certificate(Buffer.from(AsnConvert.serialize(one))));
  const delegated = named.filter((one) => one.keyUsage?.includes(id_kp_OCSPSigning) === true && isCurrent(one, now) && isIssuedBy(one, authority));
  return [authority.publicKey, ...delegated.map(({ publicKey }) => publicKey)];
}

function statusFrom({ revoked, unknown, good }: CertStatus): CertificateStatus {
  if (revoked) return { status: 'revoked', at: revoked.revocationTime, reason: reasonOf(revoked.revocationReason?.reason) };
  if (good === null && unknown === undefined) return { status: 'good' };
  return { status: 'unknown' };
}
