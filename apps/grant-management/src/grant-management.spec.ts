import { createServer, type Server } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateSigningKey, openSigningKey, publicJwk, signAccessToken, signDpopProof, thumbprint, type SigningKey } from '@assent/crypto';
import { migrate, openDatabase, type Database } from '@assent/persistence';
import { mintHandle, mintId, newTag, plusSeconds, systemClock, tagOf, type AccessTokenFacts, type GrantStatus } from '@assent/protocol';
import { startDatabase, type TestDatabase } from '@assent/testing';
import { freePorts, makeConfiguration, Message, send, type Answer, type TestConfiguration } from '@assent/testing/fapi';
import { whenAvailable } from './grants-api/available.js';
import { grantsResource, startGrantManagement, type GrantManagement } from './index.js';

const newKey = async (): Promise<SigningKey> => openSigningKey({ alg: 'ES256', ...(await generateSigningKey('ES256')) });
const [issuerKey, clientKey] = [await newKey(), await newKey()];

let database: TestDatabase;
let stores: Database;
let configuration: TestConfiguration;
let issuer: Server;
let server: GrantManagement;
let resource: string;

beforeAll(async () => {
  const [api, dashboard, staff, healthPort] = await freePorts(4);
  const sections = { grantManagement: { publicUrl: `https://localhost:${api}`, healthPort, dashboard: { publicUrl: `https://localhost:${dashboard}` }, staff: { publicUrl: `https://localhost:${staff}` } } };
  database = await startDatabase();
  await migrate(database.url);
  configuration = await makeConfiguration({ databaseUrl: database.url, clients: [{ id: 'tally', auth: 'private_key_jwt', constraint: 'dpop' }], sections });
  issuer = await startIssuer(configuration);
  stores = await openDatabase({ url: database.url, poolSize: 2 });
  server = await startGrantManagement(configuration.config);
  resource = grantsResource(configuration.config);
});
afterAll(async () => {
  await server.close();
  issuer.close();
  await stores.close();
  await configuration.close();
  await database.stop();
});

/** An issuer that only publishes its keys. */
function startIssuer({ issuer: identifier, server: { cert, key }, ports }: TestConfiguration): Promise<Server> {
  const metadata = { issuer: identifier, jwks_uri: `${identifier}/jwks` };
  const listening = createServer({ cert, key }, ({ url }, response) => {
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(url === '/fapi2/jwks' ? { keys: [publicJwk(issuerKey)] } : metadata));
  });
  return new Promise((resolve) => void listening.listen(ports.as, '127.0.0.1', () => resolve(listening)));
}

interface GrantChanges {
  readonly clientId?: string;
  readonly status?: GrantStatus;
  readonly expiresAt?: Date | null;
  readonly managed?: boolean;
}
async function aGrant({ clientId = 'tally', status = 'active', expiresAt = null, managed = true }: GrantChanges = {}): Promise<string> {
  const id = mintId(newTag());
  await stores.pool.query(
    `INSERT INTO assent."grant" (tag, id, status, issuer, client_id, customer_id, subject, scope, accounts, authorization_details, claims, auth_time, acr, amr, created_at, updated_at, expires_at, managed, resources)
     VALUES ($1, $2, $3, $4, $5, 'ana', 'ana-subject', '{openid,accounts,balances}', '{ana-current}', '[{"type":"x"}]', '{"userinfo":{"email":null},"id_token":{"acr":null,"email":null}}',
             now(), '1', '{}', '2026-03-01', '2026-03-02', $6, $7, $8)`,
    [tagOf(id), id, status, configuration.issuer, clientId, expiresAt, managed, [configuration.resource]],
  );
  return id;
}

const facts = (changes: Partial<AccessTokenFacts> = {}): AccessTokenFacts => {
  const now = systemClock.now();
  return {
    jti: `${mintId(newTag())}.1`, issuer: configuration.issuer, clientId: 'tally', subject: 'tally', scope: ['grant_management_query', 'grant_management_revoke'], audience: [resource],
    issuedAt: now, expiresAt: plusSeconds(now, 300), confirmation: { jkt: thumbprint(publicJwk(clientKey)) }, ...changes,
  }; // prettier-ignore
};

async function call(method: string, id: string, changes: Partial<AccessTokenFacts> = {}, token?: string, headers: [string, string][] = []): Promise<Answer> {
  const used = token ?? (await signAccessToken(facts(changes), issuerKey));
  const url = `${resource}/${id}`;
  const proof = await signDpopProof({ method, url, key: clientKey, now: systemClock.now(), accessToken: used });
  return ask(new Message({ method, url, headers: [['authorization', `DPoP ${used}`], ['dpop', proof], ...headers] })); // prettier-ignore
}
const ask = (message: Message): Promise<Answer> => send(message, { ca: configuration.ca });

describe('GET /grants/{grant_id} (GM-API-01)', () => {
  it('describes the grant, and neither tokens nor identity', async () => {
    const end = plusSeconds(systemClock.now(), 3600);
    const id = await aGrant({ expiresAt: end });
    const answer = await call('GET', id);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-cache, no-store');
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.json).toEqual({
      grant_id: id,
      scopes: [{ scope: 'openid' }, { scope: 'accounts balances', resource: [configuration.resource] }],
      claims: ['email', 'acr'],
      authorization_details: [{ type: 'x' }],
      status: 'active',
      created_at: Date.parse('2026-03-01T00:00:00Z') / 1000,
      last_updated: Date.parse('2026-03-02T00:00:00Z') / 1000,
      last_updated_at: Date.parse('2026-03-02T00:00:00Z') / 1000,
      updated_by: 'client',
      expires_at: Math.floor(end.getTime() / 1000),
    });
  });

  it.each(['awaiting_authorisation', 'suspended'] as const)('describes one that is %s', async (status) => {
    expect((await call('GET', await aGrant({ status }))).json).toMatchObject({ status });
  });

  it('takes an opaque token as well', async () => {
    const { value, handle } = mintHandle(newTag(), plusSeconds(systemClock.now(), 300));
    const stored = facts({ expiresAt: handle.expiresAt });
    await stores.stores.accessTokens.issue({ facts: stored, handle, replay: [], audit: { type: 'token.issued', issuer: configuration.issuer } });
    expect((await call('GET', await aGrant(), {}, value)).status).toBe(200);
  });
});

describe('DELETE /grants/{grant_id} (GM-API-02)', () => {
  it('ends the grant and every token on it', async () => {
    const id = await aGrant();
    const answer = await call('DELETE', id);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect([(await call('GET', id)).status, (await call('DELETE', id)).status]).toEqual([404, 404]);
    expect((await stores.stores.grants.find(id))?.status).toBe('revoked');
    const { rows } = await stores.pool.query(`SELECT client_id, customer_id FROM assent.audit_event WHERE type = 'grant.revoked' AND grant_id = $1`, [id]);
    expect(rows).toEqual([{ client_id: 'tally', customer_id: 'ana' }]);
    await sleep(1000);
    expect((await call('GET', await aGrant(), { grantId: id })).status).toBe(401);
  });

  it('lets one of many at once win', async () => {
    const id = await aGrant();
    const answers = await Promise.all(Array.from({ length: 8 }, () => call('DELETE', id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(7).fill(404)]);
  });
});

describe('conditions (GM-CC-05, RFC 9110 section 13)', () => {
  const withHeader = (method: string, id: string, name: string, value: string) => call(method, id, {}, undefined, [[name, value]]);

  it.each([
    ['GET', 'if-none-match', '"1"', 304],
    ['GET', 'if-none-match', 'W/"1", "7"', 304],
    ['GET', 'if-none-match', '"2"', 200],
    ['GET', 'if-match', '"1"', 200],
    ['GET', 'if-match', '"2"', 412],
    ['DELETE', 'if-match', '"2"', 412],
    ['DELETE', 'if-match', 'W/"1"', 412],
    ['DELETE', 'if-match', '1', 412],
    ['DELETE', 'if-match', '"3", "1"', 204],
    ['DELETE', 'if-match', '*', 204],
    ['DELETE', 'if-none-match', '*', 412],
    ['DELETE', 'if-none-match', 'W/"1"', 412],
    ['DELETE', 'if-none-match', '"2"', 204],
  ])('%s with %s: %s', async (method, name, value, status) => {
    const id = await aGrant();
    const answer = await withHeader(method, id, name, value);
    expect([answer.status, (await stores.stores.grants.find(id))?.status]).toEqual([status, status === 204 ? 'revoked' : 'active']);
    if (status === 304) expect(answer.text).toBe('');
    if (status === 412) expect(answer.json).toMatchObject({ error: 'precondition_failed' });
  });

  it('hold also for a grant that changes in the meantime', async () => {
    const id = await aGrant();
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => (index === 0 ? narrow(id) : withHeader('DELETE', id, 'if-match', '"1"'))));
    const statuses = answers.slice(1).map((answer) => (answer as Answer).status);
    expect(statuses.every((status) => [204, 404, 412].includes(status))).toBe(true);
    expect(statuses.filter((status) => status === 204).length + (answers[0] === 'narrowed' ? 1 : 0)).toBe(1);
  });
  const narrow = (grantId: string) =>
    stores.stores.grants.narrow({ grantId, actor: { kind: 'customer', id: 'ana' }, permissions: (grant) => ({ ...grant, accounts: [] }), now: systemClock.now(), audit: { type: 'grant.narrowed', issuer: configuration.issuer } });

  it('a grant changed by the bank says so', async () => {
    const id = await aGrant();
    await narrow(id);
    const answer = await call('GET', id);
    expect([answer.headers.get('etag'), answer.json['updated_by']]).toEqual(['"2"', 'authorization_server']);
  });
});

it.each(['application/json', 'application/json; charset=utf-8', 'application/x-www-form-urlencoded'])('DELETE may name %s for the content it does not have', async (type) => {
  const answer = await call('DELETE', await aGrant(), {}, undefined, [['content-type', type]]);
  expect([answer.status, answer.text]).toEqual([204, '']);
});

describe('one answer for what is not there (GM-API-06, GM-API-07)', () => {
  it.each<[string, () => Promise<string>]>([
    ['unknown', async () => mintId(newTag())],
    ['its client does not manage', () => aGrant({ managed: false })],
    ['of another client', () => aGrant({ clientId: 'other' })],
    ['revoked', () => aGrant({ status: 'revoked' })],
    ['expired', () => aGrant({ status: 'expired' })],
    ['past its end', () => aGrant({ expiresAt: new Date(0) })],
    ['no id at all', async () => 'x'],
  ])('%s', async (_, make) => {
    const id = await make();
    for (const method of ['GET', 'DELETE']) {
      const answer = await call(method, id);
      expect([answer.status, answer.json]).toEqual([404, { error: 'not_found', error_description: 'no such grant' }]);
    }
  });
});

describe('overload (GM-API-08)', () => {
  it('is 503 with the time to come again, while the database has no connection to give', async () => {
    const grants = { find: () => Promise.reject(new Error('timeout exceeded when trying to connect')), revoke: () => Promise.reject(new Error('a bug')) };
    const api = whenAvailable(grants);
    await expect(api.find('x')).rejects.toMatchObject({ status: 503, rule: 'GM-API-08', headers: { 'Retry-After': '2' } });
    await expect(api.revoke({} as never)).rejects.toThrow('a bug');
  });

  it('of a row that is held for too long is the same', async () => {
    const id = await aGrant();
    const holder = await stores.pool.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT FROM assent."grant" WHERE id = $1 FOR UPDATE`, [id]);
    const answer = await call('DELETE', id);
    await holder.query('ROLLBACK');
    holder.release();
    expect([answer.status, answer.headers.get('retry-after'), answer.json['error']]).toEqual([503, '2', 'temporarily_unavailable']);
    expect((await call('DELETE', id)).status).toBe(204);
  });
});

describe('refused', () => {
  it.each<[string, string, Partial<AccessTokenFacts>, number, string]>([
    ['querying without the scope', 'GET', { scope: ['grant_management_revoke'] }, 403, 'insufficient_scope'],
    ['revoking without the scope', 'DELETE', { scope: ['grant_management_query'] }, 403, 'insufficient_scope'],
    ['a token for the accounts API', 'GET', { audience: ['https://other.example'] }, 401, 'invalid_token'],
    ['an expired token', 'GET', { expiresAt: new Date(0) }, 401, 'invalid_token'],
    ['an unconstrained token (GM-API-09)', 'GET', { confirmation: {} as never }, 401, 'invalid_token'],
  ])('%s', async (_, method, changes, status, error) => {
    const id = await aGrant();
    const answer = await call(method, id, changes);
    expect([answer.status, answer.json['error'], answer.headers.get('www-authenticate')]).toEqual([status, error, expect.stringContaining(`error="${error}"`)]);
    expect((await stores.stores.grants.find(id))?.status).toBe('active');
  });

  it('no token (GM-API-05)', async () => {
    const answer = await ask(new Message({ method: 'GET', url: `${resource}/${await aGrant()}` }));
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('/.well-known/oauth-protected-resource/grants"')]);
  });

  it.each(['POST', 'PUT', 'PATCH'])('%s (GM-API-04)', async (method) => {
    const answer = await call(method, await aGrant());
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, DELETE, HEAD']);
  });

  it('a list (GM-API-03)', async () => {
    expect((await ask(new Message({ method: 'GET', url: resource }))).status).toBe(404);
  });
});

describe.each(['dashboard', 'staff'] as const)('the %s, without a client to sign people in as', (name) => {
  const page = (path: string, headers: [string, string][] = []) => ask(new Message({ method: 'GET', url: `https://localhost:${server.ports[name][0]}${path}`, headers: [['accept', 'text/html'], ...headers] })); // prettier-ignore

  it.each([
    ['/welcome', 200, 'id="sign-in"'],
    ['/sign-in', 503, 'Nobody can sign in now'],
    ['/nothing', 404, 'Page not found'],
  ])('answers %s with a page and the headers of one', async (path, status, text) => {
    const answer = await page(path);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('strict-transport-security')).toBeNull();
    expect(answer.cookies).toEqual([]);
  });

  it('leads to what it is, before anything else', async () => {
    const answer = await page('/');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/welcome']);
  });

  it('speaks the languages of the bank, and remembers a click', async () => {
    expect((await page('/welcome', [['accept-language', 'ar']])).text).toContain('dir="rtl"');
    const clicked = await page('/welcome?lang=pt-BR');
    expect([clicked.text, clicked.cookies]).toEqual([expect.stringContaining('lang="pt-BR"'), [expect.stringMatching(/-lang=pt-BR;.*Secure; HttpOnly; SameSite=Lax/)]]);
    expect((await page('/welcome', [['cookie', `__Host-assent-${name}-lang=pt-BR`]])).text).toContain('lang="pt-BR"');
  });

  it('has its style', async () => {
    expect((await page('/assets/app.css')).headers.get('content-type')).toBe('text/css; charset=utf-8');
  });
});
