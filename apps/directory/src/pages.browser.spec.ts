import { launchChromium } from '@assent/testing/chromium';
import axe from 'axe-core';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openDirectoryWorld, type DirectoryWorld } from './directory.fixtures.js';

let world: DirectoryWorld;
let browser: Browser;
/** Pictures are kept where somebody wants to look at them. */
const pictures = process.env['ASSENT_PICTURES'];

beforeAll(async () => {
  world = await openDirectoryWorld();
  browser = await launchChromium({ args: ['--host-resolver-rules=MAP localhost 127.0.0.1'] });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const visit = (locale = 'en-GB', width = 1280, scheme: 'light' | 'dark' = 'light'): Promise<BrowserContext> => browser.newContext({ ignoreHTTPSErrors: true, locale, viewport: { width, height: 900 }, colorScheme: scheme, acceptDownloads: true });

async function signIn(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${world.url}/`);
  await page.fill('#token', world.adminToken);
  await page.click('#sign-in');
  await page.waitForURL(`${world.url}/`);
  return page;
}

/** No complaint of axe, and nothing that sticks out sideways. */
async function isSound(page: Page, name: string): Promise<void> {
  if (pictures !== undefined) {
    await mkdir(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  }
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: run } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
    return (await run.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
  const wide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  expect([name, violations, wide]).toEqual([name, [], false]);
}

let count = 0;
async function fillIn(page: Page, changes: Readonly<Record<string, string>> = {}): Promise<void> {
  await page.goto(`${world.url}/new`);
  const entered = { legal_name: 'Tally Software Ltd', country: 'BR', register_number: `P-${(count += 1)}`, client_name: 'Tally Budget', redirect_uris: 'https://tally.example/callback', ...changes };
  for (const [name, value] of Object.entries(entered)) await page.fill(`#${name}`, value);
  await page.selectOption('#market', 'samba');
  await page.click('main #join');
}

describe.each([
  ['en-GB', 1280, 'light'],
  ['en-GB', 390, 'dark'],
  ['pt-BR', 390, 'light'],
  ['ar', 320, 'light'],
  ['ar', 1280, 'dark'],
] as const)('in %s, %d wide, %s', (locale, width, scheme) => {
  it('every page is sound', async () => {
    const context = await visit(locale, width, scheme);
    const name = (page: string): string => `${page}-${locale}-${width}-${scheme}`;
    try {
      const first = await context.newPage();
      await first.goto(`${world.url}/sign-in`);
      await isSound(first, name('sign-in'));
      await first.fill('#token', 'wrong');
      await first.click('#sign-in');
      await isSound(first, name('sign-in-wrong'));
      const page = await signIn(context);
      await isSound(page, name('list'));
      await page.goto(`${world.url}/new`);
      await isSound(page, name('join'));
      await page.click('main #join');
      await isSound(page, name('join-problems'));
      await fillIn(page, { legal_name: 'Companhia de Tecnologia e Serviços Financeiros Muito Extensos do Brasil S.A.', client_name: 'Um nome de software que é bem comprido para um telefone' });
      await isSound(page, name('made'));
      await page.click('#onward');
      await isSound(page, name('software'));
      const at = page.url();
      await page.click('.certificates a');
      await isSound(page, name('revoke'));
      await page.click('#yes');
      await isSound(page, name('software-revoked'));
      await page.selectOption('#purpose', 'signing');
      await page.click('#issue');
      await isSound(page, name('certificate'));
      await page.goto(at);
      await page.click('#sign');
      await isSound(page, name('statement'));
      await page.goto(at);
      await page.click('#suspend');
      await isSound(page, name('suspend'));
      await page.goto(at);
      await page.click('main .lead a');
      await isSound(page, name('organisation'));
      await page.goto(`${world.url}/software/nobody`);
      await isSound(page, name('missing'));
    } finally {
      await context.close();
    }
  }, 120_000);
});

describe('without scripts', () => {
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false, acceptDownloads: true });
    page = await signIn(context);
  });
  afterAll(() => context?.close());

  it('somebody joins, and takes away what is told once', async () => {
    await fillIn(page);
    expect(await page.textContent('h1')).toContain('Tally Budget has joined');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#file-tally-budget-json')]);
    expect(download.suggestedFilename()).toBe('tally-budget.json');
    const bundle = JSON.parse(await readFile(await download.path(), 'utf8')) as Record<string, never>;
    expect(bundle).toMatchObject({ market: 'samba', directory: world.url, transport: { private_key: expect.stringContaining('PRIVATE KEY') as string }, signing: { private_jwk: { kty: 'RSA', d: expect.any(String) as string } } });
    // What was handed out is in force: the key works, the certificate opens the API.
    expect((await world.call(`/api/software/${String(bundle['software_id'])}/statements?market=samba`, { token: String(bundle['api_key']), method: 'POST' })).status).toBe(201);
    expect(await page.textContent('pre')).toMatch(/^npm run directory -- register --file tally-budget\.json \\\n {2}--issuer https:/);
    await page.click('#onward');
    expect(await page.content()).not.toContain('PRIVATE KEY');
  });

  it('a mistake is named at its field, and what was entered stays', async () => {
    await fillIn(page, { country: 'Brazil', redirect_uris: 'http://tally.example/' });
    expect(await page.textContent('[role=alert]')).toMatch(/two capital letters[\s\S]*https address/);
    expect(await page.inputValue('#legal_name')).toBe('Tally Software Ltd');
    await fillIn(page, { register_number: 'TWICE-1' });
    await fillIn(page, { register_number: 'TWICE-1' });
    expect(await page.textContent('[role=alert]')).toContain('has this register number');
  });

  it('another software joins under an organisation that is there', async () => {
    await fillIn(page, { legal_name: 'Second Home Ltd', register_number: 'HOME-1' });
    await page.goto(`${world.url}/new`);
    await page.selectOption('#organisation', { label: 'Second Home Ltd' });
    await page.fill('#client_name', 'Another app');
    await page.fill('#redirect_uris', 'https://another.example/');
    await page.click('main #join');
    expect(await page.textContent('h1')).toContain('Another app');
  });

  it('suspends, reactivates and revokes in two steps', async () => {
    await fillIn(page);
    await page.click('#onward');
    const badge = (): Promise<string | null> => page.textContent('.head .badge');
    await page.click('#suspend');
    await page.click('#no');
    expect(await badge()).toBe('Active');
    for (const [first, then] of [['#suspend', 'Suspended'], ['#reactivate', 'Active'], ['#revoke', 'Revoked']] as const) {
      await page.click(first);
      await page.click('#yes');
      expect(await badge()).toBe(then);
    }
    expect(await page.locator('#revoke, #reactivate, #issue').count()).toBe(0);
  });
});

describe('nobody else', () => {
  it('gets a page, and a form of another session does nothing', async () => {
    const [mine, theirs] = [await visit(), await visit()];
    try {
      const page = await mine.newPage();
      await page.goto(`${world.url}/new`);
      expect(page.url()).toBe(`${world.url}/sign-in?next=%2Fnew`);
      const [one, other] = [await signIn(mine), await signIn(theirs)];
      await one.goto(`${world.url}/new`);
      await other.goto(`${world.url}/new`);
      const token = await other.inputValue('main input[name=csrf]');
      const answer = await mine.request.post(`${world.url}/new`, { form: { csrf: token, market: 'samba' }, headers: { origin: world.url }, maxRedirects: 0 });
      expect(answer.status()).toBe(403);
      const foreign = await mine.request.post(`${world.url}/new`, { form: { csrf: await one.inputValue('main input[name=csrf]') }, headers: { origin: 'https://elsewhere.example' }, maxRedirects: 0 });
      expect(foreign.status()).toBe(403);
      await one.click('#sign-out');
      await one.goto(`${world.url}/`);
      expect(one.url()).toContain('/sign-in');
    } finally {
      await mine.close();
      await theirs.close();
    }
  });

  it('can frame a page, or be sent away by the sign-in', async () => {
    const { headers } = await world.call('/sign-in');
    expect([headers['x-frame-options'], headers['content-security-policy']]).toEqual(['DENY', expect.stringContaining("frame-ancestors 'none'")]);
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example/']) {
      const text = (await world.call(`/sign-in?next=${encodeURIComponent(next)}`)).bytes.toString();
      expect(text).toContain('name="next" value="/"');
    }
  });
});
