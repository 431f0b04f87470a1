import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { mkdirSync } from 'node:fs';
import { launchChromium } from '@assent/testing/chromium';
import type { Browser, Page } from 'playwright-core';
import { locales, type Locale } from '../locale.js';
import { sitePages } from '../spec-support/site-samples.js';
import { stylesheet } from '../stylesheet.js';

const security = { 'content-security-policy': "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", 'content-type': 'text/html; charset=utf-8' };
const names = Object.keys(sitePages('en'));
/** A folder to keep pictures of every page in, for people to look at. */
const pictures = process.env['ASSENT_PICTURES'];

let server: Server;
let origin: string;
let browser: Browser;
beforeAll(async () => {
  server = createServer((request, response) => {
    const [, name = '', locale = 'en'] = (request.url ?? '').split('?')[0]!.split('/');
    if (request.url === '/assets/app.css') return void response.setHeader('content-type', 'text/css').end(stylesheet);
    response.writeHead(200, security).end(sitePages(locale as Locale)[name]?.() ?? '');
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
async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(axe);
  return page.evaluate<string[]>(`axe.run(document, { runOnly: ${JSON.stringify(standards)} }).then(({ violations }) => violations.flatMap((v) => v.nodes.map((n) => v.id + ' ' + n.html.slice(0, 120))))`);
}

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  let page: Page;
  beforeAll(async () => {
    page = await (await browser.newContext({ colorScheme })).newPage();
    if (pictures) mkdirSync(pictures, { recursive: true });
  });
  afterAll(() => page?.context().close());

  it.each(names.flatMap((name) => locales.map((locale) => [name, locale] as const)))('%s in %s can be read by everybody at every width', async (name, locale) => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(`${origin}/${name}/${locale}`);
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      expect([width, await violations(page), await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')]).toEqual([width, [], 0]);
      if (pictures && width > 320) await page.screenshot({ path: `${pictures}/${name}-${locale}-${width}-${colorScheme}.png`, fullPage: true });
    }
  });
});
