import type { GrantPermissions } from '@assent/protocol';
import { claimNames } from './difference.js';

/**
 * Whether `after` permits nothing that `before` did not, as far as that can be told without the types of details:
 * scopes, resources, accounts, claims, types of details and the end.
 */
export function isNarrower(before: GrantPermissions, after: GrantPermissions): boolean {
  return (
    within(after.scope, before.scope) &&
    within(after.resources, before.resources) &&
    within(after.accounts, before.accounts) &&
    within(claimNames(after.claims), claimNames(before.claims)) &&
    within(typesOf(after), typesOf(before)) &&
    endsNoLater(after.expiresAt, before.expiresAt)
  );
}

const within = (some: readonly string[], all: readonly string[]): boolean => some.every((one) => all.includes(one));
const typesOf = ({ authorizationDetails }: GrantPermissions): readonly string[] => authorizationDetails.map(({ type }) => type);
const endsNoLater = (after: Date | null, before: Date | null): boolean => before === null || (after !== null && after.getTime() <= before.getTime());
