import type { Market } from '../src/market.js';
import { identity } from './details/identity.js';
import { conformance, journeys } from './journey.js';
import { connectidOnboarding } from './onboarding.js';
import { connectIdProfile } from './profile.js';
import { connectIdResources } from './resources.js';
import { connectIdVehicle } from './vehicle.js';
import { trustFramework, verifiedClaims } from './verified.js';

/** ConnectID, the identity exchange of Australian Payments Plus, with the bank as identity provider. */
export const connectId: Market = {
  name: 'connectid',
  title: 'ConnectID (FAPI 2 Security Profile 1.0)',
  maturity: 'stable',
  unverified: [
    'Of the profile’s text only the openings could be read; the rules come from what the conformance suite tests.',
    'That every request must have a purpose, and that its length counts in characters.',
    'Shape and choice of the accounts in beneficiary_account_au, beneficiary_account_au_payid and beneficiary_account_international: they are told as the bank holds them.',
    'Requests by the back channel (poll, card number as login_hint, 3ds:payment_authorisation) are not there.',
  ],
  profile: connectIdProfile,
  issuer: {
    scopes: ['openid'],
    acrValues: ['urn:assent:acr:password'],
    subjectTypes: ['pairwise'],
    signingAlgs: ['PS256'],
    accessTokenAlg: 'PS256',
    claims: ['given_name', 'middle_name', 'family_name', 'email', 'birthdate', 'phone_number', 'address', 'txn'],
    silentScopes: [],
    resourceScopes: [],
  },
  consent: connectIdVehicle,
  refreshTokens: { life: 'none-when-once', clause: 'ours: an identity is told once' },
  interactionId: { at: ['par', 'token', 'userinfo'], whenAbsent: 'refuse', clause: 'ConnectID FAPI 2 Security Profile 1.0: x-fapi-interaction-id' },
  onboarding: connectidOnboarding,
  journeys,
  conformance,
  details: [identity],
  resources: connectIdResources,
  discovery: () => ({ verified_claims_supported: true, trust_frameworks_supported: [trustFramework], claims_in_verified_claims_supported: verifiedClaims }),
};
