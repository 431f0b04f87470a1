import { migrate, openDatabase, seedCustomers, type Database } from '@assent/persistence';
import { plusSeconds, systemClock, tagOf } from '@assent/protocol';
import { startDatabase, type TestDatabase } from '@assent/testing';
import { freePorts, makeConfiguration, type TestConfiguration } from '@assent/testing/fapi';
import { startGrantManagement, type GrantManagement } from './index.js';
import { headingOf, newGrant, Person, type NewGrant } from './sites.fixtures.js';
import { grantNamed, referenceOf } from './view/reference.js';

let database: TestDatabase;
let opened: Database;
let configuration: TestConfiguration;
let server: GrantManagement;
let ana: Person;
let ben: Person;

beforeAll(async () => {
  const [api, dashboard, staff, healthPort] = await freePorts(4);
  const sections = { bank: { name: 'Harbour Bank' }, grantManagement: { publicUrl: `https://localhost:${api}`, healthPort, dashboard: { publicUrl: `https://localhost:${dashboard}` }, staff: { publicUrl: `https://localhost:${staff}` } } };
  database = await startDatabase();
  await migrate(database.url);
  const own = { first_party: true, scope: 'openid', grant_types: ['authorization_code'], redirect_uris: ['https://own.test/callback'] };
  configuration = await makeConfiguration({
    databaseUrl: database.url,
    clients: [
      { id: 'tally', auth: 'private_key_jwt', constraint: 'dpop', metadata: { client_name: 'Tally Budget', organisation: { legal_name: 'Tally Software Ltd', register_number: '812345', purpose: '=1+1' } } },
      { id: 'own', auth: 'private_key_jwt', constraint: 'dpop', metadata: own },
    ],
    otherIssuers: ['second', { name: 'desk', signsIn: 'staff' }],
    sections,
  });
  opened = await openDatabase({ url: database.url, poolSize: 2 });
  await seedCustomers(opened.pool, configuration.config.customers, systemClock);
  server = await startGrantManagement(configuration.config);
  const signIn = (id: string) => Person.signIn(opened, configuration, 'dashboard', server.ports.dashboard[0]!, { id });
  [ana, ben] = [await signIn('customer-ana'), await signIn('customer-ben')];
}, 60_000);
afterAll(async () => {
  await server?.close();
  await opened?.close();
  await configuration?.close();
  await database?.stop();
});

const aGrant = (grant: NewGrant = {}): Promise<string> => newGrant(opened, configuration.issuer, grant);
const statusOf = async (id: string) => (await opened.stores.grants.find(id))?.status;
const payment = { type: 'payment_initiation', instructedAmount: { currency: 'EUR', amount: '84.20' }, creditorName: 'Bright Energy', creditorAccount: { iban: 'GB09HBNK40010112344821' }, identifier: 'p-1' };

describe('references', () => {
  it('lead back to the shard and the beginning of the id', async () => {
    const id = await aGrant();
    const reference = referenceOf(id);
    expect(reference).toMatch(/^GR-[0-9A-F]{4}-[0-9A-F]{2}$/);
    expect([id.startsWith(grantNamed(reference)!), tagOf(grantNamed(reference)!)]).toEqual([true, tagOf(id)]);
    expect([grantNamed(id), grantNamed('GR-12'), grantNamed('%')]).toEqual([id, undefined, undefined]);
  });
});

describe('the list', () => {
  it('says of what was allowed for minutes that it ends, without a warning', async () => {
    const id = await aGrant();
    await opened.pool.query(`UPDATE assent."grant" SET created_at = $2, expires_at = $3 WHERE id = $1`, [id, systemClock.now(), plusSeconds(systemClock.now(), 600)]);
    const { text } = await ana.get('/');
    expect(text).toMatch(/Ends (today|in .?1 day)/);
    expect(text).not.toMatch(/Tally Budget.{0,20} ends on/);
    await opened.pool.query(`DELETE FROM assent."grant" WHERE id = $1`, [id]);
  });

  it('has the customer’s own, data apart from payments, and none of the bank’s own applications', async () => {
    const soon = plusSeconds(systemClock.now(), 12 * 86_400 - 60);
    const [data, pays, own, others, over] = [await aGrant({ expiresAt: soon }), await aGrant({ details: [payment], scope: ['openid'] }), await aGrant({ clientId: 'own', scope: ['openid'] }), await aGrant({ customerId: 'customer-ben' }), await aGrant({ expiresAt: new Date(0) })];
    const { text } = await ana.get('/');
    for (const id of [data, pays]) expect(text).toContain(`/apps/${id}`);
    for (const id of [own, others, over]) expect(text).not.toContain(id);
    expect(text).toContain('Ends in <bdi>12 days</bdi>');
    expect(text).toMatch(/id="payments"[\s\S]*€84\.20[\s\S]*Bright Energy/);
    expect(text.split(`/apps/${pays}`)).toHaveLength(2);
    const past = await ana.get('/?state=past');
    expect(past.text).toContain(`/apps/${over}`);
    expect(past.text).not.toContain(`/apps/${data}`);
  });

  it('has grants of every issuer that signs customers in, and of no other', async () => {
    const second = await newGrant(opened, configuration.issuer.replace('/fapi2', '/second'));
    const [desk, gone] = [await newGrant(opened, configuration.issuer.replace('/fapi2', '/desk')), await newGrant(opened, 'https://elsewhere.test/fapi2')];
    const { text } = await ana.get('/');
    expect([second, desk, gone].map((id) => text.includes(id))).toEqual([true, false, false]);
    expect([(await ana.get(`/apps/${second}`)).status, (await ana.get(`/apps/${desk}`)).status]).toEqual([200, 404]);
  });

  it('is filtered by app, kind and account, and says so when nothing fits', async () => {
    expect((await ana.get('/?q=tally&type=payment')).text).not.toContain('id="data"');
    expect((await ana.get('/?q=nobody')).text).toContain('No connection fits this filter.');
    expect((await ana.get('/?account=2')).text).toContain('/apps/');
    expect((await ana.get('/?account=3')).text).toContain('No connection fits this filter.');
  });
});

describe('somebody else’s connection', () => {
  it.each(['', '/stop', '/stopped', '/remove-account', '/download?as=csv'])('is not there: GET %s', async (path) => {
    const id = await aGrant();
    const answers = [await ben.get(`/apps/${id}${path}`), await ben.get(`/apps/${'A'.repeat(32)}${path}`)];
    for (const answer of answers) expect([answer.status, headingOf(answer), answer.text.includes('Tally')]).toEqual([404, 'Page not found', false]);
  });

  it.each(['/stop/confirmed', '/remove-account/chosen', '/remove-account/confirmed'])('cannot be changed: POST %s', async (path) => {
    const id = await aGrant();
    expect((await ben.post(`/apps/${id}${path}`, { version: '1', account: '0' })).status).toBe(404);
    expect(await opened.stores.grants.find(id)).toMatchObject({ status: 'active', version: 1 });
  });

  it('nor is one of the bank’s own applications', async () => {
    expect((await ana.get(`/apps/${await aGrant({ clientId: 'own', scope: ['openid'] })}`)).status).toBe(404);
  });
});

describe('a form', () => {
  it.each<[string, Record<string, string>, Record<string, string>, number]>([
    ['of another session', { csrf: 'x' }, {}, 403],
    ['of another customer', { csrf: 'ben' }, {}, 403],
    ['of another site', {}, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }, 403],
    ['of a site beside it', {}, { 'sec-fetch-site': 'same-site' }, 403],
    ['that says nothing of where it is from', {}, { 'sec-fetch-site': '', origin: '' }, 403],
    ['of an older version', { version: '7' }, {}, 409],
    ['without a version', { version: '' }, {}, 409],
  ])('%s does nothing', async (_, fields, headers, status) => {
    const id = await aGrant();
    const answer = await ana.post(`/apps/${id}/stop/confirmed`, { version: '1', ...fields, ...(fields['csrf'] === 'ben' && { csrf: ben.csrf }) }, headers);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining('Nothing was done.')]);
    expect(await statusOf(id)).toBe('active');
  });

  it('without a session does nothing, and says so', async () => {
    const id = await aGrant();
    const late = await Person.signIn(opened, configuration, 'dashboard', server.ports.dashboard[0]!, { id: 'customer-ana', seconds: -1 });
    const staff = await Person.signIn(opened, configuration, 'staff', server.ports.dashboard[0]!, { id: 'customer-ana' });
    for (const nobody of [late, staff]) {
      const answer = await nobody.post(`/apps/${id}/stop/confirmed`, { version: '1' });
      expect([answer.status, headingOf(answer), answer.text]).toEqual([403, 'This page is too old', expect.stringContaining('Nothing was done.')]);
    }
    expect(await statusOf(id)).toBe('active');
  });
});

describe('stopping', () => {
  it('takes two steps, is recorded as the customer’s, and is told as often as asked', async () => {
    const id = await aGrant();
    const page = await ana.get(`/apps/${id}/stop`);
    expect(headingOf(page)).toBe('Stop sharing with Tally Budget?');
    for (const words of ['loses access at once', 'check with <bdi>Tally Budget</bdi> first', 'ask it to delete that', 'Payments already sent are not cancelled']) expect(page.text).toContain(words);
    expect(await statusOf(id)).toBe('active');
    const done = await ana.post(`/apps/${id}/stop/confirmed`, { version: '1' });
    expect([done.status, done.headers.get('location')]).toEqual([303, `/apps/${id}/stopped`]);
    expect(await statusOf(id)).toBe('revoked');
    expect((await ana.get(`/apps/${id}/stopped`)).text).toContain(referenceOf(id));
    expect(await opened.stores.grants.history(id)).toMatchObject([{ event: 'created' }, { event: 'revoked', actor: { kind: 'customer', id: 'customer-ana' } }]);
    const { rows } = await opened.pool.query(`SELECT customer_id, detail FROM assent.audit_event WHERE type = 'grant.revoked' AND grant_id = $1`, [id]);
    expect(rows).toEqual([{ customer_id: 'customer-ana', detail: { by: 'customer', site: 'dashboard' } }]);
    expect((await ana.post(`/apps/${id}/stop/confirmed`, { version: '1' })).status).toBe(409);
    expect((await ana.get(`/apps/${id}`)).text).toContain('You stopped it');
  });

  it('is done once, however often the button is pressed', async () => {
    const id = await aGrant();
    const answers = await Promise.all(Array.from({ length: 6 }, () => ana.post(`/apps/${id}/stop/confirmed`, { version: '1' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(5).fill(409)]);
  });

  it('calls payments payments', async () => {
    const id = await aGrant({ details: [payment], scope: [] });
    expect(headingOf(await ana.get(`/apps/${id}/stop`))).toBe('Stop payments by Tally Budget?');
  });
});

describe('removing an account', () => {
  it('takes two steps and leaves the rest, as a version of the authorization server’s', async () => {
    const id = await aGrant();
    expect(headingOf(await ana.post(`/apps/${id}/remove-account/chosen`, { version: '1', account: '1' }))).toBe('Remove Savings ••0937 from Tally Budget?');
    const done = await ana.post(`/apps/${id}/remove-account/confirmed`, { version: '1', account: '1' });
    expect([done.status, done.headers.get('location')]).toEqual([303, `/apps/${id}?done=account-removed`]);
    expect(await opened.stores.grants.find(id)).toMatchObject({ version: 2, accounts: ['ana-everyday'], updatedBy: 'authorization_server', status: 'active' });
    const page = await ana.get(`/apps/${id}?done=account-removed`);
    for (const words of ['The account was removed', 'You removed an account', 'Savings']) expect(page.text).toContain(words);
    expect((await ana.post(`/apps/${id}/remove-account/confirmed`, { version: '1', account: '0' })).status).toBe(409);
  });

  it('takes it out of the details too', async () => {
    const id = await aGrant({ scope: [], details: [{ type: 'account_information', actions: ['read_balances'], accounts: ['ana-everyday', 'ana-savings'] }] });
    await ana.post(`/apps/${id}/remove-account/confirmed`, { version: '1', account: '0' });
    expect(await opened.stores.grants.find(id)).toMatchObject({ accounts: ['ana-savings'], authorizationDetails: [{ accounts: ['ana-savings'] }] });
    // The detail lost the account and is there as before: nothing of it came or went.
    const [change] = (await ana.get(`/apps/${id}/download?as=json`)).json['history'] as readonly { readonly added?: unknown; readonly removed?: unknown }[];
    expect([change?.added ?? [], change?.removed]).toEqual([[], ['Everyday account ••4821']]);
  });

  it('says which payments end with it', async () => {
    const id = await aGrant({ details: [{ ...payment, debtorAccount: { accountId: 'ana-savings' } }] });
    const page = await ana.post(`/apps/${id}/remove-account/chosen`, { version: '1', account: '1' });
    expect(page.text).toMatch(/This ends with it: <bdi dir="ltr">€84\.20<\/bdi> to <bdi>Bright Energy/);
    expect((await ana.post(`/apps/${id}/remove-account/chosen`, { version: '1', account: '0' })).text).not.toContain('This ends with it');
    await ana.post(`/apps/${id}/remove-account/confirmed`, { version: '1', account: '1' });
    expect(await opened.stores.grants.find(id)).toMatchObject({ accounts: ['ana-everyday'], authorizationDetails: [] });
  });

  it('is not offered for payments alone', async () => {
    expect((await ana.get(`/apps/${await aGrant({ details: [payment], scope: [] })}`)).text).not.toContain('id="remove-account"');
  });

  it('offers to stop instead of taking the last one', async () => {
    const id = await aGrant({ accounts: ['ana-everyday'] });
    expect(headingOf(await ana.get(`/apps/${id}/remove-account`))).toBe('This is the only account');
    const answer = await ana.post(`/apps/${id}/remove-account/confirmed`, { version: '1', account: '0' });
    expect([answer.status, (await opened.stores.grants.find(id))?.version]).toEqual([409, 1]);
  });

  it.each(['', '5', '-1', 'ana-savings', '0x1'])('asks again for an account that was not offered (%j)', async (account) => {
    const answer = await ana.post(`/apps/${await aGrant()}/remove-account/chosen`, { version: '1', account });
    expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('Choose one account')]);
  });
});

describe('a copy', () => {
  it('is everything the page says, for programs', async () => {
    const id = await aGrant();
    await opened.pool.query(`INSERT INTO assent.grant_use (tag, grant_id, day, kind, count, last_at) VALUES ($1, $2, '2026-03-04', 'balances', 3, '2026-03-04T08:14Z'), ($1, $2, '2026-03-04', 'transactions', 1, '2026-03-04T08:15Z')`, [tagOf(id), id]);
    const answer = await ana.get(`/apps/${id}/download?as=json`);
    expect([answer.headers.get('content-disposition'), answer.headers.get('cache-control')]).toEqual([`attachment; filename="${referenceOf(id)}.json"`, 'no-store']);
    expect(answer.json).toMatchObject({ app: 'Tally Budget', accounts: ['Everyday account ••4821', 'Savings ••0937'], allowed_at: '2026-03-01T00:00:00.000Z', last_access: { at: '2026-03-04T08:15:00.000Z' }, history: [{ what: 'read', kinds: ['balances', 'transactions'], times: 4 }, { what: 'created' }] });
    expect((await ana.get(`/apps/${id}`)).text).toContain('Read 4 times: balances and transactions');
  });

  it('holds no formula (CWE-1236)', async () => {
    const { text, headers } = await ana.get(`/apps/${await aGrant()}/download?as=csv`);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(text).toContain(`"'=1+1"`);
    expect(text).not.toMatch(/(^|,)"?[=+@-]/m);
  });
});

it('signs out for good', async () => {
  const person = await Person.signIn(opened, configuration, 'dashboard', server.ports.dashboard[0]!, { id: 'customer-ana' });
  expect((await person.get('/')).status).toBe(200);
  const out = await person.post('/sign-out', {});
  expect([out.status, out.headers.get('location'), out.cookies]).toEqual([303, '/signed-out', [expect.stringContaining('Max-Age=0')]]);
  expect((await person.get('/')).headers.get('location')).toBe('/welcome');
});

describe('an agreement another customer waits for', () => {
  const detail = { type: 'account_information', actions: ['list_accounts'], accounts: ['ana-everyday'] };
  const asked = async (): Promise<string> => {
    await opened.pool.query(`UPDATE bank.account SET approvers = '{customer-ben}' WHERE id = 'ana-everyday'`);
    const id = await aGrant({ status: 'awaiting_authorisation', scope: [], details: [detail], accounts: ['ana-everyday', 'ana-savings'] });
    await opened.pool.query(`INSERT INTO assent.consent_approval (tag, grant_id, customer_id, state) VALUES ($1, $2, 'customer-ana', 'approved'), ($1, $2, 'customer-ben', 'pending')`, [tagOf(id), id]);
    return id;
  };

  it('stands above the list of whoever is asked, and of nobody else', async () => {
    const id = await asked();
    expect((await ben.get('/')).text).toContain(`/agreements/${id}`);
    expect((await ana.get('/')).text).not.toContain(`/agreements/${id}`);
    expect([(await ben.get(`/agreements/${id}`)).status, (await ana.get(`/agreements/${id}`)).status, (await ben.get(`/agreements/${await aGrant()}`)).status, (await ben.get('/agreements/nothing')).status]).toEqual([200, 404, 404, 404]);
    expect((await ana.get(`/apps/${id}`)).text).toContain('Waiting');
  });

  it('says who asks, for what, and names the accounts that need this customer, no others', async () => {
    const { text } = await ben.get(`/agreements/${await asked()}`);
    expect(headingOf({ text } as never)).toContain('Tally Budget');
    expect(text).toContain('Ana Duarte');
    expect(text).toContain('Everyday account');
    expect(text).not.toContain('Savings');
  });

  it('begins with the yes, once', async () => {
    const id = await asked();
    const answered = await ben.post(`/agreements/${id}/answered`, { version: '1', decision: 'approve' });
    expect([answered.status, answered.headers.get('location')]).toEqual([303, '/?done=agreed']);
    expect(await statusOf(id)).toBe('active');
    expect((await ben.get('/?done=agreed')).text).toContain('You agreed');
    expect((await ben.post(`/agreements/${id}/answered`, { version: '2', decision: 'approve' })).status).toBe(409);
    expect(await opened.stores.grants.history(id)).toMatchObject([{ event: 'created' }, { event: 'approved', actor: { kind: 'customer', id: 'customer-ben' }, status: 'active' }]);
  });

  it('stands in the list of whoever agreed, who may stop it for everybody', async () => {
    const id = await asked();
    await ben.post(`/agreements/${id}/answered`, { version: '1', decision: 'approve' });
    expect((await ben.get('/')).text).toContain(`href="/agreements/${id}"`);
    const { text } = await ben.get(`/agreements/${id}`);
    expect([headingOf({ text } as never), text.includes('Savings')]).toEqual([expect.stringContaining('You agreed to'), false]);
    expect((await ben.get(`/apps/${id}`)).status).toBe(404);
    for (const fields of [{ version: '1', decision: 'stop' }, { version: '2', decision: 'reject' }]) expect((await ben.post(`/agreements/${id}/answered`, fields)).status).toBe(409);
    expect(await statusOf(id)).toBe('active');
    expect((await ben.post(`/agreements/${id}/answered`, { version: '2', decision: 'stop' })).headers.get('location')).toBe('/?done=stopped');
    expect((await opened.stores.grants.history(id)).at(-1)).toMatchObject({ event: 'revoked', actor: { kind: 'customer', id: 'customer-ben' } });
    expect((await ben.get(`/agreements/${id}`)).status).toBe(404);
  });

  it('ends with the no', async () => {
    const id = await asked();
    expect((await ben.post(`/agreements/${id}/answered`, { version: '1', decision: 'reject' })).headers.get('location')).toBe('/?done=refused');
    expect(await statusOf(id)).toBe('rejected');
    expect((await ana.get('/?state=past')).text).toContain(`/apps/${id}`);
  });

  it.each<[string, Record<string, string>]>([
    ['another version', { version: '2', decision: 'approve' }],
    ['no version', { decision: 'approve' }],
    ['no answer', { version: '1' }],
    ['another answer', { version: '1', decision: 'maybe' }],
    ['another form’s token', { version: '1', decision: 'approve', csrf: 'x' }],
  ])('is not touched by %s', async (_, fields) => {
    const id = await asked();
    expect((await ben.post(`/agreements/${id}/answered`, fields)).status).toBeGreaterThanOrEqual(400);
    expect(await statusOf(id)).toBe('awaiting_authorisation');
  });
});
