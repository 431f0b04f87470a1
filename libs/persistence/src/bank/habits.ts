import { isLastOfMonth, isWeekend, isWorkingDayFor, type Day } from './calendar.js';
import type { Chance } from './chance.js';
import { entry, type Entry } from './entry.js';
import { purchases } from './spending.js';

/** What is the same for an account on all days: drawn once from its id. */
export interface Household {
  readonly salary: number;
  readonly employer: string;
  readonly landlord: string;
}

export const householdOf = (chance: Chance): Household => ({
  salary: Math.round(chance.cents(2500, 3300) / 1000) * 1000,
  employer: chance.pick(['Quayside Design Ltd', 'Meridian Logistics', 'St Brannoc Hospital Trust', 'Larkspur School']),
  landlord: chance.pick(['Tidewater Lettings', 'Hollis & Grant Homes', 'Castle Street Estates']),
});

/** One day of an account of this kind; `balance` is what it starts with, in cents. */
export type DayOf = (day: Day, chance: Chance, household: Household, balance: number) => readonly Entry[];

const monthly: readonly { readonly on: number; readonly cents: number; readonly to: string; readonly text: string; readonly category: string }[] = [
  { on: 3, cents: -2900, to: 'Riverside Climbing', text: 'Membership', category: 'leisure' },
  { on: 5, cents: -8640, to: 'Northlight Energy', text: 'Direct debit, gas and electricity', category: 'utilities' },
  { on: 8, cents: -3200, to: 'Cloudline Broadband', text: 'Direct debit', category: 'utilities' },
  { on: 12, cents: -1550, to: 'Peep Mobile', text: 'Direct debit', category: 'utilities' },
  { on: 15, cents: -1099, to: 'Streamly', text: 'Subscription', category: 'leisure' },
  { on: 20, cents: -2475, to: 'Anchor Mutual Insurance', text: 'Direct debit, contents insurance', category: 'insurance' },
];

const current: DayOf = (day, chance, { salary, employer, landlord }, balance) => {
  const entries: Entry[] = [];
  if (isWorkingDayFor(28, day)) entries.push(entry(-Math.round(salary * 0.36), landlord, 'Standing order, rent', 'housing', 'GB29NWBK60161331926819'));
  for (const { on, cents, to, text, category } of monthly) if (isWorkingDayFor(on, day)) entries.push(entry(cents, to, text, category));
  if (isWorkingDayFor(25, day)) entries.push(entry(salary, employer, 'Salary', 'income', 'GB94BARC10201530093459'));
  if (isWorkingDayFor(26, day) && balance > 100_000) entries.push(entry(-20_000, 'Savings', 'Standing order to savings', 'transfer'));
  if (chance.happens(0.05)) entries.push(entry(-chance.pick([2000, 3000, 4000, 6000, 10_000]), 'Harbour Bank', 'Cash withdrawal', 'cash'));
  if (chance.happens(0.04)) entries.push(entry(chance.pick([-1, 1]) * chance.cents(5, 60), chance.pick(['M. Ferreira', 'J. Adeyemi', 'L. Novak']), 'Transfer between friends', 'transfer'));
  return [...entries, ...purchases(chance, appetite(balance))];
};

/** Who has little left spends less. */
const appetite = (balance: number): number => (balance < 10_000 ? 0.2 : balance < 50_000 ? 0.6 : 1);

const savings: DayOf = (day, _chance, _household, balance) => {
  const entries: Entry[] = [];
  if (isWorkingDayFor(26, day)) entries.push(entry(20_000, 'Everyday account', 'Standing order', 'transfer'));
  if (isLastOfMonth(day) && balance > 0) entries.push(entry(Math.round(balance * 0.0021), 'Harbour Bank', 'Interest', 'interest'));
  return entries;
};

const card: DayOf = (day, chance, _household, balance) => {
  const entries: Entry[] = [];
  if (isWorkingDayFor(28, day) && balance < 0) entries.push(entry(-balance, 'Everyday account', 'Payment received, thank you', 'transfer'));
  return [...entries, ...purchases(chance, 0.7)];
};

const business: DayOf = (day, chance) => {
  const entries: Entry[] = [];
  if (isWorkingDayFor(1, day)) entries.push(entry(-85_000, 'Dockside Studios', 'Standing order, studio rent', 'premises'));
  if (isWorkingDayFor(27, day)) entries.push(entry(-240_000, 'Payroll', 'Wages', 'wages'));
  if (isWeekend(day)) return entries;
  const invoice = (): string => `Invoice ${2000 + Math.floor(chance.next() * 8000)}`;
  if (chance.happens(0.24)) entries.push(entry(chance.cents(220, 1900), chance.pick(['Meridian Logistics', 'Foxglove Books', 'Orchard Foods', 'Castle Street Estates']), invoice(), 'sales'));
  if (chance.happens(0.3)) entries.push(entry(-chance.cents(15, 420), chance.pick(['Inkwell Supplies', 'Cloudline Broadband', 'Northlight Energy', 'Parcelway']), invoice(), 'supplies'));
  return entries;
};

const kinds: Readonly<Record<string, DayOf>> = { current, savings, card, business };

export const dayOfKind = (type: string): DayOf => kinds[type] ?? current;
