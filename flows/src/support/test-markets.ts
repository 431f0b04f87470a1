import type { ConsentVehicle, Market } from '@assent/markets';
import { neutralMarket } from '@assent/markets/neutral';
import { fapiCiba, refine } from '@assent/profiles';
import { invalidRequest } from '@assent/protocol';

/*
 * Markets of no country, for what the engine does with each way a consent may travel.
 */

const clause = 'none: a test';
const dataType = neutralMarket.details[0]!.type;

/** Named by a claim of the request, and told again in ID tokens. */
const byClaim: ConsentVehicle = {
  says: 'the claim consent_id',
  clause,
  read({ claims }) {
    const name = claims?.id_token?.['consent_id']?.value;
    if (typeof name !== 'string') throw invalidRequest('claims must name the consent', 'TEST-01');
    return { kind: 'lodged', name };
  },
  tokenMembers: ({ name, expiresAt }) => ({ consent_id: name, consent_ends: expiresAt?.toISOString() ?? null }),
  introspectionMembers: ({ name }) => ({ consent_id: name }),
  idTokenClaims: ({ name, expiresAt }) => ({ consent_id: name, ...(expiresAt && { consent_ends: Math.floor(expiresAt.getTime() / 1000) }) }),
};

/** By the back channel, where the name of the consent stands for its customer. */
const byHint: ConsentVehicle = {
  says: 'login_hint',
  clause,
  read({ parameter, backchannel }) {
    const name = parameter('login_hint');
    return backchannel && name !== undefined ? { kind: 'lodged', name } : { kind: 'none' };
  },
  tokenMembers: ({ name }) => ({ consent_id: name }),
};

/** All of it is in the request's own parameters. */
const inParameters: ConsentVehicle = {
  says: 'parameters of the request',
  clause,
  read({ parameter }) {
    const [seconds, name, amends, follows] = ['sharing_duration', 'consent_id', 'amends', 'follows'].map(parameter);
    return {
      kind: 'carried',
      details: [{ type: dataType, permissions: (parameter('permissions') ?? 'ReadAccounts').split(' ') }],
      consentKind: 'data',
      ...(seconds !== undefined && { lifetime: Number(seconds) }),
      ...(name !== undefined && { name }),
      ...(amends !== undefined && { amends }),
      ...(follows !== undefined && { follows }),
      ...(parameter('several') !== undefined && { furtherAuthorisers: true }),
    };
  },
  tokenMembers: ({ name }) => ({ arrangement_id: name }),
  introspectionMembers: ({ name }) => ({ arrangement_id: name }),
};

const like = (name: string, over: Partial<Market>): Market => ({ ...neutralMarket, ...over, name, profile: refine(neutralMarket.profile, name, {}) });

/** Issuers of these names, one of each. */
export const testMarkets: readonly Market[] = [
  neutralMarket,
  like('claimed', { issuer: { ...neutralMarket.issuer, acrValues: ['urn:test:acr:claimed'] }, consent: byClaim, interactionId: { at: ['par', 'token', 'userinfo'], whenAbsent: 'refuse', clause } }),
  { ...like('called', { consent: byHint, interactionId: { at: ['backchannel'], whenAbsent: 'refuse', clause } }), profile: refine(fapiCiba, 'called', {}) },
  like('carried', {
    consent: inParameters,
    refreshTokens: { life: 'none-when-once', clause },
    arrangements: {
      clause,
      member: 'arrangement_revocation_endpoint',
      path: 'arrangements/revoke',
      whenEnded: 'done',
      parameter: 'arrangement_id',
      unknown: { status: 422, code: 'unknown_arrangement' },
      notice: { address: ({ recipient_base_uri: base }) => (base === undefined ? undefined : `${base}/arrangements/revoke`), parameter: 'arrangement_jwt', claims: (name) => ({ arrangement_id: name }) },
    },
  }),
];
export { dataType };
