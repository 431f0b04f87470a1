import type { GrantDayUse, GrantUses } from '@assent/protocol';
import { openUseLog, type UseLog } from './grant-use.js';

/** A store that keeps batches, and may be away. */
class Batches implements GrantUses {
  readonly batches: (GrantDayUse & { grantId: string })[][] = [];
  away = false;
  add: GrantUses['add'] = async (uses) => {
    if (this.away) throw new Error('away');
    if (uses.length > 0) this.batches.push(uses.map((each) => ({ ...each })));
  };
  lastUse: GrantUses['lastUse'] = async () => new Map();
  useByDay: GrantUses['useByDay'] = async () => [];
}

let uses: Batches;
let log: UseLog;
let time: Date;
const open = (options: Partial<Parameters<typeof openUseLog>[0]> = {}) => openUseLog({ uses, clock: { now: () => time }, everyMs: 3_600_000, ...options });
beforeEach(() => {
  uses = new Batches();
  time = new Date('2026-11-23T23:59:59Z');
});

describe('the log of uses', () => {
  it('writes once what was recorded often, and all of it at the end', async () => {
    log = open();
    for (let i = 0; i < 100; i++) log.record('g', 'accounts');
    log.record('g', 'balances');
    time = new Date('2026-11-24T00:00:01Z');
    log.record('g', 'accounts');
    expect(uses.batches).toEqual([]);
    await log.close();
    const last = new Date('2026-11-23T23:59:59Z');
    expect(uses.batches).toEqual([
      [
        { grantId: 'g', day: '2026-11-23', kind: 'accounts', count: 100, lastAt: last },
        { grantId: 'g', day: '2026-11-23', kind: 'balances', count: 1, lastAt: last },
        { grantId: 'g', day: '2026-11-24', kind: 'accounts', count: 1, lastAt: time },
      ],
    ]);
  });

  it('writes every few seconds', async () => {
    log = open({ everyMs: 5 });
    log.record('g', 'accounts');
    while (uses.batches.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await log.close();
    expect(uses.batches).toMatchObject([[{ count: 1 }]]);
  });

  it('keeps what could not be written, and tells of it', async () => {
    const errors: Error[] = [];
    log = open({ everyMs: 5, onError: (error) => errors.push(error) });
    uses.away = true;
    log.record('g', 'accounts');
    while (errors.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    log.record('g', 'accounts');
    uses.away = false;
    await log.close();
    expect(uses.batches.flat().reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });

  it('holds no more than it may', async () => {
    log = open({ capacity: 2 });
    for (const grant of ['a', 'b', 'c', 'd', 'a']) log.record(grant, 'accounts');
    await log.close();
    expect(uses.batches.flat().map(({ grantId, count }) => [grantId, count])).toEqual([['a', 2], ['b', 1]]); // prettier-ignore
  });
});
