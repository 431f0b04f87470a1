import type { Market } from '../src/market.js';
import { accountRoutes } from './accounts.js';
import { consentRoutes } from './consents.js';
import { accountAccess } from './details/account-access.js';
import { serviceInitiation } from './details/service-initiation.js';
import { uaeError } from './errors.js';
import { conformance, journeys } from './journey.js';
import { uaeOnboarding } from './onboarding.js';
import { paymentRoutes } from './payments.js';
import { productRoutes } from './products.js';
import { uaeProfile } from './profile.js';
import { uaeVehicle } from './vehicle.js';

/** Open Finance in the United Arab Emirates (CBUAE), v2.1, with the bank in the role of the API hub. */
export const uae: Market = {
  name: 'uae',
  title: 'UAE Open Finance v2.1',
  maturity: 'stable',
  unverified: [
    'Of service initiation only the single instant payment is there: the six kinds of multi-payment, delegated authentication and file payments are not.',
    'The name of the payment type is service-initiation-consent; one overview page of the operator writes payment-consent.',
    'The full list of error codes, and the shape of parties, products and statements, were read in excerpts only.',
    'The address of the bank’s products, and the shape of the list.',
    'v2.2 of the standard is a draft and is not spoken.',
  ],
  profile: uaeProfile,
  issuer: {
    scopes: ['openid', 'accounts', 'payments', 'products'],
    acrValues: ['urn:assent:acr:password'],
    subjectTypes: ['public', 'pairwise'],
    signingAlgs: ['PS256'],
    accessTokenAlg: 'PS256',
    claims: ['name', 'email', 'phone_number'],
    silentScopes: ['accounts', 'payments'],
    resourceScopes: ['accounts', 'payments', 'products'],
  },
  consent: uaeVehicle,
  refreshTokens: { life: 'consent', clause: 'UAE Open Finance v2.1, security/tokens' },
  noEligibleAccounts: { code: 'invalid_request', description: 'user_lacks_eligible_accounts', clause: 'UAE Open Finance v2.1, data sharing requirements: eligible accounts' },
  interactionId: { at: ['par', 'token', 'userinfo'], whenAbsent: 'generate', clause: 'UAE Open Finance v2.1, security/request-headers' },
  onboarding: uaeOnboarding,
  journeys,
  conformance,
  details: [accountAccess, serviceInitiation],
  resources: {
    headers: { interactionId: { whenAbsent: 'generate', whenMalformed: 'generate' } },
    error: uaeError,
    routes: [...consentRoutes, ...accountRoutes, ...paymentRoutes, ...productRoutes],
  },
};
