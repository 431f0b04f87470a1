import { dataSharingType } from '../src/data-sharing.js';
import type { Market } from '../src/market.js';
import { onePaymentType } from '../src/one-payment.js';
import { consentRoutes } from './consents.js';
import { customerRoutes } from './customers.js';
import { error } from './errors.js';
import { conformance, journeys } from './journey.js';
import { brazilOnboarding } from './onboarding.js';
import { paymentRoutes } from './payments.js';
import { brazilProfile } from './profile.js';
import { resourceRoutes } from './resources.js';
import { consentedScopes, consentScope } from './vehicle.js';
import { dataType, paymentType, vocabulary } from './vocabulary.js';

/** Open Finance Brasil: consents at the bank's API, named by a scope; encrypted ID tokens; signed payments. */
export const brazil: Market = {
  name: 'brazil',
  title: 'Open Finance Brasil, security profile v2',
  maturity: 'stable',
  unverified: [
    'The text of version 2 of the security profile was read in excerpts; what the conformance suite tests of it was read whole.',
    'Versions and error codes of the resources API (v3) and the payments API (v4) were not read in the market’s own definitions.',
    'That requests by the back channel must be encrypted: they may be, and one that is only signed is taken too.',
  ],
  profile: brazilProfile,
  issuer: {
    scopes: ['openid', 'consents', ...consentedScopes],
    acrValues: ['urn:brasil:openbanking:loa2', 'urn:brasil:openbanking:loa3'],
    subjectTypes: ['public'],
    signingAlgs: ['PS256'],
    accessTokenAlg: 'PS256',
    claims: ['name', 'given_name', 'family_name', 'email', 'cpf', 'cnpj'],
    silentScopes: ['consents', ...consentedScopes],
    resourceScopes: ['consents', ...consentedScopes],
  },
  consent: consentScope,
  refreshTokens: { life: 'none-when-once', clause: 'Open Finance Brasil security profile 7.2.2: refused unless AUTHORISED, none when CONSUMED' },
  least: [
    { key: 'accessTokenLifetime', seconds: 300, clause: 'Open Finance Brasil security profile 5.2.2: 300 to 900 seconds' },
    { key: 'requestUriLifetime', seconds: 60, clause: 'Open Finance Brasil security profile 5.2.2: 60 seconds at least' },
  ],
  interactionId: { at: ['par', 'token', 'userinfo', 'introspection', 'revocation', 'backchannel'], whenAbsent: 'refuse', clause: 'Open Finance Brasil security profile 5.2.2-23' },
  onboarding: brazilOnboarding,
  journeys,
  conformance,
  details: [dataSharingType({ type: dataType, vocabulary }), onePaymentType({ type: paymentType, ownWords: ['remittance', 'endToEndId'], accountText: (account) => ('iban' in account ? account.iban : `ISPB ${account.identification.replaceAll('/', ' · ')}`) })],
  resources: {
    headers: { interactionId: { whenAbsent: 'refuse', whenMalformed: 'refuse' } },
    error,
    routes: [...consentRoutes, ...customerRoutes, ...resourceRoutes, ...paymentRoutes],
  },
};
