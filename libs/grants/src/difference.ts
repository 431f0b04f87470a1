import type { AuthorizationDetail, ClaimsRequest, Difference, GrantDifference, GrantPermissions } from '@assent/protocol';

/** What stands in `after` and not in `before`, and the other way round; details are compared as whole objects. */
export function differenceOf(before: GrantPermissions | undefined, after: GrantPermissions): GrantDifference {
  const scope = between(before?.scope ?? [], after.scope, String);
  const accounts = between(before?.accounts ?? [], after.accounts, String);
  const authorizationDetails = between(before?.authorizationDetails ?? [], after.authorizationDetails, canonical);
  const claims = between(claimNames(before?.claims), claimNames(after.claims), String);
  const [from, to] = [isoOrNull(before?.expiresAt ?? null), isoOrNull(after.expiresAt)];
  return {
    ...(scope && { scope }),
    ...(accounts && { accounts }),
    ...(authorizationDetails && { authorizationDetails }),
    ...(claims && { claims }),
    ...(from !== to && { expiresAt: { from, to } }),
  };
}

/** Names of all claims asked for, each once. */
export const claimNames = (claims: ClaimsRequest | undefined): readonly string[] => [
  ...new Set([...Object.keys(claims?.userinfo ?? {}), ...Object.keys(claims?.id_token ?? {})]),
];

/** A detail as text that does not depend on the order of its members. */
export const canonical = (detail: AuthorizationDetail): string => JSON.stringify(sorted(detail));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}

function between<T>(before: readonly T[], after: readonly T[], key: (one: T) => string): Difference<T> | undefined {
  const [old, now] = [new Set(before.map(key)), new Set(after.map(key))];
  const added = after.filter((one) => !old.has(key(one)));
  const removed = before.filter((one) => !now.has(key(one)));
  return added.length + removed.length === 0 ? undefined : { added, removed };
}

const isoOrNull = (date: Date | null): string | null => date?.toISOString() ?? null;
