import type { AuthorizationDetail, AuthorizedContext, GrantChange, GrantDifference, PushedRequest } from '@assent/protocol';

/** What JSON made of a value: its times are texts. */
type Stored<T> = { readonly [K in keyof T]: T[K] extends Date ? string : T[K] extends object ? Stored<T[K]> : T[K] };

export type StoredContext = Stored<AuthorizedContext>;
export type StoredRequest = Stored<PushedRequest>;
export type StoredChange = Stored<GrantChange>;

/** What the grant says now, wherever that is newer than the context as it was stored. */
export interface GrantNow {
  readonly grant_version: number;
  readonly details: readonly AuthorizationDetail[];
  readonly managed: boolean;
  readonly grant_expires_at: Date | null;
}

export function contextFrom(stored: StoredContext, now: GrantNow): AuthorizedContext {
  const context = stored as unknown as AuthorizedContext;
  return {
    ...context,
    authentication: { ...context.authentication, authTime: new Date(stored.authentication.authTime) },
    grantVersion: now.grant_version,
    authorizationDetails: now.details,
    managed: now.managed,
    ...(context.consent && { consent: { ...context.consent, expiresAt: now.grant_expires_at } }),
  };
}

export function requestFrom(stored: StoredRequest): PushedRequest {
  return { ...(stored as unknown as PushedRequest), pushedAt: new Date(stored.pushedAt) };
}

/** A change as a code keeps it; a new grant's difference to nothing is known as soon as it is consented. */
export const changeText = (change: GrantChange, difference?: GrantDifference): string => JSON.stringify({ ...change, ...(difference && { difference }) });

export function changeFrom(stored: StoredChange): GrantChange {
  const change = stored as unknown as GrantChange;
  const { expiresAt } = stored.permissions as unknown as { readonly expiresAt: string | null };
  return { ...change, permissions: { ...change.permissions, expiresAt: expiresAt === null ? null : new Date(expiresAt) } };
}
