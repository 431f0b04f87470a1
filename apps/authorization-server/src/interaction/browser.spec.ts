import { launchChromium } from '@assent/testing/chromium';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { NamedHosts, proxyTo } from './fixtures/named-hosts.js';
import { publicUrl, Site } from './fixtures/site.js';

/* The front channel as Chromium sees it: over https, by three hosts, without scripts. */

let site: Site;
let hosts: NamedHosts;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What the browser complained of, and whom it asked. */
let complaints: string[];
let asked: Set<string>;

beforeAll(async () => {
  site = await Site.start();
  hosts = await NamedHosts.start({
    'bank.example': proxyTo(site.port),
    // A client's callback that redirects once more, to another host.
    'tpp.example': (request, response) => {
      if (request.url?.startsWith('/callback')) return void response.writeHead(302, { location: `https://app.example/welcome${request.url.slice('/callback'.length)}` }).end();
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<title>tpp</title><iframe src="${publicUrl}${request.url}"></iframe>`);
    },
    'app.example': (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Welcome</title>'),
  });
  browser = await launchChromium({ args: [hosts.resolverRule] });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await hosts?.close();
  await site?.close();
});
beforeEach(async () => {
  context = await browser.newContext({ javaScriptEnabled: false, ignoreHTTPSErrors: true });
  page = await context.newPage();
  complaints = [];
  asked = new Set();
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('request', (request) => void asked.add(new URL(request.url()).host));
  site.stores.allowed.length = 0;
  // Keeps the counters of failed sign-ins out of the way.
  site.later(61);
});
afterEach(() => context.close());

const arrive = (more = {}) => page.goto(publicUrl + site.authorizeUrl(site.push(more)));
async function signIn(login = 'ana'): Promise<void> {
  await page.fill('#login', login);
  await page.fill('#password', `${login}-2026`);
  await page.click('#login-submit');
}

it('sign-in, consent and the way back, also where the callback redirects on', async () => {
  await arrive();
  await signIn();
  expect(await page.textContent('h1')).toBe('Share your account data with Tally Budget?');
  expect(await page.locator('input[name=account]:checked').count()).toBe(0);
  expect([...asked]).toEqual(['bank.example']);
  await page.check('#account-0');
  await page.click('#consent-allow');
  await page.waitForURL(/^https:\/\/app\.example\/welcome\?code=[\w-]{43}&state=st&iss=https%3A%2F%2Fbank\.example%2Ffapi2$/);
  expect(site.stores.allowed).toMatchObject([{ accounts: ['ana-1'] }]);
  expect(complaints).toEqual([]);
  const cookies = await context.cookies(publicUrl);
  expect(cookies.map(({ name, httpOnly, secure, sameSite, path }) => [name, httpOnly, secure, sameSite, path]).sort()).toEqual([
    ['__Host-assent-as', true, true, 'Lax', '/'],
    ['__Host-assent-as-csrf', true, true, 'Lax', '/'],
  ]);

  await page.goBack();
  await page.reload();
  expect(await page.textContent('h1')).toBe('This request was already answered');
});

it('a customer who is signed in sees consent at once, and says no in one press', async () => {
  await arrive();
  await signIn();
  await arrive();
  expect(await page.textContent('h1')).toBe('Share your account data with Tally Budget?');
  await page.click('#cancel');
  await page.waitForURL(/^https:\/\/app\.example\/welcome\?error=access_denied/);
  expect(site.stores.allowed).toEqual([]);
  expect(complaints).toEqual([]);
});

it('a mistake at each step is shown, mended and leads on', async () => {
  await arrive({ uiLocales: ['en'] });
  await page.fill('#login', 'ana');
  await page.click('#login-submit');
  expect(await page.title()).toBe('Error: Sign in to Harbour Bank – Harbour Bank');
  expect(await page.inputValue('#login')).toBe('ana');
  await page.click('.summary a');
  expect(await page.locator('#password:focus').count()).toBe(1);
  await page.click('text=Português');
  await signIn();
  await page.click('#consent-allow');
  expect(await page.textContent('.summary')).toContain('Escolha pelo menos uma conta');
  await page.check('#account-1');
  await page.click('#consent-allow');
  await page.waitForURL(/welcome\?code=/);
  expect(complaints.filter((line) => !line.includes('422'))).toEqual([]);
});

it('back and reload are safe while deciding', async () => {
  await arrive();
  await signIn();
  // History moves only once the page is there.
  await page.waitForSelector('#consent-allow');
  await page.waitForLoadState('load');
  await page.goBack();
  await page.goForward();
  await page.reload();
  await page.check('#account-0');
  await page.click('#consent-allow');
  await page.waitForURL(/welcome\?code=/);
  expect(site.stores.allowed).toHaveLength(1);
});

it('cookies off is said, and nothing granted', async () => {
  await arrive();
  await context.clearCookies();
  await signIn();
  expect(await page.textContent('h1')).toBe('Cookies are off');
});

it('cannot be framed', async () => {
  await page.goto(`https://tpp.example${site.authorizeUrl(site.push())}`);
  const framed = page.frames()[1];
  expect(await framed?.locator('#login').count()).toBe(0);
  expect(complaints.join()).toContain('frame-ancestors');
});

describe.each([
  ['a desktop', { width: 1280, height: 900 }],
  ['a phone', { width: 390, height: 844 }],
] as const)('on %s', (_says, viewport) => {
  beforeEach(() => page.setViewportSize(viewport));
  const sideways = async () => {
    // Scripts are off; what sticks out can be measured from outside.
    const boxes = await Promise.all((await page.locator('main, .card, .btn, .pick, h1').all()).map((one) => one.boundingBox()));
    return boxes.filter((box) => box && (box.x < 0 || box.x + box.width > viewport.width)).length;
  };
  const reading = { type: 'account_information', actions: ['read_balances', 'read_transactions'] };
  const paying = { type: 'payment_initiation', instructedAmount: { currency: 'EUR', amount: '84.20' }, creditorName: 'Bright Energy', creditorAccount: { iban: 'NL91ABNA0417164300' } };

  it('data, then a payment; back and a mistake in between; then the way back to the client', async () => {
    await arrive({ scope: ['openid'], authorizationDetails: [reading, paying] });
    await signIn();
    expect(await page.textContent('h1')).toBe('Share your account data with Tally Budget?');
    await page.check('#account-1');
    await page.click('#consent-allow');
    expect(await page.textContent('h1')).toBe('Approve this payment?');
    expect(await sideways()).toBe(0);
    expect(await page.locator('input:checked').count()).toBe(0);
    await page.goBack();
    expect(await page.textContent('h1')).toBe('Share your account data with Tally Budget?');
    await page.click('#consent-allow');
    await page.click('#consent-allow');
    expect(await page.title()).toBe('Error: Approve this payment? – Harbour Bank');
    await page.check('#account-0');
    await page.click('#consent-allow');
    await page.waitForURL(/welcome\?code=/);
    expect(site.stores.allowed).toMatchObject([{ change: { permissions: { accounts: ['ana-2'], authorizationDetails: [{ accounts: ['ana-2'] }, { debtorAccount: { accountId: 'ana-1' } }] } } }]);
    expect(complaints.filter((line) => !line.includes('422'))).toEqual([]);
  });

  it('a payment is refused in one press', async () => {
    await arrive({ scope: [], authorizationDetails: [paying] });
    await signIn();
    expect(await page.textContent('.money')).toContain('€84.20');
    await page.click('#cancel');
    await page.waitForURL(/welcome\?error=access_denied/);
    expect(site.stores.allowed).toEqual([]);
  });

  it('a change is seen whole, and allowed', async () => {
    const since = new Date('2026-05-02T00:00:00Z');
    site.stores.grants.splice(0, 1, { id: 'g', version: 2, status: 'active', issuer: `${publicUrl}/fapi2`, clientId: 'tally', customerId: 'ana', subject: 's', scope: ['openid', 'accounts', 'balances'], accounts: ['ana-1'], authorizationDetails: [], managed: true, resources: [], updatedBy: 'client', authentication: { authTime: since, acr: 'a', amr: [] }, createdAt: since, updatedAt: since, expiresAt: null });
    await arrive({ grantManagementAction: 'replace', grantId: 'g', scope: ['openid', 'email', 'accounts'] });
    await signIn();
    expect(await page.textContent('h1')).toBe('Change what Tally Budget can see?');
    expect(await page.locator('.change .badge').allTextContents()).toEqual(['New', 'Shorter', 'Stays', 'Stays', 'Removed']);
    for (const row of await page.locator('.change').all()) expect(await row.isVisible()).toBe(true);
    expect(await page.isChecked('#account-0')).toBe(true);
    expect(await sideways()).toBe(0);
    await page.uncheck('#account-0');
    await page.check('#account-1');
    await page.click('#consent-allow');
    await page.waitForURL(/welcome\?code=/);
    expect(site.stores.allowed).toMatchObject([{ accounts: ['ana-2'], change: { action: 'replace', seenVersion: 2 } }]);
  });
});
