import { auditRow } from '../stores/audit-rows.js';
import { reading, writing, type Statement } from '../sql.js';

/** A decision whose audit event is written if it is made; answers one row if so. */
const deciding = (name: string, decision: string, returning = '1'): Statement =>
  writing(`directory_${name}`, `WITH made AS (${decision} RETURNING ${returning}), audit AS (${auditRow({ from: 'made' })}) SELECT * FROM made`);

const organisationColumns = 'o.id, o.legal_name, o.country, o.register_number, o.roles, o.status, o.status_since, o.created_at';
const softwareColumns = 's.id, s.roles, s.metadata, s.status, s.status_since, s.created_at';
const ofOrganisation = `to_jsonb(o) AS organisation`;
const stands = `s.status = 'active' AND o.status = 'active'`;

export const addOrganisation = deciding(
  'organisation_add',
  `INSERT INTO directory.organisation (id, legal_name, country, register_number, roles, status, status_since, created_at)
  VALUES ($id::text, $legal_name::text, $country::text, $register_number::text, $roles::jsonb, 'active', $now::timestamptz, $now::timestamptz)
  ON CONFLICT (country, register_number) DO NOTHING`,
);
export const organisations = reading('directory_organisations', `SELECT ${organisationColumns} FROM directory.organisation o ORDER BY o.created_at DESC, o.id LIMIT 1000`);
export const organisation = reading('directory_organisation', `SELECT ${organisationColumns} FROM directory.organisation o WHERE o.id = $id::text`);
export const setOrganisationRoles = deciding('organisation_roles', `UPDATE directory.organisation SET roles = $roles::jsonb WHERE id = $id::text`);

/** Revoked is for good. */
const standing = (table: string): string =>
  `UPDATE directory.${table} SET status = $status::text, status_since = $now::timestamptz WHERE id = $id::text AND status <> 'revoked' AND status <> $status::text`;
export const setOrganisationStanding = deciding('organisation_standing', standing('organisation'));
export const setSoftwareStanding = deciding('software_standing', standing('software'));

/** What the organisation stands like is locked until this commits: a suspension waits, or is seen. */
const lockedOrganisation = `(SELECT id FROM directory.organisation WHERE id = $organisation::text AND status = 'active' FOR SHARE)`;
const lockedSoftware = `(SELECT s.id FROM directory.software s JOIN directory.organisation o ON o.id = s.organisation_id WHERE s.id = $software::text AND ${stands} FOR SHARE)`;

export const addSoftware = deciding(
  'software_add',
  `INSERT INTO directory.software (id, organisation_id, roles, metadata, api_key_hash, status, status_since, created_at)
  SELECT $id::text, o.id, $roles::jsonb, $metadata::jsonb, $key_hash::bytea, 'active', $now::timestamptz, $now::timestamptz FROM ${lockedOrganisation} o`,
);
const fromSoftware = `FROM directory.software s JOIN directory.organisation o ON o.id = s.organisation_id`;
export const softwares = reading(
  'directory_softwares',
  `SELECT ${softwareColumns}, ${ofOrganisation} ${fromSoftware}
  WHERE ($organisation::text IS NULL OR s.organisation_id = $organisation::text)
    AND ($market::text IS NULL OR s.roles @> jsonb_build_array(jsonb_build_object('market', $market::text)))
  ORDER BY s.created_at DESC, s.id LIMIT 1000`,
);
/** In the order of ids: whatever is added while somebody turns the pages, none is left out. */
export const participants = reading(
  'directory_participants',
  `SELECT ${softwareColumns}, ${ofOrganisation} ${fromSoftware}
  WHERE s.roles @> jsonb_build_array(jsonb_build_object('market', $market::text)) AND s.id > $after::text ORDER BY s.id LIMIT $count::int`,
);
export const software = reading('directory_software', `SELECT ${softwareColumns}, ${ofOrganisation} ${fromSoftware} WHERE s.id = $id::text`);
export const softwareByKey = reading('directory_software_key', `SELECT ${softwareColumns}, ${ofOrganisation} ${fromSoftware} WHERE s.api_key_hash = $hash::bytea`);
export const softwareByCertificate = reading(
  'directory_software_certificate',
  `SELECT ${softwareColumns}, ${ofOrganisation} ${fromSoftware} JOIN directory.certificate c ON c.software_id = s.id
  WHERE c.thumbprint = $thumbprint::text AND c.purpose = 'transport' AND c.revoked_at IS NULL AND c.not_after > $now::timestamptz AND ${stands}`,
);
export const setSoftware = deciding('software_set', `UPDATE directory.software SET roles = $roles::jsonb, metadata = $metadata::jsonb WHERE id = $id::text AND status <> 'revoked'`);

export const addCertificate = deciding(
  'certificate_add',
  `INSERT INTO directory.certificate (serial, software_id, purpose, market, subject, thumbprint, der, kid, jwk, issued_at, not_after)
  SELECT $serial::text, s.id, $purpose::text, $market::text, $subject::text, $thumbprint::text, $der::bytea, $kid::text, $jwk::jsonb, $issued_at::timestamptz, $not_after::timestamptz
  FROM ${lockedSoftware} s`,
);
const certificateColumns = 'serial, software_id, purpose, market, subject, thumbprint, der, jwk, issued_at, not_after, revoked_at, reason';
export const certificates = reading('directory_certificates', `SELECT ${certificateColumns} FROM directory.certificate WHERE software_id = $software::text ORDER BY issued_at DESC, serial`);
export const certificate = reading('directory_certificate', `SELECT ${certificateColumns} FROM directory.certificate WHERE serial = $serial::text`);
export const revokeCertificate = deciding(
  'certificate_revoke',
  `UPDATE directory.certificate SET revoked_at = $now::timestamptz, reason = $reason::text WHERE serial = $serial::text AND software_id = $software::text AND revoked_at IS NULL`,
);
export const keys = reading(
  'directory_keys',
  `SELECT c.jwk FROM directory.certificate c JOIN directory.software s ON s.id = c.software_id JOIN directory.organisation o ON o.id = s.organisation_id
  WHERE c.software_id = $software::text AND c.jwk IS NOT NULL AND c.revoked_at IS NULL AND c.not_after > $now::timestamptz AND ${stands}
  ORDER BY c.issued_at DESC, c.serial`,
);

/** Of software that does not stand, no certificate is good: held while it is suspended, ended with it when it is revoked. */
const fate = `
  c.serial,
  CASE WHEN c.revoked_at IS NOT NULL THEN c.revoked_at WHEN s.status <> 'active' THEN s.status_since ELSE o.status_since END AS revoked_at,
  CASE WHEN c.revoked_at IS NOT NULL THEN c.reason WHEN 'revoked' IN (s.status, o.status) THEN 'cessationOfOperation' ELSE 'certificateHold' END AS reason`;
const fromCertificate = `FROM directory.certificate c JOIN directory.software s ON s.id = c.software_id JOIN directory.organisation o ON o.id = s.organisation_id`;
const isOver = `(c.revoked_at IS NOT NULL OR NOT (${stands}))`;
export const revocations = reading('directory_revocations', `SELECT ${fate} ${fromCertificate} WHERE ${isOver} AND c.not_after > $now::timestamptz ORDER BY c.serial`);
export const statuses = reading('directory_statuses', `SELECT ${fate}, ${isOver} AS over ${fromCertificate} WHERE c.serial = ANY ($serials::text[])`);

export const addStatement = deciding(
  'statement_add',
  `INSERT INTO directory.statement (jti, software_id, market, issued_at, expires_at)
  SELECT $jti::text, s.id, $market::text, $issued_at::timestamptz, $expires_at::timestamptz FROM ${lockedSoftware} s`,
);

export const addServer = deciding(
  'server_add',
  `INSERT INTO directory.authorisation_server (id, name, issuer, market, created_at) VALUES ($id::text, $name::text, $server_issuer::text, $market::text, $now::timestamptz) ON CONFLICT (issuer) DO NOTHING`,
);
export const servers = reading('directory_servers', `SELECT id, name, issuer, market FROM directory.authorisation_server WHERE $market::text IS NULL OR market = $market::text ORDER BY name, id LIMIT 1000`);

export const startSession = writing(
  'directory_session_start',
  `WITH gone AS (DELETE FROM directory.session WHERE expires_at <= $now::timestamptz),
  made AS (INSERT INTO directory.session (hash, expires_at) VALUES ($hash::bytea, $expires_at::timestamptz) RETURNING 1),
  audit AS (${auditRow({ from: 'made' })}) SELECT 1 FROM made`,
);
export const findSession = reading('directory_session_find', `SELECT 1 FROM directory.session WHERE hash = $hash::bytea AND expires_at > $now::timestamptz`);
export const endSession = deciding('session_end', `DELETE FROM directory.session WHERE hash = $hash::bytea`);
