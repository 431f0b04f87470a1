import type { Conformance, Journey, JourneyFacts } from '../src/journey.js';
import { at } from '../src/journey-parts.js';

const claims = { userinfo: { given_name: { essential: true }, family_name: { essential: true }, birthdate: null, txn: null, verified_claims: { verification: { trust_framework: { value: 'au_connectid' } }, claims: { over18: null } } } };
const headers = ({ uuid }: JourneyFacts) => ({ 'x-fapi-interaction-id': uuid() });

export const journeys: readonly Journey[] = [
  {
    name: 'identity',
    says: 'Ask who somebody is, for a purpose they are shown, and whether they are eighteen.',
    authorize: (facts) => ({ responseType: 'code', way: 'pushed', parameters: { scope: 'openid', purpose: 'To open an account for you without a visit to a branch.', claims: JSON.stringify(claims) }, headers: headers(facts) }),
    calls: [{ says: 'UserInfo', method: 'GET', url: ({ endpoint }) => endpoint('userinfo_endpoint'), headers, expect: 200, keep: 'userinfo', tells: (answer) => `${String(at(answer, 'given_name'))}, over 18: ${String(at(answer, 'verified_claims.claims.over18'))}` }],
  },
];

export const conformance: Conformance = {
  plan: 'fapi2-message-signing-final-test-plan',
  variant: { client_auth_type: 'private_key_jwt', sender_constrain: 'mtls', fapi_profile: 'connectid_au', openid: 'openid_connect', authorization_request_type: 'simple', fapi_request_method: 'signed_non_repudiation', fapi_response_mode: 'plain_response' },
  scope: 'openid',
  inputs: ({ issuer }) => ({ resource: { resourceUrl: `${issuer}/userinfo` } }),
  notes: ['There is no registration: the two clients are those the directory tells the bank of.'],
};
