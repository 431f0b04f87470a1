import type { AuthorizationDetail, GrantPermissions } from '@assent/protocol';
import { canonical, claimNames } from './difference.js';

/**
 * Whether `after` permits nothing that `before` did not: scopes, resources, accounts, claims, details and the end. What
 * the types of details mean is not asked: a detail may only lose elements of its lists, or go as a whole.
 */
export function isNarrower(before: GrantPermissions, after: GrantPermissions): boolean {
  return (
    within(after.scope, before.scope) &&
    within(after.resources, before.resources) &&
    within(after.accounts, before.accounts) &&
    within(claimNames(after.claims), claimNames(before.claims)) &&
    after.authorizationDetails.every((detail) => before.authorizationDetails.some((other) => isLess(detail, other))) &&
    endsNoLater(after.expiresAt, before.expiresAt)
  );
}

const within = (some: readonly string[], all: readonly string[]): boolean => some.every((one) => all.includes(one));
const endsNoLater = (after: Date | null, before: Date | null): boolean => before === null || (after !== null && after.getTime() <= before.getTime());

/** The same, but for elements that lists have lost. A member that is gone may have been a bound: that is not less. */
function isLess(after: unknown, before: unknown): boolean {
  if (Array.isArray(after) && Array.isArray(before)) return within(after.map(textOf), before.map(textOf));
  if (!isObject(after) || !isObject(before)) return textOf(after) === textOf(before);
  const names = Object.keys(before);
  return Object.keys(after).length === names.length && names.every((name) => Object.hasOwn(after, name) && isLess(after[name], before[name]));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => canonical({ type: '', value } as AuthorizationDetail);
