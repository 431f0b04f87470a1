import * as x509 from './x509.js';
import type { Authority } from './authority.js';
import type { RevocationReason } from './reasons.js';
import { reasonCode } from './reasons.js';
import { algorithmOf, webPrivateKey } from './web-crypto.js';

export interface RevokedCertificate {
  /** Hexadecimal. */
  readonly serial: string;
  readonly revokedAt: Date;
  readonly reason: RevocationReason;
}

export interface NewRevocationList {
  /** Rises from list to list (RFC 5280 section 5.2.3). */
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked: readonly RevokedCertificate[];
}

/** A full revocation list (RFC 5280 section 5), DER. */
export async function issueCrl({ number, thisUpdate, nextUpdate, revoked }: NewRevocationList, { certificate, key }: Authority): Promise<Buffer> {
  const issuer = new x509.X509Certificate(new Uint8Array(certificate.raw));
  const list = await x509.X509CrlGenerator.create({
    issuer: issuer.subjectName,
    thisUpdate,
    nextUpdate,
    signingKey: await webPrivateKey(key),
    signingAlgorithm: algorithmOf(key),
    entries: revoked.map(({ serial, revokedAt, reason }) => ({
      serialNumber: serial,
      revocationDate: revokedAt,
      // `unspecified` is left out (RFC 5280 section 5.3.1).
      ...(reason === 'unspecified' ? {} : { reason: reasonCode(reason) as x509.X509CrlReason }),
    })),
    extensions: [await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey), crlNumber(number)],
  });
  return Buffer.from(list.rawData);
}

function crlNumber(number: number): x509.Extension {
  const hex = number.toString(16);
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const positive = (octets[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), octets]) : octets;
  return new x509.Extension('2.5.29.20', false, Buffer.concat([Buffer.of(0x02, positive.length), positive]));
}
