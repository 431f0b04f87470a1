import { z } from 'zod';
import { by, choice, duration, durationUpTo, identifier, leaf, list, text, wholeNumber } from './leaf.js';

const tokenHash = leaf('the SHA-256 hash of a token, as `npm run registration -- token` prints it', (value) => {
  const bytes = typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value) ? Buffer.from(value, 'base64url') : undefined;
  return bytes?.length === 32 ? bytes : undefined;
});
const httpsUrl = leaf('an https URL', (value) => (typeof value === 'string' && /^https:\/\/[^/\s]/.test(value) && URL.canParse(value) && !/[#@\s]/.test(value) ? value : undefined));

const algs = ['PS256', 'ES256', 'EdDSA'] as const;

export const registration = z.strictObject({
  statementIssuers: list(
    z.strictObject({
      issuer: text.describe('Its `iss`.'),
      jwksUri: identifier.describe('Address of its keys.'),
      algs: list(choice(...algs)).optional().meta(by('those of the market; PS256 and ES256 elsewhere', 'Algorithms it signs with.')),
      maxAge: duration.optional().meta(by('as the market has it; none elsewhere', 'Greatest age of a statement by its `iat`. Never more than the market’s.')),
      apiUrl: httpsUrl.optional().describe('Base of its API, where a software’s status (and in some markets all of it) is asked for (docs/registration.md).'),
    }),
  ).default([]).describe('Directories whose software statements are trusted.'),
  initialAccessTokens: list(
    z.strictObject({
      name: text.describe('Who it was given to: it stands in the audit.'),
      hash: tokenHash.describe('Hash of the token. The token itself is kept nowhere.'),
    }),
  ).default([]).describe('Tokens that register clients without a software statement (RFC 7591 section 3), where the market lets them.'),
  duplicates: choice('allowed', 'refused').optional().meta(by('as the market has it; elsewhere `allowed`', 'Whether one software may be registered more than once.')),
  localRedirects: choice('refused', 'allowed').optional().meta(by('as the market has it; elsewhere `allowed`', 'Whether redirect URIs may lead to the own machine (`localhost`), as those of a demo do. `allowed` is refused in production.')),
  organisationId: text.optional().describe('The bank’s own id in the trust framework, by which requests may name it as their audience.'),
  perMinute: wholeNumber(1, 100_000).default(60).describe('Requests to register or to change a registration that one address may send in a minute; all processes count together.'),
  statusEvery: durationUpTo('24h').default(60).describe('How often directories with an `apiUrl` are asked whether registered software is still active there.'),
  sync: z.strictObject({
    url: httpsUrl.describe('Address of the list of participants.'),
    every: durationUpTo('24h').default(300).describe('How often it is read.'),
  }).optional().describe('Follows a directory’s list instead of registering anybody, where the market does so.'),
});
