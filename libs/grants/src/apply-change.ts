import type { AuthorizationDetail, ClaimsRequest, GrantChange, GrantPermissions } from '@assent/protocol';
import { canonical } from './difference.js';

type Details = readonly AuthorizationDetail[];

/** What is to be known about types of details here (GM-SE-06); `DetailTypes` of libs/authorization-details knows it. */
export interface DetailRules {
  /** Two lists as one. */
  merge(existing: Details, added: Details): Details;
  /** Those of a request that a grant does not cover yet. */
  uncovered(asked: Details, granted: Details): Details;
}

/** Details as nothing but JSON: identical ones are the same. */
export const plainDetails: DetailRules = {
  merge: (existing, added) => [...new Map([...existing, ...added].map((detail) => [canonical(detail), detail])).values()],
  uncovered: (asked, granted) => asked.filter((one) => !granted.some((other) => canonical(one) === canonical(other))),
};

/**
 * What a grant permits after a change. `merge`: what it has, and what is new (GM-SE-01); `create` and `replace`:
 * exactly what was consented (GM-SE-02).
 */
export function applyChange(current: GrantPermissions | undefined, { action, permissions: added }: Pick<GrantChange, 'action' | 'permissions'>, details: DetailRules): GrantPermissions {
  if (action !== 'merge' || current === undefined) return added;
  const claims = mergeClaims(current.claims, added.claims);
  return {
    scope: union(current.scope, added.scope),
    resources: union(current.resources, added.resources),
    accounts: union(current.accounts, added.accounts),
    authorizationDetails: details.merge(current.authorizationDetails, added.authorizationDetails),
    ...(claims && { claims }),
    expiresAt: later(current.expiresAt, added.expiresAt),
  };
}

/** GM-SE-07: the union of names; what was asked for last says how a claim is wanted. */
export function mergeClaims(current: ClaimsRequest | undefined, added: ClaimsRequest | undefined): ClaimsRequest | undefined {
  if (!current || !added) return current ?? added;
  const userinfo = { ...current.userinfo, ...added.userinfo };
  const idToken = { ...current.id_token, ...added.id_token };
  return { ...(Object.keys(userinfo).length > 0 && { userinfo }), ...(Object.keys(idToken).length > 0 && { id_token: idToken }) };
}

const union = (existing: readonly string[], added: readonly string[]): readonly string[] => [...new Set([...existing, ...added])];

/** A merge may extend a grant and never shortens it; `null`: no end. */
export const later = (one: Date | null, other: Date | null): Date | null => (one === null || other === null ? null : one.getTime() >= other.getTime() ? one : other);
