import { allowOnEveryPage, launchChromium } from '@assent/testing/chromium';
import type { Approval } from '@assent/testing/fapi';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** A Chromium in which every test host is this machine, as the servers of a test listen on 127.0.0.1 only. */
export const openChromium = (): Promise<Browser> =>
  launchChromium({
    args: [
      '--host-resolver-rules=MAP localhost 127.0.0.1, MAP *.tpp.test 127.0.0.1:9',
      // Harmful sites of a test may reach this machine, as they may reach a bank's servers: nothing but our headers stops them.
      '--disable-features=LocalNetworkAccessChecks',
    ],
  });

/** The test root is not in the browser's store. Scripts are off: the pages work without. */
export const newVisit = (browser: Browser): Promise<BrowserContext> => browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false, locale: 'en-GB' });

/** Waits for the browser to be sent back to the client; the client itself is not there. */
export async function sentBack(page: Page, redirectUri: string, act: () => Promise<unknown>): Promise<URL> {
  const arriving = page.waitForRequest((request) => request.url().startsWith(redirectUri), { timeout: 20_000 });
  await Promise.all([arriving, act().catch((error: unknown) => void ignoreUnreachable(error))]);
  return new URL((await arriving).url());
}

function ignoreUnreachable(error: unknown): void {
  if (!/net::ERR|Navigation/.test(String(error))) throw error;
}

/** Signs in and allows on the real pages, payments included, as a person would; resolves with the callback's address. */
export async function approveInChromium(browser: Browser, url: URL, redirectUri: string, { login, password, ...choice }: Approval): Promise<URL> {
  const context = await newVisit(browser);
  try {
    const page = await context.newPage();
    const back = page.waitForRequest((request) => request.url().startsWith(redirectUri), { timeout: 20_000 });
    // Awaited below; without this, an early failure would be an unhandled rejection.
    back.catch(() => undefined);
    await page.goto(url.href);
    await page.fill('#login', login);
    await page.fill('#password', password);
    await page.click('#login-submit');
    await allowOnEveryPage(page, back, choice);
    return new URL((await back).url());
  } finally {
    await context.close();
  }
}
