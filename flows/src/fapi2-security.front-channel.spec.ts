import { customers, Message, readForm, readJws, send, type Answer, type FapiClient, type Visitor } from '@assent/testing/fapi';
import { consent, expectPage, signIn, unknown } from './support/pages.js';
import { authorize, matrix, obtainTokens, startStack, type Stack } from './support/stack.js';

/* The browser's part of FAPI 2.0 SP 5.3.2.2 and of OpenID Connect, over the whole stack. */

let stack: Stack;
let client: FapiClient;
let other: FapiClient;
/** Signed in as Ana, with a grant for openid and accounts. */
let ana: Visitor;
beforeAll(async () => {
  stack = await startStack({ clients: [...matrix, { id: 'other', auth: 'private_key_jwt', constraint: 'dpop' }] });
  [client, other, ana] = [await stack.party('jwt-dpop'), await stack.party('other'), stack.visitor()];
  await obtainTokens(client, ana, { scope: 'openid accounts' });
}, 60_000);
afterAll(() => stack?.stop());

const changed = (url: URL, change: (query: URLSearchParams) => void): URL => {
  const copy = new URL(url);
  change(copy.searchParams);
  return copy;
};

/** Every answer to the client carries the exact issuer and the state as it was sent (F2-AZ-09, F2-AZ-22). */
function expectError(callback: URL, error: string, state: string): void {
  expect(Object.fromEntries(callback.searchParams)).toEqual({ error, error_description: expect.any(String) as string, state, iss: stack.issuer });
}
const locationOf = (answer: Answer): URL => {
  expect(answer.status).toBe(303);
  return new URL(answer.headers.get('location')!);
};

describe('refused on a page, never redirected', () => {
  interface PageRow {
    readonly rule: string;
    readonly title: string;
    readonly mutate: (url: URL) => URL | Promise<URL>;
    readonly heading: RegExp;
  }
  const rows: readonly PageRow[] = [
    { rule: 'F2-AZ-03', title: 'a request that was not pushed', mutate: (url) => changed(url, (query) => { query.delete('request_uri'); for (const [name, value] of Object.entries({ response_type: 'code', redirect_uri: client.redirectUri, scope: 'openid', state: 's' })) query.set(name, value); }), heading: /not right/ },
    { rule: 'F2-AZ-15', title: 'another client’s request_uri', mutate: (url) => changed(url, (query) => query.set('client_id', 'other')), heading: unknown },
    { rule: 'F2-AZ-15', title: 'a client nobody knows', mutate: (url) => changed(url, (query) => query.set('client_id', 'nobody')), heading: unknown },
    { rule: 'ASSENT-FORM-01', title: 'no client_id', mutate: (url) => changed(url, (query) => query.delete('client_id')), heading: /not right/ },
    { rule: 'PR-08', title: 'a request_uri nobody was given', mutate: (url) => changed(url, (query) => query.set('request_uri', `${query.get('request_uri')!.slice(0, -6)}AAAAAA`)), heading: unknown },
    { rule: 'JR-10', title: 'a request_uri on the web', mutate: (url) => changed(url, (query) => query.set('request_uri', 'https://evil.example/request.jwt')), heading: unknown },
    { rule: 'ASSENT-FORM-02', title: 'two request_uris', mutate: (url) => changed(url, (query) => query.append('request_uri', query.get('request_uri')!)), heading: /not right/ },
    { rule: 'PR-08', title: 'an unknown request with somewhere to go (F2-AS-07)', mutate: (url) => changed(url, (query) => { query.set('request_uri', 'urn:ietf:params:oauth:request_uri:x'); query.set('redirect_uri', 'https://evil.example'); query.set('state', 's'); }), heading: unknown },
    { rule: 'F2-AZ-16', title: 'a request that was answered before', mutate: async (url) => { await ana.approve(url, customers.ana); return url; }, heading: /already|decided|answered/i },
  ];

  it.each(rows.map((row) => [`${row.rule}: ${row.title}`, row] as const))('%s', async (_, { rule, mutate, heading }) => {
    const { url } = await client.begin();
    const answer = await ana.open(await mutate(url));
    expectPage(answer, 400, heading);
    expect(await stack.asLog.ruleOf(answer)).toBe(rule);
    expect(answer.text).not.toMatch(/evil\.example/);
  });

  it('F2-AZ-14: a request_uri that arrives after its end', async () => {
    const { url } = await client.begin();
    await stack.later(91, async () => {
      const answer = await stack.visitor().open(url);
      expectPage(answer, 400, /ran out/);
      expect(await stack.asLog.ruleOf(answer)).toBe('F2-AZ-14');
    });
  });
});

describe('a request on its way', () => {
  it('F2-AZ-16: is reloaded before and after sign-in, then answered', async () => {
    const { prepared, url } = await client.begin();
    const visitor = stack.visitor();
    for (let visits = 0; visits < 3; visits += 1) expectPage(await visitor.open(url), 200, signIn);
    const { answer, url: at } = await visitor.signIn(url, customers.ana);
    expectPage(answer, 200, consent);
    expectPage(await visitor.open(at), 200, consent);
    expectPage(await visitor.open(url), 200, consent);
    expect(client.callback(await visitor.approve(url, customers.ana), prepared).has('code')).toBe(true);
  });

  it('F2-AZ-14: that arrived in time is not cut off while the customer signs in', async () => {
    const { prepared, url } = await client.begin();
    const visitor = stack.visitor();
    const form = readForm(await visitor.open(url), url, 'login-submit');
    await stack.later(120, async () => {
      form.fields.set('login', 'ana');
      form.fields.set('password', customers.ana.password);
      const { answer, url: at } = await visitor.follow(await visitor.submit(form), form.action);
      const callback = locationOf(await visitor.submit(visitor.consentForm(answer, at)));
      const { status } = await client.redeem(prepared, callback.searchParams.get('code')!);
      expect(status).toBe(200);
    });
  });

  it('F2-AZ-23: takes nothing from the query but client_id and request_uri', async () => {
    const { prepared, url } = await client.begin({ scope: 'openid' });
    const lured = changed(url, (query) => { for (const [name, value] of Object.entries({ state: 'forged', redirect_uri: 'https://evil.example', scope: 'openid accounts', prompt: 'none', response_type: 'token', nonce: 'forged' })) query.set(name, value); });
    const callback = await ana.approve(lured, customers.ana);
    expect(callback.href.startsWith(client.redirectUri)).toBe(true);
    const { json } = await client.redeem(prepared, client.callback(callback, prepared).get('code')!);
    expect([json['scope'], readJws(json['id_token'] as string).claims['nonce']]).toEqual(['openid', prepared.nonce]);
  });

  it('F2-AZ-25: refused by the customer, at sign-in and at consent', async () => {
    const first = await client.begin();
    const visitor = stack.visitor();
    expectError(await visitor.cancel(await visitor.open(first.url), first.url), 'access_denied', first.prepared.state);
    const second = await client.begin();
    expectError(await ana.cancel(await ana.open(second.url), second.url), 'access_denied', second.prepared.state);
    for (const { url } of [first, second]) expect((await ana.open(url)).status).toBe(400);
  });

  it.each([
    ['1500 characters', 'a'.repeat(1500)],
    ['line breaks and a header', 'x\r\nSet-Cookie: a=b\r\n\r\n<script>'],
    ['every sort of delimiter', '&iss=https://evil.example&code=x#?%20+"\'<>é漢'],
  ])('F2-AZ-22: a state of %s comes back whole', async (_, state) => {
    const { prepared, callback } = await authorize(client, ana, { state });
    expect(callback.searchParams.getAll('state')).toEqual([state]);
    expect(callback.searchParams.getAll('iss')).toEqual([stack.issuer]);
    expect(callback.hash).toBe('');
    expect(client.callback(callback, prepared).get('code')).toBeTruthy();
    expect(ana.cookies.has('a')).toBe(false);
  });

  it('F2-AZ-22: without state and nonce neither is invented', async () => {
    const prepared = await client.prepare();
    const { state: _, nonce: __, ...parameters } = prepared.parameters;
    const pushed = await client.push({ ...prepared, parameters });
    const callback = await ana.approve(client.authorizationUrl(pushed.json['request_uri'] as string), customers.ana);
    expect([...callback.searchParams.keys()].sort()).toEqual(['code', 'iss']);
    const { json } = await client.redeem(prepared, callback.searchParams.get('code')!);
    expect(readJws(json['id_token'] as string).claims).not.toHaveProperty('nonce');
  });

  it.each([64, 255])('F2-AZ-21: a nonce of %i characters stands in the ID token', async (length) => {
    const nonce = 'n~.'.repeat(85).slice(0, length);
    const { idToken } = await obtainTokens(client, ana, { nonce });
    expect(readJws(idToken!).claims['nonce']).toBe(nonce);
  });
});

describe('OIDC-03, OIDC-04: prompt and max_age', () => {
  const silent = async (visitor: Visitor, changes: Record<string, string>) => {
    const { prepared, url } = await client.begin({ scope: 'openid accounts', prompt: 'none', ...changes });
    return { prepared, url, callback: locationOf(await visitor.open(url)) };
  };

  it('prompt=none without a session is login_required, and spends the request', async () => {
    const { prepared, url, callback } = await silent(stack.visitor(), {});
    expectError(callback, 'login_required', prepared.state);
    expectPage(await ana.open(url), 400, /already|decided|answered/i);
  });

  it('prompt=none for more than was agreed to is consent_required', async () => {
    const { prepared, callback } = await silent(ana, { scope: 'openid accounts profile' });
    expectError(callback, 'consent_required', prepared.state);
  });

  it('prompt=none by a client the customer never allowed is consent_required', async () => {
    const { prepared, url } = await other.begin({ scope: 'openid', prompt: 'none' });
    expectError(locationOf(await ana.open(url)), 'consent_required', prepared.state);
  });

  it('prompt=none on a grant that covers it gives a code that works', async () => {
    const { prepared, callback } = await silent(ana, {});
    const { status } = await client.redeem(prepared, client.callback(callback, prepared).get('code')!);
    expect(status).toBe(200);
  });

  it('prompt=none with a hint at another customer is login_required', async () => {
    const ben = stack.visitor();
    const { prepared: benPrepared, url } = await client.begin({ scope: 'openid' });
    const code = (await ben.approve(url, customers.ben)).searchParams.get('code')!;
    const hint = (await client.redeem(benPrepared, code)).json['id_token'] as string;
    const { prepared, callback } = await silent(ana, { id_token_hint: hint });
    expectError(callback, 'login_required', prepared.state);
    expect((await silent(ben, { id_token_hint: hint, scope: 'openid' })).callback.searchParams.has('code')).toBe(true);
  });

  it('prompt=none after max_age is login_required', async () => {
    await stack.later(60, async () => {
      const { prepared, callback } = await silent(ana, { max_age: '30' });
      expectError(callback, 'login_required', prepared.state);
    });
  });

  it.each([{ prompt: 'login' }, { max_age: '0' }])('%j asks a signed-in customer again, and auth_time says so', async (asked) => {
    const visitor = stack.visitor();
    const before = readJws((await obtainTokens(client, visitor, { max_age: '3600' })).idToken!).claims['auth_time'] as number;
    await stack.later(10, async () => {
      const { prepared, url } = await client.begin({ ...asked, claims: '{"id_token":{"auth_time":{"essential":true}}}' });
      expectPage(await visitor.open(url), 200, signIn);
      const code = (await visitor.approve(url, customers.ana)).searchParams.get('code')!;
      const { json } = await client.redeem(prepared, code);
      expect(readJws(json['id_token'] as string).claims['auth_time']).toBeGreaterThanOrEqual(before + 10);
    });
  });

  it('max_age far off asks nobody, and auth_time is the old one', async () => {
    const { prepared, url } = await client.begin({ max_age: '3600' });
    expectPage(await ana.open(url), 200, consent);
    const { json } = await client.redeem(prepared, (await ana.approve(url, customers.ana)).searchParams.get('code')!);
    expect(readJws(json['id_token'] as string).claims['auth_time']).toEqual(expect.any(Number));
  });
});

describe('OIDC-05, OIDC-06: claims and acr', () => {
  it.each(['{"id_token":{"acr":{"essential":true,"value":"urn:example:gold"}}}', '{"id_token":{"acr":{"essential":true,"values":["urn:example:gold","urn:example:silver"]}}}'])('an essential acr nobody can reach is told to the client: %s', async (claims) => {
    const { prepared, url } = await client.begin({ claims });
    const callback = locationOf(await ana.open(url));
    expect(['unmet_authentication_requirements', 'access_denied']).toContain(callback.searchParams.get('error'));
    expectError(callback, callback.searchParams.get('error')!, prepared.state);
  });

  it.each([{ acr_values: 'urn:example:gold' }, { claims: '{"id_token":{"acr":{"value":"urn:example:gold"}}}' }, { claims: '{"id_token":{"acr":{"essential":true}}}' }, { claims: '{"id_token":{"acr":{"essential":true,"value":"urn:assent:acr:password"}}}' }])('%j is answered with the acr there is', async (asked) => {
    const { idToken } = await obtainTokens(client, ana, asked);
    expect(readJws(idToken!).claims['acr']).toBe('urn:assent:acr:password');
  });

  it('single claims come where they were asked for', async () => {
    const { idToken, accessToken } = await obtainTokens(client, ana, { scope: 'openid', claims: '{"id_token":{"email":null},"userinfo":{"name":null}}' });
    expect(readJws(idToken!).claims).toMatchObject({ email: 'ana@example.test' });
    expect(readJws(idToken!).claims).not.toHaveProperty('name');
    expect(Object.keys((await client.userinfo(accessToken)).json).sort()).toEqual(['name', 'sub']);
  });
});

describe('the browser’s answers', () => {
  it('F2-AZ-12: every redirect is 303, F2-NET-08: nothing is shared with other origins', async () => {
    const visitor = stack.visitor();
    const { url } = await client.begin();
    const preflight = new Message({ method: 'OPTIONS', url, headers: [['origin', 'https://evil.example'], ['access-control-request-method', 'GET']] });
    const asked = [await send(preflight, { ca: stack.ca }), await visitor.open(url, (message) => void message.setHeader('origin', 'https://evil.example'))];
    expect(asked[0]!.status).toBe(405);
    await visitor.approve(url, customers.ana);
    const redirects = visitor.answers.filter(({ status }) => status >= 300 && status < 400);
    expect(redirects.length).toBeGreaterThanOrEqual(2);
    for (const { status } of redirects) expect(status).toBe(303);
    for (const { headers } of [...asked, ...visitor.answers]) expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('OpenID Connect Core 3.1.2.1: a request may come as a form, and goes on by GET', async () => {
    const { url } = await client.begin();
    const answer = await ana.open(url, (message) => {
      message.method = 'POST';
      message.body = url.search.slice(1);
      message.url.search = '';
      message.addHeader('content-type', 'application/x-www-form-urlencoded');
    });
    expect(answer.status).toBe(303);
    expectPage((await ana.follow(answer, url)).answer, 200, consent);
  });

  it('HEAD and unknown methods decide nothing', async () => {
    const { url } = await client.begin({ scope: 'openid accounts', prompt: 'none' });
    expect((await ana.open(url, (message) => void (message.method = 'HEAD'))).headers.get('location')).toBeNull();
    for (const method of ['PUT', 'DELETE', 'PATCH']) expect((await ana.open(url, (message) => void (message.method = method))).status).toBe(405);
    expect((await ana.open(url, (message) => void message.addHeader('x-http-method-override', 'POST'))).headers.get('location')).toMatch(/code=/);
  });

  it('says nothing of another host, whatever Host and forwarding headers claim', async () => {
    const { url } = await client.begin();
    for (const name of ['host', 'x-forwarded-host', 'forwarded']) {
      const answer = await stack.visitor().open(url, (message) => void message.setHeader(name, name === 'forwarded' ? 'host=evil.example;proto=http' : 'evil.example'));
      expect(`${answer.text} ${JSON.stringify([...answer.headers])}`).not.toMatch(/evil\.example/);
    }
    const proved = await client.clientCredentials('accounts', { proof: (_, claims) => void (claims['htu'] = 'https://evil.example/fapi2/token'), message: (message) => void message.setHeader('host', 'evil.example') });
    expect(proved.json).toMatchObject({ error: 'invalid_dpop_proof' });
  });

  it('endless addresses and headers end in 4xx, and the server goes on', async () => {
    const { url } = await client.begin();
    expect((await stack.visitor().open(changed(url, (query) => query.set('x', 'y'.repeat(40_000))))).status).toBe(431);
    expect((await stack.visitor().open(url, (message) => void message.setHeader('cookie', `a=${'b'.repeat(40_000)}`))).status).toBe(431);
    expectPage(await stack.visitor().open(url), 200, signIn);
  });
});
