import { Chance } from '../bank/chance.js';
import { bucketsFor, replayValues } from './replay-rows.js';
import { aClaim, audit, count, inSeconds, openBench, type Bench } from './fixtures.js';

let bench: Bench;
beforeAll(async () => (bench = await openBench()));
afterAll(() => bench.close());

const quarter = 15 * 60_000;

describe('the law of replay rows', () => {
  it('puts one row where now and expiry share a quarter hour, one more for each boundary between', () => {
    expect(bucketsFor(0, quarter - 1)).toEqual([0]);
    expect(bucketsFor(quarter - 1, quarter)).toEqual([0, quarter]);
    expect(bucketsFor(1, 3 * quarter)).toEqual([0, quarter, 2 * quarter, 3 * quarter]);
    expect(bucketsFor(0, 1_000 * quarter)).toEqual([0, 1_000 * quarter]);
  });

  it('makes two proofs with one jti collide whenever the first still lives', () => {
    const chance = new Chance('any times');
    for (let round = 0; round < 2_000; round++) {
      const t1 = chance.next() * 10 * quarter;
      const e1 = t1 + chance.next() * 2 * quarter;
      const t2 = t1 + chance.next() * (e1 - t1);
      const e2 = t2 + chance.next() * 2 * quarter;
      const first = new Set(bucketsFor(t1, e1));
      expect(bucketsFor(t2, e2).some((bucket) => first.has(bucket))).toBe(true);
    }
  });

  it('writes rows in one order, whatever the order of the claims', () => {
    const claims = [aClaim(), aClaim('dpop_proof'), aClaim('dpop_proof', inSeconds(3600))];
    expect(replayValues(claims, new Date())).toEqual(replayValues([...claims].reverse(), new Date()));
  });
});

describe('replay', () => {
  it('spends a value once, of 100 at the same moment one', async () => {
    const claim = aClaim();
    const results = await Promise.all(Array.from({ length: 100 }, () => bench.database.stores.replay.spend([claim])));
    expect(results.filter(({ outcome }) => outcome === 'spent')).toHaveLength(1);
    expect(results.filter(({ outcome }) => outcome === 'replayed')).toHaveLength(99);
  });

  it('says which of two values was spent before', async () => {
    const { replay } = bench.database.stores;
    const [assertion, proof] = [aClaim(), aClaim('dpop_proof')];
    expect(await replay.spend([assertion, proof])).toEqual({ outcome: 'spent' });
    expect(await replay.spend([aClaim(), proof])).toEqual({ outcome: 'replayed', kind: 'dpop_proof' });
    expect(await replay.spend([assertion, aClaim('dpop_proof')])).toEqual({ outcome: 'replayed', kind: 'client_assertion' });
  });

  it('knows a jti signed anew with another expiry, also across partitions (F2-CA-05)', async () => {
    const { replay } = bench.database.stores;
    const first = aClaim('client_assertion', inSeconds(60));
    expect(await replay.spend([first])).toEqual({ outcome: 'spent' });
    for (const seconds of [30, 61, 1000, 3000]) expect(await replay.spend([{ ...first, expiresAt: inSeconds(seconds) }])).toMatchObject({ outcome: 'replayed' });
  });

  it('never locks up when the same values come in different orders', async () => {
    const { replay } = bench.database.stores;
    const pairs = Array.from({ length: 20 }, () => [aClaim(), aClaim('dpop_proof')] as const);
    const all = pairs.flatMap(([one, two]) => [replay.spend([one, two]), replay.spend([two, one]), replay.spend([one, two])]);
    const results = await Promise.all(all);
    expect(results.filter(({ outcome }) => outcome === 'spent')).toHaveLength(20);
  });

  it('needs no row for nothing', async () => {
    expect(await bench.database.stores.replay.spend([])).toEqual({ outcome: 'spent' });
  });
});

describe('audit', () => {
  it('appends', async () => {
    await bench.database.stores.audit.append({ ...audit('login.failed'), customerId: 'customer-ana', rule: 'X-1', detail: { attempts: 3, amr: ['pwd'] } });
    const where = `type = 'login.failed' AND customer_id = 'customer-ana' AND rule = 'X-1' AND detail = '{"amr": ["pwd"], "attempts": 3}'`;
    expect(await count(bench.database, `assent.audit_event WHERE ${where}`)).toBe(1);
  });

  it('names the control that refused, and the attack it looked like', async () => {
    await bench.database.stores.audit.append({ ...audit('par.refused'), rule: 'F2-CA-05', detail: { error: 'invalid_client' } });
    expect(await count(bench.database, `assent.audit_event WHERE type = 'par.refused' AND detail = '{"error": "invalid_client", "control": "assertion-once", "attack": "TM-CA-01"}'`)).toBe(1);
  });
});
