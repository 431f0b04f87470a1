import { openDatabase } from '@assent/persistence';
import { startDatabase, type TestDatabase } from '@assent/testing';
import { Secret, systemClock } from '@assent/protocol';
import { Pool } from 'pg';
import { LoginThrottle } from './throttle.js';

const limits = { attempts: 3, windowSeconds: 60 };
const take = async (throttle: LoginThrottle, login: string, address: string, times: number) =>
  (await Promise.all(Array.from({ length: times }, () => throttle.take(login, address)))).filter((wait) => wait === undefined).length;

describe.each(['in memory', 'on PostgreSQL'])('failed sign-ins counted %s', (where) => {
  let database: TestDatabase;
  let pools: Pool[] = [];
  let one: LoginThrottle;
  let other: LoginThrottle;
  beforeAll(async () => {
    if (where === 'in memory') return void (one = other = LoginThrottle.inMemory(limits));
    database = await startDatabase();
    // As the server opens it, which proves that the table is where the counters look for it.
    const opened = await openDatabase({ url: database.url, poolSize: 2, encryptionKey: new Secret(Buffer.alloc(32)), clock: systemClock });
    pools = [opened.pool as unknown as Pool, new Pool({ connectionString: database.url, max: 2 })];
    [one, other] = pools.map((pool) => LoginThrottle.onPostgres(pool, limits)) as [LoginThrottle, LoginThrottle];
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await database?.stop();
  });

  it('let so many through, however many come at once, from whatever process', async () => {
    const [a, b] = await Promise.all([take(one, 'ana', '192.0.2.1', 10), take(other, 'ana', '192.0.2.2', 10)]);
    expect(a + b).toBe(3);
  });
  it('say when to come back', async () => {
    expect(await other.take('ana', '192.0.2.3')).toBeGreaterThan(50);
  });
  it('count one account however it is written', async () => {
    expect(await one.take(' ANA ', '192.0.2.3')).toBeDefined();
  });
  it('start anew for an account that signed in, and only for it', async () => {
    await take(one, 'ben', '192.0.2.4', 2);
    await one.giveBack('ben', '192.0.2.4');
    expect(await take(other, 'ben', '192.0.2.4', 5)).toBe(3);
    expect(await other.take('ana', '192.0.2.5')).toBeDefined();
  });
  it('hold an address that tries many accounts', async () => {
    let through = 0;
    for (let guess = 0; guess < 40; guess++) through += await take(guess % 2 ? one : other, `user-${guess}`, '198.51.100.9', 1);
    expect(through).toBe(30);
  });
});

it('each process counts for itself while the database does not answer', async () => {
  const pool = new Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none', connectionTimeoutMillis: 200 });
  const throttle = LoginThrottle.onPostgres(pool, limits);
  expect(await take(throttle, 'ana', '192.0.2.1', 5)).toBe(3);
  await pool.end();
});
