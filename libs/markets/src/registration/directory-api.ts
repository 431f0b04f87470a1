import type { Organisation, Software, SoftwareStatus } from './participants.js';

/*
 * What a local directory answers banks. Every record is a JWT of its own, signed with the key whose set stands at the
 * `jwksUri` of `statementIssuers`, so that it can be kept, passed on and proved.
 *
 *   GET {apiUrl}/software/{softwareId}            200 `application/jwt`: one record; 404: no such software
 *   GET {apiUrl}/participants?market=<market>     200 `application/json`: a page of records
 *       &after=<next of the page before>&limit=<1 to 50, 20 by default>
 */

/** `typ` of the JWT. */
export const directoryRecordType = 'directory-record+jwt';

/** Claims of a record. */
export interface DirectoryRecord {
  readonly iss: string;
  readonly iat: number;
  /** At most a day after `iat`: how long the answer may be gone by. */
  readonly exp: number;
  /** `software.id`. */
  readonly sub: string;
  readonly status: SoftwareStatus;
  readonly software: Software;
  readonly organisation: Organisation;
}

/** Answer of `/participants`. What a whole list no longer names has left the market. */
export interface ParticipantsPage {
  /** Each the JWT of a `DirectoryRecord`. */
  readonly participants: readonly string[];
  /** Where the next page begins; absent: this was the last. */
  readonly next?: string;
}

/** ISSUE: the claims of a record. */
export function directoryRecord(facts: { readonly issuer: string; readonly now: Date; readonly lifetime: number }, about: Pick<DirectoryRecord, 'software' | 'organisation' | 'status'>): DirectoryRecord {
  const iat = Math.floor(facts.now.getTime() / 1000);
  return { iss: facts.issuer, iat, exp: iat + facts.lifetime, sub: about.software.id, ...about };
}

/** VERIFY: reads claims whose signature holds. Throws an `Error` that says what is wrong. */
export function readDirectoryRecord(claims: Readonly<Record<string, unknown>>, expected: { readonly issuer: string; readonly softwareId?: string; readonly now: Date; readonly clockSkew: number }): DirectoryRecord {
  const { iss, iat, exp, sub, status, software, organisation } = claims as Partial<Record<keyof DirectoryRecord, unknown>>;
  const present = expected.now.getTime() / 1000;
  if (iss !== expected.issuer) throw new Error('iss is another directory');
  if (typeof iat !== 'number' || iat > present + expected.clockSkew) throw new Error('iat is missing or lies in the future');
  if (typeof exp !== 'number' || exp <= present) throw new Error('it has expired');
  if (status !== 'active' && status !== 'suspended' && status !== 'revoked') throw new Error('status is none of active, suspended, revoked');
  if (!isSoftware(software) || software.id !== sub) throw new Error('software is malformed');
  if (expected.softwareId !== undefined && sub !== expected.softwareId) throw new Error('it is about another software');
  if (!isOrganisation(organisation)) throw new Error('organisation is malformed');
  return { iss, iat, exp, sub, status, software, organisation };
}

type Unread<T> = { readonly [K in keyof T]?: unknown };
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 2048;
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.length <= 200 && value.every(isText);
const isMapping = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

const optionalTexts = ['version', 'clientUri', 'logoUri', 'policyUri', 'tosUri', 'sectorIdentifierUri', 'recipientBaseUri', 'notificationUri', 'authMethod'] as const satisfies readonly (keyof Software)[];

function isSoftware(value: unknown): value is Software {
  if (!isMapping(value)) return false;
  const software = value as Unread<Software>;
  return [software.id, software.name, software.jwksUri].every(isText) && typeof software.description === 'string' && [software.redirectUris, software.roles].every(isTexts) && optionalTexts.every((name) => software[name] === undefined || isText(software[name]));
}

function isOrganisation(value: unknown): value is Organisation {
  if (!isMapping(value)) return false;
  const { id, legalName, country, registrationNumber, status, roles } = value as Unread<Organisation>;
  const sound = (role: unknown): boolean => isMapping(role) && isText((role as Unread<Organisation['roles'][number]>).role);
  return [id, legalName, country, registrationNumber].every(isText) && (status === 'Active' || status === 'Inactive') && Array.isArray(roles) && roles.every(sound);
}
