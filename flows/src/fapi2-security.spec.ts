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
/** Every code, token, proof and password that travelled. */
const travelled: string[] = [];

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
    travelled.push(...(await runGoldenFlow({ stack, client, openid, approve })));
  });
});

describe('afterwards', () => {
  it('no secret stands in a log, however much is logged', () => {
    expect(travelled.length).toBeGreaterThan(clients.length * 10);
    const logs = stack.asLog.text + stack.rsLog.text;
    expect(logs).toMatch(/jwt-dpop|\/fapi2\/token/);
    expect(travelled.filter((secret) => logs.includes(secret))).toEqual([]);
  });

  it('no secret stands in the database: what is only compared is hashed, keys are encrypted', async () => {
    const stored = await everythingStored(stack);
    expect(stored).toContain('customer-ana');
    expect(travelled.filter((secret) => stored.includes(secret))).toEqual([]);
    expect(stored).not.toMatch(/PRIVATE KEY|"d" *:/);
    // Texts may be kept as bytes.
    const bytes = travelled.map((secret) => Buffer.from(secret).toString('hex'));
    expect(bytes.filter((hex) => stored.includes(hex))).toEqual([]);
    for (const marker of ['PRIVATE KEY', '"d":"']) expect(stored).not.toContain(Buffer.from(marker).toString('hex'));
  });
});

/** Every row of every table of ours, as text. */
async function everythingStored({ database }: Stack): Promise<string> {
  const { rows: tables } = await database.pool.query<{ name: string }>(`SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`);
  expect(tables.length).toBeGreaterThan(5);
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await database.pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    texts.push(...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}
