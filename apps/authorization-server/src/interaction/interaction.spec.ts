import { hash } from '@node-rs/argon2';
import { Form, type Customers } from '@assent/protocol';
import { PasswordSignIn } from './password-sign-in.js';
import { LoginThrottle } from './throttle.js';
import { issuerUrl, Site } from './fixtures/site.js';
import { editShown } from './fixtures/shown.js';
import type { Answer, Web } from './fixtures/web.js';

let site: Site;
beforeAll(async () => void (site = await Site.start()));
afterAll(() => site.close());
beforeEach(() => {
  site.stores.calls.length = 0;
  site.stores.allowed.length = 0;
  site.later(61);
});

const consentTitle = 'Share your account data with Tally Budget? – Harbour Bank';
const arrive = (web: Web, reference = site.push()) => web.get(site.authorizeUrl(reference));
const signIn = (web: Web, page: Answer, login = 'ana', password = `${login}-2026`) => web.press(page, 'login-submit', { login, password });
const parameters = (answer: Answer) => Object.fromEntries(new URL(answer.location ?? 'x:').searchParams);

describe('signing in', () => {
  it('goes on to consent by 303, with a new session', async () => {
    const web = site.browser();
    const answer = await signIn(web, await arrive(web));
    expect([answer.status, answer.location]).toEqual([303, expect.stringMatching(/^\/fapi2\/interaction\/[\w-]{43}$/)]);
    expect(web.setCookies.at(-1)).toMatch(/^__Host-assent-as=[\w-]{43}; Max-Age=3600; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
    expect([...site.stores.sessions.values()].at(-1)).toMatchObject({ customerId: 'ana', authTime: site.now, acr: 'urn:assent:acr:password', amr: ['pwd'] });
    expect((await web.get(answer.location!)).title).toBe(consentTitle);
  });

  it('starts a new session in place of the old one (no fixation)', async () => {
    const web = await site.signedIn();
    const before = web.cookies.get('__Host-assent-as');
    const answer = await signIn(web, await arrive(web, site.push({ prompt: ['login'] })), 'ben');
    expect(web.cookies.get('__Host-assent-as')).not.toBe(before);
    const old = site.browser();
    old.cookies.set('__Host-assent-as', before!);
    expect((await arrive(old)).title).toBe('Sign in to Harbour Bank – Harbour Bank');
    expect((await web.get(answer.location!)).body).toContain('ben of Harbour');
  });

  it('is not fixed by a session cookie somebody planted', async () => {
    const web = site.browser();
    const planted = 'A'.repeat(43);
    web.cookies.set('__Host-assent-as', planted);
    await signIn(web, await arrive(web));
    expect(web.cookies.get('__Host-assent-as')).not.toBe(planted);
  });

  it('has one answer for an unknown user and a wrong password, and gives no password back', async () => {
    const web = site.browser();
    const wrong = await signIn(web, await arrive(web), 'ana', 'nope-secret');
    const unknown = await signIn(web, await arrive(web), 'nobody', 'nope-secret');
    expect([wrong.status, unknown.status]).toEqual([422, 422]);
    const comparable = ({ body }: Answer) => body.replace(/value="[^"]*"/g, '').replace(/interaction\/[\w-]{43}/g, '');
    expect(comparable(unknown)).toBe(comparable(wrong));
    expect(wrong.body).toContain('The user ID or the password is not right.');
    expect(wrong.body).toContain('value="ana"');
    expect(wrong.body).not.toContain('nope-secret');
    expect(site.stores.audit.slice(-2)).toMatchObject([{ type: 'login.failed', customerId: 'ana' }, { type: 'login.failed' }]);
    expect(site.stores.audit.at(-1)).not.toHaveProperty('customerId');
  });

  it('takes as long for an unknown user as for a wrong password', async () => {
    const customers = { findByLogin: async (login: string) => (login === 'known' ? { ...site.stores.customers.get('ana')!, passwordHash: await known } : undefined) };
    const known = hash('right');
    await known;
    const signIn = await PasswordSignIn.create(customers as unknown as Customers, LoginThrottle.inMemory({ attempts: 100, windowSeconds: 60 }));
    const took = async (login: string) => {
      const start = process.hrtime.bigint();
      await signIn.attempt({ form: Form.of([['login', login], ['password', 'wrong']]), remoteAddress: '::1', acrValues: [] });
      return Number(process.hrtime.bigint() - start);
    };
    // The fastest of many, in turns: a busy machine slows down one as well as the other.
    const fastest = { unknown: Infinity, known: Infinity };
    let ratio = 0;
    for (let tries = 0; tries < 40 && !(tries >= 4 && ratio > 0.5 && ratio < 2); tries++) {
      fastest.unknown = Math.min(fastest.unknown, await took('unknown'));
      fastest.known = Math.min(fastest.known, await took('known'));
      ratio = fastest.unknown / fastest.known;
    }
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it.each([['login', { login: undefined }], ['password', { password: undefined }], ['password', { password: '' }]])('says that the %s is missing', async (field, fields) => {
    const web = site.browser();
    const answer = await web.press(await arrive(web), 'login-submit', { login: 'ana', password: 'x', ...fields });
    expect([answer.status, answer.body.includes(`id="${field}-error"`)]).toEqual([422, true]);
  });

  it('shows 429 after too many tries on an account, known or not, and lets it try again later', async () => {
    for (const login of ['ana', 'nobody']) {
      site.later(61);
      const web = site.browser();
      const page = await arrive(web);
      const statuses = [];
      for (let tries = 0; tries < 5; tries++) statuses.push((await signIn(web, page, login, 'wrong')).status);
      const held = statuses.indexOf(429);
      expect(held).toBeGreaterThanOrEqual(0);
      expect(statuses.slice(held).every((status) => status === 429)).toBe(true);
    }
    const web = site.browser();
    const blocked = await signIn(web, await arrive(web), 'ana');
    expect([blocked.status, blocked.title]).toEqual([429, 'Error: Too many tries – Harbour Bank']);
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(blocked.body).toMatch(/You can try again in <bdi>1 minute/);
    expect(site.stores.sessions.size).toBeGreaterThan(0);
  });

  it('goes back to the client in one press, which tells it no', async () => {
    const web = site.browser();
    const answer = await web.press(await arrive(web), 'cancel', { password: 'typed already' });
    expect(parameters(answer)).toEqual({ error: 'access_denied', error_description: 'the customer said no', state: 'st', iss: issuerUrl });
  });

  it('OIDC-07: says so when the customer is not the one the client asks about', async () => {
    const web = await site.signedIn('ben');
    const page = await arrive(web, site.push({ idTokenHintSubject: 'somebody-else' }));
    expect(page.body).toContain('You signed in as <bdi>ben of Harbour</bdi>, but <bdi>Tally Budget</bdi> asks about a different customer.');
  });

  it('lives on after the request_uri ended, up to its own end', async () => {
    const web = site.browser();
    const page = await arrive(web);
    site.later(300);
    const answer = await signIn(web, page, 'ben');
    expect((await web.get(answer.location!)).status).toBe(200);
    site.later(400);
    expect((await web.get(answer.location!)).title).toBe('Error: This request ran out – Harbour Bank');
  });
});

describe('an interaction page', () => {
  it('belongs to the browser its request arrived in', async () => {
    const web = site.browser();
    const reference = site.push();
    await arrive(web, reference);
    expect((await web.get(`/fapi2/interaction/${reference}`)).status).toBe(200);
    expect((await site.browser().get(`/fapi2/interaction/${reference}`)).title).toBe('Error: We don’t know this request – Harbour Bank');
    expect((await site.browser().get(`/fapi2/interaction/${reference}`, { 'sec-fetch-site': 'same-origin' })).title).toBe('Error: Cookies are off – Harbour Bank');
    expect((await web.get('/fapi2/interaction/short')).status).toBe(400);
  });

  it('speaks the language clicked on, and keeps it over the sign-in', async () => {
    const web = site.browser();
    const reference = site.push({ uiLocales: ['pt'] });
    expect((await arrive(web, reference)).body).toContain('<html lang="pt-BR" dir="ltr"');
    const arabic = await web.get(`/fapi2/interaction/${reference}?ui_locales=ar`);
    expect(arabic.body).toContain('<html lang="ar" dir="rtl"');
    const answer = await signIn(web, arabic, 'ben');
    expect(answer.location).toBe(`/fapi2/interaction/${reference}?ui_locales=ar`);
    expect((await web.get(answer.location!)).body).toContain('<html lang="ar" dir="rtl"');
  });

  it('takes the language of the browser where nothing is asked', async () => {
    expect((await site.browser().get(site.authorizeUrl(site.push()), { 'accept-language': 'fi, ar;q=0.5' })).body).toContain('<html lang="ar"');
    expect((await site.browser().get('/fapi2/authorize', { 'accept-language': 'pt' })).body).toContain('Este pedido não está correto');
  });

  it('serves its stylesheet with an entity tag', async () => {
    const sheet = await site.browser().get('/assets/app.css');
    expect([sheet.status, sheet.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
    expect((await site.browser().get('/assets/app.css', { 'if-none-match': sheet.headers.get('etag')! })).status).toBe(304);
  });
});

describe('consent', () => {
  let web: Web;
  let reference: string;
  let page: Answer;
  beforeEach(async () => {
    web = await site.signedIn('ben');
    reference = site.push();
    page = await arrive(web, reference);
    site.stores.calls.length = 0;
  });
  const nothingGranted = () => expect(site.stores.allowed).toEqual([]);

  it('yes grants what was shown and chosen, with two statements, and returns code, state and iss', async () => {
    site.later(5);
    const answer = await web.press(page, 'consent-allow', { account: ['ben-2', 'ben-1', 'ben-2'] });
    expect(answer.status).toBe(303);
    expect(answer.location).toMatch(/^https:\/\/tpp\.example\/callback\?code=/);
    expect(parameters(answer)).toEqual({ code: expect.stringMatching(/^[\w-]{43}$/) as string, state: 'st', iss: issuerUrl });
    expect(site.stores.calls).toEqual(['open', 'allow']);
    const [granted] = site.stores.allowed;
    expect(granted).toMatchObject({ accounts: ['ben-1', 'ben-2'], context: { clientId: 'tally', customerId: 'ben', scope: ['openid', 'accounts', 'balances'], nonce: 'n-1', authTimeRequired: false } });
    const shown = /Until <bdi>([^<]+)<\/bdi>/.exec(page.body)?.[1];
    expect(granted?.expiresAt?.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })).toBe(shown);
    expect(site.stores.audit.at(-1)).toMatchObject({ type: 'authorize.allowed', detail: { accounts: ['ben-1', 'ben-2'], clusters: ['identity', 'accounts', 'balances'], locale: 'en', shown: expect.any(String) as string } });
  });

  it('no is one press, tells the client, and grants nothing', async () => {
    expect(parameters(await web.press(page, 'cancel', { account: 'ben-1' }))).toEqual({ error: 'access_denied', error_description: 'the customer said no', state: 'st', iss: issuerUrl });
    nothingGranted();
    expect(site.stores.audit.at(-1)).toMatchObject({ type: 'authorize.refused', customerId: 'ben', rule: 'F2-AZ-25' });
  });

  it('without an account is a problem to mend', async () => {
    const answer = await web.press(page, 'consent-allow');
    expect([answer.status, answer.title]).toEqual([422, `Error: ${consentTitle}`]);
    expect(parameters(await web.press(answer, 'consent-allow', { account: 'ben-1' }))).toHaveProperty('code');
  });

  it('without account data needs no account', async () => {
    const identity = await arrive(web, site.push({ scope: ['openid', 'profile'] }));
    expect(identity.title).toBe('Share who you are with Tally Budget? – Harbour Bank');
    expect(parameters(await web.press(identity, 'consent-allow'))).toHaveProperty('code');
    expect(site.stores.allowed[0]?.accounts).toEqual([]);
  });

  it('shows single claims that are asked for, and the issuer delivers', async () => {
    const asked = await arrive(web, site.push({ scope: ['openid'], claims: { userinfo: { email: null, address: null, shoe_size: null } } }));
    expect(asked.body).toContain('Your email address');
    expect(asked.body).not.toContain('Your postal address');
    await web.press(asked, 'consent-allow');
    expect(site.stores.allowed[0]?.context.claims).toEqual({ userinfo: { email: null } });
  });

  it('F2-AZ-16: of 100 answers at once one wins, the others learn it was answered', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => web.press(page, 'consent-allow', { account: 'ben-1' })));
    expect(site.stores.allowed).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 303).map(({ title }) => title))).toEqual(new Set(['Error: This request was already answered – Harbour Bank']));
  });

  it('yes after no stays no', async () => {
    await web.press(page, 'cancel');
    expect((await web.press(page, 'consent-allow', { account: 'ben-1' })).title).toContain('already answered');
    nothingGranted();
  });

  it('a session that ended leads to the sign-in, then back to the page', async () => {
    site.stores.sessions.clear();
    const answer = await web.press(page, 'consent-allow', { account: 'ben-1' });
    expect([answer.status, answer.location]).toEqual([303, `/fapi2/interaction/${reference}`]);
    expect((await web.get(answer.location!)).title).toContain('Sign in');
    nothingGranted();
  });

  describe('is refused, and nothing granted,', () => {
    const changed = 'Error: This request changed – Harbour Bank';
    const refused = 'Error: We can’t accept this – Harbour Bank';
    const fields = { account: 'ben-1' };
    const shownOf = () => /name="shown" value="([^"]+)"/.exec(page.body)![1]!;

    const cases: readonly [says: string, press: () => Promise<Answer>, title: string][] = [
      ['for an account that was not offered', () => web.press(page, 'consent-allow', { account: ['ben-1', 'ana-1'] }), changed],
      ['for an account that cannot be shared', () => web.press(page, 'consent-allow', { account: 'ben-3' }), changed],
      ['with another offer', () => web.press(page, 'consent-allow', { ...fields, shown: editShown(shownOf(), (offer) => offer.accounts.push({ id: 'ana-1', maskedNumber: '4821' })) }), changed],
      ['with a longer end', () => web.press(page, 'consent-allow', { ...fields, shown: editShown(shownOf(), (offer) => (offer.expiresAt += 1)) }), changed],
      ['without what was shown', () => web.press(page, 'consent-allow', { ...fields, shown: undefined }), changed],
      ['with what is no offer', () => web.press(page, 'consent-allow', { ...fields, shown: 'bm8.x' }), changed],
      ['in a language nobody speaks', () => web.press(page, 'consent-allow', { ...fields, shown: editShown(shownOf(), (offer) => (offer.locale = 'xx')) }), changed],
      ['with two of what was shown', () => web.press(page, 'consent-allow', { ...fields, shown: [shownOf(), shownOf()] }), changed],
      ['with a decision that is neither', () => web.post(`/fapi2/interaction/${reference}/consent`, hiddenOf(page, { ...fields, decision: 'maybe' })), changed],
      ['without a token', () => web.press(page, 'consent-allow', { ...fields, csrf: undefined }), changed],
      ['with a wrong token', () => web.press(page, 'consent-allow', { ...fields, csrf: 'x'.repeat(43) }), changed],
      ['from another site', () => web.press(page, 'consent-allow', fields, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }), refused],
      ['from a sister site', () => web.press(page, 'consent-allow', fields, { 'sec-fetch-site': 'same-site' }), refused],
      ['from nowhere', () => web.press(page, 'consent-allow', fields, { origin: 'null', 'sec-fetch-site': 'none' }), refused],
    ];
    it.each(cases)('%s', async (_says, press, title) => {
      const answer = await press();
      expect([answer.title, answer.location]).toEqual([title, undefined]);
      expect([403, 409]).toContain(answer.status);
      nothingGranted();
    });

    it('with the form of another request', async () => {
      const other = await arrive(web);
      const csrf = /name="csrf" value="([^"]+)"/.exec(other.body)![1]!;
      expect((await web.press(page, 'consent-allow', { ...fields, csrf })).title).toBe(changed);
      const shown = /name="shown" value="([^"]+)"/.exec(other.body)![1]!;
      expect((await web.press(page, 'consent-allow', { ...fields, shown })).title).toBe(changed);
      nothingGranted();
    });

    it('once another customer signed in in another tab', async () => {
      await signIn(web, await arrive(web, site.push({ prompt: ['login'] })), 'ben');
      const answer = await web.press(page, 'consent-allow', fields);
      expect(answer.title).toBe(changed);
      expect(answer.body).toContain(`href="/fapi2/interaction/${reference}"`);
      nothingGranted();
    });

    it('in another browser', async () => {
      const thief = site.browser();
      expect((await thief.press(page, 'consent-allow', fields)).title).toBe('Error: Cookies are off – Harbour Bank');
      await arrive(thief, reference);
      expect((await thief.press(page, 'consent-allow', fields)).title).toBe(changed);
      nothingGranted();
    });

    it('once the client says something else of itself', async () => {
      const client = site.clients.get('tally')!;
      site.clients.set('tally', { ...client, client_name: 'Tally Bank' });
      const answer = await web.press(page, 'consent-allow', fields);
      site.clients.set('tally', client);
      expect([answer.status, answer.title]).toEqual([409, changed]);
      nothingGranted();
    });
  });
});

describe('where a form cannot reach the client', () => {
  it('a page goes on to its app', async () => {
    const redirectUri = 'com.example.tally:/callback';
    const client = site.clients.get('tally')!;
    site.clients.set('tally', { ...client, redirect_uris: [redirectUri] });
    const web = await site.signedIn('ben').catch(() => site.browser());
    const page = await arrive(web, site.push({ redirectUri }));
    const answer = await web.press(page, 'cancel');
    site.clients.set('tally', client);
    expect([answer.status, answer.title]).toEqual([200, 'Nothing was shared – Harbour Bank']);
    expect(answer.body).toMatch(/<meta http-equiv="refresh" content="1; url=com\.example\.tally:\/callback\?error=access_denied/);
  });
});

it.each([['DELETE', 'login'], ['GET', 'consent'], ['PUT', 'cancel']])('%s %s is 405', async (method, post) => {
  expect((await site.browser().send(`/fapi2/interaction/${'A'.repeat(43)}/${post}`, { method, headers: {} })).status).toBe(405);
});

function hiddenOf(page: Answer, more: Record<string, string>): URLSearchParams {
  const fields = [...page.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name!, value!] as [string, string]);
  return new URLSearchParams([...fields, ...Object.entries(more)]);
}

describe('an issuer whose own origin a proxy maps to its routes', () => {
  let mapped: Site;
  beforeAll(async () => void (mapped = await Site.start({}, 'https://login.example')));
  afterAll(() => mapped.close());

  it('is served under its routes, under the origin and paths customers see', async () => {
    const web = mapped.browser();
    const reference = mapped.push();
    const page = await web.get(mapped.authorizeUrl(reference));
    expect([page.status, page.body]).toEqual([200, expect.stringContaining(`action="/interaction/${reference}/login"`)]);
    const proxied = { ...page, body: page.body.replaceAll('="/interaction/', '="/fapi2/interaction/') };
    const answer = await signIn(web, proxied);
    expect([answer.status, answer.location]).toEqual([303, `/interaction/${reference}`]);
    expect((await web.get('/fapi2/assets/app.css')).status).toBe(200);
  });

  it('takes no post from the pages of its neighbours', async () => {
    const web = mapped.browser();
    const page = await web.get(mapped.authorizeUrl(mapped.push()));
    const proxied = { ...page, body: page.body.replaceAll('="/interaction/', '="/fapi2/interaction/') };
    expect((await web.press(proxied, 'login-submit', { login: 'ana', password: 'ana-2026' }, { origin: 'https://bank.example' })).status).toBe(403);
  });
});
