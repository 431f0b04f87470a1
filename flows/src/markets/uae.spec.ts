import { customers, Message, send, type Visitor } from '@assent/testing/fapi';
import { CompactEncrypt, decodeJwt, importJWK, type JWK } from 'jose';
import { randomUUID } from 'node:crypto';
import { stopAsCustomer, stopAsStaff } from '../support/endings.js';
import { SignedParty } from '../support/signed-party.js';
import { expectAnswer, expectRefusedBy, refused } from '../support/refusal.js';
import { startSites, type Sites } from '../support/sites.js';
import type { Stack } from '../support/stack.js';

/* UAE Open Finance over the wire: consents in signed requests, accounts, payments, and one life for consent and tokens. */

const dataType = 'urn:openfinanceuae:account-access-consent:v2.1';
const paymentType = 'urn:openfinanceuae:service-initiation-consent:v2.1';
const tpp = (id: string) => ({
  id, at: 'uae', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256',
  metadata: { scope: 'openid accounts payments products', authorization_details_types: [dataType, paymentType], id_token_signed_response_alg: 'PS256' },
}) as const; // prettier-ignore

const account = (id: string, name: string, type: string, iban: string) => ({ id, name, type, iban, openingBalance: '1250.00', historyDays: 20 });
const people = [
  { id: 'customer-ana', ...customers.ana, displayName: 'Ana Duarte', claims: { name: 'Ana Duarte', email: 'ana@example.test' }, accounts: [account('ana-everyday', 'Everyday account', 'current', 'GB09HBNK40010112344821'), { ...account('ana-joint', 'Joint account', 'current', 'GB15HBNK40010155120937'), approvers: ['customer-ben'] }] },
  { id: 'customer-ben', ...customers.ben, displayName: 'Ben Okafor', claims: { name: 'Ben Okafor' }, accounts: [account('ben-savings', 'Savings', 'savings', 'GB76HBNK40010100213377')] },
]; // prettier-ignore

let sites: Sites;
let stack: Stack;
let party: SignedParty;
let other: SignedParty;
let ana: Visitor;
beforeAll(async () => {
  sites = await startSites([tpp('tpp'), tpp('other')], { otherIssuers: [{ name: 'uae', market: 'uae' }], sections: { customers: people } });
  ({ stack } = sites);
  [party, other, ana] = [await SignedParty.of(stack, 'tpp'), await SignedParty.of(stack, 'other'), stack.visitor()];
}, 90_000);
afterAll(() => sites?.stop());

type Members = Readonly<Record<string, unknown>>;
const inDays = (days: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + days * 86_400_000).toISOString();
const data = (consent: Members = {}, more: Members = {}) => ({
  type: dataType,
  consent: { ConsentId: randomUUID(), Permissions: ['ReadAccountsBasic', 'ReadAccountsDetail', 'ReadBalances', 'ReadTransactionsBasic'], ExpirationDateTime: inDays(90), OpenFinanceBilling: { UserType: 'Retail', Purpose: 'AccountAggregation' }, ...consent },
  ...more,
}); // prettier-ignore
const creditor = { Creditor: { Name: 'Ivan England' }, CreditorAccount: { SchemeName: 'IBAN', Identification: 'AE070331234567890123456', Name: { en: 'Ivan David England' } } };
const payment = (consent: Members = {}) => ({
  type: paymentType,
  consent: { ConsentId: randomUUID(), IsSingleAuthorization: true, ExpirationDateTime: inDays(1), ControlParameters: { ConsentSchedule: { SinglePayment: { Type: 'SingleInstantPayment', Amount: { Amount: '25.00', Currency: 'GBP' } } } }, PersonalIdentifiableInformation: { Initiation: { Creditor: [creditor] } }, PaymentPurposeCode: 'ACM', CreditorReference: 'Invoice 1234', ...consent },
}); // prettier-ignore
const asking = (detail: object, scope = 'accounts openid') => ({ scope, authorization_details: JSON.stringify([detail]) });
const idOf = (detail: { readonly consent: Members }) => detail.consent['ConsentId'] as string;

const info = '/open-finance/account-information/v2.1';
const pay = '/open-finance/payment/v2.1';
const consentOf = async (id: string, who = party, at = `${info}/account-access-consents`, scope = 'accounts') => who.send('GET', `${at}/${id}`, await who.ownToken(scope));
const statusOf = async (id: string) => (await consentOf(id)).json['Data'];
const accounts = (token: string, who = party) => who.send('GET', `${info}/accounts`, token);

describe('a data consent', () => {
  it('is carried by the request, authorised, used, and told', async () => {
    const detail = data({ IsSingleAuthorization: true }, { subscription: { Webhook: { Url: 'https://tpp.example/hook', IsActive: true } } });
    const { prepared, url } = await party.begin(asking(detail));
    expect(await statusOf(idOf(detail))).toMatchObject({ ConsentId: idOf(detail), Status: 'AwaitingAuthorization' });
    // Parameters beside the two that count are sent by the market's own libraries.
    url.searchParams.append('response_type', 'code');
    url.searchParams.append('scope', 'openid');
    const callback = await ana.approve(url, { ...customers.ana, accounts: ['ana-everyday'] });
    expect([...callback.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
    expect(await statusOf(idOf(detail))).toMatchObject({ Status: 'Authorized', AccountIds: ['ana-everyday'] });
    const interaction = randomUUID();
    const { json, headers } = await party.client.redeem(prepared, party.client.callback(callback, prepared).get('code')!, { message: (message) => void message.setHeader('x-fapi-interaction-id', interaction) });
    expect([json['expires_in'], json['token_type'], headers.get('x-fapi-interaction-id')]).toEqual([600, 'Bearer', interaction]);
    expect(json['authorization_details']).toMatchObject([{ type: dataType, accounts: ['ana-everyday'] }]);
    expect(decodeJwt(json['id_token'] as string)).toMatchObject({ nonce: prepared.nonce, acr: expect.any(String) });

    const token = json['access_token'] as string;
    const listed = await accounts(token);
    expect(listed.json).toMatchObject({ Data: { Account: [{ AccountId: 'ana-everyday', AccountSubType: 'CurrentAccount', AccountIdentifiers: [{ Identification: 'GB09HBNK40010112344821' }] }] }, Links: { Self: `${party.base}${info}/accounts` }, Meta: {} });
    expect((listed.json['Data'] as { Account: unknown[] }).Account).toHaveLength(1);
    expect(listed.headers.get('x-fapi-interaction-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect((await party.send('GET', `${info}/accounts/ana-everyday/balances`, token)).json).toMatchObject({ Data: { AccountId: 'ana-everyday', Balance: [{ CreditDebitIndicator: 'Credit' }] } });
    expect((await party.send('GET', `${info}/accounts/ana-everyday/transactions`, token)).json).toMatchObject({ Data: { AccountId: 'ana-everyday' } });
    expect((await consentOf(idOf(detail))).json).toMatchObject({ Data: { Status: 'Authorized' } });
    expect((await party.send('GET', `${info}/account-access-consents/${idOf(detail)}`, token)).json).toMatchObject({ Data: { Status: 'Authorized' } });

    const refreshed = await party.client.refresh(json['refresh_token'] as string);
    expect([refreshed.status, refreshed.json['expires_in']]).toEqual([200, 600]);
    expect((await accounts(refreshed.json['access_token'] as string)).status).toBe(200);
  });

  it('opens no more than it says: paths, accounts, permissions, versions', async () => {
    const { accessToken: token } = await party.granted(asking(data({ Permissions: ['ReadAccountsBasic'] })), ana, { accounts: ['ana-everyday'] });
    const listed = (await accounts(token)).text;
    expect(listed).toContain('ana-everyday');
    expect(listed).not.toContain('HBNK');
    for (const [path, status, code] of [
      [`${info}/accounts/ana-everyday/balances`, 403, 'AccessToken.InvalidScope'],
      [`${info}/accounts/ana-everyday/transactions`, 403, 'AccessToken.InvalidScope'],
      [`${info}/accounts/ben-savings`, 403, 'Consent.PermanentAccountAccessFailure'],
      [`${pay}/payments/none`, 403, 'AccessToken.InvalidScope'],
      [`${info.replace('v2.1', 'v1.2')}/accounts`, 404, 'Resource.NotFound'],
    ] as const) expect([path, (await party.send('GET', path, token)).status, (await party.send('GET', path, token)).json]).toEqual([path, status, { Errors: [expect.objectContaining({ Code: code })] }]); // prettier-ignore
    expect((await party.send('DELETE', `${info}/accounts`, token)).status).toBe(405);
  });

  it('is answered without a body when the token is missing, another certificate’s or another issuer’s', async () => {
    const { accessToken: token } = await party.granted(asking(data()), ana, { accounts: ['ana-everyday'] });
    for (const answer of [await accounts(token, other), await party.send('GET', `${info}/accounts`, undefined), await party.send('GET', `${info}/accounts`, token, { identity: null })]) expect([answer.status, answer.text]).toEqual([401, '']);
    expect((await party.client.call(`${stack.resource}/accounts`, token)).status).toBe(401);
  });

  it('answers an id of the interaction whatever came: the same, or a new one', async () => {
    const { accessToken: token } = await party.granted(asking(data()), ana, { accounts: ['ana-everyday'] });
    const own = randomUUID();
    const echoed = async (id: string | undefined) => (await party.send('GET', `${info}/accounts`, token, { headers: { 'x-fapi-interaction-id': id } })).headers.get('x-fapi-interaction-id');
    expect(await echoed(own)).toBe(own);
    expect(await echoed('not a uuid')).toMatch(/^[0-9a-f]{8}-/);
    expect(await echoed(undefined)).toMatch(/^[0-9a-f]{8}-/);
  });

  it('of accounts that others must agree to gives tokens that work only once all have', async () => {
    const detail = data({ IsSingleAuthorization: false });
    const { accessToken: token, refreshToken } = await party.granted(asking(detail), ana, { accounts: ['ana-joint'] });
    expect((await accounts(token)).status).toBe(401);
    const before = await consentOf(idOf(detail));
    expect(before.json).toMatchObject({ Data: { Status: 'AwaitingAuthorization' }, Meta: { MultipleAuthorizers: { TotalRequired: 2 } } });
    const { grantId } = (await stack.database.stores.consents.find({ issuer: party.client.as.issuer, clientId: 'tpp', name: idOf(detail), now: new Date() }))!;
    const decide = (customerId: string) => stack.database.stores.consents.decide({ grantId, customerId, decision: 'approve', now: new Date(), audit: { type: 'consent.approved', issuer: party.client.as.issuer, grantId } });
    expect(await decide('customer-ana')).toBe('not-asked');
    expect(await decide('customer-ben')).toBe('active');
    expect((await consentOf(idOf(detail))).json).toMatchObject({ Data: { Status: 'Authorized' } });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await accounts(token)).status).toBe(200);
    const fresh = await party.client.refresh(refreshToken!);
    expect((await accounts(fresh.json['access_token'] as string)).status).toBe(200);
  });

  it('is rejected where the customer has no account it could be about', async () => {
    const detail = data({ AccountSubType: ['Mortgage'] });
    const { url, prepared } = await party.begin(asking(detail));
    const { answer } = await stack.visitor().signIn(url, customers.ben);
    const callback = new URL(answer.headers.get('location')!);
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({ error: 'invalid_request', error_description: 'user_lacks_eligible_accounts', state: prepared.state, iss: party.client.as.issuer });
    expect(await statusOf(idOf(detail))).toMatchObject({ Status: 'Rejected' });
  });

  it('goes on with one before, of the same customer and the first of its chain', async () => {
    const root = data();
    await party.granted(asking(root), ana, { accounts: ['ana-everyday'] });
    const next = data({ BaseConsentId: idOf(root) });
    expect((await party.granted(asking(next), ana, { accounts: ['ana-everyday'] })).answer.status).toBe(200);
    expect(await statusOf(idOf(root))).toMatchObject({ Status: 'Authorized' });
    expectAnswer((await party.push(asking(data({ BaseConsentId: idOf(next) })))).answer, refused('invalid_request'));
    expectAnswer((await party.push(asking(data({ BaseConsentId: randomUUID() })))).answer, refused('invalid_request'));
    expectAnswer((await other.push(asking(data({ BaseConsentId: idOf(root) })))).answer, refused('invalid_request'));
    const { url } = await party.begin(asking(data({ BaseConsentId: idOf(root) })));
    const { answer } = await stack.visitor().signIn(url, customers.ben);
    expect(new URL(answer.headers.get('location')!).searchParams.get('error')).toBe('access_denied');
  });
});

describe('a request', () => {
  type Claims = Record<string, unknown>;
  const seconds = () => Math.floor(Date.now() / 1000);
  const object = (mutate: (claims: Claims) => void) => ({ object: (_: unknown, claims: unknown) => mutate(claims as Claims) });

  it.each<[string, () => object]>([
    ['nbf nine minutes ago', () => object((claims) => Object.assign(claims, { nbf: seconds() - 540, exp: seconds() + 30 }))],
    ['ten minutes between nbf and exp', () => object((claims) => Object.assign(claims, { nbf: seconds() - 10, exp: seconds() + 590 }))],
    ['no typ and no jti', () => ({ object: (header: Claims, claims: Claims) => (delete header['typ'], delete claims['jti']) })],
    ['max_age of an hour', () => object((claims) => Object.assign(claims, { max_age: 3600 }))],
    ['aud in a list', () => object((claims) => Object.assign(claims, { aud: [party.client.as.issuer] }))],
  ])('is taken with %s', async (_, change) => {
    expectAnswer((await party.push(asking(data()), change())).answer, { status: 201, error: null });
  });

  it.each<[string, string, string, () => object]>([
    ['MS-JAR-05', 'nbf eleven minutes ago', 'invalid_request_object', () => object((claims) => Object.assign(claims, { nbf: seconds() - 660, exp: seconds() + 30 }))],
    ['MS-JAR-06', 'eleven minutes between nbf and exp', 'invalid_request_object', () => object((claims) => Object.assign(claims, { exp: seconds() + 660 }))],
    ['MS-JAR-05', 'no nbf', 'invalid_request_object', () => object((claims) => delete claims['nbf'])],
    ['MS-JAR-06', 'no exp', 'invalid_request_object', () => object((claims) => delete claims['exp'])],
    ['MS-JAR-10', 'no iss', 'invalid_request_object', () => object((claims) => delete claims['iss'])],
    ['MS-JAR-04', 'aud of an endpoint', 'invalid_request_object', () => object((claims) => Object.assign(claims, { aud: `${party.client.as.issuer}/par` }))],
    ['JR-02', 'no client_id', 'invalid_request_object', () => object((claims) => delete claims['client_id'])],
    ['UAE-REQ-01', 'no state', 'invalid_request', () => object((claims) => delete claims['state'])],
    ['UAE-REQ-01', 'no nonce', 'invalid_request', () => object((claims) => delete claims['nonce'])],
    ['UAE-REQ-01', 'no authorization_details', 'invalid_request', () => object((claims) => delete claims['authorization_details'])],
    ['UAE-REQ-02', 'max_age above an hour', 'invalid_request', () => object((claims) => Object.assign(claims, { max_age: 3601 }))],
    ['F2-AZ-05', 'no code_challenge', 'invalid_request', () => object((claims) => delete claims['code_challenge'])],
    ['F2-AZ-07', 'an unregistered redirect_uri', 'invalid_request', () => object((claims) => Object.assign(claims, { redirect_uri: 'https://evil.example/cb' }))],
    ['F2-AZ-01', 'an ID token beside the code', 'unsupported_response_type', () => object((claims) => Object.assign(claims, { response_type: 'code id_token' }))],
    ['ASSENT-PAR-02', 'a signed response', 'invalid_request', () => object((claims) => Object.assign(claims, { response_mode: 'jwt' }))],
    ['UAE-SC-01', 'no openid', 'invalid_scope', () => object((claims) => Object.assign(claims, { scope: 'accounts' }))],
    ['UAE-SC-02', 'the scope of payments', 'invalid_scope', () => object((claims) => Object.assign(claims, { scope: 'payments openid' }))],
    ['ASSENT-SCOPE-02', 'a scope nobody knows', 'invalid_scope', () => object((claims) => Object.assign(claims, { scope: 'accounts openid insurance' }))],
  ])('%s: is refused with %s', async (rule, _title, error, change) => {
    const detail = data();
    await expectRefusedBy(stack.asLog, (await party.push(asking(detail), change())).answer, { rule, expect: refused(error) });
    expect((await consentOf(idOf(detail))).status).toBe(404);
  });

  it.each<[string, () => object]>([
    ['a member nobody documented', () => data({ Frequency: 1 })],
    ['balances without accounts', () => data({ Permissions: ['ReadBalances'] })],
    ['an end in two years', () => data({ ExpirationDateTime: inDays(730) })],
    ['an end in the past', () => data({ ExpirationDateTime: inDays(-1) })],
    ['another purpose', () => data({ OpenFinanceBilling: { UserType: 'Retail', Purpose: 'Marketing' } })],
    ['another version', () => data({}, { type: 'urn:openfinanceuae:account-access-consent:v2.2' })],
    ['accounts, which the bank writes', () => data({}, { accounts: ['ana-everyday'] })],
  ])('is refused with %s', async (_, detail) => {
    expectAnswer((await party.push(asking(detail()))).answer, refused('invalid_authorization_details'));
  });

  it('is refused unsigned, signed otherwise, and with an old or long-lived client assertion', async () => {
    const prepared = await party.client.prepare(asking(data()));
    await expectRefusedBy(stack.asLog, await party.client.push(prepared), { rule: 'MS-JAR-01', expect: refused('invalid_request') });
    const assertion = (members: Claims) => ({ assertion: (_: unknown, claims: unknown) => void Object.assign(claims as Claims, members) });
    const push = async (members: Claims) => (await party.push(asking(data()), assertion(members))).answer;
    await expectRefusedBy(stack.asLog, await push({ iat: undefined }), { rule: 'F2-CA-04', expect: refused('invalid_client', 401) });
    await expectRefusedBy(stack.asLog, await push({ iat: seconds() - 200, exp: seconds() + 120 }), { rule: 'F2-CA-04', expect: refused('invalid_client', 401) });
    await expectRefusedBy(stack.asLog, await push({ aud: `${party.client.as.issuer}/par` }), { rule: 'F2-AS-08', expect: refused('invalid_client', 401) });
    expectAnswer(await push({ iat: seconds() - 200, exp: seconds() + 90 }), { status: 201, error: null });
  });

  it('is refused without a certificate, as every call is', async () => {
    const bare = { identity: null };
    const answers = [(await party.push(asking(data()), bare)).answer, await party.client.refresh('any', bare), await party.client.clientCredentials('accounts', bare)];
    for (const answer of answers) await expectRefusedBy(stack.asLog, answer, { rule: 'ASSENT-CA-01', expect: refused('invalid_client', 401) });
  });

  it('is refused under the name of a consent that is there', async () => {
    const detail = data();
    expect((await party.push(asking(detail))).answer.status).toBe(201);
    expectAnswer((await party.push(asking(detail))).answer, refused('invalid_request'));
    // The name is the third party's own: another may have the same.
    expect((await other.push(asking(detail))).answer.status).toBe(201);
    expect((await consentOf(idOf(detail), other)).status).toBe(200);
  });

  it('may be encrypted to the bank', async () => {
    const { jwks_uri: jwksUri } = party.client.as;
    const { json } = await send(new Message({ method: 'GET', url: jwksUri! }), { ca: stack.ca });
    const key = (json['keys'] as JWK[]).find(({ use }) => use === 'enc');
    expect(key).toMatchObject({ alg: 'RSA-OAEP-256' });
    const sealing = (alg: string, enc = 'A256GCM') => async (signed: string) => new CompactEncrypt(new TextEncoder().encode(signed)).setProtectedHeader({ alg, enc, cty: 'JWT', ...(key!.kid !== undefined && { kid: key!.kid }) }).encrypt(await importJWK(key!, alg));
    expectAnswer((await party.push(asking(data()), { signed: sealing('RSA-OAEP-256') })).answer, { status: 201, error: null });
    await expectRefusedBy(stack.asLog, (await party.push(asking(data()), { signed: sealing('RSA-OAEP') })).answer, { rule: 'JR-06', expect: refused('invalid_request_object') });
    await expectRefusedBy(stack.asLog, (await party.push(asking(data()), { signed: sealing('RSA-OAEP-256', 'A128CBC-HS256') })).answer, { rule: 'JR-06', expect: refused('invalid_request_object') });

    // Who is paid travels the same way, inside a consent.
    const pii = async (claims: object, who = party) => sealing('RSA-OAEP-256')(await who.sign({ ...claims, Risk: { DebtorIndicators: {} } }));
    const sealed = payment({ PersonalIdentifiableInformation: await pii({ Initiation: { Creditor: [creditor] } }) });
    const { answer } = await party.granted(asking(sealed, 'payments openid'), ana, { payFrom: 'ana-everyday' });
    expect(answer.json['authorization_details']).toMatchObject([{ consent: { PersonalIdentifiableInformation: { Initiation: { Creditor: [creditor] } } } }]);
    expect((await consentOf(idOf(sealed), party, `${pay}/payment-consents`, 'payments')).text).not.toContain('Ivan');
    for (const bad of [await pii({ Initiation: { Creditor: [creditor] } }, other), await pii({ Initiation: {} }), `${await pii({})}x`, 'text']) {
      expectAnswer((await party.push(asking(payment({ PersonalIdentifiableInformation: bad }), 'payments openid'))).answer, refused('invalid_authorization_details'));
    }
  });
});

describe('a payment', () => {
  const order = (detail: ReturnType<typeof payment>, changes: Members = {}) => ({
    Data: { ConsentId: idOf(detail), Instruction: { Amount: { Amount: '25.00', Currency: 'GBP' } }, PaymentPurposeCode: 'ACM', CreditorReference: 'Invoice 1234', ...changes },
  }); // prettier-ignore
  const body = (claims: Members, more: Members = {}) => {
    const seconds = Math.floor(Date.now() / 1000);
    return { iss: 'tpp', aud: party.client.as.issuer, iat: seconds, exp: seconds + 300, ...claims, ...more };
  };
  const key = () => ({ 'x-idempotency-key': randomUUID() });

  it('is made exactly as approved, once, and uses its consent up', async () => {
    const detail = payment({ Permissions: ['ReadAccountsBasic', 'ReadBalances'] });
    const { accessToken: token, refreshToken } = await party.granted(asking(detail, 'accounts payments openid'), ana, { payFrom: 'ana-everyday' });
    expect((await party.send('GET', `${info}/accounts/ana-everyday/balances`, token)).status).toBe(200);
    for (const changes of [{ Instruction: { Amount: { Amount: '25.01', Currency: 'GBP' } } }, { PaymentPurposeCode: 'SAL' }, { ConsentId: randomUUID() }]) {
      const refusedWith = await party.send('POST', `${pay}/payments`, token, { headers: key(), jwt: body(order(detail, changes)) });
      expect([refusedWith.status, refusedWith.json]).toEqual([400, { Errors: [expect.objectContaining({ Code: 'Consent.BusinessRuleViolation' })] }]);
    }
    const again = key();
    const claims = body(order(detail));
    const made = await party.send('POST', `${pay}/payments`, token, { headers: again, jwt: claims });
    expect([made.status, made.headers.get('content-type')]).toEqual([201, expect.stringContaining('application/jwt')]);
    const told = decodeJwt(made.text);
    expect(told).toMatchObject({ Data: { ConsentId: idOf(detail), Status: 'AcceptedSettlementCompleted', Instruction: { Amount: { Amount: '25.00', Currency: 'GBP' } } } });
    const { PaymentId: paymentId } = told['Data'] as { PaymentId: string };
    expect((await consentOf(idOf(detail), party, `${pay}/payment-consents`, 'payments')).json).toMatchObject({ Data: { Status: 'Consumed' } });
    expect(decodeJwt((await party.send('GET', `${pay}/payments/${paymentId}`, await party.ownToken('payments'))).text)).toMatchObject({ Data: { PaymentId: paymentId } });
    expect((await party.client.refresh(refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
    expect((await party.send('POST', `${pay}/payments`, token, { headers: key(), jwt: body(order(detail)) })).status).toBeGreaterThanOrEqual(400);
    const { rows } = await stack.database.pool.query<{ count: string }>('SELECT count(*) FROM bank.payment');
    expect(Number(rows[0]?.count)).toBe(1);
  });

  it('has a key that is unique per consent: the same again is the same answer, under another consent it is another payment', async () => {
    const [one, two] = [payment(), payment()];
    const headers = { 'x-idempotency-key': 'invoice-1234' };
    const made = async (detail: ReturnType<typeof payment>, token: string) => party.send('POST', `${pay}/payments`, token, { headers, jwt: body(order(detail)) });
    const tokens = [await party.granted(asking(one, 'payments openid'), ana, { payFrom: 'ana-everyday' }), await party.granted(asking(two, 'payments openid'), ana, { payFrom: 'ana-everyday' })];
    const first = await Promise.all([made(one, tokens[0]!.accessToken), made(one, tokens[0]!.accessToken)]);
    const idsOf = (answers: readonly { readonly text: string }[]) => new Set(answers.map(({ text }) => (decodeJwt(text)['Data'] as { PaymentId: string }).PaymentId));
    expect([first.map(({ status }) => status), idsOf(first).size]).toEqual([[201, 201], 1]);
    const second = await made(two, tokens[1]!.accessToken);
    expect([second.status, idsOf([...first, second]).size]).toEqual([201, 2]);
  });

  it.each<[string, (detail: ReturnType<typeof payment>) => Parameters<SignedParty['send']>[3], number]>([
    ['without x-idempotency-key', (detail) => ({ jwt: body(order(detail)) }), 400],
    ['with a key of 41 characters', (detail) => ({ headers: { 'x-idempotency-key': 'k'.repeat(41) }, jwt: body(order(detail)) }), 400],
    ['with a key that has blanks', (detail) => ({ headers: { 'x-idempotency-key': 'a b' }, jwt: body(order(detail)) }), 400],
    ['as plain JSON', (detail) => ({ headers: key(), json: order(detail) }), 415],
    ['of another issuer of the JWS', (detail) => ({ headers: key(), jwt: body(order(detail), { iss: 'other' }) }), 400],
    ['that has expired', (detail) => ({ headers: key(), jwt: body(order(detail), { exp: 1 }) }), 400],
  ])('is refused %s, and nothing is paid', async (_, sent, status) => {
    const detail = payment();
    const { accessToken: token } = await party.granted(asking(detail, 'payments openid'), ana, { payFrom: 'ana-everyday' });
    const count = async () => Number((await stack.database.pool.query<{ count: string }>('SELECT count(*) FROM bank.payment')).rows[0]?.count);
    const before = await count();
    expect((await party.send('POST', `${pay}/payments`, token, sent(detail))).status).toBe(status);
    expect(await count()).toBe(before);
  });
});

describe('consent and tokens have one life', () => {
  const granted = async () => {
    const detail = data();
    return { detail, ...(await party.granted(asking(detail), ana, { accounts: ['ana-everyday'] })) };
  };
  const expectEnded = async ({ detail, accessToken, refreshToken }: Awaited<ReturnType<typeof granted>>, state: string) => {
    expect(await party.felt(() => accounts(accessToken))).toBeLessThan(1000);
    expect((await party.client.refresh(refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
    expect((await party.client.introspect(accessToken)).json).toEqual({ active: false });
    expect(await statusOf(idOf(detail))).toMatchObject({ Status: state });
  };

  it('ended at the consent API', async () => {
    const one = await granted();
    const end = async (who: SignedParty, json: Members = { Data: { Status: 'Revoked' } }) => who.send('PATCH', `${info}/account-access-consents/${idOf(one.detail)}`, await who.ownToken('accounts'), { json });
    expect((await end(other)).status).toBe(404);
    expect((await end(party, { Data: { Status: 'Authorized' } })).status).toBe(400);
    expect((await accounts(one.accessToken)).status).toBe(200);
    expect((await end(party)).status).toBe(204);
    await expectEnded(one, 'Revoked');
    expect((await end(party)).status).toBe(400);
  });

  it('ended by the token’s revocation, the customer or the bank', async () => {
    const one = await granted();
    await party.client.revoke(one.refreshToken!);
    expect((await party.client.refresh(one.refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
    for (const [stop, by] of [[stopAsCustomer, 'LFI.InitiatedByUser'], [stopAsStaff, 'LFI']] as const) {
      const next = await granted();
      await stop(sites, decodeJwt(next.accessToken)['grant_id'] as string);
      await expectEnded(next, 'Revoked');
      expect(await statusOf(idOf(next.detail))).toMatchObject({ RevokedBy: by });
    }
  });

  it('ended before its code was redeemed: the code is worth nothing', async () => {
    const detail = data();
    const { prepared, code } = await party.authorized(asking(detail), ana, { accounts: ['ana-everyday'] });
    await party.send('PATCH', `${info}/account-access-consents/${idOf(detail)}`, await party.ownToken('accounts'), { json: { Data: { Status: 'Revoked' } } });
    expectAnswer(await party.client.redeem(prepared, code), refused('invalid_grant'));
    expect(await statusOf(idOf(detail))).toMatchObject({ Status: 'Revoked' });
  });

  it('ended while its code is redeemed: whoever wins, both agree', async () => {
    for (let round = 0; round < 5; round += 1) {
      const detail = data();
      const { prepared, code } = await party.authorized(asking(detail), ana, { accounts: ['ana-everyday'] });
      const token = await party.ownToken('accounts');
      const [redeemed] = await Promise.all([party.client.redeem(prepared, code), party.send('PATCH', `${info}/account-access-consents/${idOf(detail)}`, token, { json: { Data: { Status: 'Revoked' } } })]);
      expect(await statusOf(idOf(detail))).toMatchObject({ Status: 'Revoked' });
      if (redeemed.status === 200) expect(await party.felt(() => accounts(redeemed.json['access_token'] as string))).toBeLessThan(1000);
      else expectAnswer(redeemed, refused('invalid_grant'));
    }
  });

  it('rejected by the customer, and over in time', async () => {
    const [no, over] = [data(), data({ ExpirationDateTime: inDays(1) })];
    const { url } = await party.begin(asking(no));
    const { answer, url: at } = await ana.signIn(url, customers.ana);
    expect((await ana.cancel(answer, at)).searchParams.get('error')).toBe('access_denied');
    expect(await statusOf(idOf(no))).toMatchObject({ Status: 'Rejected' });
    const { refreshToken, accessToken } = await party.granted(asking(over), ana, { accounts: ['ana-everyday'] });
    await stack.later(2 * 86_400, async () => {
      expect((await accounts(accessToken)).status).toBe(401);
      expect((await party.client.refresh(refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
      expect(await statusOf(idOf(over))).toMatchObject({ Status: 'Expired' });
    });
  });
});

it('says in its metadata what it is', () => {
  expect(party.client.as as unknown as Members).toMatchObject({
    authorization_details_types_supported: [dataType, paymentType],
    require_pushed_authorization_requests: true,
    require_signed_request_object: true,
    request_object_signing_alg_values_supported: ['PS256'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    id_token_signing_alg_values_supported: ['PS256'],
    tls_client_certificate_bound_access_tokens: true,
    response_types_supported: ['code'],
  });
});
