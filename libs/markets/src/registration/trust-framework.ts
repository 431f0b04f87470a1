import { invalidSoftwareStatement } from '@assent/protocol';
import { activeRoles, optionalText, present, secondsOf, textIn, textsIn } from './claims.js';
import type { Organisation, RoleGrant, Software } from './participants.js';
import type { Statement, StatementFacts } from './statement.js';

/*
 * Claims most national directories share, as their software statements descend from one another: `software_*` about the
 * software, `org_*` about its company. A market adds what is its own.
 */

export interface SharedClaimNames {
  /** Where the key set's address stands. */
  readonly jwks: string;
}

/** ISSUE. */
export function sharedClaims(software: Software, organisation: Organisation, { issuer, jti, now, directoryUrl }: StatementFacts, names: SharedClaimNames): Readonly<Record<string, unknown>> {
  return {
    iss: issuer,
    iat: secondsOf(now),
    jti,
    software_id: software.id,
    software_client_id: software.id,
    software_client_name: software.name,
    software_client_description: software.description,
    software_version: software.version ?? '1.0',
    software_environment: 'sandbox',
    software_mode: 'Live',
    software_client_uri: software.clientUri ?? `${directoryUrl}/software/${software.id}`,
    software_redirect_uris: software.redirectUris,
    software_roles: activeRoles(software, organisation),
    software_logo_uri: software.logoUri ?? '',
    software_policy_uri: software.policyUri ?? '',
    software_tos_uri: software.tosUri ?? '',
    [names.jwks]: software.jwksUri,
    org_id: organisation.id,
    org_name: organisation.legalName,
    org_number: organisation.registrationNumber,
    org_status: organisation.status,
  };
}

/** VERIFY. `roles` when the market states them with a status of their own. */
export function readSharedClaims(claims: Readonly<Record<string, unknown>>, names: SharedClaimNames, roles?: readonly RoleGrant[]): Statement {
  const redirectUris = textsIn(claims, 'software_redirect_uris');
  if (redirectUris.length === 0) throw invalidSoftwareStatement('software_statement: software_redirect_uris must not be empty', 'DCR-04');
  return {
    softwareId: textIn(claims, 'software_id'),
    clientName: textIn(claims, 'software_client_name'),
    redirectUris,
    jwksUri: textIn(claims, names.jwks),
    roles: roles ?? textsIn(claims, 'software_roles').map((role) => ({ role, status: 'Active' })),
    organisation: {
      id: textIn(claims, 'org_id'),
      legalName: textIn(claims, 'org_name'),
      active: textIn(claims, 'org_status') === 'Active',
      ...present('registrationNumber', optionalText(claims, 'org_number')),
    },
    ...present('softwareVersion', versionOf(claims)),
    ...present('clientUri', optionalText(claims, 'software_client_uri')),
    ...present('logoUri', optionalText(claims, 'software_logo_uri')),
    ...present('policyUri', optionalText(claims, 'software_policy_uri')),
    ...present('tosUri', optionalText(claims, 'software_tos_uri')),
    ...present('sectorIdentifierUri', optionalText(claims, 'software_sector_identifier_uri')),
  };
}

/** Some directories write a number. */
function versionOf(claims: Readonly<Record<string, unknown>>): string | undefined {
  const value = claims['software_version'];
  return typeof value === 'number' ? String(value) : optionalText(claims, 'software_version');
}
