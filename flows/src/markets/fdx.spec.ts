import { customers, headingOf, offeredAccounts, type Visitor } from '@assent/testing/fapi';
import { decodeJwt } from 'jose';
import { stopAsCustomer, stopAsStaff } from '../support/endings.js';
import { expectAnswer, expectRefusedBy, refused } from '../support/refusal.js';
import { startSites, type Sites } from '../support/sites.js';
import type { Stack } from '../support/stack.js';

/* FDX over the wire: a consent request in authorization_details, its grant, its data, its end. */

const scope = 'openid fdx:consents fdx:accountbasic:read fdx:accountdetailed:read fdx:transactions:read fdx:statements:read fdx:customercontact:read';
const recipient = (id: string, auth: 'private_key_jwt' | 'tls_client_auth') => ({ id, at: 'fdx', auth, constraint: 'mtls', alg: 'PS256', metadata: { scope, authorization_details_types: ['fdx_v1.0'], id_token_signed_response_alg: 'PS256' } }) as const;

let sites: Sites;
let stack: Stack;
let ana: Visitor;
type Party = 'seedling' | 'other';
beforeAll(async () => {
  sites = await startSites([recipient('seedling', 'tls_client_auth'), recipient('other', 'private_key_jwt')], { otherIssuers: [{ name: 'fdx', market: 'fdx' }] });
  ({ stack } = sites);
  ana = stack.visitor();
}, 90_000);
afterAll(() => sites?.stop());

type Members = Readonly<Record<string, unknown>>;
const ofAccounts = { resourceType: 'ACCOUNT', dataClusters: ['ACCOUNT_DETAILED', 'TRANSACTIONS'] };
const ofCustomer = { resourceType: 'CUSTOMER', dataClusters: ['CUSTOMER_CONTACT'] };
const consent = (changes: Members = {}) => ({ type: 'fdx_v1.0', consentRequest: { durationType: 'TIME_BOUND', durationPeriod: 90, lookbackPeriod: 10, resources: [ofAccounts, ofCustomer], ...changes } });
const once = { durationType: 'ONE_TIME', durationPeriod: undefined };
const asking = (...details: object[]) => ({ scope, authorization_details: JSON.stringify(details) });
const base = () => `${stack.resource}/fdx/fdx/v6`;

async function granted(changes: Members = {}, id: Party = 'seedling', accounts = ['ana-everyday']) {
  const client = await stack.party(id);
  const { url, prepared } = await client.begin(asking(consent(changes)));
  const callback = await ana.approve(url, { ...customers.ana, accounts });
  const { status, json } = await client.redeem(prepared, callback.searchParams.get('code')!);
  if (status !== 200) throw new Error(JSON.stringify(json));
  return { client, json, token: json['access_token'] as string, refreshToken: json['refresh_token'] as string | undefined, grantId: json['grant_id'] as string };
}
const get = async (path: string, token: string, id: Party = 'seedling') => (await stack.party(id)).call(`${base()}${path}`, token);
const ownToken = async (id: Party = 'seedling') => (await (await stack.party(id)).clientCredentials('fdx:consents')).json['access_token'] as string;
const recordOf = async (grantId: string) => (await get(`/consents/${grantId}`, await ownToken())).json;
const end = async (grantId: string, body: Members, id: Party = 'seedling') =>
  (await stack.party(id)).call(`${base()}/consents/${grantId}/revocation`, await ownToken(id), { message: (message) => void (message.setHeader('content-type', 'application/json').body = JSON.stringify(body)) }, 'PUT'); // prettier-ignore
const user = { reason: 'USER_ACTION', initiator: 'INDIVIDUAL' };

describe('a consent grant', () => {
  it('is asked for, used, and told', async () => {
    const { json, token, grantId, refreshToken } = await granted();
    expect(json).toMatchObject({ token_type: 'Bearer', authorization_details: [{ type: 'fdx_v1.0', accounts: ['ana-everyday'] }] });
    expect(decodeJwt(token)['grant_id']).toBe(grantId);
    expect((await get('/accounts', token)).json).toMatchObject({ accounts: [{ accountId: 'ana-everyday', accountType: 'CHECKING', accountNumberDisplay: '4821', currentBalance: expect.any(Number) }] });
    expect((await get('/accounts/ana-everyday', token)).json).toMatchObject({ accountId: 'ana-everyday' });
    expect((await get('/customers/current', token)).json).toMatchObject({ email: ['ana@example.test'] });
    const { transactions } = (await get('/accounts/ana-everyday/transactions', token)).json as { transactions: { postedTimestamp: string }[] };
    const earliest = new Date(Date.now() - 10 * 86_400_000).toISOString().slice(0, 10);
    expect(transactions.map(({ postedTimestamp }) => postedTimestamp.slice(0, 10)).sort()[0]! >= earliest).toBe(true);
    expect(await recordOf(grantId)).toMatchObject({ id: grantId, status: 'ACTIVE', durationType: 'TIME_BOUND', durationPeriod: 90, lookbackPeriod: 10, resources: [{ resourceType: 'ACCOUNT', resourceId: 'ana-everyday' }, { resourceType: 'CUSTOMER' }] });
    const { expirationTime } = (await recordOf(grantId)) as { expirationTime: string };
    expect(Math.abs(Date.parse(expirationTime) - Date.now() - 90 * 86_400_000)).toBeLessThan(120_000);
    expect((await get(`/consents/${grantId}`, token)).json).toMatchObject({ status: 'ACTIVE' });
    const client = await stack.party('seedling');
    expect((await client.introspect(token)).json).toMatchObject({ active: true, grant_id: grantId });
    expect((await client.refresh(refreshToken!)).json).toMatchObject({ grant_id: grantId });
  });

  it('for once gives no refresh token, and is over with its access token', async () => {
    const { json, token, grantId } = await granted(once);
    expect(json).not.toHaveProperty('refresh_token');
    expect((await get('/accounts', token)).status).toBe(200);
    await stack.later(700, async () => {
      expect((await get('/accounts', token)).status).toBe(401);
      expect(await recordOf(grantId)).toMatchObject({ status: 'EXPIRED' });
    });
  });

  it('until it is stopped lasts a year', async () => {
    const { grantId } = await granted({ durationType: 'PERSISTENT', durationPeriod: undefined });
    const { expirationTime } = (await recordOf(grantId)) as { expirationTime: string };
    expect(Math.round((Date.parse(expirationTime) - Date.now()) / 86_400_000)).toBe(365);
  });

  it('opens no more than its clusters', async () => {
    const { token } = await granted({ resources: [{ resourceType: 'ACCOUNT', dataClusters: ['ACCOUNT_BASIC'] }] });
    expect((await get('/accounts', token)).text).not.toContain('currentBalance');
    for (const path of ['/accounts/ana-everyday', '/accounts/ana-everyday/transactions', '/customers/current', '/accounts/ana-everyday/statements']) {
      const { status, json } = await get(path, token);
      expect([path, status, json]).toEqual([path, 403, { code: '602', message: 'Not authorized', debugMessage: expect.any(String) }]);
    }
    const { token: more } = await granted();
    expect((await get('/accounts/ana-savings', more)).json).toMatchObject({ code: '701' });
    expect((await get('/accounts', more, 'other')).status).toBe(401);
    expect((await get('/nothing', more)).json).toMatchObject({ code: '701' });
  });

  it('of the customer alone asks for no account', async () => {
    const client = await stack.party('seedling');
    const { url } = await client.begin(asking(consent({ resources: [ofCustomer] })));
    const { answer } = await ana.signIn(url, customers.ana);
    expect([headingOf(answer), offeredAccounts(answer)]).toEqual(['Share who you are with Test seedling?', []]);
  });

  it.each<[string, string, () => object[]]>([
    ['RR-04', 'without days for a time', () => [consent({ durationPeriod: undefined })]],
    ['RR-04', 'with days for once', () => [consent({ durationType: 'ONE_TIME' })]],
    ['RR-04', 'of another duration', () => [consent({ ...once, durationType: 'FOREVER' })]],
    ['RR-04', 'of clusters nobody knows', () => [consent({ resources: [{ resourceType: 'ACCOUNT', dataClusters: ['EVERYTHING'] }] })]],
    ['RR-04', 'of nothing', () => [consent({ resources: [] })]],
    ['FDX-RAR-01', 'twice', () => [consent(), consent(once)]],
    ['FDX-RAR-02', 'with accounts', () => [{ ...consent(), accounts: ['ana-everyday'] }]],
  ])('%s: is refused %s', async (rule, _, details) => {
    const client = await stack.party('seedling');
    await expectRefusedBy(stack.asLog, await client.push(await client.prepare(asking(...details()))), { rule, expect: refused('invalid_authorization_details') });
  });

  it('is refused without any', async () => {
    const client = await stack.party('seedling');
    expectAnswer(await client.push(await client.prepare({ scope })), refused('invalid_authorization_details'));
  });
});

describe('consent and tokens have one life', () => {
  const expectEnded = async ({ client, token, refreshToken, grantId }: Awaited<ReturnType<typeof granted>>, revocation: object) => {
    const began = performance.now();
    while ((await get('/accounts', token)).status === 200) if (performance.now() - began > 1000) throw new Error('still open after a second');
    expect((await client.refresh(refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
    expect((await client.introspect(token)).json).toEqual({ active: false });
    expect(await recordOf(grantId)).toMatchObject({ status: 'REVOKED' });
    expect((await get(`/consents/${grantId}/revocation`, await ownToken())).json).toMatchObject({ revocations: [{ status: 'REVOKED', ...revocation }] });
  };

  it('ended by the data recipient, with a reason', async () => {
    const one = await granted();
    expect((await end(one.grantId, {})).status).toBe(400);
    expect((await end(one.grantId, { ...user, initiator: 'NOBODY' })).status).toBe(400);
    expect((await end(one.grantId, user, 'other')).status).toBe(404);
    expect((await get('/accounts', one.token)).status).toBe(200);
    expect((await end(one.grantId, { reason: 'BUSINESS_RULE', initiator: 'DATA_RECIPIENT' })).status).toBe(204);
    await expectEnded(one, { reason: 'BUSINESS_RULE', initiator: 'DATA_RECIPIENT' });
    expect((await end(one.grantId, user)).status).toBe(409);
  });

  it('ended by the customer and by the bank', async () => {
    for (const [stop, revocation] of [[stopAsCustomer, { reason: 'USER_ACTION', initiator: 'INDIVIDUAL' }], [stopAsStaff, { reason: 'BUSINESS_RULE', initiator: 'DATA_PROVIDER' }]] as const) {
      const one = await granted();
      await stop(sites, one.grantId);
      await expectEnded(one, revocation);
    }
  });

  it('ended while it is refreshed: whoever wins, both agree', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { client, grantId, refreshToken } = await granted();
      const [refreshed, ended] = await Promise.all([client.refresh(refreshToken!), end(grantId, user)]);
      expect(ended.status).toBe(204);
      expect(await recordOf(grantId)).toMatchObject({ status: 'REVOKED' });
      const began = performance.now();
      while (refreshed.status === 200 && (await get('/accounts', refreshed.json['access_token'] as string)).status === 200) if (performance.now() - began > 1000) throw new Error('still open after a second');
    }
  });

  it('over in time', async () => {
    const { token, grantId, refreshToken, client } = await granted({ durationPeriod: 1 });
    await stack.later(2 * 86_400, async () => {
      expect((await get('/accounts', token)).status).toBe(401);
      expect((await client.refresh(refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
      expect(await recordOf(grantId)).toMatchObject({ status: 'EXPIRED' });
    });
  });
});
