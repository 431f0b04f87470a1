import type { Chance } from './chance.js';
import { entry, type Entry } from './entry.js';

interface Habit {
  readonly category: string;
  /** How likely on a day. */
  readonly daily: number;
  readonly least: number;
  readonly most: number;
  readonly places: readonly [string, ...string[]];
}

/** What people buy by card. Every name is invented. */
const habits: readonly Habit[] = [
  { category: 'groceries', daily: 0.36, least: 6, most: 88, places: ['Greenleaf Market', 'Pantry & Sons', 'Orchard Foods', 'Saturday Market Hall'] },
  { category: 'eating_out', daily: 0.4, least: 2, most: 9, places: ['Copper Kettle Coffee', 'Corner Bakery', 'Daily Grind'] },
  { category: 'eating_out', daily: 0.14, least: 14, most: 62, places: ['Lantern Noodle House', 'The Salted Fig', 'Trattoria Porto', 'Cedar & Thyme'] },
  { category: 'transport', daily: 0.42, least: 2, most: 14, places: ['City Transit', 'Harbour Ferries', 'Rideway'] },
  { category: 'shopping', daily: 0.11, least: 8, most: 120, places: ['Foxglove Books', 'Millbrook Home', 'Northshore Outdoor', 'Paper Lantern'] },
  { category: 'health', daily: 0.05, least: 4, most: 38, places: ['Wellcross Pharmacy', 'Bright Smile Dental'] },
  { category: 'leisure', daily: 0.06, least: 8, most: 45, places: ['Rialto Cinema', 'Riverside Climbing', 'The Small Stage'] },
];

/** A day's purchases by card, and now and then one returned. */
export function purchases(chance: Chance, appetite = 1): Entry[] {
  const bought = habits
    .filter(({ daily }) => chance.happens(daily * appetite))
    .map(({ category, least, most, places }) => entry(-chance.cents(least, most), chance.pick(places), 'Card payment', category));
  if (chance.happens(0.012)) bought.push(entry(chance.cents(8, 60), 'Millbrook Home', 'Refund', 'shopping'));
  return bought;
}
