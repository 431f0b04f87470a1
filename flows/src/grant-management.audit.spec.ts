import { publicCheckpointKey, readCheckpointKey, verifyAudit, type Database } from '@assent/persistence';
import { systemClock, type GrantPermissions } from '@assent/protocol';
import { FapiClient, type Answer, type Message, type Prepared, type Visitor, type WantedClient } from '@assent/testing/fapi';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPair } from './support/processes.js';
import { authorize, obtainTokens, startStack, type Stack } from './support/stack.js';

/* Grant Management as somebody tries it who wants to see it fail: odd requests, other issuers, the last second, everything at once. */

const scope = 'openid profile email offline_access accounts balances transactions grant_management_query grant_management_revoke';
const metadata = { scope, authorization_details_types: ['account_information', 'payment_initiation'] };
const clients: readonly WantedClient[] = [
  { id: 'tpp', auth: 'private_key_jwt', constraint: 'dpop', metadata },
  { id: 'opaque', at: 'fapi2', auth: 'private_key_jwt', constraint: 'dpop', metadata: { ...metadata, access_token_format: 'opaque' } },
];

let stack: Stack;
let client: FapiClient;
let second: FapiClient;
let ana: Visitor;
beforeAll(async () => {
  stack = await startStack({ clients, grants: true, otherIssuers: ['second'] });
  // Both issuers have a client of this id.
  second = await FapiClient.open({ client: stack.client('tpp'), issuer: `https://localhost:${stack.ports.as}/second`, ca: stack.ca });
  [client, ana] = [await stack.party('tpp'), stack.visitor()];
}, 90_000);
afterAll(() => stack?.stop());

type Parameters = Readonly<Record<string, string | undefined>>;
const merging = (grantId: string, more: Parameters = {}): Parameters => ({ grant_management_action: 'merge', grant_id: grantId, scope: 'openid accounts', ...more });

async function agreed(parameters: Parameters, party = client) {
  const tokens = await obtainTokens(party, ana, parameters);
  return { ...tokens, grantId: tokens.answer['grant_id'] as string };
}
const aGrant = (party = client) => agreed({ grant_management_action: 'create', scope: 'openid accounts' }, party);
const apiToken = async (party = client) => (await party.clientCredentials('grant_management_query grant_management_revoke')).json['access_token'] as string;
const said = ({ status, json }: Answer) => [status, json['error']];
const accounts = async (accessToken: string, party = client): Promise<string | number> => {
  const { status, json } = await party.call(`${stack.resource}/accounts`, accessToken);
  return status === 200 ? (json['accounts'] as { accountId: string }[]).map(({ accountId }) => accountId).join(' ') : status;
};
/** As the dashboard takes an account out. */
const withoutAccount = (grantId: string, account = 'ana-everyday', { stores }: Database = stack.database) => {
  const permissions = (grant: GrantPermissions) => ({ ...grant, accounts: grant.accounts.filter((id) => id !== account) });
  return stores.grants.narrow({ grantId, actor: { kind: 'customer', id: 'customer-ana' }, now: systemClock.now(), audit: { type: 'grant.narrowed', issuer: stack.issuer }, permissions });
};
/** As if the grant had been given for no longer; its history says otherwise, and the audit would find that out. */
const endNow = (grantId: string) => stack.database.pool.query(`UPDATE assent."grant" SET expires_at = now() WHERE id = $1`, [grantId]);

/** Versions without a gap, a link for each, one head; and chains as they were written. */
async function expectWhole(database: Database, key: Stack['config']['encryptionKey'], ids: readonly string[]): Promise<void> {
  const { rows } = await database.pool.query(
    `SELECT g.version, (SELECT count(*)::int FROM assent.grant_version v WHERE v.grant_id = g.id) AS versions,
      (SELECT count(*)::int FROM assent.grant_event e WHERE e.grant_id = g.id AND e.type LIKE 'grant.%') AS links, (SELECT sequence FROM assent.grant_chain c WHERE c.grant_id = g.id) AS head
    FROM assent."grant" g WHERE g.id = ANY ($1)`,
    [ids],
  );
  expect(rows).toHaveLength(ids.length);
  for (const { version, versions, links, head } of rows as Record<string, number>[]) expect([versions, links, head]).toEqual([version, version, version]);
  const { findings } = await verifyAudit(database.pool, { key: readCheckpointKey(publicCheckpointKey(key)) });
  expect(findings.filter(({ grantId }) => grantId === undefined || ids.includes(grantId))).toEqual([]);
}

describe('a pushed request', () => {
  let grantId: string;
  beforeAll(async () => ({ grantId } = await aGrant()));

  it.each<[string, (id: string) => string, number, string | undefined]>([
    ['an action without a value (omitted, RFC 6749 section 3.1)', () => 'grant_management_action=', 201, undefined],
    ['create with an empty grant_id', () => 'grant_management_action=create&grant_id=', 201, undefined],
    ['a percent-encoded letter', (id) => `grant_management_action=merge&grant_id=%${id.charCodeAt(0).toString(16)}${id.slice(1)}`, 201, undefined],
    ['space after the action', () => 'grant_management_action=create%20', 400, 'invalid_request'],
    ['NUL after the action', () => 'grant_management_action=create%00', 400, 'invalid_request'],
    ['the same action twice', () => 'grant_management_action=create&grant_management_action=create', 400, 'invalid_request'],
    ['the same id twice', (id) => `grant_management_action=merge&grant_id=${id}&grant_id=${id}`, 400, 'invalid_request'],
    ['an id as a list', (id) => `grant_management_action=merge&grant_id[]=${id}`, 400, 'invalid_request'],
    ['bytes that are no text', () => 'grant_management_action=merge&grant_id=%ff%fe', 400, 'invalid_request'],
    ['space before the id', (id) => `grant_management_action=merge&grant_id=%20${id}`, 400, 'invalid_grant_id'],
    ['padding behind the id', (id) => `grant_management_action=merge&grant_id=${id}%3D`, 400, 'invalid_grant_id'],
    ['an id without end', () => `grant_management_action=merge&grant_id=${'A'.repeat(5000)}`, 400, 'invalid_grant_id'],
    ['details null', () => 'authorization_details=null', 400, 'invalid_authorization_details'],
    ['details empty', () => 'authorization_details=[]', 400, 'invalid_authorization_details'],
    ['details [null]', () => 'authorization_details=[null]', 400, 'invalid_authorization_details'],
    ['a type named __proto__', () => `authorization_details=${encodeURIComponent('[{"type":"__proto__"}]')}`, 400, 'invalid_authorization_details'],
    ['half a character', () => `authorization_details=${encodeURIComponent('[{"type":"account_information","actions":["list_accounts"],"accounts":["\\ud800"]}]')}`, 400, 'invalid_authorization_details'],
    ['details behind a byte order mark', () => `authorization_details=%EF%BB%BF${encodeURIComponent('[{"type":"account_information","actions":["list_accounts"]}]')}`, 400, 'invalid_authorization_details'],
  ])('with %s', async (_, tail, status, error) => {
    const answer = await client.push(await client.prepare({ scope: 'openid accounts' }), { message: (message) => void (message.body = `${String(message.body)}&${tail(grantId)}`) });
    expect(said(answer)).toEqual([status, error]);
  });

  it('is all there is: parameters beside it, and at the token endpoint, do nothing', async () => {
    const { prepared, url } = await client.begin({ scope: 'openid accounts' });
    url.searchParams.set('grant_management_action', 'create');
    const callback = await ana.approve(url, { login: 'ana', password: 'harbour-ana-2026' });
    const { json } = await client.redeem(prepared, callback.searchParams.get('code')!);
    expect(json).not.toHaveProperty('grant_id');
    expect((await client.refresh(json['refresh_token'] as string, {}, { grant_management_action: 'replace', grant_id: grantId })).status).toBe(200);
    expect(said(await client.token('urn:ietf:params:oauth:grant-type:token-exchange', { subject_token: json['access_token'] as string }))).toEqual([400, 'unsupported_grant_type']);
  });
});

describe('the grants API', () => {
  let token: string;
  beforeAll(async () => void (token = await apiToken()));
  const call = (url: string, method = 'GET', headers: Readonly<Record<string, string>> = {}) =>
    client.call(url, token, { message: (message: Message) => Object.entries(headers).forEach(([name, value]) => message.addHeader(name, value)) }, method);

  it('takes one address for a grant, in any spelling that is the same', async () => {
    const { grantId } = await aGrant();
    const url = client.grantUrl(grantId);
    const table: readonly (readonly [string, number])[] = [
      [url, 200],
      [`${url}?x=1`, 200],
      [url.replace(grantId, `%${grantId.charCodeAt(0).toString(16)}${grantId.slice(1)}`), 200],
      [`${url}/`, 404],
      [url.replace('/grants/', '/grants//'), 404],
      [url.replace('/grants/', '/GRANTS/'), 404],
      [`${url}%2f`, 404],
      [`${url};x=1`, 404],
      [`${url}%00`, 400],
      [url.replace(grantId, '%zz'), 400],
      [`${url}${'a'.repeat(9000)}`, 414],
      [url.replace(grantId, ''), 404],
    ];
    for (const [address, status] of table) expect([address, (await call(address)).status]).toEqual([address, status]);
  });

  it('is not talked into another method, and tells HEAD what it tells GET', async () => {
    const { grantId } = await aGrant();
    const url = client.grantUrl(grantId);
    expect((await call(url, 'GET', { 'x-http-method-override': 'DELETE' })).status).toBe(200);
    expect((await call(`${url}?_method=DELETE`)).status).toBe(200);
    expect((await call(url, 'POST', { 'x-http-method-override': 'DELETE' })).status).toBe(405);
    expect((await call(url, 'OPTIONS')).headers.get('allow')).toBe('GET, DELETE, HEAD');
    const [get, head] = [await call(url), await call(url, 'HEAD')];
    expect([head.status, head.text, head.headers.get('etag'), head.headers.get('content-length')]).toEqual([200, '', get.headers.get('etag'), get.headers.get('content-length')]);
  });

  it('reads conditions as they are meant (RFC 9110 section 13)', async () => {
    const { grantId } = await aGrant();
    const url = client.grantUrl(grantId);
    const reads: readonly (readonly [string, string, number])[] = [
      ['if-none-match', '*', 304], ['if-none-match', '"0","1"', 304], ['if-none-match', 'w/"1"', 200], ['if-none-match', '1', 200],
      ['if-match', '*', 200], ['if-match', 'W/"1"', 412], ['if-match', '', 412], ['if-match', '"9"', 412],
    ]; // prettier-ignore
    for (const [name, value, status] of reads) expect([name, value, (await call(url, 'GET', { [name]: value })).status]).toEqual([name, value, status]);
    for (const headers of [{ 'if-none-match': '*' }, { 'if-match': '' }, { 'if-match': '"0"' }] as Record<string, string>[]) expect((await call(url, 'DELETE', headers)).status).toBe(412);
    expect((await call(url, 'DELETE', { 'if-match': '"1"', 'content-type': 'application/json' })).status).toBe(204);
  });

  it('takes the token in its header alone, once, with a proof for this very request', async () => {
    const { grantId } = await aGrant();
    const url = client.grantUrl(grantId);
    expect((await call(`${url}?access_token=${token}`)).status).toBe(400);
    expect((await call(url, 'GET', { authorization: 'DPoP x' })).status).toBe(400);
    expect(said(await client.queryGrant(grantId, token, { message: (message) => void message.setHeader('authorization', `Bearer ${token}`) }))).toEqual([401, 'invalid_token']);
    expect(said(await client.queryGrant(grantId, token, { message: (message) => void (message.method = 'DELETE') }))).toEqual([401, 'invalid_dpop_proof']);
    expect((await client.queryGrant(grantId, token)).status).toBe(200);
  });

  it('may be asked with a customer’s token, which ends with the grant it ends', async () => {
    const own = await agreed({ grant_management_action: 'create', scope: 'openid accounts grant_management_revoke' });
    expect((await client.revokeGrant(own.grantId, own.accessToken)).status).toBe(204);
    await sleep(900);
    expect(said(await client.revokeGrant(own.grantId, own.accessToken))).toEqual([401, 'invalid_token']);
  });
});

it('one client id at two issuers is two clients: nothing of one is good at the other', async () => {
  const [here, there] = [await aGrant(), await aGrant(second)];
  for (const [party, foreign] of [[second, here], [client, there]] as const) {
    expect(said(await party.push(await party.prepare(merging(foreign.grantId))))).toEqual([400, 'invalid_grant_id']);
    const token = await apiToken(party);
    expect([(await party.queryGrant(foreign.grantId, token)).status, (await party.revokeGrant(foreign.grantId, token)).status]).toEqual([404, 404]);
    expect(said(await party.refresh(foreign.refreshToken))).toEqual([400, 'invalid_grant']);
    for (const value of [foreign.refreshToken, foreign.accessToken]) expect((await party.introspect(value)).json).toEqual({ active: false });
    await party.revoke(foreign.refreshToken);
  }
  expect([(await client.refresh(here.refreshToken)).status, (await second.refresh(there.refreshToken)).status]).toEqual([200, 200]);
});

describe('in the last second of a grant', () => {
  it('a merge that was agreed to in time and redeemed too late extends nothing', async () => {
    const grant = await aGrant();
    const { prepared, code } = await authorize(client, ana, merging(grant.grantId, { scope: 'openid balances' }));
    await endNow(grant.grantId);
    expect(said(await client.redeem(prepared, code))).toEqual([400, 'invalid_grant']);
    expect(said(await client.refresh(grant.refreshToken))).toEqual([400, 'invalid_grant']);
    expect((await client.queryGrant(grant.grantId, await apiToken())).status).toBe(404);
  });

  it('a page that was opened in time and answered too late changes nothing', async () => {
    const { grantId } = await aGrant();
    const { url } = await client.begin(merging(grantId, { scope: 'openid balances' }));
    const page = await ana.open(url);
    await endNow(grantId);
    expect(new URL((await ana.submit(ana.consentForm(page, url))).headers.get('location')!).searchParams.get('error')).toBe('invalid_grant_id');
  });

  it.each(['tpp', 'opaque'])('access tokens of %s end with it', async (id) => {
    const party = await stack.party(id);
    const grant = await aGrant(party);
    await endNow(grant.grantId);
    expect(await accounts(grant.accessToken, party)).toBe(401);
    expect((await party.introspect(grant.accessToken)).json).toEqual({ active: false });
  });
});

describe('an account that the customer takes out', () => {
  const details = (detail: object): Parameters => ({ scope: 'openid accounts', authorization_details: JSON.stringify([detail]) });

  it.each<[string, Parameters, object]>([
    ['data', details({ type: 'account_information', actions: ['list_accounts', 'read_balances'] }), {}],
    ['a payment', details({ type: 'payment_initiation', instructedAmount: { currency: 'GBP', amount: '1.00' }, creditorName: 'A', creditorAccount: { iban: 'GB15HBNK40010155120937' } }), { payFrom: 'ana-everyday' }],
  ])('does not come back with %s the customer agreed to before', async (_, parameters, picks) => {
    const grant = await aGrant();
    const { prepared, code } = await authorize(client, ana, merging(grant.grantId, parameters), picks);
    expect(await withoutAccount(grant.grantId)).toBe('narrowed');
    const answer = await client.redeem(prepared, code);
    expect([said(answer), await stack.asLog.ruleOf(answer)]).toEqual([[400, 'invalid_grant'], 'ASSENT-GRANT-03']);
    const { json } = await client.refresh(grant.refreshToken);
    expect([await accounts(json['access_token'] as string), json['authorization_details']]).toEqual(['ana-savings', undefined]);
  });

  it('is reached by no token of refreshes at the same moment', async () => {
    const grant = await aGrant();
    const [answers] = await Promise.all([Promise.all(Array.from({ length: 12 }, () => client.refresh(grant.refreshToken))), sleep(20).then(() => withoutAccount(grant.grantId))]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    await sleep(900);
    for (const { json } of answers) expect([401, 'ana-savings']).toContain(await accounts(json['access_token'] as string));
  });
});

it.each([false, true])('merges, replacements, refreshes, narrowing and revocation (%s) at the same moment: each done whole or not at all', async (revoked) => {
  const grant = await aGrant();
  const asked = ['openid balances', 'accounts transactions', 'openid profile', 'accounts balances'];
  const codes: { prepared: Prepared; code: string }[] = [];
  for (let index = 0; index < 8; index += 1) codes.push(await authorize(client, ana, merging(grant.grantId, { grant_management_action: index % 2 ? 'replace' : 'merge', scope: asked[index % 4] })));
  const token = await apiToken();
  const [redeemed, refreshed, , deletions] = await Promise.all([
    Promise.all(codes.map(({ prepared, code }) => client.redeem(prepared, code))),
    Promise.all(Array.from({ length: 6 }, () => client.refresh(grant.refreshToken))),
    Promise.all([1, 2].map(() => withoutAccount(grant.grantId))),
    Promise.all(revoked ? [1, 2].map(() => client.revokeGrant(grant.grantId, token)) : []),
  ]);
  for (const answer of [...redeemed, ...refreshed]) expect([200, 'invalid_grant']).toContain(answer.status === 200 ? 200 : answer.json['error']);
  expect(deletions.map(({ status }) => status).sort()).toEqual(revoked ? [204, 404] : []);
  await expectWhole(stack.database, stack.config.encryptionKey, [grant.grantId]);
  await sleep(900);
  const held = (await stack.database.stores.grants.find(grant.grantId))!;
  for (const { json } of [...redeemed, ...refreshed].filter(({ status }) => status === 200)) {
    const reach = await accounts(json['access_token'] as string);
    expect(revoked ? [401] : [401, 403, held.accounts.join(' ')]).toContain(reach);
  }
  // Redemptions before the narrowing may have chosen again; none after it.
  expect((await stack.database.stores.grants.history(grant.grantId)).map(({ version }) => version)).toEqual(Array.from({ length: held.version }, (_, index) => index + 1));
}, 60_000);

it('a feed that cannot be read is 503 at the bank’s API, never a stale yes, and good again once it can', async () => {
  const { accessToken } = await aGrant();
  const until = async (wanted: string | number): Promise<void> => {
    for (let asked = 0; (await accounts(accessToken)) !== wanted; asked += 1) {
      if (asked > 100) throw new Error(`never ${wanted}`);
      await sleep(50);
    }
  };
  await until('ana-everyday ana-savings');
  const holder = await stack.database.pool.connect();
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE assent.revocation IN ACCESS EXCLUSIVE MODE');
  await until(503);
  const { headers } = await client.call(`${stack.resource}/accounts`, accessToken);
  expect(headers.get('retry-after')).toMatch(/^\d+$/);
  await holder.query('ROLLBACK');
  holder.release();
  await until('ana-everyday ana-savings');
}, 30_000);

it('kill -9 of an authorization server while it redeems leaves each change whole or undone, and its codes good where it is undone', async () => {
  const pair = await startPair({ clients: [{ id: 'tpp', auth: 'private_key_jwt', constraint: 'dpop' }] });
  try {
    const { client: party, visitor, one, two, database } = pair;
    const grants: string[] = [];
    for (let index = 0; index < 4; index += 1) grants.push((await obtainTokens(party, visitor, { grant_management_action: 'create', scope: 'openid accounts' })).answer['grant_id'] as string);
    const codes: { prepared: Prepared; code: string }[] = [];
    for (let index = 0; index < 20; index += 1) codes.push(await authorize(party, visitor, merging(grants[index % 4]!, { grant_management_action: index % 3 ? 'merge' : 'replace', scope: ['openid balances', 'openid profile', 'openid transactions'][index % 3] })));
    // Redemptions of one grant hang in the middle of their statement when the process dies.
    const holder = await database.pool.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT FROM assent."grant" WHERE id = $1 FOR UPDATE`, [grants[0]]);
    let answered = 0;
    const asking = codes.map(({ prepared, code }) => party.redeem(prepared, code).then(({ status }) => ((answered += 1), status), () => undefined));
    while (answered < 4) await sleep(1);
    one.child.kill('SIGKILL');
    const statuses = await Promise.all(asking);
    await holder.query('ROLLBACK');
    holder.release();
    expect(statuses.filter((status) => status === undefined).length).toBeGreaterThanOrEqual(5);
    await sleep(300);
    await expectWhole(database, pair.config.encryptionKey, grants);
    party.route = pair.routeTo(two);
    for (const [index, { prepared, code }] of codes.entries()) {
      if (statuses[index] !== undefined) continue;
      const { status, json } = await party.redeem(prepared, code);
      // Done, but the answer was lost: the code is used, and to present it again takes its tokens back.
      if (status !== 200) expect(json).toMatchObject({ error: 'invalid_grant', error_description: 'the code was used before' });
    }
    await expectWhole(database, pair.config.encryptionKey, grants);
    const { rows } = await database.pool.query(`SELECT count(*)::int AS without FROM assent.authorization_code c WHERE c.family_id IS NOT NULL AND NOT EXISTS (SELECT FROM assent.refresh_token r WHERE r.family_id = c.family_id)`);
    expect(rows).toEqual([{ without: 0 }]);
  } finally {
    await pair.stop();
  }
}, 90_000);
