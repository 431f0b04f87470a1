import { DetailTypes } from '@assent/authorization-details';
import { aBank, aConsent, asking, call, now, parsed, refusal } from '../src/bank.fixtures.js';
import { fdxConsent, type FdxConsent } from './details/consent-request.js';
import { fdx } from './index.js';

type Members = Readonly<Record<string, unknown>>;
const resources = [
  { resourceType: 'ACCOUNT', dataClusters: ['ACCOUNT_DETAILED', 'TRANSACTIONS', 'STATEMENTS'] },
  { resourceType: 'CUSTOMER', dataClusters: ['CUSTOMER_CONTACT'] },
];
const consent = (consentRequest: Members = {}, more: Members = {}) => ({ type: 'fdx_v1.0', consentRequest: { durationType: 'ONE_TIME', lookbackPeriod: 60, resources, ...consentRequest }, ...more });
const types = DetailTypes.of(fdx.details);

describe('a consent request of FDX', () => {
  it.each<[string, Members]>([
    ['once', {}],
    ['for some days', { durationType: 'TIME_BOUND', durationPeriod: 90 }],
    ['until it is stopped', { durationType: 'PERSISTENT' }],
    ['without looking back', { lookbackPeriod: undefined }],
    ['of the customer alone', { resources: [resources[1]] }],
  ])('%s is taken', (_, changes) => {
    expect(parsed(fdx, [consent(changes)])).toHaveLength(1);
  });

  it.each<[string, Members]>([
    ['without durationType', { durationType: undefined }],
    ['of another duration', { durationType: 'FOREVER' }],
    ['for a time without days', { durationType: 'TIME_BOUND' }],
    ['once, with days', { durationPeriod: 90 }],
    ['for more than a year', { durationType: 'TIME_BOUND', durationPeriod: 400 }],
    ['that looks back by half a day', { lookbackPeriod: 0.5 }],
    ['that looks ahead', { lookbackPeriod: -1 }],
    ['of nothing', { resources: [] }],
    ['of a kind of resource nobody knows', { resources: [{ resourceType: 'DOCUMENT', dataClusters: ['STATEMENTS'] }] }],
    ['of clusters nobody knows', { resources: [{ resourceType: 'ACCOUNT', dataClusters: ['EVERYTHING'] }] }],
    ['of the customer as part of an account', { resources: [{ resourceType: 'ACCOUNT', dataClusters: ['CUSTOMER_CONTACT'] }] }],
    ['of no clusters', { resources: [{ resourceType: 'ACCOUNT', dataClusters: [] }] }],
    ['of accounts twice', { resources: [resources[0], resources[0]] }],
    ['with a member nobody documented', { parties: [] }],
  ])('%s is refused', async (_, changes) => {
    expect(await refusal(() => parsed(fdx, [consent(changes)]))).toMatchObject({ code: 'invalid_authorization_details', rule: 'RR-04' });
  });

  const read = (...details: object[]) => fdx.consent.read(asking({ authorizationDetails: parsed(fdx, details) }));

  it('lasts as long as its duration says', () => {
    expect(read(consent())).toMatchObject({ kind: 'carried', lifetime: 0 });
    expect(read(consent({ durationType: 'TIME_BOUND', durationPeriod: 90 }))).toMatchObject({ lifetime: 7_776_000 });
    expect(read(consent({ durationType: 'PERSISTENT' }))).not.toHaveProperty('lifetime');
  });

  it('stands alone, and does not choose accounts', async () => {
    expect(await refusal(() => read(consent(), consent()))).toMatchObject({ code: 'invalid_authorization_details', rule: 'FDX-RAR-01' });
    expect(await refusal(() => fdx.consent.read(asking()))).toMatchObject({ rule: 'FDX-RAR-01' });
    expect(await refusal(() => read(consent({}, { accounts: ['a'] })))).toMatchObject({ rule: 'FDX-RAR-02' });
  });

  it('is named by the grant’s id', () => {
    expect(fdx.consent.tokenMembers?.({ grantId: 'g', name: 'g', expiresAt: null, details: [] })).toEqual({ grant_id: 'g' });
  });

  it('looks back from the moment data is fetched', () => {
    const granted = fdxConsent.enrich(parsed(fdx, [consent()])[0], { accounts: ['b', 'a'], identifier: 'x', now });
    expect(fdxConsent.reach?.(granted, { now })).toEqual({ permissions: ['ACCOUNT_DETAILED', 'TRANSACTIONS', 'STATEMENTS', 'CUSTOMER_CONTACT'], accounts: ['a', 'b'], from: '2026-11-02' });
    expect(fdxConsent.reach?.(granted, { now: new Date('2027-03-01T00:00:00Z') }).from).toBe('2026-12-31');
  });

  it('keeps what is of the customer when the last account goes', () => {
    const granted = fdxConsent.enrich(parsed(fdx, [consent()])[0], { accounts: ['a'], identifier: 'x', now });
    expect(types.withoutAccount([granted], 'a')).toEqual([{ type: 'fdx_v1.0', consentRequest: { durationType: 'ONE_TIME', lookbackPeriod: 60, resources: [resources[1]] } }]);
    const [only] = parsed(fdx, [consent({ resources: [resources[0]] })]);
    expect(types.withoutAccount([fdxConsent.enrich(only, { accounts: ['a'], identifier: 'x', now })], 'a')).toEqual([]);
  });

  it.each<[string, Members, boolean]>([
    ['itself', {}, true],
    ['a shorter look back', { lookbackPeriod: 30 }, true],
    ['fewer clusters', { resources: [{ resourceType: 'ACCOUNT', dataClusters: ['TRANSACTIONS'] }] }, true],
    ['a longer look back', { lookbackPeriod: 61 }, false],
    ['any look back', { lookbackPeriod: undefined }, false],
    ['another duration', { durationType: 'PERSISTENT' }, false],
    ['more clusters', { resources: [{ resourceType: 'CUSTOMER', dataClusters: ['CUSTOMER_PERSONAL'] }] }, false],
  ])('holds %s: %p', (_, changes, within) => {
    expect(fdxConsent.isWithin(parsed(fdx, [consent(changes)])[0], parsed(fdx, [consent()])[0])).toBe(within);
  });

  it.each(['en', 'pt-BR', 'ar'])('is told in %s', (locale) => {
    const shown = types.present(parsed(fdx, [consent({ durationType: 'TIME_BOUND', durationPeriod: 90 })])[0]!, locale);
    expect(shown).toMatchObject({ kind: 'data', clusters: [{ id: 'person' }, { id: 'accounts' }, { id: 'balances' }, { id: 'transactions' }, { id: 'statements' }] });
    expect(shown.terms.map(({ id }) => id)).toEqual(['history', 'until']);
    expect(shown.terms[1]?.value).toContain('90');
  });
});

describe('its API', () => {
  const path = '/fdx/v6/consents/:consentId';
  const params = { consentId: 'grant-1' };
  const granted = (changes: Parameters<typeof aConsent>[0] = {}) => aConsent({ details: [consent() as FdxConsent], ...changes });

  it.each([
    ['active', 'ACTIVE'],
    ['expired', 'EXPIRED'],
    ['consumed', 'EXPIRED'],
    ['revoked', 'REVOKED'],
    ['rejected', 'REVOKED'],
  ] as const)('tells of a grant that is %s', async (status, told) => {
    const answer = await call(fdx, 'GET', path, { params }, aBank({ consents: [granted({ status })] }));
    expect(answer.body).toEqual({
      id: 'grant-1', status: told, createdTime: now.toISOString(), updatedTime: now.toISOString(), expirationTime: '2027-06-01T00:00:00.000Z', durationType: 'ONE_TIME', lookbackPeriod: 60,
      resources: [{ resourceType: 'ACCOUNT', resourceId: 'ana-everyday', dataClusters: resources[0]?.dataClusters }, { resourceType: 'CUSTOMER', resourceId: 'current', dataClusters: ['CUSTOMER_CONTACT'] }],
    }); // prettier-ignore
  });

  it('ends a grant once, with reason and initiator', async () => {
    const bank = aBank({ consents: [granted()] });
    const end = (body: Members) => call(fdx, 'PUT', `${path}/revocation`, { params, body }, bank);
    for (const body of [{}, { reason: 'BUSINESS_RULE' }, { reason: 'BOREDOM', initiator: 'INDIVIDUAL' }, { reason: 'USER_ACTION', initiator: 'SOMEBODY' }, { reason: 'USER_ACTION', initiator: 'INDIVIDUAL', more: 1 }]) expect(await refusal(() => end(body))).toMatchObject({ status: 400, rule: 'FDX-CS-02' });
    expect(bank.asked).toEqual([]);
    expect(await end({ reason: 'USER_ACTION', initiator: 'INDIVIDUAL' })).toEqual({ status: 204 });
    expect(bank.asked).toEqual([{ revoked: 'grant-1', reason: 'USER_ACTION by INDIVIDUAL' }]);
    expect(await refusal(() => end({ reason: 'USER_ACTION', initiator: 'INDIVIDUAL' }))).toMatchObject({ status: 409, rule: 'FDX-CS-03' });
  });

  it('tells who ended it, and why', async () => {
    const told = async (changes: Parameters<typeof aConsent>[0]) => ((await call(fdx, 'GET', `${path}/revocation`, { params }, aBank({ consents: [granted(changes)] }))).body as { revocations: unknown[] }).revocations;
    expect(await told({})).toEqual([]);
    expect(await told({ status: 'revoked', ended: { by: 'client', reason: 'BUSINESS_RULE by DATA_ACCESS_PLATFORM' } })).toEqual([{ status: 'REVOKED', reason: 'BUSINESS_RULE', initiator: 'DATA_ACCESS_PLATFORM', updatedTime: now.toISOString() }]);
    expect(await told({ status: 'revoked', ended: { by: 'customer' } })).toMatchObject([{ reason: 'USER_ACTION', initiator: 'INDIVIDUAL' }]);
    expect(await told({ status: 'revoked', ended: { by: 'staff', reason: 'fraud' } })).toMatchObject([{ reason: 'BUSINESS_RULE', initiator: 'DATA_PROVIDER' }]);
  });

  it.each(['GET', 'PUT'] as const)('%s: knows no other token’s grant', async (method) => {
    const bank = aBank({ consents: [granted()] });
    const at = method === 'GET' ? path : `${path}/revocation`;
    const body = { reason: 'USER_ACTION', initiator: 'INDIVIDUAL' };
    expect(await refusal(() => call(fdx, method, at, { params: { consentId: 'none' }, body }, bank))).toMatchObject({ status: 404, rule: 'FDX-CS-01' });
    expect(await refusal(() => call(fdx, method, at, { params, body, access: { grantId: 'grant-2' } }, bank))).toMatchObject({ status: 404, rule: 'FDX-CS-01' });
    expect(bank.asked).toEqual([]);
  });

  it('shows accounts, with what is in them only for ACCOUNT_DETAILED', async () => {
    const basic = await call(fdx, 'GET', '/fdx/v6/accounts', { access: { permissions: ['ACCOUNT_BASIC'] } }, aBank());
    expect(JSON.stringify(basic.body)).not.toContain('currentBalance');
    const whole = await call(fdx, 'GET', '/fdx/v6/accounts', { access: { permissions: ['ACCOUNT_DETAILED'] } }, aBank());
    expect(whole.body).toMatchObject({ page: {}, accounts: [{ accountId: 'ana-everyday', accountType: 'CHECKING', accountNumberDisplay: '4821', currentBalance: -12.5 }, { accountType: 'SAVINGS' }] });
    expect(await refusal(() => call(fdx, 'GET', '/fdx/v6/accounts/:accountId', { params: { accountId: 'ben' } }, aBank()))).toMatchObject({ status: 404, code: '701', rule: 'FDX-RS-01' });
  });

  it('shows transactions, customers and statements', async () => {
    const bank = aBank();
    const at = { params: { accountId: 'ana-everyday' } };
    const list = (query: string) => call(fdx, 'GET', '/fdx/v6/accounts/:accountId/transactions', { ...at, query }, bank);
    expect(await list('startTime=2026-12-01&endTime=2026-12-31T23:59:59Z&offset=c1')).toMatchObject({ body: { page: { nextOffset: 'c2' }, transactions: [{ transactionId: 't1', debitCreditMemo: 'DEBIT', amount: 4.2 }] } });
    expect(bank.asked).toEqual([{ transactions: 'ana-everyday', limit: 100, from: '2026-12-01', to: '2026-12-31', cursor: 'c1' }]);
    expect(await refusal(() => list('startTime=soon'))).toMatchObject({ status: 400, code: '702' });
    expect(await refusal(() => list('startTime=2027-01-01&endTime=2026-01-01'))).toMatchObject({ status: 400, code: '703' });
    expect(await call(fdx, 'GET', '/fdx/v6/customers/current', {}, bank)).toMatchObject({ body: { customerId: 'customer-ana', name: { first: 'Ana', last: 'Duarte' }, email: ['ana@example.com'] } });
    expect(await call(fdx, 'GET', '/fdx/v6/accounts/:accountId/statements', at, bank)).toMatchObject({ body: { statements: [] } });
  });

  it('tells errors with a number, a message and what a developer needs', () => {
    const told = (status: number, code: string) => fdx.resources.error({ status, code, description: 'why', interactionId: 'i', now }).body;
    expect(told(401, 'invalid_token')).toEqual({ code: '602', message: 'Not authenticated', debugMessage: 'why' });
    expect(told(404, '701')).toMatchObject({ code: '701' });
    expect(told(500, 'server_error')).toMatchObject({ code: '500' });
  });
});
