import pg from 'pg';
import { Secret } from '@assent/protocol';
import { isUnavailable } from './database-error.js';
import { openDatabase } from './database.js';
import { allowed, openBench, redemption, type Bench } from './stores/fixtures.js';

let bench: Bench;
beforeAll(async () => (bench = await openBench()));
afterAll(() => bench.close());

describe('the database', () => {
  it('counts statements and write commits: a whole flow is few of each', async () => {
    const { database } = bench;
    const before = database.statistics();
    const { code } = await allowed(database);
    await database.stores.codes.redeem(redemption(code));
    await database.stores.sessions.find(code);
    const after = database.statistics();
    expect(after.statements - before.statements).toBe(4);
    expect(after.commits - before.commits).toBe(3);
  });

  it('commits a decision and all it creates in one transaction', async () => {
    const { database } = bench;
    const { code } = await allowed(database);
    await database.stores.codes.redeem(redemption(code));
    const { rows: writers } = await database.pool.query<{ n: number }>(`SELECT count(DISTINCT xmin)::int AS n FROM (
      SELECT xmin::text FROM assent.refresh_token WHERE grant_id = (SELECT grant_id FROM assent.authorization_code WHERE hash = $1)
      UNION ALL SELECT xmin::text FROM assent.authorization_code WHERE hash = $1
      UNION ALL SELECT xmin::text FROM assent.audit_event WHERE type = 'token.issued' AND grant_id = (SELECT grant_id FROM assent.authorization_code WHERE hash = $1)) AS rows (xmin)`, [code.hash]);
    expect(writers[0]!.n).toBe(1);
  });

  it('keeps its connections and says who it is', async () => {
    const database = await openDatabase({ url: new Secret(bench.url), poolSize: 3, applicationName: 'assent-spec' });
    await Promise.all(Array.from({ length: 10 }, () => database.ping()));
    expect(database.pool.totalCount).toBe(3);
    const { rows } = await database.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'assent-spec'`);
    expect(rows[0]!.n).toBe(3);
    await database.close();
  });

  it('finds rows by index even where the tables are empty', async () => {
    const { rows } = await bench.database.pool.query<Record<string, string>>(`EXPLAIN SELECT * FROM assent.pushed_request WHERE tag = 1 AND expires_at = now() AND hash = '\\x00'`);
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).not.toMatch(/Seq Scan/);
  });

  it('survives the loss of idle connections', async () => {
    const lost: Error[] = [];
    const database = await openDatabase({ url: bench.url, poolSize: 2, applicationName: 'assent-lossy', onError: (error) => lost.push(error) });
    await database.ping();
    await bench.database.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'assent-lossy'`);
    for (let waited = 0; lost.length === 0 && waited < 100; waited++) await new Promise((resolve) => setTimeout(resolve, 10));
    await database.ping();
    expect(lost.length).toBeGreaterThan(0);
    await database.close();
  });

  it('survives the loss of a connection that somebody holds', async () => {
    const database = await openDatabase({ url: bench.url, poolSize: 1, applicationName: 'assent-held' });
    const held = await database.pool.connect();
    const working = held.query('SELECT pg_sleep(30)').then(() => undefined, (error: Error) => error);
    for (let busy = 0; busy === 0; ) busy = (await bench.database.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'assent-held' AND query LIKE '%pg_sleep%'`)).rows[0]!.n;
    await bench.database.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'assent-held'`);
    expect(await working).toBeInstanceOf(Error);
    held.release(true);
    await database.ping();
    await database.close();
  });

  it('tells what may pass from what will not', async () => {
    const failure = (run: Promise<unknown>) => run.then(() => undefined, (error: unknown) => error);
    const database = await openDatabase({ url: bench.url, poolSize: 1, applicationName: 'assent-passing' });
    await database.pool.query(`SET statement_timeout = '20ms'`);
    const slow = await failure(database.pool.query('SELECT pg_sleep(5)'));
    const wrong = await failure(database.pool.query('SELECT nothing'));
    const away = await failure(new pg.Client({ connectionString: 'postgres://nobody@127.0.0.1:1/none' }).connect());
    await database.close();
    const busy = new pg.Pool({ connectionString: bench.url, max: 1 });
    const held = await busy.connect();
    // Only now: the first connection may take its time.
    busy.options.connectionTimeoutMillis = 20;
    const full = await failure(busy.query('SELECT 1'));
    held.release();
    await busy.end();
    expect([slow, away, full].map(isUnavailable)).toEqual([true, true, true]);
    expect([wrong, new Error('a bug'), undefined].map(isUnavailable)).toEqual([false, false, false]);
  });
});
