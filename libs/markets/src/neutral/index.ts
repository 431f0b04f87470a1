import { refine, fapi2Security } from '@assent/profiles';
import { dataSharingType } from '../data-sharing.js';
import type { Market } from '../market.js';
import { lodgedByScope } from './consent.js';
import { neutralErrors } from './errors.js';
import { neutralHeaders } from './headers.js';
import { neutralPayments } from './payments.js';
import { neutralRoutes } from './resources.js';
import { dataType, neutralVocabulary } from './vocabulary.js';

/**
 * A market of no country, for tests of what all markets share: consents lodged at the bank and named by a scope,
 * accounts, and payments with signed bodies. It is not among the markets a configuration may name.
 */
export const neutralMarket: Market = {
  name: 'neutral',
  title: 'Neutral Market v1',
  maturity: 'experimental',
  unverified: ['There is no such market: nothing of it was published.'],
  profile: refine(fapi2Security, 'neutral', {}),
  issuer: {
    scopes: ['openid', 'accounts', 'payments'],
    acrValues: ['urn:assent:acr:password'],
    subjectTypes: ['public', 'pairwise'],
    signingAlgs: ['PS256', 'ES256'],
    accessTokenAlg: 'ES256',
    claims: ['name'],
    silentScopes: ['accounts', 'payments'],
    resourceScopes: ['accounts', 'payments'],
  },
  consent: lodgedByScope,
  refreshTokens: { life: 'consent', clause: 'none: the platform’s own' },
  least: [{ key: 'accessTokenLifetime', seconds: 30, clause: 'none: the platform’s own' }],
  interactionId: { at: ['par', 'token', 'userinfo'], whenAbsent: 'generate', clause: 'none: the platform’s own' },
  onboarding: { kind: 'configured', clause: 'none: the platform’s own' },
  details: [dataSharingType({ type: dataType, vocabulary: neutralVocabulary }), ...neutralPayments.details],
  resources: { headers: neutralHeaders, error: neutralErrors, routes: [...neutralRoutes, ...neutralPayments.routes] },
  discovery: ({ issuer }) => ({ neutral_service_documentation: `${issuer}/about` }),
};
