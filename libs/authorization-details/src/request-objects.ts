import { invalidAuthorizationDetails, type OAuthError } from '@assent/protocol';
import { unsound } from './schema/sound.js';

/** A grant with more objects than this cannot be shown on a page. */
export const mostObjects = 20;

/** The objects of the parameter, before any type has looked at them. `invalid_authorization_details` when it is none of what RFC 9396 section 2 says. */
export function objectsOf(value: unknown): readonly object[] {
  if (!Array.isArray(value)) throw refusal('authorization_details must be a JSON array of objects', 'RR-01');
  if (value.length === 0) throw refusal('authorization_details must hold at least one object', 'RR-01');
  if (value.length > mostObjects) throw refusal(`authorization_details must not hold more than ${mostObjects} objects`, 'RR-15');
  return value.map((object: unknown, index) => {
    if (typeof object !== 'object' || object === null || Array.isArray(object)) throw refusal(`${at(index)} must be a JSON object`, 'RR-01');
    const fault = unsound(object, at(index));
    if (fault !== undefined) throw refusal(fault, 'RR-15');
    return object;
  });
}

/** Where an object stands, for descriptions. */
export const at = (index: number): string => `authorization_details[${index}]`;
export const told = (where: string, fault: string | undefined): string | undefined => (fault === undefined ? undefined : `${where}: ${fault}`);
export const refusal = (description: string, rule: string): OAuthError => invalidAuthorizationDetails(description, rule);
