import { customers, type FapiClient } from '@assent/testing/fapi';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { asked, backchannelClient, cibaGrant } from './support/backchannel.js';
import { newVisit, openChromium } from './support/browser.js';
import { startDemoParty, type DemoParty } from './support/demo-party.js';

/* Two devices: a shop's till and its customer's phone, each a browser of its own, between them only the bank. */

const plain = { scope: 'openid profile accounts', grant_types: [cibaGrant, 'refresh_token'] };
let party: DemoParty;
let browser: Browser;
/** Asks in a shop's name where no till is looked at. */
let shop: FapiClient;
beforeAll(async () => {
  const many = { pendingPerCustomer: 100, refusals: 100 };
  const started = startDemoParty(
    [
      { id: 'corner', at: 'fapi2', auth: 'private_key_jwt', constraint: 'dpop', metadata: { ...backchannelClient('poll'), ...plain, client_name: 'Corner Shop', organisation: { legal_name: 'Corner Shop Ltd', register_number: '661204' } } },
      { id: 'helpline', at: 'fapi1', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', metadata: { ...backchannelClient('ping'), ...plain, client_name: 'Helpline', backchannel_authentication_request_signing_alg: 'PS256' } },
      { id: 'desk', at: 'fapi1', auth: 'tls_client_auth', constraint: 'mtls', signs: true, metadata: { ...backchannelClient('poll'), ...plain, client_name: 'Parcel Desk', backchannel_authentication_request_signing_alg: 'ES256' } },
      { id: 'quiet', at: 'fapi2', auth: 'private_key_jwt', constraint: 'mtls', metadata: { ...backchannelClient('poll'), ...plain, client_name: 'Quiet Shop' } },
    ],
    { issuer: { profile: 'fapi2-ciba', ciba: many }, otherIssuers: [{ name: 'fapi1', profile: 'fapi-ciba', signingAlgs: ['PS256', 'ES256'], ciba: many }] },
  );
  [party, browser] = await Promise.all([started, openChromium()]);
  shop = await party.stack.party('quiet');
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await party?.stop();
});

const opened: BrowserContext[] = [];
/** What the browsers complained of. */
let complaints: string[];
beforeEach(() => void (complaints = []));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((context) => context.close()));
  await party.stack.database.pool.query(`UPDATE assent.backchannel_request SET state = 'denied', decided_at = now() WHERE state = 'pending'`);
});

async function open(context: Promise<BrowserContext>): Promise<Page> {
  opened.push(await context);
  const page = await (await context).newPage();
  page.setDefaultTimeout(10_000);
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  return page;
}
const withScripts = () => open(browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB', viewport: { width: 390, height: 844 } }));
const withoutScripts = () => open(newVisit(browser));

const device = (issuer = 'fapi2') => `${new URL(party.stack.issuer).origin}/${issuer}/device`;
const heading = (page: Page) => page.textContent('h1');

async function signIn(page: Page, { login, password }: { readonly login: string; readonly password: string } = customers.ana): Promise<void> {
  await page.fill('#login', login);
  await page.fill('#password', password);
  await page.click('#login-submit');
}

/** The customer's phone, signed in and looking at what waits. */
async function phone(page: Promise<Page>, issuer?: string): Promise<Page> {
  await (await page).goto(device(issuer));
  await signIn(await page);
  await (await page).waitForSelector('#waiting');
  return page;
}

/** A till that asks Ana. */
async function till(client: string): Promise<{ readonly page: Page; readonly code: string }> {
  const page = await withoutScripts();
  await page.goto(`${party.url}/till`);
  await page.check(`#client-${client}`);
  await page.click('#ask');
  const code = (await page.textContent('#code', { timeout: 15_000 }))!;
  expect(await heading(page)).toBe('Please approve on your phone');
  return { page, code };
}
const shows = (page: Page, title: string) => page.locator('h1', { hasText: title }).waitFor({ timeout: 30_000 });
const showsNothing = (page: Page) => page.locator('#waiting', { hasText: 'Nothing is waiting for you' }).waitFor({ timeout: 15_000 });

/** On the request's page: the first account, and the code the other screen shows. */
async function fill(page: Page, code: string): Promise<void> {
  await page.locator('input[name=account]:enabled').first().check();
  await page.locator('label.pick', { hasText: code }).click();
}

const paying = { type: 'payment_initiation', instructedAmount: { currency: 'GBP', amount: '12.50' }, creditorName: 'Corner Cafe', creditorAccount: { iban: 'GB76HBNK40010100213377' } };
const askToPay = (changes: Readonly<Record<string, string>> = {}) => asked(shop, { scope: 'openid', authorization_details: JSON.stringify([paying]), binding_message: 'W4SC', ...changes });

const axe = (createRequire(import.meta.url)('axe-core') as { source: string }).source;
/** `evaluate` is not subject to the page's policy. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate<string[]>(`axe.run(document, { runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice'] }).then(({ violations }) => violations.flatMap((v) => v.nodes.map((n) => v.id + ' ' + n.html.slice(0, 120))))`);
}

it('paid at the till: the request arrives without a reload, the codes are compared, the shop hears of it by polling', async () => {
  const mobile = await phone(withScripts());
  expect(await mobile.textContent('#waiting')).toContain('Nothing is waiting for you');
  const { page: screen, code } = await till('corner');
  await mobile.waitForSelector('.request', { timeout: 10_000 });
  expect(await mobile.title()).toBe('(1) Waiting for you – Harbour Bank');
  expect(await mobile.textContent('#said')).toBe('1 request is waiting for you.');
  expect(await mobile.textContent('.request')).toContain('Asks you to pay £84.20 to Bright Energy Supply Ltd');
  await mobile.click('.request a');
  expect(await heading(mobile)).toBe('Did you ask for this?');
  expect(await mobile.textContent('main')).toContain('Corner Shop Ltd trades as Corner Shop');
  expect(await mobile.locator('input:checked').count()).toBe(0);
  await fill(mobile, code);
  await mobile.click('#consent-allow');
  await shows(mobile, 'Done');
  await shows(screen, 'Paid. Thank you!');
  const steps = await screen.locator('.time h2').allTextContents();
  expect(steps.map((step) => step.replace(/^\d+\. /, ''))).toEqual(expect.arrayContaining(['Pay', 'Ask whether the customer has decided', 'Ask the customer’s bank by the back channel', 'Read the bank’s metadata']));
  expect(await screen.content()).not.toMatch(/eyJ[\w-]{40,}\.[\w-]+\.[\w-]{20,}/);
  await screen.click('#inspect');
  expect(await heading(screen)).toBe('Corner Shop has access');
  await mobile.click('#list');
  expect(await mobile.textContent('#waiting')).toContain('Nothing is waiting for you');
  expect(complaints).toEqual([]);
}, 90_000);

it('refused on the phone: the shop is told (ping, signed requests), and everything is said to both', async () => {
  const mobile = await phone(withoutScripts(), 'fapi1');
  const { page: screen } = await till('helpline');
  // Without scripts a reload brings it.
  await mobile.reload();
  await mobile.click('.request a');
  await mobile.click('#cancel');
  expect(await heading(mobile)).toBe('Nothing was paid');
  await shows(screen, 'Not paid');
  expect(await screen.textContent('.sumtop')).toContain('Harbour Bank says that the customer said no.');
  const steps = await screen.locator('.time h2').allTextContents();
  expect(steps.some((step) => step.includes('The bank says: the customer has decided'))).toBe(true);
  // Told, it asked once.
  expect(steps.filter((step) => step.includes('Ask whether'))).toHaveLength(1);
  await mobile.goBack();
  await mobile.reload();
  expect(await heading(mobile)).toBe('Nothing was paid');

  await mobile.click('#block');
  expect(await mobile.textContent('.note')).toContain('You reported Helpline and blocked its requests.');
  await screen.click('#again');
  await screen.check('#client-helpline');
  await screen.click('#ask');
  expect(await screen.textContent('.note')).toContain('The bank said no');
  await mobile.click('button:has-text("Unblock")');
  expect(await mobile.textContent('.note')).toContain('Helpline can send you requests again.');
}, 90_000);

it('paid to a shop that authenticates with its certificate and signs its requests', async () => {
  const mobile = await phone(withScripts(), 'fapi1');
  const { page: screen, code } = await till('desk');
  await mobile.click('.request a');
  await fill(mobile, code);
  await mobile.click('#consent-allow');
  await shows(mobile, 'Done');
  await shows(screen, 'Paid. Thank you!');
}, 60_000);

it('a wrong code approves nothing; typed right, it does', async () => {
  const mobile = await phone(withoutScripts());
  await askToPay();
  await mobile.reload();
  await mobile.click('.request a');
  const wrong = (await mobile.locator('.codes .match').allTextContents()).find((one) => one !== 'W4SC')!;
  await fill(mobile, wrong);
  await mobile.click('#consent-allow');
  expect(await mobile.title()).toBe('Error: Did you ask for this? – Harbour Bank');
  expect(await mobile.locator('input[name=account]:checked').count()).toBe(1);
  expect(await mobile.content()).not.toContain('W4SC');
  await mobile.fill('#code', 'W4SD');
  await mobile.click('#consent-allow');
  expect(await mobile.title()).toContain('Error');
  await mobile.fill('#code', 'w4sc');
  await mobile.click('#consent-allow');
  expect(await heading(mobile)).toBe('Done');
});

it('two tabs that approve at once: one is done, the other learns that it was', async () => {
  const { id } = await askToPay();
  const one = await phone(withScripts());
  const other = await one.context().newPage();
  await Promise.all([one, other].map(async (page) => {
    await page.goto(device());
    await page.click('.request a');
    await fill(page, 'W4SC');
  }));
  await Promise.all([one, other].map((page) => Promise.all([page.waitForEvent('load'), page.click('#consent-allow')])));
  expect([await heading(one), await heading(other)].sort()).toEqual(['Done', 'This request was already answered']);
  expect((await shop.token(cibaGrant, { auth_req_id: id })).json).toHaveProperty('access_token');
});

it('a request that ends while its page is open: nothing happened, on the page and on the list', async () => {
  const mobile = await phone(withScripts());
  await askToPay({ requested_expiry: '6' });
  await mobile.waitForSelector('.request');
  const list = await mobile.context().newPage();
  await list.goto(device());
  await list.waitForSelector('.request');
  await mobile.click('.request a');
  await mobile.locator('input[name=account]:enabled').first().check();
  await shows(mobile, 'Nothing happened');
  expect(await mobile.textContent('main')).toContain('The request ran out before it was answered.');
  await showsNothing(list);
});

it('decided in one tab, it goes from the list in another by itself', async () => {
  await askToPay();
  const list = await phone(withScripts());
  const other = await list.context().newPage();
  await other.goto(device());
  await other.click('.request a');
  await other.click('#cancel');
  await showsNothing(list);
  expect(await list.title()).toBe('Waiting for you – Harbour Bank');
});

it('another customer finds nothing of it, on the list or by its address', async () => {
  await askToPay();
  const anas = await phone(withoutScripts());
  const address = await anas.locator('.request a').getAttribute('href');
  const bens = await withoutScripts();
  await bens.goto(new URL(address!, device()).href);
  await signIn(bens, customers.ben);
  expect(await heading(bens)).toBe('Page not found');
  await bens.goto(device());
  expect(await bens.textContent('#waiting')).toContain('Nothing is waiting for you');
  await anas.click('.request a');
  await anas.click('#cancel');
});

it('without scripts, by keyboard alone: from the list to a yes', async () => {
  const mobile = await phone(withoutScripts());
  await askToPay();
  await mobile.reload();
  const tabTo = async (selector: string) => {
    for (let presses = 0; presses < 30 && !(await mobile.locator(`${selector}:focus`).count()); presses++) await mobile.keyboard.press('Tab');
    expect(await mobile.locator(`${selector}:focus`).count()).toBe(1);
  };
  await tabTo('.request a');
  await mobile.keyboard.press('Enter');
  await mobile.waitForSelector('#consent-allow');
  await tabTo('input[name=account]');
  await mobile.keyboard.press('Space');
  await tabTo('input[name=code]');
  await mobile.keyboard.press('Space');
  for (let presses = 0; presses < 3 && !(await mobile.locator('input[value=W4SC]:checked').count()); presses++) await mobile.keyboard.press('ArrowDown');
  expect(await mobile.locator('input[value=W4SC]:checked').count()).toBe(1);
  await tabTo('#consent-allow');
  await mobile.keyboard.press('Enter');
  await mobile.waitForSelector('#list');
  expect(await heading(mobile)).toBe('Done');
});

it('says nothing about who waits to somebody who is not signed in, and ends with the session', async () => {
  const mobile = await phone(withScripts());
  const other = await mobile.context().newPage();
  await other.goto(device());
  await other.click('#sign-out');
  await other.waitForSelector('#login');
  await askToPay();
  // The list that is still open hears of it, asks, and is shown the sign-in.
  await mobile.waitForSelector('#login', { timeout: 15_000 });
  expect(await mobile.content()).not.toContain('Quiet Shop');
});

it.each([['a phone', 390], ['a desktop', 1280]])('the till on %s can be read by everybody', async (_says, width) => {
  // axe needs timers.
  const page = await withScripts();
  await page.setViewportSize({ width, height: 900 });
  await page.goto(`${party.url}/till`);
  expect(await violations(page)).toEqual([]);
  await page.fill('#customer', 'nobody-here');
  await page.click('#ask');
  expect(await page.textContent('.note')).toContain('The bank said no');
  await page.fill('#customer', 'ana');
  await page.click('#ask');
  await page.waitForSelector('#code');
  expect([await violations(page), await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')]).toEqual([[], 0]);
});
