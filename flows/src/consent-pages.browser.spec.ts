import { customers, type FapiClient } from '@assent/testing/fapi';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { approveInChromium, newVisit, openChromium, sentBack } from './support/browser.js';
import { obtainTokens, startStack, type Stack } from './support/stack.js';

/* What customers decide on, in a real Chromium without scripts: what a page says is what is granted, paid or changed. */

const scope = 'openid profile email offline_access accounts balances transactions grant_management_query grant_management_revoke';
const types = ['account_information', 'payment_initiation', 'recurring_payment'];

let stack: Stack;
let browser: Browser;
let client: FapiClient;
beforeAll(async () => {
  const started = startStack({ clients: [{ id: 'tpp', auth: 'private_key_jwt', constraint: 'dpop', metadata: { scope, authorization_details_types: types } }], grants: true });
  [stack, browser] = await Promise.all([started, openChromium()]);
  client = await stack.party('tpp');
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

let context: BrowserContext;
let page: Page;
beforeEach(async () => {
  context = await newVisit(browser);
  page = await context.newPage();
});
afterEach(() => context.close());

type Detail = Readonly<Record<string, unknown>>;
const reading = { type: 'account_information', actions: ['list_accounts', 'read_balances'] };
const paying = { type: 'payment_initiation', instructedAmount: { currency: 'GBP', amount: '12.50' }, creditorName: 'Corner Cafe', creditorAccount: { iban: 'GB76HBNK40010100213377' }, remittanceInformationUnstructured: 'Two teas' };
const redirectUri = 'https://tpp.tpp.test/callback';

async function begin(parameters: Readonly<Record<string, string | undefined>>) {
  const { prepared, url } = await client.begin(parameters);
  await page.goto(url.href);
  if (await page.locator('#login').count()) {
    await page.fill('#login', customers.ana.login);
    await page.fill('#password', customers.ana.password);
    await page.click('#login-submit');
  }
  return prepared;
}
const heading = () => page.textContent('h1');
const press = (button: '#consent-allow' | '#cancel') => sentBack(page, redirectUri, () => page.click(button, { noWaitAfter: true }));
const described = async (grantId: string) => (await client.queryGrant(grantId, (await client.clientCredentials('grant_management_query')).json['access_token'] as string)).json;
const accounts = async (accessToken: string) => ((await client.call(`${stack.resource}/accounts`, accessToken)).json['accounts'] as { accountId: string }[]).map(({ accountId }) => accountId);
const created = (more: Readonly<Record<string, string>> = {}) => obtainTokens(client, stack.visitor(), { grant_management_action: 'create', scope: 'openid accounts', ...more });

it.each([
  ['a desktop', { width: 1280, height: 900 }],
  ['a phone', { width: 390, height: 844 }],
])('on %s: data from one account, a payment from another; each token opens what its page said', async (_says, viewport) => {
  await page.setViewportSize(viewport);
  const prepared = await begin({ grant_management_action: 'create', scope: 'openid', authorization_details: JSON.stringify([reading, paying]) });
  expect(await heading()).toMatch(/^Share your account data with /);
  const [data = '', money = ''] = await Promise.all((await page.locator('input[name=account]:enabled').all()).slice(0, 2).map((box) => box.getAttribute('value')));
  await page.check(`input[value="${data}"]`);
  await page.click('#consent-allow');
  expect(await heading()).toBe('Approve this payment?');
  expect(await page.textContent('.sumtop')).toBe('You pay£12.50toCorner CafeAccount number: GB76 HBNK 4001 0100 2133 77');
  await page.check(`input[value="${money}"]`);
  const callback = await press('#consent-allow');

  const { json } = await client.redeem(prepared, client.callback(callback, prepared).get('code')!);
  const details = json['authorization_details'] as readonly Detail[];
  expect(details).toMatchObject([{ type: 'account_information', accounts: [data] }, { ...paying, debtorAccount: { accountId: money } }]);
  expect((await described(json['grant_id'] as string))['authorization_details']).toEqual(details);
  expect(await accounts(json['access_token'] as string)).toEqual([data]);
  const { rows } = await stack.database.pool.query<{ detail: Record<string, unknown> }>(`SELECT detail FROM assent.audit_event WHERE type = 'authorize.allowed' AND grant_id = $1`, [json['grant_id']]);
  expect(rows).toMatchObject([{ detail: { accounts: [data], locale: 'en', fee: '0.00', shown: expect.any(String) as string, shown_before: [expect.any(String)], payments: [expect.stringContaining('"value":"12.50"')] } }]);
  expect(JSON.parse((rows[0]!.detail['payments'] as string[])[0]!)).toMatchObject({ payee: { name: 'Corner Cafe', account: 'GB76 HBNK 4001 0100 2133 77' }, from: [money] });
});

it('everything at once goes through on all its pages', async () => {
  const monthly = { type: 'recurring_payment', creditorName: 'Corner Cafe', creditorAccount: { iban: 'GB76HBNK40010100213377' }, limits: { perPayment: { currency: 'GBP', amount: '20.00' }, perPeriod: { currency: 'GBP', amount: '120.00' }, period: 'month' } };
  const { prepared, url } = await client.begin({ scope: 'openid accounts', authorization_details: JSON.stringify([reading, paying, monthly]) });
  const callback = await approveInChromium(browser, url, redirectUri, customers.ana);
  const { json } = await client.redeem(prepared, client.callback(callback, prepared).get('code')!);
  expect((json['authorization_details'] as readonly Detail[]).map(({ type }) => type).sort()).toEqual([...types].sort());
});

describe('a change', () => {
  it('shows what is new, what stays and what goes, and does just that', async () => {
    const before = await created({ scope: 'openid accounts transactions' });
    const prepared = await begin({ grant_management_action: 'replace', grant_id: before.answer['grant_id'] as string, scope: 'openid accounts balances' });
    expect(await heading()).toMatch(/^Change what .* can see\?$/);
    const rows = await page.locator('.change').allTextContents();
    expect(rows.map((row) => /^(New|Longer|Stays|Removed)/.exec(row)?.[1])).toEqual(expect.arrayContaining(['New', 'Stays', 'Removed']));
    expect(rows.find((row) => row.startsWith('Removed'))).toContain('Transactions');
    const ticked = await Promise.all((await page.locator('input[name=account]:checked').all()).map((box) => box.getAttribute('value')));
    expect(ticked.sort()).toEqual((await accounts(before.accessToken)).sort());
    await page.uncheck(`input[value="${ticked[0]}"]`);
    const callback = await press('#consent-allow');
    // Nothing has changed before the code is redeemed.
    expect(await accounts(before.accessToken)).toHaveLength(ticked.length);
    const { json } = await client.redeem(prepared, client.callback(callback, prepared).get('code')!);
    expect(json['grant_id']).toBe(before.answer['grant_id']);
    expect(String(json['scope']).split(' ').sort()).toEqual(['accounts', 'balances', 'openid']);
    expect(await accounts(json['access_token'] as string)).toEqual(ticked.slice(1));
  });

  it('that is not wanted leaves everything as it is', async () => {
    const before = await created();
    await begin({ grant_management_action: 'merge', grant_id: before.answer['grant_id'] as string, scope: 'openid balances' });
    expect(await page.textContent('#cancel')).toBe('Keep it as it is');
    expect((await press('#cancel')).searchParams.get('error')).toBe('access_denied');
    expect(JSON.stringify((await described(before.answer['grant_id'] as string))['scopes'])).not.toContain('balances');
    expect((await client.refresh(before.refreshToken)).status).toBe(200);
  });

  it('that was overtaken by another must be looked at again', async () => {
    const before = await created();
    const grantId = before.answer['grant_id'] as string;
    await begin({ grant_management_action: 'merge', grant_id: grantId, scope: 'openid transactions' });
    expect(await heading()).toMatch(/^Change what /);
    await obtainTokens(client, stack.visitor(), { grant_management_action: 'merge', grant_id: grantId, scope: 'openid balances' });
    await page.click('#consent-allow');
    expect(await heading()).toBe('This request changed');
    expect(await page.textContent('main')).toContain('Nothing was changed.');
    await page.click('#again');
    expect(await page.locator('.change', { hasText: 'Balances' }).textContent()).toMatch(/^Stays/);
    expect((await press('#consent-allow')).searchParams.get('code')).not.toBeNull();
  });
});
