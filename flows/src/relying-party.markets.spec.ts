import { customers } from '@assent/testing/fapi';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { openChromium } from './support/browser.js';
import { startDemoParty, type DemoParty } from './support/demo-party.js';
import { joinableMarkets } from './support/joinable-markets.js';

/* The demo's pages of markets in Chromium: it joins through the directory, asks, reads, and ends what was allowed. */

const markets = ['uk', 'cdr', 'connectid'];

let party: DemoParty;
let browser: Browser;
beforeAll(async () => {
  party = await startDemoParty([], { directory: {}, sections: (ports) => joinableMarkets(markets, ports, { localRedirects: 'allowed' }) });
  browser = await openChromium();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await party?.stop();
});

async function signInAndAllow(page: Page): Promise<void> {
  await page.fill('#login', customers.ana.login);
  await page.fill('#password', customers.ana.password);
  await page.click('#login-submit');
  await page.waitForSelector('#consent-allow');
  for (const box of await page.locator('input[name=account]:enabled').all()) await box.check();
  await page.click('#consent-allow');
}

const axe = (createRequire(import.meta.url)('axe-core') as { source: string }).source;
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Nothing a person with any ability would stumble over, and no scrolling sideways. */
async function inspected(page: Page): Promise<void> {
  await page.evaluate(axe);
  expect(await page.evaluate<string[]>(`axe.run(document, { runOnly: ${JSON.stringify(standards)} }).then(({ violations }) => violations.flatMap((v) => v.nodes.map((n) => v.id + ' ' + n.html.slice(0, 120))))`)).toEqual([]);
  expect(await page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  const folder = process.env['ASSENT_SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${new URL(page.url()).pathname.replaceAll('/', '-')}-${page.viewportSize()?.width ?? 0}.png`, fullPage: true });
}

it.each([
  ['uk', 'accounts', 1280],
  ['cdr', 'accounts', 390],
])('%s: joins, sees %s, and shows that nothing is left of it in the end', async (market, journey, width) => {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB', viewport: { width, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${party.url}/markets`);
  await inspected(page);
  const sessionId = async () => (await context.cookies(party.url)).find(({ name }) => name === '__Host-assent-rp')?.value;
  const before = await sessionId();
  await page.click(`#${market}-${journey}`);
  await signInAndAllow(page);
  await page.waitForURL(`${party.url}/markets/journey`);
  // An id somebody else may know from before is worth nothing once there is something to see.
  expect([before, await sessionId()]).toEqual([expect.stringMatching(/^[\w-]{43}$/), expect.not.stringMatching(before!)]);
  await inspected(page);
  const steps = () => page.locator('#steps > li').allTextContents();
  expect((await steps()).join('\n')).toMatch(/Organisation at the directory[\s\S]*Tokens[\s\S]*Accounts/);
  await page.click('#end');
  await page.waitForSelector('h1:has-text("The journey is over")');
  expect((await steps()).join('\n')).toContain('The API refuses the token within a second');
  expect(await page.locator('#end').count()).toBe(0);
  // Neither token nor key stands on the page.
  expect(await page.textContent('main')).not.toMatch(/PRIVATE KEY|eyJ[\w-]{40,}\.[\w-]{40,}\.[\w-]{40,}/);
  await context.close();
});

it('the second visitor finds the app joined; a no is told', async () => {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(`${party.url}/markets`);
  expect(await page.locator('section:has(#market-uk)').textContent()).toContain('Joined');
  await page.click('#uk-accounts');
  await page.fill('#login', customers.ana.login);
  await page.fill('#password', customers.ana.password);
  await page.click('#login-submit');
  await page.click('#cancel');
  await page.waitForURL(`${party.url}/markets/journey`);
  expect(await page.textContent('main')).toContain('access_denied');
  await context.close();
});

it('an answer nobody waits for, and a journey there is not, are refused', async () => {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  expect((await page.goto(`${party.url}/markets/callback?code=x&state=y`))?.status()).toBe(400);
  await page.goto(`${party.url}/markets`);
  await page.evaluate("document.querySelector('#uk-accounts').value = 'uk/nothing'");
  const [answer] = await Promise.all([page.waitForResponse((response) => response.url().endsWith('/markets/begin')), page.click('#uk-accounts')]);
  expect(answer.status()).toBe(404);
  await context.close();
});
