import { Secret } from '@assent/protocol';
import type { CustomerConfig } from '@assent/config';
import { openBench, type Bench } from '../stores/fixtures.js';
import { seedCustomers } from './seed-customers.js';

let bench: Bench;
beforeEach(async () => (bench = await openBench()));
afterEach(() => bench.close());

const at = (iso: string) => ({ now: () => new Date(iso) });
const account = (id: string, type: string, openingBalance: string) => ({ id, name: id, type, iban: 'GB09 HBNK 4001 0112 3448 21', currency: 'GBP', openingBalance, historyDays: 120, unavailable: undefined });
const ana = (over: Partial<CustomerConfig> = {}): CustomerConfig => ({
  id: 'customer-ana',
  login: 'Ana',
  password: new Secret('harbour-ana-2026'),
  passwordHash: undefined,
  displayName: 'Ana Duarte',
  claims: { email: 'ana.duarte@example.com' },
  accounts: [account('a-current', 'current', '2140.55'), account('a-savings', 'savings', '11800.00'), account('a-card', 'card', '-284.19'), account('a-business', 'business', '8455.10')],
  ...over,
});

const rowsOf = async (sql: string): Promise<Record<string, unknown>[]> => (await bench.database.pool.query(sql)).rows;
const history = (): Promise<Record<string, unknown>[]> => rowsOf('SELECT account_id, sequence, id, booked_on::text, amount, description, balance_after FROM bank.transaction ORDER BY account_id, sequence');

describe('the demo bank', () => {
  it('has a full history that adds up from opening balance to balance, quickly', async () => {
    const begun = Date.now();
    await seedCustomers(bench.database.pool, [ana()], at('2026-11-24T09:00:00Z'));
    expect(Date.now() - begun).toBeLessThan(1_000);
    const accounts = await rowsOf(`SELECT a.id, a.balance = a.opening_balance + sum(t.amount) AS adds_up, count(*)::int AS n,
      bool_and(t.booked_on BETWEEN a.opened_on AND '2026-11-24') AS in_time FROM bank.account a JOIN bank.transaction t ON t.account_id = a.id GROUP BY a.id`);
    expect(accounts).toHaveLength(4);
    for (const row of accounts) expect(row).toMatchObject({ adds_up: true, in_time: true });
    expect(await rowsOf(`SELECT 1 FROM (SELECT balance_after - lag(balance_after) OVER w - amount AS gap FROM bank.transaction WINDOW w AS (PARTITION BY account_id ORDER BY sequence)) g WHERE gap <> 0`)).toEqual([]);
    expect((await history()).length).toBeGreaterThan(300);
    expect(await rowsOf(`SELECT count(DISTINCT category)::int > 8 AS varied, count(*) FILTER (WHERE description = 'Salary')::int AS salaries FROM bank.transaction WHERE account_id = 'a-current'`)).toEqual([{ varied: true, salaries: 3 }]);
  });

  it('is the same every time, and continues over the days that have passed', async () => {
    await seedCustomers(bench.database.pool, [ana()], at('2026-11-10T09:00:00Z'));
    const before = await history();
    await Promise.all([1, 2].map(() => seedCustomers(bench.database.pool, [ana()], at('2026-11-10T21:00:00Z'))));
    expect(await history()).toEqual(before);
    await seedCustomers(bench.database.pool, [ana()], at('2026-11-24T09:00:00Z'));
    const after = await history();
    expect(after.length).toBeGreaterThan(before.length);
    expect(after).toEqual(expect.arrayContaining(before));
  });

  it('finds customers by login in any case, with claims and accounts', async () => {
    await seedCustomers(bench.database.pool, [ana({ accounts: [{ ...account('a-current', 'current', '1.00'), historyDays: 0, unavailable: 'needs_second_approver' }] })], at('2026-11-24T09:00:00Z'));
    const { customers } = bench.database.stores;
    expect(await customers.findByLogin('aNA')).toMatchObject({ id: 'customer-ana', login: 'Ana', displayName: 'Ana Duarte', claims: { email: 'ana.duarte@example.com' } });
    expect(await customers.findByLogin('nobody')).toBeUndefined();
    expect(await customers.find('customer-ana')).toMatchObject({ login: 'Ana' });
    expect(await customers.accounts('customer-ana')).toEqual([{ id: 'a-current', name: 'a-current', maskedNumber: '4821', type: 'current', balance: { amount: '1.00', currency: 'GBP' }, unavailable: 'needs_second_approver' }]);
  });

  it('hashes a password once, and again when it changes', async () => {
    const hash = async (): Promise<unknown> => (await rowsOf('SELECT password_hash FROM bank.customer'))[0]?.['password_hash'];
    const seed = (over: Partial<CustomerConfig>) => seedCustomers(bench.database.pool, [ana({ accounts: [], ...over })], at('2026-11-24T09:00:00Z'));
    await seed({});
    const first = await hash();
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await seed({});
    expect(await hash()).toBe(first);
    await seed({ password: new Secret('another-2026') });
    expect(await hash()).not.toBe(first);
    await seed({ password: undefined, passwordHash: new Secret('$argon2id$given') });
    expect(await hash()).toBe('$argon2id$given');
  });
});
