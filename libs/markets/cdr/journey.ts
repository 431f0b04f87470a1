import type { Conformance, Journey, JourneyFacts } from '../src/journey.js';
import { counted, fapiHeaders, textAt } from '../src/journey-parts.js';

const base = '/cds-au/v1';
const days = 86_400;
const scope = 'openid profile bank:accounts.basic:read bank:accounts.detail:read bank:transactions:read common:customer.basic:read';

/** `x-v`, and what tells of a customer who is present (CDS HTTP Headers). */
const headers = (version: number) => (facts: JourneyFacts) => ({ ...fapiHeaders(facts), 'x-v': String(version), 'x-cds-client-headers': 'VGFsbHkgQnVkZ2V0' });
const first = ({ answers }: JourneyFacts): string => textAt(answers['accounts'], 'data.accounts.0.accountId');

export const journeys: readonly Journey[] = [
  {
    name: 'accounts',
    says: 'Arrange to see accounts, balances and transactions for ninety days.',
    authorize: () => ({
      responseType: 'code',
      responseMode: 'jwt',
      way: 'pushed',
      parameters: { scope, claims: JSON.stringify({ sharing_duration: 90 * days, id_token: { acr: { essential: true, values: ['urn:cds.au:cdr:2'] } } }) },
    }),
    consentIn: (tokens) => (typeof tokens['cdr_arrangement_id'] === 'string' ? tokens['cdr_arrangement_id'] : undefined),
    calls: [
      { says: 'Accounts', method: 'GET', url: () => `${base}/banking/accounts`, headers: headers(2), expect: 200, keep: 'accounts', tells: counted('data.accounts', 'accounts') },
      { says: 'The first in detail', method: 'GET', url: (facts) => `${base}/banking/accounts/${first(facts)}`, headers: headers(4), expect: 200, keep: 'account' },
      { says: 'Its balance', method: 'GET', url: (facts) => `${base}/banking/accounts/${first(facts)}/balance`, headers: headers(1), expect: 200, keep: 'balance', tells: (answer) => textAt(answer, 'data.currentBalance') },
      { says: 'Its transactions', method: 'GET', url: (facts) => `${base}/banking/accounts/${first(facts)}/transactions`, headers: headers(1), expect: 200, keep: 'transactions', tells: counted('data.transactions', 'transactions') },
      { says: 'The customer', method: 'GET', url: () => `${base}/common/customer`, headers: headers(1), expect: 200, keep: 'customer' },
    ],
    revoke: { says: 'The arrangement is revoked', method: 'POST', url: ({ endpoint }) => endpoint('cdr_arrangement_revocation_endpoint'), with: 'client-authentication', as: 'form', body: ({ consent }) => ({ cdr_arrangement_id: consent ?? '' }), expect: 204, keep: 'end' },
  },
];

export const conformance: Conformance = {
  plan: 'fapi1-advanced-final-test-plan',
  variant: { client_auth_type: 'private_key_jwt', fapi_auth_request_method: 'pushed', fapi_profile: 'consumerdataright_au', fapi_response_mode: 'jarm' },
  scope,
  inputs: ({ base: api }) => ({ resource: { resourceUrl: `${api}${base}/banking/accounts`, cdrVersion: '2' } }),
  notes: ['The plan certifies private_key_jwt and JARM only.', 'The FAPI 2 variant of the suite asks for encrypted ID tokens, which the standards of today ban: it is not for this issuer.'],
};
