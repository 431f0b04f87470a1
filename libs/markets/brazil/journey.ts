import type { AuthorizationStep, Conformance, Journey, JourneyFacts } from '../src/journey.js';
import { counted, daysAhead, fapiHeaders, secondsOf, textAt } from '../src/journey-parts.js';

const consents = '/open-banking/consents/v3/consents';
const accountsPath = '/open-banking/accounts/v2/accounts';
const payments = '/open-banking/payments/v4';

/** A pushed request whose dynamic scope names the consent; acr is essential, whichever level it is (security profile 5.2.3). */
const authorize =
  (scope: string) =>
  ({ consent, uuid }: JourneyFacts): AuthorizationStep => ({
    responseType: 'code id_token',
    way: 'pushed',
    parameters: { scope: `openid ${scope} consent:${consent ?? ''}`, claims: JSON.stringify({ id_token: { acr: { essential: true } } }) },
    headers: { 'x-fapi-interaction-id': uuid() },
  });

const loggedUser = ({ customer }: JourneyFacts) => ({ document: { identification: customer['cpf'] ?? '', rel: 'CPF' } });

const data: Journey = {
  name: 'accounts',
  says: 'See accounts, balances and transactions under a consent of the customer with that CPF.',
  lodge: {
    says: 'Consent',
    method: 'POST',
    url: () => consents,
    scope: 'consents',
    headers: fapiHeaders,
    as: 'json',
    body: (facts) => ({ data: { loggedUser: loggedUser(facts), permissions: ['ACCOUNTS_READ', 'ACCOUNTS_BALANCES_READ', 'ACCOUNTS_TRANSACTIONS_READ', 'RESOURCES_READ'], expirationDateTime: daysAhead(facts, 180) } }),
    expect: 201,
    keep: 'consent',
    consent: (answer) => textAt(answer, 'data.consentId'),
  },
  authorize: authorize('accounts resources'),
  calls: [
    { says: 'Accounts', method: 'GET', url: () => accountsPath, headers: fapiHeaders, expect: 200, keep: 'accounts', tells: counted('data', 'accounts') },
    { says: 'Balance of the first', method: 'GET', url: ({ answers }) => `${accountsPath}/${textAt(answers['accounts'], 'data.0.accountId')}/balances`, headers: fapiHeaders, expect: 200, keep: 'balances' },
    { says: 'Its transactions', method: 'GET', url: ({ answers }) => `${accountsPath}/${textAt(answers['accounts'], 'data.0.accountId')}/transactions`, headers: fapiHeaders, expect: 200, keep: 'transactions', tells: counted('data', 'transactions') },
    { says: 'Resources', method: 'GET', url: () => '/open-banking/resources/v3/resources', headers: fapiHeaders, expect: 200, keep: 'resources', tells: counted('data', 'resources') },
    { says: 'The consent is authorised', method: 'GET', url: ({ consent }) => `${consents}/${consent ?? ''}`, with: 'client-token', headers: fapiHeaders, expect: 200, keep: 'consent', tells: (answer) => textAt(answer, 'data.status') },
  ],
  revoke: { says: 'The consent is deleted', method: 'DELETE', url: ({ consent }) => `${consents}/${consent ?? ''}`, with: 'client-token', headers: fapiHeaders, expect: 204, keep: 'end' },
};

const creditorAccount = { ispb: '12345678', issuer: '1774', number: '1234567890', accountType: 'CACC' };
const amount = { amount: '12.40', currency: 'BRL' };

/** The claims around a signed body (security profile 6.1). */
const envelope = (facts: JourneyFacts, url: string) => ({ iss: facts.organisationId, aud: `${facts.base}${url}`, iat: secondsOf(facts), jti: facts.uuid() });
const paying = (facts: JourneyFacts) => ({ ...fapiHeaders(facts), 'x-idempotency-key': facts.uuid() });
/** Brasilia is three hours behind. */
const today = ({ now }: JourneyFacts): string => new Date(now.getTime() - 3 * 3_600_000).toISOString().slice(0, 10);
const endToEndId = ({ now, uuid }: JourneyFacts): string => `E12345678${now.toISOString().replace(/\D/g, '').slice(0, 12)}${uuid().replace(/-/g, '').slice(0, 11)}`;

const pay: Journey = {
  name: 'payment',
  says: 'Pay once by Pix, exactly what the customer approved; every body a JWS, both ways.',
  lodge: {
    says: 'Payment consent, signed',
    method: 'POST',
    url: () => `${payments}/consents`,
    scope: 'payments',
    headers: paying,
    as: 'jwt',
    body: (facts) => ({
      ...envelope(facts, `${payments}/consents`),
      data: {
        loggedUser: loggedUser(facts),
        creditor: { personType: 'PESSOA_NATURAL', cpfCnpj: '52998224725', name: 'Marco Antonio de Brito' },
        payment: { type: 'PIX', date: today(facts), ...amount, details: { localInstrument: 'MANU', creditorAccount } },
      },
    }),
    expect: 201,
    keep: 'consent',
    consent: (answer) => textAt(answer, 'data.consentId'),
  },
  authorize: authorize('payments'),
  calls: [
    {
      says: 'Pay',
      method: 'POST',
      url: () => `${payments}/pix/payments`,
      headers: paying,
      as: 'jwt',
      body: (facts) => ({ ...envelope(facts, `${payments}/pix/payments`), data: [{ endToEndId: endToEndId(facts), localInstrument: 'MANU', payment: amount, creditorAccount, cnpjInitiator: '61820817000109', remittanceInformation: 'Fatura 1147' }] }),
      expect: 201,
      keep: 'payment',
      tells: (answer) => textAt(answer, 'data.0.status'),
    },
    { says: 'The consent is consumed', method: 'GET', url: ({ consent }) => `${payments}/consents/${consent ?? ''}`, with: 'client-token', headers: (facts) => ({ ...fapiHeaders(facts), accept: 'application/jwt' }), expect: 200, keep: 'consumed', tells: (answer) => textAt(answer, 'data.status') },
  ],
  consumed: true,
};

export const journeys: readonly Journey[] = [data, pay];

export const conformance: Conformance = {
  plan: 'fapi1-advanced-final-test-plan',
  variant: { client_auth_type: 'private_key_jwt', fapi_auth_request_method: 'pushed', fapi_profile: 'openbanking_brazil', fapi_response_mode: 'plain_response' },
  scope: 'openid accounts resources consents',
  inputs: ({ base, organisationId }) => ({
    resource: { resourceUrl: `${base}${accountsPath}`, consentUrl: `${base}${consents}`, brazilCpf: '52998224725', brazilOrganizationId: organisationId, brazilConsentPermissions: ['ACCOUNTS_READ', 'ACCOUNTS_BALANCES_READ', 'RESOURCES_READ'] },
  }),
  notes: ['The plan certifies PAR, private_key_jwt and plain responses only.', 'brazilCpf is the CPF of the customer who signs in: change both together.', 'Registration has a plan of its own: fapi1-advanced-final-brazil-dcr-test-plan; directory.keystore is the key set of the local directory.'],
};
