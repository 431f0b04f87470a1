import { customers, type Answer, type FapiClient, type Visitor, type WantedClient } from '@assent/testing/fapi';
import { mintId, newTag, systemClock } from '@assent/protocol';
import { setTimeout as sleep } from 'node:timers/promises';
import * as oauth from 'oauth4webapi';
import { startServer } from './support/processes.js';
import { authorizeSigned, pushSigned } from './support/signed.js';
import { authorize, obtainTokens, startStack, type Stack } from './support/stack.js';

/* Grant Management for OAuth 2.0 against the running servers: what clients may do with grants, and what comes of it. */

const scope = 'openid profile email offline_access accounts balances transactions grant_management_query grant_management_revoke';
const clients: readonly WantedClient[] = [
  { id: 'tpp', auth: 'private_key_jwt', constraint: 'dpop', metadata: { scope, authorization_details_types: ['account_information'] } },
  { id: 'opaque', auth: 'private_key_jwt', constraint: 'dpop', metadata: { scope, access_token_format: 'opaque' } },
  { id: 'bound', auth: 'tls_client_auth', constraint: 'mtls', metadata: { scope } },
];

let stack: Stack;
let client: FapiClient;
let ana: Visitor;
beforeAll(async () => {
  stack = await startStack({ clients, grants: true });
  [client, ana] = [await stack.party('tpp'), stack.visitor()];
}, 60_000);
afterAll(() => stack?.stop());

type Parameters = Readonly<Record<string, string | undefined>>;
const creating = { grant_management_action: 'create', scope: 'openid accounts' };
const merging = (grantId: string, more: Parameters = {}): Parameters => ({ grant_management_action: 'merge', grant_id: grantId, scope: 'openid accounts', ...more });
const replacing = (grantId: string, more: Parameters = {}): Parameters => ({ ...merging(grantId, more), grant_management_action: 'replace' });

/** Agreed to by Ana and redeemed. */
async function agreed(party: FapiClient, parameters: Parameters) {
  const tokens = await obtainTokens(party, ana, parameters);
  return { ...tokens, grantId: tokens.answer['grant_id'] as string, scope: tokens.answer['scope'] as string };
}
type Agreed = Awaited<ReturnType<typeof agreed>>;
const aGrant = (party = client, more: Parameters = {}): Promise<Agreed> => agreed(party, { ...creating, ...more });

const apiToken = async (party: FapiClient, wanted = 'grant_management_query grant_management_revoke') => (await party.clientCredentials(wanted)).json['access_token'] as string;
const query = async (grantId: string, party = client): Promise<Answer> => party.queryGrant(grantId, await apiToken(party));
const revoke = async (grantId: string, party = client): Promise<Answer> => party.revokeGrant(grantId, await apiToken(party));
const described = async (grantId: string, party = client): Promise<Record<string, unknown>> => (await query(grantId, party)).json;
const accounts = (accessToken: string, party = client): Promise<Answer> => party.call(`${stack.resource}/accounts`, accessToken);
const refreshed = async ({ refreshToken }: Pick<Agreed, 'refreshToken'>, party = client): Promise<string> => String((await party.refresh(refreshToken)).json['error'] ?? 'good');
const callbackOf = async (parameters: Parameters, visitor = ana, who: { login: string; password: string } = customers.ana, party = client) => {
  const { prepared, url } = await party.begin(parameters);
  const { answer, url: at } = await visitor.signIn(url, who);
  return { prepared, answer, at };
};
const rows = async (sql: string, values: unknown[] = []): Promise<number> => Number((await stack.database.pool.query<{ count: string }>(`SELECT count(*) FROM ${sql}`, values)).rows[0]!.count);

/** 401 at the resource server, which must come within a second. */
async function expectDeadWithinASecond(accessToken: string, party = client): Promise<void> {
  const since = performance.now();
  for (;;) {
    const { status } = await accounts(accessToken, party);
    if (status === 401) return;
    expect(status).toBe(200);
    if (performance.now() - since > 1000) throw new Error('still accepted after a second');
    await sleep(20);
  }
}

it('GM-MD-01 to GM-MD-07: the metadata lists what there is', () => {
  expect(client.as).toMatchObject({
    grant_management_actions_supported: ['create', 'merge', 'replace', 'query', 'revoke'],
    grant_management_endpoint: `https://localhost:${stack.ports.gm}/grants`,
    grant_management_action_required: false,
    scopes_supported: expect.arrayContaining(['grant_management_query', 'grant_management_revoke']) as unknown,
  });
  // It asks for certificates at its only address.
  expect(client.as.mtls_endpoint_aliases).toHaveProperty('grant_management_endpoint', client.as['grant_management_endpoint']);
});

describe('create', () => {
  it('GM-AZ-02, GM-SE-05, GM-MD-05: makes another grant each time, told in the token answer alone', async () => {
    const [one, two] = [await aGrant(), await aGrant()];
    expect(one.grantId).not.toBe(two.grantId);
    for (const { grantId, callback, accessToken, ...tokens } of [one, two]) {
      expect([...callback.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
      expect(callback.href).not.toContain(grantId);
      expect((await query(grantId)).status).toBe(200);
      expect((await accounts(accessToken)).status).toBe(200);
      expect((await client.refresh(tokens.refreshToken)).json).toMatchObject({ grant_id: grantId });
    }
  });

  it('gives ids that cannot be guessed: 176 random bits, no two alike (section 9)', async () => {
    const ids = [];
    for (let index = 0; index < 12; index++) ids.push((await aGrant()).grantId);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{32}$/);
    const bytes = ids.map((id) => Buffer.from(id, 'base64url').subarray(2).toString('hex'));
    expect(new Set(bytes).size).toBe(ids.length);
    // No byte of the random part stays the same over all of them.
    for (let index = 0; index < 22; index++) expect(new Set(bytes.map((hex) => hex.slice(index * 2, index * 2 + 2))).size).toBeGreaterThan(1);
  });

  it('GM-AZ-12: without an action there is a grant as ever, and its id stays inside', async () => {
    const ordinary = await obtainTokens(client, ana);
    expect(ordinary.answer).not.toHaveProperty('grant_id');
    expect((await client.refresh(ordinary.refreshToken)).json).not.toHaveProperty('grant_id');
    const inside = (await client.introspect(ordinary.accessToken)).json['grant_id'] as string;
    expect((await query(inside)).status).toBe(404);
    expect((await revoke(inside)).status).toBe(404);
    expect((await client.push(await client.prepare(merging(inside)))).json).toMatchObject({ error: 'invalid_grant_id' });
    expect((await accounts(ordinary.accessToken)).status).toBe(200);
  });

  it('the scopes of the API are silent on the page; alone they are no reason to ask a customer', async () => {
    const { answer } = await callbackOf({ ...creating, scope: 'openid accounts grant_management_query' });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain('grant_management');
    const refused = await client.push(await client.prepare({ ...creating, scope: 'grant_management_query grant_management_revoke' }));
    expect([refused.status, refused.json['error'], await stack.asLog.ruleOf(refused)]).toEqual([400, 'invalid_scope', 'ASSENT-SCOPE-07']);
  });

  it('GM-SE-09: a code that is never redeemed leaves no grant', async () => {
    const before = await rows('assent."grant"');
    await authorize(client, ana, creating);
    expect(await rows('assent."grant"')).toBe(before);
  });
});

describe('merge', () => {
  it('GM-SE-01, GM-SE-03, GM-SE-07: joins scopes, claims and accounts; the older refresh token dies, the older access token does not', async () => {
    const first = await aGrant(client, { claims: JSON.stringify({ userinfo: { email: null } }) });
    const before = await described(first.grantId);
    const second = await agreed(client, merging(first.grantId, { scope: 'accounts balances', claims: JSON.stringify({ userinfo: { name: null } }) }));
    expect([second.grantId, second.scope]).toEqual([first.grantId, 'openid accounts balances']);
    const after = await described(first.grantId);
    expect(after).toMatchObject({ grant_id: first.grantId, status: 'active', scopes: [{ scope: 'openid' }, { scope: 'accounts balances', resource: [stack.resource] }], updated_by: 'client', created_at: before['created_at'] });
    expect(new Set(after['claims'] as string[])).toEqual(new Set(['email', 'name']));
    expect(await refreshed(first)).toBe('invalid_grant');
    expect(await refreshed(second)).toBe('good');
    for (const { accessToken } of [first, second]) expect((await accounts(accessToken)).status).toBe(200);
    expect((await client.introspect(first.accessToken)).json).toMatchObject({ active: true });
    expect((await client.call(`${stack.resource}/accounts/ana-everyday/balances`, second.accessToken)).status).toBe(200);
    expect((await client.call(`${stack.resource}/accounts/ana-everyday/balances`, first.accessToken)).status).toBe(403);
    expect((await client.userinfo(second.accessToken)).json).toMatchObject({ email: 'ana@example.test', name: 'Ana Duarte' });
  });

  it('GM-SE-01: the same once more gives fresh tokens and a later end', async () => {
    const first = await aGrant();
    const before = await described(first.grantId);
    await stack.later(3600, async () => {
      const again = await agreed(client, merging(first.grantId));
      expect(again.scope).toBe(first.scope);
      const after = await described(first.grantId);
      // Each of the four is a time cut to whole seconds, so their difference may be one off.
      const longer = (after['expires_at'] as number) - (before['expires_at'] as number);
      const passed = (after['last_updated'] as number) - (before['created_at'] as number);
      expect(Math.abs(longer - passed)).toBeLessThanOrEqual(1);
      expect(longer).toBeGreaterThanOrEqual(3600);
      expect([await refreshed(first), await refreshed(again)]).toEqual(['invalid_grant', 'good']);
    });
  });

  it('OIDC-03: silently (prompt=none) for what is permitted already, and for nothing more', async () => {
    const first = await aGrant();
    const before = await described(first.grantId);
    const again = await agreed(client, merging(first.grantId, { prompt: 'none' }));
    expect([again.grantId, await refreshed(first), await refreshed(again)]).toEqual([first.grantId, 'invalid_grant', 'good']);
    expect((await described(first.grantId))['expires_at']).toBe(before['expires_at']);
    const refusals = [merging(first.grantId, { scope: 'accounts transactions' }), replacing(first.grantId), creating];
    for (const parameters of refusals) {
      const { answer } = await callbackOf({ ...parameters, prompt: 'none' });
      expect(new URL(answer.headers.get('location')!).searchParams.get('error')).toBe('consent_required');
    }
    expect(await refreshed(again)).toBe('good');
  });
});

describe('replace', () => {
  it.each(['tpp', 'opaque', 'bound'])('GM-SE-02, GM-SE-03: leaves what was consented now; every older token of %s dies at once', async (id) => {
    const party = await stack.party(id);
    const first = await aGrant(party, { scope: 'openid accounts balances', claims: JSON.stringify({ userinfo: { email: null } }) });
    expect((await accounts(first.accessToken, party)).status).toBe(200);
    const second = await agreed(party, replacing(first.grantId, { scope: 'accounts transactions' }));
    expect([second.grantId, second.scope]).toEqual([first.grantId, 'accounts transactions']);
    expect(await described(first.grantId, party)).toMatchObject({ scopes: [{ scope: 'accounts transactions', resource: [stack.resource] }], claims: [], updated_by: 'client' });
    await expectDeadWithinASecond(first.accessToken, party);
    expect((await party.introspect(first.accessToken)).json).toEqual({ active: false });
    expect((await party.introspect(first.refreshToken)).json).toEqual({ active: false });
    expect((await party.userinfo(first.accessToken)).status).toBe(401);
    expect(await refreshed(first, party)).toBe('invalid_grant');
    expect((await accounts(second.accessToken, party)).status).toBe(200);
    expect(await refreshed(second, party)).toBe('good');
  });

  it('may choose other accounts', async () => {
    const first = await obtainTokens(client, ana, creating, { accounts: ['ana-everyday'] });
    const second = await obtainTokens(client, ana, replacing(first.answer['grant_id'] as string), { accounts: ['ana-savings'] });
    expect(((await accounts(second.accessToken)).json['accounts'] as { accountId: string }[]).map(({ accountId }) => accountId)).toEqual(['ana-savings']);
  });
});

describe('authorization_details (GM-SE-06)', () => {
  const asking = (...actions: string[]) => ({ scope: undefined, authorization_details: JSON.stringify([{ type: 'account_information', actions }]) });
  const actionsOf = async (grantId: string) => ((await described(grantId))['authorization_details'] as { actions: string[] }[]).flatMap(({ actions }) => actions).sort();
  const balances = (accessToken: string) => client.call(`${stack.resource}/accounts/ana-everyday/balances`, accessToken);

  it('merge joins them, replace leaves those of the request', async () => {
    const first = await aGrant(client, asking('list_accounts'));
    expect([(await accounts(first.accessToken)).status, (await balances(first.accessToken)).status]).toEqual([200, 403]);
    const second = await agreed(client, merging(first.grantId, asking('read_balances')));
    expect(await actionsOf(first.grantId)).toEqual(['list_accounts', 'read_balances']);
    expect((second.answer['authorization_details'] as unknown[]).length).toBeGreaterThan(0);
    expect([(await accounts(second.accessToken)).status, (await balances(second.accessToken)).status]).toEqual([200, 200]);
    // The same once more adds nothing.
    const third = await agreed(client, merging(first.grantId, asking('read_balances')));
    expect(await actionsOf(first.grantId)).toEqual(['list_accounts', 'read_balances']);
    const fourth = await agreed(client, replacing(first.grantId, asking('list_accounts')));
    expect(await actionsOf(first.grantId)).toEqual(['list_accounts']);
    await expectDeadWithinASecond(third.accessToken);
    expect([(await accounts(fourth.accessToken)).status, (await balances(fourth.accessToken)).status]).toEqual([200, 403]);
  });

  it('merge adds them to scopes', async () => {
    const first = await aGrant(client, { scope: 'openid accounts' });
    const second = await agreed(client, merging(first.grantId, asking('read_balances')));
    expect(await described(first.grantId)).toMatchObject({ scopes: [{ scope: 'openid' }, { scope: 'accounts', resource: [stack.resource] }], authorization_details: [{ type: 'account_information' }] });
    expect([(await accounts(second.accessToken)).status, (await balances(second.accessToken)).status]).toEqual([200, 200]);
  });
});

describe('GM-SE-04: nothing changes', () => {
  const unchanged = async (grant: Agreed, before: object) => {
    expect(await described(grant.grantId)).toEqual(before);
    expect(await refreshed(grant)).toBe('good');
    expect((await accounts(grant.accessToken)).status).toBe(200);
  };

  it.each(['merge', 'replace'])('when the customer refuses a %s', async (action) => {
    const grant = await aGrant();
    const before = await described(grant.grantId);
    const { prepared, answer, at } = await callbackOf({ ...merging(grant.grantId, { scope: 'accounts transactions' }), grant_management_action: action });
    const callback = await ana.cancel(answer, at);
    expect([callback.searchParams.get('error'), callback.searchParams.get('state')]).toEqual(['access_denied', prepared.state]);
    await unchanged(grant, before);
    expect(await rows(`assent.grant_event WHERE grant_id = $1 AND type = 'authorize.refused'`, [grant.grantId])).toBe(1);
  });

  it.each(['merge', 'replace'])('when the code of a %s is not redeemed, or wrongly', async (action) => {
    const grant = await aGrant();
    const before = await described(grant.grantId);
    const parameters = { ...merging(grant.grantId, { scope: 'accounts transactions' }), grant_management_action: action };
    const { prepared, code } = await authorize(client, ana, parameters);
    await unchanged(grant, before);
    expect((await client.redeem({ ...prepared, verifier: 'x'.repeat(43) }, code)).json).toMatchObject({ error: 'invalid_grant' });
    expect((await client.redeem(prepared, code)).json).toMatchObject({ error: 'invalid_grant' });
    await unchanged(grant, before);
  });
});

describe('GM-AZ-03 to GM-AZ-06: parameters that do not go together are refused when they are pushed', () => {
  it.each<[rule: string, parameters: (grantId: string) => Parameters]>([
    ['GM-AZ-03', (grant_id) => ({ grant_management_action: 'create', grant_id })],
    ['GM-AZ-04', (grant_id) => ({ grant_id })],
    ['GM-AZ-05', () => ({ grant_management_action: 'merge' })],
    ['GM-AZ-05', () => ({ grant_management_action: 'replace' })],
    ['GM-AZ-06', (grant_id) => ({ grant_management_action: 'update', grant_id })],
    ['GM-AZ-06', (grant_id) => ({ grant_management_action: 'query', grant_id })],
    ['GM-AZ-06', (grant_id) => ({ grant_management_action: 'revoke', grant_id })],
    ['GM-AZ-06', (grant_id) => ({ grant_management_action: 'MERGE', grant_id })],
  ])('%s', async (rule, parameters) => {
    const { grantId } = await aGrant();
    const before = await rows('assent.pushed_request');
    const answer = await client.push(await client.prepare(parameters(grantId)));
    expect([answer.status, answer.json['error'], await stack.asLog.ruleOf(answer)]).toEqual([400, 'invalid_request', rule]);
    expect(await rows('assent.pushed_request')).toBe(before);
  });

  it.each(['grant_id', 'grant_management_action'])('%s twice', async (name) => {
    const { grantId } = await aGrant();
    const answer = await client.push(await client.prepare(merging(grantId)), { message: (message) => void (message.body += `&${name}=${name === 'grant_id' ? grantId : 'merge'}`) });
    expect(answer.json).toMatchObject({ error: 'invalid_request' });
  });
});

describe('GM-AZ-08 to GM-AZ-11: a grant that cannot be changed', () => {
  it('is one and the same answer, whatever is wrong with it', async () => {
    const bodies = new Map<string, string>();
    const [revoked, expired, foreign, unmanaged] = [await aGrant(), await aGrant(), await aGrant(await stack.party('bound')), await obtainTokens(client, ana)];
    await revoke(revoked.grantId);
    await stack.database.pool.query(`UPDATE assent."grant" SET expires_at = now() - interval '1 hour' WHERE id = $1`, [expired.grantId]);
    const wrong = {
      unknown: mintId(newTag()),
      foreign: foreign.grantId,
      revoked: revoked.grantId,
      expired: expired.grantId,
      unmanaged: (await client.introspect(unmanaged.accessToken)).json['grant_id'] as string,
      malformed: 'x',
      strange: "' OR 1=1 --",
    };
    for (const action of ['merge', 'replace']) {
      for (const [what, grantId] of Object.entries(wrong)) {
        const before = await rows('assent.pushed_request');
        const spent = stack.as.statistics();
        const answer = await client.push(await client.prepare({ ...merging(grantId), grant_management_action: action }));
        const { statements } = stack.as.statistics();
        const headers = [...answer.headers].filter(([name]) => !['date', 'x-request-id', 'dpop-nonce'].includes(name));
        bodies.set(`${action} ${what}`, JSON.stringify([answer.status, answer.text, headers, await stack.asLog.ruleOf(answer), statements - spent.statements]));
        expect(await rows('assent.pushed_request')).toBe(before);
      }
    }
    const refused = [...new Set(bodies.values())];
    expect(refused).toHaveLength(1);
    expect(JSON.parse(refused[0]!)).toEqual([400, expect.stringContaining('invalid_grant_id'), expect.any(Array), 'GM-AZ-08', 3]);
  });

  it('GM-AZ-11: of another customer is told to the client by redirect, once somebody has signed in', async () => {
    const grant = await aGrant();
    const before = await described(grant.grantId);
    for (const parameters of [merging(grant.grantId), replacing(grant.grantId), merging(grant.grantId, { prompt: 'none' })]) {
      const ben = stack.visitor();
      // Somebody signed in, for an ordinary request.
      await callbackOf({}, ben, customers.ben);
      const { prepared, answer } = await callbackOf(parameters, ben, customers.ben);
      const { searchParams } = new URL(answer.headers.get('location')!);
      expect([searchParams.get('error'), searchParams.get('state'), searchParams.get('iss')]).toEqual(['invalid_grant_id', prepared.state, stack.issuer]);
      expect(searchParams.has('code')).toBe(false);
    }
    expect(await described(grant.grantId)).toEqual(before);
    expect(await rows('assent.grant_event WHERE grant_id = $1', [grant.grantId])).toBe(1);
  });

  it('GM-RV-03: pushed requests, pages and codes end with the grant they name', async () => {
    const grant = await aGrant();
    const pushed = await client.begin(merging(grant.grantId));
    const { prepared, url } = await client.begin(replacing(grant.grantId));
    const page = await ana.open(url);
    const waiting = await authorize(client, ana, merging(grant.grantId));
    expect((await revoke(grant.grantId)).status).toBe(204);
    expect((await client.redeem(waiting.prepared, waiting.code)).json).toMatchObject({ error: 'invalid_grant' });
    for (const answer of [await ana.open(pushed.url), await ana.submit(ana.consentForm(page, url))]) {
      expect(new URL(answer.headers.get('location')!).searchParams.get('error')).toBe('invalid_grant_id');
    }
    expect(prepared.state).not.toBe(pushed.prepared.state);
    expect((await query(grant.grantId)).status).toBe(404);
  });
});

describe('the grants API', () => {
  it('GM-API-01: tells what is permitted since when and until when, and neither tokens nor identity (GM-API-10)', async () => {
    const grant = await aGrant(client, { claims: JSON.stringify({ userinfo: { email: null }, id_token: { acr: null } }) });
    const answer = await query(grant.grantId);
    expect([answer.status, answer.headers.get('cache-control'), answer.headers.get('etag')]).toEqual([200, 'no-cache, no-store', '"1"']);
    const now = Math.floor(systemClock.now().getTime() / 1000);
    const { created_at: createdAt, last_updated: updated, expires_at: end, ...rest } = answer.json as Record<string, number>;
    expect(rest).toEqual({
      grant_id: grant.grantId,
      status: 'active',
      scopes: [{ scope: 'openid' }, { scope: 'accounts', resource: [stack.resource] }],
      claims: ['email', 'acr'],
      authorization_details: [],
      last_updated_at: updated,
      updated_by: 'client',
    });
    for (const time of [createdAt!, updated!]) expect(Math.abs(time - now)).toBeLessThan(60);
    expect(end).toBeGreaterThan(now);
    for (const secret of [grant.accessToken, grant.refreshToken, customers.ana.login, 'Ana Duarte', 'customer-ana', 'ana-everyday']) expect(answer.text).not.toContain(secret);
  });

  it('GM-API-02, GM-RV-01, GM-RV-02: ends the grant with every token on it, at once and for ever', async () => {
    const parties = await Promise.all(['tpp', 'opaque', 'bound'].map((id) => stack.party(id)));
    for (const party of parties) {
      const grant = await aGrant(party);
      expect((await accounts(grant.accessToken, party)).status).toBe(200);
      const answer = await revoke(grant.grantId, party);
      expect([answer.status, answer.text]).toEqual([204, '']);
      await expectDeadWithinASecond(grant.accessToken, party);
      expect(await refreshed(grant, party)).toBe('invalid_grant');
      for (const token of [grant.accessToken, grant.refreshToken]) expect((await party.introspect(token)).json).toEqual({ active: false });
      expect([(await query(grant.grantId, party)).status, (await revoke(grant.grantId, party)).status]).toEqual([404, 404]);
      const { rows: events } = await stack.database.pool.query(`SELECT actor_kind, actor_id, event FROM assent.grant_version WHERE grant_id = $1 ORDER BY version`, [grant.grantId]);
      expect(events).toEqual([{ actor_kind: 'customer', actor_id: 'customer-ana', event: 'created' }, { actor_kind: 'client', actor_id: party.id, event: 'revoked' }]);
      expect(await rows(`assent.audit_event WHERE type = 'grant.revoked' AND grant_id = $1`, [grant.grantId])).toBe(1);
    }
  });

  it('GM-API-05, GM-API-06, GM-API-09: takes good tokens of the right scope, key and audience alone', async () => {
    const { grantId, accessToken } = await aGrant();
    const [queries, revokes] = [await apiToken(client, 'grant_management_query'), await apiToken(client, 'grant_management_revoke')];
    const other = await stack.party('bound');
    const strange = await oauth.generateKeyPair('ES256', { extractable: true });
    const table: readonly (readonly [string, () => Promise<Answer>, number, string])[] = [
      ['revoking with a token for querying', () => client.revokeGrant(grantId, queries), 403, 'insufficient_scope'],
      ['querying with a token for revoking', () => client.queryGrant(grantId, revokes), 403, 'insufficient_scope'],
      ['a token for the accounts API', () => client.queryGrant(grantId, accessToken), 401, 'invalid_token'],
      ['no token that anybody issued', () => client.queryGrant(grantId, 'x'.repeat(43)), 401, 'invalid_token'],
      ['a token of another key', () => client.queryGrant(grantId, queries, { dpop: strange }), 401, 'invalid_token'],
      ['a token without its key', () => client.queryGrant(grantId, queries, { dpop: null }), 401, 'invalid_token'],
      ['a token of another client, which is bound to a certificate', async () => client.queryGrant(grantId, await apiToken(other)), 401, 'invalid_token'],
    ];
    for (const [what, run, status, error] of table) {
      const answer = await run();
      expect([what, answer.status, answer.json['error']]).toEqual([what, status, error]);
      expect(answer.headers.get('www-authenticate')).toContain(`error="${error}"`);
    }
    expect((await described(grantId))['status']).toBe('active');
  });

  it('GM-API-06, GM-API-07: foreign, unknown and ended grants are not there, byte for byte alike', async () => {
    const ended = await aGrant();
    await revoke(ended.grantId);
    const foreign = await aGrant(await stack.party('bound'));
    const token = await apiToken(client);
    for (const method of ['queryGrant', 'revokeGrant'] as const) {
      const answers = new Set<string>();
      for (const id of [mintId(newTag()), foreign.grantId, ended.grantId, 'x']) {
        const answer = await client[method](id, token);
        answers.add(JSON.stringify([answer.status, answer.text, [...answer.headers].filter(([name]) => !['date', 'x-request-id', 'x-fapi-interaction-id'].includes(name))]));
      }
      expect(answers.size).toBe(1);
      expect([...answers][0]).toMatch(/^\[404,/);
    }
    expect((await described(foreign.grantId, await stack.party('bound')))['status']).toBe('active');
  });

  it.each(['POST', 'PUT', 'PATCH'])('GM-API-04: %s is not among the methods', async (method) => {
    const { grantId } = await aGrant();
    const answer = await client.call(client.grantUrl(grantId), await apiToken(client), {}, method);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, DELETE, HEAD']);
  });

  it('GM-API-03: there is no list', async () => {
    expect((await client.call(client.grantUrl('').slice(0, -1), await apiToken(client))).status).toBe(404);
  });

  it('GM-CC-05: conditions name the version', async () => {
    const { grantId } = await aGrant();
    const token = await apiToken(client);
    const conditional = (run: 'queryGrant' | 'revokeGrant', name: string, value: string) => client[run](grantId, token, { message: (message) => void message.setHeader(name, value) });
    expect((await conditional('queryGrant', 'if-none-match', '"1"')).status).toBe(304);
    await agreed(client, merging(grantId, { scope: 'balances accounts' }));
    expect((await conditional('queryGrant', 'if-none-match', '"1"')).status).toBe(200);
    expect((await conditional('revokeGrant', 'if-match', '"1"')).status).toBe(412);
    expect((await conditional('revokeGrant', 'if-match', '"2"')).status).toBe(204);
  });
});

describe('at the same moment', () => {
  const racers = <T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: count }, (_, index) => run(index)));
  const waiting = async (grantId: string, count: number, parameters: (index: number) => Parameters) => {
    const codes = [];
    for (let index = 0; index < count; index++) codes.push(await authorize(client, ana, { ...merging(grantId), ...parameters(index) }));
    return codes;
  };
  const asked = ['accounts', 'balances accounts', 'transactions accounts', 'profile', 'email'];

  it('GM-CC-03: merges all count', async () => {
    const grant = await aGrant();
    const codes = await waiting(grant.grantId, 20, (index) => ({ scope: asked[index % asked.length] }));
    const answers = await racers(20, (index) => client.redeem(codes[index]!.prepared, codes[index]!.code));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const { scopes } = await described(grant.grantId);
    expect((scopes as { scope: string }[]).flatMap((one) => one.scope.split(' ')).sort()).toEqual(['accounts', 'balances', 'email', 'openid', 'profile', 'transactions']);
    const alive = await Promise.all(answers.map(({ json }) => client.refresh(json['refresh_token'] as string)));
    expect(alive.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await rows('assent.grant_version WHERE grant_id = $1', [grant.grantId])).toBe(21);
  }, 60_000);

  it('GM-CC-03: of replacements the last holds; GM-CC-04: a refresh comes before or is refused', async () => {
    const grant = await aGrant();
    const codes = await waiting(grant.grantId, 20, (index) => ({ grant_management_action: 'replace', scope: asked[index % asked.length] }));
    const [answers, refreshes] = await Promise.all([racers(20, (index) => client.redeem(codes[index]!.prepared, codes[index]!.code)), racers(20, () => client.refresh(grant.refreshToken))]);
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    for (const { status, json } of refreshes) if (status !== 200) expect(json).toMatchObject({ error: 'invalid_grant' });
    const alive = await Promise.all(answers.map(async ({ json }) => ({ scope: json['scope'], active: (await client.introspect(json['access_token'] as string)).json['active'] })));
    const living = alive.filter(({ active }) => active);
    expect(living).toHaveLength(1);
    const { scopes } = await described(grant.grantId);
    expect((scopes as { scope: string }[]).map((one) => one.scope).join(' ').split(' ').sort()).toEqual(String(living[0]!.scope).split(' ').sort());
    for (const { json, status } of refreshes) if (status === 200) expect((await client.introspect(json['access_token'] as string)).json).toEqual({ active: false });
  }, 60_000);

  it('GM-CC-02: DELETE wins over merges and replacements under way', async () => {
    const grant = await aGrant();
    const codes = await waiting(grant.grantId, 20, (index) => ({ grant_management_action: index % 2 ? 'merge' : 'replace' }));
    const token = await apiToken(client);
    const [answers, deletions] = await Promise.all([racers(20, (index) => client.redeem(codes[index]!.prepared, codes[index]!.code)), racers(4, () => client.revokeGrant(grant.grantId, token))]);
    expect(deletions.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404]);
    for (const { status, json } of answers) {
      if (status !== 200) expect(json).toMatchObject({ error: 'invalid_grant' });
      else for (const name of ['access_token', 'refresh_token']) expect((await client.introspect(json[name] as string)).json).toEqual({ active: false });
    }
    expect((await query(grant.grantId)).status).toBe(404);
    const { rows: last } = await stack.database.pool.query<{ event: string }>(`SELECT event FROM assent.grant_version WHERE grant_id = $1 ORDER BY version DESC LIMIT 1`, [grant.grantId]);
    expect(last[0]!.event).toBe('revoked');
  }, 60_000);
});

it('kill -9 of the grants API in mid-request loses nothing and leaves nothing half done', async () => {
  const sibling = await stack.sibling();
  const party = await stack.party('opaque');
  const token = await apiToken(party);
  const grants: Agreed[] = [];
  for (let index = 0; index < 24; index++) grants.push(await aGrant(party));
  const process = await startServer(sibling, 'grant-management');
  // A third of them are locked: their requests hang in the middle of their statement when the process dies.
  const holder = await stack.database.pool.connect();
  await holder.query('BEGIN');
  await holder.query(`SELECT FROM assent."grant" WHERE id = ANY ($1) FOR UPDATE`, [grants.filter((_, index) => index % 3 === 0).map(({ grantId }) => grantId)]);
  party.route = new Map([[stack.ports.gm, sibling.ports.gm]]);
  let answered = 0;
  const asking = grants.map(({ grantId }) => party.revokeGrant(grantId, token).then(({ status }) => (answered++, status), () => undefined));
  while (answered < 6) await sleep(1);
  process.child.kill('SIGKILL');
  const statuses = await Promise.all(asking);
  party.route = new Map();
  await holder.query('ROLLBACK');
  holder.release();
  expect(statuses.filter((status) => status === undefined).length).toBeGreaterThanOrEqual(8);

  // What the process had begun, PostgreSQL ends: wholly, or not at all.
  await sleep(200);
  for (const [index, { grantId, refreshToken }] of grants.entries()) {
    const { rows: [state] } = await stack.database.pool.query<Record<string, unknown>>(
      `SELECT g.status, g.version, (SELECT count(*)::int FROM assent.grant_version v WHERE v.grant_id = g.id) AS versions,
        (SELECT count(*)::int FROM assent.grant_event e WHERE e.grant_id = g.id) AS events, (SELECT sequence FROM assent.grant_chain c WHERE c.grant_id = g.id) AS head,
        (SELECT count(*)::int FROM assent.audit_event a WHERE a.grant_id = g.id AND a.type = 'grant.revoked') AS audit,
        (SELECT count(*)::int FROM assent.revocation r WHERE r.id = g.id) AS feed
      FROM assent."grant" g WHERE g.id = $1`,
      [grantId],
    ); // prettier-ignore
    const whole = state!['status'] === 'revoked' ? { version: 2, versions: 2, events: 2, head: 2, audit: 1, feed: 1 } : { version: 1, versions: 1, events: 1, head: 1, audit: 0, feed: 0 };
    expect(state).toEqual({ status: state!['status'], ...whole });
    if (statuses[index] === 204) expect(state!['status']).toBe('revoked');
    expect((await party.refresh(refreshToken)).status).toBe(state!['status'] === 'revoked' ? 400 : 200);
    // The client asks again, as clients do.
    expect((await party.revokeGrant(grantId, token)).status).toBe(state!['status'] === 'revoked' ? 404 : 204);
  }
}, 60_000);

it('GM-AZ-07, GM-MD-01, GM-MD-04: an issuer may require an action, and offer a few alone; the parameters count in request objects', async () => {
  const strict = await startStack({ clients: [{ id: 'tpp', auth: 'private_key_jwt', constraint: 'dpop', metadata: { response_modes: ['query'] } }], issuer: { profile: 'fapi2-message-signing', grantManagement: { actionRequired: true, actions: ['create', 'merge'] } } });
  try {
    const party = await strict.party('tpp');
    expect(party.as).toMatchObject({ grant_management_actions_supported: ['create', 'merge'], grant_management_action_required: true });
    expect(party.as).not.toHaveProperty('grant_management_endpoint');
    const push = async (parameters: Parameters) => {
      const answer = await pushSigned(party, await party.prepare(parameters));
      return [answer.status, await strict.asLog.ruleOf(answer)];
    };
    expect(await push({})).toEqual([400, 'GM-AZ-07']);
    expect(await push({ grant_management_action: 'replace', grant_id: mintId(newTag()) })).toEqual([400, 'GM-AZ-06']);
    expect(await push({ grant_management_action: 'merge', grant_id: mintId(newTag()) })).toEqual([400, 'GM-AZ-08']);
    const signed = async (parameters: Parameters) => {
      const { prepared, callback } = await authorizeSigned(party, strict.visitor(), parameters);
      return (await party.redeem(prepared, callback.searchParams.get('code')!)).json;
    };
    const created = await signed({ grant_management_action: 'create', scope: 'openid accounts' });
    expect(created['grant_id']).toMatch(/^[\w-]{32}$/);
    const merged = await signed({ grant_management_action: 'merge', grant_id: created['grant_id'] as string, scope: 'balances' });
    expect([merged['grant_id'], merged['scope']]).toEqual([created['grant_id'], 'openid accounts balances']);
    // Beside the object nothing counts (RFC 9101 section 6.3).
    const beside = await pushSigned(party, await party.prepare({}), { message: (message) => void message.set('grant_management_action', 'create') });
    expect([beside.status, await strict.asLog.ruleOf(beside)]).toEqual([400, 'GM-AZ-07']);
  } finally {
    await strict.stop();
  }
}, 60_000);
