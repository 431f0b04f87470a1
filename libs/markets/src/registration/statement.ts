import type { SigningAlg } from '@assent/protocol';
import type { Organisation, RoleGrant, Software } from './participants.js';

/** What a directory says of a software, whichever way it says it: read out of a statement, or fetched from its API. */
export interface Statement {
  readonly softwareId: string;
  readonly softwareVersion?: string;
  readonly clientName: string;
  readonly clientUri?: string;
  readonly logoUri?: string;
  readonly policyUri?: string;
  readonly tosUri?: string;
  readonly redirectUris: readonly string[];
  readonly jwksUri?: string;
  readonly sectorIdentifierUri?: string;
  readonly recipientBaseUri?: string;
  readonly notificationUri?: string;
  readonly roles: readonly RoleGrant[];
  /** Where the statement itself bounds what may be asked for. */
  readonly scope?: readonly string[];
  /** `undefined`: the statement names no company (a plain RFC 7591 one). */
  readonly organisation: StatedOrganisation | undefined;
  /** RFC 7591 metadata it gives beside all that, which win over the request's (section 2.3). */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface StatedOrganisation {
  readonly id: string;
  readonly legalName: string;
  readonly registrationNumber?: string;
  readonly active: boolean;
}

/** What the directory knows beside software and organisation when it issues a statement. */
export interface StatementFacts {
  /** Its `iss`. */
  readonly issuer: string;
  readonly jti: string;
  readonly now: Date;
  /** Base of its addresses, without slash at the end. */
  readonly directoryUrl: string;
}

/**
 * A market's software statement (RFC 7591 section 2.3), both ends: `claims` is what a directory signs, `read` what an
 * authorization server takes out of claims whose signature, issuer and times hold.
 */
export interface StatementDialect {
  readonly says: string;
  readonly clause: string;
  readonly algs: readonly SigningAlg[];
  /** `iss` of the market's own directory: what a local one calls itself by default. */
  readonly issuer: string;
  /** Claims without which it is none, beside `iss`. */
  readonly required: readonly string[];
  readonly freshness: Freshness;
  /** Whether its `jti` may register once only. */
  readonly replay: 'refused' | 'allowed';
  claims(software: Software, organisation: Organisation, facts: StatementFacts): Readonly<Record<string, unknown>>;
  /** Throws `invalid_software_statement` for claims that are not what the market says they are. */
  read(claims: Readonly<Record<string, unknown>>): Statement;
}

/** How old a statement may be. Seconds. */
export interface Freshness {
  /** Greatest age by `iat`, which then is required; the configuration may narrow it. */
  readonly maxAge?: number;
  /** How long a directory makes it last (`exp`); absent: it writes none. */
  readonly lifetime?: number;
  readonly exp: 'required' | 'optional';
}

/** The same facts straight from a directory's record. */
export function statementOf(software: Software, organisation: Organisation): Statement {
  const held = new Map(organisation.roles.map(({ role, status }) => [role, status]));
  return {
    softwareId: software.id,
    clientName: software.name,
    redirectUris: software.redirectUris,
    jwksUri: software.jwksUri,
    roles: software.roles.map((role) => ({ role, status: held.get(role) ?? 'Inactive' })),
    organisation: { id: organisation.id, legalName: organisation.legalName, registrationNumber: organisation.registrationNumber, active: organisation.status === 'Active' },
    ...(software.version !== undefined && { softwareVersion: software.version }),
    ...(software.clientUri !== undefined && { clientUri: software.clientUri }),
    ...(software.logoUri !== undefined && { logoUri: software.logoUri }),
    ...(software.policyUri !== undefined && { policyUri: software.policyUri }),
    ...(software.tosUri !== undefined && { tosUri: software.tosUri }),
    ...(software.sectorIdentifierUri !== undefined && { sectorIdentifierUri: software.sectorIdentifierUri }),
    ...(software.recipientBaseUri !== undefined && { recipientBaseUri: software.recipientBaseUri }),
    ...(software.notificationUri !== undefined && { notificationUri: software.notificationUri }),
  };
}
