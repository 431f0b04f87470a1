import { accountRoutes, headerRules, signOf, writeMoment, type AccountShapes } from '../src/read-write/index.js';
import type { ResourceDialect } from '../src/route.js';
import { consentRoutes } from './consents.js';
import { ksaCodes, ksaError } from './errors.js';

const typeCodes: Readonly<Record<string, string>> = { current: 'CurrentAccount', savings: 'Savings', card: 'CreditCard', business: 'CurrentAccount' };

const shapes: AccountShapes = {
  account: ({ id, name, type, currency, iban }, { detail }) => ({
    AccountId: id,
    Status: 'Active',
    Currency: currency,
    AccountType: type === 'business' ? 'KSAOB.Corporate' : 'KSAOB.Retail',
    AccountSubType: typeCodes[type] ?? 'Other',
    Description: name,
    ...(detail && { AccountIdentifiers: [{ IdentificationType: 'KSAOB.IBAN', Identification: iban }] }),
  }),
  balance: ({ id, amount, currency, asOf }) => ({ AccountId: id, ...signed(amount, currency), Type: 'KSAOB.InterimBooked', DateTime: writeMoment(asOf) }),
  transaction: (_accountId, { id, bookedOn, valueOn, amount, currency, description, counterparty }, { detail }) => ({
    TransactionId: id,
    TransactionDateTime: `${bookedOn}T00:00:00+00:00`,
    ...signed(amount, currency),
    Status: 'KSAOB.Booked',
    TransactionMutability: 'KSAOB.Immutable',
    BookingDateTime: `${bookedOn}T00:00:00+00:00`,
    ValueDateTime: `${valueOn}T00:00:00+00:00`,
    ...(detail && { TransactionInformation: description, [signOf(amount).debit ? 'CreditorAccount' : 'DebtorAccount']: { Name: counterparty } }),
  }),
  party: (subject, claims, permissions) => ({
    PartyId: subject,
    ...text('FullLegalName', claims['name']),
    ...text('EmailAddress', claims['email']),
    ...text('Phone', claims['phone_number']),
    ...(permissions.includes('ReadPartyPSUIdentity') && { ...text('DateOfBirth', claims['birthdate']), ...text('NationalIdentificationNumber', claims['national_identification_number']) }),
  }),
  data: (member, items, accountId) => ({ ...(accountId !== undefined && { AccountId: accountId }), [member]: items }),
};

function signed(amount: string, currency: string) {
  const sign = signOf(amount);
  return { CreditDebitIndicator: sign.debit ? 'KSAOB.Debit' : 'KSAOB.Credit', Amount: { Amount: sign.amount, Currency: currency } };
}

const text = (member: string, value: unknown) => (typeof value === 'string' ? { [member]: value } : {});

/** The market's API in one of its versions. */
export function ksaResources({ version, signed: signs }: { readonly version: string; readonly signed: boolean }): ResourceDialect {
  const [prefix, clause] = [`/open-banking/account-information/${version}`, `KSA Open Banking, Account Information Services ${version} (unverified)`];
  return {
    headers: headerRules(ksaCodes),
    error: ksaError,
    routes: [
      ...consentRoutes({ prefix, clause, signed: signs }),
      ...accountRoutes({
        prefix,
        clause,
        codes: ksaCodes,
        shapes,
        party: [
          { path: '/party', permissions: ['ReadPartyPSU', 'ReadPartyPSUIdentity'] },
          { path: '/accounts/:AccountId/parties', permissions: ['ReadParty'] },
        ],
        empty: [
          { path: 'beneficiaries', member: 'Beneficiary', permissions: ['ReadBeneficiariesBasic', 'ReadBeneficiariesDetail'], says: 'Payees saved with an account: this bank keeps none.' },
          { path: 'direct-debits', member: 'DirectDebit', permissions: ['ReadDirectDebits'], says: 'Direct debits of an account: this bank keeps none.' },
          { path: 'standing-orders', member: 'StandingOrder', permissions: ['ReadStandingOrdersBasic', 'ReadStandingOrdersDetail'], says: 'Standing orders of an account: this bank keeps none.' },
          { path: 'scheduled-payments', member: 'ScheduledPayment', permissions: ['ReadScheduledPaymentsBasic', 'ReadScheduledPaymentsDetail'], says: 'Payments of an account on a later day: this bank keeps none.' },
        ],
      }),
    ],
  };
}
