import type { Browser } from 'playwright-core';

export interface Customer {
  readonly login: string;
  readonly password: string;
}

/**
 * Signs in and allows sharing of every offered account on the bank's real pages, as a person would.
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
    await page.waitForSelector('#consent-allow');
    for (const box of await page.locator('input[type=checkbox][name=account]:enabled').all()) await box.check();
    await page.click('#consent-allow', { noWaitAfter: true });
    return new URL((await back).url());
  } finally {
    await context.close();
  }
}
