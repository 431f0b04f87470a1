import type { AuthorizationDetail } from '@assent/protocol';
import type { VerifiedAccess } from '@assent/resource-guard';

/** What a request is for: the resource (the audience of its token) and the address called, both without query. */
export interface Place {
  readonly resource: string;
  readonly address: string;
}

/**
 * The `authorization_details` of a token that are meant for this place (RFC 9396 sections 2.2 and 9): those that name
 * no locations, the resource as a whole, or an address the called one is or lies below. JWT and introspection answer
 * carry them alike.
 */
export function detailsFor({ resource, address }: Place, { claims }: VerifiedAccess): readonly AuthorizationDetail[] {
  const covers = (location: unknown) => location === resource || location === address || (typeof location === 'string' && address.startsWith(`${location}/`));
  const isHere = ({ locations }: AuthorizationDetail) => locations === undefined || (Array.isArray(locations) && locations.some(covers));
  const all = claims['authorization_details'];
  return Array.isArray(all) ? all.filter(isDetail).filter(isHere) : [];
}

const isDetail = (value: unknown): value is AuthorizationDetail =>
  typeof value === 'object' && value !== null && typeof (value as { readonly type?: unknown }).type === 'string';

/**
 * The grant's version the token was issued under; a JWT that does not say counts as the first. `undefined` where the
 * issuer has just judged it itself (introspection).
 */
export function grantVersionOf({ claims }: VerifiedAccess): number | undefined {
  const version = claims['grant_version'];
  if (typeof version === 'number') return version;
  return claims['active'] === true ? undefined : 1;
}

/** Whether a detail allows an action. One that may name actions and does not allows them all. */
export const allows = ({ actions }: AuthorizationDetail, action: string): boolean => actions === undefined || (Array.isArray(actions) && actions.includes(action));
