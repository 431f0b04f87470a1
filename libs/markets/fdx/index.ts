import type { Market } from '../src/market.js';
import { fdxConsent } from './details/consent-request.js';
import { conformance, journeys } from './journey.js';
import { fdxOnboarding } from './onboarding.js';
import { fdxProfile } from './profile.js';
import { fdxResources } from './resources.js';
import { consentsScope, dataScopes } from './scopes.js';
import { fdxVehicle } from './vehicle.js';

/** Financial Data Exchange, of the United States and Canada. */
export const fdx: Market = {
  name: 'fdx',
  title: 'FDX API v6',
  maturity: 'experimental',
  unverified: [
    'The standard is open to members alone: everything here is indirect, from public code and documentation of others.',
    'That access tokens are bound to certificates and that PKCE is required; FAPI is optional in FDX.',
    'Methods of client authentication; certificates were seen in a demonstration.',
    'Duration types but ONE_TIME, and data clusters but ACCOUNT_DETAILED, TRANSACTIONS, STATEMENTS and CUSTOMER_CONTACT.',
    'Path and method of a revocation, its reasons and initiators.',
    'The prefix /fdx/v6 and the shape of accounts, transactions, statements and customers.',
    'The scope fdx:accountbasic:read, and the one to read and end consents.',
    'Headers (x-fapi-interaction-id, FDX-API-Actor-Type) and errors with their numbers.',
    'How data recipients and intermediaries register.',
  ],
  profile: fdxProfile,
  issuer: {
    scopes: ['openid', consentsScope, ...dataScopes],
    acrValues: ['urn:assent:acr:password'],
    subjectTypes: ['public', 'pairwise'],
    signingAlgs: ['PS256', 'ES256'],
    accessTokenAlg: 'PS256',
    claims: ['name', 'email', 'phone_number'],
    silentScopes: [consentsScope, ...dataScopes],
    resourceScopes: [consentsScope, ...dataScopes],
  },
  consent: fdxVehicle,
  refreshTokens: { life: 'none-when-once', clause: 'FDX API 6.x, Consent API: durationType (indirect)' },
  interactionId: { at: ['par', 'token', 'userinfo'], whenAbsent: 'generate', clause: 'FDX API 6.x: x-fapi-interaction-id (unverified)' },
  onboarding: fdxOnboarding,
  journeys,
  conformance,
  details: [fdxConsent],
  resources: fdxResources,
};
