import { migrate } from '@assent/persistence';
import { mintId, newTag, plusSeconds, systemClock, tagOf } from '@assent/protocol';
import type { VerifiedAccess } from '@assent/resource-guard';
import { startDatabase, type TestDatabase } from '@assent/testing';
import pg from 'pg';
import type { AccountReach } from '../access/account-reach.js';
import { Bank, type Found, type History, type Reader } from './bank.js';
import type { Page } from './page.js';

const now = systemClock.now();
let database: TestDatabase;
let pool: pg.Pool;
let bank: Bank;

beforeAll(async () => {
  database = await startDatabase();
  await migrate(database.url);
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
  bank = new Bank(pool, { now: () => now });
  for (const customer of ['ana', 'ben']) {
    await pool.query(`INSERT INTO bank.customer VALUES ($1, $1, 'x', $1, '{}')`, [customer]);
    for (const [position, name] of ['current', 'savings', 'empty'].entries()) {
      await pool.query(`INSERT INTO bank.account VALUES ($1, $2, $3, $4, 'current', 'GB09HBNK40010112344821', 'GBP', 0, '2026-01-01', 12.5, $5)`, [`${customer}-${name}`, customer, position, name, now]);
    }
    await transactions(`${customer}-current`, 1, 25);
  }
});
afterAll(async () => {
  await pool.end();
  await database.stop();
});

/** Two a day from 1 March 2026 on. */
async function transactions(account: string, first: number, last: number): Promise<void> {
  await pool.query(
    `INSERT INTO bank.transaction
     SELECT $1, n, $1 || '-' || n, date '2026-03-01' + (n - 1) / 2, date '2026-03-02' + (n - 1) / 2, -n, 'GBP', 'd', 'c', NULL, 'k', 0 FROM generate_series($2::int, $3::int) n`,
    [account, first, last],
  );
}

interface GrantChanges {
  readonly customer?: string;
  readonly accounts?: readonly string[];
  readonly status?: string;
  readonly expiresAt?: Date | null;
  readonly accessFloor?: number;
}
const all: AccountReach = { accounts: undefined, periodsOf: () => undefined };
async function aGrant(changes: GrantChanges = {}, access: Partial<VerifiedAccess> = {}, reach = all): Promise<Reader> {
  return { access: { ...(await anAccess(changes)), ...access }, reach };
}
async function anAccess({ customer = 'ana', accounts = ['ana-savings', 'ana-current'], status = 'active', expiresAt = plusSeconds(now, 60), accessFloor = 1 }: GrantChanges): Promise<VerifiedAccess> {
  const id = mintId(newTag());
  await pool.query(
    `INSERT INTO assent."grant" (tag, id, status, issuer, client_id, customer_id, subject, scope, accounts, authorization_details, auth_time, acr, amr, created_at, updated_at, expires_at, access_floor)
     VALUES ($1, $2, $3, 'https://as.example', 'tally', $4, $4 || '-subject', '{}', $5, '[]', $6, '1', '{}', $6, $6, $7, $8)`,
    [tagOf(id), id, status, customer, accounts, now, expiresAt, accessFloor],
  );
  return {
    grantId: id, issuer: 'https://as.example', clientId: 'tally', subject: `${customer}-subject`, jti: 'a.b', scope: [], audience: [], issuedAt: now, expiresAt: now,
    confirmation: { jkt: 'x' }, scheme: 'DPoP', claims: {},
  }; // prettier-ignore
}

const value = <T>(found: Found<T>): T => {
  if (found.grant !== 'active') throw new Error('the grant does not stand');
  return found.value;
};
const page = (changes: Partial<Page> = {}): Page => ({ from: undefined, to: undefined, limit: 10, after: undefined, ...changes });

describe('accounts under a grant', () => {
  it('are the consented ones, in the order the bank shows them', async () => {
    const access = await aGrant();
    expect(value(await bank.accounts(access)).map(({ id }) => id)).toEqual(['ana-current', 'ana-savings']);
    expect(value(await bank.accounts(access, 'ana-savings'))).toEqual([{ id: 'ana-savings', name: 'savings', type: 'current', currency: 'GBP', iban: 'GB09HBNK40010112344821' }]);
    expect(value(await bank.balances(access, 'ana-savings'))).toEqual([{ id: 'ana-savings', amount: '12.50', currency: 'GBP', asOf: now }]);
  });

  it.each([
    ['not consented', 'ana-empty'],
    ['unknown', 'nobody'],
    ['of another customer', 'ben-current'],
  ])('leave out one that is %s', async (_, id) => {
    const access = await aGrant();
    expect(value(await bank.accounts(access, id))).toEqual([]);
    expect(value(await bank.balances(access, id))).toEqual([]);
    expect(value(await bank.transactions(access, id, page()))).toBeUndefined();
  });

  it("are never another customer's, even if a grant names them", async () => {
    const access = await aGrant({ accounts: ['ana-current', 'ben-current'] });
    expect(value(await bank.accounts(access)).map(({ id }) => id)).toEqual(['ana-current']);
    expect(value(await bank.transactions(access, 'ben-current', page()))).toBeUndefined();
  });

  it('are none when none was consented to', async () => {
    expect(value(await bank.accounts(await aGrant({ accounts: [] })))).toEqual([]);
  });

  it.each<[string, GrantChanges]>([
    ['revoked', { status: 'revoked' }],
    ['suspended', { status: 'suspended' }],
    ['awaiting a second approver', { status: 'awaiting_authorisation' }],
    ['past its end', { expiresAt: now }],
  ])('are closed by a grant that is %s', async (_, changes) => {
    const access = await aGrant(changes);
    for (const found of [await bank.accounts(access), await bank.balances(access), await bank.transactions(access, 'ana-current', page())]) expect(found.grant).toBe('ended');
  });

  it.each<[string, Partial<VerifiedAccess>]>([
    ['another client', { clientId: 'other' }],
    ['another issuer', { issuer: 'https://other.example' }],
    ['another subject', { subject: 'ben-subject' }],
    ['no grant', { grantId: '' }],
  ])('are closed to a token of %s', async (_, changes) => {
    expect((await bank.accounts(await aGrant({}, changes))).grant).toBe('ended');
  });

  it.each<[string, number, Partial<VerifiedAccess>, string]>([
    ['is of an older version than the grant lets live', 3, { grantVersion: 2 }, 'ended'],
    ['names no version, once one was let die', 2, {}, 'ended'],
    ['is of the version', 3, { grantVersion: 3 }, 'active'],
    ['is of a later one', 3, { grantVersion: 4 }, 'active'],
    ['names none, while none was let die', 1, {}, 'active'],
  ])('answer a token that %s', async (_, accessFloor, access, grant) => {
    expect((await bank.accounts(await aGrant({ accessFloor }, access))).grant).toBe(grant);
  });

  it('are those the token reaches, of those the grant has', async () => {
    const reader = await aGrant({}, {}, { accounts: ['ana-savings', 'ana-empty', 'ben-current'], periodsOf: () => undefined });
    expect(value(await bank.accounts(reader)).map(({ id }) => id)).toEqual(['ana-savings']);
    expect(value(await bank.balances(reader)).map(({ id }) => id)).toEqual(['ana-savings']);
    for (const id of ['ana-current', 'ana-empty', 'ben-current']) {
      expect(value(await bank.accounts(reader, id))).toEqual([]);
      expect(value(await bank.balances(reader, id))).toEqual([]);
      expect(value(await bank.transactions(reader, id, page()))).toBeUndefined();
    }
  });

  it('stay open under a grant without end', async () => {
    expect((await bank.accounts(await aGrant({ expiresAt: null }))).grant).toBe('active');
  });
});

describe('transactions', () => {
  const read = async (access: Reader, changes: Partial<Page> = {}): Promise<History> => value(await bank.transactions(access, 'ana-current', page(changes))) as History;
  const numbers = ({ transactions: found }: History) => found.map(({ sequence }) => sequence);

  it('come newest first, page by page, each once', async () => {
    const access = await aGrant();
    const first = await read(access);
    expect(first.more).toBe(true);
    expect(first.transactions[0]).toMatchObject({ id: 'ana-current-25', bookedOn: '2026-03-13', valueOn: '2026-03-14', amount: '-25.00', currency: 'GBP' });
    const second = await read(access, { after: first.transactions.at(-1) });
    const third = await read(access, { after: second.transactions.at(-1) });
    expect([...numbers(first), ...numbers(second), ...numbers(third)]).toEqual(Array.from({ length: 25 }, (_, i) => 25 - i));
    expect(third.more).toBe(false);
  });

  it('keep their pages while others arrive', async () => {
    const access = await aGrant({ customer: 'ben', accounts: ['ben-current'] });
    const go = async (changes: Partial<Page>) => value(await bank.transactions(access, 'ben-current', page(changes))) as History;
    const first = await go({});
    await transactions('ben-current', 26, 40);
    const second = await go({ after: first.transactions.at(-1) });
    expect(numbers(second)).toEqual([15, 14, 13, 12, 11, 10, 9, 8, 7, 6]);
  });

  it.each<[Partial<Page>, number[]]>([
    [{ from: '2026-03-12' }, [25, 24, 23]],
    [{ to: '2026-03-02' }, [4, 3, 2, 1]],
    [{ from: '2026-03-02', to: '2026-03-02' }, [4, 3]],
    [{ from: '2027-01-01' }, []],
  ])('keep to the days asked for: %j', async (changes, expected) => {
    expect(numbers(await read(await aGrant(), changes))).toEqual(expected);
  });

  it('are none in an account without any', async () => {
    expect(value(await bank.transactions(await aGrant({ accounts: ['ana-empty'] }), 'ana-empty', page()))).toEqual({ transactions: [], more: false, periods: undefined });
  });

  it.each<[string, Partial<Page>, object[], number[]]>([
    ['a first day', {}, [{ from: '2026-03-12' }], [25, 24, 23]],
    ['a last day', {}, [{ to: '2026-03-01' }], [2, 1]],
    ['both, asked for more', { from: '2026-03-01', to: '2026-03-31' }, [{ from: '2026-03-02', to: '2026-03-02' }], [4, 3]],
    ['both, asked for less', { to: '2026-03-02' }, [{ from: '2026-03-02', to: '2026-03-20' }], [4, 3]],
    ['two periods with a gap', {}, [{ to: '2026-03-01' }, { from: '2026-03-13' }], [25, 2, 1]],
    ['periods that overlap', { to: '2026-03-03' }, [{ from: '2026-03-02' }, { from: '2026-03-01', to: '2026-03-02' }], [6, 5, 4, 3, 2, 1]],
    ['other days than were asked for', { to: '2026-03-05' }, [{ from: '2026-03-06' }], []],
    ['no day at all', {}, [], []],
  ])('never leave the days that may be read: %s', async (_, asked, periods, expected) => {
    const history = await read(await aGrant({}, {}, { accounts: ['ana-current'], periodsOf: () => periods }), asked);
    expect([numbers(history), history.periods]).toEqual([expected, periods]);
  });

  it('keep their pages within the days that may be read', async () => {
    const reader = await aGrant({}, {}, { accounts: ['ana-current'], periodsOf: () => [{ from: '2026-03-12' }, { to: '2026-03-01' }] });
    const first = await read(reader, { limit: 2 });
    const second = await read(reader, { limit: 2, after: first.transactions.at(-1) });
    const third = await read(reader, { limit: 2, after: second.transactions.at(-1) });
    expect([first, second, third].map(numbers)).toEqual([[25, 24], [23, 2], [1]]);
    expect([first, second, third].map(({ more }) => more)).toEqual([true, true, false]);
  });

  it('take one statement a page', async () => {
    const access = await aGrant();
    const before = bank.statements;
    await read(access);
    expect(bank.statements - before).toBe(1);
  });
});
