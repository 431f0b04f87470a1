import type { Conformance, Journey, JourneyFacts } from '../src/journey.js';
import { counted, daysAhead, fapiHeaders, secondsOf, textAt } from '../src/journey-parts.js';

const base = '/open-finance/account-information/v2.1';
const payments = '/open-finance/payment/v2.1';
const account = ({ answers }: JourneyFacts): string => textAt(answers['accounts'], 'Data.Account.0.AccountId');
/** The third party names its consent: the id it will ask about. */
const detail = (id: string, facts: Pick<JourneyFacts, 'now'>) => ({
  type: 'urn:openfinanceuae:account-access-consent:v2.1',
  consent: {
    ConsentId: id,
    Permissions: ['ReadAccountsBasic', 'ReadAccountsDetail', 'ReadBalances', 'ReadTransactionsBasic', 'ReadTransactionsDetail'],
    ExpirationDateTime: daysAhead(facts, 90),
    OpenFinanceBilling: { UserType: 'Retail', Purpose: 'AccountAggregation' },
  },
});

const amount = { Amount: '85.00', Currency: 'AED' };
/** What is agreed to and what is paid must be the same in each of these. */
const agreed = { PaymentPurposeCode: 'ACM', DebtorReference: 'Invoice 1147', CreditorReference: 'Invoice 1147' };
const creditor = { Creditor: { Name: 'Palm Stationery' }, CreditorAccount: { SchemeName: 'IBAN', Identification: 'AE070331234567890123456', Name: { en: 'Palm Stationery LLC' } } };

const paymentDetail = (facts: JourneyFacts) => ({
  type: 'urn:openfinanceuae:service-initiation-consent:v2.1',
  consent: {
    ConsentId: facts.uuid(),
    IsSingleAuthorization: true,
    ExpirationDateTime: daysAhead(facts, 1),
    ControlParameters: { ConsentSchedule: { SinglePayment: { Type: 'SingleInstantPayment', Amount: amount } } },
    PersonalIdentifiableInformation: { Initiation: { Creditor: [creditor] } },
    ...agreed,
  },
});

const pay: Journey = {
  name: 'payment',
  says: 'Pay once in dirhams, exactly what the customer approved; the order and its answer signed.',
  clientScope: 'payments',
  authorize: (facts) => ({ responseType: 'code', way: 'pushed', parameters: { scope: 'payments openid', authorization_details: JSON.stringify([paymentDetail(facts)]) } }),
  consentIn: (tokens) => textAt(tokens, 'authorization_details.0.consent.ConsentId'),
  calls: [
    {
      says: 'Pay',
      method: 'POST',
      url: () => `${payments}/payments`,
      headers: (facts) => ({ ...fapiHeaders(facts), 'x-idempotency-key': facts.uuid() }),
      as: 'jwt',
      body: (facts) => ({ iss: facts.clientId, aud: facts.issuer, iat: secondsOf(facts), exp: secondsOf(facts) + 300, Data: { ConsentId: facts.consent ?? '', Instruction: { Amount: amount }, ...agreed } }),
      expect: 201,
      keep: 'payment',
      tells: (answer) => textAt(answer, 'Data.Status'),
    },
    { says: 'The consent is consumed', method: 'GET', url: ({ consent }) => `${payments}/payment-consents/${consent ?? ''}`, with: 'client-token', headers: fapiHeaders, expect: 200, keep: 'consumed', tells: (answer) => textAt(answer, 'Data.Status') },
  ],
  consumed: true,
};

export const journeys: readonly Journey[] = [
  {
    name: 'accounts',
    says: 'See accounts, balances and transactions under a consent in authorization_details, under an id the third party chose.',
    clientScope: 'accounts',
    authorize: (facts) => ({ responseType: 'code', way: 'pushed', parameters: { scope: 'accounts openid', authorization_details: JSON.stringify([detail(facts.uuid(), facts)]) } }),
    consentIn: (tokens) => textAt(tokens, 'authorization_details.0.consent.ConsentId'),
    calls: [
      { says: 'Accounts', method: 'GET', url: () => `${base}/accounts`, headers: fapiHeaders, expect: 200, keep: 'accounts', tells: counted('Data.Account', 'accounts') },
      { says: 'Balances of the first', method: 'GET', url: (facts) => `${base}/accounts/${account(facts)}/balances`, headers: fapiHeaders, expect: 200, keep: 'balances', tells: counted('Data.Balance', 'balances') },
      { says: 'Its transactions', method: 'GET', url: (facts) => `${base}/accounts/${account(facts)}/transactions`, headers: fapiHeaders, expect: 200, keep: 'transactions', tells: counted('Data.Transaction', 'transactions') },
      { says: 'The consent is authorised', method: 'GET', url: ({ consent }) => `${base}/account-access-consents/${consent ?? ''}`, with: 'client-token', headers: fapiHeaders, expect: 200, keep: 'consent', tells: (answer) => textAt(answer, 'Data.Status') },
    ],
    revoke: { says: 'The consent is revoked', method: 'PATCH', url: ({ consent }) => `${base}/account-access-consents/${consent ?? ''}`, with: 'client-token', headers: fapiHeaders, as: 'json', body: () => ({ Data: { Status: 'Revoked', RevokedBy: 'TPP' } }), expect: 204, keep: 'end' },
  },
  pay,
];

export const conformance: Conformance = {
  plan: 'fapi2-message-signing-final-test-plan',
  variant: { client_auth_type: 'private_key_jwt', sender_constrain: 'mtls', fapi_profile: 'cbuae', openid: 'openid_connect', authorization_request_type: 'rar', fapi_request_method: 'signed_non_repudiation', fapi_response_mode: 'plain_response' },
  scope: 'accounts openid',
  inputs: ({ base: api }) => ({
    resource: { resourceUrl: `${api}${base}/accounts`, richAuthorizationRequest: [detail('b8f42378-10ac-46a1-8d20-4e020484216d', { now: new Date('2027-06-01T00:00:00Z') })] },
  }),
  notes: ['Only private_key_jwt, signed requests, RAR and mTLS are certified.', 'ConsentId must be another one in each run: change richAuthorizationRequest in both clients.'],
};
