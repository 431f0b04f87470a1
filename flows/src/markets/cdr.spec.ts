import { customers, freePorts, type Answer, type Change, type Visitor, type WantedClient } from '@assent/testing/fapi';
import { compactDecrypt, createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as oauth from 'oauth4webapi';
import { stopAsCustomer, stopAsStaff, withinASecond } from '../support/endings.js';
import { MarketParty, type Members } from '../support/market-party.js';
import { NotificationEndpoint } from '../support/notified.js';
import { accepted, expectAnswer, expectRefusedBy, refused } from '../support/refusal.js';
import { fetching, jarmResponse, type SignedChange } from '../support/signed.js';
import { startSites, type Sites } from '../support/sites.js';

/* The Australian Consumer Data Right: pushed requests, signed responses, arrangements, versions. */

const data = ['bank:accounts.basic:read', 'bank:accounts.detail:read', 'bank:transactions:read', 'common:customer.basic:read', 'common:customer.detail:read'];
const party = (id: string, metadata: Members = {}): WantedClient => ({
  id, at: 'cdr', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256',
  metadata: { scope: ['openid', 'profile', ...data].join(' '), id_token_signed_response_alg: 'PS256', authorization_signed_response_alg: 'PS256', subject_type: 'pairwise', organisation: { legal_name: `${id} Pty Ltd`, purpose: 'To show your spending.' }, ...metadata },
}); // prettier-ignore

let sites: Sites;
let adr: MarketParty;
let other: MarketParty;
let ana: Visitor;
let ben: Visitor;
/** Where the recipient has its own endpoints. */
let recipient: NotificationEndpoint;
let recipientBase: string;
const signedIn = (): Readonly<Record<string, string>> => ({ 'x-v': '9', 'x-min-v': '1', 'x-fapi-auth-date': new Date(Date.now() - 600_000).toUTCString() });
beforeAll(async () => {
  const [port] = await freePorts(1);
  recipientBase = `https://localhost:${port}/cdr`;
  const sealed = { ...party('sealed', { authorization_encrypted_response_alg: 'RSA-OAEP-256', authorization_encrypted_response_enc: 'A256GCM' }), encryption: 'RSA-OAEP-256' as const };
  sites = await startSites([party('budget', { recipient_base_uri: recipientBase }), party('lender'), sealed], { otherIssuers: [{ name: 'cdr', market: 'cdr', signingAlgs: ['PS256', 'ES256'] }] });
  recipient = await NotificationEndpoint.open(port!, sites.stack.server);
  const open = async (id: string) => new MarketParty(await sites.stack.party(id), `${sites.stack.resource}/cdr`, signedIn);
  [adr, other] = [await open('budget'), await open('lender')];
  [ana, ben] = [sites.stack.visitor(), sites.stack.visitor()];
}, 90_000);
afterAll(async () => {
  await recipient?.close();
  await sites?.stop();
});

const accountsPath = '/cds-au/v1/banking/accounts';
const usual = 'openid profile bank:accounts.basic:read bank:transactions:read common:customer.basic:read';
const quarter = 7_776_000;
const claims = (more: Members = { sharing_duration: quarter }) => JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:cds.au:cdr:2'] } }, ...more });
const asking = (more?: Members, scope = usual) => ({ scope, response_mode: 'jwt', claims: claims(more) });
const dataOf = ({ json }: Answer) => json['data'] as Record<string, unknown>;
const errorOf = ({ status, json }: Answer) => [status, (json['errors'] as { code: string }[] | undefined)?.[0]?.code.replace('urn:au-cds:error:', '')];
const by = (answer: Answer, rule: string, code: string) => expectRefusedBy(sites.stack.asLog, answer, { rule, expect: refused(code) });

interface Shared {
  readonly arrangement: string;
  readonly access: string;
  readonly refresh: string | undefined;
  readonly answer: Members;
}
async function shared(more?: Members, { accounts = ['ana-everyday'], scope = usual, as = adr }: { accounts?: readonly string[]; scope?: string; as?: MarketParty } = {}): Promise<Shared> {
  const { prepared, url } = await as.begin(asking(more, scope));
  const callback = await ana.approve(url, { ...customers.ana, accounts });
  const response = await jarmResponse(as.client, sites.stack.ca, callback, prepared.state);
  const { status, json } = await as.redeem(prepared, response.get('code')!);
  if (status !== 200) throw new Error(`not redeemed: ${JSON.stringify(json)}`);
  return { arrangement: json['cdr_arrangement_id'] as string, access: json['access_token'] as string, refresh: json['refresh_token'] as string | undefined, answer: json };
}
const accountsOf = (token: string, as = adr) => as.api(accountsPath, token);

describe('the whole journey', () => {
  let one: Shared;
  it('pushes, asks, allows in a signed response, and redeems', async () => {
    const { prepared, url, expiresIn } = await adr.begin(asking());
    expect(expiresIn).toBeGreaterThanOrEqual(10);
    expect(expiresIn).toBeLessThanOrEqual(90);
    const { answer: page, url: at } = await ana.signIn(url, customers.ana);
    for (const words of ['budget Pty Ltd', 'Account name, type and balance', 'Transaction details', 'Name and occupation', 'Everyday account']) expect(page.text).toContain(words);
    const allowed = await ana.submit(ana.consentForm(page, at, ['ana-everyday']));
    const callback = new URL(allowed.headers.get('location')!);
    expect([...callback.searchParams.keys()]).toEqual(['response']);
    const response = await jarmResponse(adr.client, sites.stack.ca, callback, prepared.state);
    const { status, json } = await adr.redeem(prepared, response.get('code')!);
    expect([status, json['token_type'], json['scope']]).toEqual([200, 'Bearer', usual]);
    expect(json['expires_in']).toBeGreaterThanOrEqual(120);
    expect(json['expires_in']).toBeLessThanOrEqual(600);
    expect(json).toMatchObject({ cdr_arrangement_id: expect.stringMatching(/^[\w-]{22,}$/), refresh_token: expect.any(String) });
    expect(json).not.toHaveProperty('authorization_details');
    const idToken = json['id_token'] as string;
    expect(idToken.split('.')).toHaveLength(3);
    expect(decodeJwt(idToken)).toMatchObject({ acr: 'urn:cds.au:cdr:2', nonce: prepared.nonce });
    for (const personal of ['name', 'email', 'given_name']) expect(decodeJwt(idToken)).not.toHaveProperty(personal);
    one = { arrangement: json['cdr_arrangement_id'] as string, access: json['access_token'] as string, refresh: json['refresh_token'] as string, answer: json };
  });

  it('keeps the arrangement and the refresh token over refreshes', async () => {
    const { status, json } = await adr.refresh(one.refresh!);
    expect([status, json['cdr_arrangement_id'], json['refresh_token'] ?? one.refresh]).toEqual([200, one.arrangement, one.refresh]);
    expect((await accountsOf(json['access_token'] as string)).status).toBe(200);
  });

  it('tells each client of another subject', async () => {
    const theirs = await shared(undefined, { as: other });
    const [mine, his] = [one.answer, theirs.answer].map((answer) => decodeJwt(answer['id_token'] as string).sub);
    expect(mine).not.toBe(his);
    expect(theirs.arrangement).not.toBe(one.arrangement);
  });

  it('reads what was shared, cluster by cluster', async () => {
    const accounts = await accountsOf(one.access);
    expect([accounts.status, accounts.headers.get('x-v'), accounts.headers.get('x-fapi-interaction-id')]).toEqual([200, '2', expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(accounts.json).toMatchObject({ data: { accounts: [{ accountId: 'ana-everyday', maskedNumber: 'xxxx xxxx 4821', openStatus: 'OPEN' }] }, links: { self: expect.any(String) }, meta: { totalRecords: 1, totalPages: 1 } });
    expect(dataOf(await adr.api(`${accountsPath}/ana-everyday/balance`, one.access))).toMatchObject({ accountId: 'ana-everyday', currentBalance: expect.stringMatching(/^-?\d+\.\d{2}$/) });
    expect(dataOf(await adr.api(`${accountsPath}/balances`, one.access))).toMatchObject({ balances: [{ accountId: 'ana-everyday' }] });
    expect(dataOf(await adr.api(`${accountsPath}/balances`, one.access, { method: 'POST', json: { data: { accountIds: ['ana-everyday'] }, meta: {} } }))).toMatchObject({ balances: [{ accountId: 'ana-everyday' }] });
    const { transactions } = dataOf(await adr.api(`${accountsPath}/ana-everyday/transactions`, one.access)) as { transactions: { transactionId: string }[] };
    expect(transactions.length).toBeGreaterThan(0);
    expect(dataOf(await adr.api(`${accountsPath}/ana-everyday/transactions/${transactions[0]!.transactionId}`, one.access))).toMatchObject({ transactionId: transactions[0]!.transactionId });
    expect(dataOf(await adr.api('/cds-au/v1/common/customer', one.access))).toMatchObject({ customerUType: 'person', person: { firstName: 'Ana', lastName: 'Duarte' } });
    // Detail is another cluster than basic.
    expect(errorOf(await adr.api(`${accountsPath}/ana-everyday`, one.access))).toEqual([403, 'cds-all:Authorisation/InvalidConsent']);
    expect(errorOf(await adr.api('/cds-au/v1/common/customer/detail', one.access))).toEqual([403, 'cds-all:Authorisation/InvalidConsent']);
    const detail = await shared(undefined, { scope: 'openid bank:accounts.basic:read bank:accounts.detail:read' });
    expect(dataOf(await adr.api(`${accountsPath}/ana-everyday`, detail.access))).toMatchObject({ accountId: 'ana-everyday', accountNumber: '12344821' });
  });

  it('answers each refusal in the market’s format', async () => {
    expect(errorOf(await adr.api(`${accountsPath}/ana-savings/balance`, one.access))).toEqual([404, 'cds-banking:Authorisation/InvalidBankingAccount']);
    expect(errorOf(await adr.api(`${accountsPath}/balances`, one.access, { method: 'POST', json: { data: { accountIds: ['ana-savings'] } } }))).toEqual([422, 'cds-banking:Authorisation/InvalidBankingAccount']);
    expect(errorOf(await adr.api(accountsPath, undefined))).toEqual([401, 'cds-all:GeneralError/Expected']);
    expect(errorOf(await adr.api(accountsPath, one.access, { identity: null }))).toEqual([401, 'cds-all:GeneralError/Expected']);
    expect(errorOf(await adr.api('/cds-au/v1/banking/products', one.access))).toEqual([404, 'cds-all:Resource/NotImplemented']);
    expect(errorOf(await adr.api('/cds-au/v1/banking/loans', one.access))).toEqual([404, 'cds-all:Resource/NotFound']);
    expect(errorOf(await adr.api(`${accountsPath}?page-size=1001`, one.access))).toEqual([400, 'cds-all:Field/InvalidPageSize']);
  });

  it('negotiates the version, and reads the headers of the customer', async () => {
    const rows: readonly [Readonly<Record<string, string | undefined>>, readonly unknown[]][] = [
      [{ 'x-v': '2', 'x-min-v': undefined }, [200, undefined]],
      [{ 'x-v': undefined }, [400, 'cds-all:Header/Missing']],
      [{ 'x-v': 'two' }, [400, 'cds-all:Header/InvalidVersion']],
      [{ 'x-v': '1', 'x-min-v': undefined }, [406, 'cds-all:Header/UnsupportedVersion']],
      [{ 'x-v': '9', 'x-min-v': '8' }, [406, 'cds-all:Header/UnsupportedVersion']],
      [{ 'x-fapi-auth-date': undefined }, [400, 'cds-all:Header/Missing']],
      [{ 'x-fapi-auth-date': 'yesterday' }, [400, 'cds-all:Header/Invalid']],
      [{ 'x-fapi-customer-ip-address': '10.0.0.7' }, [400, 'cds-all:Header/Missing']],
      [{ 'x-fapi-customer-ip-address': '10.0.0.7', 'x-cds-client-headers': 'TW96aWxsYQ==' }, [200, undefined]],
      [{ 'x-cds-client-headers': 'Mozilla!' }, [400, 'cds-all:Header/Invalid']],
      [{ 'x-fapi-interaction-id': 'one' }, [400, 'cds-all:Header/Invalid']],
      [{ 'x-fapi-interaction-id': undefined }, [200, undefined]],
    ];
    for (const [headers, expected] of rows) expect([headers, errorOf(await adr.api(accountsPath, one.access, { headers }))]).toEqual([headers, expected]);
    const id = randomUUID();
    expect((await adr.api(accountsPath, one.access, { headers: { 'x-fapi-interaction-id': id } })).headers.get('x-fapi-interaction-id')).toBe(id);
    expect((await adr.api(accountsPath, one.access, { headers: { 'x-fapi-interaction-id': undefined } })).headers.get('x-fapi-interaction-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a request', () => {
  it.each<[string, Readonly<Record<string, string | undefined>>, string, string]>([
    ['an ID token beside the code', { response_type: 'code id_token' }, 'F2-AZ-01', 'unsupported_response_type'],
    ['a plain response', { response_mode: undefined }, 'MS-JARM-01', 'invalid_request'],
    ['a fragment', { response_mode: 'fragment' }, 'ASSENT-PAR-02', 'invalid_request'],
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'F2-AZ-05', 'invalid_request'],
    ['a negative sharing duration', { claims: claims({ sharing_duration: -1 }) }, 'ASSENT-CDR-01', 'invalid_request'],
    ['a sharing duration in words', { claims: claims({ sharing_duration: 'P90D' }) }, 'ASSENT-CDR-01', 'invalid_request'],
    ['a sharing duration as text', { claims: claims({ sharing_duration: '3600' }) }, 'ASSENT-CDR-01', 'invalid_request'],
    ['half a second of sharing', { claims: claims({ sharing_duration: 0.5 }) }, 'ASSENT-CDR-01', 'invalid_request'],
    ['an arrangement that is no text', { claims: claims({ sharing_duration: 60, cdr_arrangement_id: 1 }) }, 'ASSENT-CDR-02', 'invalid_request'],
    ['an arrangement nobody has', { claims: claims({ sharing_duration: 60, cdr_arrangement_id: 'nobody' }) }, 'ASSENT-CONSENT-03', 'invalid_request'],
  ])('is refused with %s', async (_, changes, rule, code) => {
    await by((await adr.push({ ...asking(), ...changes })).answer, rule, code);
  });

  it('is signed, lives an hour at most, and is pushed', async () => {
    const prepared = await adr.client.prepare(asking());
    await by(await adr.client.push(prepared), 'MS-JAR-01', 'invalid_request');
    const tooLong: SignedChange = { object: (_header, object) => void (object['exp'] = Number(object['nbf'] ?? object['iat']) + 3_700) };
    await by((await adr.push(asking(), tooLong)).answer, 'MS-JAR-06', 'invalid_request_object');
    const url = new URL(adr.client.as.authorization_endpoint!);
    url.search = new URLSearchParams({ client_id: adr.client.id, ...prepared.parameters }).toString();
    expect((await sites.stack.visitor().open(url)).status).toBe(400);
  });

  it.each<[string, (as: MarketParty) => string | readonly string[]]>([
    ['the issuer', ({ client }) => client.as.issuer],
    ['the token endpoint', ({ client }) => client.as.token_endpoint!],
    ['the endpoint that is called', ({ client }) => client.as.pushed_authorization_request_endpoint!],
  ])('may name %s as the audience of its assertion', async (_, audience) => {
    expectAnswer((await adr.push(asking(), { assertion: (_header, assertion) => void (assertion['aud'] = audience(adr) as string) })).answer, accepted);
  });

  it('may go without client_id: its assertion says whose it is', async () => {
    expectAnswer((await adr.push(asking(), { message: (message) => void message.set('client_id', undefined) })).answer, accepted);
  });

  it('comes over mutual TLS, as every call of a client does', async () => {
    const bare: SignedChange = { identity: null };
    const { prepared } = await adr.begin(asking());
    for (const answer of [(await adr.push(asking(), bare)).answer, await adr.redeem(prepared, 'any', bare), await adr.client.introspect('any', bare), await adr.client.revoke('any', bare)]) {
      await expectRefusedBy(sites.stack.asLog, answer, { rule: 'ASSENT-CA-01', expect: refused('invalid_client', 401) });
    }
  });

  it('is answered under encryption where the client registered for it', async () => {
    const as = new MarketParty(await sites.stack.party('sealed'), adr.base);
    const { prepared, url } = await as.begin(asking());
    const callback = await ana.approve(url, { ...customers.ana, accounts: ['ana-everyday'] });
    const response = callback.searchParams.get('response')!;
    expect(decodeProtectedHeader(response)).toMatchObject({ alg: 'RSA-OAEP-256', enc: 'A256GCM' });
    const decrypt: oauth.JweDecryptFunction = async (jwe) => Buffer.from((await compactDecrypt(jwe, as.client.test.decryption!)).plaintext).toString();
    expect((await jarmResponse(as.client, sites.stack.ca, callback, prepared.state, decrypt)).has('code')).toBe(true);
  });

  it('may not name another audience, nor go without a jti or with one twice', async () => {
    for (const change of [{ assertion: (_header, assertion) => void (assertion['aud'] = 'https://other.example') }, { assertion: (_header, assertion) => void delete assertion['jti'] }] satisfies Change[]) {
      expect((await adr.push(asking(), change)).answer.status).toBe(401);
    }
    const jti = randomUUID();
    const once: Change = { assertion: (_header, assertion) => void (assertion['jti'] = jti) };
    expect((await adr.push(asking(), once)).answer.status).toBe(201);
    expect((await adr.push(asking(), once)).answer.status).toBe(401);
  });

  it('is good for one completed visit', async () => {
    const { url } = await adr.begin(asking());
    expect((await ana.open(url)).status).toBe(200);
    await ana.approve(url, { ...customers.ana, accounts: ['ana-everyday'] });
    expect((await ana.open(url)).status).toBe(400);
  });
});

describe('sharing', () => {
  it.each<[string, Members]>([
    ['without a duration', {}],
    ['for no time', { sharing_duration: 0 }],
  ])('%s is once, without a refresh token', async (_, more) => {
    const { refresh, access, arrangement } = await shared(more);
    expect([refresh, (await accountsOf(access)).status, typeof arrangement]).toEqual([undefined, 200, 'string']);
  });

  it('says on the page that it is once', async () => {
    const page = async (more: Members) => (await ana.signIn((await adr.begin(asking(more))).url, customers.ana)).answer.text;
    const often = /also when you are not using/;
    expect([often.test(await page({})), often.test(await page({ sharing_duration: quarter }))]).toEqual([false, true]);
  });

  it('is for a year at most, and ends with its duration', async () => {
    const { refresh } = await shared({ sharing_duration: 99_999_999 });
    const { json } = await adr.client.introspect(refresh!);
    expect(Number(json['exp']) - Date.now() / 1000).toBeLessThanOrEqual(31_536_000 + 5);
    const short = await shared({ sharing_duration: 3_600 });
    await sites.stack.later(3_601, async () => {
      expectAnswer(await adr.refresh(short.refresh!), refused('invalid_grant'));
      expect((await accountsOf(short.access)).status).toBe(401);
    });
  });

  it('is introspected by its refresh token alone', async () => {
    const { access, refresh, answer, arrangement } = await shared();
    const { json } = await adr.client.introspect(refresh!);
    expect(json).toMatchObject({ active: true, cdr_arrangement_id: arrangement, scope: usual, exp: expect.any(Number) });
    expect(json).not.toHaveProperty('username');
    for (const token of [access, answer['id_token'] as string]) expect((await adr.client.introspect(token)).json).toEqual({ active: false });
    expect((await other.client.introspect(refresh!)).json).toEqual({ active: false });
  });

  it('is amended under the same arrangement: older tokens go', async () => {
    const one = await shared();
    const two = await shared({ sharing_duration: quarter, cdr_arrangement_id: one.arrangement }, { accounts: ['ana-savings'] });
    expect(two.arrangement).toBe(one.arrangement);
    expect(dataOf(await accountsOf(two.access))).toMatchObject({ accounts: [{ accountId: 'ana-savings' }] });
    await withinASecond(() => accountsOf(one.access), 401);
    expect(errorOf(await accountsOf(one.access))).toEqual([401, 'cds-all:GeneralError/Expected']);
    expectAnswer(await adr.refresh(one.refresh!), refused('invalid_grant'));
    expect((await adr.refresh(two.refresh!)).status).toBe(200);
  });

  it('is amended by its own client and customer alone', async () => {
    const one = await shared();
    await by((await other.push(asking({ sharing_duration: 60, cdr_arrangement_id: one.arrangement }))).answer, 'ASSENT-CONSENT-03', 'invalid_request');
    const { prepared, url } = await adr.begin(asking({ sharing_duration: quarter, cdr_arrangement_id: one.arrangement }));
    const { answer } = await ben.signIn(url, customers.ben);
    expect(answer.status).toBe(303);
    await expect(jarmResponse(adr.client, sites.stack.ca, new URL(answer.headers.get('location')!), prepared.state)).rejects.toMatchObject({ error: expect.stringMatching(/access_denied|invalid_request/) });
    expect((await accountsOf(one.access)).status).toBe(200);
  });
});

describe('an arrangement and its tokens end together', () => {
  const end = (arrangement: string, as = adr, change: Change = {}): Promise<Answer> => {
    const endpoint = as.client.as['cdr_arrangement_revocation_endpoint'] as string;
    // The revocation request of RFC 7009, sent where arrangements end: the same authentication, another parameter.
    return as.client.revoke('none', {
      ...change,
      message: async (message) => {
        message.url = new URL((as.client.as.mtls_endpoint_aliases as Record<string, string>)['cdr_arrangement_revocation_endpoint'] ?? endpoint);
        message.set('token', undefined).set('cdr_arrangement_id', arrangement === '' ? undefined : arrangement);
        await change.message?.(message);
      },
    });
  };
  async function expectDead({ access, refresh }: Shared): Promise<void> {
    await withinASecond(() => accountsOf(access), 403);
    expect(errorOf(await accountsOf(access))).toEqual([403, 'cds-all:Authorisation/RevokedConsent']);
    expectAnswer(await adr.refresh(refresh!), refused('invalid_grant'));
    expect((await adr.client.introspect(refresh!)).json).toEqual({ active: false });
  }

  it('is published where arrangements end', () => {
    expect(adr.client.as['cdr_arrangement_revocation_endpoint']).toMatch(/\/cdr\/arrangements\/revoke$/);
  });

  it('at the arrangement revocation endpoint', async () => {
    const one = await shared();
    expect((await end(one.arrangement)).status).toBe(204);
    await expectDead(one);
    expect(errorOf(await end(one.arrangement))).toEqual([422, 'cds-all:Authorisation/InvalidArrangement']);
  });

  it('by its own client alone, authenticated', async () => {
    const one = await shared();
    expect(errorOf(await end(one.arrangement, other))).toEqual([422, 'cds-all:Authorisation/InvalidArrangement']);
    expect(errorOf(await end('nobody'))).toEqual([422, 'cds-all:Authorisation/InvalidArrangement']);
    expect((await end('')).status).toBe(400);
    expect((await end(one.arrangement, adr, { assertion: (_header, assertion) => void (assertion['aud'] = 'https://other.example') })).status).toBe(401);
    expect((await accountsOf(one.access)).status).toBe(200);
  });

  it('on the customer’s dashboard', async () => {
    const one = await shared();
    await stopAsCustomer(sites, one.arrangement);
    await expectDead(one);
  });

  it('at the bank’s console', async () => {
    const one = await shared();
    await stopAsStaff(sites, one.arrangement);
    await expectDead(one);
  });

  it('and the recipient is told, but of what it ended itself', async () => {
    const [ours, theirs] = [await shared(), await shared()];
    await end(ours.arrangement);
    await stopAsCustomer(sites, theirs.arrangement);
    const told = () => recipient.received.map(({ path, body }) => [path, decodeJwt(new URLSearchParams(body).get('cdr_arrangement_jwt')!)['cdr_arrangement_id']]);
    for (let waited = 0; waited < 100 && !told().some(([, id]) => id === theirs.arrangement); waited += 1) await sleep(50);
    expect(told()).toContainEqual(['/cdr/arrangements/revoke', theirs.arrangement]);
    expect(told()).not.toContainEqual(['/cdr/arrangements/revoke', ours.arrangement]);
    const call = recipient.received.find(({ body }) => decodeJwt(new URLSearchParams(body).get('cdr_arrangement_jwt')!)['cdr_arrangement_id'] === theirs.arrangement)!;
    expect([call.method, call.headers['content-type']]).toEqual(['POST', 'application/x-www-form-urlencoded']);
    const keys = createLocalJWKSet((await (await fetching(sites.stack.ca)[oauth.customFetch](adr.client.as.jwks_uri!)).json()) as JSONWebKeySet);
    const { issuer } = adr.client.as;
    const expected = { issuer, subject: issuer, audience: `${recipientBase}/arrangements/revoke`, algorithms: ['PS256'] };
    for (const token of [/^Bearer (.+)$/.exec(call.headers.authorization!)![1]!, new URLSearchParams(call.body).get('cdr_arrangement_jwt')!]) {
      expect((await jwtVerify(token, keys, expected)).payload).toMatchObject({ jti: expect.any(String), exp: expect.any(Number) });
    }
  });

  it('while an amendment is being redeemed: whoever wins, no token outlives it', async () => {
    for (let round = 0; round < 4; round += 1) {
      const one = await shared();
      const { prepared, url } = await adr.begin(asking({ sharing_duration: quarter, cdr_arrangement_id: one.arrangement }));
      const response = await jarmResponse(adr.client, sites.stack.ca, await ana.approve(url, { ...customers.ana, accounts: ['ana-savings'] }), prepared.state);
      const [redeemed, ended] = await Promise.all([adr.redeem(prepared, response.get('code')!), end(one.arrangement)]);
      expect(ended.status).toBe(204);
      await expectDead(one);
      if (redeemed.status !== 200) continue;
      await withinASecond(() => accountsOf(redeemed.json['access_token'] as string), 403);
      expectAnswer(await adr.refresh(redeemed.json['refresh_token'] as string), refused('invalid_grant'));
    }
  });

  it('is not begun when the customer says no', async () => {
    const { prepared, url } = await adr.begin(asking());
    const { answer, url: at } = await ana.signIn(url, customers.ana);
    await expect(jarmResponse(adr.client, sites.stack.ca, await ana.cancel(answer, at), prepared.state)).rejects.toMatchObject({ error: 'access_denied' });
  });
});
