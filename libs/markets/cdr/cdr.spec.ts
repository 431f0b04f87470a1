import { DetailTypes } from '@assent/authorization-details';
import { refuseContradictions } from '@assent/profiles';
import type { Client } from '@assent/protocol';
import { aDesk, call, now, type Call } from '../src/desk.fixtures.js';
import { clustersOf } from '../src/vocabulary.js';
import { chooseVersion } from './headers.js';
import { vocabulary } from './vocabulary.js';
import { cdr } from './index.js';

const { routes, error, headers } = cdr.resources;
const scope = ['openid', 'profile', 'bank:accounts.basic:read', 'bank:transactions:read'];

describe('the profile', () => {
  it('holds together', () => {
    expect(refuseContradictions(cdr.profile)).toBe(cdr.profile);
    expect(cdr.profile.policy).toMatchObject({
      par: 'required', clientAuth: ['private_key_jwt'], assertionAudience: 'issuer-or-endpoint', responseTypes: ['code'], signedResponse: 'required', pkceWhen: 'always', idTokenEncryption: 'off',
      rotateRefreshTokens: false, requestObject: 'required', requestObjectBy: ['pushed'],
    }); // prettier-ignore
    const { accessTokenLifetime, requestUriLifetime } = cdr.profile.policy;
    expect(accessTokenLifetime).toBeGreaterThanOrEqual(120);
    expect(accessTokenLifetime).toBeLessThanOrEqual(600);
    expect(requestUriLifetime).toBeGreaterThanOrEqual(10);
    expect(requestUriLifetime).toBeLessThanOrEqual(90);
  });

  it('says why it loosens what it loosens', () => {
    for (const { replaces, why } of Object.values(cdr.profile.loosenings)) expect([replaces.length > 0, why.length > 0]).toEqual([true, true]);
  });
});

describe('the consent of a request', () => {
  const read = (claims: unknown, asked = scope) =>
    cdr.consent.read({ scope: asked, authorizationDetails: [], client: {} as Client, now, backchannel: false, parameter: (name) => (name === 'claims' && claims !== undefined ? JSON.stringify(claims) : undefined) });
  const details = [{ type: 'urn:assent:cdr:data', permissions: ['bank:accounts.basic:read', 'bank:transactions:read'] }];

  it.each<[string, unknown, object]>([
    ['this once', undefined, { lifetime: 0 }],
    ['this once, in so many words', { sharing_duration: 0 }, { lifetime: 0 }],
    ['ninety days', { sharing_duration: 7_776_000 }, { lifetime: 7_776_000 }],
    ['more than a year, which is a year', { sharing_duration: 99_999_999 }, { lifetime: 31_536_000 }],
    ['in place of another', { sharing_duration: 86_400, cdr_arrangement_id: 'a1' }, { lifetime: 86_400, amends: 'a1' }],
    ['beside other claims', { id_token: { acr: { essential: true, values: ['urn:cds.au:cdr:2'] } }, sharing_duration: 60 }, { lifetime: 60 }],
    ['nothing given for a value', { sharing_duration: null, cdr_arrangement_id: null }, { lifetime: 0 }],
  ])('is carried: %s', (_, claims, expected) => {
    expect(read(claims)).toEqual({ kind: 'carried', details, ...expected });
  });

  it('is about nothing but who somebody is, without scopes of data', () => {
    expect(read(undefined, ['openid', 'profile'])).toEqual({ kind: 'carried', details: [], lifetime: 0 });
  });

  it.each<[string, unknown]>([
    ['a negative duration', { sharing_duration: -1 }],
    ['half a second', { sharing_duration: 1.5 }],
    ['a duration in words', { sharing_duration: '86400' }],
    ['an arrangement that is no id', { cdr_arrangement_id: 7 }],
    ['an arrangement with spaces', { cdr_arrangement_id: 'a b' }],
    ['a list', []],
  ])('is refused with %s', (_, claims) => {
    expect(() => read(claims)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it('is told by the id of the arrangement', () => {
    const facts = { grantId: 'g1', name: 'g1', expiresAt: null, details: [] };
    expect(cdr.consent.tokenMembers!(facts)).toEqual({ cdr_arrangement_id: 'g1' });
    expect(cdr.consent.introspectionMembers!(facts)).toEqual({ cdr_arrangement_id: 'g1' });
  });

  it('is asked in the words of the market, detail in place of basic', () => {
    expect(clustersOf(vocabulary, ['bank:accounts.basic:read', 'bank:accounts.detail:read', 'common:customer.basic:read'])).toEqual(['account-detail', 'customer-basic']);
    const types = DetailTypes.of(cdr.details);
    const [detail] = details;
    expect(types.parse([detail], { issuerTypes: types.names, clientTypes: types.names, now })).toEqual([detail]);
    expect(types.picks(detail!)).toBe('accounts');
    expect(types.picks({ ...detail!, permissions: ['common:customer.basic:read'] })).toBe('nothing');
    expect(types.present(detail!, 'en')).toMatchObject({ clusters: [{ title: 'Account name, type and balance' }, { title: 'Transaction details' }] });
  });
});

describe('arrangements', () => {
  const { address, claims, parameter } = cdr.arrangements!.notice;
  it('ends are told where the recipient has its endpoints', () => {
    expect(address({ recipient_base_uri: 'https://adr.example/cdr/' } as Client)).toBe('https://adr.example/cdr/arrangements/revoke');
    expect(address({} as Client)).toBeUndefined();
    expect([parameter, claims('a1')]).toEqual(['cdr_arrangement_jwt', { cdr_arrangement_id: 'a1' }]);
  });
});

describe('versions', () => {
  const choose = (given: Readonly<Record<string, string>>, offered = [2, 3, 4]) => chooseVersion((name) => given[name], offered);
  it.each<[Readonly<Record<string, string>>, number]>([
    [{ 'x-v': '3' }, 3],
    [{ 'x-v': '9', 'x-min-v': '1' }, 4],
    [{ 'x-v': '3', 'x-min-v': '2' }, 3],
    // Not below x-v: as if it were not there.
    [{ 'x-v': '2', 'x-min-v': '4' }, 2],
  ])('%j means %i', (given, version) => {
    expect(choose(given)).toBe(version);
  });
  it.each<[Readonly<Record<string, string>>, number, string]>([
    [{}, 400, 'Header/Missing'],
    [{ 'x-v': 'one' }, 400, 'Header/InvalidVersion'],
    [{ 'x-v': '0' }, 400, 'Header/InvalidVersion'],
    [{ 'x-v': '3', 'x-min-v': '-1' }, 400, 'Header/InvalidVersion'],
    [{ 'x-v': '1' }, 406, 'Header/UnsupportedVersion'],
    [{ 'x-v': '9' }, 406, 'Header/UnsupportedVersion'],
    [{ 'x-v': '9', 'x-min-v': '5' }, 406, 'Header/UnsupportedVersion'],
  ])('%j is refused with %i', (given, status, code) => {
    expect(() => choose(given)).toThrow(expect.objectContaining({ status, code: expect.stringContaining(code) }));
  });
});

describe('headers', () => {
  const [route] = routes;
  const read = (given: Readonly<Record<string, string>>) => headers.read!({ header: (name) => given[name], route: route!, now, version: 2, access: {} as never });
  const signedIn = { 'x-fapi-auth-date': 'Wed, 25 Nov 2026 11:50:15 GMT' };
  it.each<[string, Readonly<Record<string, string>>]>([
    ['while the customer is away', signedIn],
    ['while the customer is there', { ...signedIn, 'x-fapi-customer-ip-address': '2001:db8::7334', 'x-cds-client-headers': 'TW96aWxsYS81LjA=' }],
  ])('hold %s', (_, given) => {
    expect(read(given)).toEqual({ 'x-v': '2' });
  });
  it('are refused where JSON is not wanted', () => {
    expect(() => read({ ...signedIn, accept: 'text/html' })).toThrow(expect.objectContaining({ status: 406 }));
    for (const accept of ['*/*', 'application/json;charset=UTF-8', 'text/html, application/json']) expect(read({ ...signedIn, accept })).toEqual({ 'x-v': '2' });
  });
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['without a sign-in', {}, 'Header/Missing'],
    ['with a sign-in in another form', { 'x-fapi-auth-date': '2026-11-25T11:50:15Z' }, 'Header/Invalid'],
    ['without the headers of a customer who is there', { ...signedIn, 'x-fapi-customer-ip-address': '10.0.0.7' }, 'Header/Missing'],
    ['with headers that are no base64', { ...signedIn, 'x-cds-client-headers': 'Mozilla/5.0 (X11)' }, 'Header/Invalid'],
    ['with an address that is none', { ...signedIn, 'x-fapi-customer-ip-address': 'home', 'x-cds-client-headers': 'TQ==' }, 'Header/Invalid'],
  ])('are refused %s', (_, given, code) => {
    expect(() => read(given)).toThrow(expect.objectContaining({ status: 400, code: `urn:au-cds:error:cds-all:${code}` }));
  });
});

describe('resources', () => {
  const { ports } = aDesk();
  const at = (address: string, more: Call = {}) => call(routes, ports, address, more);
  const accounts = '/cds-au/v1/banking/accounts';

  it('are told in the shapes of the market', async () => {
    expect((await at(`GET ${accounts}`)).body).toMatchObject({
      data: { accounts: [{ accountId: 'ana-everyday', displayName: 'Everyday account', openStatus: 'OPEN', maskedNumber: 'xxxx xxxx 4821', productCategory: 'TRANS_AND_SAVINGS_ACCOUNTS' }, { accountId: 'ana-savings' }] },
      links: { self: `https://rs.harbour.example/market${accounts}` },
      meta: { totalRecords: 2, totalPages: 1 },
    });
    // The number belongs to the detail alone.
    expect(JSON.stringify((await at(`GET ${accounts}`)).body)).not.toContain('12344821');
    expect((await at(`GET ${accounts}/ana-everyday`)).body).toMatchObject({ data: { accountId: 'ana-everyday', bsb: '400101', accountNumber: '12344821' } });
    expect((await at(`GET ${accounts}/ana-everyday/balance`)).body).toMatchObject({ data: { accountId: 'ana-everyday', currentBalance: '2140.55', availableBalance: '2140.55', currency: 'BRL' } });
    expect((await at(`GET ${accounts}/balances`)).body).toMatchObject({ data: { balances: [{ accountId: 'ana-everyday' }, { accountId: 'ana-savings' }] } });
    expect((await at(`POST ${accounts}/balances`, { body: { data: { accountIds: ['ana-savings'] }, meta: {} } })).body).toMatchObject({ data: { balances: [{ accountId: 'ana-savings' }] } });
    expect((await at('GET /cds-au/v1/common/customer')).body).toMatchObject({ data: { customerUType: 'person', person: { firstName: 'Ana', lastName: 'Duarte', middleNames: [] } } });
    expect(JSON.stringify((await at('GET /cds-au/v1/common/customer')).body)).not.toContain('@');
    expect((await at('GET /cds-au/v1/common/customer/detail')).body).toMatchObject({ data: { person: { firstName: 'Ana', emailAddresses: [{ address: 'ana.duarte@example.com' }] } } });
  });

  it('are empty where the bank keeps nothing', async () => {
    expect((await at('GET /cds-au/v1/banking/payees')).body).toMatchObject({ data: { payees: [] }, meta: { totalRecords: 0, totalPages: 0 } });
    for (const path of [`${accounts}/direct-debits`, `${accounts}/ana-everyday/direct-debits`]) expect((await at(`GET ${path}`)).body).toMatchObject({ data: { directDebitAuthorisations: [] } });
    for (const path of ['/cds-au/v1/banking/payments/scheduled', `${accounts}/ana-everyday/payments/scheduled`]) expect((await at(`GET ${path}`)).body).toMatchObject({ data: { scheduledPayments: [] } });
  });

  it('are filtered and paged', async () => {
    expect((await at(`GET ${accounts}`, { query: { 'open-status': 'CLOSED' } })).body).toMatchObject({ data: { accounts: [] }, meta: { totalRecords: 0, totalPages: 0 } });
    expect((await at(`GET ${accounts}`, { query: { page: '2', 'page-size': '1' } })).body).toMatchObject({ data: { accounts: [{ accountId: 'ana-savings' }] }, links: { prev: expect.stringContaining('page=1') } });
    const list = (await at(`GET ${accounts}/ana-everyday/transactions`, { query: { 'page-size': '7', 'max-amount': '-10' } })).body as { data: { transactions: { amount: string }[] }; meta: { totalRecords: number }; links: object };
    expect(list.data.transactions.every(({ amount }) => Number(amount) <= -10)).toBe(true);
    expect([list.data.transactions.length, list.meta.totalRecords]).toEqual([7, 14]);
    expect(list.links).toMatchObject({ next: expect.stringContaining('max-amount=-10'), last: expect.stringContaining('page=2') });
    expect((await at(`GET ${accounts}/ana-everyday/transactions`, { query: { text: 'shipping' } })).body).toMatchObject({ meta: { totalRecords: 10 } });
    expect((await at(`GET ${accounts}/ana-everyday/transactions`, { query: { 'oldest-time': '2026-11-25T00:00:00Z' } })).body).toMatchObject({ meta: { totalRecords: 2 } });
    expect((await at(`GET ${accounts}/ana-everyday/transactions/t3`)).body).toMatchObject({ data: { transactionId: 't3', extendedData: { payer: 'Harbour Shipping' } } });
  });

  it.each<[string, string, Call, number, string]>([
    ['an account the consent does not open', `GET ${accounts}/ben-everyday`, {}, 404, 'cds-banking:Authorisation/InvalidBankingAccount'],
    ['its balance', `GET ${accounts}/ben-everyday/balance`, {}, 404, 'cds-banking:Authorisation/InvalidBankingAccount'],
    ['its transactions', `GET ${accounts}/ben-everyday/transactions`, {}, 404, 'cds-banking:Authorisation/InvalidBankingAccount'],
    ['it among others', `POST ${accounts}/balances`, { body: { data: { accountIds: ['ana-savings', 'ben-everyday'] } } }, 422, 'cds-banking:Authorisation/InvalidBankingAccount'],
    ['a body without accounts', `POST ${accounts}/balances`, { body: { data: {} } }, 400, 'Field/Missing'],
    ['a transaction there is not', `GET ${accounts}/ana-everyday/transactions/t99`, {}, 404, 'Resource/Invalid'],
    ['a page that is none', `GET ${accounts}`, { query: { page: 'one' } }, 400, 'Field/Invalid'],
    ['a page beyond the last', `GET ${accounts}`, { query: { page: '2' } }, 422, 'Field/InvalidPage'],
    ['too large a page', `GET ${accounts}`, { query: { 'page-size': '1001' } }, 400, 'Field/InvalidPageSize'],
    ['a status nobody knows', `GET ${accounts}`, { query: { 'open-status': 'AJAR' } }, 400, 'Field/Invalid'],
    ['a time that is none', `GET ${accounts}/ana-everyday/transactions`, { query: { 'oldest-time': 'yesterday' } }, 400, 'Field/InvalidDateTime'],
    ['an address of the standards that is not here', 'GET /cds-au/v1/banking/products', {}, 404, 'Resource/NotImplemented'],
    ['direct debits of an account the consent does not open', `GET ${accounts}/ben-everyday/direct-debits`, {}, 404, 'cds-banking:Authorisation/InvalidBankingAccount'],
    ['an amount that is none', `GET ${accounts}/ana-everyday/transactions`, { query: { 'min-amount': 'much' } }, 400, 'Field/Invalid'],
  ])('are refused: %s', async (_, address, more, status, code) => {
    await expect(at(address, more)).rejects.toMatchObject({ status, code: expect.stringContaining(code) });
  });

  it('each opens by the scope of its cluster', () => {
    for (const { access, path, clause } of routes) {
      if (clause.includes('NotImplemented')) continue;
      if (access.as !== 'customer') throw new Error(`${path} is open`);
      expect(access.permissions).toEqual([access.scope]);
      expect(vocabulary.permissions).toHaveProperty([access.scope!]);
    }
  });
});

describe('errors', () => {
  const facts = { description: 'no', interactionId: 'i', now };
  it.each([
    [{ status: 401, code: 'invalid_token' }, 'GeneralError/Expected'],
    [{ status: 403, code: 'insufficient_scope' }, 'Authorisation/InvalidConsent'],
    [{ status: 404, code: 'not_found' }, 'Resource/NotFound'],
    [{ status: 400, code: 'invalid_request', path: 'x-fapi-interaction-id' }, 'Header/Invalid'],
    [{ status: 500, code: 'server_error' }, 'GeneralError/Unexpected'],
    [{ status: 503, code: 'temporarily_unavailable' }, 'Service/Unavailable'],
    [{ status: 400, code: 'urn:au-cds:error:cds-all:Field/Missing' }, 'Field/Missing'],
  ])('%j', (given, code) => {
    expect(error({ ...facts, ...given })).toEqual({ status: given.status, body: { errors: [{ code: `urn:au-cds:error:cds-all:${code}`, title: expect.any(String), detail: 'no' }] } });
  });

  it('says of a data recipient that is not active any more, and of a consent that has ended, what the market says', () => {
    expect(error({ ...facts, status: 401, code: 'invalid_token', rule: 'ASSENT-MK-12' })).toEqual({ status: 403, body: { errors: [{ code: 'urn:au-cds:error:cds-all:Authorisation/RevokedConsent', title: 'Consent Is Revoked', detail: expect.any(String) }] } });
    expect(error({ ...facts, status: 401, code: 'invalid_token', rule: 'F2-RS-03' }).status).toBe(401);
    expect(error({ ...facts, status: 401, code: 'invalid_token', rule: 'ASSENT-RG-03' })).toEqual({ status: 403, body: { errors: [{ code: 'urn:au-cds:error:cds-all:Authorisation/AdrStatusNotActive', title: expect.any(String), detail: expect.any(String) }] } });
  });
});
