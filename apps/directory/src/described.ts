import { standingOf, type IssuedCertificate, type Organisation, type Software } from '@assent/persistence/directory';
import { keySetUrl, type Directory } from './directory.js';
import { keyPem, privateJwkOf, type NewCertificate } from './decisions.js';

/* What the API says of things, in JSON. */

export const describeOrganisation = ({ id, legalName, country, registerNumber, roles, status, statusSince, createdAt }: Organisation): object => ({
  id, legal_name: legalName, country, register_number: registerNumber, roles, status, status_since: statusSince.toISOString(), created_at: createdAt.toISOString(),
}); // prettier-ignore

export const describeSoftware = (directory: Directory, software: Software): object => ({
  id: software.id,
  organisation: describeOrganisation(software.organisation),
  ...software.metadata,
  roles: software.roles,
  jwks_uri: keySetUrl(directory, software.id),
  status: standingOf(software),
  status_since: software.statusSince.toISOString(),
  created_at: software.createdAt.toISOString(),
});

export const describeCertificate = ({ serial, purpose, market, subject, thumbprint, jwk, issuedAt, notAfter, revoked }: IssuedCertificate): object => ({
  serial,
  purpose,
  ...(market === undefined ? {} : { market }),
  subject,
  'x5t#S256': thumbprint,
  ...(jwk ? { kid: jwk.kid } : {}),
  issued_at: issuedAt.toISOString(),
  expires_at: notAfter.toISOString(),
  status: revoked ? 'revoked' : 'active',
  ...(revoked ? { revoked_at: revoked.at.toISOString(), reason: revoked.reason } : {}),
});

/** With what is told this once: the private key, as PEM and (of keys in the key set) as JWK. */
export const describeNewCertificate = ({ authority }: Directory, made: NewCertificate): object => {
  const jwk = privateJwkOf(made);
  return {
    ...describeCertificate(made.certificate),
    certificate: made.pem,
    authority: authority.certificate.toString(),
    ...(made.privateKey ? { private_key: keyPem(made.privateKey) } : {}),
    ...(jwk ? { private_jwk: jwk } : {}),
  };
};
