import { dataSharingType } from '../src/data-sharing.js';
import type { Market } from '../src/market.js';
import { codes, error } from './errors.js';
import { headers } from './headers.js';
import { conformance, journeys } from './journey.js';
import { cdrOnboarding } from './onboarding.js';
import { cdrProfile } from './profile.js';
import { routes } from './resources.js';
import { arrangementClaims } from './vehicle.js';
import { dataType, vocabulary } from './vocabulary.js';

/** Of a client that manages its own registration. */
const registration = 'cdr:registration';
const data = Object.keys(vocabulary.permissions);

/** The Australian Consumer Data Right: pushed requests, signed responses, arrangements that both sides can end. */
export const cdr: Market = {
  name: 'cdr',
  title: 'Australian Consumer Data Right, Consumer Data Standards 1.36.0',
  maturity: 'stable',
  unverified: [
    'Which status an arrangement of somebody else is refused with at the revocation endpoint (422) was seen in practice, not in the standards.',
    'Versions of the banking endpoints were read for their introduction, not for every change of their members.',
  ],
  profile: cdrProfile,
  issuer: {
    scopes: ['openid', 'profile', registration, ...data],
    acrValues: ['urn:cds.au:cdr:2', 'urn:cds.au:cdr:3'],
    subjectTypes: ['pairwise'],
    signingAlgs: ['PS256', 'ES256'],
    accessTokenAlg: 'PS256',
    claims: ['name', 'given_name', 'family_name', 'updated_at'],
    silentScopes: [registration, ...data],
    resourceScopes: [registration, ...data],
  },
  consent: arrangementClaims,
  refreshTokens: { life: 'none-when-once', clause: 'CDS Tokens; CDS Specifying Sharing Duration' },
  least: [
    { key: 'accessTokenLifetime', seconds: 120, clause: 'CDS Tokens: 2 to 10 minutes' },
    { key: 'requestUriLifetime', seconds: 10, clause: 'CDS Request Object: 10 to 90 seconds' },
  ],
  interactionId: { at: [], whenAbsent: 'ignore', clause: 'CDS HTTP Headers: of resource requests' },
  onboarding: cdrOnboarding,
  journeys,
  conformance,
  details: [dataSharingType({ type: dataType, vocabulary })],
  resources: { headers, error, routes },
  introspection: { of: ['refresh_token'], clause: 'CDS Introspection End Point' },
  arrangements: {
    clause: 'CDS CDR Arrangement Revocation End Point',
    member: 'cdr_arrangement_revocation_endpoint',
    path: 'arrangements/revoke',
    parameter: 'cdr_arrangement_id',
    whenEnded: 'refused',
    unknown: { status: 422, code: codes.invalidArrangement.code },
    notice: {
      address: ({ recipient_base_uri: base }) => (base === undefined ? undefined : `${base.replace(/\/$/, '')}/arrangements/revoke`),
      parameter: 'cdr_arrangement_jwt',
      claims: (name) => ({ cdr_arrangement_id: name }),
    },
  },
};
