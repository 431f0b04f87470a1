import { among } from '../bounds.js';
import { isSamePayee } from '../schema/payee.js';
import type { PaymentAction, PaymentInitiation } from './schema.js';

const usual: readonly PaymentAction[] = ['initiate', 'status'];
export const actionsOf = ({ actions = usual }: PaymentInitiation): readonly PaymentAction[] => actions;

/** Exactly the payment that was approved, not less of it either; what may be done with it can be narrower. */
export const isWithin = (asked: PaymentInitiation, granted: PaymentInitiation): boolean =>
  asked.instructedAmount.currency === granted.instructedAmount.currency &&
  asked.instructedAmount.amount === granted.instructedAmount.amount &&
  asked.endToEndIdentification === granted.endToEndIdentification &&
  isSamePayee(asked, granted) &&
  among(actionsOf(asked), actionsOf(granted));

/** A request that names the debtor's account by its IBAN means the account that was then chosen. */
export const complete = (asked: Partial<PaymentInitiation>, granted: PaymentInitiation): PaymentInitiation => ({
  ...granted,
  ...asked,
  ...(granted.debtorAccount && { debtorAccount: { ...granted.debtorAccount, ...asked.debtorAccount } }),
});
