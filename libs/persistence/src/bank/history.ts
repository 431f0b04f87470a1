import { createHash } from 'node:crypto';
import { isWeekend, type Day } from './calendar.js';
import { Chance } from './chance.js';
import type { Entry } from './entry.js';
import { dayOfKind, householdOf } from './habits.js';

export interface AccountState {
  readonly id: string;
  readonly type: string;
  readonly currency: string;
  /** Of the last booked transaction, 0 when there is none. */
  readonly sequence: number;
  /** Cents. */
  readonly balance: number;
  /** The first day to make up. */
  readonly from: Day;
}

export interface Booked extends Entry {
  readonly account: AccountState;
  readonly sequence: number;
  readonly id: string;
  readonly bookedOn: Day;
  readonly valueOn: Day;
  readonly balanceAfter: number;
}

/**
 * The account's transactions of each day up to and with `until`. A day depends on nothing but the account, the day and
 * the balance it begins with, so continuing later gives what one go would have given.
 */
export function history(account: AccountState, until: Day): Booked[] {
  const household = householdOf(new Chance(account.id));
  const dayOf = dayOfKind(account.type);
  const booked: Booked[] = [];
  let { balance, sequence } = account;
  for (let day = account.from; day <= until; day++) {
    for (const entry of dayOf(day, new Chance(`${account.id}|${day}`), household, balance)) {
      balance += entry.cents;
      sequence += 1;
      const valueOn = isWeekend(day) ? day + 1 : day;
      booked.push({ ...entry, account, sequence, id: idOf(account.id, sequence), bookedOn: day, valueOn, balanceAfter: balance });
    }
  }
  return booked;
}

const idOf = (account: string, sequence: number): string => `tx-${createHash('sha256').update(`${account}|${sequence}`).digest('base64url').slice(0, 16)}`;
