/** The claims each scope stands for (OpenID Connect Core section 5.4). */
const claimsOfScope: Readonly<Record<string, readonly string[]>> = {
  profile: [
    'name', 'family_name', 'given_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture', 'website', 'gender', 'birthdate',
    'zoneinfo', 'locale', 'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
}; // prettier-ignore

/** What a token's scopes entitle to at the UserInfo endpoint. */
export const claimsOfScopes = (scope: readonly string[]): readonly string[] => scope.flatMap((name) => claimsOfScope[name] ?? []);

/** What UserInfo and ID tokens set themselves: no customer record speaks in their place. */
const reserved = new Set(['iss', 'sub', 'aud', 'exp', 'iat', 'nonce', 'auth_time', 'acr', 'amr', 'azp', 'at_hash', 'c_hash', 's_hash', 'cnf']);

/** Of the claims asked for, those the bank holds about the customer; the rest is left out silently (OIDC-05). */
export function releasedClaims(held: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  const released: Record<string, unknown> = {};
  for (const name of names) {
    if (!reserved.has(name) && Object.hasOwn(held, name)) released[name] = held[name];
  }
  return released;
}
