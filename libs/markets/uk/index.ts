import type { Market } from '../src/market.js';
import { accountAccess, domesticPayment, recurringPayments } from './details.js';
import { ukProfile } from './profile.js';
import { conformance, journeys } from './journey.js';
import { ukOnboarding } from './onboarding.js';
import { ukResources } from './resources.js';
import { ukVehicle } from './vehicle.js';

/** UK Open Banking, Read/Write API v4.0. */
export const uk: Market = {
  name: 'uk',
  title: 'UK Open Banking v4.0',
  maturity: 'stable',
  unverified: [
    'That no date is set for FAPI 2.0 in this market.',
    'Whether the intent id is asked for in UserInfo as well; it is answered there.',
    'Recurring payments (VRP) take one periodic limit, no fortnights and half years, and a creditor named in the consent.',
    'A consent that the customer ended at the bank stays ended: it cannot be authorised anew, as v4 would allow from CANC.',
    'Funds confirmation for card issuers (CBPII), other kinds of payments and their migration between versions are not there.',
    'What the organisation id in the signatures of a bank is outside of the Open Banking Directory; here it is the issuer identifier.',
  ],
  profile: ukProfile,
  issuer: {
    scopes: ['openid', 'accounts', 'payments'],
    acrValues: ['urn:openbanking:psd2:sca', 'urn:openbanking:psd2:ca'],
    subjectTypes: ['public', 'pairwise'],
    signingAlgs: ['PS256'],
    accessTokenAlg: 'PS256',
    claims: ['openbanking_intent_id'],
    silentScopes: ['accounts', 'payments'],
    resourceScopes: ['accounts', 'payments'],
  },
  consent: ukVehicle,
  refreshTokens: { life: 'none-when-once', clause: 'Open Banking Read-Write API Profile v4.0, Token Expiry Time' },
  interactionId: { at: [], whenAbsent: 'ignore', clause: 'Open Banking Read-Write API Profile v4.0, Headers: at the resources' },
  onboarding: ukOnboarding,
  journeys,
  conformance,
  details: [accountAccess, domesticPayment, recurringPayments],
  resources: ukResources,
};
