import type { AuthorizationDetail, ConsentStatus } from '@assent/protocol';
import { aBank, aConsent, call, now, parsed, refusal, routeOf, type Called } from '../src/bank.fixtures.js';
import { serviceInitiation } from './details/service-initiation.js';
import { uae } from './index.js';
import { creditor, dataConsent, paymentConsent } from './requests.fixtures.js';

const info = '/open-finance/account-information/v2.1';
const pay = '/open-finance/payment/v2.1';
const seeing = (...permissions: string[]) => ({ permissions, grantId: 'grant-1' });
const body = (answer: { readonly body?: unknown }) => answer.body as Readonly<Record<string, never>> & { readonly Data: Readonly<Record<string, unknown>> };

describe('accounts', () => {
  const account = { params: { AccountId: 'ana-everyday' } };

  it('shows no number without ReadAccountsDetail', async () => {
    const basic = await call(uae, 'GET', `${info}/accounts`, { access: seeing('ReadAccountsBasic') }, aBank());
    expect(JSON.stringify(basic.body)).not.toContain('HBNK');
    expect(body(basic).Data['Account']).toHaveLength(2);
    const whole = await call(uae, 'GET', `${info}/accounts/:AccountId`, { ...account, access: seeing('ReadAccountsDetail') }, aBank());
    expect(body(whole)).toMatchObject({ Data: { Account: [{ AccountId: 'ana-everyday', AccountType: 'Retail', AccountSubType: 'CurrentAccount', AccountIdentifiers: [{ SchemeName: 'IBAN', Identification: 'GB09HBNK40010112344821' }] }] }, Links: { Self: `https://bank.example/uae${info}/accounts/ana-everyday` }, Meta: {} });
  });

  it('shows balances without sign, and which way they are', async () => {
    const answer = await call(uae, 'GET', `${info}/accounts/:AccountId/balances`, account, aBank());
    expect(body(answer).Data).toEqual({ AccountId: 'ana-everyday', Balance: [{ CreditDebitIndicator: 'Debit', Type: 'InterimBooked', DateTime: now.toISOString(), Amount: { Amount: '12.50', Currency: 'GBP' } }] });
  });

  it('names nobody else without ReadTransactionsDetail, and pages', async () => {
    const bank = aBank();
    const read = (access: Called['access'], query = '') => call(uae, 'GET', `${info}/accounts/:AccountId/transactions`, { ...account, query, ...(access && { access }) }, bank);
    const basic = await read(seeing('ReadTransactionsBasic'), 'fromBookingDateTime=2026-12-01T00:00:00Z&toBookingDateTime=2026-12-31');
    expect(JSON.stringify(basic.body)).not.toMatch(/Kaffa|Coffee/);
    expect(body(basic)['Links']).toMatchObject({ Next: expect.stringContaining('page=c2') });
    expect(bank.asked).toEqual([{ transactions: 'ana-everyday', limit: 100, from: '2026-12-01', to: '2026-12-31' }]);
    expect(JSON.stringify((await read(seeing('ReadTransactionsDetail'))).body)).toMatch(/Kaffa/);
    expect(await refusal(() => read(undefined, 'fromBookingDateTime=yesterday'))).toMatchObject({ status: 400, code: 'Resource.InvalidFormat', rule: 'UAE-RS-04' });
  });

  it.each(['beneficiaries', 'direct-debits', 'standing-orders', 'scheduled-payments', 'statements', 'product', 'balances', 'transactions'])('%s of an account the consent does not open are refused', async (part) => {
    const other = { params: { AccountId: 'ben-everyday' } };
    expect(await refusal(() => call(uae, 'GET', `${info}/accounts/:AccountId/${part}`, other, aBank()))).toMatchObject({ status: 403, code: 'Consent.PermanentAccountAccessFailure', rule: 'UAE-RS-03' });
    expect((await call(uae, 'GET', `${info}/accounts/:AccountId/${part}`, account, aBank())).status).toBe(200);
  });

  it('says who the customer is, and how to reach them only with ReadPartyUserIdentity', async () => {
    expect(body(await call(uae, 'GET', `${info}/parties`, { access: seeing('ReadPartyUser') }, aBank())).Data).toEqual({ Party: { PartyId: 'customer-ana', PartyType: 'Sole', Name: 'Ana Duarte' } });
    expect(JSON.stringify((await call(uae, 'GET', `${info}/parties`, { access: seeing('ReadPartyUserIdentity') }, aBank())).body)).toContain('ana@example.com');
  });
});

describe('consents', () => {
  const path = `${info}/account-access-consents/:ConsentId`;
  const params = { ConsentId: 'consent-1' };

  it.each<[ConsentStatus, string]>([
    ['awaiting_authorisation', 'AwaitingAuthorization'],
    ['active', 'Authorized'],
    ['rejected', 'Rejected'],
    ['suspended', 'Suspended'],
    ['expired', 'Expired'],
    ['revoked', 'Revoked'],
    ['consumed', 'Consumed'],
  ])('%s is told as %s', async (status, told) => {
    const answer = await call(uae, 'GET', path, { params }, aBank({ consents: [aConsent({ status, document: { ConsentId: 'consent-1' }, ...(status === 'revoked' && { ended: { by: 'customer' } }) })] }));
    expect(body(answer).Data).toMatchObject({ ConsentId: 'consent-1', Status: told, CreationDateTime: now.toISOString(), AccountIds: ['ana-everyday'] });
    expect(body(answer).Data['RevokedBy']).toBe(status === 'revoked' ? 'LFI.InitiatedByUser' : undefined);
  });

  it('tells who of several has authorised', async () => {
    const answer = await call(uae, 'GET', path, { params }, aBank({ consents: [aConsent({ document: { IsSingleAuthorization: false } })] }));
    expect(body(answer)['Meta']).toEqual({ MultipleAuthorizers: { TotalRequired: 2, Authorizations: [{ Status: 'Approved', AuthorizationDateTime: now.toISOString() }, { Status: 'Pending' }] } });
  });

  it.each<[string, Called, Parameters<typeof aConsent>[0]]>([
    ['nobody lodged', { params: { ConsentId: 'none' } }, {}],
    ['of the other kind', { params }, { kind: 'payment' }],
    ['of another token', { params, access: { grantId: 'grant-2' } }, {}],
  ])('UAE-CS-01: one %s is not there', async (_, called, consent) => {
    const bank = aBank({ consents: [aConsent(consent)] });
    expect(await refusal(() => call(uae, 'GET', path, called, bank))).toMatchObject({ status: 404, code: 'Resource.NotFound', rule: 'UAE-CS-01' });
    expect(await refusal(() => call(uae, 'PATCH', path, { ...called, body: { Data: { Status: 'Revoked' } } }, bank))).toMatchObject({ rule: 'UAE-CS-01' });
    expect(bank.asked).toEqual([]);
  });

  it('end by their status, once', async () => {
    const bank = aBank({ consents: [aConsent()] });
    const end = () => call(uae, 'PATCH', path, { params, body: { Data: { Status: 'Revoked', RevokedBy: 'TPP' } } }, bank);
    expect(await end()).toEqual({ status: 204 });
    expect(await refusal(end)).toMatchObject({ status: 400, code: 'Consent.Invalid', rule: 'UAE-CS-03' });
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['another status', { Data: { Status: 'Authorized' } }],
    ['more permissions', { Data: { Status: 'Revoked', Permissions: ['ReadStatements'] } }],
    ['something beside', { Data: { Status: 'Revoked' }, Subscription: {} }],
  ])('UAE-CS-02: do not change by %s', async (_, changed) => {
    const bank = aBank({ consents: [aConsent()] });
    expect(await refusal(() => call(uae, 'PATCH', path, { params, body: changed as Readonly<Record<string, unknown>> }, bank))).toMatchObject({ status: 400, rule: 'UAE-CS-02' });
    expect(bank.asked).toEqual([]);
  });
});

describe('payments', () => {
  const granted = (): AuthorizationDetail => serviceInitiation.enrich(parsed(uae, [paymentConsent()])[0], { accounts: ['ana-everyday'], identifier: 'id-1', now });
  const data = { ConsentId: 'c8f42378-10ac-46a1-8d20-4e020484216d', Instruction: { Amount: { Amount: '100.00', Currency: 'AED' } }, PaymentPurposeCode: 'ACM', DebtorReference: 'Invoice 1234', CreditorReference: 'Invoice 1234' };
  const order = (changes: object = {}, bank = aBank({ consents: [aConsent({ name: data.ConsentId, kind: 'payment', document: { PaymentPurposeCode: 'ACM' } })] })) => ({ bank, made: () => call(uae, 'POST', `${pay}/payments`, { access: { grantId: 'grant-1', details: [granted()] }, body: { Data: { ...data, ...changes } } }, bank) });

  it('are made as approved', async () => {
    const { bank, made } = order();
    expect(await made()).toMatchObject({ status: 201, body: { Data: { PaymentId: 'payment-1', ConsentId: data.ConsentId, Status: 'AcceptedSettlementCompleted', PaymentPurposeCode: 'ACM' }, Links: { Self: `https://bank.example/uae${pay}/payments/payment-1` } } });
    expect(bank.asked).toEqual([{ paid: expect.objectContaining({ identifier: 'id-1', creditorAccount: { iban: 'AE070331234567890123456' } }) }]);
  });

  it('may repeat who is paid, the same', async () => {
    expect((await order({ PersonalIdentifiableInformation: { Initiation: { Creditor: creditor.Creditor, CreditorAccount: creditor.CreditorAccount } } }).made()).status).toBe(201);
  });

  it.each<[string, object, string]>([
    ['of another amount', { Instruction: { Amount: { Amount: '100.01', Currency: 'AED' } } }, 'UAE-PAY-02'],
    ['in another currency', { Instruction: { Amount: { Amount: '100.00', Currency: 'USD' } } }, 'UAE-PAY-02'],
    ['of another consent', { ConsentId: 'other' }, 'UAE-PAY-02'],
    ['for another purpose', { PaymentPurposeCode: 'SAL' }, 'UAE-PAY-02'],
    ['with another reference', { CreditorReference: 'Invoice 1235' }, 'UAE-PAY-02'],
    ['without a reference', { DebtorReference: undefined }, 'UAE-PAY-02'],
    ['to somebody else', { PersonalIdentifiableInformation: { Initiation: { Creditor: creditor.Creditor, CreditorAccount: { ...creditor.CreditorAccount, Identification: 'DE02100100109307118603' } } } }, 'UAE-PAY-03'],
  ])('%s are refused', async (_, changes, rule) => {
    const { bank, made } = order(changes);
    expect(await refusal(made)).toMatchObject({ status: 400, code: 'Consent.BusinessRuleViolation', rule });
    expect(bank.asked).toEqual([]);
  });

  it('UAE-PAY-01: need a payment consent', async () => {
    const access = { grantId: 'grant-1', details: parsed(uae, [dataConsent()]) };
    expect(await refusal(() => call(uae, 'POST', `${pay}/payments`, { access, body: { Data: data } }, aBank({ consents: [aConsent()] })))).toMatchObject({ status: 403, code: 'AccessToken.InvalidScope', rule: 'UAE-PAY-01' });
  });

  it('are found by their id', async () => {
    const payment = { id: 'p-9', status: 'rejected', rejection: 'insufficient_funds', amount: { amount: '100.00', currency: 'AED' }, creditorName: 'Ivan', creditorAccount: { iban: 'AE070331234567890123456' }, accountId: 'ana-everyday', grantId: 'grant-1', createdAt: now } as const;
    const bank = aBank({ consents: [aConsent({ kind: 'payment' })], payment });
    expect(await call(uae, 'GET', `${pay}/payments/:PaymentId`, { params: { PaymentId: 'p-9' } }, bank)).toMatchObject({ status: 200, body: { Data: { PaymentId: 'p-9', Status: 'Rejected', RejectReasonCode: [{ Code: 'insufficient_funds' }] } } });
    expect(await refusal(() => call(uae, 'GET', `${pay}/payments/:PaymentId`, { params: { PaymentId: 'p-8' } }, bank))).toMatchObject({ status: 404, rule: 'UAE-PAY-04' });
  });

  it.each<[string, object, object, string | undefined]>([
    ['signed well', {}, {}, undefined],
    ['signed otherwise', { alg: 'ES256' }, {}, 'alg must be PS256'],
    ['of somebody else', {}, { iss: 'other' }, 'iss must be the client_id'],
    ['for somebody else', {}, { aud: 'https://other.example' }, 'aud must be the issuer identifier'],
    ['without iat', {}, { iat: undefined }, 'iat and exp are required'],
    ['too old', {}, { iat: 1_798_804_000, exp: 1_798_804_300 }, 'it has expired'],
    ['living too long', {}, { exp: 1_798_805_400 }, 'exp must lie at most five minutes after iat, and iat not ahead'],
  ])('a body %s', (_, header, claims, fault) => {
    const route = routeOf(uae, 'POST', `${pay}/payments`);
    const seconds = now.getTime() / 1000;
    const jwt = { header: { alg: 'PS256', ...header }, claims: { iss: 'tally-budget', aud: 'https://as.example/uae', iat: seconds, exp: seconds + 300, ...claims } };
    expect(route.body?.verifyJwt?.(jwt, { clientId: 'tally-budget', issuer: 'https://as.example/uae', url: '', organisationId: undefined, now })).toBe(fault);
  });
});

it.each([
  [401, 'invalid_token', undefined],
  [403, 'insufficient_scope', { Errors: [{ Code: 'AccessToken.InvalidScope', Message: 'no' }] }],
  [403, 'Consent.AccountTemporarilyBlocked', { Errors: [{ Code: 'Consent.AccountTemporarilyBlocked', Message: 'no' }] }],
  [404, 'not_found', { Errors: [{ Code: 'Resource.NotFound', Message: 'no' }] }],
  [500, 'server_error', { Errors: [{ Code: 'GenericError', Message: 'no' }] }],
])('an error of status %d and code %s is told as the market does', (status, code, expected) => {
  const answer = uae.resources.error({ status, code, description: 'no', interactionId: 'i', now });
  expect([answer.status, answer.body]).toEqual([status, expected]);
});
