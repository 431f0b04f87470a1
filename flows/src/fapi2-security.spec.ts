import { customers } from '@assent/testing/fapi';
import type { Browser } from 'playwright-core';
import { approveInChromium, openChromium } from './support/browser.js';
import { runGoldenFlow } from './support/golden.js';
import { fullMatrix, matrix, startStack, type Stack } from './support/stack.js';

/* The golden flows of FAPI 2.0 SP: {private_key_jwt, mTLS} x {DPoP, mTLS} x {openid, plain OAuth}, end to end. */

const full = process.env['ASSENT_TEST_FULL'] !== undefined;
const clients = full ? [...matrix, ...fullMatrix] : matrix;

let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ clients }), openChromium()]);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const ana = { ...customers.ana, accounts: ['ana-everyday'] };
/** Real pages in a real browser for each way to authenticate; the rest fills the same pages by HTTP. */
const inChromium = new Set(['jwt-dpop', 'ca-mtls', 'self-mtls']);

describe.each(clients)('$id', ({ id }) => {
  it.each([
    ['OpenID', true],
    ['plain OAuth', false],
  ])('%s', async (_, openid) => {
    const client = await stack.party(id);
    const chromium = openid === (id !== 'self-mtls') && inChromium.has(id);
    const approve = (url: URL, redirectUri: string) => (chromium ? approveInChromium(browser, url, redirectUri, ana) : stack.visitor().approve(url, ana));
    const secrets = await runGoldenFlow({ stack, client, openid, approve });
    for (const secret of secrets) {
      expect(stack.asLog.text.includes(secret)).toBe(false);
      expect(stack.rsLog.text.includes(secret)).toBe(false);
    }
  });
});
