import type { AuthorizedContext, PushedRequest } from '@assent/protocol';

/** What JSON made of a value: its times are texts. */
type Stored<T> = { readonly [K in keyof T]: T[K] extends Date ? string : T[K] extends object ? Stored<T[K]> : T[K] };

export type StoredContext = Stored<AuthorizedContext>;
export type StoredRequest = Stored<PushedRequest>;

export function contextFrom(stored: StoredContext): AuthorizedContext {
  const context = stored as unknown as AuthorizedContext;
  return { ...context, authentication: { ...context.authentication, authTime: new Date(stored.authentication.authTime) } };
}

export function requestFrom(stored: StoredRequest): PushedRequest {
  return { ...(stored as unknown as PushedRequest), pushedAt: new Date(stored.pushedAt) };
}
