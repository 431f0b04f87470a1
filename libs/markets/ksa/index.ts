import type { Market } from '../src/market.js';
import { accountAccess } from './details.js';
import { ksaConformance, ksaJourneys } from './journey.js';
import { ksaOnboarding } from './onboarding.js';
import { ksaProfile } from './profile.js';
import { ksaResources } from './resources.js';
import { ksaVehicle } from './vehicle.js';

/** What no text of SAMA that was read says, of both versions. */
export const ksaUnverified = [
  'SAMA’s own specification: only the behaviour of the OpenID Foundation’s conformance suite, and public examples of clients, were read.',
  'Registration, software statements and the roles of the trust framework.',
  'Error codes, taken to be those of UK Open Banking v3 under the name KSAOB.',
  'States of consents, purposes beside two, account types beside three, and members of accounts, balances, transactions and parties.',
  'Paths, taken from examples of clients.',
  'Whether a NationalIdentificationNumber binds the customer, and AccountType the accounts on offer; here the first does and the second does not.',
  'Payments and CIBA, of which there is nothing here.',
];

export const ksaIssuer: Market['issuer'] = {
  scopes: ['openid', 'accounts'],
  acrValues: ['urn:assent:acr:password'],
  subjectTypes: ['public', 'pairwise'],
  signingAlgs: ['PS256'],
  accessTokenAlg: 'PS256',
  claims: ['name', 'email', 'phone_number', 'birthdate', 'national_identification_number'],
  silentScopes: ['accounts'],
  resourceScopes: ['accounts'],
};

const version = { prefix: '/open-banking/account-information/2024.09.01-final-errata1', signed: true, responseType: 'code' } as const;

/** KSA Open Banking, second version: FAPI 2.0 Message Signing, consents as signed JWTs. */
export const ksa: Market = {
  name: 'ksa',
  title: 'KSA Open Banking v2',
  maturity: 'experimental',
  unverified: [...ksaUnverified, 'Which answers are signed beside those about consents.'],
  profile: ksaProfile,
  issuer: ksaIssuer,
  consent: ksaVehicle,
  refreshTokens: { life: 'consent', clause: 'KSA Open Banking (unverified)' },
  interactionId: { at: [], whenAbsent: 'ignore', clause: 'KSA Open Banking (unverified): at the resources' },
  onboarding: ksaOnboarding,
  journeys: ksaJourneys(version),
  conformance: ksaConformance(version),
  details: [accountAccess],
  resources: ksaResources({ version: '2024.09.01-final-errata1', signed: true }),
};
