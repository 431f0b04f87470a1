import { customers, FapiClient, readForm, Visitor, type Answer } from '@assent/testing/fapi';
import { createHash } from 'node:crypto';
import { staff, startSites, type Sites } from './support/sites.js';

/* The bank's own sites against its own authorization server: who is let in, as whom, and who is not. */

let sites: Sites;
let dashboardClient: FapiClient;
let consoleClient: FapiClient;
beforeAll(async () => {
  sites = await startSites([{ id: 'tally', auth: 'private_key_jwt', constraint: 'dpop' }]);
  const { stack, staffIssuer } = sites;
  dashboardClient = await stack.party('own-dashboard');
  consoleClient = await FapiClient.open({ client: stack.client('own-console'), issuer: staffIssuer, ca: stack.ca });
}, 90_000);
afterAll(() => sites?.stop());

const visitor = (): Visitor => sites.stack.visitor();
const own = (base: string) => ({ scope: 'openid', redirect_uri: `${base}/sign-in/callback` });
const title = ({ text }: Answer): string => (/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(text)?.[1] ?? '').replace(/<[^>]*>/g, '');
const here = (answer: Answer, from: string): URL => new URL(answer.headers.get('location') ?? '', from);

/** From a page of a site to the callback's address, signed in at the issuer. */
async function toCallback(who: Visitor, site: string, person: { readonly login: string; readonly password: string }, path = '/sign-in'): Promise<URL> {
  const sent = await who.open(`${site}${path}`);
  return who.approve(here(sent, site), person);
}

/** Signed in at a site; the page one ends up on. */
async function signedIn(who: Visitor, site: string, person: { readonly login: string; readonly password: string }, path?: string): Promise<Answer> {
  const back = await who.open(await toCallback(who, site, person, path));
  if (back.status !== 303) return back;
  return (await who.follow(back, new URL(site))).answer;
}

describe('two realms', () => {
  it.each([
    ['a customer’s password at the staff issuer', () => consoleClient, () => sites.console, customers.ana],
    ['a staff member’s password at the customers’ issuer', () => dashboardClient, () => sites.dashboard, staff.sam],
  ])('%s is a wrong one', async (_, client, site, person) => {
    const { url } = await client().begin(own(site()));
    const who = visitor();
    const { answer } = await who.signIn(url, person);
    expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('is not right')]);
    expect([...who.cookies.keys()]).toEqual([expect.stringMatching(/-csrf$/)]);
  });

  it.each([
    ['customer’s', '__Host-assent-as', '__Host-assent-as-staff', () => dashboardClient, () => sites.dashboard, () => consoleClient, () => sites.console, customers.ana],
    ['staff member’s', '__Host-assent-as-staff', '__Host-assent-as', () => consoleClient, () => sites.console, () => dashboardClient, () => sites.dashboard, staff.sam],
  ])('a %s session is none at the other issuer, under whatever name, nor with prompt=none', async (_, cookie, other, client, site, foreign, foreignSite, person) => {
    const who = visitor();
    await who.approve((await client().begin(own(site()))).url, person);
    const session = who.cookies.get(cookie)!;
    expect(session).toMatch(/^[\w-]{43}$/);
    who.cookies.set(other, session);
    const { url } = await foreign().begin(own(foreignSite()));
    expect((await who.open(url)).text).toContain('id="login-submit"');
    const silent = await foreign().begin({ ...own(foreignSite()), prompt: 'none' });
    expect(here(await who.open(silent.url), foreignSite()).searchParams.get('error')).toBe('login_required');
  });

  it('one login of both realms is two people, each held back alone', async () => {
    for (const [client, site] of [[dashboardClient, sites.dashboard], [consoleClient, sites.console]] as const) {
      const { answer } = await visitor().signIn((await client.begin(own(site))).url, { login: 'Twin', password: 'wrong' });
      expect(answer.status).toBe(422);
    }
    const key = (login: string): string => `account:${createHash('sha256').update(login).digest('base64url')}`;
    const { rows } = await sites.stack.database.pool.query('SELECT points FROM assent.login_throttle WHERE key = ANY ($1)', [[key('twin'), key('staff\0twin')]]);
    expect(rows).toEqual([{ points: 1 }, { points: 1 }]);
  });
});

describe('the bank’s own application', () => {
  it('is told who signed in without a consent page, in words of its own', async () => {
    const { prepared, url } = await consoleClient.begin({ ...own(sites.console), claims: JSON.stringify({ id_token: { roles: { essential: true } } }) });
    const who = visitor();
    const page = await who.open(url);
    expect(page.text).toContain('Type your password only on pages of <bdi>Harbour Bank</bdi>');
    expect(page.text).not.toMatch(/You decide next|you said no/);
    const callback = await who.approve(url, staff.sam);
    const { json } = await consoleClient.redeem(prepared, callback.searchParams.get('code')!, { message: (message) => void message.set('redirect_uri', `${sites.console}/sign-in/callback`) });
    const claims = JSON.parse(Buffer.from((json['id_token'] as string).split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
    expect(claims).toMatchObject({ sub: 'staff-sam', roles: ['supervisor'], aud: 'own-console' });
    expect(json).not.toHaveProperty('refresh_token');
  });

  it('gets the consent page when it asks for one', async () => {
    const { url } = await dashboardClient.begin({ ...own(sites.dashboard), prompt: 'consent' });
    const { answer } = await visitor().signIn(url, customers.ana);
    expect(answer.text).toContain('id="consent-allow"');
  });

  it('is the only one: everybody else is asked about', async () => {
    const { url } = await (await sites.stack.party('tally')).begin({ scope: 'openid' });
    expect((await visitor().signIn(url, customers.ana)).answer.text).toContain('id="consent-allow"');
  });

  it.each(['accounts', 'openid accounts', 'openid offline_access'])('cannot ask for %s', async (scope) => {
    const pushed = await dashboardClient.push(await dashboardClient.prepare({ ...own(sites.dashboard), scope }));
    expect([pushed.status, pushed.json['error']]).toEqual([400, 'invalid_scope']);
  });
});

describe('signing in at the dashboard', () => {
  it('finds the customer, starts a session of its own, and shows no app of the bank’s own', async () => {
    const who = visitor();
    const page = await signedIn(who, sites.dashboard, customers.ana);
    expect([page.status, title(page)]).toEqual([200, 'Connected apps']);
    expect(page.text).toContain('No app sees your data or takes payments now.');
    const { rows } = await sites.stack.database.pool.query(`SELECT s.person_id, encode(s.hash, 'hex') AS hash FROM assent.site_session s WHERE site = 'dashboard'`);
    expect(rows).toContainEqual({ person_id: 'customer-ana', hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const cookie = who.answers.flatMap(({ cookies }) => cookies).find((line) => line.startsWith('__Host-assent-dashboard='));
    expect(cookie).toMatch(/^__Host-assent-dashboard=[\w-]{43}; Max-Age=1800; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
    // Whoever comes after the sign-out finds no session at the issuer either.
    expect(who.answers.flatMap(({ cookies }) => cookies).find((line) => line.startsWith('__Host-assent-as='))).toContain('; Max-Age=60;');
  });

  it('leads on to the page that was wanted, and nowhere else', async () => {
    const [wanted, away] = [visitor(), visitor()];
    const first = await wanted.open(await toCallback(wanted, sites.dashboard, customers.ana, '/?state=past'));
    expect(here(first, sites.dashboard).href).toBe(`${sites.dashboard}/?state=past`);
    for (const next of ['https://evil.test/', '//evil.test', '/\\evil.test', '/sign-out', 'javascript:alert(1)']) {
      const back = await away.open(await toCallback(away, sites.dashboard, customers.ana, `/sign-in?next=${encodeURIComponent(next)}`));
      expect(here(back, sites.dashboard).href).toBe(`${sites.dashboard}/`);
    }
  });

  it('gives a new session each time (no fixation), and ends the one before', async () => {
    const who = visitor();
    await signedIn(who, sites.dashboard, customers.ana);
    const before = who.cookies.get('__Host-assent-dashboard');
    await signedIn(who, sites.dashboard, customers.ben);
    const after = who.cookies.get('__Host-assent-dashboard');
    expect(after).not.toBe(before);
    const old = visitor();
    old.cookies.set('__Host-assent-dashboard', before!);
    expect((await old.open(`${sites.dashboard}/`)).headers.get('location')).toBe('/welcome');
  });

  const refused: readonly [string, (callback: URL, who: Visitor) => void][] = [
    ['in another browser (login CSRF)', (_, who) => void who.cookies.delete('__Host-assent-dashboard-sign-in')],
    ['with another state', (callback) => callback.searchParams.set('state', 'other')],
    ['without a state', (callback) => callback.searchParams.delete('state')],
    ['of another issuer (mix-up)', (callback) => callback.searchParams.set('iss', 'https://evil.test')],
    ['of no issuer', (callback) => callback.searchParams.delete('iss')],
    ['with another code', (callback) => callback.searchParams.set('code', 'A'.repeat(43))],
    ['with an altered cookie', (_, who) => void who.cookies.set('__Host-assent-dashboard-sign-in', 'AQ'.repeat(60))],
    ['that says no to somebody else', (callback) => { callback.searchParams.delete('code'); callback.searchParams.set('error', 'access_denied'); callback.searchParams.set('state', 'x'); }], // prettier-ignore
    ['that tells of an error', (callback) => { callback.searchParams.delete('code'); callback.searchParams.set('error', 'server_error'); }], // prettier-ignore
  ];
  it.each(refused)('refuses an answer %s', async (_, change) => {
    const who = visitor();
    const callback = await toCallback(who, sites.dashboard, customers.ana);
    change(callback, who);
    const answer = await who.open(callback);
    expect([answer.status, title(answer)]).toEqual([403, 'You are not signed in']);
    expect(who.cookies.has('__Host-assent-dashboard')).toBe(false);
  });

  it('leads whoever turns back at the sign-in page to the first page', async () => {
    const who = visitor();
    const at = here(await who.open(`${sites.dashboard}/sign-in`), sites.dashboard);
    const back = await who.open(await who.cancel(await who.open(at), at));
    expect([back.status, back.headers.get('location'), who.cookies.has('__Host-assent-dashboard')]).toEqual([303, '/welcome', false]);
  });

  it('takes an answer once', async () => {
    const who = visitor();
    const callback = await toCallback(who, sites.dashboard, customers.ana);
    const pending = who.cookies.get('__Host-assent-dashboard-sign-in')!;
    expect((await who.open(callback)).status).toBe(303);
    who.cookies.set('__Host-assent-dashboard-sign-in', pending);
    expect((await who.open(callback)).status).toBe(403);
  });

  it('publishes its public key only', async () => {
    const { json } = await visitor().open(`${sites.dashboard}/jwks.json`);
    const [key] = json['keys'] as Record<string, unknown>[];
    expect([key!['kty'], 'd' in key!]).toEqual(['EC', false]);
  });

  it('tells neither log nor page a token, code or cookie', async () => {
    const who = visitor();
    const callback = await toCallback(who, sites.dashboard, customers.ana);
    await who.open(callback);
    const secrets = [callback.searchParams.get('code')!, ...[...who.cookies.values()].filter((value) => value.length > 20)];
    for (const secret of secrets) expect(sites.log.text).not.toContain(secret);
  });
});

describe('signing in at the console', () => {
  it('asks for a ticket before anything else', async () => {
    const who = visitor();
    const page = await signedIn(who, sites.console, staff.noor);
    expect([title(page), page.text]).toEqual(['Which ticket do you work on?', expect.stringContaining('<bdi>Noor Haddad</bdi> (agent)')]);
    const form = readForm(page, new URL(sites.console), 'ticket-start');
    form.fields.set('ticket', 'x');
    expect((await who.submit(form)).status).toBe(422);
    form.fields.set('ticket', 'CS-20418');
    expect((await who.submit(form)).headers.get('location')).toBe('/');
    expect(title(await who.open(`${sites.console}/`))).toBe('Find grants');
  });

  it('turns away whoever has no role', async () => {
    const page = await signedIn(visitor(), sites.console, staff.lou);
    expect([page.status, title(page)]).toEqual([403, 'You have no role here']);
  });

  it('is no way in for a customer', async () => {
    const who = visitor();
    await signedIn(who, sites.dashboard, customers.ana);
    who.cookies.set('__Host-assent-staff', who.cookies.get('__Host-assent-dashboard')!);
    expect((await who.open(`${sites.console}/`)).headers.get('location')).toBe('/welcome');
  });
});
