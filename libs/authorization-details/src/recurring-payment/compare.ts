import { atLeast, atMost } from '../bounds.js';
import { unitsOf, type Money } from '../schema/money.js';
import { isSamePayee } from '../schema/payee.js';
import type { RecurringLimits, RecurringPayment } from './schema.js';

/** The same payee, not more per payment or period, not earlier, not longer. */
export const isWithin = (asked: RecurringPayment, granted: RecurringPayment): boolean =>
  isSamePayee(asked, granted) && areWithin(asked.limits, granted.limits) && atLeast(asked.startsOn, granted.startsOn) && atMost(asked.endsOn, granted.endsOn);

/** A limit per week says nothing about one per month: only like is compared with like. */
const areWithin = (asked: RecurringLimits, granted: RecurringLimits): boolean =>
  asked.period === granted.period &&
  isAtMost(asked.perPayment, granted.perPayment) &&
  isAtMost(asked.perPeriod, granted.perPeriod) &&
  atMost(asked.paymentsPerPeriod, granted.paymentsPerPeriod);

const isAtMost = (asked: Money, granted: Money): boolean => asked.currency === granted.currency && unitsOf(asked) <= unitsOf(granted);

/** Limits and debtor's account go by their own members. */
export const complete = (asked: Partial<RecurringPayment>, granted: RecurringPayment): RecurringPayment => ({
  ...granted,
  ...asked,
  limits: { ...granted.limits, ...asked.limits },
  ...(granted.debtorAccount && { debtorAccount: { ...granted.debtorAccount, ...asked.debtorAccount } }),
});
