import type { DetailType } from '../detail-type.js';
import { debtorOf, mayPayFrom, withDebtor } from '../schema/payee.js';
import { unionOf } from '../union.js';
import { actionsOf, complete, isWithin } from './compare.js';
import { present } from './present.js';
import { fault, schema, type PaymentInitiation } from './schema.js';

/**
 * `payment_initiation`: one payment, made once. Two payments that are equal in everything are one and the same; a
 * client that means two tells them apart by `endToEndIdentification`.
 */
export const paymentInitiation: DetailType<PaymentInitiation> = {
  type: 'payment_initiation',
  kind: 'payment',
  schema,
  fault,
  isWithin,
  complete,
  merge: (existing, added) => unionOf([...existing, ...added], { isWithin, lists: ['actions', 'locations'] }),
  enrich: (detail, { accounts, identifier }) => ({ ...withDebtor(detail, accounts), actions: [...actionsOf(detail)].sort(), identifier: detail.identifier ?? identifier }),
  picks: () => 'one-account',
  offers: mayPayFrom,
  accounts: debtorOf,
  withoutAccount: (detail, accountId) => (debtorOf(detail).includes(accountId) ? undefined : detail),
  present,
  enforced: [
    'initiate accepts exactly the payment described (amount, currency, creditor, reference, end-to-end identification), from debtorAccount, once: identifier is spent by it.',
    'status shows that payment and no other; cancel withdraws it while it can be withdrawn.',
  ],
};
