import { customers, Message, send } from '@assent/testing/fapi';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { newVisit, openChromium } from './support/browser.js';
import { startDemoParty, type DemoParty } from './support/demo-party.js';

/* The demo third party as a visitor meets it: in Chromium, without scripts, against the real bank. */

let party: DemoParty;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What the browser complained of. */
let complaints: string[];

beforeAll(async () => {
  party = await startDemoParty([
    { id: 'tally', auth: 'private_key_jwt', constraint: 'dpop', metadata: { client_name: 'Tally Budget' } },
    { id: 'ledger', auth: 'self_signed_tls_client_auth', constraint: 'mtls', metadata: { client_name: 'Ledger', scope: 'accounts balances', access_token_format: 'opaque' } },
    { id: 'vault', auth: 'private_key_jwt', constraint: 'dpop', alg: 'PS256', metadata: { client_name: 'Vault', http_message_signatures: 'required' } },
  ]);
  browser = await openChromium();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await party?.stop();
});
beforeEach(async () => {
  context = await newVisit(browser);
  page = await context.newPage();
  complaints = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
});
afterEach(() => context.close());

async function start(client: string, picks: readonly string[] = []): Promise<void> {
  await page.goto(`${party.url}/start`);
  for (const pick of [`client-${client}`, ...picks]) await page.check(`#${pick}`);
  await page.click('#start');
}

async function signIn(): Promise<void> {
  await page.fill('#login', customers.ana.login);
  await page.fill('#password', customers.ana.password);
  await page.click('#login-submit');
  await page.waitForSelector('#consent-allow');
}

async function allow(): Promise<void> {
  for (const box of await page.locator('input[name=account]:enabled').all()) await box.check();
  await page.click('#consent-allow');
}

/** The whole way to a page that says there is access. */
async function connect(client: string, picks: readonly string[] = []): Promise<void> {
  await start(client, picks);
  await signIn();
  await allow();
  await page.waitForURL(`${party.url}/session`);
}

const press = (id: string) => Promise.all([page.waitForEvent('framenavigated'), page.click(`#${id}`)]);
const title = () => page.textContent('h1');
const notice = async (): Promise<string> => (await page.locator('.note').allTextContents()).join(' ');
const latest = () => page.locator('.time > li').first();
const steps = () => page.locator('.time h2').allTextContents();
const table = () => page.locator('table.data').first().innerText();
const idsOf = (selector: string) => page.locator(selector).evaluateAll((found) => found.map(({ id }) => id));

async function misbehaveEveryWay(): Promise<string[]> {
  const names = await idsOf('[id^=break-]');
  // The last one ends the access.
  for (const name of [...names.filter((one) => one !== 'break-stale-code'), 'break-stale-code']) {
    if (!(await page.locator('.breaks').isVisible())) await page.click('summary:has-text("attacks")');
    await press(name);
    expect([name, await latest().locator('.badge').textContent(), await notice()]).toEqual([name, 'Refused, as it must be', expect.stringContaining('Refused, as it must be')]);
  }
  return names.map((name) => name.slice('break-'.length)).sort();
}

describe('a flow, and every way to break it', () => {
  it('with a client that binds its tokens to a DPoP key', async () => {
    await connect('tally');
    expect(await title()).toBe('Tally Budget has access');
    await press('act-accounts');
    expect(await table()).toMatch(/Everyday account\s+••••4821\s+not read[\s\S]*Savings\s+••••0937/);
    await press('act-balances');
    expect(await table()).toMatch(/Everyday account\s+••••4821\s+£[\d,]+\.\d\d/);
    await press('act-transactions');
    expect(await page.textContent('#data h3')).toBe('Latest transactions of Everyday account');
    await press('act-userinfo');
    expect(await page.textContent('#data')).toContain('Ana Duarte');
    await press('act-refresh');
    expect(await notice()).toBe('');
    expect(new Set(await page.locator('.time .badge').allTextContents())).toEqual(new Set(['Answered']));

    expect(await misbehaveEveryWay()).toEqual([
      'altered-request', 'audience-injection', 'foreign-redirect', 'foreign-refresh', 'no-constraint', 'no-pkce', 'not-pushed', 'other-request',
      'plain-pkce', 'query-token', 'replayed-assertion', 'replayed-proof', 'reused-request', 'stale-code', 'wrong-key',
    ]); // prettier-ignore
    expect(await title()).toBe('Tally Budget has lost its access');
    await press('act-accounts');
    expect(await notice()).toMatch(/The bank said no.*does not take this access token.*invalid_token/);
    expect(await latest().locator('.badge').textContent()).toBe('Refused, as it must be');
    expect(complaints).toEqual([]);
  }, 60_000);

  it('with a client that binds its tokens to its certificate, and asks for less', async () => {
    await connect('ledger');
    expect(await idsOf('[id^=act-]')).toEqual(['act-accounts', 'act-balances', 'act-refresh', 'act-revoke']);
    await press('act-balances');
    expect(await table()).toMatch(/Savings\s+••••0937\s+£[\d,]+\.\d\d/);
    expect(await latest().innerText()).not.toContain('Decoded');
    expect(await misbehaveEveryWay()).toEqual([
      'altered-request', 'beyond-consent', 'foreign-redirect', 'foreign-refresh', 'no-constraint', 'no-pkce', 'not-pushed', 'other-certificate',
      'plain-pkce', 'query-token', 'reused-request', 'stale-code',
    ]); // prettier-ignore
  }, 60_000);

  it('with a client that signs its requests to the API, which signs its answers', async () => {
    await connect('vault', ['identity-no']);
    await press('act-accounts');
    expect([await notice(), await latest().locator('.badge').textContent()]).toEqual(['', 'Answered']);
    const shown = async (of: string) => latest().locator(`details:has(summary:has-text("Signature of the ${of}")) pre`).textContent();
    const [request, answer] = [await shown('request'), await shown('answer')];
    for (const line of ['"@method": GET', '"@target-uri": ', '"dpop": ', ';tag="fapi-2-request"']) expect(request).toContain(line);
    for (const line of ['"@status": 200', '"content-digest": sha-256=', '"signature";req: ', ';tag="fapi-2-response"']) expect(answer).toContain(line);
    expect(await latest().textContent()).toContain('Holds, by the bank’s key');
    // Neither token nor proof stands anywhere in full.
    expect(await page.content()).not.toMatch(/eyJ[\w-]{30,}\.[\w-]{30,}\.[\w-]{30,}/);
    await misbehaveEveryWay();
    expect(complaints).toEqual([]);
  }, 60_000);

  it('ends when the app gives its access back', async () => {
    await connect('tally', ['identity-no']);
    expect(await idsOf('#act-userinfo')).toEqual([]);
    await press('act-revoke');
    expect(await title()).toBe('Tally Budget has lost its access');
    for (const action of ['act-accounts', 'act-refresh']) {
      await press(action);
      expect(await latest().locator('.badge').textContent()).toBe('Refused, as it must be');
    }
    expect(await idsOf('[id^=break-], #act-revoke')).toEqual([]);
  });

  it('gets no tokens for a code with another verifier', async () => {
    await connect('tally', ['verifier-wrong']);
    expect(await title()).toBe('Tally Budget has no access');
    expect(await notice()).toMatch(/does not take this code.*invalid_grant/);
    expect(await latest().locator('.badge').textContent()).toBe('Refused, as it must be');
  });

  it('gets nothing after a no at the bank', async () => {
    await start('tally');
    await signIn();
    await page.click('#cancel');
    await page.waitForURL(`${party.url}/session`);
    expect(await title()).toBe('Tally Budget has no access');
    expect(await notice()).toMatch(/The answer at the bank was no\. Nothing was shared\..*access_denied/);
    expect(await steps()).not.toContainEqual(expect.stringContaining('Exchange'));
  });
});

describe('the callback', () => {
  /** Where the bank sent the browser, which did not go there. */
  async function heldCallback(): Promise<URL> {
    await start('tally');
    await signIn();
    let held: URL | undefined;
    await context.route(/\/consent$/, async (route) => {
      const { location = '' } = (await route.fetch({ maxRedirects: 0 })).headers();
      held = new URL(location);
      await route.fulfill({ status: 200, contentType: 'text/html', body: '<p id="held">held</p>' });
    });
    await allow();
    await page.waitForSelector('#held');
    return held!;
  }
  const changed = (url: URL, changes: Readonly<Record<string, string | undefined>>): string => {
    const copy = new URL(url);
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) copy.searchParams.delete(name);
      else copy.searchParams.set(name, value);
    }
    return copy.href;
  };

  it('drops what is not the answer of this bank to this browser, before the code is used (F2-CL-10)', async () => {
    const callback = await heldCallback();
    for (const [changes, why] of [
      [{ iss: 'https://bank.evil.example' }, 'not of the bank that was asked'],
      [{ iss: undefined }, 'not of the bank that was asked'],
      [{ state: 'a-state-of-somebody-else' }, 'belongs to another request'],
      [{ state: undefined }, 'belongs to another request'],
    ] as const) {
      await page.goto(changed(callback, changes));
      expect([await title(), await notice()]).toEqual(['Tally Budget waits for an answer', expect.stringContaining(why)]);
      expect(await latest().locator('.badge').textContent()).toBe('Refused, as it must be');
    }
    expect(await steps()).not.toContainEqual(expect.stringContaining('Exchange'));

    // None of them spoiled the flow, and the code is as good as new.
    await page.goto(callback.href);
    expect(await title()).toBe('Tally Budget has access');
    // Once.
    expect((await page.goto(callback.href))?.status()).toBe(400);
  });

  it('takes nothing in a browser that asked for nothing (TM-CSRF-01)', async () => {
    const callback = await heldCallback();
    const victim = await newVisit(browser);
    try {
      const visited = await victim.newPage();
      expect((await visited.goto(callback.href))?.status()).toBe(400);
      expect(await visited.textContent('main')).toContain('no sign-in waits for an answer in this browser');
      expect(await victim.cookies()).toEqual([]);
    } finally {
      await victim.close();
    }
  });

  it('leaves the visitor in a session with another id, and nothing in the old one', async () => {
    await start('tally');
    const [before] = await context.cookies(party.url);
    expect(before).toMatchObject({ name: '__Host-assent-rp', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' });
    await signIn();
    await allow();
    await page.waitForURL(`${party.url}/session`);
    const after = (await context.cookies(party.url)).find(({ name }) => name === '__Host-assent-rp');
    expect(after?.value).not.toBe(before?.value);
    const answer = await sent('GET', '/session', { cookie: `__Host-assent-rp=${before?.value ?? ''}` });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/start']);
  });
});

const sent = (method: string, path: string, headers: Readonly<Record<string, string>>, form?: Readonly<Record<string, string>>) =>
  send(new Message({ method, url: `${party.url}${path}`, headers: Object.entries({ ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}), ...headers }), ...(form ? { body: new URLSearchParams(form).toString() } : {}) }), { ca: party.stack.ca });

describe('what others send', () => {
  it('starts nothing and does nothing (F2-CL-08; TM-CSRF-02)', async () => {
    await page.goto(`${party.url}/start`);
    const csrf = await page.inputValue('input[name=csrf]');
    const [cookie] = await context.cookies(party.url);
    const ours = { cookie: `__Host-assent-rp=${cookie?.value ?? ''}`, origin: party.url };
    const good = { csrf, client: 'tally', identity: 'yes', verifier: 'right' };
    for (const [headers, form] of [
      [ours, { ...good, csrf: '' }],
      [ours, { ...good, csrf: 'a'.repeat(43) }],
      [{ ...ours, origin: 'https://evil.example' }, good],
      [{ ...ours, 'sec-fetch-site': 'cross-site' }, good],
      [{ cookie: ours.cookie }, good],
      [{ origin: party.url }, good],
      [{ ...ours, cookie: '__Host-assent-rp=expired-or-made-up' }, good],
    ] as const) {
      for (const path of ['/flows', '/act', '/break']) expect((await sent('POST', path, headers, form)).status).toBe(403);
    }
    expect((await sent('GET', '/flows', ours)).status).toBe(405);
    const answer = await sent('POST', '/flows', ours, good);
    expect([answer.status, new URL(answer.headers.get('location') ?? '').origin]).toEqual([303, new URL(party.stack.issuer).origin]);
  });

  it.each([
    ['/flows', { client: 'nobody' }, 404],
    ['/act', { action: 'constructor' }, 404],
    ['/act', {}, 400],
    ['/break', { name: 'everything' }, 404],
  ])('is answered on a page: %s %j', async (path, form, status) => {
    await page.goto(`${party.url}/start`);
    const [cookie] = await context.cookies(party.url);
    const answer = await sent('POST', path, { cookie: `__Host-assent-rp=${cookie?.value ?? ''}`, origin: party.url }, { csrf: await page.inputValue('input[name=csrf]'), ...form });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
  });

  it('finds the public keys of a client, and no private one', async () => {
    const { json, headers } = await sent('GET', '/clients/tally/jwks.json', {});
    expect(headers.get('content-type')).toMatch(/^application\/jwk-set\+json/);
    expect(json).toMatchObject({ keys: [{ kty: 'EC', alg: 'ES256' }] });
    expect(JSON.stringify(json)).not.toContain('"d"');
    expect((await sent('GET', '/clients/nobody/jwks.json', {})).status).toBe(404);
  });
});

it('a session that ended is said, and leads back to the start', async () => {
  await connect('tally');
  await context.clearCookies();
  await page.click('#act-accounts');
  expect(await page.textContent('main')).toContain('this page is out of date: open the start page again');
  await page.click('text=Start again');
  expect(await title()).toBe('Start a flow');
  await page.goto(`${party.url}/session`);
  expect(page.url()).toBe(`${party.url}/start`);
});

it('no page and no log line holds a credential', async () => {
  const codes: string[] = [];
  page.on('request', (request) => void codes.push(...new URL(request.url()).searchParams.getAll('code')));
  await connect('tally');
  await press('act-refresh');
  await press('act-accounts');
  const html = await page.content();
  const cookies = (await context.cookies(party.url)).map(({ value }) => value);
  expect(codes).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
  for (const secret of [...codes, ...cookies]) {
    expect(html).not.toContain(secret);
    expect(party.log.text).not.toContain(secret);
  }
  for (const text of [html, party.log.text]) expect(text).not.toMatch(/eyJ[\w-]{10,}\.[\w-]{10,}/);
  const shown = [...html.matchAll(/(?:access_token|refresh_token|id_token)": "([^"]*)"/g)].map(([, value]) => value);
  expect(shown.length).toBeGreaterThanOrEqual(4);
  for (const value of shown) expect(value).toMatch(/^.{8}… \(\d+ characters\)$/);
});

describe('every page', () => {
  const axe = (createRequire(import.meta.url)('axe-core') as { source: string }).source;
  const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

  /** What axe finds, one line each, with everything that can be opened open. */
  async function violations(): Promise<string[]> {
    await page.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true; })`);
    await page.evaluate(axe);
    return page.evaluate<string[]>(`axe.run(document, { runOnly: ${JSON.stringify(standards)} }).then(({ violations }) => violations.flatMap((v) => v.nodes.map((n) => v.id + ' ' + n.html.slice(0, 120))))`);
  }
  const sideways = () => page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  async function expectReadable(name: string): Promise<void> {
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      expect([name, width, await violations(), await sideways()]).toEqual([name, width, [], 0]);
    }
  }

  it('can be read by everybody, on a phone and on a desk', async () => {
    // axe is a script.
    await context.close();
    context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
    page = await context.newPage();
    for (const [name, path] of [['welcome', '/'], ['start', '/start'], ['error', '/nowhere']] as const) {
      await page.goto(`${party.url}${path}`);
      await expectReadable(name);
    }
    await connect('tally');
    for (const action of ['act-balances', 'act-transactions', 'act-userinfo']) await press(action);
    await page.click('summary:has-text("attacks")');
    await press('break-wrong-key');
    await expectReadable('inspector');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectReadable('inspector in the dark');
  }, 60_000);
});
