import { customers, type Answer, type Change, type Visitor } from '@assent/testing/fapi';
import { decodeJwt } from 'jose';
import { randomUUID } from 'node:crypto';
import { stopAsCustomer } from '../support/endings.js';
import { expectAnswer, expectRefusedBy, refused } from '../support/refusal.js';
import { SignedParty } from '../support/signed-party.js';
import { startSites, type Sites } from '../support/sites.js';
import type { Stack } from '../support/stack.js';

/* ConnectID over the wire: who somebody is, for a purpose they are shown, told once. */

const rp = (id: string) => ({ id, at: 'connectid', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', metadata: { scope: 'openid', subject_type: 'pairwise', id_token_signed_response_alg: 'PS256' } }) as const;
const account = { id: 'ana-everyday', name: 'Everyday account', iban: 'GB09HBNK40010112344821', openingBalance: '1250.00', historyDays: 5 };
const people = [
  {
    id: 'customer-ana', ...customers.ana, displayName: 'Ana Duarte', accounts: [account],
    claims: { name: 'Ana Duarte', given_name: 'Ana', family_name: 'Duarte', birthdate: '1990-05-31', email: 'ana@example.test', phone_number: '+61400000000', address: { locality: 'Hobart' }, beneficiary_account_au: { account_name: 'A Duarte', account_bsb: '062000', account_number: '12345678' } },
  },
  { id: 'customer-ben', ...customers.ben, displayName: 'Ben Okafor', claims: { name: 'Ben Okafor', given_name: 'Ben' }, accounts: [] },
]; // prettier-ignore

let sites: Sites;
let stack: Stack;
let party: SignedParty;
let other: SignedParty;
let ana: Visitor;
beforeAll(async () => {
  sites = await startSites([rp('shop'), rp('other')], { otherIssuers: [{ name: 'connectid', market: 'connectid' }], sections: { customers: people } });
  ({ stack } = sites);
  [party, other] = [await SignedParty.of(stack, 'shop'), await SignedParty.of(stack, 'other')];
  ana = stack.visitor();
}, 90_000);
afterAll(() => sites?.stop());

type Members = Record<string, unknown>;
const purpose = 'To open an account for you';
const verified = (...names: string[]) => ({ verification: { trust_framework: { value: 'au_connectid' } }, claims: Object.fromEntries(names.map((name) => [name, null])) });
const asking = (claims: object = {}, more: Readonly<Record<string, string | undefined>> = {}) => ({ scope: 'openid', purpose, claims: JSON.stringify(claims), ...more });
const userinfo = (token: string, who = party, change: Change = {}) => who.client.userinfo(token, who.with(change));
const without = { message: (message: { setHeader(name: string, value: string | undefined): unknown }) => void message.setHeader('x-fapi-interaction-id', undefined) };

describe('an identity', () => {
  it('is asked for, agreed to, and told once', async () => {
    const claims = { userinfo: { given_name: { essential: true }, family_name: null, birthdate: null, txn: null, verified_claims: verified('over18', 'over65', 'beneficiary_account_au') }, id_token: { txn: null, verified_claims: verified('over21') } };
    const { prepared, url } = await party.begin(asking(claims));
    const { answer: page, url: at } = await ana.signIn(url, customers.ana);
    // Why, in its words, and what: on the page, before anything is told.
    expect(page.text).toContain(purpose);
    expect(page.text).toContain('Whether you have reached an age');
    expect(page.text).toContain('An account to pay you to');
    expect(page.text).toContain('Share who you are with');
    expect(page.text).not.toMatch(/name="account"|Which accounts|also when you are not using/);
    expect(page.text).not.toMatch(/verified_claims|txn/);
    const callback = new URL((await ana.submit(ana.consentForm(page, at))).headers.get('location')!);
    expect([...callback.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
    const { status, json } = await party.client.redeem(prepared, party.client.callback(callback, prepared).get('code')!, party.with());
    expect([status, json['expires_in'], json['token_type']]).toEqual([200, 600, 'Bearer']);
    expect(Object.keys(json).sort()).toEqual(['access_token', 'expires_in', 'id_token', 'scope', 'token_type']);
    const idToken = decodeJwt(json['id_token'] as string);
    expect(idToken).toMatchObject({ nonce: prepared.nonce, verified_claims: { verification: { trust_framework: 'au_connectid' }, claims: { over21: true } } });
    expect(idToken).not.toHaveProperty('given_name');
    const told = await userinfo(json['access_token'] as string);
    expect(told.json).toEqual({
      sub: idToken.sub,
      given_name: 'Ana',
      family_name: 'Duarte',
      birthdate: '1990-05-31',
      txn: idToken['txn'],
      verified_claims: { verification: { trust_framework: 'au_connectid', txn: idToken['txn'] }, claims: { over18: true, over65: false, beneficiary_account_au: { account_name: 'A Duarte', account_bsb: '062000', account_number: '12345678' } } },
    });
    expect(idToken['txn']).toMatch(/^\S{16,}$/);
  });

  it('has a number of its own each time, and another subject for each client', async () => {
    const ask = asking({ id_token: { txn: null } });
    const tokens = [await party.granted(ask, ana), await party.granted(ask, ana), await other.granted(ask, ana)];
    const ids = tokens.map(({ answer }) => decodeJwt(answer.json['id_token'] as string));
    expect(new Set(ids.map(({ txn }) => txn)).size).toBe(3);
    expect(ids[0]!.sub).toBe(ids[1]!.sub);
    expect(ids[2]!.sub).not.toBe(ids[0]!.sub);
    expect(ids.map(({ sub }) => sub)).not.toContain('customer-ana');
  });

  it('tells no more than was asked, and nothing the bank does not hold', async () => {
    const { accessToken } = await party.granted(asking({ userinfo: { given_name: null, middle_name: null, verified_claims: verified('over18') } }), stack.visitor(), customers.ben);
    const { json } = await userinfo(accessToken);
    expect(Object.keys(json).sort()).toEqual(['given_name', 'sub']);
  });

  it('of another trust framework is not vouched for', async () => {
    const { accessToken } = await party.granted(asking({ userinfo: { verified_claims: { ...verified('over18'), verification: { trust_framework: { value: 'eidas' } } } } }), ana);
    expect(Object.keys((await userinfo(accessToken)).json)).toEqual(['sub']);
  });

  it('opens no accounts, and is of use to its own certificate alone', async () => {
    const { accessToken } = await party.granted(asking(), ana);
    expect((await userinfo(accessToken, other)).status).toBe(401);
    expect((await userinfo(accessToken, party, { identity: null })).status).toBe(401);
    expect((await party.client.call(`${stack.resource}/accounts`, accessToken)).status).toBe(401);
    expect((await party.send('GET', '/accounts', accessToken, { headers: { 'x-fapi-interaction-id': randomUUID() } })).status).toBe(404);
  });
});

describe('x-fapi-interaction-id', () => {
  const echoed = ({ headers }: Answer) => headers.get('x-fapi-interaction-id');

  it('is answered at PAR, token and UserInfo, the same', async () => {
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    const sending = (id: string) => ({ message: (message: { setHeader(name: string, value: string): unknown }) => void message.setHeader('x-fapi-interaction-id', id) });
    const { answer } = await party.push(asking(), sending(ids[0]!));
    const { prepared, code } = await party.authorized(asking(), ana);
    const redeemed = await party.client.redeem(prepared, code, sending(ids[1]!));
    const told = await party.client.userinfo(redeemed.json['access_token'] as string, sending(ids[2]!));
    expect([echoed(answer), echoed(redeemed), echoed(told)]).toEqual(ids);
  });

  it('is missed at each of them', async () => {
    expectAnswer((await party.push(asking(), without)).answer, refused('invalid_request'));
    const { prepared, code } = await party.authorized(asking(), ana);
    expectAnswer(await party.client.redeem(prepared, code), refused('invalid_request'));
    const { accessToken } = await party.granted(asking(), ana);
    expect((await party.client.userinfo(accessToken)).status).toBe(400);
    expect((await userinfo(accessToken)).status).toBe(200);
  });
});

describe('a request', () => {
  const seconds = () => Math.floor(Date.now() / 1000);
  const object = (mutate: (claims: Members) => void) => ({ object: (_: unknown, claims: unknown) => mutate(claims as Members) });

  it.each<[string, () => object]>([
    ['a purpose of 3 characters', () => object((claims) => Object.assign(claims, { purpose: 'KYC' }))],
    ['a purpose of 280 Hangul characters', () => object((claims) => Object.assign(claims, { purpose: '가'.repeat(280) }))],
    ['a purpose of 300', () => object((claims) => Object.assign(claims, { purpose: 'x'.repeat(300) }))],
    ['nbf fourteen minutes ago', () => object((claims) => Object.assign(claims, { nbf: seconds() - 540, exp: seconds() + 40 }))],
    ['ten minutes between nbf and exp', () => object((claims) => Object.assign(claims, { nbf: seconds(), exp: seconds() + 600 }))],
  ])('is taken with %s', async (_, change) => {
    expectAnswer((await party.push(asking(), change())).answer, { status: 201, error: null });
  });

  it.each<[string, string, string, () => object]>([
    ['CID-PUR-01', 'a purpose of 301 characters', 'invalid_request', () => object((claims) => Object.assign(claims, { purpose: '가'.repeat(301) }))],
    ['CID-PUR-01', 'a purpose of 2', 'invalid_request', () => object((claims) => Object.assign(claims, { purpose: 'ID' }))],
    ['CID-PUR-01', 'no purpose', 'invalid_request', () => object((claims) => delete claims['purpose'])],
    ['CID-PUR-02', 'a purpose that turns its direction', 'invalid_request', () => object((claims) => Object.assign(claims, { purpose: 'To \u202epay' }))],
    ['CID-VC-01', 'verified_claims without a framework', 'invalid_request', () => object((claims) => Object.assign(claims, { claims: { userinfo: { verified_claims: { claims: { over18: null } } } } }))],
    ['MS-JAR-06', 'eleven minutes between nbf and exp', 'invalid_request_object', () => object((claims) => Object.assign(claims, { nbf: seconds(), exp: seconds() + 660 }))],
    ['MS-JAR-05', 'nbf sixteen minutes ago', 'invalid_request_object', () => object((claims) => Object.assign(claims, { nbf: seconds() - 960, exp: seconds() + 30 }))],
    ['MS-JAR-04', 'aud of an endpoint', 'invalid_request_object', () => object((claims) => Object.assign(claims, { aud: `${party.client.as.issuer}/par` }))],
    ['ASSENT-PAR-02', 'a signed response', 'invalid_request', () => object((claims) => Object.assign(claims, { response_mode: 'jwt' }))],
    ['ASSENT-SCOPE-02', 'the scope of accounts', 'invalid_scope', () => object((claims) => Object.assign(claims, { scope: 'openid accounts' }))],
    ['RR-04', 'details of ours', 'invalid_authorization_details', () => object((claims) => Object.assign(claims, { authorization_details: [{ type: 'urn:assent:connectid:identity', purpose }] }))],
  ])('%s: is refused with %s', async (rule, _title, error, change) => {
    await expectRefusedBy(stack.asLog, (await party.push(asking(), change())).answer, { rule, expect: refused(error) });
  });

  it('is refused unsigned', async () => {
    const prepared = await party.client.prepare(asking());
    await expectRefusedBy(stack.asLog, await party.client.push(prepared, party.with()), { rule: 'MS-JAR-01', expect: refused('invalid_request') });
  });

  it('shows hostile words as they are, and no more', async () => {
    const { url } = await party.begin(asking({}, { purpose: '<script>alert(1)</script> & "quotes"' }));
    const { answer } = await ana.signIn(url, customers.ana);
    expect(answer.text).toMatch(/&lt;script(>|&gt;)alert\(1\)/);
    expect(answer.text).not.toContain('<script>alert');
  });
});

describe('what was told has one life', () => {
  it('stops when the customer stops it', async () => {
    const { answer, accessToken } = await party.granted(asking({ userinfo: { given_name: null } }), ana);
    expect((await userinfo(accessToken)).status).toBe(200);
    const { rows } = await stack.database.pool.query<{ id: string }>('SELECT id FROM assent."grant" WHERE issuer = $1 ORDER BY created_at DESC LIMIT 1', [party.client.as.issuer]);
    await stopAsCustomer(sites, rows[0]!.id);
    expect((await userinfo(accessToken)).status).toBe(401);
    expect(answer.json).not.toHaveProperty('refresh_token');
  });

  it('is refused: nothing is told', async () => {
    const { url, prepared } = await party.begin(asking());
    const { answer, url: at } = await ana.signIn(url, customers.ana);
    const callback = await ana.cancel(answer, at);
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({ error: 'access_denied', state: prepared.state });
  });

  it('ends with its access token', async () => {
    const { accessToken } = await party.granted(asking(), ana);
    await stack.later(601, async () => expect((await userinfo(accessToken)).status).toBe(401));
    await party.client.revoke(accessToken, party.with());
    expect((await userinfo(accessToken)).status).toBe(401);
  });
});

it('says in its metadata what it is', () => {
  const as = party.client.as as unknown as Members;
  expect(as).toMatchObject({
    subject_types_supported: ['pairwise'],
    claims_parameter_supported: true,
    scopes_supported: ['openid'],
    request_object_signing_alg_values_supported: ['PS256'],
    id_token_signing_alg_values_supported: ['PS256'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    verified_claims_supported: true,
    trust_frameworks_supported: ['au_connectid'],
  });
  for (const endpoint of ['token_endpoint', 'pushed_authorization_request_endpoint', 'userinfo_endpoint']) expect(as['mtls_endpoint_aliases']).toHaveProperty(endpoint);
  expect(as['claims_supported']).toEqual(expect.arrayContaining(['given_name', 'middle_name', 'family_name', 'email', 'birthdate', 'phone_number', 'address', 'txn']));
  expect(as['authorization_details_types_supported'] ?? []).not.toContain('urn:assent:connectid:identity');
});
