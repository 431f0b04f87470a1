import { customers, type Answer, type FapiClient, type WantedClient } from '@assent/testing/fapi';
import { randomUUID } from 'node:crypto';
import { startSites, type Sites } from '../support/sites.js';
import { pushSigned, requestObject, type SignedChange } from '../support/signed.js';
import type { Stack } from '../support/stack.js';
import {
  allow, atBank, byValue, clientToken, detached, detachedHeader, fragmentOf, grantOf, hybridResponse, redeem, refusedWithin, revokeAsStaff, stopAtDashboard, toConsent, tokensOf, type BankCall, type JsonObject, type Parameters, type Tokens,
} from './read-write.js'; // prettier-ignore

/* UK Open Banking v4 from the lodged consent to its end: accounts, payments, the back channel, and every place a consent can end at. */

const metadata = { scope: 'openid accounts payments', response_types: ['code id_token'], id_token_signed_response_alg: 'PS256' };
const cibaGrant = 'urn:openid:params:grant-type:ciba';
const clients: readonly WantedClient[] = [
  { id: 'tpp', at: 'uk', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', metadata },
  { id: 'tls', at: 'uk', auth: 'tls_client_auth', constraint: 'mtls', alg: 'PS256', signs: true, metadata },
  { id: 'other', at: 'uk', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', metadata },
  { id: 'reader', at: 'uk', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', metadata: { ...metadata, scope: 'openid accounts' } },
  { id: 'decoupled', at: 'uk', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', metadata: { ...metadata, grant_types: [cibaGrant, 'refresh_token', 'client_credentials'], response_types: [], redirect_uris: undefined, backchannel_token_delivery_mode: 'poll' } },
];

let sites: Sites;
let stack: Stack;
let tpp: FapiClient;
let other: FapiClient;
let base: string;
beforeAll(async () => {
  sites = await startSites(clients, { otherIssuers: [{ name: 'uk', market: 'uk', signingAlgs: undefined, ciba: { pendingPerCustomer: 1000, refusals: 1000, approvalEndpoint: true } }] });
  stack = sites.stack;
  [tpp, other] = (await Promise.all(['tpp', 'other'].map((id) => stack.party(id)))) as [FapiClient, FapiClient];
  base = `${stack.resource}/uk/open-banking/v4.0`;
}, 90_000);
afterAll(() => sites?.stop());

const permissions = ['ReadAccountsDetail', 'ReadBalances', 'ReadTransactionsDetail', 'ReadTransactionsCredits', 'ReadTransactionsDebits', 'ReadPartyPSU'];
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
const dataOf = ({ json }: Answer): JsonObject => json['Data'] as JsonObject;
const errorOf = ({ json }: Answer): JsonObject | undefined => (json['Errors'] as JsonObject[] | undefined)?.[0];

const lodgeWith = async (client: FapiClient, data: object, call: BankCall = {}): Promise<Answer> =>
  atBank(stack, client, 'POST', `${base}/aisp/account-access-consents`, await clientToken(client, 'accounts'), { body: { Data: data, Risk: {} }, ...call });

/** A consent to see accounts; its id. */
async function lodge(client: FapiClient = tpp, data: object = {}): Promise<string> {
  const answer = await lodgeWith(client, { Permissions: permissions, ExpirationDateTime: inSeconds(86_400), ...data });
  if (answer.status !== 201) throw new Error(answer.text);
  return dataOf(answer)['ConsentId'] as string;
}

const consentAt = async (client: FapiClient, method: 'GET' | 'DELETE', id: string, scope = 'accounts'): Promise<Answer> =>
  atBank(stack, client, method, `${base}/${scope === 'accounts' ? 'aisp/account-access-consents' : 'pisp/domestic-payment-consents'}/${id}`, await clientToken(client, scope));
const statusOf = async (client: FapiClient, id: string, scope?: string): Promise<unknown> => dataOf(await consentAt(client, 'GET', id, scope))['Status'];

const intent = (id: string, acr?: object): Parameters => ({
  scope: 'openid accounts',
  claims: JSON.stringify({ userinfo: { openbanking_intent_id: { value: id, essential: true } }, id_token: { openbanking_intent_id: { value: id, essential: true }, acr: acr ?? { essential: true, values: ['urn:openbanking:psd2:sca', 'urn:openbanking:psd2:ca'] } } }),
});

interface Authorized extends Tokens {
  readonly consent: string;
}

/** Lodged, allowed by Ana, redeemed. */
async function authorize(client: FapiClient = tpp, { consent, scope = 'openid accounts', accounts = ['ana-everyday'] }: { readonly consent?: string; readonly scope?: string; readonly accounts?: readonly string[] } = {}): Promise<Authorized> {
  const id = consent ?? (await lodge(client));
  const { prepared, url } = await byValue(client, { ...intent(id), scope });
  const callback = await allow(stack.visitor(), url, { accounts });
  const { code } = await hybridResponse(stack, client, prepared, callback);
  return { ...tokensOf(await redeem(client, prepared, code)), consent: id };
}

const aisp = (client: FapiClient, path: string, token: string, call: BankCall = {}): Promise<Answer> => atBank(stack, client, 'GET', `${base}/aisp${path}`, token, call);

it('publishes what the market looks for', () => {
  const { as } = tpp;
  expect(as).toMatchObject({ claims_parameter_supported: true, request_parameter_supported: true, tls_client_certificate_bound_access_tokens: true, response_types_supported: ['code id_token'], token_endpoint_auth_methods_supported: ['private_key_jwt', 'tls_client_auth'] });
  expect(as.claims_supported).toEqual(expect.arrayContaining(['acr', 'openbanking_intent_id']));
  expect(as.grant_types_supported).toEqual(expect.arrayContaining(['authorization_code', 'client_credentials', 'refresh_token', cibaGrant]));
  expect(as.scopes_supported).toEqual(expect.arrayContaining(['openid', 'accounts', 'payments']));
  expect(as['acr_values_supported']).toEqual(['urn:openbanking:psd2:sca', 'urn:openbanking:psd2:ca']);
  expect(as['request_object_signing_alg_values_supported']).toEqual(['PS256']);
  expect((as['response_modes_supported'] as string[]).filter((mode) => mode.includes('jwt'))).toEqual([]);
});

describe.each(['tpp', 'tls'])('%s sees accounts', (id) => {
  it('by value or pushed: lodged, authorised, read, refreshed, deleted, refused', async () => {
    const client = await stack.party(id);
    for (const way of ['by value', 'pushed'] as const) {
      const consent = await lodge(client);
      expect(dataOf(await consentAt(client, 'GET', consent))).toMatchObject({ Status: 'AWAU', StatusReason: [{ StatusReasonCode: 'U036' }], Permissions: permissions });

      const prepared = await client.prepare({ response_type: 'code id_token', ...intent(consent) });
      const sent = way === 'pushed' ? { prepared, url: client.authorizationUrl((await pushSigned(client, prepared)).json['request_uri'] as string) } : await byValue(client, intent(consent));
      const who = stack.visitor();
      const callback = way === 'pushed' ? await who.approve(sent.url, { ...customers.ana, accounts: ['ana-everyday'] }) : await allow(who, sent.url, { accounts: ['ana-everyday'] });
      const { code, idToken } = await hybridResponse(stack, client, sent.prepared, callback);
      expect(idToken).toMatchObject({ openbanking_intent_id: consent, acr: 'urn:openbanking:psd2:sca', s_hash: expect.any(String) as string, c_hash: expect.any(String) as string });

      const tokens = tokensOf(await redeem(client, sent.prepared, code));
      expect(tokens.json).toMatchObject({ expires_in: 600, scope: 'openid accounts' });
      expect(tokens.json).not.toHaveProperty('authorization_details');
      expect(tokens.idToken).toMatchObject({ openbanking_intent_id: consent, acr: 'urn:openbanking:psd2:sca', sub: idToken.sub });
      const end = Math.floor(Date.parse(dataOf(await consentAt(client, 'GET', consent))['ExpirationDateTime'] as string) / 1000);
      expect(tokens.idToken['http://openbanking.org.uk/refresh_token_expires_at']).toBe(end);
      expect((await client.userinfo(tokens.accessToken)).json).toMatchObject({ sub: idToken.sub, openbanking_intent_id: consent });
      expect(await statusOf(client, consent)).toBe('AUTH');

      const accounts = await aisp(client, '/accounts', tokens.accessToken);
      expect([accounts.status, (dataOf(accounts)['Account'] as JsonObject[]).map(({ AccountId, Account }) => [AccountId, (Account as JsonObject[]).map((one) => one['SchemeName'])])]).toEqual([200, [['ana-everyday', ['UK.OBIE.SortCodeAccountNumber', 'UK.OBIE.IBAN']]]]);
      expect(dataOf(await aisp(client, '/accounts/ana-everyday/balances', tokens.accessToken))['Balance']).toMatchObject([{ AccountId: 'ana-everyday', CreditDebitIndicator: 'Credit', Amount: { Currency: 'GBP' } }]);
      const transactions = await aisp(client, '/accounts/ana-everyday/transactions', tokens.accessToken);
      expect((dataOf(transactions)['Transaction'] as JsonObject[])[0]).toMatchObject({ AccountId: 'ana-everyday', Status: 'BOOK', TransactionInformation: expect.any(String) as string });
      expect((await aisp(client, '/party', tokens.accessToken)).json).toMatchObject({ Data: { Party: { Name: 'Ana Duarte' } } });

      const refreshed = tokensOf(await client.refresh(tokens.refreshToken!));
      expect((await aisp(client, '/accounts', refreshed.accessToken)).status).toBe(200);

      expect((await consentAt(client, 'DELETE', consent)).status).toBe(204);
      for (const token of [tokens.accessToken, refreshed.accessToken]) await refusedWithin(() => aisp(client, '/accounts', token));
      expect((await client.refresh(tokens.refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
      const gone = await consentAt(client, 'GET', consent);
      expect([gone.status, errorOf(gone)]).toEqual([400, { ErrorCode: 'U011', Message: expect.any(String) as string, Path: 'ConsentId' }]);
    }
  });
});

describe('a consent over the wire', () => {
  it.each<[string, object, string]>([
    ['no permissions', { Permissions: [] }, 'U002'],
    ['one that is not supported', { Permissions: ['ReadAccountsBasic', 'ReadProducts'] }, 'U002'],
    ['transactions of neither direction', { Permissions: ['ReadAccountsBasic', 'ReadTransactionsBasic'] }, 'U002'],
    ['a direction without transactions', { Permissions: ['ReadAccountsBasic', 'ReadTransactionsCredits'] }, 'U002'],
    ['no accounts', { Permissions: ['ReadBalances'] }, 'U002'],
    ['an end in the past', { Permissions: ['ReadAccountsBasic'], ExpirationDateTime: '2020-01-01T00:00:00Z' }, 'U003'],
    ['an unknown member', { Permissions: ['ReadAccountsBasic'], Accounts: [] }, 'U005'],
  ])('is refused with %s', async (_, data, code) => {
    const answer = await lodgeWith(tpp, data);
    expect([answer.status, errorOf(answer)?.['ErrorCode'], answer.json['Code']]).toEqual([400, code, '400 BadRequest']);
    expect(answer.json['Id']).toBe(answer.headers.get('x-fapi-interaction-id'));
  });

  it('plays the interaction id back, or makes one; refuses headers that are not what they say', async () => {
    const id = randomUUID();
    const good = { Permissions: ['ReadAccountsBasic'] };
    const played = await lodgeWith(tpp, good, { headers: { 'x-fapi-interaction-id': id, 'x-fapi-auth-date': 'Tue, 11 Sep 2012 19:43:31 GMT', 'x-fapi-customer-ip-address': '104.25.212.99' } });
    expect([played.status, played.headers.get('x-fapi-interaction-id')]).toEqual([201, id]);
    const made = await lodgeWith(tpp, good, { headers: { 'x-fapi-interaction-id': undefined } });
    expect([made.status, made.headers.get('x-fapi-interaction-id')]).toEqual([201, expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)]);
    for (const headers of [{ 'x-fapi-auth-date': 'yesterday' }, { 'x-fapi-customer-ip-address': 'here' }, { 'x-fapi-interaction-id': 'mine' }]) {
      const refused = await lodgeWith(tpp, good, { headers });
      expect([refused.status, errorOf(refused)?.['ErrorCode'] !== undefined]).toEqual([400, true]);
    }
  });

  it('belongs to its client', async () => {
    const consent = await lodge(tpp);
    for (const method of ['GET', 'DELETE'] as const) expect([(await consentAt(other, method, consent)).status, (await consentAt(tpp, method, 'aac-none')).status]).toEqual([400, 400]);
    expect(await statusOf(tpp, consent)).toBe('AWAU');
  });

  it('is reached by the client’s own token alone, bound to its certificate, with the scope', async () => {
    const url = `${base}/aisp/account-access-consents`;
    const body = { Data: { Permissions: ['ReadAccountsBasic'] }, Risk: {} };
    const token = await clientToken(tpp, 'accounts');
    const refusals: [string, Answer, number][] = [
      ['no token', await atBank(stack, tpp, 'POST', url, undefined, { body }), 401],
      ['no certificate', await atBank(stack, tpp, 'POST', url, token, { body, identity: null }), 401],
      ['another certificate', await atBank(stack, tpp, 'POST', url, token, { body, identity: other.test.identity! }), 401],
      ['another scope', await atBank(stack, tpp, 'POST', url, await clientToken(tpp, 'payments'), { body }), 403],
      ['a customer’s token', await atBank(stack, tpp, 'POST', url, (await authorize()).accessToken, { body }), 403],
    ];
    expect(refusals.map(([says, { status }]) => [says, status])).toEqual(refusals.map(([says, , status]) => [says, status]));
    expect(refusals.filter(([, , status]) => status === 401).map(([, { text }]) => text)).toEqual(['', '', '']);
  });

  it('answers what is not there in the market’s words', async () => {
    const token = await clientToken(tpp, 'accounts');
    const [missing, method, media, json] = await Promise.all([
      atBank(stack, tpp, 'GET', `${base}/aisp/bulk`, token),
      atBank(stack, tpp, 'PUT', `${base}/aisp/account-access-consents`, token, { body: {} }),
      atBank(stack, tpp, 'POST', `${base}/aisp/account-access-consents`, token, { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      atBank(stack, tpp, 'POST', `${base}/aisp/account-access-consents`, token, { body: '{"Data":' }),
    ]);
    expect([missing, method, media, json].map(({ status }) => status)).toEqual([404, 405, 415, 400]);
    for (const answer of [missing, method, media, json]) expect([errorOf(answer)?.['ErrorCode'], answer.headers.get('x-fapi-interaction-id')]).toEqual([expect.stringMatching(/^U0\d\d$/), expect.any(String)]);
  });
});

describe('the resources', () => {
  it('show no more than was permitted', async () => {
    const consent = await lodge(tpp, { Permissions: ['ReadAccountsBasic', 'ReadTransactionsBasic', 'ReadTransactionsCredits'] });
    const { accessToken } = await authorize(tpp, { consent });
    expect((await aisp(tpp, '/accounts', accessToken)).text).not.toMatch(/GB09|40010112344821/);
    for (const path of ['/balances', '/accounts/ana-everyday/balances', '/party', '/accounts/ana-everyday/direct-debits']) expect([path, (await aisp(tpp, path, accessToken)).status]).toEqual([path, 403]);
    const shown = dataOf(await aisp(tpp, '/accounts/ana-everyday/transactions', accessToken))['Transaction'] as JsonObject[];
    expect(shown.every((one) => one['CreditDebitIndicator'] === 'Credit' && !('TransactionInformation' in one))).toBe(true);
  });

  it('show no account that was not chosen, and no day that was not permitted', async () => {
    const day = new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10);
    const consent = await lodge(tpp, { TransactionFromDateTime: `${day}T00:00:00Z` });
    const { accessToken } = await authorize(tpp, { consent });
    for (const id of ['ana-savings', 'ben-everyday', 'nobody']) expect([id, (await aisp(tpp, `/accounts/${id}`, accessToken)).status]).toEqual([id, 403]);
    const all = await aisp(tpp, '/accounts/ana-everyday/transactions?fromBookingDateTime=2000-01-01', accessToken);
    const days = (dataOf(all)['Transaction'] as JsonObject[]).map((one) => (one['BookingDateTime'] as string).slice(0, 10));
    expect([all.status, days.length > 0, days.every((one) => one >= day)]).toEqual([200, true, true]);
  });

  it('take only a customer’s token of this issuer, with the client’s certificate', async () => {
    const { accessToken } = await authorize();
    expect((await aisp(tpp, '/accounts', await clientToken(tpp, 'accounts'))).status).toBe(403);
    expect((await aisp(tpp, '/accounts', accessToken, { identity: other.test.identity! })).status).toBe(401);
    expect((await aisp(tpp, '/accounts', accessToken, { identity: null })).status).toBe(401);
    expect((await tpp.call(`${stack.resource}/accounts`, accessToken)).status).toBe(401);
  });
});

/** The error the request came back with, in the fragment, or on a page. */
async function refusal(client: FapiClient, parameters: Parameters, change: SignedChange = {}): Promise<string> {
  const { url } = await byValue(client, parameters, change);
  const { answer } = await toConsent(stack.visitor(), url);
  const location = answer.headers.get('location');
  if (location === null) return /invalid_\w+|unsupported_\w+|unmet_\w+/.exec(answer.text)?.[0] ?? `page ${answer.status}`;
  const back = new URL(location);
  return fragmentOf(back).get('error') ?? back.searchParams.get('error') ?? location;
}

describe('a request', () => {
  it('of a consent that is not there, another client’s, deleted, or of another kind', async () => {
    const [mine, theirs, gone, payment] = [await lodge(), await lodge(other), await lodge(), await lodgePayment()];
    await consentAt(tpp, 'DELETE', gone);
    for (const id of ['aac-none', theirs, gone]) expect(await refusal(tpp, intent(id))).toBe('invalid_request');
    expect(await refusal(tpp, intent(payment))).toBe('invalid_scope');
    expect(await refusal(tpp, { ...intent(mine), scope: 'openid payments' })).toBe('invalid_scope');
    expect(await refusal(tpp, { scope: 'openid accounts' })).toBe('invalid_request');
    const two = JSON.stringify({ id_token: { openbanking_intent_id: { value: mine, essential: true } }, userinfo: { openbanking_intent_id: { value: theirs, essential: true } } });
    expect(await refusal(tpp, { ...intent(mine), claims: two })).toBe('invalid_request');
    expect(await statusOf(tpp, mine)).toBe('AWAU');
    expect(await statusOf(other, theirs)).toBe('AWAU');
  });

  it('of a shape the market does not have', async () => {
    const consent = await lodge();
    expect(await refusal(tpp, { ...intent(consent), response_type: 'code' })).toBe('unsupported_response_type');
    expect(await refusal(tpp, { ...intent(consent), response_mode: 'jwt' })).toBe('invalid_request');
    expect(await refusal(tpp, intent(consent), { object: (header) => void (header['alg'] = 'RS256') })).toBe('invalid_request_object');
    expect(await refusal(tpp, { ...intent(consent), authorization_details: JSON.stringify([{ type: 'urn:assent:uk:accounts', permissions: ['ReadAccountsBasic'] }]) })).toBe('invalid_authorization_details');
    expect(await statusOf(tpp, consent)).toBe('AWAU');
  });

  it('that needs strong authentication gets it, and one that needs what there is not is refused', async () => {
    const consent = await lodge();
    const { prepared, url } = await byValue(tpp, intent(consent, { essential: true, value: 'urn:openbanking:psd2:sca' }));
    const { idToken } = await hybridResponse(stack, tpp, prepared, await allow(stack.visitor(), url, { accounts: ['ana-everyday'] }));
    expect(idToken['acr']).toBe('urn:openbanking:psd2:sca');
    expect(await refusal(tpp, intent(await lodge(), { essential: true, value: 'urn:openbanking:psd2:other' }))).toBe('unmet_authentication_requirements');
  });
});

describe('consent and tokens never differ', () => {
  const stillGood = async ({ accessToken }: Tokens) => expect((await aisp(tpp, '/accounts', accessToken)).status).toBe(200);
  async function ended({ accessToken, refreshToken, consent }: Authorized, status: string): Promise<void> {
    await refusedWithin(() => aisp(tpp, '/accounts', accessToken));
    expect((await tpp.refresh(refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
    expect(await statusOf(tpp, consent)).toBe(status);
    expect(await refusal(tpp, intent(consent))).toBe('invalid_request');
  }

  it('when the customer stops it at the dashboard', async () => {
    const all = await authorize();
    await stillGood(all);
    await stopAtDashboard(sites, await grantOf(stack, tpp, all.consent));
    await ended(all, 'CANC');
    expect(dataOf(await consentAt(tpp, 'GET', all.consent))['StatusReason']).toMatchObject([{ StatusReasonCode: 'CUST' }]);
  });

  it('when the bank’s staff ends it', async () => {
    const all = await authorize();
    await stillGood(all);
    await revokeAsStaff(stack, tpp, await grantOf(stack, tpp, all.consent));
    await ended(all, 'CANC');
    expect(dataOf(await consentAt(tpp, 'GET', all.consent))['StatusReason']).toMatchObject([{ StatusReasonCode: 'TKSP' }]);
  });

  it('when it expires', async () => {
    const consent = await lodge(tpp, { ExpirationDateTime: inSeconds(120) });
    const all = await authorize(tpp, { consent });
    await stillGood(all);
    await stack.later(130, async () => {
      await refusedWithin(() => aisp(tpp, '/accounts', all.accessToken));
      expect((await tpp.refresh(all.refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
      expect(dataOf(await consentAt(tpp, 'GET', consent))).toMatchObject({ Status: 'EXPD', StatusReason: [{ StatusReasonCode: 'TKXP' }] });
    });
  });

  it('when the customer says no', async () => {
    const consent = await lodge();
    const { url } = await byValue(tpp, intent(consent));
    const who = stack.visitor();
    const page = await toConsent(who, url);
    const back = await who.cancel(page.answer, page.url);
    expect(fragmentOf(back).get('error')).toBe('access_denied');
    expect(dataOf(await consentAt(tpp, 'GET', consent))).toMatchObject({ Status: 'RJCT', StatusReason: [{ StatusReasonCode: 'U033' }] });
    expect(await refusal(tpp, intent(consent))).toBe('invalid_request');
  });

  it('when it is deleted between the customer’s yes and the redemption', async () => {
    const consent = await lodge();
    const { prepared, url } = await byValue(tpp, intent(consent));
    const { code } = await hybridResponse(stack, tpp, prepared, await allow(stack.visitor(), url, { accounts: ['ana-everyday'] }));
    expect(await statusOf(tpp, consent)).toBe('AUTH');
    expect((await consentAt(tpp, 'DELETE', consent)).status).toBe(204);
    expect((await redeem(tpp, prepared, code)).json).toMatchObject({ error: 'invalid_grant' });
    expect((await consentAt(tpp, 'GET', consent)).status).toBe(400);
  });

  it('when it is deleted while the customer looks at it', async () => {
    const consent = await lodge();
    const { url } = await byValue(tpp, intent(consent));
    const who = stack.visitor();
    const page = await toConsent(who, url);
    expect((await consentAt(tpp, 'DELETE', consent)).status).toBe(204);
    const answer = await who.submit(who.consentForm(page.answer, page.url, ['ana-everyday']));
    expect(answer.headers.get('location') ?? '').not.toMatch(/[#?&]code=/);
    expect((await consentAt(tpp, 'GET', consent)).status).toBe(400);
  });

  it('when DELETE races redemption: either there are no tokens, or they are dead', async () => {
    for (let round = 0; round < 5; round += 1) {
      const consent = await lodge();
      const { prepared, url } = await byValue(tpp, intent(consent));
      const { code } = await hybridResponse(stack, tpp, prepared, await allow(stack.visitor(), url, { accounts: ['ana-everyday'] }));
      const token = await clientToken(tpp, 'accounts');
      const [redeemed, gone] = await Promise.all([redeem(tpp, prepared, code), atBank(stack, tpp, 'DELETE', `${base}/aisp/account-access-consents/${consent}`, token)]);
      expect(gone.status).toBe(204);
      if (redeemed.status !== 200) expect(redeemed.json).toMatchObject({ error: 'invalid_grant' });
      else {
        const tokens = tokensOf(redeemed);
        await refusedWithin(() => aisp(tpp, '/accounts', tokens.accessToken));
        expect((await tpp.refresh(tokens.refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
      }
      expect((await consentAt(tpp, 'GET', consent)).status).toBe(400);
    }
  });

  it('when two customers answer at once: one has it', async () => {
    const consent = await lodge();
    const [first, second] = await Promise.all([byValue(tpp, intent(consent)), byValue(tpp, intent(consent))]);
    const [ana, ben] = [stack.visitor(), stack.visitor()];
    const [one, two] = await Promise.all([toConsent(ana, first.url), toConsent(ben, second.url, customers.ben)]);
    const answers = await Promise.all([ana.submit(ana.consentForm(one.answer, one.url, ['ana-everyday'])), ben.submit(ben.consentForm(two.answer, two.url))]);
    expect(answers.filter((answer) => /[#?&]code=/.test(answer.headers.get('location') ?? ''))).toHaveLength(1);
    expect(await statusOf(tpp, consent)).toBe('AUTH');
  });

  it('when it is authorised anew: other accounts, and what was issued before no longer refreshes', async () => {
    const first = await authorize();
    const again = await authorize(tpp, { consent: first.consent, accounts: ['ana-savings'] });
    expect(again.idToken['openbanking_intent_id']).toBe(first.consent);
    expect((dataOf(await aisp(tpp, '/accounts', again.accessToken))['Account'] as JsonObject[]).map((one) => one['AccountId'])).toEqual(['ana-savings']);
    expect((await tpp.refresh(first.refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
    expect(await statusOf(tpp, first.consent)).toBe('AUTH');
    // Nobody else may.
    const { url } = await byValue(tpp, intent(first.consent));
    const { answer } = await toConsent(stack.visitor(), url, customers.ben);
    expect(answer.text).not.toContain('id="consent-allow"');
  });

  it('when the client revokes its refresh token', async () => {
    const all = await authorize();
    expect((await tpp.revoke(all.refreshToken!)).status).toBe(200);
    await refusedWithin(() => aisp(tpp, '/accounts', all.accessToken));
    expect((await tpp.refresh(all.refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
    // Tokens ended, the consent did not: the customer can be asked again (Effect of Token Expiry on an Intent's Authorized State).
    expect(await statusOf(tpp, all.consent)).toBe('AUTH');
    const again = await authorize(tpp, { consent: all.consent });
    expect((await aisp(tpp, '/accounts', again.accessToken)).status).toBe(200);
  });
});

// ---------------------------------------------------------------- payments

const jws = (name: string): string => `http://openbanking.org.uk/${name}`;
const signedHeader = (client: FapiClient, change: JsonObject = {}): JsonObject => ({ [jws('iat')]: Math.floor(Date.now() / 1000) - 1, [jws('iss')]: client.id, [jws('tan')]: 'openbanking.org.uk', crit: [jws('iat'), jws('iss'), jws('tan')], ...change });

const initiation = (change: object = {}) => ({
  InstructionIdentification: randomUUID().slice(0, 35).replaceAll('-', ''),
  EndToEndIdentification: 'FRESCO.21302.GFX.20',
  InstructedAmount: { Amount: '12.50', Currency: 'GBP' },
  CreditorAccount: { SchemeName: 'UK.OBIE.SortCodeAccountNumber', Identification: '08080021325698', Name: 'ACME Inc' },
  RemittanceInformation: { Unstructured: ['Invoice 7'] },
  ...change,
});
const risk = { PaymentContextCode: 'TransferToThirdParty' };

/** A signed POST. */
async function signedPost(client: FapiClient, path: string, token: string, body: object, call: BankCall & { readonly signature?: string | undefined } = {}): Promise<Answer> {
  const text = JSON.stringify(body);
  const signature = 'signature' in call ? call.signature : await detached(client, text, signedHeader(client));
  return atBank(stack, client, 'POST', `${base}/pisp${path}`, token, { body: text, ...call, headers: { 'x-idempotency-key': randomUUID(), 'x-jws-signature': signature, ...call.headers } });
}

const paymentConsent = async (client: FapiClient, body: object, call?: BankCall & { readonly signature?: string | undefined }): Promise<Answer> => signedPost(client, '/domestic-payment-consents', await clientToken(client, 'payments'), body, call);

async function lodgePayment(client: FapiClient = tpp, wanted = initiation()): Promise<string> {
  const answer = await paymentConsent(client, { Data: { Initiation: wanted }, Risk: risk });
  if (answer.status !== 201) throw new Error(answer.text);
  return dataOf(answer)['ConsentId'] as string;
}

const paying = (id: string): Parameters => ({ ...intent(id), scope: 'openid payments' });

async function authorizePayment(wanted = initiation()): Promise<Authorized & { readonly initiation: object }> {
  const consent = await lodgePayment(tpp, wanted);
  const { prepared, url } = await byValue(tpp, paying(consent));
  const { code } = await hybridResponse(stack, tpp, prepared, await allow(stack.visitor(), url));
  return { ...tokensOf(await redeem(tpp, prepared, code)), consent, initiation: wanted };
}

const pay = ({ consent, initiation: Initiation, accessToken }: { readonly consent: string; readonly initiation: object; readonly accessToken: string }, change: object = {}, call?: BankCall & { readonly signature?: string | undefined }): Promise<Answer> =>
  signedPost(tpp, '/domestic-payments', accessToken, { Data: { ConsentId: consent, Initiation, ...change }, Risk: risk }, call);

describe('a domestic payment', () => {
  it('is consented, shown, made once, and told; every answer is signed', async () => {
    const wanted = initiation();
    const lodged = await paymentConsent(tpp, { Data: { Initiation: wanted }, Risk: risk });
    expect([lodged.status, lodged.json]).toMatchObject([201, { Data: { Status: 'AWAU', Initiation: wanted }, Risk: risk }]);
    const header = await detachedHeader(stack, tpp, lodged, 'x-jws-signature');
    expect(header).toMatchObject({ alg: 'PS256', [jws('iss')]: tpp.as.issuer, [jws('tan')]: 'localhost', crit: [jws('iat'), jws('iss'), jws('tan')] });
    const consent = dataOf(lodged)['ConsentId'] as string;

    const { prepared, url } = await byValue(tpp, paying(consent));
    const who = stack.visitor();
    const page = await toConsent(who, url);
    for (const words of ['£12.50', 'ACME Inc', '08-08-00 21325698', 'Invoice 7']) expect(page.answer.text).toContain(words);
    const location = (await who.submit(who.consentForm(page.answer, page.url, undefined, 'ana-everyday'))).headers.get('location')!;
    const { code, idToken } = await hybridResponse(stack, tpp, prepared, new URL(location));
    expect(idToken).toMatchObject({ openbanking_intent_id: consent });
    const tokens = tokensOf(await redeem(tpp, prepared, code));
    expect(tokens.refreshToken).toBeUndefined();
    expect(tokens.idToken).not.toHaveProperty([jws('refresh_token_expires_at')]);
    expect(await statusOf(tpp, consent, 'payments')).toBe('AUTH');

    const funds = await atBank(stack, tpp, 'GET', `${base}/pisp/domestic-payment-consents/${consent}/funds-confirmation`, tokens.accessToken);
    expect([funds.status, funds.json]).toMatchObject([200, { Data: { FundsAvailableResult: { FundsAvailable: true } } }]);
    await detachedHeader(stack, tpp, funds, 'x-jws-signature');
    // The token opens no data.
    expect((await aisp(tpp, '/accounts', tokens.accessToken)).status).toBe(403);

    const key = randomUUID();
    const asked = { consent, initiation: wanted, accessToken: tokens.accessToken };
    const made = await pay(asked, {}, { headers: { 'x-idempotency-key': key } });
    expect([made.status, made.json]).toMatchObject([201, { Data: { ConsentId: consent, Status: 'ACSC', Initiation: wanted }, Risk: risk }]);
    await detachedHeader(stack, tpp, made, 'x-jws-signature');
    const id = dataOf(made)['DomesticPaymentId'] as string;
    expect(await statusOf(tpp, consent, 'payments')).toBe('COND');

    // The same again is the same payment; another under the consent is none.
    const again = await pay(asked, {}, { headers: { 'x-idempotency-key': key } });
    expect([again.status, dataOf(again)['DomesticPaymentId']]).toEqual([201, id]);
    const second = await pay(asked);
    expect(second.status).toBeGreaterThanOrEqual(400);
    const told = await atBank(stack, tpp, 'GET', `${base}/pisp/domestic-payments/${id}`, await clientToken(tpp, 'payments'));
    expect([told.status, told.json]).toMatchObject([200, { Data: { DomesticPaymentId: id, ConsentId: consent, Status: 'ACSC' } }]);
    const foreign = await atBank(stack, other, 'GET', `${base}/pisp/domestic-payments/${id}`, await clientToken(other, 'payments'));
    expect([foreign.status, errorOf(foreign)?.['ErrorCode']]).toEqual([400, 'U011']);
    const { rows } = await stack.database.pool.query<{ count: string }>(`SELECT count(*) FROM bank.payment WHERE id = $1 OR end_to_end_id = $2 AND grant_id = $3`, [id, wanted.EndToEndIdentification, await grantOf(stack, tpp, consent)]);
    expect(rows[0]!.count).toBe('1');
  });

  it('that is not what was consented is refused, and costs nothing', async () => {
    const authorized = await authorizePayment();
    const amount = { ...authorized.initiation, InstructedAmount: { Amount: '12.51', Currency: 'GBP' } };
    for (const Initiation of [amount, initiation(), { ...authorized.initiation, LocalInstrument: 'UK.OBIE.FPS' }]) {
      const answer = await pay(authorized, { Initiation });
      expect([answer.status, errorOf(answer)?.['ErrorCode']]).toEqual([400, 'U008']);
    }
    const otherRisk = await signedPost(tpp, '/domestic-payments', authorized.accessToken, { Data: { ConsentId: authorized.consent, Initiation: authorized.initiation }, Risk: {} });
    expect([otherRisk.status, errorOf(otherRisk)?.['ErrorCode']]).toEqual([400, 'U008']);
    const foreign = await authorizePayment();
    expect((await pay({ ...authorized, consent: foreign.consent })).status).toBe(403);
    expect(await statusOf(tpp, authorized.consent, 'payments')).toBe('AUTH');
    expect((await pay(authorized)).status).toBe(201);
  });

  it('is made once, however many ask at once', async () => {
    const authorized = await authorizePayment();
    const answers = await Promise.all(Array.from({ length: 4 }, () => pay(authorized)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.every(({ status }) => status === 201 || (status >= 400 && status < 500))).toBe(true);
  });

  it('wants an idempotency key of 40 characters at most, which stands for one body', async () => {
    const body = { Data: { Initiation: initiation() }, Risk: risk };
    for (const key of [undefined, 'x'.repeat(41)]) {
      const answer = await paymentConsent(tpp, body, { headers: { 'x-idempotency-key': key } });
      expect([answer.status, errorOf(answer)?.['ErrorCode']]).toEqual([400, expect.stringMatching(/^U00[67]$/)]);
    }
    const key = 'x'.repeat(40);
    const [first, same] = [await paymentConsent(tpp, body, { headers: { 'x-idempotency-key': key } }), await paymentConsent(tpp, body, { headers: { 'x-idempotency-key': key } })];
    expect([first.status, same.status, dataOf(same)['ConsentId']]).toEqual([201, 201, dataOf(first)['ConsentId']]);
    const fresh = randomUUID();
    const racing = await Promise.all(Array.from({ length: 4 }, () => paymentConsent(tpp, body, { headers: { 'x-idempotency-key': fresh } })));
    expect([racing.map(({ status }) => status), new Set(racing.map((answer) => dataOf(answer)['ConsentId'])).size]).toEqual([[201, 201, 201, 201], 1]);
    const changed = await paymentConsent(tpp, { ...body, Risk: {} }, { headers: { 'x-idempotency-key': key } });
    expect(changed.status).toBe(400);
    // Another client's key is another key.
    expect(dataOf(await paymentConsent(other, body, { headers: { 'x-idempotency-key': key } }))['ConsentId']).not.toBe(dataOf(first)['ConsentId']);
  });

  it.each<[string, (text: string) => Promise<string | undefined>, string]>([
    ['no signature', async () => undefined, 'U019'],
    ['something that is none', async () => 'a.b.c.d', 'U018'],
    ['an attached payload', async (text) => (await detached(tpp, text, signedHeader(tpp))).replace('..', `.${Buffer.from(text).toString('base64url')}.`), 'U018'],
    ['the signature of another body', async () => detached(tpp, '{}', signedHeader(tpp)), 'U015'],
    ['somebody else’s key', async (text) => detached(tpp, text, signedHeader(tpp), other.test.signing.key), 'U015'],
    ['a signature over the same JSON written otherwise', async (text) => detached(tpp, JSON.stringify(JSON.parse(text), null, 2), signedHeader(tpp)), 'U015'],
    ['a payload that is not encoded', async (text) => detached(tpp, text, signedHeader(tpp, { b64: false })), 'U018'],
    ['no kid', async (text) => detached(tpp, text, signedHeader(tpp, { kid: undefined })), 'U017'],
    ['a critical name nobody knows', async (text) => detached(tpp, text, signedHeader(tpp, { 'urn:new': 1, crit: [jws('iat'), jws('iss'), jws('tan'), 'urn:new'] })), 'U018'],
    ['no iat', async (text) => detached(tpp, text, { [jws('iss')]: tpp.id, [jws('tan')]: 'openbanking.org.uk', crit: [jws('iss'), jws('tan')] }), 'U017'],
    ['another organisation', async (text) => detached(tpp, text, signedHeader(tpp, { [jws('iss')]: 'other' })), 'U016'],
    ['another anchor', async (text) => detached(tpp, text, signedHeader(tpp, { [jws('tan')]: 'elsewhere.test' })), 'U016'],
    ['a time to come', async (text) => detached(tpp, text, signedHeader(tpp, { [jws('iat')]: Math.floor(Date.now() / 1000) + 120 })), 'U016'],
    ['another type', async (text) => detached(tpp, text, signedHeader(tpp, { typ: 'JWT' })), 'U016'],
  ])('is refused with %s', async (_, sign, code) => {
    const body = { Data: { Initiation: initiation() }, Risk: risk };
    const answer = await paymentConsent(tpp, body, { signature: await sign(JSON.stringify(body)) });
    expect([answer.status, errorOf(answer)?.['ErrorCode']]).toEqual([400, code]);
  });

  it('ends with its consent: stopped at the dashboard, or by the bank, before it was made', async () => {
    const authorized = await authorizePayment();
    await stopAtDashboard(sites, await grantOf(stack, tpp, authorized.consent));
    await refusedWithin(() => pay(authorized), [401, 403, 400]);
    expect(await statusOf(tpp, authorized.consent, 'payments')).toBe('CANC');
    const second = await authorizePayment();
    await revokeAsStaff(stack, tpp, await grantOf(stack, tpp, second.consent));
    await refusedWithin(() => pay(second), [401, 403, 400]);
    expect(await statusOf(tpp, second.consent, 'payments')).toBe('CANC');
  });
});

describe('recurring payments', () => {
  const creditor = { SchemeName: 'UK.OBIE.SortCodeAccountNumber', Identification: '30949330000010', Name: 'Marcus Sweepimus' };
  const Initiation = { CreditorAccount: creditor };
  const ControlParameters = {
    PSUAuthenticationMethods: ['UK.OBIE.SCANotRequired'],
    VRPType: ['UK.OBIE.VRPType.Sweeping'],
    ValidToDateTime: inSeconds(30 * 86_400),
    MaximumIndividualAmount: { Amount: '20.00', Currency: 'GBP' },
    PeriodicLimits: [{ Amount: '50.00', Currency: 'GBP', PeriodAlignment: 'Consent', PeriodType: 'Week' }],
  };

  it('are made within limits, until the consent is deleted', async () => {
    const lodged = await signedPost(tpp, '/domestic-vrp-consents', await clientToken(tpp, 'payments'), { Data: { ControlParameters, Initiation }, Risk: risk });
    expect(lodged.status).toBe(201);
    const consent = dataOf(lodged)['ConsentId'] as string;
    const { prepared, url } = await byValue(tpp, paying(consent));
    const who = stack.visitor();
    const page = await toConsent(who, url);
    for (const words of ['£50.00', '£20.00', 'Marcus Sweepimus', '30-94-93 30000010', 'counted from']) expect(page.answer.text).toContain(words);
    const location = (await who.submit(who.consentForm(page.answer, page.url, undefined, 'ana-everyday'))).headers.get('location')!;
    const tokens = tokensOf(await redeem(tpp, prepared, (await hybridResponse(stack, tpp, prepared, new URL(location))).code));
    expect([tokens.refreshToken !== undefined, tokens.idToken[jws('refresh_token_expires_at')]]).toEqual([true, Math.floor(Date.parse(ControlParameters.ValidToDateTime) / 1000)]);

    let accessToken = tokens.accessToken;
    const sweep = (amount: string) =>
      signedPost(tpp, '/domestic-vrps', accessToken, {
        Data: { ConsentId: consent, PSUAuthenticationMethod: 'UK.OBIE.SCANotRequired', VRPType: 'UK.OBIE.VRPType.Sweeping', Initiation, Instruction: { InstructionIdentification: 'I1', EndToEndIdentification: 'E1', InstructedAmount: { Amount: amount, Currency: 'GBP' }, CreditorAccount: creditor } },
        Risk: risk,
      });
    const beyond = async (amount: string, name: string) => {
      const answer = await sweep(amount);
      expect([answer.status, errorOf(answer)]).toMatchObject([400, { ErrorCode: 'U014', Path: `Data.ControlParameters.${name}` }]);
    };
    await beyond('20.01', 'MaximumIndividualAmount');
    const made = await sweep('20.00');
    expect([made.status, made.json]).toMatchObject([201, { Data: { ConsentId: consent, Status: 'ACSC' } }]);
    accessToken = tokensOf(await tpp.refresh(tokens.refreshToken!)).accessToken;
    expect((await sweep('19.50')).status).toBe(201);
    await beyond('10.51', 'PeriodicLimits');
    // However many ask at once, the limit holds.
    const racing = await Promise.all(Array.from({ length: 4 }, () => sweep('5.00')));
    expect(racing.filter(({ status }) => status === 201)).toHaveLength(2);
    const told = await atBank(stack, tpp, 'GET', `${base}/pisp/domestic-vrps/${dataOf(made)['DomesticVRPId'] as string}`, await clientToken(tpp, 'payments'));
    expect([told.status, told.json]).toMatchObject([200, { Data: { Instruction: { InstructedAmount: { Amount: '20.00' } } } }]);

    expect((await atBank(stack, tpp, 'DELETE', `${base}/pisp/domestic-vrp-consents/${consent}`, await clientToken(tpp, 'payments'))).status).toBe(204);
    await refusedWithin(() => sweep('0.10'), [401]);
    expect((await tpp.refresh(tokens.refreshToken!)).json).toMatchObject({ error: 'invalid_grant' });
  });
});

describe('by the back channel', () => {
  const ask = async (client: FapiClient, parameters: Parameters): Promise<Answer> => {
    const all = { login_hint: 'ana', binding_message: '1234', scope: 'openid accounts', ...parameters };
    const form = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
    return client.ask({ request: await requestObject(client, { parameters: form }) });
  };
  const decide = (client: FapiClient, id: string, action: 'allow' | 'deny'): Promise<Answer> =>
    atBank(stack, client, 'GET', `${client.as.backchannel_authentication_endpoint!}/decide?${new URLSearchParams({ auth_req_id: id, action }).toString()}`, undefined, { identity: null });

  it('a consent is authorised on the customer’s device, named by openbanking-intent-id', async () => {
    const client = await stack.party('decoupled');
    const consent = await lodge(client);
    const { status, json } = await ask(client, { 'openbanking-intent-id': consent });
    expect([status, json]).toEqual([200, expect.objectContaining({ auth_req_id: expect.any(String) as string })]);
    const id = json['auth_req_id'] as string;
    // One request at a time may be about a consent.
    const second = await ask(client, { 'openbanking-intent-id': consent });
    expect([second.status, second.json['error']]).toEqual([400, 'invalid_request']);
    expect((await decide(client, id, 'allow')).json).toEqual({ outcome: 'decided' });
    const tokens = tokensOf(await client.poll(id));
    expect(tokens.idToken).toMatchObject({ openbanking_intent_id: consent });
    expect((await aisp(client, '/accounts', tokens.accessToken)).status).toBe(200);
    expect(await statusOf(client, consent)).toBe('AUTH');
    expect((await consentAt(client, 'DELETE', consent)).status).toBe(204);
    await refusedWithin(() => aisp(client, '/accounts', tokens.accessToken));
  });

  it('a no rejects it', async () => {
    const client = await stack.party('decoupled');
    const consent = await lodge(client);
    const { json } = await ask(client, { 'openbanking-intent-id': consent });
    await decide(client, json['auth_req_id'] as string, 'deny');
    expect((await client.poll(json['auth_req_id'] as string)).json).toMatchObject({ error: 'access_denied' });
    expect(await statusOf(client, consent)).toBe('RJCT');
  });

  it('without it, with another client’s, or with the scope of another kind, it is refused', async () => {
    const client = await stack.party('decoupled');
    const [mine, theirs] = [await lodge(client), await lodge(other)];
    expect((await ask(client, {})).json).toMatchObject({ error: 'invalid_request' });
    expect((await ask(client, { 'openbanking-intent-id': theirs })).json).toMatchObject({ error: 'invalid_request' });
    expect((await ask(client, { 'openbanking-intent-id': mine, scope: 'openid payments' })).json).toMatchObject({ error: 'invalid_scope' });
  });
});
