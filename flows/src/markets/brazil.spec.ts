import { customers, freePorts, Message, offeredAccounts, send, type Answer, type Visitor, type WantedClient } from '@assent/testing/fapi';
import { CompactEncrypt, decodeJwt, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { randomUUID } from 'node:crypto';
import { stopAsCustomer, stopAsStaff, withinASecond } from '../support/endings.js';
import { acknowledged, askSigned, backchannelClient } from '../support/backchannel.js';
import { MarketParty, type Members } from '../support/market-party.js';
import { expectAnswer, expectRefusedBy, refused } from '../support/refusal.js';
import { NotificationEndpoint } from '../support/notified.js';
import { startSites, type Sites } from '../support/sites.js';
import type { SignedChange } from '../support/signed.js';

/* Open Finance Brasil: consents at the bank's API, named by a scope; encrypted ID tokens; signed payments. */

const scopes = 'openid accounts consents customers resources payments';
const party = (id: string, metadata: Members = {}): WantedClient => ({
  id, at: 'brazil', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', encryption: 'RSA-OAEP',
  metadata: {
    scope: scopes, response_types: ['code id_token'], id_token_signed_response_alg: 'PS256', id_token_encrypted_response_alg: 'RSA-OAEP', id_token_encrypted_response_enc: 'A256GCM',
    organisation: { legal_name: `${id} Serviços Ltda`, register_number: `org-${id}`, purpose: 'Mostrar seus gastos em um só lugar.' }, ...metadata,
  },
}); // prettier-ignore
const clients = [party('contas'), party('outro')];
/** Asks by the back channel. */
const device = (endpoint: string) => party('aparelho', { ...backchannelClient('ping', endpoint), scope: scopes, response_types: [], authorization_details_types: undefined });

const account = (id: string, name: string, iban: string, currency = 'BRL') => ({ id, name, iban, currency, openingBalance: '1250.00', historyDays: 20 });
const people = [
  { id: 'customer-ana', ...customers.ana, displayName: 'Ana Duarte', claims: { name: 'Ana Duarte', cpf: '76109277673', cnpj: ['11222333000181'], locale: 'pt-BR' }, accounts: [account('ana-everyday', 'Conta corrente', 'GB09HBNK40010112344821'), account('ana-savings', 'Poupança', 'GB15HBNK40010155120937'), { ...account('ana-studio', 'Conta da empresa', 'GB11HBNK40010177348850'), type: 'business' }] },
  { id: 'customer-ben', ...customers.ben, displayName: 'Ben Okafor', claims: { name: 'Ben Okafor', cpf: '52998224725' }, accounts: [account('ben-everyday', 'Conta corrente', 'GB76HBNK40010100213377')] },
];

let sites: Sites;
let tpp: MarketParty;
let other: MarketParty;
let aparelho: MarketParty;
let notifications: NotificationEndpoint;
let ana: Visitor;
let ben: Visitor;
beforeAll(async () => {
  const [port] = await freePorts(1);
  const ciba = { approvalEndpoint: true, pendingPerCustomer: 100, refusals: 100 };
  sites = await startSites([...clients, device(`https://localhost:${port}/notified`)], { otherIssuers: [{ name: 'brazil', market: 'brazil', signingAlgs: ['PS256'], ciba, participant: { namespace: 'portobank', brandName: 'Porto Bank' } }], sections: { customers: people } });
  notifications = await NotificationEndpoint.open(port!, sites.stack.server);
  const open = async (id: string) => new MarketParty(await sites.stack.party(id), `${sites.stack.resource}/brazil`);
  [tpp, other, aparelho] = [await open('contas'), await open('outro'), await open('aparelho')];
  [ana, ben] = [sites.stack.visitor(), sites.stack.visitor()];
}, 90_000);
afterAll(async () => {
  await notifications?.close();
  await sites?.stop();
});

const consentsPath = '/open-banking/consents/v3/consents';
const accountsPath = '/open-banking/accounts/v2/accounts';
const allPermissions = ['ACCOUNTS_READ', 'ACCOUNTS_BALANCES_READ', 'ACCOUNTS_TRANSACTIONS_READ', 'RESOURCES_READ'];
const document = (rel: string, identification: string) => ({ document: { rel, identification } });
const inDays = (days: number) => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
const consentBody = (changes: Members = {}) => ({ data: { loggedUser: document('CPF', '76109277673'), permissions: allPermissions, expirationDateTime: inDays(90), ...changes } });

const dataOf = ({ json }: Answer) => json['data'] as Record<string, unknown>;
const errorOf = ({ status, json }: Answer) => [status, (json['errors'] as { code: string }[] | undefined)?.[0]?.code];

async function lodge(changes: Members = {}, as = tpp): Promise<string> {
  const answer = await as.api(consentsPath, await as.ownToken('consents'), { method: 'POST', json: consentBody(changes) });
  if (answer.status !== 201) throw new Error(`not lodged: ${answer.text}`);
  return dataOf(answer)['consentId'] as string;
}
const stateOf = async (id: string, as = tpp) => {
  const answer = await as.api(`${consentsPath}/${id}`, await as.ownToken('consents'));
  const { status, rejection } = dataOf(answer) as { status?: string; rejection?: { rejectedBy: string; reason: { code: string } } };
  return [status, ...(rejection ? [rejection.rejectedBy, rejection.reason.code] : [])];
};
const asking = (id: string, scope = 'openid accounts resources') => ({ response_type: 'code id_token', scope: `${scope} consent:${id}`, claims: JSON.stringify({ id_token: { acr: { essential: true } } }) });
const fragment = (callback: URL) => new URLSearchParams(callback.hash.slice(1));

interface Granted {
  readonly id: string;
  readonly access: string;
  readonly refresh: string | undefined;
  readonly answer: Members;
  readonly callback: URLSearchParams;
  readonly grantId: string;
}
async function grantOf(id: string): Promise<string> {
  const { rows } = await sites.stack.database.pool.query<{ grant_id: string }>('SELECT grant_id FROM assent.consent WHERE name = $1', [id]);
  return rows[0]!.grant_id;
}
/** The whole way: lodged, allowed, redeemed. */
async function granted(changes: Members = {}, accounts: readonly string[] = ['ana-everyday'], scope?: string): Promise<Granted> {
  const id = await lodge(changes);
  const { prepared, url } = await tpp.begin(asking(id, scope));
  const callback = fragment(await ana.approve(url, { ...customers.ana, accounts }));
  const { status, json } = await tpp.redeem(prepared, callback.get('code')!);
  if (status !== 200) throw new Error(`not redeemed: ${JSON.stringify(json)}`);
  return { id, access: json['access_token'] as string, refresh: json['refresh_token'] as string | undefined, answer: json, callback, grantId: await grantOf(id) };
}
const accountsOf = (token: string, as = tpp) => as.api(accountsPath, token);

describe('the whole journey', () => {
  let journey: Granted;
  it('lodges, asks, allows and redeems: ID tokens encrypted at both endpoints', async () => {
    const id = await lodge();
    expect(id).toMatch(/^urn:portobank:[A-Za-z0-9_-]+$/);
    expect(await stateOf(id)).toEqual(['AWAITING_AUTHORISATION']);
    const { prepared, url, expiresIn } = await tpp.begin(asking(id));
    expect(expiresIn).toBeGreaterThanOrEqual(60);
    const { answer: page, url: at } = await ana.signIn(url, customers.ana);
    for (const words of ['contas Serviços Ltda', 'Balances', 'Statements', 'Conta corrente']) expect(page.text).toContain(words);
    const callback = await ana.submit(ana.consentForm(page, at, ['ana-everyday']));
    const response = fragment(new URL(callback.headers.get('location')!));
    const front = response.get('id_token')!;
    expect(decodeProtectedHeader(front)).toMatchObject({ alg: 'RSA-OAEP', enc: 'A256GCM', kid: 'contas-enc' });
    expect(await tpp.idToken(front)).toMatchObject({ iss: sites.stack.issuer.replace(/[^/]+$/, 'brazil'), aud: 'contas', acr: 'urn:brasil:openbanking:loa2', nonce: prepared.nonce, s_hash: expect.any(String), c_hash: expect.any(String) });
    const { status, json } = await tpp.redeem(prepared, response.get('code')!);
    expect([status, json['token_type'], json['scope']]).toEqual([200, 'Bearer', `openid accounts resources consent:${id}`]);
    expect(json['expires_in']).toBeGreaterThanOrEqual(300);
    expect(json['expires_in']).toBeLessThanOrEqual(900);
    expect(json).not.toHaveProperty('authorization_details');
    const back = json['id_token'] as string;
    expect(decodeProtectedHeader(back)).toMatchObject({ alg: 'RSA-OAEP', enc: 'A256GCM' });
    expect(await tpp.idToken(back)).toMatchObject({ sub: expect.any(String), acr: 'urn:brasil:openbanking:loa2' });
    expect(await stateOf(id)).toEqual(['AUTHORISED']);
    journey = { id, access: json['access_token'] as string, refresh: json['refresh_token'] as string, answer: json, callback: response, grantId: await grantOf(id) };
  });

  it('reads what was shared, in the shapes of the market', async () => {
    const accounts = await accountsOf(journey.access);
    expect([accounts.status, accounts.json['data'], accounts.headers.get('x-fapi-interaction-id')]).toEqual([200, [expect.objectContaining({ accountId: 'ana-everyday', brandName: 'Porto Bank', type: 'CONTA_DEPOSITO_A_VISTA' })], expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(accounts.json).toMatchObject({ links: { self: `${tpp.base}${accountsPath}` }, meta: { totalRecords: 1, totalPages: 1, requestDateTime: expect.stringMatching(/Z$/) } });
    expect(dataOf(await tpp.api(`${accountsPath}/ana-everyday/balances`, journey.access))).toMatchObject({ availableAmount: { amount: expect.stringMatching(/^\d+\.\d{2}$/), currency: 'BRL' } });
    const days = new URLSearchParams({ fromBookingDate: inDays(-15).slice(0, 10), toBookingDate: inDays(0).slice(0, 10) });
    expect((await tpp.api(`${accountsPath}/ana-everyday/transactions?${days.toString()}`, journey.access)).json['data']).not.toEqual([]);
    expect((await tpp.api('/open-banking/resources/v3/resources', journey.access)).json['data']).toEqual([{ resourceId: 'ana-everyday', type: 'ACCOUNT', status: 'AVAILABLE' }]);
  });

  it('says who the customer is under a consent to that alone, which chooses no accounts', async () => {
    const { access } = await granted({ permissions: ['CUSTOMERS_PERSONAL_IDENTIFICATIONS_READ', 'RESOURCES_READ'] }, [], 'openid customers resources');
    expect((await tpp.api('/open-banking/customers/v2/personal/identifications', access)).json['data']).toEqual([expect.objectContaining({ civilName: 'Ana Duarte', documents: { cpfNumber: '76109277673' } })]);
    expect(errorOf(await tpp.api('/open-banking/customers/v2/personal/identifications', journey.access))).toEqual([403, 'NAO_AUTORIZADO']);
    expect((await tpp.api('/open-banking/resources/v3/resources', access)).json['data']).toEqual([]);
  });

  it('answers each refusal of a resource in the market’s format', async () => {
    expect(errorOf(await tpp.api(`${accountsPath}/ana-savings`, journey.access))).toEqual([404, 'NAO_ENCONTRADO']);
    expect(errorOf(await tpp.api(accountsPath, undefined))).toEqual([401, 'NAO_AUTENTICADO']);
    expect(errorOf(await tpp.api(accountsPath, 'none'))).toEqual([401, 'NAO_AUTENTICADO']);
    expect(errorOf(await tpp.api(accountsPath, journey.access, { identity: null }))).toEqual([401, 'NAO_AUTENTICADO']);
    expect(errorOf(await tpp.api(accountsPath, await tpp.ownToken('consents')))).toEqual([403, 'NAO_AUTORIZADO']);
    expect(errorOf(await tpp.api('/open-banking/loans/v2/contracts', journey.access))).toEqual([404, 'NAO_ENCONTRADO']);
    expect(errorOf(await tpp.api(accountsPath, journey.access, { method: 'DELETE' }))).toEqual([405, 'METODO_NAO_SUPORTADO']);
    // A consent opens the bank's API no further than its market's addresses.
    expect((await tpp.api(`${sites.stack.resource}/accounts`, journey.access)).status).toBe(401);
  });

  it('wants an interaction id on every call, at the bank', async () => {
    for (const id of [undefined, 'one', '']) expect(errorOf(await tpp.api(accountsPath, journey.access, { headers: { 'x-fapi-interaction-id': id } }))).toEqual([400, 'REQUISICAO_INVALIDA']);
  });

  it('wants an interaction id on every call, at the issuer', async () => {
    const { prepared } = await tpp.push(asking(journey.id));
    const bare = { message: (message: { setHeader(name: string, value: string | undefined): unknown }) => void message.setHeader('x-fapi-interaction-id', undefined) };
    const attempts = [await tpp.client.push(prepared), await tpp.client.refresh(journey.refresh!, bare), await tpp.client.clientCredentials('consents', bare), await tpp.client.userinfo(journey.access, bare)];
    for (const answer of attempts) expectAnswer(answer, refused('invalid_request'));
    const id = randomUUID();
    const answer = await tpp.client.clientCredentials('consents', { message: (message) => void message.setHeader('x-fapi-interaction-id', id) });
    expect([answer.status, answer.headers.get('x-fapi-interaction-id')]).toEqual([200, id]);
  });

  it('refreshes without another refresh token', async () => {
    const { status, json } = await tpp.refresh(journey.refresh!);
    expect([status, 'refresh_token' in json && json['refresh_token'] !== journey.refresh]).toEqual([200, false]);
    expect((await accountsOf(json['access_token'] as string)).status).toBe(200);
  });

  it('keeps one subject over all consents, for all clients', async () => {
    const subjectOf = async ({ answer }: Pick<Granted, 'answer'>, as = tpp) => (await as.idToken(answer['id_token'] as string))['sub'];
    expect(await subjectOf(await granted())).toBe(await subjectOf(journey));
    const { prepared, url } = await other.begin(asking(await lodge({}, other)));
    const callback = fragment(await ana.approve(url, { ...customers.ana, accounts: ['ana-everyday'] }));
    expect(await subjectOf({ answer: (await other.redeem(prepared, callback.get('code')!)).json }, other)).toBe(await subjectOf(journey));
  });
});

describe('the consents API', () => {
  const post = async (json: unknown, token?: string, headers = {}) => tpp.api(consentsPath, token ?? (await tpp.ownToken('consents')), { method: 'POST', json, headers });
  it.each<[string, unknown, number, string]>([
    ['half a group of permissions', consentBody({ permissions: ['ACCOUNTS_READ', 'RESOURCES_READ'] }), 422, 'COMBINACAO_PERMISSOES_INCORRETA'],
    ['no permissions', consentBody({ permissions: [] }), 400, 'PARAMETRO_INVALIDO'],
    ['an end beyond a year', consentBody({ expirationDateTime: inDays(400) }), 422, 'DATA_EXPIRACAO_INVALIDA'],
    ['an end in the past', consentBody({ expirationDateTime: inDays(-1) }), 422, 'DATA_EXPIRACAO_INVALIDA'],
    ['no customer', consentBody({ loggedUser: undefined }), 400, 'PARAMETRO_NAO_INFORMADO'],
    ['no object', 'text', 400, 'PARAMETRO_INVALIDO'],
  ])('refuses %s, and keeps nothing', async (_, body, status, code) => {
    const count = async () => (await sites.stack.database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM assent.consent')).rows[0]!.n;
    const before = await count();
    expect(errorOf(await post(body))).toEqual([status, code]);
    expect(await count()).toBe(before);
  });

  it('takes the client’s own token with the scope consents, and no other', async () => {
    const { access } = await granted();
    expect(errorOf(await post(consentBody(), access))).toEqual([403, 'NAO_AUTORIZADO']);
    expect(errorOf(await post(consentBody(), await tpp.ownToken('payments')))).toEqual([403, 'NAO_AUTORIZADO']);
  });

  it('shows and ends nobody else’s consents', async () => {
    const id = await lodge();
    const token = await other.ownToken('consents');
    expect(errorOf(await other.api(`${consentsPath}/${id}`, token))).toEqual([404, 'NAO_ENCONTRADO']);
    expect(errorOf(await other.api(`${consentsPath}/${id}`, token, { method: 'DELETE' }))).toEqual([404, 'NAO_ENCONTRADO']);
    expect(await stateOf(id)).toEqual(['AWAITING_AUTHORISATION']);
  });
});

describe('a request', () => {
  const by = (answer: Answer, rule: string, code: string) => expectRefusedBy(sites.stack.asLog, answer, { rule, expect: refused(code) });

  it('names a consent that waits, of this client', async () => {
    const id = await lodge();
    await by((await other.push(asking(id))).answer, 'ASSENT-CONSENT-03', 'invalid_request');
    await by((await tpp.push(asking('urn:portobank:unknown'))).answer, 'ASSENT-CONSENT-03', 'invalid_request');
    await tpp.api(`${consentsPath}/${id}`, await tpp.ownToken('consents'), { method: 'DELETE' });
    await by((await tpp.push(asking(id))).answer, 'ASSENT-CONSENT-03', 'invalid_request');
  });

  it('names one consent, and one it must name to ask for data', async () => {
    const [one, two] = [await lodge(), await lodge()];
    await by((await tpp.push({ ...asking(one), scope: `openid accounts consent:${one} consent:${two}` })).answer, 'ASSENT-BR-02', 'invalid_scope');
    await by((await tpp.push({ ...asking(one), scope: 'openid accounts' })).answer, 'ASSENT-BR-02', 'invalid_scope');
  });

  it('names more scopes than the consent has permissions for, which open nothing', async () => {
    const { access } = await granted({ permissions: ['ACCOUNTS_READ', 'ACCOUNTS_BALANCES_READ', 'RESOURCES_READ'] }, ['ana-everyday'], 'openid accounts resources customers');
    expect((await accountsOf(access)).status).toBe(200);
    expect(errorOf(await tpp.api(`${accountsPath}/ana-everyday/transactions`, access))).toEqual([403, 'NAO_AUTORIZADO']);
  });

  it('is refused with an ID token as a hint', async () => {
    const { answer } = await granted();
    await by((await tpp.push({ ...asking(await lodge()), id_token_hint: answer['id_token'] as string })).answer, 'ASSENT-BR-01', 'invalid_request');
  });

  it.each<[string, Members, string, string]>([
    ['a code alone', { response_type: 'code' }, 'F2-AZ-01', 'unsupported_response_type'],
    ['JARM', { response_mode: 'jwt' }, 'ASSENT-PAR-02', 'invalid_request'],
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'F2-AZ-05', 'invalid_request'],
  ])('is refused with %s', async (_, changes, rule, code) => {
    await by((await tpp.push({ ...asking(await lodge()), ...(changes as Record<string, string>) })).answer, rule, code);
  });

  it('is signed, and pushed', async () => {
    const prepared = await tpp.client.prepare(asking(await lodge()));
    await by(await tpp.client.push(prepared, MarketParty.withId()), 'MS-JAR-01', 'invalid_request');
    const url = new URL(tpp.client.as.authorization_endpoint!);
    url.search = new URLSearchParams({ client_id: tpp.client.id, ...prepared.parameters }).toString();
    expect((await sites.stack.visitor().open(url)).status).toBe(400);
  });
});

describe('the customer', () => {
  it('is the one the consent names: another’s sign-in is access_denied, and leaves it waiting', async () => {
    const id = await lodge();
    const { url } = await tpp.begin(asking(id));
    const { answer } = await ben.signIn(url, customers.ben);
    const back = fragment(new URL(answer.headers.get('location') ?? 'https://none.example/'));
    expect([answer.status, back.get('error')]).toEqual([303, 'access_denied']);
    expect(back.get('code')).toBeNull();
  });

  it('shares accounts of a company under a consent that names it, and under no other', async () => {
    const offered = async (changes: Members) => {
      const { url } = await tpp.begin(asking(await lodge(changes)));
      return offeredAccounts((await ana.signIn(url, customers.ana)).answer);
    };
    expect(await offered({})).toEqual(['ana-everyday', 'ana-savings']);
    expect(await offered({ businessEntity: document('CNPJ', '11222333000181') })).toEqual(['ana-studio']);
    // A company she does not act for.
    const { url } = await tpp.begin(asking(await lodge({ businessEntity: document('CNPJ', '11444777000161') })));
    const { answer } = await ana.signIn(url, customers.ana);
    expect([answer.status, fragment(new URL(answer.headers.get('location') ?? 'https://none.example/')).get('error')]).toEqual([303, 'access_denied']);
  });

  it('says no: the consent is rejected, by the customer', async () => {
    const id = await lodge();
    const { url } = await tpp.begin(asking(id));
    const { answer, url: at } = await ana.signIn(url, customers.ana);
    expect(fragment(await ana.cancel(answer, at)).get('error')).toBe('access_denied');
    expect(await stateOf(id)).toEqual(['REJECTED', 'USER', 'CUSTOMER_MANUALLY_REJECTED']);
    await expectRefusedBy(sites.stack.asLog, (await tpp.push(asking(id))).answer, { rule: 'ASSENT-CONSENT-03', expect: refused('invalid_request') });
  });

  it('reads it in Portuguese', async () => {
    const { url } = await tpp.begin({ ...asking(await lodge({ permissions: [...allPermissions, 'CUSTOMERS_PERSONAL_IDENTIFICATIONS_READ'] })), ui_locales: 'pt-BR' });
    const reader = sites.stack.visitor();
    const { answer } = await reader.signIn(url, customers.ana);
    for (const words of [/<html lang="pt-BR"/, /Saldos/, /Extratos/, /Quanto há em cada conta que você escolher/, /Seus dados cadastrais/, /Até /]) expect(answer.text).toMatch(words);
  });
});

describe('a consent and its tokens end together', () => {
  /** Dead everywhere: at the bank within a second, at the token endpoint at once. */
  async function expectDead({ id, access, refresh }: Granted, state: readonly string[]): Promise<void> {
    await withinASecond(() => accountsOf(access), 401);
    expectAnswer(await tpp.refresh(refresh!), refused('invalid_grant'));
    expect(await stateOf(id)).toEqual(state);
  }

  it('at the consents API', async () => {
    const one = await granted();
    const deleted = await tpp.api(`${consentsPath}/${one.id}`, await tpp.ownToken('consents'), { method: 'DELETE' });
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    await expectDead(one, ['REJECTED', 'USER', 'CUSTOMER_MANUALLY_REVOKED']);
    expect(errorOf(await tpp.api(`${consentsPath}/${one.id}`, await tpp.ownToken('consents'), { method: 'DELETE' }))).toEqual([422, 'CONSENTIMENTO_EM_STATUS_REJEITADO']);
  });

  it('on the customer’s dashboard', async () => {
    const one = await granted();
    await stopAsCustomer(sites, one.grantId);
    await expectDead(one, ['REJECTED', 'USER', 'CUSTOMER_MANUALLY_REVOKED']);
  });

  it('at the bank’s console', async () => {
    const one = await granted();
    await stopAsStaff(sites, one.grantId);
    await expectDead(one, ['REJECTED', 'ASPSP', 'INTERNAL_SECURITY_REASON']);
  });

  it('at its own end', async () => {
    const one = await granted({ expirationDateTime: inDays(1) });
    await sites.stack.later(86_401, async () => {
      expectAnswer(await tpp.refresh(one.refresh!), refused('invalid_grant'));
      expect((await accountsOf(one.access)).status).toBe(401);
      expect(await stateOf(one.id)).toEqual(['REJECTED', 'ASPSP', 'CONSENT_MAX_DATE_REACHED']);
    });
  });

  it('an hour after it was lodged, when nobody said yes', async () => {
    const id = await lodge();
    await sites.stack.later(3601, async () => {
      expect(await stateOf(id)).toEqual(['REJECTED', 'ASPSP', 'CONSENT_EXPIRED']);
      await expectRefusedBy(sites.stack.asLog, (await tpp.push(asking(id))).answer, { rule: 'ASSENT-CONSENT-03', expect: refused('invalid_request') });
    });
  });

  it('while its code is being redeemed: whoever wins, no token outlives the consent', async () => {
    for (let round = 0; round < 4; round += 1) {
      const id = await lodge();
      const { prepared, url } = await tpp.begin(asking(id));
      const code = fragment(await ana.approve(url, { ...customers.ana, accounts: ['ana-everyday'] })).get('code')!;
      const own = await tpp.ownToken('consents');
      const [redeemed, deleted] = await Promise.all([tpp.redeem(prepared, code), tpp.api(`${consentsPath}/${id}`, own, { method: 'DELETE' })]);
      expect(deleted.status).toBe(204);
      expect([200, 400]).toContain(redeemed.status);
      expect(await stateOf(id)).toEqual(['REJECTED', 'USER', 'CUSTOMER_MANUALLY_REVOKED']);
      if (redeemed.status !== 200) continue;
      await withinASecond(() => accountsOf(redeemed.json['access_token'] as string), 401);
      expectAnswer(await tpp.refresh(redeemed.json['refresh_token'] as string), refused('invalid_grant'));
    }
  });

  it('and can be allowed anew while it lives, with other accounts: older tokens go', async () => {
    const one = await granted();
    const { prepared, url } = await tpp.begin(asking(one.id));
    const callback = fragment(await ana.approve(url, { ...customers.ana, accounts: ['ana-savings'] }));
    const { json } = await tpp.redeem(prepared, callback.get('code')!);
    expect(((await accountsOf(json['access_token'] as string)).json['data'] as { accountId: string }[]).map(({ accountId }) => accountId)).toEqual(['ana-savings']);
    await withinASecond(() => accountsOf(one.access), 401);
    expectAnswer(await tpp.refresh(one.refresh!), refused('invalid_grant'));
    expect(await stateOf(one.id)).toEqual(['AUTHORISED']);
  });
});

describe('payments', () => {
  const paymentConsents = '/open-banking/payments/v4/consents';
  const pixPath = '/open-banking/payments/v4/pix/payments';
  const creditorAccount = { ispb: '12345678', issuer: '1774', number: '1234567890', accountType: 'CACC' };
  const today = () => new Date(Date.now() - 3 * 3_600_000).toISOString().slice(0, 10);
  const order = (changes: Members = {}) => ({
    loggedUser: document('CPF', '76109277673'),
    creditor: { personType: 'PESSOA_JURIDICA', cpfCnpj: '11222333000181', name: 'Loja do Porto' },
    payment: { type: 'PIX', date: today(), currency: 'BRL', amount: '84.20', details: { localInstrument: 'DICT', proxy: 'loja@porto.example', creditorAccount } },
    ...changes,
  });
  const pix = (changes: Members = {}) => [{ endToEndId: 'E1122233320261125120012345678901', remittanceInformation: 'Pedido 17', localInstrument: 'DICT', proxy: 'loja@porto.example', payment: { amount: '84.20', currency: 'BRL' }, creditorAccount, cnpjInitiator: '11222333000181', ...changes }];
  const envelope = (path: string, data: unknown, over: Members = {}) => ({ iss: 'org-contas', aud: `${tpp.base}${path}`, jti: randomUUID(), iat: Math.floor(Date.now() / 1000), data, ...over });
  const post = async (path: string, token: string, data: unknown, { over = {}, header = {}, headers = {}, jwt }: { over?: Members; header?: Members; headers?: Readonly<Record<string, string | undefined>>; jwt?: string } = {}) =>
    tpp.api(path, token, { method: 'POST', jwt: jwt ?? (await tpp.sign(envelope(path, data, over), header)), headers: { 'x-idempotency-key': randomUUID(), ...headers } });
  /** A signed answer: its claims. */
  const said = (answer: Answer) => decodeJwt<Record<string, unknown>>(answer.text) as { data: Record<string, unknown>; errors?: { code: string }[] } & Record<string, unknown>;
  const refusedAs = (answer: Answer) => [answer.status, (said(answer).errors ?? [])[0]?.code];
  const lodgePayment = async (changes: Members = {}) => said(await post(paymentConsents, await tpp.ownToken('payments'), order(changes))).data['consentId'] as string;
  async function approved(changes: Members = {}): Promise<{ id: string; token: string; answer: Members }> {
    const id = await lodgePayment(changes);
    const { prepared, url } = await tpp.begin(asking(id, 'openid payments'));
    const callback = fragment(await ana.approve(url, { ...customers.ana, payFrom: 'ana-everyday' }));
    const { json } = await tpp.redeem(prepared, callback.get('code')!);
    return { id, token: json['access_token'] as string, answer: json };
  }

  it('are lodged and told of in signed bodies, made once, and then the consent is consumed', async () => {
    const { id, token, answer } = await approved();
    expect(answer).not.toHaveProperty('refresh_token');
    const made = await post(pixPath, token, pix());
    expect([made.status, made.headers.get('content-type'), decodeProtectedHeader(made.text)]).toEqual([201, 'application/jwt', expect.objectContaining({ alg: 'PS256', typ: 'JWT' })]);
    expect(said(made)).toMatchObject({ data: [{ consentId: id, status: 'ACSC', payment: { amount: '84.20', currency: 'BRL' } }], aud: 'org-contas', iss: expect.any(String), jti: expect.any(String), iat: expect.any(Number) });
    const told = await tpp.api(`${paymentConsents}/${id}`, await tpp.ownToken('payments'));
    expect(said(told).data).toMatchObject({ consentId: id, status: 'CONSUMED' });
    const [{ paymentId }] = said(made).data as unknown as [{ paymentId: string }];
    expect(said(await tpp.api(`${pixPath}/${paymentId}`, await tpp.ownToken('payments'))).data).toMatchObject({ paymentId, consentId: id, status: 'ACSC', endToEndId: 'E1122233320261125120012345678901' });
    expect([401, 422]).toContain((await post(pixPath, token, pix())).status);
    expect((await other.api(`${pixPath}/${paymentId}`, await other.ownToken('payments'))).status).toBe(404);
  });

  it.each<[string, Members, string]>([
    ['another amount', { payment: { amount: '84.21', currency: 'BRL' } }, 'PAGAMENTO_DIVERGENTE_CONSENTIMENTO'],
    ['another account', { creditorAccount: { ...creditorAccount, number: '1' .repeat(10) } }, 'PAGAMENTO_DIVERGENTE_CONSENTIMENTO'],
    ['another proxy', { proxy: 'mallory@porto.example' }, 'PAGAMENTO_DIVERGENTE_CONSENTIMENTO'],
  ])('are refused with %s than approved', async (_, changes, code) => {
    const { id, token } = await approved();
    expect(refusedAs(await post(pixPath, token, pix(changes)))).toEqual([422, code]);
    expect(said(await tpp.api(`${paymentConsents}/${id}`, await tpp.ownToken('payments'))).data).toMatchObject({ status: 'AUTHORISED' });
  });

  it('are asked for in bodies signed by the client, for this address, now, once', async () => {
    const token = await tpp.ownToken('payments');
    const seconds = Math.floor(Date.now() / 1000);
    const bad: readonly [Parameters<typeof post>[3], string][] = [
      [{ over: { iss: 'org-outro' } }, 'iss'],
      [{ over: { aud: tpp.base } }, 'aud'],
      [{ over: { iat: seconds - 90 } }, 'old'],
      [{ over: { iat: seconds + 90 } }, 'ahead'],
      [{ over: { jti: 'one' } }, 'jti'],
      [{ header: { typ: 'jose' } }, 'typ'],
      [{ jwt: await other.sign(envelope(paymentConsents, order())) }, 'key'],
    ];
    for (const [change, what] of bad) expect([what, refusedAs(await post(paymentConsents, token, order(), change))]).toEqual([what, [400, 'BAD_SIGNATURE']]);
    const jwt = await tpp.sign(envelope(paymentConsents, order()));
    expect((await post(paymentConsents, token, undefined, { jwt })).status).toBe(201);
    expect((await post(paymentConsents, token, undefined, { jwt })).status).toBe(403);
  });

  it('have a key of idempotency', async () => {
    const token = await tpp.ownToken('payments');
    const headers = { 'x-idempotency-key': randomUUID() };
    expect((await post(paymentConsents, token, order(), { headers: { 'x-idempotency-key': undefined } })).status).toBe(400);
    const [first, again] = [await post(paymentConsents, token, order(), { headers }), await post(paymentConsents, token, order(), { headers })];
    expect(said(again).data['consentId']).toBe(said(first).data['consentId']);
    expect(refusedAs(await post(paymentConsents, token, order({ creditor: { personType: 'PESSOA_JURIDICA', cpfCnpj: '11222333000181', name: 'Outra' } }), { headers }))).toEqual([422, 'ERRO_IDEMPOTENCIA']);
  });

  it('wait five minutes for their customer', async () => {
    const id = await lodgePayment();
    await sites.stack.later(301, async () => {
      expect(said(await tpp.api(`${paymentConsents}/${id}`, await tpp.ownToken('payments'))).data).toMatchObject({ status: 'REJECTED', rejectionReason: { code: 'TEMPO_EXPIRADO_AUTORIZACAO' } });
    });
  });
});

describe('by the back channel', () => {
  const asBrazil = (change: SignedChange = {}): SignedChange =>
    MarketParty.withId({
      ...change,
      object: (header, claims) => {
        header['typ'] = 'cibabr+jwt';
        change.object?.(header, claims);
      },
    });
  const ask = (id: string | undefined, changes: Readonly<Record<string, string | undefined>> = {}, change: SignedChange = {}) =>
    askSigned(aparelho.client, { scope: 'openid accounts resources', login_hint: id, binding_message: undefined, ...changes }, asBrazil(change));
  const decide = (id: string, action = 'allow') => ana.open(`${aparelho.client.as['backchannel_authentication_endpoint'] as string}/decide?${new URLSearchParams({ auth_req_id: id, action }).toString()}`);
  const by = (answer: Answer, rule: string, code = 'invalid_request') => expectRefusedBy(sites.stack.asLog, answer, { rule, expect: refused(code) });

  it('asks its customer for the consent in the hint, and is told', async () => {
    const consent = await lodge({}, aparelho);
    const { id, expiresIn } = acknowledged(await ask(consent, { requested_expiry: '60' }));
    // requested_expiry is not listened to.
    expect(expiresIn).toBeGreaterThanOrEqual(360);
    expectAnswer(await aparelho.client.poll(id, MarketParty.withId()), refused('authorization_pending'));
    expect((await decide(id)).json).toEqual({ outcome: 'decided' });
    await notifications.about(id);
    const { status, json } = await aparelho.client.poll(id, MarketParty.withId());
    expect([status, (json['id_token'] as string).split('.').length, await stateOf(consent, aparelho)]).toEqual([200, 5, ['AUTHORISED']]);
    expect((await accountsOf(json['access_token'] as string, aparelho)).status).toBe(200);
    await aparelho.api(`${consentsPath}/${consent}`, await aparelho.ownToken('consents'), { method: 'DELETE' });
    await withinASecond(() => accountsOf(json['access_token'] as string, aparelho), 401);
    expectAnswer(await aparelho.refresh(json['refresh_token'] as string), refused('invalid_grant'));
  });

  it('may be encrypted to the bank, and nothing but a signed request may be inside', async () => {
    const { json } = await send(new Message({ method: 'GET', url: aparelho.client.as.jwks_uri! }), { ca: sites.stack.ca });
    const key = (json['keys'] as JWK[]).find(({ use }) => use === 'enc')!;
    const sealed = (alg: string) => async (signed: string) => new CompactEncrypt(new TextEncoder().encode(signed)).setProtectedHeader({ alg, enc: 'A256GCM', cty: 'JWT', kid: key.kid! }).encrypt(await importJWK({ ...key, alg }, alg));
    const consent = await lodge({}, aparelho);
    await by(await ask(consent, {}, { signed: sealed('RSA-OAEP-256') }), 'JR-06');
    await by(await ask(consent, {}, { signed: () => sealed('RSA-OAEP')('{}') }), 'CB-SR-06');
    expect(acknowledged(await ask(consent, {}, { signed: sealed('RSA-OAEP') })).expiresIn).toBeGreaterThanOrEqual(360);
  });

  it('hears no, and so does the consent', async () => {
    const consent = await lodge({}, aparelho);
    const { id } = acknowledged(await ask(consent));
    await decide(id, 'deny');
    expectAnswer(await aparelho.client.poll(id, MarketParty.withId()), refused('access_denied'));
    expect(await stateOf(consent, aparelho)).toEqual(['REJECTED', 'USER', 'CUSTOMER_MANUALLY_REJECTED']);
  });

  it('is refused with another type, a longer life, another hint, another’s consent', async () => {
    const consent = await lodge({}, aparelho);
    await by(await ask(consent, {}, { object: (header) => void (header['typ'] = 'oauth-authz-req+jwt') }), 'CB-SR-01');
    await by(await ask(consent, {}, { object: (_header, claims) => void (claims['exp'] = Number(claims['nbf']) + 700) }), 'CB-SR-05');
    await by(await ask(undefined, { id_token_hint: 'e30.e30.e30' }), 'ASSENT-BR-01');
    await by(await ask(undefined), 'ASSENT-BR-03');
    await by(await ask(await lodge()), 'ASSENT-CONSENT-03');
    await by(await ask(consent, { scope: `openid accounts consent:${await lodge({}, aparelho)}` }), 'ASSENT-BR-02', 'invalid_scope');
    expect(await stateOf(consent, aparelho)).toEqual(['AWAITING_AUTHORISATION']);
  });
});
