import { customers, type FapiClient } from '@assent/testing/fapi';
import type { NewConsent } from '@assent/protocol';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { newVisit, openChromium, sentBack } from './support/browser.js';
import { startStack, type Stack } from './support/stack.js';
import { dataType, testMarkets } from './support/test-markets.js';

/*
 * Consents of markets on the pages customers decide on, in a real Chromium: what was lodged or carried is said in the
 * market's words, and nothing of how it travelled.
 */

/** A folder to keep pictures of the pages in, for people to look at. */
const pictures = process.env['ASSENT_PICTURES'];
const [lodgedAt, carriedAt] = ['neutral', 'carried'] as const;
const party = (id: string) => ({ id, at: id, auth: 'private_key_jwt', constraint: 'dpop', metadata: { scope: 'openid accounts payments', client_name: 'Tally Budget' } }) as const;

let stack: Stack;
let browser: Browser;
let lodging: FapiClient;
let carrying: FapiClient;
beforeAll(async () => {
  const started = startStack({ clients: [party(lodgedAt), party(carriedAt)], otherIssuers: testMarkets.map(({ name }) => ({ name, market: name, signingAlgs: undefined })), markets: testMarkets });
  [stack, browser] = await Promise.all([started, openChromium()]);
  [lodging, carrying] = [await stack.party(lodgedAt), await stack.party(carriedAt)];
  if (pictures) mkdirSync(pictures, { recursive: true });
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

const issuerOf = (at: string) => stack.issuer.replace(/[^/]+$/, at);

async function lodge(): Promise<{ readonly name: string; readonly grantId: string }> {
  const consent: NewConsent = { kind: 'data', namePrefix: 'urn:bank:', details: [{ type: dataType, permissions: ['ReadAccounts', 'ReadTransactions'], transactionsFrom: '2026-01-01', expiresAt: '2027-06-30T10:00:00Z' }], document: {}, expiresAt: new Date('2027-06-30T10:00:00Z') };
  const lodged = await stack.database.stores.consents.lodge({ issuer: issuerOf(lodgedAt), clientId: lodgedAt, consent, now: new Date(), audit: { type: 'consent.lodged', issuer: issuerOf(lodgedAt) } });
  if (lodged.outcome !== 'lodged') throw new Error(lodged.outcome);
  return lodged.consent;
}

async function arrive(url: URL): Promise<void> {
  await page.goto(url.href);
  if ((await page.locator('#login').count()) === 0) return;
  await page.fill('#login', customers.ana.login);
  await page.fill('#password', customers.ana.password);
  await page.click('#login-submit');
}

const axe = (createRequire(import.meta.url)('axe-core') as { source: string }).source;
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Readable for everybody, and as wide as the screen. */
async function expectReadable(picture: string): Promise<void> {
  const text = await page.content();
  const looking = await browser.newContext({ ignoreHTTPSErrors: true, viewport: page.viewportSize() });
  try {
    const copy = await looking.newPage();
    await copy.setContent(text.replace('<head>', `<head><base href="${page.url()}">`), { waitUntil: 'load' });
    await copy.evaluate(axe);
    const violations = await copy.evaluate<string[]>(`axe.run(document, { runOnly: ${JSON.stringify(standards)} }).then(({ violations }) => violations.flatMap((v) => v.nodes.map((n) => v.id + ' ' + n.html.slice(0, 120))))`);
    expect([violations, await copy.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')]).toEqual([[], 0]);
  } finally {
    await looking.close();
  }
  if (pictures) await page.screenshot({ path: `${pictures}/${picture}.png`, fullPage: true });
}

const bodyOf = async () => (await page.textContent('main')) ?? '';
const allow = (id: string) => sentBack(page, `https://${id}.tpp.test/callback`, () => page.click('#consent-allow', { noWaitAfter: true }));

describe.each([
  ['a desktop', { width: 1280, height: 900 }, 'desktop'],
  ['a phone', { width: 390, height: 844 }, 'phone'],
])('on %s', (_, viewport, kind) => {
  beforeEach(() => page.setViewportSize(viewport));

  it('a lodged consent is asked for in the market’s words, with its days and its end, and nothing of scopes and ids', async () => {
    const consent = await lodge();
    const { url, prepared } = await lodging.begin({ scope: `openid accounts consent:${consent.name}` });
    await arrive(url);
    const said = await bodyOf();
    for (const words of ['Tally Budget', 'Your accounts', 'Name and number', 'Transactions', 'What came in and went out', 'From 1 January 2026', '30 June 2027']) expect(said).toContain(words);
    for (const hidden of [consent.name, consent.grantId, 'consent:', 'urn:', 'Balances']) expect(said).not.toContain(hidden);
    await expectReadable(`consent-lodged-${kind}`);
    await page.locator('input[name=account]:enabled').first().check();
    const callback = await allow(lodgedAt);
    expect((await lodging.redeem(prepared, lodging.callback(callback, prepared).get('code')!)).status).toBe(200);
    expect(await stack.database.stores.consents.ofGrant({ grantId: consent.grantId, now: new Date() })).toMatchObject({ status: 'active', accounts: ['ana-everyday'] });
  });

  it('an amended consent says what comes, what stays and what goes', async () => {
    const first = await carrying.begin({ scope: 'openid accounts', sharing_duration: '86400', permissions: 'ReadAccounts ReadBalances' });
    await arrive(first.url);
    await page.locator('input[name=account]:enabled').first().check();
    const callback = await allow(carriedAt);
    const tokens = (await carrying.redeem(first.prepared, callback.searchParams.get('code')!)).json;
    const amending = await carrying.begin({ scope: 'openid accounts', sharing_duration: '172800', permissions: 'ReadAccounts ReadTransactions', amends: tokens['arrangement_id'] as string });
    // The client's own address answers nobody, and a page on its way there cannot be sent elsewhere: another of the same browser.
    page = await page.context().newPage();
    await page.setViewportSize(viewport);
    await arrive(amending.url);
    expect(await page.textContent('h1')).toMatch(/change/i);
    const said = await bodyOf();
    for (const words of ['Transactions', 'Balances', 'Your accounts']) expect(said).toContain(words);
    await expectReadable(`consent-amended-${kind}`);
  });
});

it('speaks the customer’s language', async () => {
  await context.close();
  context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false, locale: 'ar', viewport: { width: 390, height: 844 } });
  page = await context.newPage();
  await arrive((await lodging.begin({ scope: `openid accounts consent:${(await lodge()).name}` })).url);
  expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
  for (const words of ['حساباتك', 'المعاملات']) expect(await bodyOf()).toContain(words);
  await expectReadable('consent-lodged-phone-ar');
});
