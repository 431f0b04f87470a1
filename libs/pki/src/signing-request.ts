import * as x509 from './x509.js';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { algorithmOf, UnfitKeyError } from './web-crypto.js';

/** A certificate signing request that is none, or whose sender does not have the key. */
export class SigningRequestError extends Error {
  override readonly name = 'SigningRequestError';
}

const maxLength = 16_384;

/**
 * The public key of a certificate signing request (RFC 2986, PEM), whose private half its sender has proved to hold.
 * Name and extensions it asks for are left aside: what a certificate says is the registry's. `SigningRequestError`.
 */
export async function readSigningRequest(pem: string): Promise<KeyObject> {
  if (pem.length > maxLength || !pem.includes('-----BEGIN CERTIFICATE REQUEST-----')) throw new SigningRequestError('a PEM certificate request was expected');
  let request: x509.Pkcs10CertificateRequest;
  let key: KeyObject;
  try {
    request = new x509.Pkcs10CertificateRequest(pem);
    key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' });
    algorithmOf(key);
  } catch (cause) {
    throw new SigningRequestError(cause instanceof UnfitKeyError ? cause.message : 'the certificate request cannot be read', { cause });
  }
  if (!(await request.verify().catch(() => false))) throw new SigningRequestError('the certificate request is not signed with its own key');
  return key;
}
