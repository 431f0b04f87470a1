import type { AuthorizationDetail, Grant, PushedRequest } from '@assent/protocol';
import { editShown, type EditableOffer } from './fixtures/shown.js';
import { issuerUrl, Site } from './fixtures/site.js';
import type { Answer, Web } from './fixtures/web.js';

/* Pages for authorization details, changes of a grant and payments, one after the other. */

let site: Site;
let web: Web;
beforeAll(async () => void (site = await Site.start()));
afterAll(() => site.close());
beforeEach(async () => {
  site.stores.allowed.length = 0;
  site.stores.grants.length = 0;
  site.later(61);
  site.stores.accounts.set('ben', [...accounts]);
  web = await site.signedIn('ben');
  site.stores.calls.length = 0;
});

const account = (id: string, maskedNumber: string, currency = 'EUR', unavailable?: string) => ({ id, name: `${id} account`, maskedNumber, balance: { amount: '100.00', currency }, ...(unavailable && { unavailable }) });
const accounts = [account('ben-1', '4821'), account('ben-2', '0093'), account('ben-3', '7710', 'EUR', 'needs_second_approver'), account('ben-4', '5555', 'GBP')];

const reading: AuthorizationDetail = { type: 'account_information', actions: ['list_accounts', 'read_transactions'], transactionsFrom: '2026-01-01' };
const paying: AuthorizationDetail = { type: 'payment_initiation', instructedAmount: { currency: 'EUR', amount: '84.20' }, creditorName: 'Bright Energy', creditorAccount: { iban: 'NL91ABNA0417164300' }, remittanceInformationUnstructured: 'Invoice 7' };
const monthly: AuthorizationDetail = { type: 'recurring_payment', creditorName: 'Bright Energy', creditorAccount: { iban: 'NL91ABNA0417164300' }, limits: { perPayment: { currency: 'EUR', amount: '60.00' }, perPeriod: { currency: 'EUR', amount: '120.00' }, period: 'month' }, endsOn: '2026-12-31' };

const open = (more: Partial<PushedRequest>, browser = web) => browser.get(site.authorizeUrl(site.push(more)));
const h1 = (page: Answer) => text(/<h1>(.*?)<\/h1>/s.exec(page.body)?.[1] ?? '');
const text = (html: string) => html.replace(/<[^>]*>/g, '').replace(/&quot;/g, '"').replace(/&amp;/g, '&').replace(/\s+/g, ' ').trim();
const main = (page: Answer) => text(page.body.slice(page.body.indexOf('<main')));
const inputs = (page: Answer) => [...page.body.matchAll(/<input [^>]*name="account"[^>]*>/g)].map(([tag]) => [/type="(\w+)"/.exec(tag)?.[1], /value="([^"]*)"/.exec(tag)?.[1], /\schecked/.test(tag), /\sdisabled/.test(tag)] as const);
const offered = (page: Answer) => inputs(page).filter(([, , , disabled]) => !disabled).map(([, id]) => id);
const ticked = (page: Answer) => inputs(page).filter(([, , checked]) => checked).map(([, id]) => id);
const parameters = (answer: Answer) => Object.fromEntries(new URL(answer.location ?? 'x:').searchParams);
const lastAudit = () => site.stores.audit.at(-1)?.detail as Record<string, unknown>;
const change = () => {
  const made = site.stores.allowed[0]?.change;
  return made === undefined || made === 'existing' ? undefined : made;
};
const rowsOf = (page: Answer) => [...page.body.matchAll(/<li class="change">(.*?)<\/li>(?=<li class="change">|<\/ul>)/gs)].map(([, row]) => text(/class="badge[^>]*>(.*?)<\/span>/s.exec(row!)![1]!) + ' ' + text(/<h3>(.*?)<\/h3>/s.exec(row!)![1]!));

const saidNo = { error: 'access_denied', error_description: 'the customer said no', state: 'st', iss: issuerUrl };

describe('data by authorization details', () => {
  it('is shown beside that of scopes, each thing once, and granted with the accounts chosen', async () => {
    const page = await open({ scope: ['openid', 'accounts'], authorizationDetails: [reading] });
    expect(h1(page)).toBe('Share your account data with Tally Budget?');
    expect(main(page).split('Account names and numbers').length - 1).toBe(2);
    expect(main(page)).toContain('From 1 January 2026 on, and new ones.');
    expect(ticked(page)).toEqual([]);
    const answer = await web.press(page, 'consent-allow', { account: ['ben-2'] });
    expect(parameters(answer)).toHaveProperty('code');
    expect(change()).toMatchObject({ action: 'create', managed: false, permissions: { accounts: ['ben-2'], scope: ['openid', 'accounts'], authorizationDetails: [{ ...reading, accounts: ['ben-2'] }] } });
    expect(lastAudit()).toMatchObject({ accounts: ['ben-2'], authorization_details: [expect.stringContaining('"accounts":["ben-2"]')] });
    expect(site.stores.calls).toEqual(['open', 'accounts', 'open', 'allow']);
  });

  it('alone asks for accounts too, and ends the grant when all of it ends', async () => {
    const page = await open({ scope: [], authorizationDetails: [{ ...reading, expiresAt: '2026-12-24T12:00:00Z' }] });
    expect(main(page)).toContain('Until 24 December 2026, then it stops by itself.');
    expect(main(page).match(/How long/g)).toHaveLength(1);
    const wrong = await web.press(page, 'consent-allow');
    expect([wrong.status, wrong.title]).toEqual([422, 'Error: Share your account data with Tally Budget? – Harbour Bank']);
    await web.press(wrong, 'consent-allow', { account: 'ben-1' });
    expect(change()?.permissions.expiresAt).toEqual(new Date('2026-12-24T12:00:00Z'));
  });

  it('offers only the accounts it names', async () => {
    const page = await open({ scope: [], authorizationDetails: [{ ...reading, accounts: ['ben-2', 'ana-1'] }] });
    expect(offered(page)).toEqual(['ben-2']);
    expect((await web.press(page, 'consent-allow', { account: 'ben-1' })).title).toContain('This request changed');
    expect(site.stores.allowed).toEqual([]);
  });

  it('gives each detail the chosen accounts it names, and nothing to one of which none was chosen', async () => {
    const page = await open({ scope: ['accounts'], authorizationDetails: [reading, { ...reading, actions: ['read_balances'], accounts: ['ben-2'] }] });
    await web.press(page, 'consent-allow', { account: 'ben-1' });
    expect(change()?.permissions.authorizationDetails).toMatchObject([{ actions: ['list_accounts', 'read_transactions'], accounts: ['ben-1'] }]);
  });
});

describe('a payment', () => {
  it('is approved from one account, on a page of its own', async () => {
    const page = await open({ scope: [], authorizationDetails: [paying] });
    expect(h1(page)).toBe('Approve this payment?');
    expect(main(page)).toContain('You pay€84.20toBright EnergyAccount number: NL91 ABNA 0417 1643 00');
    expect(main(page)).toContain('Invoice 7');
    expect(inputs(page)).toEqual([['radio', 'ben-1', false, false], ['radio', 'ben-2', false, false], ['radio', 'ben-3', false, true], ['radio', 'ben-4', false, true]]);
    expect(main(page)).toContain('Cannot pay this: the account is not in EUR.');
    const answer = await web.press(page, 'consent-allow', { account: 'ben-2' });
    expect(parameters(answer)).toHaveProperty('code');
    expect(change()?.permissions).toMatchObject({ accounts: [], authorizationDetails: [{ ...paying, debtorAccount: { accountId: 'ben-2' }, identifier: expect.stringMatching(/^[\w-]{32}$/) as string }] });
    const { payments } = lastAudit() as { payments: string[] };
    expect(payments.map((one) => JSON.parse(one) as unknown)).toEqual([expect.objectContaining({ amount: { value: '84.20', currency: 'EUR' }, recurring: false, payee: { name: 'Bright Energy', account: 'NL91 ABNA 0417 1643 00' }, from: ['ben-2'] })]);
    expect(lastAudit()).toMatchObject({ fee: '0.00', locale: 'en', shown: expect.stringMatching(/^[\w-]{43}$/) as string });
  });

  it('is not approved for long, unless more is asked for', async () => {
    await web.press(await open({ scope: [], authorizationDetails: [paying] }), 'consent-allow', { account: 'ben-1' });
    expect(change()?.permissions.expiresAt?.getTime()).toBe(Math.floor(site.now.getTime() / 1000 + 86_400) * 1000);
    expect(main(await open({ scope: [], authorizationDetails: [paying] }))).toMatch(/at the latest on \d+ November 2026 at \d\d:\d\d/);
    expect(main(await open({ scope: [], authorizationDetails: [monthly, paying] }))).toMatch(/until 1 January 2027/);
  });

  it('is one press to refuse', async () => {
    const page = await open({ scope: [], authorizationDetails: [paying] });
    expect(parameters(await web.press(page, 'cancel'))).toEqual(saidNo);
    expect(site.stores.allowed).toEqual([]);
  });

  it('chooses the account beforehand only where no other can pay', async () => {
    expect(ticked(await open({ scope: [], authorizationDetails: [{ ...paying, instructedAmount: { currency: 'GBP', amount: '1.00' } }] }))).toEqual(['ben-4']);
    const named = await open({ scope: [], authorizationDetails: [{ ...paying, debtorAccount: { iban: 'GB33BUKB20201555550093' } }] });
    expect([offered(named), ticked(named)]).toEqual([['ben-2'], ['ben-2']]);
    expect(main(named)).toContain('Tally Budget asked for another account');
  });

  it('without an account is a problem to mend', async () => {
    const page = await open({ scope: [], authorizationDetails: [paying] });
    const wrong = await web.press(page, 'consent-allow');
    expect([wrong.status, wrong.title]).toEqual([422, 'Error: Approve this payment? – Harbour Bank']);
    expect(parameters(await web.press(wrong, 'consent-allow', { account: 'ben-1' }))).toHaveProperty('code');
  });

  it('recurring says the limit of each period, and ends when it says', async () => {
    const page = await open({ scope: [], authorizationDetails: [monthly] });
    expect(h1(page)).toBe('Approve these payments?');
    expect(main(page)).toContain('You pay up to€120.00a month, only toBright Energy');
    expect(main(page)).toContain('Approve up to €120.00 a month');
    expect(main(page)).toMatch(/Whenever Tally Budget asks, also when you are not there, until 1 January 2027/);
    await web.press(page, 'consent-allow', { account: 'ben-1' });
    expect(change()?.permissions).toMatchObject({ expiresAt: new Date('2027-01-01T00:00:00Z'), authorizationDetails: [{ type: 'recurring_payment', debtorAccount: { accountId: 'ben-1' } }] });
    expect(JSON.parse((lastAudit() as { payments: string[] }).payments[0]!)).toMatchObject({ recurring: true, period: 'month', amount: { value: '120.00' } });
  });

  it('asked for twice is one payment, unless something tells them apart', async () => {
    await web.press(await open({ scope: [], authorizationDetails: [paying, { ...paying }] }), 'consent-allow', { account: 'ben-1' });
    expect(change()?.permissions.authorizationDetails).toHaveLength(1);
    const first = await open({ scope: [], authorizationDetails: [paying, { ...paying, endToEndIdentification: 'second' }] });
    expect(main(first)).toMatch(/Payment 1.*Payment 2/);
    expect(h1(await web.press(first, 'consent-allow', { account: 'ben-1' }))).toBe('Approve this payment?');
  });

  it('is said before the sign-in', async () => {
    const page = await open({ scope: [], authorizationDetails: [paying] }, site.browser());
    expect(main(page)).toContain('Tally Budget asks you to approve a payment.');
    expect(main(page)).toContain('nothing is paid');
    const both = await open({ authorizationDetails: [paying] }, site.browser());
    expect(main(both)).toContain('asks to see data, and asks you to approve a payment');
  });

  it('that changed says that nothing was paid', async () => {
    const page = await open({ scope: [], authorizationDetails: [paying] });
    const answer = await web.press(page, 'consent-allow', { account: 'ben-1', shown: undefined });
    expect(main(answer)).toContain('Nothing was paid.');
  });
});

describe('data and payments in one request', () => {
  const request = { scope: ['openid', 'accounts'], authorizationDetails: [reading, paying, monthly] };

  it('never share a page; one decision is written, at the end', async () => {
    const first = await open(request);
    expect(h1(first)).toBe('Share your account data with Tally Budget?');
    expect(main(first)).not.toContain('84.20');
    expect(main(first)).toContain('Nothing on this page lets Tally Budget move money');
    const second = await web.press(first, 'consent-allow', { account: 'ben-2' });
    expect([second.status, h1(second)]).toEqual([200, 'Approve this payment?']);
    expect(main(second)).not.toContain('Account names and numbers');
    expect(second.body).not.toContain('hreflang');
    expect(site.stores.allowed).toEqual([]);
    const third = await web.press(second, 'consent-allow', { account: 'ben-1' });
    expect(h1(third)).toBe('Approve these payments?');
    expect(site.stores.calls.filter((call) => call === 'allow')).toEqual([]);
    expect(parameters(await web.press(third, 'consent-allow', { account: 'ben-2' }))).toHaveProperty('code');
    expect(site.stores.calls.filter((call) => call === 'allow')).toHaveLength(1);
    expect(change()?.permissions).toMatchObject({
      accounts: ['ben-2'],
      authorizationDetails: [{ type: 'account_information', accounts: ['ben-2'] }, { type: 'payment_initiation', debtorAccount: { accountId: 'ben-1' } }, { type: 'recurring_payment', debtorAccount: { accountId: 'ben-2' } }],
    });
    const audit = lastAudit() as { shown: string; shown_before: string[]; payments: string[] };
    expect(new Set([audit.shown, ...audit.shown_before]).size).toBe(3);
    expect(audit.payments).toHaveLength(2);
  });

  it.each([0, 1, 2])('no on page %i refuses all', async (at) => {
    let page = await open(request);
    for (let before = 0; before < at; before += 1) page = await web.press(page, 'consent-allow', { account: 'ben-1' });
    expect(parameters(await web.press(page, 'cancel', { account: 'ben-1' }))).toEqual(saidNo);
    expect(site.stores.allowed).toEqual([]);
    expect(site.stores.audit.at(-1)).toMatchObject({ type: 'authorize.refused', rule: 'F2-AZ-25' });
  });

  it('an answer may be sent twice: the page comes again, and of the last answer one counts', async () => {
    const first = await open(request);
    const second = await web.press(first, 'consent-allow', { account: 'ben-2' });
    const again = await web.press(first, 'consent-allow', { account: 'ben-1' });
    expect(h1(again)).toBe('Approve this payment?');
    const third = await web.press(second, 'consent-allow', { account: 'ben-1' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => web.press(third, 'consent-allow', { account: 'ben-1' })));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.find(({ status }) => status !== 303)?.body).toContain('Nothing more was shared or paid.');
    expect(change()?.permissions.accounts).toEqual(['ben-2']);
  });

  it('a missing account is mended without losing the earlier answer', async () => {
    const second = await web.press(await open(request), 'consent-allow', { account: 'ben-2' });
    const wrong = await web.press(second, 'consent-allow');
    expect(wrong.status).toBe(422);
    const third = await web.press(wrong, 'consent-allow', { account: 'ben-1' });
    await web.press(third, 'consent-allow', { account: 'ben-1' });
    expect(change()?.permissions.accounts).toEqual(['ben-2']);
  });

  it('keeps its language and its end from page to page', async () => {
    const reference = site.push(request);
    await web.get(site.authorizeUrl(reference));
    const first = await web.get(`/fapi2/interaction/${reference}?ui_locales=ar`);
    site.later(30);
    const second = await web.press(first, 'consent-allow', { account: 'ben-2' });
    expect(second.body).toContain('<html lang="ar" dir="rtl"');
    const third = await web.press(second, 'consent-allow', { account: 'ben-2' });
    await web.press(third, 'consent-allow', { account: 'ben-2' });
    const until = JSON.parse(Buffer.from(/name="shown" value="([^".]+)/.exec(first.body)![1]!, 'base64url').toString()) as EditableOffer;
    expect(change()?.permissions.expiresAt?.getTime()).toBe(until.expiresAt * 1000);
    expect(lastAudit()).toMatchObject({ locale: 'ar' });
  });

  it('a session that ended starts over, and the earlier answer is gone', async () => {
    const second = await web.press(await open(request), 'consent-allow', { account: 'ben-2' });
    site.stores.sessions.clear();
    const answer = await web.press(second, 'consent-allow', { account: 'ben-1' });
    expect([answer.status, answer.location]).toEqual([303, expect.stringMatching(/^\/fapi2\/interaction\/[\w-]{43}$/)]);
    expect(site.stores.allowed).toEqual([]);
  });

  describe('is refused, and nothing granted,', () => {
    const changed = 'Error: This request changed – Harbour Bank';
    let first: Answer;
    let second: Answer;
    beforeEach(async () => {
      first = await open(request);
      second = await web.press(first, 'consent-allow', { account: 'ben-2' });
    });
    const shownOf = (page: Answer) => /name="shown" value="([^"]+)"/.exec(page.body)![1]!;
    const edited = (edit: (offer: EditableOffer) => void) => web.press(second, 'consent-allow', { account: 'ben-1', shown: editShown(shownOf(second), edit) });

    const cases: readonly [says: string, press: () => Promise<Answer>][] = [
      ['with two accounts to pay from', () => web.press(second, 'consent-allow', { account: ['ben-1', 'ben-2'] })],
      ['with an account that cannot pay', () => web.press(second, 'consent-allow', { account: 'ben-3' })],
      ['with an account in another currency', () => web.press(second, 'consent-allow', { account: 'ben-4' })],
      ["with another customer's account", () => web.press(second, 'consent-allow', { account: 'ana-1' })],
      ['with one account named twice among two', () => web.press(second, 'consent-allow', { account: ['ben-1', 'ben-1', 'ana-1'] })],
      ['with other accounts in the earlier answer', () => edited((offer) => offer.earlier[0]!.accounts.push({ id: 'ben-1', maskedNumber: '4821' }))],
      ['without the earlier answer', () => edited((offer) => (offer.earlier = []))],
      ['as if it were the last page', () => edited((offer) => (offer.at = 2))],
      ['with an earlier answer invented', () => edited((offer) => offer.earlier.push({ hash: 'x', accounts: [], kept: [], lost: [] }))],
      ['with a later end', () => edited((offer) => (offer.expiresAt += 86_400))],
      ['for another price', () => edited((offer) => (offer.fee = '0.01'))],
      ['with the seal of the first page', () => web.press(second, 'consent-allow', { account: 'ben-1', shown: `${shownOf(second).split('.')[0]}.${shownOf(first).split('.')[1]}` })],
      ['without a token', () => web.press(second, 'consent-allow', { account: 'ben-1', csrf: undefined })],
    ];
    it.each(cases)('%s', async (_says, press) => {
      const answer = await press();
      expect([answer.title, answer.location]).toEqual([changed, undefined]);
      expect([403, 409]).toContain(answer.status);
      expect(site.stores.allowed).toEqual([]);
    });

    it('with the page of another request', async () => {
      const other = await web.press(await open(request), 'consent-allow', { account: 'ben-1' });
      const csrf = /name="csrf" value="([^"]+)"/.exec(other.body)![1]!;
      expect((await web.press(second, 'consent-allow', { account: 'ben-1', csrf })).title).toBe(changed);
      expect((await web.press(second, 'consent-allow', { account: 'ben-1', shown: shownOf(other) })).title).toBe(changed);
      expect(site.stores.allowed).toEqual([]);
    });

    it('in a browser of somebody else', async () => {
      const thief = await site.signedIn('ana');
      expect((await thief.press(second, 'consent-allow', { account: 'ben-1' })).title).toBe(changed);
      expect((await thief.press(second, 'consent-allow', { account: 'ben-1' }, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).title).toContain('can’t accept');
    });

    it('once the client says something else of itself', async () => {
      const client = site.clients.get('tally')!;
      site.clients.set('tally', { ...client, organisation: { legal_name: 'Another Ltd' } });
      const answer = await web.press(second, 'consent-allow', { account: 'ben-1' });
      site.clients.set('tally', client);
      expect(answer.title).toBe(changed);
    });
  });
});

describe('a change of a grant', () => {
  const since = new Date('2026-05-02T00:00:00Z');
  const grant = (more: Partial<Grant> = {}): Grant => ({
    id: 'grant-1',
    version: 3,
    status: 'active',
    issuer: issuerUrl,
    clientId: 'tally',
    customerId: 'ben',
    subject: 's',
    scope: ['openid', 'accounts', 'balances'],
    accounts: ['ben-1'],
    authorizationDetails: [],
    managed: true,
    resources: ['https://bank.example/api'],
    updatedBy: 'client',
    authentication: { authTime: since, acr: 'urn:assent:acr:password', amr: ['pwd'] },
    createdAt: since,
    updatedAt: since,
    expiresAt: new Date('2026-12-02T00:00:00Z'),
    ...more,
  });
  const merge = (more: Partial<PushedRequest> = {}): Partial<PushedRequest> => ({ grantManagementAction: 'merge', grantId: 'grant-1', scope: ['openid', 'email'], ...more });
  const replace = (more: Partial<PushedRequest> = {}): Partial<PushedRequest> => ({ grantManagementAction: 'replace', grantId: 'grant-1', scope: ['openid', 'email', 'accounts'], ...more });

  it('by merging asks for what is new and shows what stays; nothing is removed', async () => {
    site.stores.grants.push(grant());
    const page = await open(merge());
    expect(h1(page)).toBe('Change what Tally Budget can see?');
    expect(main(page)).toContain('You already share data with Tally BudgetSince 2 May 2026. If you don’t allow this change, everything stays as it is.');
    expect(rowsOf(page)).toEqual(['New Your email address', expect.stringMatching(/^Longer Until \d+ May 2027$/), 'Stays That it is you', 'Stays Account names and numbers', 'Stays Balances']);
    expect(main(page)).toContain('Was: until 2 December 2026.');
    expect(inputs(page)).toEqual([]);
    expect(parameters(await web.press(page, 'consent-allow'))).toHaveProperty('code');
    expect(change()).toMatchObject({ action: 'merge', managed: true, seenVersion: 3, permissions: { scope: ['email'], accounts: [] } });
    expect(lastAudit()).toMatchObject({ grant_version: 3, changes: expect.arrayContaining(['new: Your email address | The address we write to you at.', 'stays: Balances | How much is in each account you choose.']) as string[] });
  });

  it('by merging may add accounts; those shared stay, whatever is sent', async () => {
    site.stores.grants.push(grant());
    const page = await open(merge({ scope: ['accounts', 'balances'], authorizationDetails: [reading] }));
    expect(inputs(page).slice(0, 2)).toEqual([['checkbox', 'ben-1', true, true], ['checkbox', 'ben-2', false, false]]);
    await web.press(page, 'consent-allow', { account: 'ben-2' });
    expect(change()?.permissions).toMatchObject({ accounts: ['ben-2'], authorizationDetails: [{ type: 'account_information', accounts: ['ben-1', 'ben-2'] }] });
  });

  it('by merging counts only accounts the page showed as staying', async () => {
    site.stores.grants.push(grant({ accounts: ['ben-1', 'closed-long-ago'] }));
    const page = await open(merge({ scope: ['openid'], authorizationDetails: [reading] }));
    await web.press(page, 'consent-allow');
    expect(change()?.permissions.authorizationDetails).toMatchObject([{ accounts: ['ben-1'] }]);
    expect(lastAudit()).toMatchObject({ accounts: [], accounts_kept: ['ben-1'] });
    site.stores.grants.splice(0, 1, grant({ accounts: ['closed-long-ago'] }));
    site.stores.allowed.length = 0;
    const wrong = await web.press(await open(merge({ scope: ['openid'], authorizationDetails: [reading] })), 'consent-allow');
    expect([wrong.status, site.stores.allowed]).toEqual([422, []]);
  });

  it('by merging needs no further account, and no sent one that is not offered', async () => {
    site.stores.grants.push(grant());
    const page = await open(merge({ scope: ['accounts'] }));
    expect((await web.press(page, 'consent-allow', { account: 'ben-1' })).title).toContain('This request changed');
    expect(parameters(await web.press(page, 'consent-allow'))).toHaveProperty('code');
    expect(change()?.permissions.accounts).toEqual([]);
  });

  it('by replacing lists every drop and ticks the accounts shared before', async () => {
    site.stores.grants.push(grant({ accounts: ['ben-1', 'ben-3'], authorizationDetails: [{ ...paying, debtorAccount: { accountId: 'ben-1' }, identifier: 'p-1' }] }));
    const page = await open(replace());
    expect(rowsOf(page)).toEqual(['New Your email address', expect.stringMatching(/^Longer Until/), 'Stays That it is you', 'Stays Account names and numbers', 'Removed Balances', 'Removed Payment of €84.20 to Bright Energy', 'Removed Account ben-3 account, ending ••7710']);
    expect(ticked(page)).toEqual(['ben-1']);
    expect(page.body).not.toContain('<details');
    await web.press(page, 'consent-allow', { account: 'ben-2' });
    expect(change()).toMatchObject({ action: 'replace', seenVersion: 3, permissions: { scope: ['openid', 'email', 'accounts'], accounts: ['ben-2'], authorizationDetails: [] } });
    expect(lastAudit()).toMatchObject({ accounts: ['ben-2'], accounts_lost: ['ben-3'] });
  });

  it('by replacing without an account is a problem, and says its own no', async () => {
    site.stores.grants.push(grant());
    const wrong = await web.press(await open(replace()), 'consent-allow');
    expect([wrong.status, main(wrong).includes('Choose at least one account, or choose “Keep it as it is”')]).toEqual([422, true]);
  });

  it('shortens a grant only by replacing', async () => {
    site.stores.grants.push(grant({ expiresAt: null }));
    expect(rowsOf(await open(merge()))).toContain('Stays Until you stop it');
    expect(rowsOf(await open(replace()))).toContainEqual(expect.stringMatching(/^Shorter Until/));
  });

  it('is kept as it is in one press: the client is told, the grant stays', async () => {
    site.stores.grants.push(grant());
    const page = await open(replace());
    expect(main(page)).toContain('Allow these changesKeep it as it is');
    expect(parameters(await web.press(page, 'cancel'))).toEqual(saidNo);
    expect(site.stores.allowed).toEqual([]);
  });

  it.each([
    ['a new version', grant({ version: 4 })],
    ['other permissions', grant({ version: 4, scope: ['openid'] })],
  ])('meanwhile (%s) counts for nothing: it must be looked at again', async (_says, later) => {
    site.stores.grants.push(grant());
    const page = await open(replace());
    site.stores.grants.splice(0, 1, later);
    const answer = await web.press(page, 'consent-allow', { account: 'ben-1' });
    expect([answer.status, answer.title]).toEqual([409, 'Error: This request changed – Harbour Bank']);
    expect(answer.body).toContain('Nothing was changed.');
    expect(site.stores.allowed).toEqual([]);
    expect(parameters(await web.press(await web.get(new URL(/href="([^"]+)" id="again"/.exec(answer.body)![1]!, 'https://x').pathname), 'consent-allow', { account: 'ben-1' }))).toHaveProperty('code');
  });

  it('that ended meanwhile is told to the client', async () => {
    site.stores.grants.push(grant());
    const page = await open(replace());
    site.stores.grants.splice(0, 1, grant({ status: 'revoked' }));
    expect(parameters(await web.press(page, 'consent-allow', { account: 'ben-1' }))).toMatchObject({ error: 'invalid_grant_id' });
  });

  it('by merging a payment asks about the payment alone, and leaves the end as it is', async () => {
    site.stores.grants.push(grant());
    const page = await open(merge({ scope: [], authorizationDetails: [paying] }));
    expect(h1(page)).toBe('Approve this payment?');
    expect(main(page)).toContain('What you already allowed Tally Budget stays as it is.');
    expect(main(page)).toContain('at the latest on 2 December 2026');
    await web.press(page, 'consent-allow', { account: 'ben-2' });
    expect(change()?.permissions).toMatchObject({ scope: [], accounts: [], expiresAt: new Date('2026-12-02T00:00:00Z'), authorizationDetails: [{ type: 'payment_initiation', debtorAccount: { accountId: 'ben-2' } }] });
  });

  it('by merging a payment does not ask again for data the grant has, where the request repeats it (GM-SE-01)', async () => {
    site.stores.grants.push(grant());
    const scope = ['openid', 'accounts'];
    const page = await open(merge({ scope, authorizationDetails: [paying] }));
    expect(h1(page)).toBe('Approve this payment?');
    await web.press(page, 'consent-allow', { account: 'ben-2' });
    expect(change()?.permissions).toMatchObject({ scope: [], accounts: [], authorizationDetails: [{ type: 'payment_initiation' }] });
    expect(h1(await open(merge({ scope: [...scope, 'email'], authorizationDetails: [paying] })))).toMatch(/^Change what/);
  });

  it('by merging does not ask again for a payment the grant has', async () => {
    const held = { ...paying, actions: ['initiate', 'status'], debtorAccount: { accountId: 'ben-1' }, identifier: 'p-1' };
    site.stores.grants.push(grant({ authorizationDetails: [held] }));
    const page = await open(merge({ scope: ['email'], authorizationDetails: [{ ...paying, actions: ['initiate'], identifier: 'p-1' }] }));
    expect(rowsOf(page)).toContain('Stays Payment of €84.20 to Bright Energy');
    expect(main(page)).toContain('This change does not let Tally Budget make other payments');
    expect(parameters(await web.press(page, 'consent-allow'))).toHaveProperty('code');
    expect(change()?.permissions.authorizationDetails).toEqual([]);
  });

  it('by replacing with a payment shows what goes first, then the payment', async () => {
    site.stores.grants.push(grant());
    const first = await open(replace({ scope: [], authorizationDetails: [paying] }));
    expect(rowsOf(first).filter((row) => row.startsWith('Removed'))).toHaveLength(3);
    expect(inputs(first)).toEqual([]);
    expect(main(first)).toContain('you decide about the payment next; until you have, nothing changes');
    const second = await web.press(first, 'consent-allow');
    expect(h1(second)).toBe('Approve this payment?');
    await web.press(second, 'consent-allow', { account: 'ben-1' });
    expect(change()).toMatchObject({ action: 'replace', permissions: { scope: [], accounts: [], authorizationDetails: [{ type: 'payment_initiation' }] } });
    expect(lastAudit()).toMatchObject({ grant_version: 3, changes: expect.arrayContaining([expect.stringMatching(/^removed: Balances/)]) as string[], shown_before: [expect.any(String)] });
  });

  it('of payments alone does not speak of seeing', async () => {
    site.stores.grants.push(grant({ scope: [], accounts: [], authorizationDetails: [{ ...paying, debtorAccount: { accountId: 'ben-1' }, identifier: 'p-1' }] }));
    const page = await open(replace({ scope: [], authorizationDetails: [monthly] }));
    expect(h1(page)).toBe('Change what Tally Budget may do?');
    expect(rowsOf(page)).toEqual([expect.stringMatching(/^Longer Until/), 'Removed Payment of €84.20 to Bright Energy']);
    expect(h1(await web.press(page, 'consent-allow'))).toBe('Approve these payments?');
  });

  it('says on the sign-in page that it is one', async () => {
    site.stores.grants.push(grant());
    expect(main(await open(merge(), site.browser()))).toContain('Tally Budget asks to change what you allowed it.');
  });

  it.each(['pt-BR', 'ar'])('speaks %s throughout', async (locale) => {
    site.stores.grants.push(grant());
    const page = await open(replace({ uiLocales: [locale], authorizationDetails: [reading, paying] }));
    expect(page.body).toContain(`<html lang="${locale}"`);
    const second = await web.press(page, 'consent-allow', { account: 'ben-1' });
    for (const { body } of [page, second]) expect(body.replace(/Tally Budget|Tally Software Ltd|Harbour Bank|Bright Energy|ben-\d account|ben of Harbour|Invoice|To show your spending\.|Call us on the number on your card\./g, '')).not.toMatch(/>[^<]*\b(the|you|account|payment|until|allow)\b[^<]*</i);
  });
});

it('prompt=none never stands in for details nobody agreed to', async () => {
  site.stores.grants.push({ id: 'g', version: 1, status: 'active', issuer: issuerUrl, clientId: 'tally', customerId: 'ben', scope: ['openid'], accounts: [], authorizationDetails: [], managed: false } as unknown as Grant);
  expect(parameters(await open({ prompt: ['none'], scope: ['openid'], authorizationDetails: [paying] }))).toMatchObject({ error: 'consent_required' });
  expect(parameters(await open({ prompt: ['none'], scope: ['openid'] }))).toHaveProperty('code');
});
