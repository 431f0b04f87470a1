import type { Page } from 'playwright-core';

/** What a person picks on the pages: all accounts that are offered and the first that can pay, unless told. */
export interface Picks {
  readonly accounts?: readonly string[] | undefined;
  readonly payFrom?: string | undefined;
}

/** Allows on the page that asks, and on each that follows it (data first, then payments), until the browser is sent `back`. */
export async function allowOnEveryPage(page: Page, back: Promise<unknown>, picks: Picks = {}): Promise<void> {
  for (let left = false; !left; ) {
    await page.waitForSelector('#consent-allow');
    // A load that is still to come must not pass for the next page's.
    await page.waitForLoadState('load');
    await pick(page, picks);
    const next = page.waitForEvent('load').then(
      () => false,
      () => true,
    );
    await page.click('#consent-allow', { noWaitAfter: true });
    left = await Promise.race([back.then(() => true), next]);
  }
}

async function pick(page: Page, { accounts, payFrom }: Picks): Promise<void> {
  for (const box of await page.locator('input[type=checkbox][name=account]:enabled').all()) {
    await box.setChecked(accounts === undefined || accounts.includes((await box.getAttribute('value')) ?? ''));
  }
  const radios = page.locator('input[type=radio][name=account]:enabled');
  if ((await radios.count()) === 0) return;
  await (payFrom === undefined ? radios.first() : page.locator(`input[type=radio][name=account][value="${payFrom}"]`)).check();
}
