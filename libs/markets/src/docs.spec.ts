import { readFileSync } from 'node:fs';
import { marketNamed } from './registry.js';

const text = readFileSync(new URL('../../../docs/markets.md', import.meta.url), 'utf8');
const rows = [...text.matchAll(/^\| `([a-z0-9-]+)`: .*\| (stable|experimental) \|$/gm)].map(([, name = '', maturity = '']) => [name, maturity] as const);

it('docs/markets.md lists markets', () => expect(rows.length).toBeGreaterThanOrEqual(8));

it.each(rows)('docs/markets.md tells the maturity of %s', (name, maturity) => expect(marketNamed(name).maturity).toBe(maturity));
