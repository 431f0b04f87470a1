import type { ClientAuthMethod } from '@assent/protocol';

/** A role an organisation or a software holds in its trust framework, in the market's own words (`DADOS`, `AISP`). */
export interface RoleGrant {
  readonly role: string;
  readonly status: 'Active' | 'Inactive';
}

/** A company of a trust framework, whatever the market. */
export interface Organisation {
  readonly id: string;
  readonly legalName: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** Its number in the register of companies, or of its supervisor. */
  readonly registrationNumber: string;
  readonly status: 'Active' | 'Inactive';
  readonly roles: readonly RoleGrant[];
}

/** What a company runs: it becomes a client at a bank. */
export interface Software {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly version?: string;
  readonly clientUri?: string;
  readonly redirectUris: readonly string[];
  readonly logoUri?: string;
  readonly policyUri?: string;
  readonly tosUri?: string;
  /** Where the directory publishes its keys. */
  readonly jwksUri: string;
  /** Those of its organisation it uses. */
  readonly roles: readonly string[];
  readonly sectorIdentifierUri?: string;
  /** Where banks call it (CDR: arrangement revocation). */
  readonly recipientBaseUri?: string;
  readonly notificationUri?: string;
  readonly authMethod?: ClientAuthMethod;
}

/** `suspended`: may come back; `revoked`: never. */
export type SoftwareStatus = 'active' | 'suspended' | 'revoked';
