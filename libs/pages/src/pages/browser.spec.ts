import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { launchChromium } from '@assent/testing/chromium';
import type { Browser, Page } from 'playwright-core';
import { clustersOf } from '../clusters.js';
import { SafeUrl } from '../html/safe-url.js';
import { locales, type Locale } from '../locale.js';
import { aChange, aConsent, aDeviceList, aDeviceTold, aDone, aFrame, anError, aPayment, aSignIn, blocking, monthlyPayments, onDevice, onePayment, someAccounts, someDetail, someRows, threeCodes } from '../spec-support/samples.js';
import { stylesheet } from '../stylesheet.js';
import { renderChangePage } from './change.js';
import { renderConsentPage } from './consent.js';
import { renderDeviceListPage } from './device-list.js';
import { deviceScriptText } from './device-script.js';
import { renderDeviceToldPage } from './device-told.js';
import { renderDonePage } from './done.js';
import { renderFormPostPage } from './form-post.js';
import { renderErrorPage } from './error.js';
import { renderPaymentPage } from './payment.js';
import { renderLoginPage } from './sign-in.js';

type Render = (locale: Locale) => string;
const long = 'Aktiengesellschaft für außerordentliche Haushaltsplanungsdienstleistungen';
const pages: Readonly<Record<string, Render>> = {
  'sign-in': (locale) => renderLoginPage(aSignIn({ frame: aFrame(locale) })),
  'sign-in-problem': (locale) => renderLoginPage(aSignIn({ frame: aFrame(locale), problem: 'missing', passwordMissing: true, clientName: long })),
  consent: (locale) => renderConsentPage(aConsent({ frame: aFrame(locale) })),
  'consent-problem': (locale) => renderConsentPage(aConsent({ frame: aFrame(locale), problem: 'choose-account', client: { ...aConsent().client, name: long, returnHost: `${'sub.'.repeat(20)}example` } })),
  identity: (locale) => renderConsentPage(aConsent({ frame: aFrame(locale), clusters: clustersOf(['openid', 'profile', 'email', 'odd-one']), offline: false })),
  details: (locale) => renderConsentPage(aConsent({ frame: aFrame(locale), clusters: clustersOf(['openid', 'accounts']), details: [someDetail], path: { pages: ['data', 'payment', 'payment'], at: 0 } })),
  change: (locale) => renderChangePage(aChange({ frame: aFrame(locale) })),
  'change-problem': (locale) => renderChangePage(aChange({ frame: aFrame(locale), problem: 'choose-account', client: { ...aConsent().client, name: long }, rows: someRows(locale, undefined, undefined, long) })),
  merge: (locale) => renderChangePage(aChange({ frame: aFrame(locale), kept: true, pays: true, path: { pages: ['data', 'payment'], at: 0 } })),
  payment: (locale) => renderPaymentPage(aPayment({ frame: aFrame(locale) })),
  'payment-problem': (locale) => renderPaymentPage(aPayment({ frame: aFrame(locale), problem: 'choose-account', notAsked: ['savings'], payment: { ...onePayment, amount: { value: '123456789012345.67', currency: 'EUR' }, payee: { name: long, account: `NL${'9'.repeat(30)}` }, terms: [{ id: 'reference', term: 'Reference', value: long.repeat(2), quoted: true }] } })),
  'payment-only-one': (locale) => renderPaymentPage(aPayment({ frame: aFrame(locale), accounts: someAccounts.slice(1), path: { pages: ['data', 'payment', 'payment'], at: 2 } })),
  recurring: (locale) => renderPaymentPage(aPayment({ frame: aFrame(locale), payment: monthlyPayments, fee: '0.35', adds: true })),
  error: (locale) => renderErrorPage(anError({ frame: aFrame(locale), variant: 'tooMany', waitSeconds: 240, again: SafeUrl.of('/x'), code: 'temporarily_unavailable' })),
  formPost: (locale) => renderFormPostPage({ frame: aFrame(locale), clientName: 'Tally Budget', to: SafeUrl.of('https://localhost:1/'), fields: { code: 'c' } }).replace(/<script[^>]*><\/script>/, ''),
  'device-sign-in': (locale) => renderLoginPage(aSignIn({ frame: aFrame(locale), asks: 'device', cancel: undefined })),
  'device-list': (locale) => renderDeviceListPage(aDeviceList({ frame: aFrame(locale) })),
  'device-nothing': (locale) => renderDeviceListPage(aDeviceList({ frame: aFrame(locale), waiting: [], blocked: [{ clientName: 'Saffron Checkout', unblock: blocking }, { clientName: long, unblock: blocking }], told: { what: 'blocked', clientName: 'Saffron Checkout' } })),
  'device-data': (locale) => renderConsentPage(aConsent({ frame: aFrame(locale), device: onDevice(), client: { name: 'Tally Budget', legalName: 'Tally Software Ltd', registerNumber: '812345', purpose: 'To show your spending.' } })),
  'device-change': (locale) => renderChangePage(aChange({ frame: aFrame(locale), device: onDevice({ by: 'shown', code: `Table 12 ${long}` }) })),
  'device-payment': (locale) => renderPaymentPage(aPayment({ frame: aFrame(locale), device: onDevice(threeCodes()), namesCustomer: true, client: { name: 'Saffron Checkout', legalName: 'Saffron Payments plc', registerNumber: '764310' } })),
  'device-problem': (locale) => renderPaymentPage(aPayment({ frame: aFrame(locale), device: onDevice(threeCodes('missing')), problem: 'choose-account' })),
  'device-typed': (locale) => renderPaymentPage(aPayment({ frame: aFrame(locale), device: onDevice({ by: 'type', problem: 'wrong' }), chosen: ['savings'] })),
  'device-approved': (locale) => renderDeviceToldPage(aDeviceTold({ frame: aFrame(locale) })),
  'device-denied': (locale) => renderDeviceToldPage(aDeviceTold({ frame: aFrame(locale), state: 'denied', block: blocking })),
  'device-expired': (locale) => renderDeviceToldPage(aDeviceTold({ frame: aFrame(locale), state: 'expired', block: blocking, clientName: long })),
  'device-late': (locale) => renderDeviceToldPage(aDeviceTold({ frame: aFrame(locale), state: 'denied', tooLate: true })),
  'device-unmet': (locale) => renderDeviceToldPage(aDeviceTold({ frame: aFrame(locale), state: 'unmet', deny: blocking })),
  done: (locale) => renderDonePage(aDone({ frame: aFrame(locale), continueTo: SafeUrl.of('https://localhost:1/') })).replace(/<meta http-equiv="refresh"[^>]*>/, ''),
};
const security = {
  'content-security-policy': "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' https:; base-uri 'none'; frame-ancestors 'none'",
  'content-type': 'text/html; charset=utf-8',
};
const withScripts = { ...security, 'content-security-policy': `${security['content-security-policy'].replace(' https:', '')}; script-src 'self'; connect-src 'self'` };

let server: Server;
let origin: string;
let browser: Browser;
const posts: { path: string; body: string }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const [, name = '', locale = 'en'] = (request.url ?? '').split('?')[0]!.split('/');
    if (request.url === '/assets/device.js') return void response.setHeader('content-type', 'text/javascript').end(deviceScriptText);
    if (request.url?.startsWith('/fapi2/device/events')) return void response.setHeader('content-type', 'text/event-stream').flushHeaders();
    if (request.url === '/assets/app.css') return void response.setHeader('content-type', 'text/css').end(stylesheet);
    if (request.method === 'POST') {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk))).on('end', () => {
        posts.push({ path: request.url ?? '', body });
        response.writeHead(303, { location: '/error/en' }).end();
      });
      return;
    }
    response.writeHead(200, name.startsWith('device') ? withScripts : security).end(pages[name]?.(locale as Locale) ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launchChromium();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  server?.close();
});

const axe = (createRequire(import.meta.url)('axe-core') as { source: string }).source;
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds, one line each. `evaluate` is not subject to the page's policy, which allows no script. */
async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(axe);
  return page.evaluate<string[]>(`axe.run(document, { runOnly: ${JSON.stringify(standards)} }).then(({ violations }) => violations.flatMap((v) => v.nodes.map((n) => v.id + ' ' + n.html.slice(0, 120))))`);
}

const sideways = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  let page: Page;
  const said: string[] = [];
  beforeAll(async () => {
    page = await (await browser.newContext({ colorScheme })).newPage();
    page.on('console', (message) => void (message.type() === 'error' && said.push(message.text())));
  });
  afterAll(() => page?.context().close());

  it.each(Object.keys(pages).flatMap((name) => locales.map((locale) => [name, locale] as const)))('%s in %s can be read by everybody at every width', async (name, locale) => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(`${origin}/${name}/${locale}`);
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      expect([width, await violations(page), await sideways(page)]).toEqual([width, [], 0]);
    }
    expect(said).toEqual([]);
  });

  it('a colour that is too pale would be found', async () => {
    await page.goto(`${origin}/consent/en`);
    await page.evaluate(`document.querySelector('h1').style.setProperty('color', '${colorScheme === 'light' ? '#c9d2d9' : '#33414d'}')`);
    expect(await violations(page)).toContainEqual(expect.stringMatching(/^color-contrast <h1/));
  });
});

describe('without scripts, by keyboard', () => {
  let page: Page;
  beforeEach(async () => {
    page = await (await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } })).newPage();
    posts.length = 0;
  });
  afterEach(() => page.context().close());

  /** Presses Tab until the element has the focus; where it went on the way. */
  async function tabTo(selector: string): Promise<void> {
    for (let presses = 0; presses < 40; presses++) {
      if (await page.locator(`${selector}:focus`).count()) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`${selector} cannot be reached by keyboard`);
  }

  it('a customer signs in', async () => {
    await page.goto(`${origin}/sign-in/en`);
    await tabTo('#login');
    await page.keyboard.type('ana');
    await tabTo('#password');
    await page.keyboard.type('p&=ä');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/error/en`);
    expect(posts).toEqual([{ path: '/fapi2/interaction/q1w2/login', body: 'csrf=token&login=ana&password=p%26%3D%C3%A4' }]);
  });

  it('opens the details, picks accounts and allows', async () => {
    await page.goto(`${origin}/consent/en`);
    await page.keyboard.press('Tab');
    expect(await page.locator('.skip:focus').boundingBox()).toMatchObject({ y: expect.any(Number) as number });
    await tabTo('summary');
    await page.keyboard.press('Enter');
    expect(await page.locator('details').first().getAttribute('open')).not.toBeNull();
    await tabTo('#account-1');
    await page.keyboard.press('Space');
    await tabTo('#consent-allow');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/error/en`);
    expect(posts).toEqual([{ path: '/fapi2/interaction/q1w2/consent', body: 'csrf=token&shown=sealed&account=savings&decision=allow' }]);
  });

  it('unticks an account and allows a change', async () => {
    await page.goto(`${origin}/change/en`);
    expect(await page.locator('input:checked').count()).toBe(1);
    await tabTo('#account-0');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await tabTo('#consent-allow');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/error/en`);
    expect(posts[0]?.body).toBe('csrf=token&shown=sealed&account=savings&decision=allow');
  });

  it('picks one account and approves a payment', async () => {
    await page.goto(`${origin}/payment/en`);
    expect(await page.locator('input:checked').count()).toBe(0);
    await tabTo('#account-0');
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await tabTo('#consent-allow');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/error/en`);
    expect(posts[0]?.body).toBe('csrf=token&shown=sealed&account=savings&decision=allow');
  });

  it.each(['sign-in', 'consent', 'change', 'payment', 'recurring'])('says no on the %s page in one press', async (name) => {
    await page.goto(`${origin}/${name}/ar`);
    await tabTo('#cancel');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/error/en`);
    expect(posts.map(({ path }) => path)).toEqual(['/fapi2/interaction/q1w2/cancel']);
  });

  it.each(['consent', 'change', 'payment'])('cannot choose an account that cannot be chosen on the %s page', async (name) => {
    await page.goto(`${origin}/${name}/en`);
    await expect(page.locator('#account-2').check({ timeout: 500 })).rejects.toThrow();
  });
});

it.each([
  ['sign-in', '#login-submit', 320],
  ['sign-in', '#login-submit', 1280],
  ['consent', '#consent-allow', 320],
  ['consent', '#consent-allow', 1280],
  ['change', '#consent-allow', 320],
  ['change', '#consent-allow', 1280],
  ['payment', '#consent-allow', 320],
  ['payment', '#consent-allow', 1280],
  ['recurring', '#consent-allow', 1280],
] as const)('yes and no weigh the same on %s (%s, %d px)', async (name, yes, width) => {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  await page.goto(`${origin}/${name}/en`);
  const measure = (selector: string) =>
    page.evaluate<Record<string, unknown>>(`(() => { const e = document.querySelector('${selector}'), r = e.getBoundingClientRect(), s = getComputedStyle(e); return { width: r.width, height: r.height, font: s.font, solid: s.backgroundColor !== 'rgba(0, 0, 0, 0)' } })()`);
  const [allow, deny] = [await measure(yes), await measure('#cancel')];
  expect(deny).toEqual(allow);
  expect(allow).toMatchObject({ solid: true });
  expect(allow['height']).toBeGreaterThanOrEqual(44);
  await page.close();
});

it('folds nothing away on a page of changes or payments', async () => {
  for (const name of ['change', 'merge', 'payment', 'recurring']) expect(pages[name]?.('en')).not.toContain('<details');
});

it('is whole in print and in forced colours', async () => {
  const page = await browser.newPage({ viewport: { width: 794, height: 1100 }, forcedColors: 'active' });
  for (const name of ['change', 'payment']) {
    await page.goto(`${origin}/${name}/en`);
    const border = await page.evaluate<string>(`getComputedStyle(document.querySelector('${name === 'change' ? '.badge' : '.btn'}')).borderTopStyle`);
    expect([name, border]).toEqual([name, 'solid']);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.btn:visible').count()).toBe(0);
    expect(await page.locator(name === 'change' ? '.change:visible' : '.money:visible').count()).toBeGreaterThan(0);
    await page.emulateMedia({ media: 'screen' });
  }
  await page.close();
});
