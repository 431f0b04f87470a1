import { customers, Message, responseOf, send, type FapiClient } from '@assent/testing/fapi';
import * as openid from 'openid-client';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { approveInChromium, newVisit, openChromium, sentBack } from './support/browser.js';
import { matrix, startStack, type Stack } from './support/stack.js';

/* A real Chromium against the real servers: an openid-client application, and sites that mean harm. */

let stack: Stack;
let browser: Browser;
let client: FapiClient;
beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ clients: matrix }), openChromium()]);
  client = await stack.party('jwt-dpop');
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

describe('openid-client 6', () => {
  it.each(['jwt-dpop', 'ca-mtls'])('runs the whole flow as %s', async (id) => {
    const { identity, signing, metadata, constraint, auth } = stack.client(id);
    const fetch: openid.CustomFetch = async (url, { method, headers, body }) =>
      responseOf(await send(new Message({ method, url, headers: Object.entries(headers), body: body === undefined || body === null ? undefined : String(body), identity }), { ca: stack.ca }));
    const configuration = await openid.discovery(
      new URL(stack.issuer),
      id,
      { use_mtls_endpoint_aliases: identity !== undefined, id_token_signed_response_alg: metadata['id_token_signed_response_alg'] as string },
      auth === 'private_key_jwt' ? openid.PrivateKeyJwt(signing) : openid.TlsClientAuth(),
      { [openid.customFetch]: fetch },
    );
    openid.enableNonRepudiationChecks(configuration);
    const dpop = constraint === 'dpop' ? { DPoP: openid.getDPoPHandle(configuration, await openid.randomDPoPKeyPair('ES256')) } : undefined;
    const [verifier, state, nonce] = [openid.randomPKCECodeVerifier(), openid.randomState(), openid.randomNonce()];
    const redirectUri = `https://${id}.tpp.test/callback`;
    const request = { redirect_uri: redirectUri, scope: 'openid accounts', state, nonce, code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' };
    const url = await openid.buildAuthorizationUrlWithPAR(configuration, request, dpop);
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    const callback = await approveInChromium(browser, url, redirectUri, customers.ana);
    const tokens = await openid.authorizationCodeGrant(configuration, callback, { expectedState: state, pkceCodeVerifier: verifier, expectedNonce: nonce, idTokenExpected: true }, undefined, dpop);
    const { sub } = tokens.claims()!;
    expect((await openid.fetchUserInfo(configuration, tokens.access_token, sub, dpop)).sub).toBe(sub);
    const accounts = () => openid.fetchProtectedResource(configuration, tokens.access_token, new URL(`${stack.resource}/accounts`), 'GET', undefined, undefined, dpop);
    expect(((await (await accounts()).json()) as { accounts: unknown[] }).accounts).toHaveLength(2);
    expect((await openid.refreshTokenGrant(configuration, tokens.refresh_token!, undefined, dpop)).access_token).not.toBe(tokens.access_token);
    await openid.tokenRevocation(configuration, tokens.refresh_token!);
    await expect(openid.refreshTokenGrant(configuration, tokens.refresh_token!, undefined, dpop)).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});

describe('in the browser', () => {
  let context: BrowserContext;
  let page: Page;
  beforeEach(async () => {
    context = await newVisit(browser);
    page = await context.newPage();
  });
  afterEach(() => context.close());

  const signIn = async (url: URL): Promise<void> => {
    await page.goto(url.href);
    await page.fill('#login', customers.ana.login);
    await page.fill('#password', customers.ana.password);
    await page.click('#login-submit');
    await page.waitForSelector('#consent-allow');
  };
  const evil = 'https://evil.tpp.test/';
  /** Another site's page, made here. */
  const onEvilSite = (html: string) => page.route(`${evil}**`, (route) => route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>Win a phone</title>${html}` }));

  it('the customer refuses: access_denied, state and iss', async () => {
    const { prepared, url } = await client.begin();
    await signIn(url);
    const callback = await sentBack(page, client.redirectUri, () => page.click('#cancel', { noWaitAfter: true }));
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({ error: 'access_denied', state: prepared.state, iss: stack.issuer });
  });

  it('F2-AZ-12: a password is never sent on: every redirect of the way is 303', async () => {
    const { url } = await client.begin();
    const redirects: number[] = [];
    page.on('response', (response) => {
      if (response.status() >= 300 && response.status() < 400) redirects.push(response.status());
    });
    await signIn(url);
    for (const box of await page.locator('input[name=account]:enabled').all()) await box.check();
    await sentBack(page, client.redirectUri, () => page.click('#consent-allow', { noWaitAfter: true }));
    expect(redirects.length).toBeGreaterThanOrEqual(2);
    expect(new Set(redirects)).toEqual(new Set([303]));
  });

  it('another site cannot post the consent form, though it knows every field of it', async () => {
    const { prepared, url } = await client.begin();
    await signIn(url);
    const action = new URL((await page.getAttribute('form', 'action'))!, page.url()).href;
    const hidden = await page.locator('input[type=hidden]').evaluateAll((inputs) => inputs.map((input) => (input as unknown as { outerHTML: string }).outerHTML).join(''));
    await onEvilSite(`<form method="post" action="${action}">${hidden}<input name="account" value="ana-everyday"><button name="decision" value="allow">Win</button></form>`);
    await page.goto(evil);
    const [answer] = await Promise.all([page.waitForResponse((response) => response.url().startsWith(action)), page.click('button')]);
    expect([answer.status(), answer.headers()['location']]).toEqual([403, undefined]);
    // The customer's own answer still counts.
    await page.goto(url.href);
    await page.locator('input[name=account]:enabled').first().check();
    const callback = await sentBack(page, client.redirectUri, () => page.click('#consent-allow', { noWaitAfter: true }));
    expect(client.callback(callback, prepared).has('code')).toBe(true);
  });

  it('another site cannot post a sign-in of its own choice', async () => {
    const { url } = await client.begin();
    await page.goto(url.href);
    const action = new URL((await page.getAttribute('form', 'action'))!, page.url()).href;
    const hidden = await page.locator('input[type=hidden]').evaluateAll((inputs) => inputs.map((input) => (input as unknown as { outerHTML: string }).outerHTML).join(''));
    await onEvilSite(`<form method="post" action="${action}">${hidden}<input name="login" value="ben"><input name="password" value="${customers.ben.password}"><button>Win</button></form>`);
    await page.goto(evil);
    const [answer] = await Promise.all([page.waitForResponse((response) => response.url().startsWith(action)), page.click('button')]);
    expect([answer.status(), answer.headers()['set-cookie']]).toEqual([403, undefined]);
  });

  it('another site cannot show the pages in a frame', async () => {
    const { url } = await client.begin();
    await onEvilSite(`<iframe src="${url.href.replaceAll('&', '&amp;')}"></iframe>`);
    // The browser's own complaint: the page was there to be shown, and it did not.
    const complaint = page.waitForEvent('console', { predicate: (message) => message.text().includes('frame-ancestors'), timeout: 10_000 });
    await Promise.all([complaint, page.goto(evil)]);
    expect(await page.frames()[1]!.locator('#login').count()).toBe(0);
  });

  it('a state full of markup is text for the client, and nothing to the page', async () => {
    const state = '"><script>document.title="owned"</script>\r\nLocation: https://evil.example';
    const { prepared, url } = await client.begin({ state, login_hint: '"><img src=x onerror=alert(1)>' });
    await page.goto(url.href);
    expect(await page.inputValue('#login')).toBe('"><img src=x onerror=alert(1)>');
    expect(await page.locator('script, img').count()).toBe(0);
    await signIn(url);
    const callback = await sentBack(page, client.redirectUri, () => page.click('#cancel', { noWaitAfter: true }));
    expect([callback.searchParams.get('state'), callback.origin]).toEqual([prepared.state, 'https://jwt-dpop.tpp.test']);
  });
});
