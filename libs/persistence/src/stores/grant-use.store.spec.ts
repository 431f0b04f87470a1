import { mintId, newTag, type GrantDayUse } from '@assent/protocol';
import { count, inSeconds, openBench, type Bench } from './fixtures.js';
import { startHousekeeping } from '../housekeeping.js';

let bench: Bench;
beforeAll(async () => (bench = await openBench()));
afterAll(() => bench.close());

const at = (time: string): Date => new Date(`2026-11-${time}Z`);
const aUse = (grantId: string, changes: Partial<GrantDayUse> = {}) => ({ grantId, day: '2026-11-23', kind: 'accounts' as const, count: 1, lastAt: at('23T10:00:00'), ...changes });

describe('the use of grants', () => {
  it('adds up by day and kind', async () => {
    const { grantUses } = bench.database.stores;
    const [one, two, unused] = [mintId(newTag()), mintId(newTag()), mintId(newTag())];
    await grantUses.add([aUse(one, { count: 3 }), aUse(one, { kind: 'payments' }), aUse(one, { day: '2026-11-24', lastAt: at('24T01:00:00') }), aUse(two)]);
    await grantUses.add([aUse(one, { count: 2, lastAt: at('23T09:00:00') }), aUse(two, { lastAt: at('23T12:00:00') })]);
    await grantUses.add([]);
    expect(await grantUses.useByDay(one)).toEqual([
      { day: '2026-11-24', kind: 'accounts', count: 1, lastAt: at('24T01:00:00') },
      { day: '2026-11-23', kind: 'accounts', count: 5, lastAt: at('23T10:00:00') },
      { day: '2026-11-23', kind: 'payments', count: 1, lastAt: at('23T10:00:00') },
    ]);
    expect(await grantUses.lastUse([one, two, unused])).toEqual(new Map([[one, at('24T01:00:00')], [two, at('23T12:00:00')]])); // prettier-ignore
    expect(await grantUses.useByDay(unused)).toEqual([]);
    expect(await grantUses.lastUse([])).toEqual(new Map());
  });

  it('loses nothing when many processes add the same at once, in any order', async () => {
    const ids = Array.from({ length: 40 }, () => mintId(newTag()));
    const orders = Array.from({ length: 20 }, (_, index) => (index % 2 ? ids : [...ids].reverse()));
    await Promise.all(orders.map((order) => bench.database.stores.grantUses.add(order.map((id) => aUse(id)))));
    for (const id of ids) expect(await bench.database.stores.grantUses.useByDay(id)).toMatchObject([{ count: 20 }]);
  });

  it('is forgotten after 400 days', async () => {
    const before = await count(bench.database, 'assent.grant_use');
    expect(before).toBeGreaterThan(0);
    const later = inSeconds(500 * 86_400);
    await (await startHousekeeping(bench.database.pool, { now: () => later })).stop();
    expect(await count(bench.database, 'assent.grant_use')).toBe(0);
  });
});
