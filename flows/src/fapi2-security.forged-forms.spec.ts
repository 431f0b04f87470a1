import { customers, type Answer, type FapiClient, type Message, type PageForm, type Visitor } from '@assent/testing/fapi';
import { expectPage, signIn } from './support/pages.js';
import { matrix, obtainTokens, startStack, type Stack } from './support/stack.js';

/* Consent and sign-in forms that somebody else made, changed or carried off, and cookies that were planted. */

let stack: Stack;
let client: FapiClient;
/** Signed in as Ana. */
let ana: Visitor;
beforeAll(async () => {
  stack = await startStack({ clients: matrix.slice(0, 1) });
  [client, ana] = [await stack.party('jwt-dpop'), stack.visitor()];
  await obtainTokens(client, ana);
}, 60_000);
afterAll(() => stack?.stop());

/** The consent form of a request of its own, in Ana's browser. */
const opened = async (changes = {}): Promise<{ form: PageForm; url: URL; at: URL; page: Answer }> => {
  const { url } = await client.begin(changes);
  const page = await ana.open(url);
  return { form: ana.consentForm(page, url), url, at: url, page };
};
/** Not granted, and the request still waits for its real answer. */
const expectUntouched = async (url: URL): Promise<void> => expect((await ana.approve(url, customers.ana)).searchParams.has('code')).toBe(true);

const rows: readonly (readonly [string, (form: PageForm) => void, (message: Message) => void])[] = [
  ['from another origin', () => undefined, (message) => void message.setHeader('origin', 'https://evil.example').setHeader('sec-fetch-site', 'cross-site')],
  ['from another origin, by an older browser', () => undefined, (message) => void message.setHeader('origin', 'https://evil.example').setHeader('sec-fetch-site', undefined)],
  ['from a sandboxed frame', () => undefined, (message) => void message.setHeader('origin', 'null')],
  ['from a sibling site', () => undefined, (message) => void message.setHeader('sec-fetch-site', 'same-site')],
  ['from nowhere', () => undefined, (message) => void message.setHeader('origin', undefined).setHeader('sec-fetch-site', undefined)],
  ['without a token', (form) => form.fields.delete('csrf'), () => undefined],
  ['with two tokens', (form) => form.fields.append('csrf', form.fields.get('csrf')!), () => undefined],
  ['with a token made up', (form) => form.fields.set('csrf', 'A'.repeat(43)), () => undefined],
  ['without cookies', () => undefined, (message) => void message.setHeader('cookie', undefined)],
  ['without what the page showed', (form) => form.fields.delete('shown'), () => undefined],
  ['for an account of another customer', (form) => form.fields.append('account', 'ben-everyday'), () => undefined],
  ['for an account that cannot be shared', (form) => form.fields.append('account', 'ana-studio'), () => undefined],
  ['with two decisions', (form) => form.fields.append('decision', 'deny'), () => undefined],
  ['with a decision nobody offers', (form) => form.fields.set('decision', 'allow-all'), () => undefined],
  ['as JSON', () => undefined, (message) => { message.setHeader('content-type', 'application/json'); message.body = '{}'; }],
  ['by GET', () => undefined, (message) => void (message.method = 'GET')],
];

it.each(rows)('consent %s grants nothing', async (_, changeForm, changeMessage) => {
  const { form, url } = await opened();
  changeForm(form);
  const answer = await ana.submit(form, changeMessage);
  expect([answer.status >= 400 && answer.status < 500, answer.headers.get('location')]).toEqual([true, null]);
  await expectUntouched(url);
});

it('consent with the token of another request, or of another browser, grants nothing', async () => {
  const [mine, second] = [await opened(), await opened()];
  const mallory = stack.visitor();
  const { answer, url: at } = await mallory.signIn(mine.url, customers.ben);
  const foreign = mallory.consentForm(answer, at);
  for (const csrf of [second.form.fields.get('csrf')!, foreign.fields.get('csrf')!]) {
    mine.form.fields.set('csrf', csrf);
    expect((await ana.submit(mine.form)).headers.get('location')).toBeNull();
  }
  mine.form.fields.set('shown', second.form.fields.get('shown')!);
  expect((await ana.submit(mine.form)).headers.get('location')).toBeNull();
  await expectUntouched(mine.url);
});

it('what another customer’s page showed cannot be allowed in Ana’s name', async () => {
  const { form, url } = await opened();
  const ben = stack.visitor();
  const { answer, url: at } = await ben.signIn(url, customers.ben);
  form.fields.set('shown', ben.consentForm(answer, at).fields.get('shown')!);
  form.fields.delete('account');
  form.fields.append('account', 'ben-everyday');
  expect((await ana.submit(form)).headers.get('location')).toBeNull();
  await expectUntouched(url);
});

it('no session is fixed: sign-in takes a new cookie, and a planted one stays worthless', async () => {
  const planted = 'B'.repeat(43);
  const victim = stack.visitor();
  victim.cookies.set('__Host-assent-as', planted);
  await obtainTokens(client, victim);
  expect(victim.cookies.get('__Host-assent-as')).not.toBe(planted);
  const attacker = stack.visitor();
  attacker.cookies.set('__Host-assent-as', planted);
  const { url } = await client.begin();
  expectPage(await attacker.open(url), 200, signIn);
});

it('a session that was replaced is over', async () => {
  const visitor = stack.visitor();
  await obtainTokens(client, visitor);
  const old = visitor.cookies.get('__Host-assent-as')!;
  const { url } = await client.begin({ prompt: 'login' });
  await visitor.approve(url, customers.ana);
  const thief = stack.visitor();
  thief.cookies.set('__Host-assent-as', old);
  expectPage(await thief.open((await client.begin()).url), 200, signIn);
});

it('cookies are for this host over TLS only, and out of the reach of scripts', async () => {
  const visitor = stack.visitor();
  await obtainTokens(client, visitor);
  const set = visitor.answers.flatMap(({ cookies }) => cookies);
  expect(set.length).toBeGreaterThanOrEqual(2);
  for (const line of set) {
    expect(line).toMatch(/^__Host-assent-as(-csrf)?=/);
    for (const attribute of [/; *Secure/i, /; *HttpOnly/i, /; *Path=\/(;|$)/i, /; *SameSite=Lax/i]) expect(line).toMatch(attribute);
    expect(line).not.toMatch(/Domain=/i);
  }
});
