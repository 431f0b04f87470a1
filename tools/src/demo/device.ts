import type { Browser, Page } from 'playwright-core';
import type { Customer } from './browser.js';
import { expectThat } from './steps.js';

/** The customer's other device: signs in at the bank, finds the request, compares the code and allows. Resolves with what the page says then. */
export async function approveOnDevice(browser: Browser, device: string, { login, password }: Customer, code: string): Promise<string> {
  // The local root is not in the browser's store; a person imports it or clicks the warning away.
  const context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  try {
    const page = await context.newPage();
    await page.goto(device);
    await page.fill('#login', login);
    await page.fill('#password', password);
    await page.click('#login-submit');
    // The newest comes first.
    await page.locator('a[id^="request-"]').first().click();
    await pickCode(page, code);
    for (const box of await page.locator('input[type=checkbox][name=account]:enabled').all()) await box.check();
    const decided = page.waitForResponse((response) => response.request().method() === 'GET' && /\/device\/requests\//.test(response.url()));
    await page.click('#consent-allow', { noWaitAfter: true });
    const status = (await decided).status();
    await page.waitForSelector('h1');
    const says = (await page.locator('h1').first().textContent()) ?? '';
    expectThat(status === 200 && (await page.locator('#consent-allow').count()) === 0, 'the decision to be taken', says);
    return says;
  } finally {
    await context.close();
  }
}

async function pickCode(page: Page, code: string): Promise<void> {
  const choice = page.locator(`input[type=radio][name=code][value="${code}"]`);
  if ((await choice.count()) > 0) await choice.check();
  else if ((await page.locator('input[type=text][name=code]').count()) > 0) await page.fill('input[type=text][name=code]', code);
}
