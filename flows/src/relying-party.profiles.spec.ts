import { customers } from '@assent/testing/fapi';
import type { Browser } from 'playwright-core';
import { openChromium } from './support/browser.js';
import { startDemoParty, type DemoParty } from './support/demo-party.js';

/* The demo third party at issuers of the other profiles, in Chromium: what is signed is shown, and every attack it offers is refused. */

let party: DemoParty;
let browser: Browser;
beforeAll(async () => {
  const scope = 'openid accounts balances';
  const fapi1 = { signingAlgs: ['PS256', 'ES256'] };
  party = await startDemoParty(
    [
      { id: 'northwind', at: 'advanced', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', metadata: { client_name: 'Northwind Credit', response_types: ['code', 'code id_token'], id_token_signed_response_alg: 'PS256', scope } },
      { id: 'cedar', at: 'signing', auth: 'private_key_jwt', constraint: 'dpop', metadata: { client_name: 'Cedar Accounting', scope } },
      { id: 'larch', at: 'signing', auth: 'private_key_jwt', constraint: 'dpop', metadata: { client_name: 'Larch Loans', scope } },
      { id: 'penny', at: 'baseline', auth: 'private_key_jwt', constraint: 'either', metadata: { client_name: 'Penny Jar', scope } },
    ],
    { otherIssuers: [{ name: 'advanced', profile: 'fapi1-advanced', ...fapi1 }, { name: 'signing', profile: 'fapi2-message-signing' }, { name: 'baseline', profile: 'fapi1-baseline', ...fapi1 }] },
  );
  browser = await openChromium();
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await party?.stop();
});

async function visit(client: string, picks: readonly string[], scripts: boolean) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: scripts, locale: 'en-GB' });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  await page.goto(`${party.url}/start`);
  for (const pick of [`client-${client}`, ...picks]) await page.check(`#${pick}`);
  await page.click('#start');
  const signIn = async () => {
    await page.fill('#login', customers.ana.login);
    await page.fill('#password', customers.ana.password);
    await page.click('#login-submit');
    await page.waitForSelector('#consent-allow');
  };
  const allow = async () => {
    for (const box of await page.locator('input[name=account]:enabled').all()) await box.check();
    await page.click('#consent-allow');
  };
  return { context, page, complaints, signIn, allow };
}

it('a code beside the ID token that signs it, handed over from the fragment', async () => {
  const { context, page, complaints, signIn, allow } = await visit('northwind', ['answer-detached'], true);
  await signIn();
  await allow();
  await page.waitForURL(`${party.url}/session`);
  const told = (await page.textContent('main'))!;
  for (const words of ['The ID token signs this very answer', 'FAPI 1.0 Advanced 5.2.2.1', '"c_hash"', '"s_hash"', 'Decoded: id_token (address)', '"typ": "oauth-authz-req+jwt"']) expect(told).toContain(words);
  // Neither code nor token stands there whole.
  expect(told).toMatch(/callback#code=[\w-]{8}… \(\d+ characters\)&id_token=/);
  expect(complaints).toEqual([]);
  await context.close();
});

it('the customer’s no comes the same way', async () => {
  const { context, page, signIn } = await visit('northwind', ['answer-detached'], true);
  await signIn();
  await page.click('#cancel');
  await page.waitForURL(`${party.url}/session`);
  expect(await page.textContent('main')).toContain('access_denied');
  await context.close();
});

it('without scripts the page says what to do', async () => {
  const { context, page, signIn, allow } = await visit('northwind', ['answer-detached'], false);
  await signIn();
  await allow();
  await page.waitForSelector('#hand-over');
  expect(await page.textContent('main')).toContain('allow scripts for this page');
  await context.close();
});

it('an answer in a fragment that is not of this request is dropped', async () => {
  const { context, page, signIn } = await visit('northwind', ['answer-detached'], true);
  await signIn();
  await page.goto(`${party.url}/callback#code=stolen&id_token=a.b.c&state=other&iss=${encodeURIComponent(party.stack.issuer.replace('/fapi2', '/advanced'))}`);
  await page.waitForURL(`${party.url}/session`);
  expect(await page.textContent('main')).toContain('its state is not the one this browser was given');
  await context.close();
});

it('one signed response, as the profile has it', async () => {
  const { context, page, signIn, allow } = await visit('northwind', [], false);
  await signIn();
  await allow();
  await page.waitForURL(`${party.url}/session`);
  expect(await page.textContent('main')).toContain('Decoded: response (address)');
  await context.close();
});

it('asks no ID token beside the code where nobody is asked for', async () => {
  const { context, page } = await visit('northwind', ['answer-detached', 'identity-no'], false);
  await page.waitForURL(`${party.url}/start`);
  expect(await page.textContent('main')).toContain('gets no ID token beside the code');
  await context.close();
});

it('the start page has the issuers with what each asks, and the clients of each', async () => {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${party.url}/start`);
  expect(await page.locator('.issuer .h3').allTextContents()).toEqual(['advanced', 'signing', 'baseline']);
  const groups = await page.locator('.issuer').allInnerTexts();
  expect(groups[0]).toMatch(/Requests may come through the browser; requests and answers are signed; tokens are bound by certificate\.[\s\S]*Northwind Credit[\s\S]*bound to its certificate/);
  expect(groups[1]).toMatch(/Requests are pushed; requests and answers are signed; tokens are bound by DPoP or certificate\.[\s\S]*Cedar Accounting[\s\S]*bound to a DPoP key[\s\S]*Larch Loans/);
  expect(groups[2]).toMatch(/neither requests nor answers are signed; tokens may be bearer tokens\.[\s\S]*Penny Jar[\s\S]*bound to nobody/);
  await context.close();
});

const everywhere = ['foreign-redirect', 'no-pkce', 'plain-pkce', 'query-token', 'replayed-assertion', 'reused-request', 'stale-code'];
const attacks: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['northwind', [], [...everywhere, 'beyond-consent', 'no-constraint', 'not-pushed', 'other-certificate']],
  ['northwind', ['answer-detached'], [...everywhere, 'beyond-consent', 'no-constraint', 'not-pushed', 'other-certificate']],
  ['cedar', [], [...everywhere, 'altered-request', 'audience-injection', 'beyond-consent', 'foreign-refresh', 'no-constraint', 'not-pushed', 'other-request', 'replayed-proof', 'wrong-key']],
  ['penny', [], [...everywhere, 'beyond-consent']],
];
it.each(attacks)('%s %j: every attack that is offered makes sense at its issuer, and is refused', async (client, picks, expected) => {
  const { context, page, complaints, signIn, allow } = await visit(client, picks, true);
  await signIn();
  await allow();
  await page.waitForURL(`${party.url}/session`);
  expect(await page.textContent('main')).toContain(client === 'penny' ? 'it is a bearer token' : 'works only with the app’s own');
  const offered = (await page.locator('[id^=break-]').evaluateAll((found) => found.map(({ id }) => id))).map((id) => id.slice('break-'.length));
  expect([...offered].sort()).toEqual([...expected].sort());
  for (const name of [...offered.filter((one) => one !== 'stale-code'), 'stale-code']) {
    if (!(await page.locator('.breaks').isVisible())) await page.click('summary:has-text("attacks")');
    await Promise.all([page.waitForEvent('framenavigated'), page.click(`#break-${name}`)]);
    // The honest half of an attack must have gone well, too.
    const verdicts = new Set(await page.locator('.time .badge').allTextContents());
    expect([name, [...verdicts].filter((verdict) => !['Answered', 'Refused, as it must be'].includes(verdict))]).toEqual([name, []]);
    expect([name, await page.locator('.time > li').first().locator('.badge').textContent()]).toEqual([name, 'Refused, as it must be']);
  }
  expect(complaints).toEqual([]);
  await context.close();
}, 60_000);
