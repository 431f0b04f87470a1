import { claimsOfScopes, releasedClaims } from './claims.js';

it('knows the claims of each scope', () => {
  expect(claimsOfScopes(['openid', 'email', 'accounts'])).toEqual(['email', 'email_verified']);
});

it('releases what is held, and never what the server itself says', () => {
  const held = { email: 'ana@example.com', sub: 'customer-ana', acr: 'high', name: 'Ana' };
  expect(releasedClaims(held, ['email', 'phone_number', 'sub', 'acr', 'toString'])).toEqual({ email: 'ana@example.com' });
});
