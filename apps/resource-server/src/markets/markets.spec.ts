import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { importPrivateJwk, importPublicJwk, parseDetachedJws, signDetachedJws, signJws, verifyDetachedJws, verifyJws, type SigningKey } from '@assent/crypto';
import { createLog } from '@assent/http';
import { neutralMarket } from '@assent/markets/neutral';
import { openConfiguredDatabase } from '@assent/persistence';
import { epochSeconds, systemClock, tagOf, type AuthorizationDetail } from '@assent/protocol';
import { KeyRings } from '@assent/signing-keys';
import type { Answer, Message } from '@assent/testing/fapi';
import { aGrant, answerTo, aRequest, aToken, startBench, type Bench, type Claims } from '../bench.fixtures.js';

/* A market's API over real TLS, the real guard and PostgreSQL: two servers on one database, and two issuers beside the ordinary one. */

const clock = { ahead: 0, now: () => new Date(systemClock.now().getTime() + clock.ahead) };

let bench: Bench;
let secondPort: number;
let key: SigningKey;
beforeAll(async () => {
  const market = { market: 'neutral' };
  const wanted = { markets: [neutralMarket], otherIssuers: [{ name: 'nowhere', ...market }, { name: 'elsewhere', ...market }], clients: ['tally', 'other'].map((id) => ({ id, auth: 'private_key_jwt', constraint: 'either', metadata: { scope: 'openid accounts' } }) as const) };
  bench = await startBench({ clock, wanted });
  secondPort = await bench.second();
  key = importPrivateJwk(bench.configuration.client('tally').privateJwk);
  await bench.pool.query(`UPDATE bank.customer SET claims = '{"name":"Ana Duarte"}' WHERE id = 'ana'`);
});
afterAll(() => bench.close());
beforeEach(async () => {
  clock.ahead = 0;
  await bench.pool.query(`UPDATE bank.account SET balance = 1000.00, unavailable = NULL`);
});

const base = (name = 'nowhere') => `${bench.configuration.resource}/${name}`;
const issuer = (name = 'nowhere') => bench.configuration.config.issuers.find((one) => one.name === name)!.issuer;
const at = (name: string): Claims => ({ issuer: issuer(name), audience: [base(name)] });

const clientToken = (changes: Claims = {}) => aToken(bench, { ...at('nowhere'), subject: 'tally', scope: ['accounts', 'payments'], ...changes });

interface Sent {
  readonly token?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string | Buffer;
  readonly type?: string;
  readonly port?: number;
  readonly name?: string;
}
async function aCall(path: string, { token, method = 'GET', headers = {}, body, type = 'application/json', name = 'nowhere' }: Sent = {}): Promise<Message> {
  const message = await aRequest(bench, token ?? (await clientToken()), `/${name}${path}`, method);
  if (body !== undefined) message.addHeader('content-type', type).body = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  for (const [header, value] of Object.entries(headers)) message.addHeader(header, value);
  return message;
}
const call = async (path: string, sent: Sent = {}): Promise<Answer> => answerTo(bench, await aCall(path, sent), sent.port);
const codeOf = ({ status, json }: Answer) => [status, (json['errors'] as readonly { readonly code: string }[] | undefined)?.[0]?.code];

const lodged = async (body: object = { permissions: ['ReadAccounts'] }): Promise<string> => (await call('/consents', { method: 'POST', body })).json['id'] as string;

const data = (over: object = {}): AuthorizationDetail => ({ type: 'urn:assent:neutral:data', permissions: ['ReadAccounts', 'ReadBalances', 'ReadTransactions'], accounts: ['ana-current'], ...over });
/** A grant of Ana's at the market's issuer, as consent leaves it, and a token of it. */
async function granted(details: readonly AuthorizationDetail[] = [data()], { name = 'nowhere', accounts = ['ana-current', 'ana-savings'], changes = {} as Claims } = {}): Promise<{ readonly grantId: string; readonly token: string }> {
  const grantId = await aGrant(bench, accounts, details, ['accounts', 'payments']);
  await bench.pool.query('UPDATE assent."grant" SET issuer = $2 WHERE id = $1', [grantId, issuer(name)]);
  return { grantId, token: await aToken(bench, { ...at(name), grantId, details, scope: ['accounts', 'payments'], ...changes }) };
}

const audited = async (type: string, rule: string | null = null): Promise<number> => (await bench.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM assent.audit_event WHERE type = $1 AND rule IS NOT DISTINCT FROM $2`, [type, rule])).rows[0]!.n;

describe('errors below a market’s prefix', () => {
  const format = { errors: [expect.objectContaining({ code: expect.any(String), detail: expect.any(String) })] };

  it.each<[string, string, Sent, number, string]>([
    ['an unknown address', '/nothing', {}, 404, 'not_found'],
    ['the prefix itself', '', {}, 404, 'not_found'],
    ['a parameter that is empty', '/consents/', {}, 404, 'not_found'],
    ['another method', '/accounts', { method: 'DELETE' }, 405, 'method_not_allowed'],
    ['OPTIONS', '/accounts', { method: 'OPTIONS' }, 405, 'method_not_allowed'],
    ['malformed JSON', '/consents', { method: 'POST', body: '{' }, 400, 'invalid_request'],
    ['JSON that names a member twice', '/consents', { method: 'POST', body: '{"a":1,"a":2}' }, 400, 'invalid_request'],
    ['an array', '/consents', { method: 'POST', body: '[]' }, 400, 'invalid_request'],
    ['JSON with NUL', '/consents', { method: 'POST', body: '{"permissions":["ReadAccounts"],"note":"\\u0000"}' }, 400, 'invalid_request'],
    ['JSON with half a surrogate pair', '/consents', { method: 'POST', body: '{"permissions":["ReadAccounts"],"\\ud800":1}' }, 400, 'invalid_request'],
    ['a name longer than any', `/consents/${'x'.repeat(300)}`, {}, 404, 'unknown_consent'],
    ['no body', '/consents', { method: 'POST' }, 415, 'invalid_request'],
    ['another media type', '/consents', { method: 'POST', body: 'a=b', type: 'application/x-www-form-urlencoded' }, 415, 'invalid_request'],
    ['another charset', '/consents', { method: 'POST', body: {}, type: 'application/json; charset=latin1' }, 415, 'invalid_request'],
    ['too long a body', '/consents', { method: 'POST', body: JSON.stringify({ a: 'x'.repeat(70_000) }) }, 413, 'invalid_request'],
    ['no token worth the name', '/consents/x', { token: 'x' }, 401, 'invalid_token'],
    ['a malformed interaction id', '/consents/x', { headers: { 'x-fapi-interaction-id': 'x' } }, 400, 'invalid_request'],
    ['what the market itself refuses', '/consents', { method: 'POST', body: { permissions: ['Fly'] } }, 400, 'bad_permissions'],
    ['a header the market refuses', '/consents/x', { headers: { 'x-colour': 'grey' } }, 400, 'bad_colour'],
    ['an address nobody can read', '/accounts/%E0%A4%A', {}, 400, 'invalid_request'],
    ['what the edge refuses', '/consents/%00', {}, 400, 'invalid_request'],
    ['a forged certificate header', '/consents/x', { headers: { 'client-cert': ':AAAA:' } }, 400, 'invalid_request'],
    ['a token in the query', '/consents/x?access_token=a', {}, 400, 'invalid_request'],
  ])('are in the market’s format, and no cache keeps them: %s', async (_, path, sent, status, code) => {
    const answer = await call(path, sent);
    expect([answer.json, codeOf(answer)]).toEqual([format, [status, code]]);
    expect([answer.headers.get('cache-control'), answer.headers.get('content-type')]).toEqual(['no-store', 'application/json; charset=utf-8']);
    expect(answer.headers.get('x-fapi-interaction-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('name what was wrong, and the methods there are', async () => {
    expect((await call('/accounts', { method: 'POST', body: {} })).headers.get('allow')).toBe('GET, HEAD');
    expect((await call('/consents', { method: 'POST', body: { permissions: ['Fly'] } })).json).toEqual({ errors: [{ code: 'bad_permissions', detail: expect.any(String), path: 'permissions' }] });
  });

  it('bring the challenge where there is no token', async () => {
    const message = (await aCall('/consents/x')).setHeader('authorization', undefined).setHeader('dpop', undefined);
    const answer = await answerTo(bench, message);
    expect([codeOf(answer), answer.headers.get('www-authenticate')]).toEqual([[401, 'invalid_token'], expect.stringContaining(`resource_metadata="${bench.configuration.resource}/.well-known/oauth-protected-resource/nowhere"`)]);
  });

  it('are those of the accounts API everywhere else', async () => {
    const answer = await answerTo(bench, await aRequest(bench, await aToken(bench), '/nothing'));
    expect([answer.status, answer.json['error']]).toEqual([404, 'not_found']);
    expect((await answerTo(bench, await aRequest(bench, await aToken(bench), '/nowheres'))).json['error']).toBe('not_found');
  });
});

describe('interaction ids', () => {
  it('are played back, made where none came, and never reflect other text', async () => {
    const id = randomUUID();
    expect((await call('/status', { headers: { 'x-fapi-interaction-id': id } })).headers.get('x-fapi-interaction-id')).toBe(id);
    const made = (await call('/status')).headers.get('x-fapi-interaction-id');
    expect(made).toMatch(/^[0-9a-f-]{36}$/);
    expect((await call('/status', { headers: { 'x-fapi-interaction-id': '<script>' } })).headers.get('x-fapi-interaction-id')).not.toContain('script');
  });
});

describe('who may come in', () => {
  it('needs no token where data is public', async () => {
    const message = (await aCall('/status')).setHeader('authorization', undefined).setHeader('dpop', undefined);
    expect((await answerTo(bench, message)).json).toEqual({ status: 'up' });
  });

  it.each<[string, () => Promise<string>, string]>([
    ['of the ordinary issuer', async () => aToken(bench, { subject: 'tally' }), 'nowhere'],
    ['of the ordinary issuer that names this resource', async () => aToken(bench, { subject: 'tally', audience: [base()] }), 'nowhere'],
    ['of another issuer of the market', async () => clientToken(), 'elsewhere'],
    ['of another issuer of the market that names this resource', async () => clientToken({ audience: [base('elsewhere')] }), 'elsewhere'],
    ['of this issuer for another resource', async () => clientToken({ audience: [bench.configuration.resource] }), 'nowhere'],
    ['of another issuer that names this one’s resource beside its own', async () => clientToken({ ...at('elsewhere'), audience: [base('elsewhere'), base()] }), 'nowhere'],
  ])('is nobody with a token %s', async (_, mint, name) => {
    expect(codeOf(await call('/consents/x', { token: await mint(), name }))).toEqual([401, 'invalid_token']);
  });

  it.each(['/accounts', '/payments/x'])('is nobody at the accounts API with a token of a market: %s', async (path) => {
    for (const token of [await clientToken(), (await granted()).token, (await granted([data()], { changes: { audience: [bench.configuration.resource] } })).token]) {
      const answer = await answerTo(bench, await aRequest(bench, token, path));
      expect([answer.status, answer.json['error']]).toEqual([401, 'invalid_token']);
    }
  });

  it('must bring the kind of token the address takes, with its scope', async () => {
    const { token } = await granted();
    expect(codeOf(await call('/consents/x', { token }))).toEqual([403, 'insufficient_scope']);
    expect(codeOf(await call('/accounts'))).toEqual([403, 'insufficient_scope']);
    expect(codeOf(await call('/consents/x', { token: await clientToken({ scope: ['payments'] }) }))).toEqual([403, 'insufficient_scope']);
    expect(codeOf(await call('/payments/x', { token: await clientToken() }))).toEqual([404, 'unknown_payment']);
    expect(codeOf(await call('/payments/x', { token }))).toEqual([404, 'unknown_payment']);
  });

  it('proves possession, with a key or a certificate', async () => {
    const token = await clientToken({ confirmation: { 'x5t#S256': createHash('sha256').update(bench.identity.der).digest('base64url') } });
    const message = (await aCall('/consents/x', { token })).setHeader('dpop', undefined).setHeader('authorization', `Bearer ${token}`);
    expect(codeOf(await answerTo(bench, message))).toEqual([401, 'invalid_token']);
    message.identity = bench.identity;
    expect(codeOf(await answerTo(bench, message))).toEqual([404, 'unknown_consent']);
  });
});

describe('a consent', () => {
  it('is lodged, told of and ended by its client alone, with an audit line each', async () => {
    const answer = await call('/consents', { method: 'POST', body: { permissions: ['ReadAccounts'] } });
    expect([answer.status, answer.json]).toEqual([201, { id: expect.any(String), status: 'awaiting_authorisation', permissions: ['ReadAccounts'], createdAt: expect.any(String) }]);
    const path = `/consents/${String(answer.json['id'])}`;
    expect((await call(path)).json).toEqual(answer.json);
    const stranger = await clientToken({ clientId: 'other', subject: 'other' });
    for (const method of ['GET', 'DELETE']) expect(codeOf(await call(path, { method, token: stranger }))).toEqual([404, 'unknown_consent']);
    expect([(await call(path, { method: 'DELETE' })).status, (await call(path)).json['status']]).toEqual([204, 'revoked']);
    expect([await audited('consent.lodged'), await audited('grant.revoked')]).toEqual([1, 1]);
  });

  it('at one issuer is none at another', async () => {
    const id = await lodged();
    const token = await clientToken(at('elsewhere'));
    expect(codeOf(await call(`/consents/${id}`, { token, name: 'elsewhere' }))).toEqual([404, 'unknown_consent']);
  });

  it('must be as its type says, whatever the market made of it', async () => {
    expect(codeOf(await call('/consents', { method: 'POST', body: { permissions: ['ReadAccounts'], expiresAt: 'tomorrow' } }))).toEqual([400, 'invalid_request']);
    expect(codeOf(await call('/consents', { method: 'POST', body: { permissions: ['ReadAccounts'], expiresAt: '2020-01-01T00:00:00Z' } }))).toEqual([400, 'invalid_request']);
    expect(await audited('market.refused', 'RR-04')).toBe(2);
  });
});

describe('account data', () => {
  const list = ({ json }: Answer, name: string) => json[name] as readonly Record<string, unknown>[];

  it('is that of the accounts, permissions and days of the details', async () => {
    const { token } = await granted([data({ permissions: ['ReadAccounts', 'ReadTransactions'], transactionsFrom: '2026-03-20' })]);
    expect(list(await call('/accounts', { token }), 'accounts')).toEqual([{ id: 'ana-current', name: 'current', type: 'current', currency: 'GBP', iban: 'GB09HBNK40010112344821' }]);
    expect(codeOf(await call('/accounts/ana-current/balances', { token }))).toEqual([403, 'insufficient_scope']);
    const days = list(await call('/accounts/ana-current/transactions', { token }), 'transactions').map(({ bookedOn }) => bookedOn);
    expect(days).toEqual(['2026-03-26', '2026-03-25', '2026-03-24', '2026-03-23', '2026-03-22', '2026-03-21', '2026-03-20']);
    for (const id of ['ana-savings', 'ben-current', 'nobody']) expect(codeOf(await call(`/accounts/${id}/transactions`, { token }))).toEqual([404, 'unknown_account']);
    expect(list(await call('/accounts', { token }), 'accounts')).toHaveLength(1);
  });

  it('of two details each opens its own accounts for its own permissions', async () => {
    const { token } = await granted([data({ permissions: ['ReadAccounts'] }), data({ permissions: ['ReadBalances'], accounts: ['ana-savings'] })]);
    expect(list(await call('/accounts', { token }), 'accounts').map(({ id }) => id)).toEqual(['ana-current']);
    expect(list(await call('/accounts/ana-savings/balances', { token }), 'balances')).toEqual([{ id: 'ana-savings', amount: '1000.00', currency: 'GBP', asOf: expect.any(String) }]);
    expect(list(await call('/accounts/ana-current/balances', { token }), 'balances')).toEqual([]);
  });

  it('goes on by cursor to the end', async () => {
    const { token } = await granted();
    const first = await call('/accounts/ana-current/transactions?from=2026-03-01', { token });
    expect([list(first, 'transactions').length, first.json['next']]).toEqual([25, undefined]);
    expect(codeOf(await call('/accounts/ana-current/transactions?page=nonsense', { token }))).toEqual([400, 'invalid_request']);
  });

  it('ends with its detail, with the grant’s row, and with the grant', async () => {
    const ended = await granted([data({ expiresAt: '2020-01-01T00:00:00Z' })]);
    expect(codeOf(await call('/accounts', { token: ended.token }))).toEqual([403, 'insufficient_scope']);
    const { token, grantId } = await granted();
    await bench.pool.query(`UPDATE assent."grant" SET status = 'revoked' WHERE id = $1`, [grantId]);
    const answer = await call('/accounts', { token });
    expect([codeOf(answer), answer.headers.get('www-authenticate')]).toEqual([[401, 'invalid_token'], expect.stringContaining('invalid_token')]);
  });

  it('waits while not everybody has said yes', async () => {
    const { token, grantId } = await granted();
    await bench.pool.query(`UPDATE assent."grant" SET status = 'awaiting_authorisation' WHERE id = $1`, [grantId]);
    expect(codeOf(await call('/accounts', { token }))).toEqual([403, 'insufficient_scope']);
    await bench.pool.query(`UPDATE assent."grant" SET status = 'active' WHERE id = $1`, [grantId]);
    expect((await call('/accounts', { token })).status).toBe(200);
  });

  it('is no more within a second of its client ending the consent', async () => {
    const { token, grantId } = await granted();
    expect((await call('/accounts', { token })).status).toBe(200);
    expect((await call(`/consents/${grantId}`, { method: 'DELETE' })).status).toBe(204);
    const answers = await Promise.all([call('/accounts', { token }), call('/accounts', { token, port: secondPort })]);
    expect(answers.map(codeOf)).toEqual([[401, 'invalid_token'], [401, 'invalid_token']]);
  });

  it('tells of customer and consent', async () => {
    const { token, grantId } = await granted();
    expect((await call('/customer', { token })).json).toEqual({ customer: { name: 'Ana Duarte' }, consent: grantId });
  });

  it('answers HEAD without a body', async () => {
    const { token } = await granted();
    const answer = await call('/accounts', { token, method: 'HEAD' });
    expect([answer.status, answer.text]).toEqual([200, '']);
  });
});

describe('addresses', () => {
  it('without a parameter come before those with one', async () => {
    const { token } = await granted();
    expect((await call('/accounts/all', { token })).json).toEqual({ all: 1 });
    expect((await call('/accounts/ana-current', { token })).json).toMatchObject({ account: { id: 'ana-current' } });
    expect((await call('/accounts/ana%2Dcurrent', { token })).json).toMatchObject({ account: { id: 'ana-current' } });
    const disguised = await aRequest(bench, token, '/%6eowhere/accounts');
    expect((await answerTo(bench, disguised)).status).toBe(404);
    expect((await call('/accounts?a=1?b=2', { token })).status).toBe(200);
  });

  it('are there in versions, of which the market’s header chooses', async () => {
    const { token } = await granted();
    const path = '/accounts/ana-current/transactions';
    const [first, third, none] = await Promise.all([call(path, { token }), call(path, { token, headers: { 'x-v': '3' } }), call(path, { token, headers: { 'x-v': '4' } })]);
    expect([first.headers.get('x-v'), first.json]).toEqual(['1', expect.objectContaining({ transactions: expect.any(Array) })]);
    expect([third.headers.get('x-v'), third.json]).toEqual(['3', { version: 3, count: 25 }]);
    expect(codeOf(none)).toEqual([406, 'unsupported_version']);
  });
});

const order = { instructedAmount: { amount: '100.00', currency: 'GBP' }, creditorName: 'Corner Cafe', creditorAccount: { scheme: 'SortCode', identification: '20000012345678' }, remittanceInformation: 'Invoice 7' };
const asked = { amount: order.instructedAmount, creditorName: order.creditorName, creditorAccount: order.creditorAccount, remittance: 'Invoice 7' };
const payable = (over: object = {}): AuthorizationDetail => ({ type: 'urn:assent:neutral:payment', ...order, debtorAccount: { accountId: 'ana-current' }, identifier: 'p-1', ...over });

const claimsOf = (over: object = {}) => ({ iss: 'tally', aud: issuer(), iat: epochSeconds(clock.now()), jti: randomUUID(), order, ...over });
const signedBody = (claims: object = claimsOf(), by = key, header: Record<string, unknown> = {}) => signJws(header, claims, by);
const freshKey = () => ({ 'x-idempotency-key': randomBytes(8).toString('hex') });
const lodgePayment = async (body: string, headers: Record<string, string> = freshKey(), port?: number): Promise<Answer> => call('/payment-consents', { method: 'POST', body, type: 'application/jwt', headers, ...(port !== undefined && { port }) });

describe('a signed body', () => {
  it('is read when the client’s key signed it; the answer is signed by the issuer', async () => {
    const answer = await lodgePayment(await signedBody());
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([201, 'application/jwt', 'no-store']);
    const { claims } = await verifyJws(answer.text, { algs: ['PS256'], keys: async () => (await issuerKeys()).map(importPublicJwk) });
    expect(claims).toEqual({ id: expect.any(String), status: 'awaiting_authorisation' });
  });

  it.each<[string, () => Promise<string>, number, string]>([
    ['nobody’s key', async () => signedBody(claimsOf(), bench.clientKey), 400, 'bad_signature'],
    ['a key under the client’s name', async () => signedBody(claimsOf(), bench.clientKey, { kid: key.kid }), 400, 'bad_signature'],
    ['another client’s key', async () => signedBody(claimsOf(), importPrivateJwk(bench.configuration.client('other').privateJwk)), 400, 'bad_signature'],
    ['no signature', async () => `${(await signedBody()).split('.').slice(0, 2).join('.')}.`, 400, 'bad_signature'],
    ['alg none', async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await signedBody()).split('.')[1]!}.`, 400, 'bad_signature'],
    ['another word than was signed', async () => (await signedBody()).replace(/\.(.)/, (_all, first: string) => `.${first === 'e' ? 'f' : 'e'}`), 400, 'invalid_request'],
    ['no JWS', async () => 'x', 400, 'invalid_request'],
    ['another audience', async () => signedBody(claimsOf({ aud: 'https://elsewhere.example' })), 400, 'bad_signature'],
    ['NUL in a claim', async () => signedBody(claimsOf({ note: 'x\0' })), 400, 'invalid_request'],
    ['no jti', async () => signedBody(claimsOf({ jti: undefined })), 400, 'invalid_request'],
  ])('is refused with %s, in a signed answer, and written down', async (_, body, status, code) => {
    const before = (await bench.pool.query(`SELECT count(*)::int AS n FROM assent.audit_event WHERE type = 'market.refused'`)).rows[0] as { n: number };
    const consents = (await bench.pool.query(`SELECT count(*)::int AS n FROM assent.consent`)).rows[0] as { n: number };
    const answer = await lodgePayment(await body());
    const { claims } = await verifyJws(answer.text, { algs: ['PS256'], keys: async () => (await issuerKeys()).map(importPublicJwk) });
    expect([answer.status, (claims['errors'] as { code: string }[])[0]!.code]).toEqual([status, code]);
    expect((await bench.pool.query(`SELECT count(*)::int AS n FROM assent.audit_event WHERE type = 'market.refused'`)).rows[0]).toEqual({ n: before.n + 1 });
    expect((await bench.pool.query(`SELECT count(*)::int AS n FROM assent.consent`)).rows[0]).toEqual(consents);
  });

  it('is good once: its jti is remembered for a day, of many at the same moment one is heard', async () => {
    const body = await signedBody();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => lodgePayment(body, freshKey(), index % 2 ? secondPort : undefined)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 403)]);
    clock.ahead = 86_399_000;
    expect((await lodgePayment(body)).status).toBe(403);
    clock.ahead = 86_401_000;
    expect((await lodgePayment(body)).status).toBe(201);
  });

  it('is the client’s alone: its jti says nothing of another’s', async () => {
    const claims = claimsOf();
    const other = importPrivateJwk(bench.configuration.client('other').privateJwk);
    expect((await lodgePayment(await signedBody(claims))).status).toBe(201);
    const answer = await call('/payment-consents', { method: 'POST', token: await clientToken({ clientId: 'other', subject: 'other' }), body: await signedBody(claims, other), type: 'application/jwt', headers: freshKey() });
    expect(answer.status).toBe(201);
  });
});

/** What the issuer publishes, read where every process reads it. */
async function issuerKeys() {
  const { config } = bench.configuration;
  const log = createLog({ app: 'spec', level: 'silent' });
  const database = await openConfiguredDatabase(config, { applicationName: 'spec', clock, log });
  const rings = await KeyRings.open({ store: database.stores.signingKeys, issuers: config.issuers.filter(({ name }) => name === 'nowhere'), rotation: config.authorizationServer.keyRotation, clock, log });
  try {
    return rings.of(issuer()).jwks().keys;
  } finally {
    await rings.close();
    await database.close();
  }
}

describe('a key of idempotency', () => {
  it('brings the same answer for a day, at either server, also for a message signed anew', async () => {
    const headers = freshKey();
    const first = await lodgePayment(await signedBody(), headers);
    const again = await lodgePayment(await signedBody(), headers, secondPort);
    const said = async ({ text }: Answer) => JSON.parse(Buffer.from(text.split('.')[1]!, 'base64url').toString()) as unknown;
    expect([again.status, await said(again)]).toEqual([201, await said(first)]);
    clock.ahead = 86_401_000;
    expect(await said(await lodgePayment(await signedBody(), headers))).not.toEqual(await said(first));
  });

  it('is no other request’s', async () => {
    const headers = freshKey();
    expect((await lodgePayment(await signedBody(), headers)).status).toBe(201);
    expect((await lodgePayment(await signedBody(claimsOf({ order: { ...order, creditorName: 'Another' } })), headers)).status).toBe(422);
    expect(await audited('market.refused', 'ASSENT-MK-09')).toBe(1);
  });

  it('is no other client’s', async () => {
    const headers = freshKey();
    const other = importPrivateJwk(bench.configuration.client('other').privateJwk);
    const mine = await lodgePayment(await signedBody(), headers);
    const theirs = await call('/payment-consents', { method: 'POST', token: await clientToken({ clientId: 'other', subject: 'other' }), body: await signedBody(claimsOf(), other), type: 'application/jwt', headers });
    expect([theirs.status, theirs.text.split('.')[1] === mine.text.split('.')[1]]).toEqual([201, false]);
  });

  it('makes one of twenty at the same moment, at two servers; all are told of it', async () => {
    const headers = freshKey();
    const before = (await bench.pool.query(`SELECT count(*)::int AS n FROM assent.consent`)).rows[0] as { n: number };
    const bodies = await Promise.all(Array.from({ length: 20 }, () => signedBody()));
    const answers = await Promise.all(bodies.map((body, index) => lodgePayment(body, headers, index % 2 ? secondPort : undefined)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text.split('.')[1]!}`)).size).toBe(1);
    expect((await bench.pool.query(`SELECT count(*)::int AS n FROM assent.consent`)).rows[0]).toEqual({ n: before.n + 1 });
  });

  it('is free again after a refusal', async () => {
    const headers = freshKey();
    const wrong = await signedBody(claimsOf({ order: { ...order, creditorName: '' } }));
    expect((await lodgePayment(wrong, headers)).status).toBe(400);
    expect((await lodgePayment(await signedBody(), headers)).status).toBe(201);
  });

  it.each([
    ['is missing', {}],
    ['is too long', { 'x-idempotency-key': 'x'.repeat(41) }],
    ['is no ASCII', { 'x-idempotency-key': 'é' }],
  ])('is asked for: refused where it %s', async (_, headers) => {
    expect((await lodgePayment(await signedBody(), headers as Record<string, string>)).status).toBe(400);
  });
});

describe('a payment', () => {
  const detached = (body: string, header: Record<string, unknown> = {}, by = key) => signDetachedJws(header, Buffer.from(body), by);
  async function pay(token: string, { body = JSON.stringify(asked), header = {}, by = key, signature, headers = freshKey(), port }: { body?: string; header?: Record<string, unknown>; by?: SigningKey; signature?: string | null; headers?: Record<string, string>; port?: number } = {}): Promise<Answer> {
    const value = signature === undefined ? await detached(body, header, by) : signature;
    return call('/payments', { token, method: 'POST', body, headers: { ...headers, ...(value !== null && { 'x-jws-signature': value }) }, ...(port !== undefined && { port }) });
  }
  const booked = async (grantId: string): Promise<number> => (await bench.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM bank.payment WHERE grant_id = $1 AND status = 'booked'`, [grantId])).rows[0]!.n;
  const asConsent = (grantId: string) => bench.pool.query(`INSERT INTO assent.consent (tag, grant_id, name, kind, document, customer_claims, once) VALUES ($2, $1, $1, 'payment', '{}', '{}', true)`, [grantId, tagOf(grantId)]);

  it('is made as approved, once, to an account without an IBAN; the grant is used up, its client can still ask', async () => {
    const { token, grantId } = await granted([payable()]);
    await asConsent(grantId);
    const answer = await pay(token);
    expect([answer.status, answer.json]).toEqual([201, { id: expect.any(String), status: 'booked', amount: { amount: '100.00', currency: 'GBP' } }]);
    const jws = parseDetachedJws(answer.headers.get('x-jws-signature')!, Buffer.from(answer.text));
    expect(jws.header).toMatchObject({ iss: issuer(), alg: 'PS256' });
    await verifyDetachedJws(jws, { algs: ['PS256'], keys: async () => (await issuerKeys()).map(importPublicJwk) });
    const { rows } = await bench.pool.query(`SELECT creditor_iban, creditor_scheme, creditor_identification FROM bank.payment WHERE grant_id = $1`, [grantId]);
    expect(rows).toEqual([{ creditor_iban: null, creditor_scheme: 'SortCode', creditor_identification: '20000012345678' }]);
    expect((await bench.pool.query(`SELECT status FROM assent."grant" WHERE id = $1`, [grantId])).rows).toEqual([{ status: 'consumed' }]);
    const path = `/payments/${String(answer.json['id'])}`;
    for (const as of [token, await clientToken()]) expect((await call(path, { token: as })).json).toEqual(answer.json);
    expect(codeOf(await call(path, { token: await clientToken({ clientId: 'other', subject: 'other' }) }))).toEqual([404, 'unknown_payment']);
    expect(codeOf(await call(path, { name: 'elsewhere', token: await clientToken(at('elsewhere')) }))).toEqual([404, 'unknown_payment']);
    expect(codeOf(await call(path, { token: (await granted([payable()])).token }))).toEqual([404, 'unknown_payment']);
  });

  it('is made once by twenty at the same moment under one key, and by twenty under twenty', async () => {
    const [one, many] = [await granted([payable()]), await granted([payable()])];
    const headers = freshKey();
    const same = await Promise.all(Array.from({ length: 20 }, (_, index) => pay(one.token, { headers, ...(index % 2 && { port: secondPort }) })));
    expect(new Set(same.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const others = await Promise.all(Array.from({ length: 20 }, (_, index) => pay(many.token, index % 2 ? { port: secondPort } : {})));
    expect(others.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 403)]);
    expect([await booked(one.grantId), await booked(many.grantId)]).toEqual([1, 1]);
  });

  it.each<[string, object]>([
    ['another amount', { amount: { amount: '100.01', currency: 'GBP' } }],
    ['another currency', { amount: { amount: '100.00', currency: 'EUR' } }],
    ['another creditor', { creditorName: 'Corner Bar' }],
    ['another account', { creditorAccount: { scheme: 'SortCode', identification: '20000012345679' } }],
    ['another scheme', { creditorAccount: { scheme: 'Other', identification: '20000012345678' } }],
    ['an IBAN', { creditorAccount: { iban: 'GB15HBNK40010155120937' } }],
    ['another reference', { remittance: 'Invoice 8' }],
  ])('is refused with %s than approved', async (_, over) => {
    const { token, grantId } = await granted([payable()]);
    expect(codeOf(await pay(token, { body: JSON.stringify({ ...asked, ...over }) }))).toEqual([403, 'insufficient_scope']);
    expect(await booked(grantId)).toBe(0);
  });

  it('needs the detached signature of its body by the client', async () => {
    const { token, grantId } = await granted([payable()]);
    const body = JSON.stringify(asked);
    const other = importPrivateJwk(bench.configuration.client('other').privateJwk);
    const compact = await signJws({}, asked, key);
    const attempts: readonly [Parameters<typeof pay>[1], string][] = [
      [{ signature: null }, 'invalid_request'],
      [{ signature: 'x' }, 'invalid_request'],
      [{ signature: compact }, 'invalid_request'],
      [{ signature: await detached(`${body} `) }, 'bad_signature'],
      [{ by: other }, 'bad_signature'],
      [{ header: { crit: ['exp'], exp: 1 } }, 'invalid_request'],
      [{ header: { crit: ['urn:iss'], 'urn:iss': 'other' } }, 'bad_signature'],
      [{ header: { crit: [] } }, 'invalid_request'],
      [{ header: { b64: false } }, 'invalid_request'],
    ];
    for (const [attempt, code] of attempts) expect([attempt, codeOf(await pay(token, attempt))]).toEqual([attempt, [400, code]]);
    expect(await booked(grantId)).toBe(0);
    expect((await pay(token, { header: { crit: ['urn:iss', 'b64'], 'urn:iss': 'tally', b64: false } })).status).toBe(201);
  });

  it('asks whether there is enough for it', async () => {
    const { token, grantId } = await granted([payable()]);
    const enough = async (amount: string) => (await call(`/funds/${amount}`, { token })).json['enough'];
    expect([await enough('1000.00'), await enough('1000.01')]).toEqual([true, false]);
    await bench.pool.query(`UPDATE assent."grant" SET authorization_details = '[]' WHERE id = $1`, [grantId]);
    expect(await enough('1.00')).toBe(false);
    await bench.pool.query(`UPDATE assent."grant" SET status = 'revoked' WHERE id = $1`, [grantId]);
    expect(codeOf(await call('/funds/1.00', { token }))).toEqual([401, 'invalid_token']);
  });

  it('is made after its server died between doing and telling: the same answer, not another payment', async () => {
    const { token, grantId } = await granted([payable()]);
    const headers = freshKey();
    const first = await pay(token, { headers });
    // As if the process had gone before it kept the answer.
    await bench.pool.query(`UPDATE assent.market_answer SET answer = NULL, lease_until = now() - interval '1 minute' WHERE expires_at > now() + interval '23 hours'`);
    const again = await pay(token, { headers });
    expect([again.status, again.json]).toEqual([201, first.json]);
    expect(await booked(grantId)).toBe(1);
  });
});

it('describes each market’s resource (RFC 9728)', async () => {
  const message = await aRequest(bench, await clientToken(), '/.well-known/oauth-protected-resource/nowhere');
  expect((await answerTo(bench, message)).json).toMatchObject({ resource: base(), authorization_servers: [issuer()], scopes_supported: ['accounts', 'payments'], authorization_details_types_supported: ['urn:assent:neutral:data', 'urn:assent:neutral:payment'] });
});
