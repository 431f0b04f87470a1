import type { AuthorizationStep, Conformance, Journey, JourneyFacts } from '../src/journey.js';
import { counted, daysAhead, fapiHeaders, secondsOf, textAt } from '../src/journey-parts.js';

interface Version {
  /** Where the version's API begins. */
  readonly prefix: string;
  /** Whether consents travel as JWTs. */
  readonly signed: boolean;
  readonly responseType: AuthorizationStep['responseType'];
}

const permissions = ['ReadAccountsBasic', 'ReadAccountsDetail', 'ReadBalances', 'ReadTransactionsDetail', 'ReadTransactionsCredits', 'ReadTransactionsDebits'];
const consent = (facts: JourneyFacts) => ({ Data: { Permissions: permissions, ExpirationDateTime: daysAhead(facts, 90) }, Risk: {} });

/** See accounts under a consent whose id stands in the scope, in one of the market's versions. */
export function ksaJourneys({ prefix, signed, responseType }: Version): readonly Journey[] {
  const sealed = (facts: JourneyFacts) => {
    const iat = secondsOf(facts);
    return { iss: facts.clientId, aud: [facts.issuer], iat, nbf: iat, exp: iat + 3600, message: consent(facts) };
  };
  const inside = (answer: unknown, path: string): string => textAt(answer, signed ? `message.${path}` : path);
  const headers = (facts: JourneyFacts) => ({ ...fapiHeaders(facts), ...(signed && { accept: 'application/jwt' }) });
  const account = ({ answers }: JourneyFacts): string => textAt(answers['accounts'], 'Data.Account.0.AccountId');
  return [
    {
      name: 'accounts',
      says: 'See accounts, balances and transactions under a consent whose id stands in the scope.',
      lodge: {
        says: signed ? 'Account-access consent, a signed JWT both ways' : 'Account-access consent',
        method: 'POST',
        url: () => `${prefix}/account-access-consents`,
        scope: 'accounts',
        headers,
        as: signed ? 'jwt' : 'json',
        body: signed ? sealed : consent,
        expect: 201,
        keep: 'consent',
        consent: (answer) => inside(answer, 'Data.ConsentId'),
      },
      authorize: ({ consent: id }) => ({ responseType, way: 'pushed', parameters: { scope: `accounts:${id ?? ''} openid` } }),
      calls: [
        { says: 'Accounts', method: 'GET', url: () => `${prefix}/accounts`, headers: fapiHeaders, expect: 200, keep: 'accounts', tells: counted('Data.Account', 'accounts') },
        { says: 'Balances of the first', method: 'GET', url: (facts) => `${prefix}/accounts/${account(facts)}/balances`, headers: fapiHeaders, expect: 200, keep: 'balances', tells: counted('Data.Balance', 'balances') },
        { says: 'Its transactions', method: 'GET', url: (facts) => `${prefix}/accounts/${account(facts)}/transactions`, headers: fapiHeaders, expect: 200, keep: 'transactions', tells: counted('Data.Transaction', 'transactions') },
        { says: 'The consent is authorised', method: 'GET', url: ({ consent: id }) => `${prefix}/account-access-consents/${id ?? ''}`, with: 'client-token', headers, expect: 200, keep: 'consent', tells: (answer) => inside(answer, 'Data.Status') },
      ],
      revoke: { says: 'The consent is deleted', method: 'DELETE', url: ({ consent: id }) => `${prefix}/account-access-consents/${id ?? ''}`, with: 'client-token', headers: fapiHeaders, expect: 204, keep: 'end' },
    },
  ];
}

/** What the conformance suite asks for, in one of the versions. */
export const ksaConformance = ({ prefix, signed }: Version): Conformance => ({
  plan: signed ? 'fapi2-message-signing-final-test-plan' : 'fapi1-advanced-final-test-plan',
  variant: signed
    ? { client_auth_type: 'private_key_jwt', sender_constrain: 'mtls', fapi_profile: 'ksa', openid: 'openid_connect', authorization_request_type: 'simple', fapi_request_method: 'signed_non_repudiation', fapi_response_mode: 'plain_response' }
    : { client_auth_type: 'private_key_jwt', fapi_auth_request_method: 'pushed', fapi_profile: 'openbanking_ksa', fapi_response_mode: 'plain_response' },
  scope: 'openid accounts',
  inputs: ({ base }) => ({ resource: { resourceUrl: `${base}${prefix}/accounts`, resourceUrlAccountRequests: `${base}${prefix}/account-access-consents` } }),
  notes: ['The suite sets the scope to accounts:<ConsentId> openid by itself.', 'SAMA’s own text was not read: the market is experimental here.'],
});
