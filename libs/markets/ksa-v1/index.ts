import type { Market } from '../src/market.js';
import { accountAccess } from '../ksa/details.js';
import { ksaIssuer, ksaUnverified } from '../ksa/index.js';
import { ksaConformance, ksaJourneys } from '../ksa/journey.js';
import { ksaOnboarding } from '../ksa/onboarding.js';
import { ksaResources } from '../ksa/resources.js';
import { ksaVehicle } from '../ksa/vehicle.js';
import { ksaV1Profile } from './profile.js';

const version = { prefix: '/open-banking/account-information/2022.11.01-final-errata2', signed: false, responseType: 'code id_token' } as const;

/** KSA Open Banking, first version: FAPI 1.0 Advanced, consents in JSON. */
export const ksaV1: Market = {
  name: 'ksa-v1',
  title: 'KSA Open Banking v1',
  maturity: 'experimental',
  unverified: ksaUnverified,
  profile: ksaV1Profile,
  issuer: { ...ksaIssuer, signingAlgs: ['PS256', 'ES256'] },
  consent: ksaVehicle,
  refreshTokens: { life: 'consent', clause: 'KSA Open Banking (unverified)' },
  interactionId: { at: [], whenAbsent: 'ignore', clause: 'KSA Open Banking (unverified): at the resources' },
  onboarding: ksaOnboarding,
  journeys: ksaJourneys(version),
  conformance: ksaConformance(version),
  details: [accountAccess],
  resources: ksaResources({ version: '2022.11.01-final-errata2', signed: false }),
};
