import type { Conformance, Journey, JourneyFacts } from '../src/journey.js';
import { counted, fapiHeaders, textAt } from '../src/journey-parts.js';

const base = '/fdx/v6';
const account = ({ answers }: JourneyFacts): string => textAt(answers['accounts'], 'accounts.0.accountId');
const consentRequest = {
  type: 'fdx_v1.0',
  consentRequest: { durationType: 'TIME_BOUND', durationPeriod: 90, lookbackPeriod: 60, resources: [{ resourceType: 'ACCOUNT', dataClusters: ['ACCOUNT_DETAILED', 'TRANSACTIONS'] }] },
};
const scope = 'openid fdx:consents fdx:accountdetailed:read fdx:transactions:read';

export const journeys: readonly Journey[] = [
  {
    name: 'accounts',
    says: 'See accounts and transactions under a consent request in authorization_details.',
    authorize: () => ({ responseType: 'code', way: 'pushed', parameters: { scope, authorization_details: JSON.stringify([consentRequest]) } }),
    consentIn: (tokens) => (typeof tokens['grant_id'] === 'string' ? tokens['grant_id'] : undefined),
    calls: [
      { says: 'Accounts', method: 'GET', url: () => `${base}/accounts`, headers: fapiHeaders, expect: 200, keep: 'accounts', tells: counted('accounts', 'accounts') },
      { says: 'Transactions of the first', method: 'GET', url: (facts) => `${base}/accounts/${account(facts)}/transactions`, headers: fapiHeaders, expect: 200, keep: 'transactions', tells: counted('transactions', 'transactions') },
      { says: 'The consent grant', method: 'GET', url: ({ consent }) => `${base}/consents/${consent ?? ''}`, headers: fapiHeaders, expect: 200, keep: 'consent', tells: (answer) => textAt(answer, 'status') },
    ],
    revoke: { says: 'The consent grant is revoked', method: 'PUT', url: ({ consent }) => `${base}/consents/${consent ?? ''}/revocation`, headers: fapiHeaders, as: 'json', body: () => ({ reason: 'USER_ACTION', initiator: 'DATA_RECIPIENT' }), expect: 204, keep: 'end' },
  },
];

export const conformance: Conformance = {
  plan: 'fapi2-security-profile-final-test-plan',
  variant: { client_auth_type: 'private_key_jwt', sender_constrain: 'mtls', fapi_profile: 'plain_fapi', openid: 'openid_connect', authorization_request_type: 'rar' },
  scope,
  inputs: ({ base: api }) => ({ resource: { resourceUrl: `${api}${base}/accounts`, richAuthorizationRequest: [consentRequest] } }),
  notes: ['The suite has no variant for this market: it is tested as plain FAPI 2.0 with a RAR payload.', 'The market’s own text was not read: it is experimental here.'],
};
