import { z } from 'zod';
import { fapi2Security, issuerProfiles, type Policy } from '@assent/profiles';
import {
  amount, by, choice, currency, duration, durationUpTo, iban, identifier, issuerName, leaf, list, metadata, namedTexts, origin, passwordHash, scopeToken,
  subject, text, wholeNumber, yesOrNo,
} from './leaf.js'; // prettier-ignore
import { registration } from './registration.js';

export const resource = z.strictObject({
  identifier: identifier.describe('The resource identifier (RFC 8707, RFC 9728), the audience of its tokens.'),
  name: text.describe('Its name, for people.'),
  scopes: list(scopeToken).describe('Scopes that mean something to it.'),
  authorizationDetailsTypes: list(text).default([]).describe('Types of `authorization_details` it understands (RFC 9396).'),
  accessTokenFormat: choice('jwt', 'opaque').default('jwt').describe('What its access tokens look like, unless the client says otherwise (`access_token_format`).'),
});

const algs = ['PS256', 'ES256', 'EdDSA'] as const;

type Seconds = { [K in keyof Policy]: Policy[K] extends number ? K : never }[keyof Policy];
const asInProfile = (key: Seconds, description: string) => by(`the profile’s: ${fapi2Security.policy[key]} seconds`, description);

export const lifetimes = z.strictObject({
  code: duration.optional().meta(asInProfile('codeLifetime', 'Authorization code.')),
  requestUri: duration.optional().meta(asInProfile('requestUriLifetime', 'Pushed request.')),
  // A revocation is remembered for a day, so no access token may outlive it.
  accessToken: durationUpTo('24h').optional().meta(asInProfile('accessTokenLifetime', 'Access token.')),
  refreshToken: duration.optional().meta(asInProfile('refreshTokenLifetime', 'Refresh token.')),
  idToken: duration.optional().meta(asInProfile('idTokenLifetime', 'ID token.')),
  grant: duration.optional().meta(asInProfile('grantLifetime', 'What a customer agreed to.')),
  clientAssertion: duration.optional().meta(asInProfile('clientAssertionMaxLifetime', 'Longest life a client may give its assertion.')),
  dpopProof: duration.optional().meta(asInProfile('dpopProofMaxAge', 'Greatest age of a DPoP proof.')),
});

export const grantActions = ['create', 'merge', 'replace', 'query', 'revoke'] as const;

export const grantManagement = z.strictObject({
  actionRequired: yesOrNo.default(false).describe('Whether every authorization request must name an action.'),
  actions: list(choice(...grantActions)).optional().meta(by('all of them; `query` and `revoke` where `scopes` has `grant_management_query` and `grant_management_revoke`; none for staff and in markets', 'What clients may do with grants: `create`, `merge` and `replace` in authorization requests, `query` and `revoke` at the grants API.')),
});

export const ciba = z.strictObject({
  unknownUsers: choice('error', 'pretend').default('error').describe('What a hint that names nobody gets: `unknown_user_id`, or the same answer as for a customer who never decides.'),
  userCode: choice('off', 'on').default('off').describe('Whether customers who have a `userCode` are asked only with it.'),
  longPolling: leaf('off, or a duration of at most 30s', (value) => (value === 'off' ? 0 : durationUpTo('30s').safeParse(value).data)).default(0).meta(by('`off`', 'How long a poll may wait at the token endpoint for a decision.')),
  pendingPerCustomer: wholeNumber(1, 1000).default(5).describe('Undecided requests one customer may have. Further ones are refused.'),
  pendingPerClient: wholeNumber(1, 1_000_000).default(1000).describe('Undecided requests one client may have.'),
  refusals: wholeNumber(1, 1000).default(5).describe('Requests of one client a customer may refuse or leave alone …'),
  refusalWindow: durationUpTo('24h').default(3600).describe('… within this time; until some of it has passed, the client’s further requests for this customer are refused.'),
  loginHintIssuers: list(z.strictObject({ issuer: identifier.describe('Its `iss`.'), jwksUri: identifier.describe('Address of its keys.') }))
    .default([])
    .describe('Who beside the client itself may sign a `login_hint_token`.'),
  approvalEndpoint: yesOrNo.default(false).describe('Lets anybody who knows an `auth_req_id` decide it at `<issuer>/backchannel/decide`. For automated tests; refused in production.'),
});

/** Whether there is a market of this name, the build says: tests bring their own. */
const marketName = leaf('the name of a market (`npm run profile -- list`)', (value) => (typeof value === 'string' && /^[a-z0-9-]+$/.test(value) ? value : undefined));

export const issuer = z.strictObject({
  name: issuerName.describe('Path segment: the issuer identifier is `<publicUrl>/<name>`.'),
  profile: choice(...issuerProfiles).optional().meta(by('none: `market` names one', 'Security profile. Either this or `market`.')),
  market: marketName.optional().meta(by('none', 'The national market it is part of: security profile, consents, resources and the values it says nothing of here. Its API lies at `<resourceServer.publicUrl>/<name>`.')),
  url: identifier.optional().meta(by('`<publicUrl>/<name>`', 'Another issuer identifier, when a proxy maps one to `/<name>`: another path, or an origin of its own.')),
  mtlsUrl: origin.optional().meta(by('`authorizationServer.mtlsUrl`', 'Another base of its mTLS aliases.')),
  signsIn: choice('customers', 'staff').default('customers').describe('Whose sign-in this is. The two never mix: no session or password of one is good at the other.'),
  signingAlgs: list(choice(...algs)).optional().meta(by('`PS256, ES256`; in a market those of the market', 'Algorithms it signs ID tokens with; the first is the default.')),
  accessTokenAlg: choice(...algs).optional().meta(by('ES256 where it is among `signingAlgs`, else the first; in a market as the market has it', 'Algorithm it signs access tokens with.')),
  acrValues: list(text).optional().meta(by('`urn:assent:acr:password`; in a market those of the market', 'Authentication context classes its sign-in can reach.')),
  scopes: list(scopeToken).optional().meta(by('`openid`, `profile`, `email`, `offline_access` and those of all resources; for staff `openid`, `profile`, `email`; in a market those of the market', 'Scopes it offers.')),
  authorizationDetailsTypes: list(text).optional().meta(by('those of all resources; for staff none; in a market those that its requests carry', 'Types of `authorization_details` it offers (RFC 9396). A client may use those it is registered for.')),
  claims: list(text).optional().meta(by('those of the customers in this file; for staff `name`, `preferred_username`, `roles`; in a market those of the market', 'Claims about people it delivers.')),
  lifetimes: lifetimes.prefault({}).describe('Shorter lifetimes than the profile’s. Longer ones are refused.'),
  dpopNonce: choice('off', 'required').optional().meta(by('`off`', 'Whether DPoP proofs must carry a server nonce.')),
  redirectUris: choice('registered', 'registered-or-pushed').optional().meta(by('`registered`', 'Whether a client may push a redirect URI it did not register (FAPI 2.0 SP 5.3.2.2-6 allows it).')),
  httpSignatures: choice('off', 'optional', 'required').optional().meta(by('the profile’s: `off`', 'Signatures on requests to the resource server and on its answers (RFC 9421), for every client. A client asks for more of itself by `http_message_signatures`.')),
  evidence: choice('off', 'on').optional().meta(by('the profile’s: `off`', 'Whether signed messages of every client are kept as evidence (docs/evidence.md). A client is added by `evidence: on` in its metadata.')),
  grantManagement: grantManagement.prefault({}).describe('Grant Management for OAuth 2.0.'),
  ciba: ciba.optional().meta(by('the defaults of its keys', 'Requests by the back channel, where the profile has them.')),
  participant: namedTexts.optional().meta(by('made up, for local use', 'In a market: what the bank is called and numbered there, where its answers tell it. Brazil: `brandName`, `companyCnpj`, `compeCode`, `ispb`, and `namespace`, which ids of consents begin with.')),
  registration: registration.optional().describe('How clients register themselves (docs/registration.md). Off where this is absent.'),
  clients: list(metadata).default([]).describe('Clients, under their RFC 7591 metadata names.'),
});

const account = z.strictObject({
  id: subject.describe('Its identifier in the bank’s API.'),
  name: text.describe('Its name.'),
  type: choice('current', 'savings', 'card', 'business').default('current').describe('Kind of account.'),
  iban: iban.describe('Its IBAN.'),
  currency: currency.default('GBP').describe('Its currency.'),
  openingBalance: amount.describe('Balance before the first generated transaction.'),
  historyDays: wholeNumber(0, 1000).default(90).describe('Days of generated transactions.'),
  unavailable: choice('needs_second_approver', 'closed', 'blocked', 'not_online').optional().describe('Why it cannot be shared online.'),
  approvers: z.array(text).default([]).describe('Ids of customers who must agree before it is shared, as joint holders do. Where a request does not let them be asked, the account cannot be chosen.'),
});

export const customer = z.strictObject({
  id: subject.describe('Unchanging identifier, from which `sub` is derived. Never given to another person.'),
  login: text.describe('User ID at sign-in.'),
  password: text.optional().describe('Password in plain text. Development only. Either this or `passwordHash`.'),
  passwordHash: passwordHash.optional().describe('argon2id hash of the password.'),
  displayName: text.describe('How pages address the customer.'),
  userCode: text.optional().describe('What the customer gives to shops so that they may ask by the back channel (CIBA section 7.1.2), in plain text. Development only.'),
  userCodeHash: passwordHash.optional().describe('argon2id hash of that code.'),
  claims: metadata.default({}).describe('Standard claims (OpenID Connect Core section 5.1) the bank really holds.'),
  accounts: list(account).default([]).describe('Accounts.'),
});

export const staffRoles = ['viewer', 'agent', 'supervisor'] as const;

export const staffMember = z.strictObject({
  id: subject.describe('Unchanging identifier, their `sub` and their name in the audit. Never given to another person.'),
  login: text.describe('User ID at sign-in.'),
  password: text.optional().describe('Password in plain text. Development only. Either this or `passwordHash`.'),
  passwordHash: passwordHash.optional().describe('argon2id hash of the password.'),
  displayName: text.describe('Their name on the pages and in the audit.'),
  roles: list(choice(...staffRoles)).describe('`viewer` sees, `agent` also revokes, `supervisor` also approves what concerns many customers.'),
});
