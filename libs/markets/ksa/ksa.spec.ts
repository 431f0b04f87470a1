import { DetailTypes } from '@assent/authorization-details';
import { enforce } from '@assent/profiles';
import type { ConsentRequest } from '../src/consent-vehicle.js';
import { aConsent, aRequest, PaperBank, type Asked } from '../src/read-write/paper-bank.fixtures.js';
import type { JwtFacts } from '../src/route.js';
import { ksaV1 } from '../ksa-v1/index.js';
import { ksa } from './index.js';
import { accountAccess } from './details.js';
import { ksaVehicle } from './vehicle.js';

const now = new Date('2026-11-25T12:00:00Z');
const [v1, v2] = ['/open-banking/account-information/2022.11.01-final-errata2', '/open-banking/account-information/2024.09.01-final-errata1'];
const v1Route = (method: string, path: string) => ksaV1.resources.routes.find((one) => one.method === method && one.path === `${v1}${path}`)!;
const v2Route = (method: string, path: string) => ksa.resources.routes.find((one) => one.method === method && one.path === `${v2}${path}`)!;

const data = {
  Permissions: ['ReadAccountsBasic', 'ReadAccountsDetail', 'ReadBalances', 'ReadTransactionsDetail', 'ReadTransactionsCredits', 'ReadTransactionsDebits', 'ReadPartyPSUIdentity'],
  AuthorizationExpirationTimeWindow: '720:00:00',
  ExpirationDateTime: '2027-01-28T15:27:13+0300',
  NationalIdentificationNumber: '1111111111',
  TransactionFromDateTime: '2026-01-25T12:19:24+0300',
  TransactionToDateTime: '2026-12-27T12:19:24+0300',
  AccountType: ['KSAOB.Retail'],
  AccountSubType: ['CurrentAccount'],
  FourthParty: { TradingName: 'A', LegalName: 'A Ltd', IdentifierType: '1', Identifier: '2' },
  SponsoredTPP: { TradingName: 'B', Identification: '3' },
  ConsentPurpose: ['Account Aggregation', 'E-Statement'],
  IsPSUReadAllAccounts: true,
};
const body = { Data: data, Risk: { RequestIndicators: { InitiationMode: 'KSAOB.UserInitiated' } }, Subscription: { Webhook: { Url: 'https://tpp.test', IsActive: false } } };

let bank: PaperBank;
beforeEach(() => {
  bank = new PaperBank();
});
const ask = (route: ReturnType<typeof v1Route>, asked: Asked) => route.answer(aRequest(route, asked), bank.ports);

describe('a consent', () => {
  it('of version 1 is lodged in JSON', async () => {
    const answer = await ask(v1Route('POST', '/account-access-consents'), { body });
    expect(answer).toMatchObject({ status: 201, body: { Data: { ...data, ConsentId: 'aac-1', Status: 'KSAOB.AwaitingAuthorisation' }, Risk: body.Risk, Links: {}, Meta: {} } });
    expect(bank.lodged).toMatchObject([
      {
        details: [{ type: accountAccess.type, permissions: data.Permissions, purposes: data.ConsentPurpose, transactionsFrom: '2026-01-26', transactionsTo: '2026-12-27', expiresAt: '2027-01-28T12:27:13.000Z' }],
        expiresAt: new Date('2027-01-28T12:27:13Z'),
        authoriseBy: new Date('2026-12-25T12:00:00Z'),
        customerClaims: { national_identification_number: '1111111111' },
        document: body,
      },
    ]);
    const types = DetailTypes.of([accountAccess]);
    expect(types.parse(bank.lodged[0]!.details, { issuerTypes: types.names, clientTypes: types.names, now })).toEqual(bank.lodged[0]!.details);
  });

  it('needs no Risk, but an object if there is one', async () => {
    const route = v1Route('POST', '/account-access-consents');
    const answer = await ask(route, { body: { Data: { Permissions: ['ReadAccountsBasic'] } } });
    expect([answer.status, Object.keys(answer.body as object)]).toEqual([201, ['Data', 'Links', 'Meta']]);
    await expect(ask(route, { body: { Data: { Permissions: ['ReadAccountsBasic'] }, Risk: null } })).rejects.toMatchObject({ status: 400, more: { path: 'Risk' } });
  });

  it('of version 2 is lodged, and answered, inside of JWTs', async () => {
    const route = v2Route('POST', '/account-access-consents');
    expect([route.body?.as, route.signed]).toEqual(['jwt', { as: 'jwt' }]);
    const answer = await ask(route, { body: { iss: 'c', message: body } });
    expect(answer).toMatchObject({ status: 201, body: { iss: 'https://as.test/uk', aud: ['c'], iat: 1_795_608_000, nbf: 1_795_608_000, exp: 1_795_611_600, message: { Data: { ConsentId: 'aac-1' }, Risk: body.Risk } } });
    expect(bank.lodged).toMatchObject([{ document: body }]);
    expect(await ask(v2Route('GET', '/account-access-consents/:ConsentId'), { params: { ConsentId: 'aac-1' } })).toMatchObject({ status: 200, body: { message: { Data: { Status: 'KSAOB.AwaitingAuthorisation' } } } });
  });

  it('says what for it is, in the customer’s language, and until when', () => {
    const shown = accountAccess.present({ type: accountAccess.type, permissions: ['ReadAccountsBasic'], purposes: ['Account Aggregation'], expiresAt: '2027-01-28T12:27:13.000Z' }, 'ar');
    expect(shown).toMatchObject({ terms: [{ id: 'purpose', value: 'لعرض حساباتك في البنوك المختلفة في مكان واحد.' }, { id: 'until' }] });
  });

  it.each<[string, object, string, string]>([
    ['an unknown permission', { Permissions: ['ReadAccountsBasic', 'ReadOffers'] }, 'KSAOB.Field.Invalid', 'Permissions'],
    ['permissions that do not stand together', { Permissions: ['ReadAccountsBasic', 'ReadTransactionsBasic'] }, 'KSAOB.Field.Invalid', 'Permissions'],
    ['an end in the past', { ExpirationDateTime: '2023-01-28T15:27:13+0300' }, 'KSAOB.Field.InvalidDate', 'ExpirationDateTime'],
    ['no time to decide', { AuthorizationExpirationTimeWindow: '0:00:00' }, 'KSAOB.Field.Invalid', 'AuthorizationExpirationTimeWindow'],
    ['a time that is none', { AuthorizationExpirationTimeWindow: '30 days' }, 'KSAOB.Field.Invalid', 'AuthorizationExpirationTimeWindow'],
    ['a purpose nobody can explain', { ConsentPurpose: ['Because'] }, 'KSAOB.Field.Invalid', 'ConsentPurpose'],
    ['a wrong national number', { NationalIdentificationNumber: '12' }, 'KSAOB.Field.Invalid', 'NationalIdentificationNumber'],
    ['an account type that is none', { AccountType: ['Retail'] }, 'KSAOB.Field.Invalid', 'AccountType'],
    ['an unknown member', { Accounts: [] }, 'KSAOB.Field.Unexpected', 'Accounts'],
  ])('is refused with %s', async (_, change, code, path) => {
    const changed = { ...body, Data: { ...data, ...change } };
    await expect(ask(v1Route('POST', '/account-access-consents'), { body: changed })).rejects.toMatchObject({ status: 400, code, more: { path: `Data.${path}` } });
    await expect(ask(v2Route('POST', '/account-access-consents'), { body: { message: changed } })).rejects.toMatchObject({ status: 400, code });
    expect(bank.lodged).toEqual([]);
  });

  it('is deleted', async () => {
    bank.consents.set('aac-1', aConsent({ status: 'active' }));
    await expect(ask(v2Route('DELETE', '/account-access-consents/:ConsentId'), { params: { ConsentId: 'aac-1' } })).resolves.toEqual({ status: 204 });
    await expect(ask(v2Route('GET', '/account-access-consents/:ConsentId'), { params: { ConsentId: 'aac-1' } })).rejects.toMatchObject({ status: 400, code: 'KSAOB.Resource.NotFound' });
  });
});

describe('a signed body', () => {
  const facts: JwtFacts = { clientId: 'c', issuer: 'https://as.test/ksa', url: 'https://bank.test/x', organisationId: undefined, now };
  const iat = now.getTime() / 1000;
  const claims = { iss: 'c', aud: ['https://as.test/ksa'], iat, nbf: iat, exp: iat + 3600, message: body };
  const fault = (change: object = {}, alg = 'PS256') => v2Route('POST', '/account-access-consents').body!.verifyJwt!({ header: { alg }, claims: { ...claims, ...change } }, facts);

  it.each([[{}], [{ aud: 'https://as.test/ksa' }], [{ iat: iat - 600, nbf: iat - 600, exp: iat + 60 }]])('may be %j', (change) => expect(fault(change)).toBeUndefined());
  it.each<[object, RegExp]>([
    [{ iss: 'd' }, /^iss/],
    [{ iss: undefined }, /^iss/],
    [{ aud: ['https://as.test/uk'] }, /^aud/],
    [{ aud: undefined }, /^aud/],
    [{ iat: undefined }, /^iat, nbf and exp/],
    [{ nbf: '1' }, /^iat, nbf and exp/],
    [{ exp: undefined }, /^iat, nbf and exp/],
    [{ iat: iat + 90 }, /^iat and nbf/],
    [{ nbf: iat + 90 }, /^iat and nbf/],
    [{ exp: iat - 60 }, /^exp must lie/],
    [{ exp: iat + 3700 }, /^exp must be at most/],
    [{ message: 'x' }, /^message/],
    [{ message: undefined }, /^message/],
  ])('may not be %j', (change, says) => expect(fault(change)).toMatch(says));
  it('is signed with PS256', () => expect(fault({}, 'ES256')).toMatch(/PS256/));
});

describe('a consent travels', () => {
  const read = (...scope: string[]) => ksaVehicle.read({ scope } as unknown as ConsentRequest);
  it('in the scope', () => expect([read('accounts:aac-1', 'openid'), read('openid', 'accounts:aac-1')]).toEqual([{ kind: 'lodged', name: 'aac-1' }, { kind: 'lodged', name: 'aac-1' }]));
  it.each([[['openid']], [['accounts:aac-1']], [['openid', 'accounts']], [['openid', 'accounts:']], [['openid', 'accounts:a', 'accounts:b']], [['openid', 'accounts:a', 'accounts']], [['openid', 'accounts:a', 'offline_access']]])('not in %j', (scope) =>
    expect(() => read(...scope)).toThrow(expect.objectContaining({ code: 'invalid_scope', rule: 'ASSENT-KSA-01' })));
});

describe('the front channel of version 2', () => {
  const arrive = (...parameters: string[]) => enforce(ksa.profile, 'authorize', { viaPar: true, parameters });
  it('carries client_id and request_uri', () => expect(() => arrive('client_id', 'request_uri')).not.toThrow());
  it.each(['scope', 'response_type', 'state', 'nonce', 'redirect_uri', 'ui_locales'])('and not %s', (name) => expect(() => arrive('client_id', 'request_uri', name)).toThrow(expect.objectContaining({ code: 'invalid_request', rule: 'ASSENT-KSA-03' })));
  it('of version 1 tolerates them', () => expect(() => enforce(ksaV1.profile, 'authorize', { viaPar: true, parameters: ['scope', 'state'] })).not.toThrow());
});

describe('resources', () => {
  const get = async (path: string, asked: Asked) => (await ask(v2Route('GET', path), asked)).body;
  it('name accounts by IBAN only in detail', async () => {
    expect(await get('/accounts/:AccountId', { params: { AccountId: 'a1' }, permissions: ['ReadAccountsDetail'] })).toMatchObject({ Data: { Account: [{ AccountId: 'a1', AccountType: 'KSAOB.Retail', AccountIdentifiers: [{ IdentificationType: 'KSAOB.IBAN', Identification: 'GB09HBNK40010112344821' }] }] } });
    expect(JSON.stringify(await get('/accounts', { permissions: ['ReadAccountsBasic'] }))).not.toContain('GB09');
  });
  it('tell balances by sign', async () => expect(await get('/accounts/:AccountId/balances', { params: { AccountId: 'a1' } })).toMatchObject({ Data: { AccountId: 'a1', Balance: [{ CreditDebitIndicator: 'KSAOB.Credit', Type: 'KSAOB.InterimBooked' }] } }));
  it('tell of identity only by its permission', async () => {
    expect(await get('/party', { permissions: ['ReadPartyPSU'] })).toMatchObject({ Data: { Party: { FullLegalName: 'Ana Duarte' } } });
    expect(await get('/accounts/:AccountId/parties', { params: { AccountId: 'a1' }, permissions: ['ReadParty'] })).toMatchObject({ Data: { AccountId: 'a1', Party: [{ FullLegalName: 'Ana Duarte' }] } });
  });
  it('err in their own words', () => expect(ksa.resources.error({ status: 400, code: 'KSAOB.Field.Missing', description: 'd', interactionId: 'i', now, path: 'Data' })).toMatchObject({ body: { Errors: [{ ErrorCode: 'KSAOB.Field.Missing', Path: 'Data' }] } }));
});
