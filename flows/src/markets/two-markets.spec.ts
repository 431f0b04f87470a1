import { customers, type Answer, type Visitor, type WantedClient } from '@assent/testing/fapi';
import { decodeJwt } from 'jose';
import { stopAsCustomer, withinASecond } from '../support/endings.js';
import { MarketParty } from '../support/market-party.js';
import { expectAnswer, expectRefusedBy, refused } from '../support/refusal.js';
import { jarmResponse } from '../support/signed.js';
import { startSites, type Sites } from '../support/sites.js';

/* One customer, one browser, two markets at once: neither sees, opens or ends what is the other's. */

const inBrazil: WantedClient = {
  id: 'contas', at: 'brazil', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', encryption: 'RSA-OAEP',
  metadata: { scope: 'openid accounts consents resources', response_types: ['code id_token'], id_token_signed_response_alg: 'PS256', id_token_encrypted_response_alg: 'RSA-OAEP', id_token_encrypted_response_enc: 'A256GCM' },
}; // prettier-ignore
const inAustralia: WantedClient = {
  id: 'budget', at: 'cdr', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256',
  metadata: { scope: 'openid profile bank:accounts.basic:read', id_token_signed_response_alg: 'PS256', subject_type: 'pairwise' },
}; // prettier-ignore

let sites: Sites;
let brazil: MarketParty;
let australia: MarketParty;
let ana: Visitor;
beforeAll(async () => {
  sites = await startSites([inBrazil, inAustralia], { otherIssuers: [{ name: 'brazil', market: 'brazil', signingAlgs: ['PS256'] }, { name: 'cdr', market: 'cdr', signingAlgs: ['PS256'] }] });
  const { stack } = sites;
  brazil = new MarketParty(await stack.party('contas'), `${stack.resource}/brazil`);
  australia = new MarketParty(await stack.party('budget'), `${stack.resource}/cdr`, () => ({ 'x-v': '2', 'x-fapi-auth-date': new Date().toUTCString() }));
  ana = stack.visitor();
}, 90_000);
afterAll(() => sites?.stop());

const consentsPath = '/open-banking/consents/v3/consents';
const brazilAccounts = '/open-banking/accounts/v2/accounts';
const cdrAccounts = '/cds-au/v1/banking/accounts';
const firstError = ({ status, json }: Answer) => [status, (json['errors'] as { code: string }[] | undefined)?.[0]?.code];

async function lodged(): Promise<string> {
  const body = { data: { loggedUser: { document: { rel: 'CPF', identification: '76109277673' } }, permissions: ['ACCOUNTS_READ', 'ACCOUNTS_BALANCES_READ', 'RESOURCES_READ'] } };
  const answer = await brazil.api(consentsPath, await brazil.ownToken('consents'), { method: 'POST', json: body });
  return (answer.json['data'] as { consentId: string }).consentId;
}
const askingInBrazil = (consent: string) => ({ response_type: 'code id_token', scope: `openid accounts consent:${consent}` });
const askingInAustralia = (more: object = {}) => ({ scope: 'openid bank:accounts.basic:read', response_mode: 'jwt', claims: JSON.stringify({ sharing_duration: 86_400, ...more }) });

interface Shared {
  readonly name: string;
  readonly grantId: string;
  readonly access: string;
  readonly refresh: string;
  readonly subject: unknown;
}
/** Both asked before either is answered, in one browser. */
async function both(): Promise<{ readonly br: Shared; readonly au: Shared }> {
  const name = await lodged();
  const [b, a] = [await brazil.begin(askingInBrazil(name)), await australia.begin(askingInAustralia())];
  await ana.signIn(b.url, customers.ana);
  const cdrBack = await ana.approve(a.url, { ...customers.ana, accounts: ['ana-savings'] });
  const brazilBack = new URLSearchParams((await ana.approve(b.url, { ...customers.ana, accounts: ['ana-everyday'] })).hash.slice(1));
  const [inB, inA] = [await brazil.redeem(b.prepared, brazilBack.get('code')!), await australia.redeem(a.prepared, (await jarmResponse(australia.client, sites.stack.ca, cdrBack, a.prepared.state)).get('code')!)];
  expect([inB.status, inA.status]).toEqual([200, 200]);
  const { rows } = await sites.stack.database.pool.query<{ grant_id: string }>('SELECT grant_id FROM assent.consent WHERE name = $1', [name]);
  const [br, au] = [inB.json as Record<string, string>, inA.json as Record<string, string>];
  return {
    br: { name, grantId: rows[0]!.grant_id, access: br['access_token']!, refresh: br['refresh_token']!, subject: (await brazil.idToken(br['id_token']!))['sub'] },
    au: { name: au['cdr_arrangement_id']!, grantId: au['cdr_arrangement_id']!, access: au['access_token']!, refresh: au['refresh_token']!, subject: decodeJwt(au['id_token']!).sub },
  };
}

let shared: Awaited<ReturnType<typeof both>>;
it('are asked for in one browser, and each shares its own accounts', async () => {
  shared = await both();
  const { br, au } = shared;
  const accounts = (await brazil.api(brazilAccounts, br.access)).json['data'] as { accountId: string }[];
  expect(accounts.map(({ accountId }) => accountId)).toEqual(['ana-everyday']);
  const theirs = ((await australia.api(cdrAccounts, au.access)).json['data'] as { accounts: { accountId: string }[] }).accounts;
  expect(theirs.map(({ accountId }) => accountId)).toEqual(['ana-savings']);
  expect(br.subject).not.toBe(au.subject);
});

it('have tokens that open nothing of the other, refused in the words of the market that was called', async () => {
  const { br, au } = shared;
  expect(firstError(await australia.api(cdrAccounts, br.access))).toEqual([401, 'urn:au-cds:error:cds-all:GeneralError/Expected']);
  expect(firstError(await brazil.api(brazilAccounts, au.access))).toEqual([401, 'NAO_AUTENTICADO']);
  // The certificate is right, the market is not.
  expect(firstError(await brazil.api(`${sites.stack.resource}/cdr${cdrAccounts}`, br.access, { headers: { 'x-v': '2' } }))[0]).toBe(401);
  expect(firstError(await australia.api(`${sites.stack.resource}/brazil${brazilAccounts}`, au.access))).toEqual([401, 'NAO_AUTENTICADO']);
});

it('know no token and no client of the other', async () => {
  const { br, au } = shared;
  expectAnswer(await brazil.refresh(au.refresh), refused('invalid_grant'));
  expectAnswer(await australia.refresh(br.refresh), refused('invalid_grant'));
  expect((await australia.client.introspect(br.refresh)).json).toEqual({ active: false });
  expect((await brazil.client.introspect(au.refresh, MarketParty.withId())).json).toEqual({ active: false });
  // Brazil's client at the Australian token endpoint, and the other way round.
  for (const [as, elsewhere] of [[brazil, australia], [australia, brazil]] as const) {
    const answer = await as.client.clientCredentials('openid', MarketParty.withId({ message: (message) => void (message.url = new URL((elsewhere.client.as.mtls_endpoint_aliases as Record<string, string>)['token_endpoint']!)) }));
    expect([answer.status, answer.json['error']]).toEqual([401, 'invalid_client']);
  }
});

it('know no consent of the other, by whatever name', async () => {
  const { br, au } = shared;
  for (const name of [br.name, br.grantId]) {
    await expectRefusedBy(sites.stack.asLog, (await australia.push(askingInAustralia({ cdr_arrangement_id: name }))).answer, { rule: 'ASSENT-CONSENT-03', expect: refused('invalid_request') });
  }
  expect(firstError(await brazil.api(`${consentsPath}/${au.name}`, await brazil.ownToken('consents')))).toEqual([404, 'NAO_ENCONTRADO']);
  expect(firstError(await brazil.api(`${consentsPath}/${au.name}`, await brazil.ownToken('consents'), { method: 'DELETE' }))).toEqual([404, 'NAO_ENCONTRADO']);
});

it('end one without the other', async () => {
  const { br, au } = shared;
  await stopAsCustomer(sites, br.grantId);
  await withinASecond(() => brazil.api(brazilAccounts, br.access), 401);
  expect((await australia.api(cdrAccounts, au.access)).status).toBe(200);
  expect((await australia.refresh(au.refresh)).status).toBe(200);
  const next = await both();
  await stopAsCustomer(sites, next.au.grantId);
  await withinASecond(() => australia.api(cdrAccounts, next.au.access), 403);
  expect((await brazil.api(brazilAccounts, next.br.access)).status).toBe(200);
});

it('answer at the addresses of their own alone', async () => {
  const { au } = shared;
  expect(firstError(await australia.api(`${sites.stack.resource}/cdr${brazilAccounts}`, au.access))).toEqual([404, 'urn:au-cds:error:cds-all:Resource/NotFound']);
  expect(firstError(await brazil.api(`${sites.stack.resource}/brazil${cdrAccounts}`, await brazil.ownToken('consents')))).toEqual([404, 'NAO_ENCONTRADO']);
});
