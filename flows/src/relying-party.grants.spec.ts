import { customers } from '@assent/testing/fapi';
import { allowOnEveryPage } from '@assent/testing/chromium';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { newVisit, openChromium } from './support/browser.js';
import { startDemoParty, type DemoParty } from './support/demo-party.js';

/* What a visitor of the demo third party can do with a grant the app manages, and with a payment: every button. */

const types = ['account_information', 'payment_initiation', 'recurring_payment'];
const scope = 'openid accounts balances transactions grant_management_query grant_management_revoke';

let party: DemoParty;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  party = await startDemoParty(
    [
      { id: 'tally', auth: 'private_key_jwt', constraint: 'dpop', metadata: { client_name: 'Tally Budget', scope, authorization_details_types: types } },
      { id: 'ledger', auth: 'self_signed_tls_client_auth', constraint: 'mtls', metadata: { client_name: 'Ledger', scope, access_token_format: 'opaque', authorization_details_types: types } },
    ],
    { grants: true },
  );
  browser = await openChromium();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await party?.stop();
});
beforeEach(async () => {
  context = await newVisit(browser);
  page = await context.newPage();
});
afterEach(() => context.close());

const press = (id: string) => Promise.all([page.waitForEvent('framenavigated'), page.click(`#${id}`)]);
const title = () => page.textContent('h1');
const notice = async (): Promise<string> => (await page.locator('.note').allTextContents()).join(' ');
const verdict = () => page.locator('.time > li').first().locator('.badge').textContent();
const data = async (): Promise<string> => (await page.locator('#data').allInnerTexts()).join(' ');
const idsOf = (selector: string) => page.locator(selector).evaluateAll((found) => found.map(({ id }) => id));

async function signIn(): Promise<void> {
  await page.fill('#login', customers.ana.login);
  await page.fill('#password', customers.ana.password);
  await page.click('#login-submit');
}

async function connect(client: string, ...picks: readonly string[]): Promise<void> {
  await page.goto(`${party.url}/start`);
  for (const pick of [`client-${client}`, ...picks]) await page.check(`#${pick}`);
  await page.click('#start');
  await signIn();
  await allow();
}

async function allow(): Promise<void> {
  await allowOnEveryPage(page, page.waitForRequest((request) => request.url().startsWith(`${party.url}/callback`)));
  await page.waitForURL(`${party.url}/session`);
}

async function change(how: 'merge' | 'replace', ask: string): Promise<void> {
  await page.click('summary:has-text("Change it")');
  await page.check(`#change-${ask}`);
  await page.click(`#change-${how}`);
  await page.waitForSelector('#consent-allow');
}

describe.each(['tally', 'ledger'])('a grant that %s manages', (client) => {
  it('is created, read, extended, replaced and revoked', async () => {
    await connect(client, 'ask-balances', 'identity-no');
    expect(await title()).toMatch(/ has access$/);
    await press('act-balances');
    expect(await data()).toMatch(/Everyday account/);
    await press('act-grant-read');
    expect(await data()).toMatch(/Status\s+active[\s\S]*account_information \(list_accounts, read_balances\)/);
    expect(await idsOf('#act-transactions, #act-older-refresh, #act-older-access')).toEqual([]);

    await change('merge', 'transactions');
    await allow();
    await press('act-transactions');
    expect(await page.textContent('#data h3')).toMatch(/^Latest transactions/);
    await press('act-balances');
    expect(await notice()).toBe('');
    await press('act-older-refresh');
    expect([await verdict(), await notice()]).toEqual(['Refused, as it must be', expect.stringContaining('invalid_grant')]);

    await change('replace', 'balances');
    await allow();
    expect(await idsOf('#act-transactions')).toEqual([]);
    await press('act-older-access');
    expect([await verdict(), await notice()]).toEqual(['Refused, as it must be', expect.stringContaining('invalid_token')]);
    await press('act-balances');
    expect(await verdict()).toBe('Answered');

    await press('act-grant-revoke');
    expect(await title()).toMatch(/ has lost its access$/);
    for (const action of ['act-accounts', 'act-refresh']) {
      await press(action);
      expect(await verdict()).toBe('Refused, as it must be');
    }
    expect(await idsOf('[id^=act-grant-], #change-merge')).toEqual([]);
  }, 60_000);
});

it('stays as it is when the customer says no to a change', async () => {
  await connect('tally', 'ask-balances', 'identity-yes');
  await change('replace', 'transactions');
  expect(await title()).toMatch(/^Change what/);
  await page.click('#cancel');
  await page.waitForURL(`${party.url}/session`);
  expect(await notice()).toMatch(/access_denied/);
  for (const action of ['act-balances', 'act-refresh']) {
    await press(action);
    expect([action, await verdict()]).toEqual([action, 'Answered']);
  }
});

it('is none of the app’s business in an ordinary authorization', async () => {
  await connect('tally', 'grant-none');
  expect(await idsOf('[id^=act-grant-], #change-merge')).toEqual([]);
});

describe('a payment', () => {
  it('is made exactly once', async () => {
    await connect('tally', 'ask-payment', 'identity-no');
    await press('act-pay');
    expect(await data()).toMatch(/Status\s+booked/);
    await press('act-pay-again');
    expect(await verdict()).toBe('Refused, as it must be');
    await press('act-payment-status');
    expect(await data()).toMatch(/Status\s+booked/);
  });

  it('of a series stays within its limits', async () => {
    await connect('ledger', 'ask-recurring', 'identity-no');
    for (let times = 0; times < 2; times += 1) {
      await press('act-pay');
      expect(await verdict()).toBe('Answered');
    }
    await press('act-pay');
    expect(await notice()).toMatch(/does not take this payment|not asked for this|insufficient_scope/);
  });
});

it('a client that is not registered for a type asks for nothing', async () => {
  // The same clients at the same bank, one of them registered for scopes only.
  const plain = await startDemoParty([{ id: 'tally', auth: 'private_key_jwt', constraint: 'dpop', metadata: { client_name: 'Tally Budget' } }]);
  try {
    await page.goto(`${plain.url}/start`);
    await page.check('#ask-payment');
    await page.click('#start');
    expect(await notice()).toMatch(/Tally Budget is not registered for this/);
  } finally {
    await plain.stop();
  }
}, 60_000);
