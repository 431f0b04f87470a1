import { formatIban } from '@assent/authorization-details';
import { dataSharingType } from '../src/data-sharing.js';
import { onePaymentType } from '../src/one-payment.js';
import type { CreditorAccount } from '../src/route.js';
import { recurringPaymentsType } from '../src/recurring-payments.js';
import { ukVocabulary } from './vocabulary.js';

/** Beginnings of ConsentIds, so that a request shows by its own which kind of consent it is about. */
export const namePrefixes = { accounts: 'aac-', payments: 'pdc-', recurring: 'vrp-' } as const;

export const accountAccess = dataSharingType({ type: 'urn:assent:uk:accounts', vocabulary: ukVocabulary });

/** Sort code and account number as they stand on cards and cheques. */
const accountText = (account: CreditorAccount): string => ('iban' in account ? formatIban(account.iban) : account.identification.replace(/^(\d{2})(\d{2})(\d{2})(\d{8})$/, '$1-$2-$3 $4'));

export const domesticPayment = onePaymentType({ type: 'urn:assent:uk:domestic-payment', accountText });
export const recurringPayments = recurringPaymentsType({ type: 'urn:assent:uk:domestic-vrp', accountText });
