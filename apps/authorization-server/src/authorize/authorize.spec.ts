import type { Grant } from '@assent/protocol';
import { issuerUrl, requestUriPrefix, Site } from '../interaction/fixtures/site.js';
import type { Answer } from '../interaction/fixtures/web.js';

let site: Site;
beforeAll(async () => void (site = await Site.start()));
afterAll(() => site.close());
beforeEach(() => {
  site.stores.calls.length = 0;
  site.stores.grants.length = 0;
});

const parameters = (answer: Answer) => Object.fromEntries(new URL(answer.location ?? 'x:').searchParams);

describe('refused on a page, 400, never redirected', () => {
  const cases: readonly [rule: string, says: string, url: (reference: string) => string, code: string, title: string][] = [
    ['F2-AZ-03', 'a request that was not pushed', () => '/fapi2/authorize?client_id=tally&response_type=code&redirect_uri=https%3A%2F%2Ftpp.example%2Fcallback&scope=openid&state=x', 'invalid_request', 'This request is not right'],
    ['F2-AZ-03', 'nothing at all', () => '/fapi2/authorize', 'invalid_request', 'This request is not right'],
    ['F2-AZ-15', 'no client_id', (reference) => `/fapi2/authorize?request_uri=${requestUriPrefix}${reference}`, 'invalid_request', 'This request is not right'],
    ['ASSENT-FORM-02', 'two request_uris', (reference) => `${site.authorizeUrl(reference)}&request_uri=${requestUriPrefix}${reference}`, 'invalid_request', 'This request is not right'],
    ['ASSENT-FORM-02', 'two client_ids', (reference) => `${site.authorizeUrl(reference)}&client_id=tally`, 'invalid_request', 'This request is not right'],
    ['JR-10', 'a request_uri elsewhere', () => '/fapi2/authorize?client_id=tally&request_uri=https%3A%2F%2Ftpp.example%2Frequest.jwt', 'invalid_request_uri', 'We don’t know this request'],
    ['PR-08', 'a request_uri of the wrong shape', () => site.authorizeUrl('short'), 'invalid_request_uri', 'We don’t know this request'],
    ['PR-08', 'a request_uri nobody pushed', (reference) => site.authorizeUrl(`A${reference.slice(1, 42)}Q`), 'invalid_request_uri', 'We don’t know this request'],
    ['F2-AZ-15', "another client's request_uri", (reference) => site.authorizeUrl(reference, { client_id: 'bright' }), 'invalid_request_uri', 'We don’t know this request'],
    ['F2-AZ-15', 'a client nobody knows', (reference) => site.authorizeUrl(reference, { client_id: 'nobody' }), 'invalid_request_uri', 'We don’t know this request'],
  ];
  it.each(cases)('%s: %s', async (_rule, _says, url, code, title) => {
    const answer = await site.browser().get(url(site.push()));
    expect([answer.status, answer.location]).toEqual([400, undefined]);
    expect(answer.title).toBe(`Error: ${title} – Harbour Bank`);
    expect(answer.body).toContain(code);
    expect(answer.body).toMatch(/Reference: <bdi dir="ltr">[^<]{8,}/);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('reflects nothing of what was sent', async () => {
    const answer = await site.browser().get('/fapi2/authorize?client_id=sneaky-one&request_uri=sneaky-two&state=sneaky-three&redirect_uri=https%3A%2F%2Fsneaky.example');
    expect(answer.body).not.toContain('sneaky');
  });

  it('F2-AZ-14: a request_uri that arrives after its end', async () => {
    const reference = site.push();
    site.later(91);
    const answer = await site.browser().get(site.authorizeUrl(reference));
    expect([answer.status, answer.title]).toEqual([400, 'Error: This request ran out – Harbour Bank']);
    expect(answer.body).toContain('Go back to <bdi>Tally Budget</bdi> and start again.');
  });
});

describe('an arriving request', () => {
  it('shows the sign-in page to a browser without a session', async () => {
    const answer = await site.browser().get(site.authorizeUrl(site.push({ loginHint: 'ana"<script>' })));
    expect([answer.status, answer.title]).toEqual([200, 'Sign in to Harbour Bank – Harbour Bank']);
    expect(answer.body).toContain('value="ana&quot;&lt;script>"');
    expect(answer.body).not.toContain('<script');
  });

  it('shows consent at once to a browser with a session, with two statements', async () => {
    const web = await site.signedIn();
    site.stores.calls.length = 0;
    const answer = await web.get(site.authorizeUrl(site.push()));
    expect(answer.title).toBe('Share your account data with Tally Budget? – Harbour Bank');
    expect(site.stores.calls).toEqual(['open', 'accounts']);
  });

  it('F2-AZ-23: takes nothing from the query but client_id and request_uri', async () => {
    const web = await site.signedIn();
    const front = { state: 'front', scope: 'openid', redirect_uri: 'https://evil.example', prompt: 'none', ui_locales: 'ar', nonce: 'front' };
    const answer = await web.get(site.authorizeUrl(site.push({ state: 'pushed' }), front));
    expect(answer.body).toContain('<html lang="en"');
    const done = await web.press(answer, 'cancel');
    expect(done.location).toBe(`https://tpp.example/callback?${new URLSearchParams({ error: 'access_denied', error_description: 'the customer said no', state: 'pushed', iss: issuerUrl })}`);
  });

  it('F2-AZ-16: may be visited again until it is answered, then never', async () => {
    const web = await site.signedIn();
    const url = site.authorizeUrl(site.push());
    for (let visits = 0; visits < 3; visits++) expect((await web.get(url)).status).toBe(200);
    await web.press(await web.get(url), 'consent-allow', { account: 'ana-1' });
    const again = await web.get(url);
    expect([again.status, again.title]).toEqual([400, 'Error: This request was already answered – Harbour Bank']);
  });

  it('F2-AZ-14: may be reloaded in its browser after its end, but starts nowhere else', async () => {
    const web = site.browser();
    const url = site.authorizeUrl(site.push());
    await web.get(url);
    site.later(120);
    expect((await web.get(url)).status).toBe(200);
    expect((await site.browser().get(url)).status).toBe(400);
    site.later(600);
    expect((await web.get(url)).status).toBe(400);
  });

  it('OpenID Connect Core 3.1.2.1: comes as a form too, and goes on with our cookies', async () => {
    const body = new URLSearchParams({ client_id: 'tally', request_uri: requestUriPrefix + site.push() });
    const crossSite = { origin: 'https://tpp.example', 'sec-fetch-site': 'cross-site' };
    const answer = await site.browser().post('/fapi2/authorize', body, crossSite);
    expect([answer.status, answer.location]).toEqual([303, `/fapi2/authorize?${body.toString()}`]);
    body.set('client_id', 'bright');
    expect((await site.browser().post('/fapi2/authorize', body, crossSite)).status).toBe(400);
  });

  it('F2-NET-08: is never shared with scripts of other sites', async () => {
    for (const url of [site.authorizeUrl(site.push()), '/fapi2/authorize']) {
      const { headers } = await site.browser().get(url, { origin: 'https://tpp.example' });
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    const preflight = await site.browser().send('/fapi2/authorize', { method: 'OPTIONS', headers: { origin: 'https://tpp.example', 'access-control-request-method': 'GET' } });
    expect(preflight.status).toBe(405);
  });

  it('HEAD decides nothing', async () => {
    const web = await site.signedIn();
    site.stores.calls.length = 0;
    await web.send(site.authorizeUrl(site.push({ prompt: ['none'] })), { method: 'HEAD', headers: {} });
    expect(site.stores.calls).toEqual([]);
  });

  it('says what it needs of the browser in its headers', async () => {
    const { headers } = await site.browser().get(site.authorizeUrl(site.push()));
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' https:; base-uri 'none'; frame-ancestors 'none'");
    expect(Object.fromEntries(['x-frame-options', 'referrer-policy', 'cache-control', 'x-content-type-options', 'cross-origin-opener-policy'].map((name) => [name, headers.get(name)]))).toEqual({
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
    });
  });
});

describe('OIDC-03: prompt=none', () => {
  const grant: Grant = {
    id: 'grant-1', version: 1, status: 'active', issuer: issuerUrl, clientId: 'tally', customerId: 'ana', subject: 's', scope: ['openid', 'accounts'], accounts: ['ana-1'],
    authorizationDetails: [], managed: false, resources: [], updatedBy: 'client', authentication: { authTime: new Date(0), acr: 'x', amr: [] }, createdAt: new Date(0), updatedAt: new Date(0), expiresAt: null,
  }; // prettier-ignore
  const silent = { prompt: ['none'], scope: ['openid', 'accounts'] };

  it('gives a code on a grant that covers the request', async () => {
    site.stores.grants.push(grant);
    const web = await site.signedIn();
    const answer = await web.get(site.authorizeUrl(site.push({ ...silent, maxAge: 3600 })));
    expect(answer.status).toBe(303);
    expect(parameters(answer)).toEqual({ code: expect.stringMatching(/^[\w-]{43}$/) as string, state: 'st', iss: issuerUrl });
    expect(site.stores.allowed.at(-1)).toMatchObject({ accounts: 'existing', context: { grantId: 'grant-1', customerId: 'ana', nonce: 'n-1', authTimeRequired: true } });
  });
  it('is login_required without a session, and spends the request', async () => {
    const url = site.authorizeUrl(site.push(silent));
    const web = site.browser();
    expect(parameters(await web.get(url))).toEqual({ error: 'login_required', error_description: 'the customer is not signed in', state: 'st', iss: issuerUrl });
    expect((await web.get(url)).status).toBe(400);
  });
  it('is consent_required without such a grant', async () => {
    site.stores.grants.push({ ...grant, scope: ['openid'] });
    expect(parameters(await (await site.signedIn()).get(site.authorizeUrl(site.push(silent))))).toMatchObject({ error: 'consent_required', iss: issuerUrl });
  });
  it('is consent_required for a claim that was not on the page the customer agreed to', async () => {
    site.stores.grants.push(grant);
    const claims = { id_token: { email: null, auth_time: null } };
    expect(parameters(await (await site.signedIn()).get(site.authorizeUrl(site.push({ ...silent, claims }))))).toMatchObject({ error: 'consent_required' });
    site.stores.grants.splice(0, 1, { ...grant, claims: { userinfo: { email: null } } });
    expect(parameters(await (await site.signedIn()).get(site.authorizeUrl(site.push({ ...silent, claims }))))).toHaveProperty('code');
  });
  it('is consent_required when the grant ended at that moment', async () => {
    site.stores.grants.push({ ...grant, status: 'revoked' });
    expect(parameters(await (await site.signedIn()).get(site.authorizeUrl(site.push(silent))))).toMatchObject({ error: 'consent_required' });
  });
  it('is interaction_required where a stronger sign-in is needed', async () => {
    const web = await site.signedIn();
    for (const [handle, session] of site.stores.sessions) site.stores.sessions.set(handle, { ...session, acr: 'urn:weak' });
    const claims = { id_token: { acr: { essential: true, value: 'urn:assent:acr:password' } } };
    expect(parameters(await web.get(site.authorizeUrl(site.push({ ...silent, claims }))))).toMatchObject({ error: 'interaction_required' });
  });
});

it('OIDC-06: an essential acr nobody can reach is an error told to the client', async () => {
  const claims = { id_token: { acr: { essential: true, value: 'urn:gold' } } };
  expect(parameters(await site.browser().get(site.authorizeUrl(site.push({ claims }))))).toMatchObject({ error: 'unmet_authentication_requirements', state: 'st', iss: issuerUrl });
});
