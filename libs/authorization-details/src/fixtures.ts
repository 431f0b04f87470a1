import type { AccountInformation } from './account-information/schema.js';
import type { PaymentInitiation } from './payment-initiation/schema.js';
import type { RecurringPayment } from './recurring-payment/schema.js';

/** The credit transfer of RFC 9396 section 2, and details like it. */
export const aPayment = (members: Partial<PaymentInitiation> = {}): PaymentInitiation => ({
  type: 'payment_initiation',
  actions: ['initiate', 'status', 'cancel'],
  locations: ['https://example.com/payments'],
  instructedAmount: { currency: 'EUR', amount: '123.50' },
  creditorName: 'Merchant A',
  creditorAccount: { iban: 'DE02100100109307118603' },
  remittanceInformationUnstructured: 'Ref Number Merchant',
  ...members,
});

export const accountAccess = (members: Partial<AccountInformation> = {}): AccountInformation => ({
  type: 'account_information',
  actions: ['list_accounts', 'read_balances', 'read_transactions'],
  locations: ['https://example.com/accounts'],
  ...members,
});

export const aMandate = (members: Partial<RecurringPayment> = {}): RecurringPayment => ({
  type: 'recurring_payment',
  creditorName: 'Bright Energy',
  creditorAccount: { iban: 'GB09HBNK40010112344821' },
  limits: { perPayment: { currency: 'GBP', amount: '80.00' }, perPeriod: { currency: 'GBP', amount: '120.00' }, period: 'month', paymentsPerPeriod: 2 },
  startsOn: '2027-01-01',
  endsOn: '2027-12-31',
  ...members,
});

export const without = <T extends object>(detail: T, ...names: (keyof T)[]): T => Object.fromEntries(Object.entries(detail).filter(([name]) => !names.includes(name as keyof T))) as T;
