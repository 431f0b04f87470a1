import { startHousekeeping } from './housekeeping.js';
import { comingPartitions, maintainPartitions } from './partitions/maintain.js';
import { partitionedTables } from './partitions/tables.js';
import { aClaim, aHandle, allowed, audit, auditTypes, count, inSeconds, now, openBench, redeemed, redemption, refreshment, type Bench } from './stores/fixtures.js';

let bench: Bench;
beforeAll(async () => (bench = await openBench()));
afterAll(() => bench.close());

async function partitionsOf(table: string): Promise<string[]> {
  const { rows } = await bench.database.pool.query<{ name: string }>(`SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'assent.${table}'::regclass ORDER BY 1`);
  return rows.map(({ name }) => name.replace('assent.', ''));
}

describe('partitions', () => {
  it('lie ahead of now, without gap or overlap', () => {
    const [replay] = partitionedTables;
    expect(comingPartitions(replay!, 1_764_000_123).map(({ from, to }) => [from, to])).toEqual([1, 2, 3, 4, 5, 6].map((n) => [1_763_999_100 + n * 900, 1_763_999_100 + (n + 1) * 900]));
  });

  it('take every row in normal operation: the DEFAULT ones stay empty', async () => {
    await redeemed(bench.database);
    await bench.database.stores.sessions.start({ handle: aHandle(1800), customerId: 'c', displayName: 'C', authTime: now(), acr: 'a', amr: [] }, audit('login.succeeded'));
    for (const { name } of partitionedTables) expect(await count(bench.database, `assent.${name}_default`)).toBe(0);
  });

  it('come and go with time, so that their number stays the same', async () => {
    const client = await bench.database.pool.connect();
    const sizes: number[] = [];
    for (let days = 0; days < 4; days++) {
      for (let hour = 0; hour < 24; hour += 4) await maintainPartitions(client, inSeconds(days * 86_400 + hour * 3600));
      sizes.push((await partitionsOf('replay')).length + (await partitionsOf('authorization_code')).length + (await partitionsOf('access_token')).length);
    }
    client.release();
    expect(sizes[3]).toBe(sizes[2]);
    expect(await partitionsOf('replay')).toHaveLength(6 + 1);
    // Rows whose partitions were not made again went to the DEFAULT partition: nothing is lost.
    const { code } = await allowed(bench.database);
    expect(await count(bench.database, `assent.authorization_code_default`)).toBe(1);
    expect(await bench.database.stores.codes.redeem(redemption(code))).toMatchObject({ outcome: 'redeemed' });
    const claim = aClaim();
    expect(await bench.database.stores.replay.spend([claim])).toEqual({ outcome: 'spent' });
    const back = await bench.database.pool.connect();
    await maintainPartitions(back, now());
    back.release();
    // And came over when their partition was made.
    for (const { name } of partitionedTables) expect(await count(bench.database, `assent.${name}_default`)).toBe(0);
    expect(await bench.database.stores.replay.spend([claim])).toMatchObject({ outcome: 'replayed' });
    expect(await bench.database.stores.codes.redeem(redemption(code))).toEqual({ outcome: 'refused', reason: 'used' });
  });

  it('can be made and dropped while tokens are issued', async () => {
    const client = await bench.database.pool.connect();
    let busy = true;
    const load = Promise.all(
      Array.from({ length: 8 }, async () => {
        let done = 0;
        for (; busy; done++) await redeemed(bench.database);
        return done;
      }),
    );
    const failures: Error[] = [];
    // Less than the two hours that requests are kept: those under way must not be past.
    for (let quarter = 1; quarter <= 7; quarter++) await maintainPartitions(client, inSeconds(quarter * 900), { onError: (error) => failures.push(error) });
    busy = false;
    client.release();
    expect((await load).every((done) => done > 0)).toBe(true);
    expect(failures.filter((error) => !/lock timeout/.test(error.message))).toEqual([]);
  });
});

describe('housekeeping', () => {
  it('is done by one of several processes at a time', async () => {
    const rounds = await Promise.all(Array.from({ length: 4 }, () => startHousekeeping(bench.database.pool, { now })));
    const [one, two] = [await rounds[0]!.run(), await rounds[1]!.run()];
    expect([one, two]).toEqual([true, true]);
    const holder = await bench.database.pool.connect();
    await holder.query('SELECT pg_advisory_lock(4715002)');
    expect(await rounds[2]!.run()).toBe(false);
    await holder.query('SELECT pg_advisory_unlock(4715002)');
    holder.release();
    for (const round of rounds) await round.stop();
  });

  it('writes down that grants have run out, and sweeps dead refresh tokens, revocations and what APIs of markets kept', async () => {
    const { context } = await redeemed(bench.database, true, { grantSeconds: 60 });
    const { tokens } = await redeemed(bench.database);
    await bench.database.stores.codes.redeem(redemption((await redeemed(bench.database)).code));
    await bench.database.pool.query(`INSERT INTO assent.market_answer VALUES (1, 'a', 'b', now() + interval '1 day', 'c', now()); INSERT INTO assent.market_message VALUES (1, 'a', now() + interval '1 day')`);
    const later = inSeconds(61 * 86_400);
    const round = await startHousekeeping(bench.database.pool, { now: () => later });
    await round.stop();
    const { rows } = await bench.database.pool.query(`SELECT status, version FROM assent."grant" WHERE id = $1`, [context.grantId]);
    expect(rows).toEqual([{ status: 'expired', version: 2 }]);
    expect(await bench.database.stores.grants.history(context.grantId)).toMatchObject([
      { version: 1, event: 'created', actor: { kind: 'customer' } },
      { version: 2, event: 'expired', status: 'expired', actor: { kind: 'system', id: 'housekeeping' }, difference: { status: { from: 'active', to: 'expired' } } },
    ]);
    expect((await auditTypes(bench.database, `type = 'grant.expired' AND grant_id = '${context.grantId}'`)).length).toBe(1);
    expect(await count(bench.database, `assent.grant_event WHERE type = 'grant.expired' AND grant_id = '${context.grantId}'`)).toBe(1);
    expect(await count(bench.database, 'assent.refresh_token')).toBe(0);
    for (const table of ['revocation', 'market_answer', 'market_message']) expect([table, await count(bench.database, `assent.${table}`)]).toEqual([table, 0]);
    expect(await bench.database.stores.refreshTokens.use(refreshment(tokens.refresh.handle))).toEqual({ outcome: 'refused', reason: 'unknown' });
  });
});
