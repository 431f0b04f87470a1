import type { DetailType } from '../detail-type.js';
import { debtorOf, mayPayFrom, withDebtor } from '../schema/payee.js';
import { unionOf } from '../union.js';
import { complete, isWithin } from './compare.js';
import { present } from './present.js';
import { dayAfter, fault, schema, type RecurringPayment } from './schema.js';

/** `recurring_payment`: payments to one payee within limits per payment and per period, enforced over time. */
export const recurringPayment: DetailType<RecurringPayment> = {
  type: 'recurring_payment',
  kind: 'payment',
  schema,
  fault,
  isWithin,
  complete,
  merge: (existing, added) => unionOf([...existing, ...added], { isWithin, lists: ['locations'] }),
  enrich: (detail, { accounts, identifier }) => ({ ...withDebtor(detail, accounts), identifier: detail.identifier ?? identifier }),
  picks: () => 'one-account',
  offers: mayPayFrom,
  accounts: debtorOf,
  withoutAccount: (detail, accountId) => (debtorOf(detail).includes(accountId) ? undefined : detail),
  endsAt: ({ endsOn }) => (endsOn === undefined ? undefined : dayAfter(endsOn)),
  present,
  enforced: [
    'Payments go to creditorAccount only, from debtorAccount, with the reference described, where there is one.',
    'No payment is above limits.perPayment; the payments of a calendar period (UTC; weeks begin on Monday) together are not above limits.perPeriod, and not more than limits.paymentsPerPeriod.',
    'What was paid is counted by identifier, over all tokens that carry it.',
    'No payment before startsOn or after endsOn.',
  ],
};
