import type { AuthorizationDetail } from '@assent/protocol';
import type { VerifiedAccess } from '@assent/resource-guard';

/** What a request is for: the resource (the audience of its token) and the address called, both without query. */
export interface Place {
  readonly resource: string;
  readonly address: string;
}

/**
 * The `authorization_details` of a token that are meant for this place (RFC 9396 sections 2.2 and 9): those that name
 * no locations, the resource as a whole, or an address the called one is or lies below.
 */
export function detailsFor({ resource, address }: Place, { authorizationDetails = [] }: VerifiedAccess): readonly AuthorizationDetail[] {
  const covers = (location: unknown) => location === resource || location === address || (typeof location === 'string' && address.startsWith(`${location}/`));
  return authorizationDetails.filter(({ locations }) => locations === undefined || (Array.isArray(locations) && locations.some(covers)));
}

/** Whether a detail allows an action. One that may name actions and does not allows them all. */
export const allows = ({ actions }: AuthorizationDetail, action: string): boolean => actions === undefined || (Array.isArray(actions) && actions.includes(action));
