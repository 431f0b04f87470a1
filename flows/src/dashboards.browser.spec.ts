import { customers, type FapiClient } from '@assent/testing/fapi';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { setTimeout as sleep } from 'node:timers/promises';
import { newVisit, openChromium } from './support/browser.js';
import { staff, startSites, type Sites } from './support/sites.js';
import { obtainTokens } from './support/stack.js';

/* The two sites in a real Chromium, scripts off, at desktop and phone width, against the running authorization server. */

let sites: Sites;
let browser: Browser;
let tally: FapiClient;
beforeAll(async () => {
  const tallyClient = { id: 'tally', auth: 'private_key_jwt', constraint: 'dpop', metadata: { client_name: 'Tally Budget', organisation: { legal_name: 'Tally Software Ltd', register_number: '812345', purpose: 'To show your spending in one place.' } } } as const;
  const lender = { id: 'lender', auth: 'private_key_jwt', constraint: 'dpop', metadata: { client_name: 'Lender' } } as const;
  [sites, browser] = await Promise.all([startSites([tallyClient, lender]), openChromium()]);
  tally = await sites.stack.party('tally');
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await sites?.stop();
});

/** A page of a visitor of their own, closed at the end; every complaint of the browser fails the test. */
async function visit<T>(width: number, body: (page: Page, context: BrowserContext) => Promise<T>): Promise<T> {
  const context = await newVisit(browser);
  const said: string[] = [];
  try {
    const page = await context.newPage();
    await page.setViewportSize({ width, height: 900 });
    page.on('console', (message) => void (message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && said.push(message.text())));
    const result = await body(page, context);
    expect(said).toEqual([]);
    return result;
  } finally {
    await context.close();
  }
}

async function signIn(page: Page, site: string, { login, password }: { readonly login: string; readonly password: string }): Promise<void> {
  await page.goto(`${site}/`);
  await page.click('#sign-in');
  await page.fill('#login', login);
  await page.fill('#password', password);
  await page.click('#login-submit');
  await page.waitForURL(`${site}/**`);
}

const heading = (page: Page): Promise<string | null> => page.textContent('h1');
const fitsWidth = async (page: Page): Promise<void> => expect(await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);

/** The first answer that is a refusal, which must come within a second. */
async function refused(accessToken: string, since: number): Promise<void> {
  while ((await tally.call(`${sites.stack.resource}/accounts`, accessToken)).status !== 401) {
    if (performance.now() - since > 1000) throw new Error('still accepted a second after it was stopped');
    await sleep(20);
  }
}

describe.each([1280, 390])('the customer’s dashboard at %d px', (width) => {
  it('shows an app, takes an account from it, and stops it: its token is refused within a second', async () => {
    const tokens = await obtainTokens(tally, sites.stack.visitor());
    expect((await tally.call(`${sites.stack.resource}/accounts`, tokens.accessToken)).status).toBe(200);
    await visit(width, async (page) => {
      await signIn(page, sites.dashboard, customers.ana);
      expect(await heading(page)).toBe('Connected apps');
      await fitsWidth(page);
      await page.locator('#data .row a', { hasText: 'Tally Budget' }).first().click();
      expect(await heading(page)).toBe('Tally Budget');
      for (const words of ['Tally Software Ltd, register number 812345', 'Everyday account', 'Savings', 'You allowed access', 'Balances']) expect(await page.textContent('main')).toContain(words);
      await fitsWidth(page);

      await page.click('#remove-account');
      await page.check('#account-1');
      await page.click('#remove-next');
      expect(await heading(page)).toMatch(/^Remove Savings ••\d{4} from Tally Budget\?$/);
      const narrowed = performance.now();
      await page.click('#remove-yes');
      expect(await page.textContent('main')).toContain('The account was removed');
      await refused(tokens.accessToken, narrowed);
      const { json } = await tally.refresh(tokens.refreshToken);
      const accounts = await tally.call(`${sites.stack.resource}/accounts`, json['access_token'] as string);
      expect((accounts.json['accounts'] as { accountId: string }[]).map(({ accountId }) => accountId)).toEqual(['ana-everyday']);

      await page.click('#stop');
      expect(await heading(page)).toBe('Stop sharing with Tally Budget?');
      await fitsWidth(page);
      await page.click('#stop-no');
      expect(await heading(page)).toBe('Tally Budget');
      await page.click('#stop');
      const stopped = performance.now();
      await page.click('#stop-yes');
      expect([await heading(page), await page.textContent('#reference')]).toEqual(['You stopped sharing with Tally Budget', expect.stringMatching(/GR-[0-9A-F]{4}-[0-9A-F]{2}/)]);
      await refused(json['access_token'] as string, stopped);
      expect((await tally.refresh(tokens.refreshToken)).json).toMatchObject({ error: 'invalid_grant' });

      await page.click('#back');
      await page.click('#past');
      expect(await page.textContent('#data')).toContain('Stopped');
      await page.click('#sign-out');
      expect(await heading(page)).toBe('You are signed out');
      await page.goto(`${sites.dashboard}/`);
      expect(page.url()).toBe(`${sites.dashboard}/welcome`);
    });
  });

  it('is walked by keyboard alone', async () => {
    await obtainTokens(tally, sites.stack.visitor());
    await visit(width, async (page) => {
      await signIn(page, sites.dashboard, customers.ana);
      const press = async (selector: string): Promise<void> => {
        for (let presses = 0; presses < 60 && (await page.locator(`${selector}:focus`).count()) === 0; presses += 1) await page.keyboard.press('Tab');
        await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      };
      await press('#data li:first-child a');
      await press('#stop');
      await press('#stop-yes');
      expect(await heading(page)).toBe('You stopped sharing with Tally Budget');
    });
  });
});

it('another site can neither stop a connection nor put the page in a frame', async () => {
  await obtainTokens(tally, sites.stack.visitor());
  await visit(1280, async (page) => {
    await signIn(page, sites.dashboard, customers.ana);
    await page.locator('#data .row a').first().click();
    await page.click('#stop');
    const action = new URL((await page.getAttribute('form:has(#stop-yes)', 'action'))!, page.url()).href;
    const hidden = await page.locator('form:has(#stop-yes) input[type=hidden]').evaluateAll((inputs) => inputs.map((input) => (input as unknown as { outerHTML: string }).outerHTML).join(''));
    await page.route('https://evil.tpp.test/**', (route) => route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>Win</title><form method="post" action="${action}">${hidden}<button>Win</button></form>` }));
    await page.goto('https://evil.tpp.test/');
    const [answer] = await Promise.all([page.waitForResponse((response) => response.url() === action), page.click('button')]);
    expect([answer.status(), answer.headers()['x-frame-options'], answer.headers()['content-security-policy']]).toEqual([403, 'DENY', expect.stringContaining("frame-ancestors 'none'")]);
    expect(await heading(page)).toBe('We can’t accept this');
  });
});

describe.each([1280, 390])('the staff console at %d px', (width) => {
  const onTicket = async (page: Page, person: { readonly login: string; readonly password: string }): Promise<void> => {
    await signIn(page, sites.console, person);
    expect(await heading(page)).toBe('Which ticket do you work on?');
    await page.fill('#ticket', 'CS-20418');
    await page.click('#ticket-start');
    expect(await heading(page)).toBe('Find grants');
  };

  it('finds a customer’s grant, shows what the customer will read, and ends it for good', async () => {
    const tokens = await obtainTokens(tally, sites.stack.visitor());
    await visit(width, async (page) => {
      await onTicket(page, staff.noor);
      await fitsWidth(page);
      await page.fill('#customer', 'ana');
      await page.selectOption('#status', 'active');
      await page.click('#search');
      expect(page.url()).toBe(`${sites.console}/search`);
      await fitsWidth(page);
      await page.locator('#found .row a', { hasText: 'Tally Budget' }).first().click();
      const text = (await page.textContent('main'))!;
      for (const words of ['customer-ana', 'fapi2-security', 'Refresh tokens', 'Everyday account', 'Noor Haddad looked at it (CS-20418)']) expect(text).toContain(words);
      for (const secret of [tokens.accessToken, tokens.refreshToken]) expect(text).not.toContain(secret);
      await fitsWidth(page);
      await page.click('#revoke');
      await page.click('#preview');
      expect(await page.textContent('[role=alert]')).toContain('Choose a reason');
      await page.selectOption('#reason', 'fraud');
      await page.fill('#note', 'Caller did not know the app.');
      await page.click('#preview');
      expect(await page.textContent('#customer-reads')).toContain('We stopped it to protect you from fraud');
      await fitsWidth(page);
      const since = performance.now();
      await page.click('#confirm');
      expect(await heading(page)).toBe('The grant was ended');
      await refused(tokens.accessToken, since);
    });
    await visit(width, async (page) => {
      await signIn(page, sites.dashboard, customers.ana);
      await page.click('#past');
      await page.locator('#data .row a').first().click();
      expect(await page.textContent('main')).toContain('Reason: We stopped it to protect you from fraud');
      expect(await page.textContent('main')).not.toContain('Caller did not know');
    });
  });

  it('ends all of a client’s grants only when a second person says so', async () => {
    const lender = await sites.stack.party('lender');
    const tokens = [await obtainTokens(lender, sites.stack.visitor()), await obtainTokens(lender, sites.stack.visitor())];
    await visit(width, async (page) => {
      await onTicket(page, staff.noor);
      await page.fill('#client', 'lender');
      await page.click('#search');
      await page.click('#bulk');
      await page.selectOption('#reason', 'licence_lost');
      await page.fill('#note', 'Register says so.');
      await page.click('#preview');
      await page.click('#confirm');
      expect(await heading(page)).toBe('Approval asked for');
      await page.click('#back');
      await page.click('#waiting a');
      expect(await page.locator('#approve').count()).toBe(0);
    });
    expect((await lender.call(`${sites.stack.resource}/accounts`, tokens[0]!.accessToken)).status).toBe(200);
    await visit(width, async (page) => {
      await signIn(page, sites.console, staff.sam);
      await page.goto(`${sites.console}/approvals`);
      await fitsWidth(page);
      await page.click('#waiting a');
      await page.click('#approve');
      expect(await page.textContent('#decided')).toContain('Approved by Sam Whitlock');
    });
    for (const { refreshToken } of tokens) expect((await lender.refresh(refreshToken)).json).toMatchObject({ error: 'invalid_grant' });
  });
});
