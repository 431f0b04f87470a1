/* Requests as the market's third parties send them. */

type Members = Readonly<Record<string, unknown>>;

export const dataConsent = (consent: Members = {}, more: Members = {}): Members => ({
  type: 'urn:openfinanceuae:account-access-consent:v2.1',
  consent: {
    ConsentId: 'b8f42378-10ac-46a1-8d20-4e020484216d',
    Permissions: ['ReadAccountsBasic', 'ReadAccountsDetail', 'ReadBalances', 'ReadTransactionsBasic', 'ReadTransactionsDetail'],
    ExpirationDateTime: '2027-12-25T23:00:00.000Z',
    OpenFinanceBilling: { UserType: 'Retail', Purpose: 'AccountAggregation' },
    ...consent,
  },
  ...more,
});

export const creditor = { Creditor: { Name: 'Ivan England' }, CreditorAccount: { SchemeName: 'IBAN', Identification: 'AE070331234567890123456', Name: { en: 'Ivan David England' } } };

export const paymentConsent = (consent: Members = {}, more: Members = {}): Members => ({
  type: 'urn:openfinanceuae:service-initiation-consent:v2.1',
  consent: {
    ConsentId: 'c8f42378-10ac-46a1-8d20-4e020484216d',
    IsSingleAuthorization: true,
    ExpirationDateTime: '2027-01-02T00:00:00+00:00',
    ControlParameters: { ConsentSchedule: { SinglePayment: { Type: 'SingleInstantPayment', Amount: { Amount: '100.00', Currency: 'AED' } } } },
    PersonalIdentifiableInformation: { Initiation: { Creditor: [creditor] } },
    PaymentPurposeCode: 'ACM',
    DebtorReference: 'Invoice 1234',
    CreditorReference: 'Invoice 1234',
    ...consent,
  },
  ...more,
});
