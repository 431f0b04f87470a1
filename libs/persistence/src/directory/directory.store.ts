import { newTag, type AuditEvent, type Clock, type PublicJwk } from '@assent/protocol';
import { instant, type Sql, type Statement } from '../sql.js';
import { auditValues } from '../stores/audit-rows.js';
import type { AuthorisationServer, CertificatePurpose, DirectoryStore, IssuedCertificate, Organisation, Revocation, Software, SoftwareMetadata, Standing } from './model.js';
import * as statements from './statements.js';

interface OrganisationRow {
  readonly id: string;
  readonly legal_name: string;
  readonly country: string;
  readonly register_number: string;
  readonly roles: Organisation['roles'];
  readonly status: Standing;
  /** Text where the row came as JSON. */
  readonly status_since: Date | string;
  readonly created_at: Date | string;
}

interface SoftwareRow {
  readonly id: string;
  readonly organisation: OrganisationRow;
  readonly roles: Software['roles'];
  readonly metadata: SoftwareMetadata;
  readonly status: Standing;
  readonly status_since: Date;
  readonly created_at: Date;
}

interface CertificateRow {
  readonly serial: string;
  readonly software_id: string;
  readonly purpose: CertificatePurpose;
  readonly market: string | null;
  readonly subject: string;
  readonly thumbprint: string;
  readonly der: Buffer;
  readonly jwk: PublicJwk | null;
  readonly issued_at: Date;
  readonly not_after: Date;
  readonly revoked_at: Date | null;
  readonly reason: string | null;
}

interface FateRow {
  readonly serial: string;
  readonly revoked_at: Date;
  readonly reason: string;
}

const organisationFrom = ({ id, legal_name: legalName, country, register_number: registerNumber, roles, status, status_since: since, created_at: created }: OrganisationRow): Organisation => ({
  id, legalName, country, registerNumber, roles, status, statusSince: new Date(since), createdAt: new Date(created),
}); // prettier-ignore

const softwareFrom = ({ id, organisation, roles, metadata, status, status_since: statusSince, created_at: createdAt }: SoftwareRow): Software => ({
  id, organisation: organisationFrom(organisation), roles, metadata, status, statusSince, createdAt,
}); // prettier-ignore

const certificateFrom = (row: CertificateRow): IssuedCertificate => ({
  serial: row.serial,
  softwareId: row.software_id,
  purpose: row.purpose,
  market: row.market ?? undefined,
  subject: row.subject,
  thumbprint: row.thumbprint,
  der: row.der,
  jwk: row.jwk ?? undefined,
  issuedAt: row.issued_at,
  notAfter: row.not_after,
  revoked: row.revoked_at === null ? undefined : { at: row.revoked_at, reason: row.reason ?? 'unspecified' },
});

const revocationFrom = ({ serial, revoked_at: revokedAt, reason }: FateRow): Revocation => ({ serial, revokedAt, reason });

/** The directory's tables on PostgreSQL. */
export function directoryStore(sql: Sql, clock: Clock): DirectoryStore {
  const decide = async (statement: Statement, values: Readonly<Record<string, unknown>>, audit: AuditEvent): Promise<boolean> =>
    (await sql.rows(statement, { ...values, ...auditValues(audit, newTag(), clock.now()) })).length > 0;
  const oneSoftware = async (statement: Statement, values: Readonly<Record<string, unknown>>): Promise<Software | undefined> => {
    const [row] = await sql.rows<SoftwareRow>(statement, values);
    return row && softwareFrom(row);
  };
  return {
    addOrganisation: ({ id, legalName, country, registerNumber, roles }, now, audit) =>
      decide(statements.addOrganisation, { id, legal_name: legalName, country, register_number: registerNumber, roles: JSON.stringify(roles), now: instant(now) }, audit),
    organisations: async () => (await sql.rows<OrganisationRow>(statements.organisations, {})).map(organisationFrom),
    async organisation(id) {
      const [row] = await sql.rows<OrganisationRow>(statements.organisation, { id });
      return row && organisationFrom(row);
    },
    setOrganisationRoles: (id, roles, audit) => decide(statements.setOrganisationRoles, { id, roles: JSON.stringify(roles) }, audit),
    setOrganisationStanding: (id, status, now, audit) => decide(statements.setOrganisationStanding, { id, status, now: instant(now) }, audit),

    addSoftware: ({ id, organisationId, roles, metadata, apiKeyHash }, now, audit) =>
      decide(statements.addSoftware, { id, organisation: organisationId, roles: JSON.stringify(roles), metadata: JSON.stringify(metadata), key_hash: apiKeyHash, now: instant(now) }, audit),
    softwares: async ({ organisationId, market } = {}) => (await sql.rows<SoftwareRow>(statements.softwares, { organisation: organisationId ?? null, market: market ?? null })).map(softwareFrom),
    participants: async (page) => (await sql.rows<SoftwareRow>(statements.participants, { ...page })).map(softwareFrom),
    software: (id) => oneSoftware(statements.software, { id }),
    softwareByKey: (hash) => oneSoftware(statements.softwareByKey, { hash }),
    softwareByCertificate: (thumbprint, now) => oneSoftware(statements.softwareByCertificate, { thumbprint, now: instant(now) }),
    setSoftware: (id, { roles, metadata }, audit) => decide(statements.setSoftware, { id, roles: JSON.stringify(roles), metadata: JSON.stringify(metadata) }, audit),
    setSoftwareStanding: (id, status, now, audit) => decide(statements.setSoftwareStanding, { id, status, now: instant(now) }, audit),

    addCertificate: ({ serial, softwareId, purpose, market, subject, thumbprint, der, jwk, issuedAt, notAfter }, audit) =>
      decide(
        statements.addCertificate,
        { serial, software: softwareId, purpose, market: market ?? null, subject, thumbprint, der, kid: jwk?.kid ?? null, jwk: jwk ? JSON.stringify(jwk) : null, issued_at: instant(issuedAt), not_after: instant(notAfter) },
        audit,
      ),
    certificates: async (softwareId) => (await sql.rows<CertificateRow>(statements.certificates, { software: softwareId })).map(certificateFrom),
    async certificate(serial) {
      const [row] = await sql.rows<CertificateRow>(statements.certificate, { serial });
      return row && certificateFrom(row);
    },
    revokeCertificate: ({ softwareId, serial, reason, now, audit }) => decide(statements.revokeCertificate, { software: softwareId, serial, reason, now: instant(now) }, audit),
    keys: async (softwareId, now) => (await sql.rows<{ readonly jwk: PublicJwk }>(statements.keys, { software: softwareId, now: instant(now) })).map(({ jwk }) => jwk),
    revocations: async (now) => (await sql.rows<FateRow>(statements.revocations, { now: instant(now) })).map(revocationFrom),
    async statuses(serials) {
      const rows = await sql.rows<FateRow & { readonly over: boolean }>(statements.statuses, { serials });
      return new Map(rows.map((row) => [row.serial, row.over ? revocationFrom(row) : 'good']));
    },

    addStatement: ({ jti, softwareId, market, issuedAt, expiresAt }, audit) =>
      decide(statements.addStatement, { jti, software: softwareId, market, issued_at: instant(issuedAt), expires_at: instant(expiresAt) }, audit),

    addAuthorisationServer: ({ id, name, issuer, market }, now, audit) => decide(statements.addServer, { id, name, server_issuer: issuer, market: market ?? null, now: instant(now) }, audit),
    async authorisationServers(market) {
      const rows = await sql.rows<Omit<AuthorisationServer, 'market'> & { readonly market: string | null }>(statements.servers, { market: market ?? null });
      return rows.map((row) => ({ ...row, market: row.market ?? undefined }));
    },

    async startSession(hash, expiresAt, now, audit) {
      await decide(statements.startSession, { hash, expires_at: instant(expiresAt), now: instant(now) }, audit);
    },
    findSession: async (hash, now) => (await sql.rows(statements.findSession, { hash, now: instant(now) })).length > 0,
    async endSession(hash, audit) {
      await decide(statements.endSession, { hash }, audit);
    },
  };
}
