import { DetailTypes } from '@assent/authorization-details';
import { refuseContradictions } from '@assent/profiles';
import type { Client, LodgedConsent } from '@assent/protocol';
import { aDesk, call, now, type Call } from '../src/desk.fixtures.js';
import { consentPrefix, statusOf } from './names.js';
import { verifyJwt } from './payments.js';
import { accountNumberOf, participantOf } from './participant.js';
import { isCnpj, isCpf } from './wire.js';
import { brazil } from './index.js';

const { routes, error } = brazil.resources;
const cpf = '76109277673';
const cnpj = '11222333000181';
const basic = ['ACCOUNTS_READ', 'ACCOUNTS_BALANCES_READ', 'RESOURCES_READ'];
const document = (rel: string, identification: string) => ({ document: { rel, identification } });
const consent = (changes: object = {}) => ({ data: { loggedUser: document('CPF', cpf), permissions: basic, expirationDateTime: '2027-05-31T12:00:00Z', ...changes } });

describe('the profile', () => {
  it('holds together', () => {
    expect(refuseContradictions(brazil.profile)).toBe(brazil.profile);
    expect(brazil.profile.policy).toMatchObject({
      par: 'required', clientAuth: ['private_key_jwt'], algs: ['PS256'], responseTypes: ['code id_token'], idTokenEncryption: 'required', encryptionAlgs: ['RSA-OAEP'], contentEncryptionAlgs: ['A256GCM'],
      rotateRefreshTokens: false, cibaDelivery: ['ping'], cibaRequestTypes: ['cibabr+jwt'],
    }); // prettier-ignore
    const { accessTokenLifetime, requestUriLifetime, cibaMinExpiry } = brazil.profile.policy;
    expect(accessTokenLifetime).toBeGreaterThanOrEqual(300);
    expect(accessTokenLifetime).toBeLessThanOrEqual(900);
    expect(requestUriLifetime).toBeGreaterThanOrEqual(60);
    expect(cibaMinExpiry).toBeGreaterThanOrEqual(360);
  });

  it('says why it loosens what it loosens', () => {
    for (const { replaces, why } of Object.values(brazil.profile.loosenings)) expect([replaces.length > 0, why.length > 0]).toEqual([true, true]);
  });
});

describe('the consent of a request', () => {
  const read = (scope: string, more: { readonly backchannel?: boolean; readonly parameters?: Readonly<Record<string, string>> } = {}) =>
    brazil.consent.read({ scope: scope.split(' '), authorizationDetails: [], client: {} as Client, now, backchannel: more.backchannel ?? false, parameter: (name) => more.parameters?.[name] });
  const name = 'urn:harbour:AbC-123_x';

  it.each<[string, object, object]>([
    [`openid accounts consent:${name}`, {}, { kind: 'lodged', name }],
    ['openid', {}, { kind: 'none' }],
    ['openid accounts', { backchannel: true, parameters: { login_hint: name } }, { kind: 'lodged', name }],
    [`openid consent:${name}`, { backchannel: true, parameters: { login_hint: name } }, { kind: 'lodged', name }],
    // A hint at the authorization endpoint is about who the customer is.
    ['openid', { parameters: { login_hint: name } }, { kind: 'none' }],
  ])('%s', (scope, more, expected) => {
    expect(read(scope, more)).toEqual(expected);
  });

  it.each<[string, string, object, string]>([
    ['none beside data', 'openid accounts', {}, 'invalid_scope'],
    ['none beside payments', 'openid payments', {}, 'invalid_scope'],
    ['two', `openid consent:${name} consent:urn:harbour:other`, {}, 'invalid_scope'],
    ['one that is no URN', 'openid accounts consent:4711', {}, 'invalid_scope'],
    ['another than the hint', `openid consent:${name}`, { backchannel: true, parameters: { login_hint: 'urn:harbour:other' } }, 'invalid_scope'],
    ['no hint by the back channel', `openid consent:${name}`, { backchannel: true }, 'invalid_request'],
    ['an ID token as a hint', `openid consent:${name}`, { backchannel: true, parameters: { login_hint: name, id_token_hint: 'e30' } }, 'invalid_request'],
  ])('is refused with %s', (_, scope, more, code) => {
    expect(() => read(scope, more)).toThrow(expect.objectContaining({ code }));
  });
});

describe('the consents API', () => {
  const lodge = async (body: object = consent(), desk = aDesk()) => ({ desk, answer: await call(routes, desk.ports, 'POST /open-banking/consents/v3/consents', { body: body as Call['body'] & object }) });

  it('lodges what was asked for, for the customer who was named', async () => {
    const { desk, answer } = await lodge();
    expect(answer).toEqual({
      status: 201,
      body: {
        data: { consentId: 'urn:harbour:c1', creationDateTime: '2026-11-25T12:00:00Z', status: 'AWAITING_AUTHORISATION', statusUpdateDateTime: '2026-11-25T12:00:00Z', permissions: basic, expirationDateTime: '2027-05-31T12:00:00Z' },
        links: { self: 'https://rs.harbour.example/market/open-banking/consents/v3/consents/urn:harbour:c1' },
        meta: { requestDateTime: '2026-11-25T12:00:00Z' },
      },
    });
    expect(desk.consents.get('urn:harbour:c1')).toMatchObject({
      customerClaims: { cpf }, expiresAt: new Date('2027-05-31T12:00:00Z'), authoriseBy: new Date('2026-11-25T13:00:00Z'),
      details: [{ type: 'urn:assent:brazil:data', permissions: basic, expiresAt: '2027-05-31T12:00:00Z', accountTypes: ['current', 'savings', 'card'] }],
    }); // prettier-ignore
    const types = DetailTypes.of(brazil.details);
    const { details } = desk.consents.get('urn:harbour:c1')!;
    expect(types.parse(details, { issuerTypes: types.names, clientTypes: types.names, now })).toEqual(details);
    expect(['current', 'business'].map((type) => types.offers(details[0]!, { id: 'a', maskedNumber: '1', type }))).toEqual([true, false]);
    expect(types.present(details[0]!, 'pt-BR')).toMatchObject({ clusters: [{ id: 'accounts', title: 'Contas' }, { id: 'balances', title: 'Saldos' }] });
  });

  it('bounds a consent without an end to a year', async () => {
    const { answer } = await lodge(consent({ expirationDateTime: undefined }));
    expect(answer.body).toMatchObject({ data: { expirationDateTime: '2027-11-25T12:00:00Z' } });
  });

  it.each<[string, object]>([
    ['several groups', { permissions: [...basic, 'ACCOUNTS_TRANSACTIONS_READ'] }],
    ['who somebody is', { permissions: ['CUSTOMERS_PERSONAL_IDENTIFICATIONS_READ', 'RESOURCES_READ'] }],
    ['a company', { businessEntity: document('CNPJ', cnpj), permissions: ['CUSTOMERS_BUSINESS_IDENTIFICATIONS_READ', 'RESOURCES_READ'] }],
    ['products the bank may not have', { permissions: ['EXCHANGES_READ', 'RESOURCES_READ'] }],
  ])('takes %s', async (_, changes) => {
    expect((await lodge(consent(changes))).answer.status).toBe(201);
  });

  it.each<[string, object, number, string]>([
    ['no data', {}, 400, 'PARAMETRO_NAO_INFORMADO'],
    ['nobody', consent({ loggedUser: undefined }), 400, 'PARAMETRO_NAO_INFORMADO'],
    ['a CPF that cannot be', consent({ loggedUser: document('CPF', '76109277674') }), 400, 'PARAMETRO_INVALIDO'],
    ['a person told by a CNPJ', consent({ loggedUser: document('CNPJ', cnpj) }), 400, 'PARAMETRO_INVALIDO'],
    ['a CNPJ that cannot be', consent({ businessEntity: document('CNPJ', '11222333000180') }), 400, 'PARAMETRO_INVALIDO'],
    ['no permissions', consent({ permissions: [] }), 400, 'PARAMETRO_INVALIDO'],
    ['permissions nobody knows', consent({ permissions: [...basic, 'EVERYTHING_READ'] }), 400, 'PARAMETRO_INVALIDO'],
    ['one twice', consent({ permissions: [...basic, 'ACCOUNTS_READ'] }), 400, 'PARAMETRO_INVALIDO'],
    ['half a group', consent({ permissions: ['ACCOUNTS_READ', 'RESOURCES_READ'] }), 422, 'COMBINACAO_PERMISSOES_INCORRETA'],
    ['a group without resources', consent({ permissions: ['ACCOUNTS_READ', 'ACCOUNTS_BALANCES_READ'] }), 422, 'COMBINACAO_PERMISSOES_INCORRETA'],
    ['resources alone', consent({ permissions: ['RESOURCES_READ'] }), 422, 'COMBINACAO_PERMISSOES_INCORRETA'],
    ['a person and a company', consent({ businessEntity: document('CNPJ', cnpj), permissions: ['CUSTOMERS_PERSONAL_IDENTIFICATIONS_READ', 'CUSTOMERS_BUSINESS_IDENTIFICATIONS_READ', 'RESOURCES_READ'] }), 422, 'PERMISSAO_PF_PJ_EM_CONJUNTO'],
    ['a company that is not named', consent({ permissions: ['CUSTOMERS_BUSINESS_IDENTIFICATIONS_READ', 'RESOURCES_READ'] }), 422, 'INFORMACOES_PJ_NAO_INFORMADAS'],
    ['a person of a company', consent({ businessEntity: document('CNPJ', cnpj), permissions: ['CUSTOMERS_PERSONAL_IDENTIFICATIONS_READ', 'RESOURCES_READ'] }), 422, 'PERMISSOES_PJ_INCORRETAS'],
    ['an end in the past', consent({ expirationDateTime: '2026-11-25T11:59:59Z' }), 422, 'DATA_EXPIRACAO_INVALIDA'],
    ['an end beyond a year', consent({ expirationDateTime: '2027-11-27T12:00:00Z' }), 422, 'DATA_EXPIRACAO_INVALIDA'],
    ['an end that is no moment', consent({ expirationDateTime: '2027-05-31' }), 400, 'PARAMETRO_INVALIDO'],
  ])('refuses %s, and lodges nothing', async (_, body, status, code) => {
    const desk = aDesk();
    await expect(lodge(body, desk)).rejects.toMatchObject({ status, code });
    expect(desk.consents.size).toBe(0);
  });

  it('tells of a consent until it is ended, and then why', async () => {
    const { desk } = await lodge();
    const address = '/open-banking/consents/v3/consents/urn:harbour:c1';
    expect((await call(routes, desk.ports, `GET ${address}`)).body).toMatchObject({ data: { status: 'AWAITING_AUTHORISATION' } });
    expect(await call(routes, desk.ports, `DELETE ${address}`)).toEqual({ status: 204 });
    expect((await call(routes, desk.ports, `GET ${address}`)).body).toMatchObject({ data: { status: 'REJECTED', rejection: { rejectedBy: 'USER', reason: { code: 'CUSTOMER_MANUALLY_REJECTED' } } } });
    await expect(call(routes, desk.ports, `DELETE ${address}`)).rejects.toMatchObject({ status: 422, code: 'CONSENTIMENTO_EM_STATUS_REJEITADO' });
    await expect(call(routes, desk.ports, 'GET /open-banking/consents/v3/consents/urn:harbour:c9')).rejects.toMatchObject({ status: 404 });
  });

  const base: LodgedConsent = {
    grantId: 'g', name: 'n', kind: 'data', issuer: 'i', clientId: 'c', status: 'active', customerId: 'ana', details: [], accounts: [], document: {}, customerClaims: {},
    createdAt: now, updatedAt: now, expiresAt: new Date('2027-01-01T00:00:00Z'), authoriseBy: new Date('2026-11-25T13:00:00Z'), once: false,
  }; // prettier-ignore
  const later = new Date('2026-11-25T14:00:00Z');
  it.each<[Partial<LodgedConsent>, Date, string, string | undefined, string | undefined]>([
    [{ status: 'awaiting_authorisation', customerId: undefined }, now, 'AWAITING_AUTHORISATION', undefined, undefined],
    [{ status: 'awaiting_authorisation', customerId: undefined }, later, 'REJECTED', 'ASPSP', 'CONSENT_EXPIRED'],
    [{}, later, 'AUTHORISED', undefined, undefined],
    [{}, new Date('2027-01-01T00:00:00Z'), 'REJECTED', 'ASPSP', 'CONSENT_MAX_DATE_REACHED'],
    [{ status: 'expired' }, later, 'REJECTED', 'ASPSP', 'CONSENT_MAX_DATE_REACHED'],
    [{ status: 'expired', customerId: undefined }, later, 'REJECTED', 'ASPSP', 'CONSENT_EXPIRED'],
    [{ status: 'consumed' }, later, 'CONSUMED', undefined, undefined],
    [{ status: 'rejected' }, later, 'REJECTED', 'USER', 'CUSTOMER_MANUALLY_REJECTED'],
    [{ status: 'revoked', ended: { by: 'client' } }, later, 'REJECTED', 'USER', 'CUSTOMER_MANUALLY_REVOKED'],
    [{ status: 'revoked', ended: { by: 'customer' } }, later, 'REJECTED', 'USER', 'CUSTOMER_MANUALLY_REVOKED'],
    [{ status: 'revoked', ended: { by: 'staff' } }, later, 'REJECTED', 'ASPSP', 'INTERNAL_SECURITY_REASON'],
    [{ status: 'revoked', ended: { by: 'system' } }, later, 'REJECTED', 'ASPSP', 'CONSENT_TECHNICAL_ISSUE'],
    [{ status: 'suspended' }, later, 'REJECTED', 'ASPSP', 'INTERNAL_SECURITY_REASON'],
  ])('%j is told as it is, %#', (changes, at, status, rejectedBy, reason) => {
    expect(statusOf({ ...base, ...changes }, at)).toEqual({ status, ...(rejectedBy && { rejection: { rejectedBy, reason } }) });
  });
});

describe('resources and accounts', () => {
  const { ports } = aDesk();
  const accounts = '/open-banking/accounts/v2/accounts';
  const get = (path: string, query: Readonly<Record<string, string>> = {}) => call(routes, ports, `GET ${path}`, { query });

  it('are told in the shapes of the market', async () => {
    expect((await get('/open-banking/resources/v3/resources')).body).toMatchObject({ data: [{ resourceId: 'ana-everyday', type: 'ACCOUNT', status: 'AVAILABLE' }, { resourceId: 'ana-savings' }], meta: { totalRecords: 2, totalPages: 1 } });
    expect((await get(accounts)).body).toMatchObject({ data: [{ accountId: 'ana-everyday', type: 'CONTA_DEPOSITO_A_VISTA', branchCode: '0001', number: '1234482', checkDigit: '1' }, { accountId: 'ana-savings', type: 'CONTA_POUPANCA' }] });
    expect((await get(accounts, { accountType: 'CONTA_POUPANCA' })).body).toMatchObject({ data: [{ accountId: 'ana-savings' }] });
    expect((await get(`${accounts}/ana-everyday`)).body).toMatchObject({ data: { currency: 'BRL', subtype: 'INDIVIDUAL' } });
    expect((await get(`${accounts}/ana-everyday/balances`)).body).toMatchObject({ data: { availableAmount: { amount: '2140.55', currency: 'BRL' } } });
  });

  it('say who the customer is, as far as the bank holds it', async () => {
    expect((await get('/open-banking/customers/v2/personal/identifications')).body).toMatchObject({ data: [{ civilName: 'Ana Duarte', contacts: { emails: [{ email: 'ana.duarte@example.com' }] } }], meta: { totalRecords: 1 } });
    expect((await get(`${accounts}/ana-everyday/overdraft-limits`)).body).toMatchObject({ data: { overdraftUsedLimit: { amount: '0.00', currency: 'BRL' } } });
    await expect(get(`${accounts}/ben-everyday/overdraft-limits`)).rejects.toMatchObject({ status: 404 });
  });

  it('come page by page', async () => {
    const { body } = await get(accounts, { 'page-size': '1' });
    expect(body).toMatchObject({ data: [{ accountId: 'ana-everyday' }], links: { next: expect.stringContaining('page=2') }, meta: { totalRecords: 2, totalPages: 2 } });
    const days = { fromBookingDate: '2026-11-01', toBookingDate: '2026-11-25', 'page-size': '10' };
    const first = (await get(`${accounts}/ana-everyday/transactions`, days)).body as { data: { transactionId: string; creditDebitType: string; transactionAmount: object }[]; links: { next: string } };
    expect(first.data[0]).toMatchObject({ transactionId: 't0', creditDebitType: 'CREDITO', transactionAmount: { amount: '1000.00', currency: 'BRL' }, transactionName: 'Salary - Harbour Shipping' });
    expect(first.data[1]).toMatchObject({ creditDebitType: 'DEBITO', transactionAmount: { amount: '1.50' } });
    const second = (await get(`${accounts}/ana-everyday/transactions`, Object.fromEntries(new URL(first.links.next).searchParams))).body as typeof first;
    expect(second.data[0]!.transactionId).toBe('t10');
  });

  it('are those of today, when no day is named', async () => {
    expect(((await get(`${accounts}/ana-everyday/transactions`)).body as { data: unknown[] }).data).toHaveLength(2);
  });

  it.each<[string, string, Readonly<Record<string, string>>, number]>([
    ['an account the consent does not open', `${accounts}/ben-everyday`, {}, 404],
    ['its balances', `${accounts}/ben-everyday/balances`, {}, 404],
    ['its transactions', `${accounts}/ben-everyday/transactions`, {}, 404],
    ['a page that is none', accounts, { page: '0' }, 400],
    ['too large a page', accounts, { 'page-size': '1001' }, 400],
    ['a day that is none', `${accounts}/ana-everyday/transactions`, { fromBookingDate: '2026-02-30' }, 400],
    ['days in the wrong order', `${accounts}/ana-everyday/transactions`, { fromBookingDate: '2026-11-20', toBookingDate: '2026-11-19' }, 422],
    ['a page without its key', `${accounts}/ana-everyday/transactions`, { page: '2' }, 400],
  ])('are refused: %s', async (_, path, query, status) => {
    await expect(get(path, query)).rejects.toMatchObject({ status });
  });

  it('numbers are read off Brazilian IBANs', () => {
    expect(accountNumberOf('BR1500000000000010932840814P2')).toEqual({ branch: '0001', number: '93284081', checkDigit: '4' });
  });
});

describe('payments', () => {
  const creditorAccount = { ispb: '12345678', issuer: '1774', number: '1234567890', accountType: 'CACC' };
  const payment = { type: 'PIX', date: '2026-11-25', currency: 'BRL', amount: '120.50', details: { localInstrument: 'DICT', proxy: 'loja@porto.example', creditorAccount } };
  const order = (changes: object = {}) => ({ data: { loggedUser: document('CPF', cpf), creditor: { personType: 'PESSOA_JURIDICA', cpfCnpj: cnpj, name: 'Loja do Porto' }, payment, ...changes } });
  const lodge = (desk: ReturnType<typeof aDesk>, body: object) => call(routes, desk.ports, 'POST /open-banking/payments/v4/consents', { body: body as Call['body'] & object });
  const endToEndId = 'E1122233320261125120012345678901';
  const pix = (changes: object = {}) => ({ data: [{ endToEndId, localInstrument: 'DICT', proxy: 'loja@porto.example', payment: { amount: '120.50', currency: 'BRL' }, creditorAccount, cnpjInitiator: cnpj, ...changes }] });

  it('are lodged, and made as they were approved', async () => {
    const desk = aDesk();
    expect(await lodge(desk, order())).toMatchObject({ status: 201, body: { data: { consentId: 'urn:harbour:c1', status: 'AWAITING_AUTHORISATION', expirationDateTime: '2026-11-25T12:05:00Z', payment } } });
    const lodged = desk.consents.get('urn:harbour:c1')!;
    expect(lodged).toMatchObject({ once: true, customerClaims: { cpf }, authoriseBy: new Date('2026-11-25T12:05:00Z') });
    const types = DetailTypes.of(brazil.details);
    expect(types.parse(lodged.details, { issuerTypes: types.names, clientTypes: types.names, now })).toEqual(lodged.details);
    expect((await call(routes, desk.ports, 'GET /open-banking/payments/v4/consents/urn:harbour:c1')).body).toMatchObject({ data: { consentId: 'urn:harbour:c1' } });
    expect(await call(routes, desk.ports, 'POST /open-banking/payments/v4/pix/payments', { body: pix() })).toMatchObject({
      status: 201,
      body: { data: [{ paymentId: 'p1', endToEndId, consentId: 'urn:harbour:c1', status: 'ACSC', localInstrument: 'DICT', proxy: 'loja@porto.example', payment: { amount: '120.50', currency: 'BRL' }, creditorAccount }] },
    });
    expect(desk.paid).toEqual([expect.objectContaining({ amount: { currency: 'BRL', amount: '120.50' }, creditorName: 'Loja do Porto', creditorAccount: { scheme: 'PIX', identification: '12345678/1774/1234567890' } })]);
    expect((await call(routes, desk.ports, 'GET /open-banking/payments/v4/pix/payments/p1')).body).toMatchObject({ data: { paymentId: 'p1', status: 'ACSC' } });
    await expect(call(routes, desk.ports, 'GET /open-banking/payments/v4/pix/payments/p2')).rejects.toMatchObject({ status: 404 });
  });

  it.each<[string, object, string]>([
    ['another kind', { payment: { ...payment, type: 'TED' } }, 'FORMA_PAGAMENTO_INVALIDA'],
    ['another day', { payment: { ...payment, date: '2026-11-26' } }, 'DATA_PAGAMENTO_INVALIDA'],
    ['a schedule', { payment: { ...payment, schedule: { single: { date: '2026-12-01' } } } }, 'DATA_PAGAMENTO_INVALIDA'],
    ['another currency', { payment: { ...payment, currency: 'USD' } }, 'PARAMETRO_INVALIDO'],
    ['no amount at all', { payment: { ...payment, amount: '0.00' } }, 'PARAMETRO_INVALIDO'],
    ['an amount without cents', { payment: { ...payment, amount: '120' } }, 'PARAMETRO_INVALIDO'],
    ['a proxy by hand', { payment: { ...payment, details: { ...payment.details, localInstrument: 'MANU' } } }, 'DETALHE_PAGAMENTO_INVALIDO'],
    ['no proxy', { payment: { ...payment, details: { ...payment.details, proxy: undefined } } }, 'DETALHE_PAGAMENTO_INVALIDO'],
    ['no QR code', { payment: { ...payment, details: { ...payment.details, localInstrument: 'QRES' } } }, 'DETALHE_PAGAMENTO_INVALIDO'],
    ['no creditor', { creditor: undefined }, 'PARAMETRO_NAO_INFORMADO'],
    ['a creditor that cannot be', { creditor: { personType: 'PESSOA_NATURAL', cpfCnpj: cnpj, name: 'Loja' } }, 'PARAMETRO_INVALIDO'],
    ['no account', { payment: { ...payment, details: { ...payment.details, creditorAccount: undefined } } }, 'PARAMETRO_NAO_INFORMADO'],
  ])('are not lodged with %s', async (_, changes, code) => {
    const desk = aDesk();
    await expect(lodge(desk, order(changes))).rejects.toMatchObject({ status: 422, code });
    expect(desk.consents.size).toBe(0);
  });

  it.each<[string, object, string]>([
    ['another proxy', { proxy: 'other@porto.example' }, 'PAGAMENTO_DIVERGENTE_CONSENTIMENTO'],
    ['another way', { localInstrument: 'MANU' }, 'PAGAMENTO_DIVERGENTE_CONSENTIMENTO'],
    ['no end-to-end id', { endToEndId: undefined }, 'PARAMETRO_NAO_INFORMADO'],
    ['an end-to-end id that is none', { endToEndId: 'E1' }, 'PARAMETRO_INVALIDO'],
  ])('are not made with %s', async (_, changes, code) => {
    const desk = aDesk();
    await lodge(desk, order());
    await expect(call(routes, desk.ports, 'POST /open-banking/payments/v4/pix/payments', { body: pix(changes) })).rejects.toMatchObject({ status: 422, code });
    expect(desk.paid).toEqual([]);
  });

  const url = 'https://rs.harbour.example/market/open-banking/payments/v4/consents';
  const claims = { iss: 'org-1', aud: url, jti: '6ba7b814-9dad-41d1-80b4-00c04fd430c8', iat: now.getTime() / 1000, data: {} };
  const facts = { clientId: 'tally', issuer: 'https://as.harbour.example/market', url, organisationId: 'org-1', now };
  const header = { alg: 'PS256', typ: 'JWT', kid: 'k' };
  it('come in bodies that say whose they are', () => {
    expect(verifyJwt({ header, claims }, facts)).toBeUndefined();
    expect(verifyJwt({ header, claims: { ...claims, aud: [url] } }, facts)).toBeUndefined();
    expect(verifyJwt({ header, claims: { ...claims, iat: claims.iat + 60 } }, facts)).toBeUndefined();
  });
  it.each<[string, object, object, RegExp]>([
    ['another issuer', {}, { iss: 'org-2' }, /iss/],
    ['another audience', {}, { aud: 'https://rs.harbour.example/market' }, /aud/],
    ['no number', {}, { jti: undefined }, /jti/],
    ['a number that is no UUID', {}, { jti: '1' }, /jti/],
    ['an old time', {}, { iat: claims.iat - 61 }, /iat/],
    ['a time ahead', {}, { iat: claims.iat + 61 }, /iat/],
    ['another type', { typ: 'jose' }, {}, /typ/],
    ['another algorithm', { alg: 'ES256' }, {}, /alg/],
  ])('are refused with %s', (_, inHeader, inClaims, says) => {
    expect(verifyJwt({ header: { ...header, ...inHeader }, claims: { ...claims, ...inClaims } }, facts)).toMatch(says);
  });
});

describe('errors', () => {
  const facts = { description: 'no', interactionId: 'i', now };
  it.each([
    [{ status: 401, code: 'invalid_token' }, { code: 'NAO_AUTENTICADO' }],
    [{ status: 403, code: 'insufficient_scope' }, { code: 'NAO_AUTORIZADO' }],
    [{ status: 404, code: 'not_found' }, { code: 'NAO_ENCONTRADO' }],
    [{ status: 422, code: 'COMBINACAO_PERMISSOES_INCORRETA' }, { code: 'COMBINACAO_PERMISSOES_INCORRETA', title: 'Wrong combination of permissions' }],
    [{ status: 418, code: 'teapot' }, { code: 'NAO_INFORMADO' }],
  ])('%j', (given, expected) => {
    expect(error({ ...facts, ...given })).toMatchObject({ status: given.status, body: { errors: [{ ...expected, detail: 'no' }], meta: { requestDateTime: '2026-11-25T12:00:00Z' } } });
  });
});

it.each([
  ['76109277673', true],
  ['76109277674', false],
  ['11111111111', false],
  ['7610927767', false],
])('CPF %s: %s', (number, holds) => expect(isCpf(number)).toBe(holds));

it.each([
  ['11222333000181', true],
  ['11222333000182', false],
  ['12ABC34501DE35', true],
  ['00000000000000', false],
])('CNPJ %s: %s', (number, holds) => expect(isCnpj(number)).toBe(holds));

it.each([
  ['https://as.harbour.example/brazil', 'urn:harbour:'],
  ['https://localhost:9443/brazil', 'urn:localhost:'],
  ['https://10.0.0.1/brazil', 'urn:bank:'],
])('consents of %s begin with %s', (issuer, prefix) => expect(consentPrefix({ issuer, bank: { name: 'Harbour Bank', participant: {} } })).toBe(prefix));

it('its operator says what it is called and numbered', async () => {
  const bank = { name: 'Harbour Bank', participant: { namespace: 'harbour-br', brandName: 'Porto', ispb: '99999004' } };
  expect(consentPrefix({ issuer: 'https://as.harbour.example/brazil', bank })).toBe('urn:harbour-br:');
  expect(participantOf(bank)).toMatchObject({ brandName: 'Porto', ispb: '99999004', compeCode: '633' });
});
