import { invalidRequest, type OAuthError } from '@assent/protocol';
import type { ConsentFacts, ConsentVehicle } from '../src/consent-vehicle.js';
import { dataType, vocabulary } from './vocabulary.js';

/** A year: more is asked for in vain. */
const longest = 31_536_000;

const refusal = (description: string, rule: string): OAuthError => invalidRequest(description, rule);

/** An arrangement is the grant itself: what its client may know it by. */
const arrangement = ({ grantId }: ConsentFacts) => ({ cdr_arrangement_id: grantId });

/** All of the consent is in the request: its data in the scopes, how long and in place of which other in the claims. */
export const arrangementClaims: ConsentVehicle = {
  says: 'the claims sharing_duration and cdr_arrangement_id, and the scopes',
  clause: 'CDS Specifying Sharing Duration; CDS Specifying an existing arrangement; CDS Scopes and Claims',
  read({ scope, parameter }) {
    const claims = readClaims(parameter('claims'));
    const lifetime = sharingDuration(claims['sharing_duration']);
    const amends = existing(claims['cdr_arrangement_id']);
    const permissions = Object.keys(vocabulary.permissions).filter((name) => scope.includes(name));
    return { kind: 'carried', details: permissions.length === 0 ? [] : [{ type: dataType, permissions }], lifetime, ...(amends !== undefined && { amends }) };
  },
  tokenMembers: arrangement,
  introspectionMembers: arrangement,
};

/** Seconds; 0 when absent: this once, without a refresh token. */
function sharingDuration(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw refusal('claims.sharing_duration must be a whole number of seconds', 'ASSENT-CDR-01');
  if (value < 0) throw refusal('claims.sharing_duration must not be negative', 'ASSENT-CDR-01');
  return Math.min(value, longest);
}

function existing(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(value)) throw refusal('claims.cdr_arrangement_id must be the id of an arrangement', 'ASSENT-CDR-02');
  return value;
}

function readClaims(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Readonly<Record<string, unknown>>;
  } catch {
    // Refused below, as what is no object is.
  }
  throw refusal('claims must be a JSON object', 'OIDC-05');
}
