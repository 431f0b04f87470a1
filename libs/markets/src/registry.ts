import { brazil } from '../brazil/index.js';
import { cdr } from '../cdr/index.js';
import { connectId } from '../connectid/index.js';
import { fdx } from '../fdx/index.js';
import { ksa } from '../ksa/index.js';
import { ksaV1 } from '../ksa-v1/index.js';
import { uae } from '../uae/index.js';
import { uk } from '../uk/index.js';
import type { Market } from './market.js';

const all: readonly Market[] = [uk, brazil, cdr, ksa, ksaV1, uae, connectId, fdx];
const byName: ReadonlyMap<string, Market> = new Map(all.map((market) => [market.name, market]));

/** The markets there are. */
export const markets: readonly Market[] = all;

/** The market of this name. Throws when there is none. */
export function marketNamed(name: string): Market {
  const market = byName.get(name);
  if (!market) throw new Error(`no market is named ${name}; there are ${[...byName.keys()].join(', ') || 'none'}`);
  return market;
}
