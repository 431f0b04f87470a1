import { allowOnEveryPage } from '@assent/testing/chromium';
import type { Browser } from 'playwright-core';

export interface Customer {
  readonly login: string;
  readonly password: string;
}

/**
 * Signs in and allows on the bank's real pages, as a person would: every offered account, and every payment.
 * Returns the callback address the browser was sent to.
 */
export async function approve(browser: Browser, authorizationUrl: URL, redirectUri: string, customer: Customer): Promise<URL> {
  // The local root is not in the browser's store; a person imports it or clicks the warning away.
  const context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false });
  try {
    const page = await context.newPage();
    const back = page.waitForRequest((request) => request.url().startsWith(redirectUri), { timeout: 20_000 });
    // Both outcomes are awaited below; without this, an early failure would be an unhandled rejection.
    back.catch(() => undefined);
    await page.goto(authorizationUrl.href);
    await page.fill('#login', customer.login);
    await page.fill('#password', customer.password);
    await page.click('#login-submit');
    await allowOnEveryPage(page, back);
    const called = await back;
    // A fragment is no part of the request: what sent the browser there has it. The name of the third party need not resolve.
    const sent = await called.redirectedFrom()?.response();
    return new URL((await sent?.headerValue('location')) ?? called.url());
  } finally {
    await context.close();
  }
}
