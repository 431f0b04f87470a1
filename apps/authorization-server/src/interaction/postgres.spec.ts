import { openDatabase, type Database } from '@assent/persistence';
import { mintHandle, mintId, newTag, parseHandle, plusSeconds, Secret, type PushedRequest } from '@assent/protocol';
import { startDatabase, type TestDatabase } from '@assent/testing';
import { issuerUrl, Site } from './fixtures/site.js';
import type { Answer, Web } from './fixtures/web.js';

/* The front channel on the real stores: what counts there is one winner, and how many statements it takes. */

let postgres: TestDatabase;
let database: Database;
let site: Site;
let web: Web;

beforeAll(async () => {
  postgres = await startDatabase();
  database = await openDatabase({ url: postgres.url, poolSize: 8, encryptionKey: new Secret(Buffer.alloc(32)), clock: { now: () => site.now } });
  site = await Site.start({ stores: database.stores, pool: database.pool });
  site.now = (await database.pool.query<{ now: Date }>('SELECT now() AS now')).rows[0]!.now;
  for (const { id, login, passwordHash, displayName } of site.stores.customers.values()) {
    await database.pool.query('INSERT INTO bank.customer (id, login, password_hash, display_name, claims) VALUES ($1, $2, $3, $4, $5)', [id, login, passwordHash, displayName, '{}']);
    for (const [position, account] of (site.stores.accounts.get(id) ?? []).entries()) {
      const { balance, unavailable } = account;
      await database.pool.query(
        `INSERT INTO bank.account (id, customer_id, position, name, type, iban, currency, opening_balance, opened_on, balance, balance_at, unavailable)
         VALUES ($1, $2, $3, $4, 'current', $5, $6, $7, now(), $7, now(), $8)`,
        [account.id, id, position, account.name, `GB00HARB${id}${account.maskedNumber}`, balance.currency, balance.amount, unavailable ?? null],
      );
    }
  }
  web = site.browser();
  await signIn(web, await web.get(site.authorizeUrl(await push())));
});
afterAll(async () => {
  await site?.close();
  await database?.close();
  await postgres?.stop();
});

const signIn = (browser: Web, page: Answer, password = 'ana-2026') => browser.press(page, 'login-submit', { login: 'ana', password });

async function push(more: Partial<PushedRequest> = {}): Promise<string> {
  const { value, handle } = mintHandle(newTag(), plusSeconds(site.now, 90));
  const request = site.request(more);
  await database.stores.pushedRequests.push({ handle, request, replay: [], audit: { type: 'par.pushed', issuer: request.issuer } });
  return value;
}
async function counted<T>(work: () => Promise<T>): Promise<{ result: T; statements: number; commits: number }> {
  const before = database.statistics();
  const result = await work();
  const after = database.statistics();
  return { result, statements: after.statements - before.statements, commits: after.commits - before.commits };
}
async function redeem(code: string): Promise<void> {
  const handle = parseHandle(code)!;
  const familyId = mintId(handle.tag);
  const access = { jti: `${familyId}.1`, format: 'jwt' as const, audience: [], expiresAt: plusSeconds(site.now, 60), confirmation: { jkt: 'k' } };
  const audit = { type: 'token.issued', issuer: issuerUrl };
  const { redirectUri, codeChallenge } = site.request();
  const apply = (): never => { throw new Error('no grant is changed'); };
  const redeemed = await database.stores.codes.redeem({ code: handle, issuer: issuerUrl, clientId: 'tally', codeChallenge, redirectUri, jkt: 'k', tokens: { familyId, access }, apply, replay: [], now: site.now, audit });
  expect(redeemed.outcome).toBe('redeemed');
}
const rows = async (table: string): Promise<number> => Number((await database.pool.query<{ count: string }>(`SELECT count(*) FROM assent.${table}`)).rows[0]!.count);

it('a customer who is signed in needs two statements to see the page and two, with one commit, to answer', async () => {
  const url = site.authorizeUrl(await push());
  const page = await counted(() => web.get(url));
  expect(page).toMatchObject({ statements: 2, commits: 0, result: { status: 200 } });
  const answer = await counted(() => web.press(page.result, 'consent-allow', { account: 'ana-1' }));
  expect(answer).toMatchObject({ statements: 2, commits: 1, result: { status: 303 } });
  expect(answer.result.location).toMatch(/^https:\/\/tpp\.example\/callback\?code=[\w-]{43}&state=st&iss=/);
});

it('F2-AZ-16: of 100 answers at once one wins: one code, one audit line, and no grant yet', async () => {
  const before = [await rows('"grant"'), await rows('authorization_code'), await rows('audit_event')];
  const page = await web.get(site.authorizeUrl(await push()));
  const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => web.press(page, index % 5 === 4 ? 'cancel' : 'consent-allow', { account: 'ana-2' })));
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(answers.filter(({ status, title }) => status === 400 && title.includes('already answered'))).toHaveLength(99);
  const after = [await rows('"grant"'), await rows('authorization_code'), await rows('audit_event')];
  const granted = answers.find(({ status }) => status === 303)?.location?.includes('code=') ? 1 : 0;
  expect(after).toEqual([before[0]!, before[1]! + granted, before[2]! + 2]);
});

it('prompt=none gives a code on the grant that is there', async () => {
  const allowed = await web.press(await web.get(site.authorizeUrl(await push())), 'consent-allow', { account: 'ana-1' });
  await redeem(new URL(allowed.location!).searchParams.get('code')!);
  const answer = await counted(async () => web.get(site.authorizeUrl(await push({ prompt: ['none'], scope: ['openid', 'accounts'] }))));
  expect(answer.result.location).toMatch(/code=/);
  // Push, open, covering, allow.
  expect(answer).toMatchObject({ statements: 4, commits: 2 });
});

it('a session that was replaced is over', async () => {
  const stolen = site.browser();
  for (const [name, value] of web.cookies) stolen.cookies.set(name, value);
  await signIn(web, await web.get(site.authorizeUrl(await push({ prompt: ['login'] }))));
  expect((await stolen.get(site.authorizeUrl(await push()))).title).toContain('Sign in');
  expect((await web.get(site.authorizeUrl(await push()))).title).toContain('Share your account data');
});

it('failed sign-ins are counted in the database', async () => {
  const guesser = site.browser();
  const page = await guesser.get(site.authorizeUrl(await push()));
  const statuses = [];
  for (let tries = 0; tries < 5; tries++) statuses.push((await signIn(guesser, page, 'wrong')).status);
  expect(statuses).toEqual([422, 422, 422, 429, 429]);
  expect(await rows('login_throttle')).toBeGreaterThan(0);
});
