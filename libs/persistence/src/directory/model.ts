import type { AuditEvent, PublicJwk } from '@assent/protocol';

/** Revoked is for good; what is suspended may come back. */
export type Standing = 'active' | 'suspended' | 'revoked';

export interface MarketRole {
  readonly market: string;
  readonly role: string;
}

/** What an organisation may be in a market. */
export interface OrganisationRole extends MarketRole {
  readonly status: Standing;
}

export interface Organisation {
  readonly id: string;
  readonly legalName: string;
  /** ISO 3166-1, two letters. */
  readonly country: string;
  readonly registerNumber: string;
  readonly roles: readonly OrganisationRole[];
  readonly status: Standing;
  readonly statusSince: Date;
  readonly createdAt: Date;
}

/** Names and addresses of software, under their RFC 7591 names. */
export interface SoftwareMetadata {
  readonly client_name: string;
  readonly redirect_uris: readonly string[];
  readonly client_description?: string | undefined;
  readonly client_uri?: string | undefined;
  readonly logo_uri?: string | undefined;
  readonly policy_uri?: string | undefined;
  readonly tos_uri?: string | undefined;
  readonly sector_identifier_uri?: string | undefined;
  readonly recipient_base_uri?: string | undefined;
  readonly notification_uri?: string | undefined;
}

export interface Software {
  readonly id: string;
  readonly organisation: Organisation;
  readonly roles: readonly MarketRole[];
  readonly metadata: SoftwareMetadata;
  /** Its own; what counts is `standingOf`. */
  readonly status: Standing;
  readonly statusSince: Date;
  readonly createdAt: Date;
}

/** How software really stands: never better than its organisation. */
export function standingOf({ status, organisation }: Software): Standing {
  const both = [status, organisation.status];
  return both.includes('revoked') ? 'revoked' : both.includes('suspended') ? 'suspended' : 'active';
}

/** The roles that count now: its own, as far as its organisation has them in force. */
export const rolesInForce = ({ roles, organisation }: Software): readonly MarketRole[] =>
  roles.filter(({ market, role }) => organisation.roles.some((one) => one.market === market && one.role === role && one.status === 'active'));

export type CertificatePurpose = 'transport' | 'signing' | 'encryption';

export interface IssuedCertificate {
  /** Lower-case hexadecimal. */
  readonly serial: string;
  readonly softwareId: string;
  readonly purpose: CertificatePurpose;
  /** The market whose form its subject has, if any. */
  readonly market: string | undefined;
  /** RFC 4514 text. */
  readonly subject: string;
  readonly thumbprint: string;
  readonly der: Buffer;
  /** As it stands in the key set; none of a transport certificate's. */
  readonly jwk: PublicJwk | undefined;
  readonly issuedAt: Date;
  readonly notAfter: Date;
  readonly revoked: { readonly at: Date; readonly reason: string } | undefined;
}

/** A certificate that is no longer good, whether it was revoked itself or what it belongs to does not stand. */
export interface Revocation {
  readonly serial: string;
  readonly revokedAt: Date;
  readonly reason: string;
}

/** Of another party of the framework: where third parties find a bank. */
export interface AuthorisationServer {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly market: string | undefined;
}

export type NewOrganisation = Pick<Organisation, 'id' | 'legalName' | 'country' | 'registerNumber' | 'roles'>;

export interface NewSoftware extends Pick<Software, 'id' | 'roles' | 'metadata'> {
  readonly organisationId: string;
  /** SHA-256 of the key it calls the directory with. */
  readonly apiKeyHash: Buffer;
}

/**
 * What the directory knows. Each decision commits with its audit event, in one statement; what depends on how
 * software stands is decided where that is known for certain.
 */
export interface DirectoryStore {
  /** `false`: an organisation of that country has the number. */
  addOrganisation(organisation: NewOrganisation, now: Date, audit: AuditEvent): Promise<boolean>;
  organisations(): Promise<readonly Organisation[]>;
  organisation(id: string): Promise<Organisation | undefined>;
  /** Roles in place of those there are. `false`: there is no such organisation. */
  setOrganisationRoles(id: string, roles: readonly OrganisationRole[], audit: AuditEvent): Promise<boolean>;
  /** `false`: there is none, it is revoked, or it stands like that already. */
  setOrganisationStanding(id: string, status: Standing, now: Date, audit: AuditEvent): Promise<boolean>;

  /** `false`: its organisation does not stand, or does not exist. */
  addSoftware(software: NewSoftware, now: Date, audit: AuditEvent): Promise<boolean>;
  softwares(filter?: { readonly organisationId?: string; readonly market?: string }): Promise<readonly Software[]>;
  /** Of a market, by rising ids above `after`. */
  participants(page: { readonly market: string; readonly after: string; readonly count: number }): Promise<readonly Software[]>;
  software(id: string): Promise<Software | undefined>;
  softwareByKey(hash: Buffer): Promise<Software | undefined>;
  /** By a transport certificate that is good. */
  softwareByCertificate(thumbprint: string, now: Date): Promise<Software | undefined>;
  setSoftware(id: string, changes: Pick<Software, 'roles' | 'metadata'>, audit: AuditEvent): Promise<boolean>;
  setSoftwareStanding(id: string, status: Standing, now: Date, audit: AuditEvent): Promise<boolean>;

  /** `false`: the software does not stand. */
  addCertificate(certificate: IssuedCertificate, audit: AuditEvent): Promise<boolean>;
  certificates(softwareId: string): Promise<readonly IssuedCertificate[]>;
  certificate(serial: string): Promise<IssuedCertificate | undefined>;
  /** `false`: there is no such certificate of this software, or it was revoked before. */
  revokeCertificate(input: { readonly softwareId: string; readonly serial: string; readonly reason: string; readonly now: Date; readonly audit: AuditEvent }): Promise<boolean>;
  /** The public keys of signing and encryption certificates that are good. */
  keys(softwareId: string, now: Date): Promise<readonly PublicJwk[]>;
  /** Every certificate that has not run out and is no longer good. */
  revocations(now: Date): Promise<readonly Revocation[]>;
  /** Which of these were issued, and what became of them. */
  statuses(serials: readonly string[]): Promise<ReadonlyMap<string, Revocation | 'good'>>;

  /** `false`: the software does not stand. */
  addStatement(statement: { readonly jti: string; readonly softwareId: string; readonly market: string; readonly issuedAt: Date; readonly expiresAt: Date }, audit: AuditEvent): Promise<boolean>;

  /** `false`: the issuer is known. */
  addAuthorisationServer(server: AuthorisationServer, now: Date, audit: AuditEvent): Promise<boolean>;
  authorisationServers(market?: string): Promise<readonly AuthorisationServer[]>;

  /** Somebody signed in with the administrator's token. */
  startSession(hash: Buffer, expiresAt: Date, now: Date, audit: AuditEvent): Promise<void>;
  findSession(hash: Buffer, now: Date): Promise<boolean>;
  endSession(hash: Buffer, audit: AuditEvent): Promise<void>;
}
