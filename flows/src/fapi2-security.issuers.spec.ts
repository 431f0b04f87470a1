import { customers, FapiClient, headingOf, Message, readJws, send } from '@assent/testing/fapi';
import { matrix, obtainTokens, startStack, type Authorized, type Stack, type Tokens } from './support/stack.js';

/* Several issuers in one process, with the same clients and keys: what one of them issued is worth nothing at another. */

let stack: Stack;
let here: FapiClient;
let there: FapiClient;
let good: Tokens & Authorized;
beforeAll(async () => {
  stack = await startStack({ clients: matrix.slice(0, 3), otherIssuers: ['second'] });
  here = await stack.party('jwt-dpop');
  const second = await FapiClient.open({ client: stack.client('jwt-dpop'), issuer: stack.issuer.replace(/fapi2$/, 'second'), ca: stack.ca });
  // The same client with the same DPoP key, or the key alone would already be refused.
  there = Object.assign(second, { dpop: here.dpop });
  good = await obtainTokens(here, stack.visitor());
}, 60_000);
afterAll(() => stack?.stop());

it('each is complete: the whole flow works at the other one too', async () => {
  const tokens = await obtainTokens(there, stack.visitor());
  expect(readJws(tokens.idToken!).claims['iss']).toBe(there.as.issuer);
  expect((await there.call(`${stack.resource}/accounts`, tokens.accessToken)).status).toBe(200);
});

it('an access token of one is none at the other', async () => {
  expect((await there.userinfo(good.accessToken)).json).toMatchObject({ error: 'invalid_token' });
  expect((await there.introspect(good.accessToken)).json).toEqual({ active: false });
  const opaque = await stack.party('ca-dpop');
  const { accessToken } = await obtainTokens(opaque, stack.visitor());
  const opaqueThere = Object.assign(await FapiClient.open({ client: stack.client('ca-dpop'), issuer: there.as.issuer, ca: stack.ca }), { dpop: opaque.dpop });
  expect((await opaqueThere.userinfo(accessToken)).json).toMatchObject({ error: 'invalid_token' });
  expect((await opaqueThere.introspect(accessToken)).json).toEqual({ active: false });
  expect((await opaque.userinfo(accessToken)).status).toBe(200);
});

it('a refresh token of one is none at the other, which cannot end it either', async () => {
  expect((await there.refresh(good.refreshToken)).json).toMatchObject({ error: 'invalid_grant' });
  expect((await there.introspect(good.refreshToken)).json).toEqual({ active: false });
  await there.revoke(good.refreshToken);
  await there.revoke(good.accessToken);
  expect((await here.refresh(good.refreshToken)).status).toBe(200);
  expect((await here.userinfo(good.accessToken)).status).toBe(200);
});

it('a code of one is none at the other', async () => {
  const { prepared, url } = await here.begin();
  const code = (await stack.visitor().approve(url, customers.ana)).searchParams.get('code')!;
  expect((await there.redeem(prepared, code)).json).toMatchObject({ error: 'invalid_grant' });
});

it('a request pushed to one is unknown to the other', async () => {
  const { requestUri } = await here.begin();
  const answer = await stack.visitor().open(there.authorizationUrl(requestUri));
  expect([answer.status, headingOf(answer)]).toEqual([400, 'We don’t know this request']);
});

it('F2-AS-08: an assertion for one is none for the other', async () => {
  const answer = await there.push(await there.prepare(), { assertion: (_, claims) => void (claims['aud'] = stack.issuer) });
  expect([answer.status, answer.json['error']]).toEqual([401, 'invalid_client']);
});

it('F2-CL-10: each names itself in its answers, so that a client cannot mix them up', async () => {
  const { prepared, url } = await here.begin();
  const callback = await stack.visitor().approve(url, customers.ana);
  expect(callback.searchParams.get('iss')).toBe(stack.issuer);
  expect(() => there.callback(callback, prepared)).toThrow(/iss/);
});

it('they share no signing key', async () => {
  const kids = await Promise.all([here, there].map(async ({ as }) => ((await send(new Message({ method: 'GET', url: as.jwks_uri! }), { ca: stack.ca })).json['keys'] as { kid: string }[]).map(({ kid }) => kid)));
  expect(kids[0]!.filter((kid) => kids[1]!.includes(kid))).toEqual([]);
});
