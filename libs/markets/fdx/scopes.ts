/** To read and end consents (unverified). */
export const consentsScope = 'fdx:consents';

/** Scopes of data recipients, as seen; what a token opens stands in its consent, not in them. */
export const dataScopes = ['fdx:accountbasic:read', 'fdx:accountdetailed:read', 'fdx:transactions:read', 'fdx:statements:read', 'fdx:customercontact:read', 'fdx:customerpersonal:read'] as const;
