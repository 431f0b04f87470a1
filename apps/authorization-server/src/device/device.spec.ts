import type { BackchannelRequest } from '@assent/protocol';
import type { Answer, Web } from '../interaction/fixtures/web.js';
import { editShown } from '../interaction/fixtures/shown.js';
import { issuerUrl } from '../interaction/fixtures/site.js';
import type { SignIn } from '../interaction/sign-in.js';
import { device, DeviceSite, paying, signIn, type Asked } from './device.fixtures.js';

/* The customer's side of requests by the back channel, on the real stores. */

const strong = 'urn:bank:acr:strong';
/** What the sign-in ends in from now on; the built-in one when undefined. */
let reached: string | undefined;
let reachable: readonly string[] = [];
const seen: { wanted: readonly string[] | undefined }[] = [];

/** A bank's own sign-in, which knows a stronger way. */
const ownSignIn: SignIn = {
  reachable: () => reachable,
  page: ({ hidden, action, asks }) => `<title>Sign in ${asks}</title><form action="${action.toString()}">${Object.entries(hidden).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`).join('')}<button id="login-submit">`, // prettier-ignore
  attempt: ({ form, acrValues, acrWanted }) => {
    seen.push({ wanted: acrWanted });
    const login = form.one('login');
    return Promise.resolve({ outcome: 'signed-in', customerId: login, displayName: `${login} of Harbour`, acr: reached ?? acrValues[0]!, amr: ['pwd'] });
  },
};

let world: DeviceSite;
let web: Web;
beforeAll(async () => void (world = await DeviceSite.start()));
afterAll(() => world?.close());
beforeEach(async () => {
  // Whatever an earlier test left waiting is over.
  world.site.later(400);
  web = await world.signedIn();
});

const text = (html: string) => html.replace(/<\/?bdi[^>]*>/g, '').replace(/<[^>]*>/g, ' ').replace(/&quot;/g, '"').replace(/&amp;/g, '&').replace(/\s+/g, ' ').trim();
const main = (page: Answer) => text(page.body.slice(page.body.indexOf('<main')));
const hiddenOf = (page: Answer) => [...page.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name!, value!] as [string, string]);
const h1 = (page: Answer) => text(/<h1>(.*?)<\/h1>/s.exec(page.body)?.[1] ?? '');
const codes = (page: Answer) => [...page.body.matchAll(/name="code" value="([^"]*)"/g)].map(([, code]) => code!);
const follow = async (answer: Answer, browser = web) => browser.get(answer.location ?? 'no location');
const changeOf = async ({ id }: Asked) => (await world.database.pool.query<{ change: { action: string; permissions: Record<string, unknown> }; context: Record<string, unknown> }>('SELECT change, context FROM assent.backchannel_request WHERE id = $1', [id])).rows[0]!;

/** The whole way to a yes, for requests whose code is not picked. */
const approve = async (asked: Asked, fields: Record<string, string | string[]> = { account: 'ana-1' }, browser = web) => browser.press(await browser.get(asked.path), 'consent-allow', fields);

describe('the list', () => {
  it('asks for a sign-in first, at the same address, and opens after it', async () => {
    const browser = world.site.browser();
    const page = await browser.get(device);
    expect([page.status, page.title]).toEqual([200, 'Sign in to Harbour Bank – Harbour Bank']);
    expect(main(page)).toContain('To see what waits for your approval.');
    expect(page.body).not.toContain('id="cancel"');
    expect((await signIn(browser, page, 'ana', 'wrong')).status).toBe(422);
    const answer = await signIn(browser, page);
    expect([answer.status, answer.location]).toEqual([303, device]);
    expect((await browser.get(device)).title).toBe('Waiting for you – Harbour Bank');
    expect(answer.headers.getSetCookie().some((line) => line.startsWith('__Host-assent-as=') && line.includes('HttpOnly') && line.includes('Secure'))).toBe(true);
  });

  it('says what it is for when nothing waits', async () => {
    const page = await web.get(device);
    expect(main(page)).toContain('Nothing is waiting for you');
    expect(main(page)).toContain('When you pay or sign in on another screen');
    expect(page.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; script-src 'self'; connect-src 'self'");
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('has company, what is asked, when, and until when; the newest first', async () => {
    await world.ask();
    world.site.later(1);
    await world.askToPay({ clientId: 'bright' });
    await world.ask({ customerId: 'ben' });
    const page = await web.get(device);
    expect(page.title).toBe('(2) Waiting for you – Harbour Bank');
    expect(main(page)).toMatch(/Bright Energy Asks you to pay €84\.20 to Bright Energy Asked at \d\d:\d\d UTC\. Open until \d\d:\d\d UTC\..*Tally Budget Asks to see account data/);
    expect(page.body.match(/id="request-/g)).toHaveLength(2);
  });

  it('speaks the language that was clicked on, from page to page', async () => {
    const asked = await world.ask();
    const page = await web.get(`${device}?ui_locales=pt-BR`);
    expect(h1(page)).toBe('À sua espera');
    expect(page.body).toContain(`href="${asked.path}?ui_locales=pt-BR"`);
    const request = await web.get(`${asked.path}?ui_locales=pt-BR`);
    expect(h1(request)).toBe('Foi você que pediu isto?');
    expect(h1(await web.press(request, 'consent-allow'))).toBe('Foi você que pediu isto?');
    expect((await web.press(request, 'consent-allow', { account: 'ana-1' })).location).toBe(`${asked.path}?ui_locales=pt-BR`);
  });

  it('is over with the session: signing out ends it here and in every copy of its cookie', async () => {
    const stolen = world.site.browser();
    for (const [name, value] of web.cookies) stolen.cookies.set(name, value);
    const answer = await web.press(await web.get(device), 'sign-out');
    expect(answer.location).toBe(device);
    expect((await web.get(device)).title).toContain('Sign in');
    expect((await stolen.get(device)).title).toContain('Sign in');
  });
});

describe('a request for data', () => {
  it('shows who asks for what, the code, when and until when, and two equal answers', async () => {
    const page = await web.get((await world.ask()).path);
    expect([page.status, h1(page)]).toEqual([200, 'Did you ask for this?']);
    expect(main(page)).toContain('Share your account data with Tally Budget?');
    expect(main(page)).toContain('Tally Software Ltd trades as Tally Budget. It is on the regulator’s register, number 812345.');
    expect(main(page)).toContain('The other screen must show W4SC');
    expect(main(page)).toMatch(/Asked at \d\d:\d\d UTC Open until \d\d:\d\d UTC\. Then nothing happens\./);
    expect(main(page)).not.toContain('you return to');
    expect(page.body).toMatch(/id="consent-allow" class="btn yes"[^>]*><span>Approve<.*id="cancel" class="btn no"[^>]*><span>It wasn’t me</);
    expect(page.body).not.toMatch(/ checked/);
  });

  it('is approved once, for what was shown and chosen', async () => {
    const asked = await world.ask();
    const answer = await approve(asked);
    expect([answer.status, answer.location]).toEqual([303, asked.path]);
    const told = await follow(answer);
    expect([told.status, h1(told)]).toEqual([200, 'Done']);
    expect(main(told)).toContain('You can go on at the other screen.');
    expect(await world.stateOf(asked)).toBe('approved');
    expect(await changeOf(asked)).toMatchObject({ change: { action: 'create', permissions: { accounts: ['ana-1'], scope: ['openid', 'accounts'] } }, context: { clientId: 'tally', authentication: { acr: 'urn:assent:acr:password' } } });
    const [audited] = (await world.audit('backchannel.approved')).slice(-1);
    expect(audited).toMatchObject({ client_id: 'tally', detail: { accounts: ['ana-1'], locale: 'en', shown: expect.stringMatching(/^[\w-]{43}$/) as string } });
    // Back and reload are safe.
    expect(h1(await web.get(asked.path))).toBe('Done');
    expect(await world.site.browser().get(asked.path)).toMatchObject({ status: 200, title: 'Sign in to Harbour Bank – Harbour Bank' });
  });

  it('without an account is a problem to mend', async () => {
    const asked = await world.ask();
    const wrong = await approve(asked, {});
    expect([wrong.status, wrong.title]).toEqual([422, 'Error: Did you ask for this? – Harbour Bank']);
    expect(main(wrong)).toContain('Choose at least one account, or choose “It wasn’t me”');
    expect((await web.press(wrong, 'consent-allow', { account: 'ana-2' })).status).toBe(303);
  });

  it('is refused in one press, and nothing is shared', async () => {
    const asked = await world.ask();
    const told = await follow(await web.press(await web.get(asked.path), 'cancel'));
    expect(h1(told)).toBe('Nothing was shared');
    expect(main(told)).toContain('We tell Tally Budget that you said no.');
    expect(main(told)).toContain('Report and block this company’s requests');
    expect(await world.stateOf(asked)).toBe('denied');
  });

  it.each<[string, Partial<BackchannelRequest>, string]>([
    ['a code that looks like anything', { bindingMessage: '<b>1&2</b>' }, '<bdi>&lt;b>1&amp;2&lt;/b></bdi>'],
    ['words', { bindingMessage: 'Table 12 at Café Ñandú' }, '<bdi>Table 12 at Café Ñandú</bdi>'],
  ])('shows %s as it was sent, on its own', async (_, over, shown) => {
    expect((await web.get((await world.ask(over)).path)).body).toContain(`<p class="match">${shown}</p>`);
  });

  it('without a code says nothing of one', async () => {
    const { path } = await world.ask({ bindingMessage: undefined } as unknown as Partial<BackchannelRequest>);
    expect(main(await web.get(path))).not.toContain('other screen must show');
  });
});

describe('a request to pay', () => {
  it('has the customer pick the code from three, the same three each time, in no order that tells', async () => {
    const asked = await world.askToPay();
    const page = await web.get(asked.path);
    expect(main(page)).toContain('Approve this payment?');
    expect(main(page)).toContain('€84.20 to Bright Energy');
    expect(main(page)).toContain('What Tally Budget learns A code number that stands for you');
    const three = codes(page);
    expect(three).toHaveLength(3);
    expect(new Set(three).size).toBe(3);
    expect(three).toContain('W4SC');
    expect(three.every((code) => /^[A-Z]\d[A-Z]{2}$/.test(code))).toBe(true);
    expect(codes(await web.get(asked.path))).toEqual(three);
    expect(page.body.match(/W4SC/g)).toHaveLength(2);
  });

  it('is approved with the right code, from one account', async () => {
    const asked = await world.askToPay();
    expect((await approve(asked, { account: 'ana-2', code: 'W4SC' })).status).toBe(303);
    expect(await changeOf(asked)).toMatchObject({ change: { permissions: { accounts: [], authorizationDetails: [{ ...paying, debtorAccount: { accountId: 'ana-2' }, identifier: expect.any(String) as string }] } } });
  });

  it('takes no other code: whoever picked wrong types it, and finds it by no try', async () => {
    const asked = await world.askToPay();
    const page = await web.get(asked.path);
    const wrong = await web.press(page, 'consent-allow', { account: 'ana-1', code: codes(page).find((code) => code !== 'W4SC')! });
    expect([wrong.status, wrong.title]).toEqual([422, 'Error: Did you ask for this? – Harbour Bank']);
    expect(main(wrong)).toContain('That is not the code of this request.');
    expect(wrong.body).not.toContain('W4SC');
    // What was chosen is still chosen.
    expect(wrong.body).toMatch(/name="account" value="ana-1" checked/);
    const again = await web.press(wrong, 'consent-allow', { account: 'ana-1', code: 'W4SD' });
    expect([again.status, again.body.includes('W4SC')]).toEqual([422, false]);
    const missing = await web.press(again, 'consent-allow', { account: 'ana-1', code: ' ' });
    expect(main(missing)).toContain('Type the code the other screen shows');
    expect(await world.stateOf(asked)).toBe('pending');
    expect((await world.audit('backchannel.code_mismatch')).length).toBeGreaterThanOrEqual(2);
    expect((await web.press(missing, 'consent-allow', { account: 'ana-1', code: ' w4 sc' })).status).toBe(303);
  });

  it('keeps the code that was picked while an account is still missing', async () => {
    const asked = await world.askToPay();
    const wrong = await approve(asked, { code: 'W4SC' });
    expect(wrong.body).toMatch(/name="code" value="W4SC" checked/);
    const none = await approve(asked, {});
    expect(main(none)).toMatch(/Choose the account to pay from.*Choose the code the other screen shows/);
    expect(none.body).not.toMatch(/name="code" value="[^"]*" checked/);
  });

  it.each([
    ['1234', /^\d{4}$/],
    ['7', /^\d$/],
    ['Table 12', /^Table \d\d$/],
    ['Order AX-93 at Café Ñandú', /^Order [A-Z]{2}-\d\d at Café Ñandú$/],
    ['a4b', /^[a-z]\d[a-z]$/],
  ])('changes of %j only what looks like a code', async (bindingMessage, shape) => {
    const three = codes(await web.get((await world.askToPay({ bindingMessage })).path));
    expect(three).toHaveLength(3);
    expect(three).toContain(bindingMessage);
    expect(three.filter((code) => !shape.test(code))).toEqual([]);
    expect(new Set(three).size).toBe(3);
  });

  it('with mere words has them typed, and not shown', async () => {
    const asked = await world.askToPay({ bindingMessage: 'Coffee at Joe’s' });
    const page = await web.get(asked.path);
    expect(page.body).not.toContain('Joe');
    expect(page.body).toContain('name="typed"');
    expect((await web.press(page, 'consent-allow', { account: 'ana-1', code: 'coffee at joes' })).status).toBe(303);
  });

  it('and for data has the code picked first, and says it on the second page', async () => {
    const asked = await world.ask({ authorizationDetails: [paying] });
    const page = await web.get(asked.path);
    expect(main(page)).toContain('Share your account data with Tally Budget?');
    expect(codes(page)).toHaveLength(3);
    const next = await web.press(page, 'consent-allow', { account: 'ana-1', code: 'W4SC' });
    expect(main(next)).toContain('Approve this payment?');
    expect(main(next)).toContain('The other screen must show W4SC');
    expect(await world.stateOf(asked)).toBe('pending');
    expect((await web.press(next, 'consent-allow', { account: 'ana-2' })).status).toBe(303);
    expect(await changeOf(asked)).toMatchObject({ change: { permissions: { accounts: ['ana-1'], authorizationDetails: [{ debtorAccount: { accountId: 'ana-2' } }] } } });
  });

  it('says in the end that nothing was paid', async () => {
    const told = await follow(await web.press(await web.get((await world.askToPay()).path), 'cancel'));
    expect(h1(told)).toBe('Nothing was paid');
  });
});

describe('what you see is what you sign', () => {
  it.each<[string, (page: Answer) => Promise<Answer>]>([
    ['an offer that was edited', (page) => web.press(page, 'consent-allow', { account: 'ana-1', shown: editShown(/name="shown" value="([^"]*)"/.exec(page.body)![1]!, (offer) => void (offer.expiresAt += 60)) })],
    ['no offer', (page) => web.press(page, 'consent-allow', { account: 'ana-1', shown: undefined })],
    ['an account that was not offered', (page) => web.press(page, 'consent-allow', { account: 'ben-1' })],
    ['another decision', (page) => web.post(/action="([^"]*)"/.exec(page.body)![1]!, new URLSearchParams([...hiddenOf(page), ['account', 'ana-1'], ['decision', 'allow'], ['decision', 'allow']]))],
  ])('grants nothing for %s', async (_, press) => {
    const asked = await world.ask();
    const answer = await press(await web.get(asked.path));
    expect([answer.status, h1(answer)]).toEqual([409, 'This request changed']);
    expect(answer.body).toContain(`href="${asked.path}"`);
    expect(await world.stateOf(asked)).toBe('pending');
  });

  it('grants nothing to a form of another request', async () => {
    const [one, other] = [await world.ask(), await world.ask({ scope: ['openid', 'accounts', 'balances'] })];
    const page = await web.get(one.path);
    const stolen = { ...page, body: page.body.replaceAll(one.id, other.id) };
    expect(h1(await web.press(stolen, 'consent-allow', { account: 'ana-1' }))).toBe('This request changed');
    expect(await world.stateOf(other)).toBe('pending');
  });

  it('takes forms only from our own page, in this browser and session', async () => {
    const asked = await world.ask();
    const page = await web.get(asked.path);
    const foreign = await web.press(page, 'consent-allow', { account: 'ana-1' }, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' });
    expect([foreign.status, h1(foreign)]).toEqual([403, 'We can’t accept this']);
    const forged = await web.press(page, 'cancel', { csrf: 'x' });
    expect([forged.status, h1(forged)]).toEqual([403, 'This request changed']);
    const other = await world.signedIn();
    expect((await other.press(page, 'cancel')).status).toBe(403);
    expect(await world.stateOf(asked)).toBe('pending');
    expect((await web.send(`${asked.path}/decide`, { headers: {} })).status).toBe(405);
  });

  it('keeps the page of the one who signed in before, where another signs in meanwhile', async () => {
    const asked = await world.ask();
    const page = await web.get(asked.path);
    await web.press(await web.get(device), 'sign-out');
    await signIn(web, await web.get(device), 'ben');
    expect((await web.press(page, 'consent-allow', { account: 'ana-1' })).status).toBe(403);
    expect(await world.stateOf(asked)).toBe('pending');
  });
});

describe('one decision', () => {
  it('is taken by one of a hundred answers that come at once, whatever they say', async () => {
    const asked = await world.ask();
    const page = await web.get(asked.path);
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => web.press(page, index % 2 === 0 ? 'cancel' : 'consent-allow', { account: 'ana-2' })));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 409 && h1(answer) === 'This request was already answered')).toHaveLength(99);
    const decided = await world.database.pool.query(`SELECT 1 FROM assent.audit_event WHERE type IN ('backchannel.approved', 'backchannel.denied') AND request_id IS NOT NULL AND at >= $1`, [world.site.now.toISOString()]);
    expect(decided.rowCount).toBe(1);
  });

  it('tells whoever comes second how the first answered', async () => {
    const asked = await world.ask();
    const [one, other] = [await web.get(asked.path), await web.get(asked.path)];
    await web.press(one, 'cancel');
    const late = await web.press(other, 'consent-allow', { account: 'ana-1' });
    expect([late.status, h1(late)]).toEqual([409, 'This request was already answered']);
    expect(main(late)).toContain('Nothing was shared The first answer counts.');
    expect(await world.stateOf(asked)).toBe('denied');
  });

  it('is none when the time is over meanwhile: nothing happened', async () => {
    const asked = await world.ask();
    const page = await web.get(asked.path);
    world.site.later(301);
    for (const button of ['consent-allow', 'cancel']) {
      const answer = await web.press(page, button, { account: 'ana-1' });
      expect([answer.status, h1(answer)]).toEqual([200, 'Nothing happened']);
      expect(main(answer)).toContain('The request ran out before it was answered. Nothing was paid, shared or changed.');
    }
    expect(h1(await web.get(asked.path))).toBe('Nothing happened');
    expect(main(await web.get(device))).toContain('Nothing is waiting for you');
    expect(await world.stateOf(asked)).toBe('pending');
  });

  it('belongs to the customer who was asked: for others there is no such request', async () => {
    const asked = await world.ask();
    const ben = await world.signedIn('ben');
    expect((await ben.get(asked.path)).status).toBe(404);
    for (const post of ['decide', 'deny', 'block']) {
      const csrf = /name="csrf" value="([^"]*)"/.exec((await ben.get(device)).body)![1]!;
      expect((await ben.post(`${asked.path}/${post}`, new URLSearchParams({ csrf, decision: 'allow' }))).status).toBe(404);
    }
    expect(main(await ben.get(device))).not.toContain('Tally');
    expect((await web.get(`${device}/requests/${'A'.repeat(32)}`)).status).toBe(404);
    expect((await web.get(`${device}/requests/x%0d%0a`)).status).toBe(404);
    expect(await world.stateOf(asked)).toBe('pending');
  });

  it('is not for a client that may no longer ask', async () => {
    const asked = await world.ask({ scope: ['openid', 'payments'] });
    expect((await web.get(asked.path)).status).toBe(404);
    expect(main(await web.get(device))).toContain('Nothing is waiting');
  });
});

describe('a company that was never asked', () => {
  it('is reported and blocked: its other requests are refused, new ones are not kept, until it is taken back', async () => {
    const [one, other] = [await world.ask(), await world.ask()];
    const elsewhere = await world.ask({ clientId: 'bright' });
    const told = await follow(await web.press(await web.get(one.path), 'cancel'));
    const answer = await web.press(told, 'block');
    expect(answer.location).toBe(`${device}?blocked=tally`);
    const page = await follow(answer);
    expect(main(page)).toContain('You reported Tally Budget and blocked its requests.');
    expect(main(page)).toContain('Bright Energy Asks to see account data');
    expect([await world.stateOf(other), await world.stateOf(elsewhere)]).toEqual(['denied', 'pending']);
    await expect(world.ask()).rejects.toThrow('blocked');
    expect((await world.audit('backchannel.blocked')).at(-1)).toMatchObject({ client_id: 'tally', detail: { reported: true } });
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.body)![1]!;
    const freed = await follow(await web.post(`${device}/unblock`, new URLSearchParams({ csrf, client: 'tally' })));
    expect(main(freed)).toContain('Tally Budget can send you requests again.');
    expect(await world.ask()).toHaveProperty('id');
  });

  it('ends with its requests the consents they were about; those of others wait on', async () => {
    const { consents } = world.database.stores;
    const lodged = async (clientId: string) => {
      const consent = { kind: 'data', namePrefix: 'urn:bank:', details: [], document: {}, expiresAt: null };
      const kept = await consents.lodge({ issuer: issuerUrl, clientId, consent, now: world.site.now, audit: { type: 'consent.lodged', issuer: issuerUrl, clientId } });
      if (kept.outcome !== 'lodged') throw new Error(kept.outcome);
      const { grantId } = kept.consent;
      return { grantId, asked: await world.ask({ clientId, consent: { as: 'lodged', grantId, once: false, furtherAuthorisers: false } }) };
    };
    const [first, second, elsewhere] = [await world.ask(), await lodged('tally'), await lodged('bright')];
    await web.press(await follow(await web.press(await web.get(first.path), 'cancel')), 'block');
    const statusOf = async (grantId: string) => (await consents.ofGrant({ grantId, now: world.site.now }))?.status;
    expect([await world.stateOf(second.asked), await statusOf(second.grantId)]).toEqual(['denied', 'rejected']);
    expect([await world.stateOf(elsewhere.asked), await statusOf(elsewhere.grantId)]).toEqual(['pending', 'awaiting_authorisation']);
    expect((await world.database.stores.grants.history(second.grantId)).at(-1)).toMatchObject({ event: 'rejected', actor: { kind: 'customer', id: 'ana' } });
    const csrf = /name="csrf" value="([^"]*)"/.exec((await web.get(device)).body)![1]!;
    await web.post(`${device}/unblock`, new URLSearchParams({ csrf, client: 'tally' }));
  });

  it('is not said to be blocked by an address alone', async () => {
    expect(main(await web.get(`${device}?blocked=tally`))).not.toContain('You reported');
    expect(main(await web.get(`${device}?unblocked=%3Cb%3E`))).not.toContain('send you requests');
  });
});

describe('a change of a grant', () => {
  const grant = async (customerId = 'ana') => {
    const id = Buffer.from(`grant-${Math.floor(world.site.now.getTime() / 1000)}`.padEnd(24, '-')).toString('base64url').slice(0, 32);
    await world.database.pool.query(
      `INSERT INTO assent."grant" (tag, id, version, status, issuer, client_id, customer_id, subject, scope, accounts, resources, auth_time, acr, amr, created_at, updated_at, expires_at, managed, authorization_details)
       VALUES ($1, $2, 1, 'active', 'https://bank.example/fapi2', 'tally', $3, $3, '{openid,accounts}', '{ana-1}', '{https://bank.example/api}', now(), 'a', '{pwd}', $4, $4, $5, true, '[]')`,
      [Buffer.from(id.slice(0, 4), 'base64url').readUInt16BE(0), id, customerId, world.site.now, new Date(world.site.now.getTime() + 86_400_000)],
    );
    return id;
  };

  it('is shown row by row, and keeps everything as it is when refused', async () => {
    const grantId = await grant();
    const asked = await world.ask({ scope: ['openid', 'accounts', 'balances'], grantManagementAction: 'merge', grantId });
    const page = await web.get(asked.path);
    expect(main(page)).toContain('Change what Tally Budget can see?');
    expect(main(page)).toMatch(/Stays .*New|New .*Stays/);
    expect(h1(await follow(await web.press(page, 'cancel')))).toBe('Everything stays as it is');
    const again = await world.ask({ scope: ['openid', 'accounts', 'balances'], grantManagementAction: 'merge', grantId });
    expect((await approve(again, {})).status).toBe(303);
    expect(await changeOf(again)).toMatchObject({ change: { action: 'merge', permissions: { scope: ['balances'] } }, context: { grantId } });
  });

  it('of a grant that is gone, or another’s, cannot be approved and can be refused', async () => {
    const asked = await world.ask({ grantManagementAction: 'merge', grantId: await grant('ben') });
    const page = await web.get(asked.path);
    expect(h1(page)).toBe('Nothing happened');
    expect(main(page)).toContain('What Tally Budget wanted to change is no longer there.');
    expect(h1(await follow(await web.press(page, 'cancel')))).toBe('Everything stays as it is');
  });
});

describe('step-up', () => {
  let bank: DeviceSite;
  beforeAll(async () => void (bank = await DeviceSite.start({ signIn: ownSignIn })));
  afterAll(() => bank?.close());
  let browser: Web;
  beforeEach(async () => {
    reachable = ['urn:assent:acr:password', strong];
    reached = undefined;
    browser = await bank.signedIn();
    seen.length = 0;
  });
  const essential = { claims: { id_token: { acr: { essential: true, values: [strong] } } } };

  it('has the customer sign in again for the request, as strongly as it says', async () => {
    const asked = await bank.ask(essential);
    const page = await browser.get(asked.path);
    expect(page.title).toBe('Sign in again');
    reached = strong;
    expect((await signIn(browser, page)).location).toBe(asked.path);
    expect(seen).toEqual([{ wanted: [strong] }]);
    expect((await approve(asked, { account: 'ana-1' }, browser)).status).toBe(303);
    const { rows } = await bank.database.pool.query<{ context: unknown }>('SELECT context FROM assent.backchannel_request WHERE id = $1', [asked.id]);
    expect(rows[0]?.context).toMatchObject({ authentication: { acr: strong } });
  });

  it('that is not reached says so, and the request can still be refused', async () => {
    const asked = await bank.ask(essential);
    await signIn(browser, await browser.get(asked.path));
    const page = await browser.get(asked.path);
    expect(h1(page)).toBe('Nothing happened');
    expect(main(page)).toContain('Tally Budget asks for a stronger sign-in than you can use here.');
    expect(await bank.stateOf(asked)).toBe('pending');
    await browser.press(page, 'cancel');
    expect(await bank.stateOf(asked)).toBe('denied');
  });

  it('that cannot be reached is not even tried', async () => {
    reachable = ['urn:assent:acr:password'];
    const page = await browser.get((await bank.ask(essential)).path);
    expect(main(page)).toContain('stronger sign-in');
  });

  it('counts for the approval too, not only for the page', async () => {
    const asked = await bank.ask();
    const page = await browser.get(asked.path);
    await bank.database.pool.query(`UPDATE assent.backchannel_request SET request = (request::jsonb || $2::jsonb)::json WHERE id = $1`, [asked.id, JSON.stringify(essential)]);
    expect((await browser.press(page, 'consent-allow', { account: 'ana-1' })).title).toBe('Sign in again');
    expect(await bank.stateOf(asked)).toBe('pending');
  });

  it('by acr_values is tried once, and what there is then has to do', async () => {
    const asked = await bank.ask({ acrValues: [strong] });
    const page = await browser.get(asked.path);
    expect(page.title).toBe('Sign in again');
    await signIn(browser, page);
    expect(h1(await browser.get(asked.path))).toBe('Did you ask for this?');
  });

  it('as somebody else finds no request', async () => {
    const asked = await bank.ask(essential);
    reached = strong;
    await signIn(browser, await browser.get(asked.path), 'ben');
    expect((await browser.get(asked.path)).status).toBe(404);
  });
});

describe('wake-ups', () => {
  /** Reads a stream until it said so many things. */
  async function listen(browser: Web): Promise<{ readonly status: number; readonly type: string | null; next(): Promise<string>; stop(): void }> {
    const stop = new AbortController();
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`http://127.0.0.1:${world.site.port}${device}/events`, { headers: { cookie }, signal: stop.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    return { status: response.status, type: response.headers.get('content-type'), next: async () => (await reader.read()).value ?? 'the end', stop: () => stop.abort() };
  }

  it('say that something changed, to the customer it changed for', async () => {
    const ben = await world.signedIn('ben');
    const [mine, bens] = [await listen(web), await listen(ben)];
    expect([mine.status, mine.type]).toEqual([200, 'text/event-stream']);
    expect(await mine.next()).toBe('retry: 2000\nevent: changed\ndata:\n\n');
    await bens.next();
    const asked = await world.ask();
    expect(await mine.next()).toBe('event: changed\ndata:\n\n');
    await web.press(await web.get(asked.path), 'cancel');
    expect(await mine.next()).toBe('event: changed\ndata:\n\n');
    await world.ask({ customerId: 'ben' });
    expect(await bens.next()).toBe('event: changed\ndata:\n\n');
    mine.stop();
    bens.stop();
  });

  it('go to so many pages of one session, and to nobody who is not signed in', async () => {
    const streams = await Promise.all([listen(web), listen(web), listen(web)]);
    const refused = await web.get(`${device}/events`);
    expect([refused.status, JSON.parse(refused.body)]).toEqual([429, expect.objectContaining({ error: expect.any(String) as string })]);
    expect((await listen(await world.signedIn())).status).toBe(200);
    streams.forEach((stream) => stream.stop());
    expect((await world.site.browser().get(`${device}/events`)).status).toBe(403);
    expect((await web.get(`${device}/events`, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });
});
