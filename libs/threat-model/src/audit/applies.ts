import { mustSignRequests } from '@assent/profiles';
import type { AttackId } from '../model/attacks.js';
import { clientsOf, ownSites, thirdParties, type Facts } from './facts.js';
import { hasAssertions, stateOf } from './judgements.js';

/** Why an attack has nothing to attack here; `undefined`: it has. */
type Reason = (facts: Facts) => string | undefined;

const needs = (holds: (facts: Facts) => boolean, otherwise: string): Reason => (facts) => (holds(facts) ? undefined : otherwise);

const thirdParty = needs(({ issuer }) => thirdParties(issuer).length > 0, 'no client of this issuer sends it customers');
const dpop = needs(({ issuer }) => issuer.policy.senderConstraint.includes('dpop'), 'this issuer knows no DPoP');
const assertions = needs(hasAssertions, 'no client of this issuer authenticates by assertion');
const grants = needs(({ issuer }) => issuer.grantManagement.actions.length > 0, 'this issuer offers no grant management');
const backchannel = needs(({ issuer }) => issuer.policy.ciba === 'on', 'this issuer takes no requests by the back channel');
const refresh = needs(({ issuer }) => clientsOf(issuer).some(({ grant_types: types }) => types.includes('refresh_token')), 'no client of this issuer has refresh tokens');

const byAttack: { readonly [K in AttackId]?: Reason } = {
  'TM-MIX-01': thirdParty, 'TM-MIX-02': thirdParty, 'TM-CODE-01': thirdParty, 'TM-CODE-02': thirdParty, 'TM-CODE-03': thirdParty, 'TM-PKCE-01': thirdParty, 'TM-PKCE-02': thirdParty,
  'TM-PAR-01': thirdParty, 'TM-PAR-02': thirdParty, 'TM-PAR-03': thirdParty, 'TM-PAR-04': thirdParty, 'TM-PAR-05': thirdParty, 'TM-PAR-06': thirdParty, 'TM-CSRF-01': thirdParty, 'TM-BRS-01': thirdParty,
  'TM-RED-03': thirdParty, 'TM-JARM-01': thirdParty,
  'TM-RED-02': needs((facts) => ownSites(facts).length > 0, 'no site of this deployment signs in here; third parties are others’ software'),
  'TM-LOG-01': needs((facts) => ownSites(facts).length > 0, 'no site of this deployment signs in here'),
  'TM-RT-01': refresh,
  'TM-TOK-03': dpop, 'TM-DPOP-01': dpop, 'TM-DPOP-02': dpop, 'TM-DPOP-03': dpop, 'TM-DPOP-04': dpop, 'TM-DPOP-05': dpop,
  'TM-CA-01': assertions, 'TM-CA-02': assertions,
  'TM-JAR-01': needs(({ issuer }) => thirdParties(issuer).some((client) => mustSignRequests(client, issuer.policy)), 'no client of this issuer signs its requests'),
  'TM-INT-02': needs((facts) => stateOf('signed-introspection', facts).state === 'on', 'answers about tokens are not signed here: nobody promised them to be'),
  'TM-GRNT-01': grants, 'TM-GRNT-02': grants,
  'TM-CIBA-01': backchannel, 'TM-CIBA-02': backchannel, 'TM-CIBA-03': backchannel, 'TM-CIBA-04': backchannel,
  'TM-SF-01': needs((facts) => stateOf('acted-on-with-token', facts).state === 'on', 'nothing is executed for this issuer’s customers'),
}; // prettier-ignore

/** Why the attack has nothing to attack at this issuer, if so. */
export const notApplicable = (attack: AttackId, facts: Facts): string | undefined => byAttack[attack]?.(facts);
