import { accountRoutes, headerRules, signOf, writeMoment, type AccountShapes } from '../src/read-write/index.js';
import type { ResourceDialect } from '../src/route.js';
import { accountClause, accountConsentRoutes, aisp } from './consents.js';
import { ukCodes, ukError } from './errors.js';
import { paymentRoutes } from './payments.js';
import { recurringRoutes } from './recurring.js';

/* OBReadAccount6, OBReadBalance1, OBReadTransaction6, OBReadParty2 (Open Banking Account and Transaction API v4.0). */

const typeCodes: Readonly<Record<string, string>> = { current: 'CACC', savings: 'SVGS', card: 'CARD', business: 'CACC' };

const shapes: AccountShapes = {
  account: ({ id, name, type, currency, iban }, { detail }) => ({
    AccountId: id,
    Status: 'Enabled',
    Currency: currency,
    AccountCategory: type === 'business' ? 'Business' : 'Personal',
    AccountTypeCode: typeCodes[type] ?? 'OTHR',
    Nickname: name,
    ...(detail && { Account: numbersOf(iban) }),
  }),
  balance: ({ id, amount, currency, asOf }) => ({ AccountId: id, ...signed(amount, currency), Type: 'ITBD', DateTime: writeMoment(asOf) }),
  transaction: (accountId, { id, bookedOn, valueOn, amount, currency, description, counterparty }, { detail }) => ({
    AccountId: accountId,
    TransactionId: id,
    ...signed(amount, currency),
    Status: 'BOOK',
    TransactionMutability: 'Immutable',
    BookingDateTime: `${bookedOn}T00:00:00+00:00`,
    ValueDateTime: `${valueOn}T00:00:00+00:00`,
    ...(detail && { TransactionInformation: description, [signOf(amount).debit ? 'CreditorAccount' : 'DebtorAccount']: { Name: counterparty } }),
  }),
  party: (subject, claims) => ({ PartyId: subject, PartyType: 'Sole', ...textOf('Name', claims['name']), ...textOf('EmailAddress', claims['email']), ...textOf('Phone', claims['phone_number']) }),
  data: (member, items) => ({ [member]: items }),
};

/** A zero balance is a credit. */
function signed(text: string, currency: string) {
  const { amount, debit } = signOf(text);
  return { CreditDebitIndicator: debit ? 'Debit' : 'Credit', Amount: { Amount: amount, Currency: currency } };
}

/** A British IBAN holds sort code and account number at its end. */
const numbersOf = (iban: string) => [
  ...(/^GB\d{2}[A-Z]{4}\d{14}$/.test(iban) ? [{ SchemeName: 'UK.OBIE.SortCodeAccountNumber', Identification: iban.slice(8) }] : []),
  { SchemeName: 'UK.OBIE.IBAN', Identification: iban },
];

const textOf = (member: string, value: unknown) => (typeof value === 'string' ? { [member]: value } : {});

export const ukResources: ResourceDialect = {
  headers: headerRules(ukCodes),
  error: ukError,
  routes: [
    ...accountConsentRoutes,
    ...accountRoutes({
      prefix: aisp,
      clause: accountClause,
      scope: 'accounts',
      codes: ukCodes,
      shapes,
      party: [
        { path: '/party', permissions: ['ReadPartyPSU'] },
        { path: '/accounts/:AccountId/party', permissions: ['ReadParty'] },
      ],
      empty: [
        { path: 'beneficiaries', member: 'Beneficiary', permissions: ['ReadBeneficiariesBasic', 'ReadBeneficiariesDetail'], says: 'Payees saved with an account: this bank keeps none.' },
        { path: 'direct-debits', member: 'DirectDebit', permissions: ['ReadDirectDebits'], says: 'Direct debits of an account: this bank keeps none.' },
        { path: 'standing-orders', member: 'StandingOrder', permissions: ['ReadStandingOrdersBasic', 'ReadStandingOrdersDetail'], says: 'Standing orders of an account: this bank keeps none.' },
        { path: 'scheduled-payments', member: 'ScheduledPayment', permissions: ['ReadScheduledPaymentsBasic', 'ReadScheduledPaymentsDetail'], says: 'Payments of an account on a later day: this bank keeps none.' },
      ],
    }),
    ...paymentRoutes,
    ...recurringRoutes,
  ],
};
