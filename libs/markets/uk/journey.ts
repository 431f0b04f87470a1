import type { AuthorizationStep, Conformance, Journey, JourneyFacts } from '../src/journey.js';
import { at, counted, daysAhead, fapiHeaders, secondsOf, textAt } from '../src/journey-parts.js';

const aisp = '/open-banking/v4.0/aisp';
const pisp = '/open-banking/v4.0/pisp';
const names = ['iat', 'iss', 'tan'].map((name) => `http://openbanking.org.uk/${name}`) as [string, string, string];

/** A request object by value that names the consent, and asks for strong authentication. */
const authorize =
  (scope: string) =>
  ({ consent }: JourneyFacts): AuthorizationStep => ({
    responseType: 'code id_token',
    way: 'value',
    parameters: {
      scope: `openid ${scope}`,
      claims: JSON.stringify({
        userinfo: { openbanking_intent_id: { value: consent, essential: true } },
        id_token: { openbanking_intent_id: { value: consent, essential: true }, acr: { essential: true, values: ['urn:openbanking:psd2:sca', 'urn:openbanking:psd2:ca'] } },
      }),
    },
  });

const accounts: Journey = {
  name: 'accounts',
  says: 'See accounts, balances and transactions under an account-access consent.',
  lodge: {
    says: 'Account-access consent',
    method: 'POST',
    url: () => `${aisp}/account-access-consents`,
    scope: 'accounts',
    headers: fapiHeaders,
    as: 'json',
    body: (facts) => ({ Data: { Permissions: ['ReadAccountsDetail', 'ReadBalances', 'ReadTransactionsDetail', 'ReadTransactionsCredits', 'ReadTransactionsDebits'], ExpirationDateTime: daysAhead(facts, 90) }, Risk: {} }),
    expect: 201,
    keep: 'consent',
    consent: (answer) => textAt(answer, 'Data.ConsentId'),
  },
  authorize: authorize('accounts'),
  calls: [
    { says: 'Accounts', method: 'GET', url: () => `${aisp}/accounts`, headers: fapiHeaders, expect: 200, keep: 'accounts', tells: counted('Data.Account', 'accounts') },
    { says: 'Balances of the first', method: 'GET', url: ({ answers }) => `${aisp}/accounts/${textAt(answers['accounts'], 'Data.Account.0.AccountId')}/balances`, headers: fapiHeaders, expect: 200, keep: 'balances', tells: counted('Data.Balance', 'balances') },
    { says: 'Its transactions', method: 'GET', url: ({ answers }) => `${aisp}/accounts/${textAt(answers['accounts'], 'Data.Account.0.AccountId')}/transactions`, headers: fapiHeaders, expect: 200, keep: 'transactions', tells: counted('Data.Transaction', 'transactions') },
    { says: 'The consent is authorised', method: 'GET', url: ({ consent }) => `${aisp}/account-access-consents/${consent ?? ''}`, with: 'client-token', headers: fapiHeaders, expect: 200, keep: 'consent', tells: (answer) => textAt(answer, 'Data.Status') },
  ],
  revoke: { says: 'The consent is deleted', method: 'DELETE', url: ({ consent }) => `${aisp}/account-access-consents/${consent ?? ''}`, with: 'client-token', headers: fapiHeaders, expect: 204, keep: 'end' },
};

const payment = {
  InstructionIdentification: 'TALLY-0001',
  EndToEndIdentification: 'TALLY.2026.0001',
  InstructedAmount: { Amount: '12.40', Currency: 'GBP' },
  CreditorAccount: { SchemeName: 'UK.OBIE.SortCodeAccountNumber', Identification: '08080021325698', Name: 'Bright Energy Supply Ltd' },
  RemittanceInformation: { Unstructured: ['Invoice 2026-1147'] },
};
const risk = { PaymentContextCode: 'BillingGoodsAndServicesInAdvance' };

/** Private header parameters of x-jws-signature. */
const detached = (facts: JourneyFacts) => ({
  header: 'x-jws-signature',
  protected: { [names[0]]: secondsOf(facts), [names[1]]: facts.organisationId, [names[2]]: 'openbanking.org.uk', crit: names },
});
const paying = (facts: JourneyFacts) => ({ ...fapiHeaders(facts), 'x-idempotency-key': facts.uuid() });

const pay: Journey = {
  name: 'payment',
  says: 'Pay once, exactly what the customer approved, with signed bodies.',
  lodge: {
    says: 'Domestic payment consent, signed',
    method: 'POST',
    url: () => `${pisp}/domestic-payment-consents`,
    scope: 'payments',
    headers: paying,
    as: 'json',
    body: () => ({ Data: { Initiation: payment }, Risk: risk }),
    detached,
    expect: 201,
    keep: 'consent',
    consent: (answer) => textAt(answer, 'Data.ConsentId'),
  },
  authorize: authorize('payments'),
  calls: [
    { says: 'Whether the account holds it', method: 'GET', url: ({ consent }) => `${pisp}/domestic-payment-consents/${consent ?? ''}/funds-confirmation`, headers: fapiHeaders, expect: 200, keep: 'funds', tells: (answer) => String(at(answer, 'Data.FundsAvailableResult.FundsAvailable')) },
    { says: 'Pay', method: 'POST', url: () => `${pisp}/domestic-payments`, headers: paying, as: 'json', body: ({ consent }) => ({ Data: { ConsentId: consent, Initiation: payment }, Risk: risk }), detached, expect: 201, keep: 'payment', tells: (answer) => textAt(answer, 'Data.Status') },
    { says: 'What became of it', method: 'GET', url: ({ answers }) => `${pisp}/domestic-payments/${textAt(answers['payment'], 'Data.DomesticPaymentId')}`, with: 'client-token', headers: fapiHeaders, expect: 200, keep: 'told', tells: (answer) => textAt(answer, 'Data.Status') },
    { says: 'The consent is consumed', method: 'GET', url: ({ consent }) => `${pisp}/domestic-payment-consents/${consent ?? ''}`, with: 'client-token', headers: fapiHeaders, expect: 200, keep: 'consumed', tells: (answer) => textAt(answer, 'Data.Status') },
  ],
  consumed: true,
};

export const journeys: readonly Journey[] = [accounts, pay];

export const conformance: Conformance = {
  plan: 'fapi1-advanced-final-test-plan',
  variant: { client_auth_type: 'private_key_jwt', fapi_auth_request_method: 'by_value', fapi_profile: 'openbanking_uk', fapi_response_mode: 'plain_response' },
  scope: 'openid accounts',
  inputs: ({ base }) => ({ resource: { resourceUrl: `${base}${aisp}/accounts`, resourceUrlAccountRequests: `${base}${aisp}/account-access-consents`, resourceUrlAccountsResource: `${base}${aisp}/accounts`, institution_id: 'assent' } }),
  notes: ['The plan does not certify PAR or JARM for this market.', 'It warns when the server’s key set is not at keystore.openbanking.org.uk.'],
};
