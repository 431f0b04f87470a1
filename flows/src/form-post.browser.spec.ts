import { customers, type FapiClient } from '@assent/testing/fapi';
import type { Browser, Request } from 'playwright-core';
import { openChromium, sentBack } from './support/browser.js';
import { beginSigned, jarmResponse } from './support/signed.js';
import { startStack, type Stack } from './support/stack.js';

/* A response that travels as a form, in a real browser: by our one script, and by the button where scripts are off. */

let stack: Stack;
let browser: Browser;
let client: FapiClient;
beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ clients: [{ id: 'jwt-dpop', auth: 'private_key_jwt', constraint: 'dpop' }], issuer: { profile: 'fapi2-message-signing' } }), openChromium()]);
  client = await stack.party('jwt-dpop');
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

it.each([
  ['by itself', true],
  ['by its button, without scripts', false],
])('goes to the client %s', async (_says, javaScriptEnabled) => {
  const { prepared, url } = await beginSigned(client, { response_mode: 'form_post.jwt' });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled, locale: 'en-GB' });
  const page = await context.newPage();
  const refused: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && /Content Security Policy/.test(message.text()) && refused.push(message.text())));
  let posted: Request | undefined;
  page.on('request', (request) => void (request.url().startsWith(client.redirectUri) && (posted = request)));
  await page.goto(url.href);
  await page.fill('#login', customers.ana.login);
  await page.fill('#password', customers.ana.password);
  await page.click('#login-submit');
  await page.check('input[name=account][value=ana-everyday]');
  await sentBack(page, client.redirectUri, async () => {
    await page.click('#consent-allow');
    if (!javaScriptEnabled) await page.click('#continue');
  });
  expect([posted?.method(), refused]).toEqual(['POST', []]);
  const response = await jarmResponse(client, stack.ca, new URLSearchParams(posted?.postData() ?? ''), prepared.state);
  expect(response.has('code')).toBe(true);
  await context.close();
});
