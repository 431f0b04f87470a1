import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientRegistry } from '@assent/persistence';
import { tagOf, type OAuthError, type RegisteredClients } from '@assent/protocol';
import { Message, type Answer } from '@assent/testing/fapi';
import { openAccountsGuard } from './access/guard.js';
import { aGrant, answerTo, aProof, aRequest, aToken, get, startBench, toKey, type Bench } from './bench.fixtures.js';

let bench: Bench;
let grantId: string;
let token: string;
beforeAll(async () => {
  bench = await startBench();
  grantId = await aGrant(bench);
  token = await aToken(bench, { grantId });
});
afterAll(() => bench.close());

const x5t = () => createHash('sha256').update(bench.identity.der).digest('base64url');
const certificateBound = () => aToken(bench, { grantId, confirmation: { 'x5t#S256': x5t() } });
const list = (answer: Answer, name: string) => answer.json[name] as readonly Record<string, unknown>[];

describe('account data', () => {
  it('is that of the consented accounts, in JSON nobody keeps', async () => {
    const answer = await get(bench, token, '/accounts');
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      accounts: [
        {
          accountId: 'ana-current', name: 'current', type: 'current', currency: 'GBP', identification: { scheme: 'IBAN', masked: '••••4821' },
          links: { self: `${bench.configuration.resource}/accounts/ana-current`, balances: `${bench.configuration.resource}/accounts/ana-current/balances`, transactions: `${bench.configuration.resource}/accounts/ana-current/transactions` },
        },
      ],
      links: { self: `${bench.configuration.resource}/accounts` },
    }); // prettier-ignore
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('date')).not.toBeNull();
  });

  it.each(['/accounts/ana-current/balances', '/balances'])('holds balances: %s', async (path) => {
    expect(list(await get(bench, token, path), 'balances')).toEqual([{ accountId: 'ana-current', type: 'booked', amount: { amount: '12.50', currency: 'GBP' }, asOf: '2026-03-01T00:00:00.000Z' }]);
  });

  it('shows the number of one account in full', async () => {
    expect((await get(bench, token, '/accounts/ana-current')).json).toMatchObject({ accountId: 'ana-current', identification: { value: 'GB09HBNK40010112344821' } });
  });

  it('comes over a certificate-bound token too', async () => {
    const bound = await certificateBound();
    const message = new Message({ method: 'GET', url: `${bench.configuration.resource}/accounts`, headers: [['authorization', `Bearer ${bound}`]], identity: bench.identity });
    expect((await answerTo(bench, message)).status).toBe(200);
  });

  it('comes over an opaque token too', async () => {
    const { issuer, resource } = bench.configuration;
    const opaque = 'opaque-token-0000000000000000000000000000000';
    bench.introspection = { active: true, iss: issuer, aud: resource, client_id: 'tally', sub: 'ana-subject', scope: 'accounts', exp: 4_000_000_000, jti: 'x.y', grant_id: grantId, cnf: toKey(bench).confirmation };
    expect(list(await get(bench, opaque, '/accounts'), 'accounts')).toHaveLength(1);
    bench.introspection = { active: false };
    expect((await get(bench, `${opaque}1`, '/accounts')).status).toBe(401);
  });

  it('follows pages to the end, within the days asked for', async () => {
    let path: string | undefined = '/accounts/ana-current/transactions?limit=10&from=2026-03-03';
    const found: unknown[] = [];
    while (path !== undefined) {
      const answer = await get(bench, token, path);
      expect(answer.status).toBe(200);
      found.push(...list(answer, 'transactions').map(({ transactionId }) => transactionId));
      const { next } = answer.json['links'] as { next?: string };
      path = next?.slice(bench.configuration.resource.length);
    }
    expect(found).toEqual(Array.from({ length: 24 }, (_, i) => `ana-current${25 - i}`));
  });

  it('takes one statement a request', async () => {
    const before = bench.server.statistics().statements;
    for (const path of ['/accounts', '/accounts/ana-current', '/balances', '/accounts/ana-current/transactions']) await get(bench, token, path);
    expect(bench.server.statistics().statements - before).toBe(4);
  });

  it('answers HEAD without a body', async () => {
    const answer = await answerTo(bench, await aRequest(bench, token, '/accounts', 'HEAD'));
    expect([answer.status, answer.text]).toEqual([200, '']);
  });
});

describe('account data of others', () => {
  it.each(['ana-savings', 'ben-current', 'nobody', '%C3%A9'])('is not there: %s', async (id) => {
    for (const rest of ['', '/balances', '/transactions']) {
      const answer = await get(bench, token, `/accounts/${id}${rest}`);
      expect([answer.status, answer.json]).toEqual([404, { error: 'not_found', error_description: 'no such account' }]);
    }
  });

  it('is not reached by a token that stands for the client alone', async () => {
    const own = await aToken(bench, { subject: 'tally' });
    for (const path of ['/accounts', '/balances', '/accounts/ana-current/transactions']) {
      const answer = await get(bench, own, path);
      expect([answer.status, answer.json['error']]).toEqual([403, 'insufficient_scope']);
    }
  });

  it.each<[string, () => Promise<string>]>([
    ['another client', () => aToken(bench, { grantId, clientId: 'other' })],
    ['another subject', () => aToken(bench, { grantId, subject: 'ben-subject' })],
    ['a grant nobody knows', () => aToken(bench, { grantId: 'x'.repeat(32) })],
  ])('is not reached by a token that names the grant for %s', async (_, mint) => {
    const answer = await get(bench, await mint(), '/accounts');
    expect([answer.status, answer.json['error'], answer.headers.get('www-authenticate')]).toEqual([401, 'invalid_token', expect.stringMatching(/^DPoP error="invalid_token"/)]);
  });
});

describe('account data under an account_information detail (RFC 9396 section 9, RR-12, RR-13)', () => {
  const aDetail = (changes: object = {}) => ({ type: 'account_information', actions: ['list_accounts', 'read_balances', 'read_transactions'], accounts: ['ana-current'], ...changes });
  const withDetails = async (details: unknown, accounts?: readonly string[]) => aToken(bench, { grantId: await aGrant(bench, accounts), scope: [], details });
  const paths = ['/accounts', '/accounts/ana-current', '/balances', '/accounts/ana-current/balances', '/accounts/ana-current/transactions'];
  const ids = (answer: Answer, name: string) => list(answer, name).map(({ accountId }) => accountId);

  it.each(paths)('is reached without any scope: %s', async (path) => {
    expect((await get(bench, await withDetails([aDetail()]), path)).status).toBe(200);
  });

  it('is reached over an opaque token too', async () => {
    const { issuer, resource } = bench.configuration;
    const mine = await aGrant(bench);
    bench.introspection = { active: true, iss: issuer, aud: resource, client_id: 'tally', sub: 'ana-subject', exp: 4_000_000_000, jti: 'x.y', grant_id: mine, cnf: toKey(bench).confirmation, authorization_details: [aDetail({ transactionsFrom: '2026-03-25' })] };
    const opaque = 'opaque-token-1111111111111111111111111111111';
    expect(ids(await get(bench, opaque, '/accounts'), 'accounts')).toEqual(['ana-current']);
    const history = await get(bench, opaque, '/accounts/ana-current/transactions');
    expect([list(history, 'transactions').map(({ bookingDate }) => bookingDate), history.json['permittedPeriods']]).toEqual([['2026-03-26', '2026-03-25'], [{ from: '2026-03-25' }]]);
    bench.introspection = { active: false };
  });

  it('is that of accounts both grant and detail name', async () => {
    const both = await withDetails([aDetail({ accounts: ['ana-savings', 'ben-current'] })], ['ana-current', 'ana-savings']);
    expect(ids(await get(bench, both, '/accounts'), 'accounts')).toEqual(['ana-savings']);
    expect(ids(await get(bench, both, '/balances'), 'balances')).toEqual(['ana-savings']);
    const [outside, unknown] = [await get(bench, both, '/accounts/ana-current'), await get(bench, both, '/accounts/nobody')];
    expect([outside.status, outside.text]).toEqual([404, unknown.text]);
    for (const path of ['/accounts/ana-current/balances', '/accounts/ana-current/transactions', '/accounts/ben-current']) expect((await get(bench, both, path)).status).toBe(404);
  });

  it('never leaves its days, and says which they are', async () => {
    const bounded = await withDetails([aDetail({ transactionsFrom: '2026-03-10', transactionsTo: '2026-03-12' })]);
    const days = async (query: string) => list(await get(bench, bounded, `/accounts/ana-current/transactions${query}`), 'transactions').map(({ bookingDate }) => bookingDate);
    expect(await days('')).toEqual(['2026-03-12', '2026-03-11', '2026-03-10']);
    expect(await days('?from=2026-03-01&to=2026-03-11')).toEqual(['2026-03-11', '2026-03-10']);
    expect(await days('?from=2026-03-13')).toEqual([]);
    // A cursor beyond them leads nowhere else.
    expect(await days(`?cursor=${Buffer.from('2026-03-26/25').toString('base64url')}`)).toEqual(['2026-03-12', '2026-03-11', '2026-03-10']);
  });

  it.each<[string, object, string]>([
    ['without the action for accounts', { actions: ['read_balances', 'read_transactions'] }, '/accounts'],
    ['without the action for balances', { actions: ['list_accounts', 'read_transactions'] }, '/balances'],
    ['without the action for transactions', { actions: ['list_accounts', 'read_balances'] }, '/accounts/ana-current/transactions'],
    ['at another location', { locations: ['https://other.example'] }, '/accounts'],
    ['of another type', { type: 'payment_initiation' }, '/accounts'],
    ['past its end', { expiresAt: '2026-01-01T00:00:00Z' }, '/accounts'],
  ])('is closed to a detail %s', async (_, changes, path) => {
    const answer = await get(bench, await withDetails([aDetail(changes)]), path);
    const scope = path.split('/').at(-1);
    expect([answer.status, answer.json['error']]).toEqual([403, 'insufficient_scope']);
    expect(answer.headers.get('www-authenticate')).toMatch(new RegExp(`^DPoP error="insufficient_scope", error_description="[^"]+", scope="${scope}"`));
  });
});

describe('the use of a grant', () => {
  it('is counted for what was answered, and written without a statement of its own', async () => {
    const mine = await aGrant(bench);
    const own = await aToken(bench, { grantId: mine });
    for (const path of ['/accounts', '/accounts/ana-current', '/balances', '/accounts/nobody']) await get(bench, own, path);
    const before = bench.server.statistics().statements;
    expect((await get(bench, own, '/accounts')).status).toBe(200);
    expect(bench.server.statistics().statements - before).toBe(1);
    let rows: object[] = [];
    while (rows.length < 2) {
      await sleep(50);
      ({ rows } = await bench.pool.query('SELECT kind, count FROM assent.grant_use WHERE grant_id = $1 ORDER BY kind', [mine]));
    }
    expect(rows).toEqual([{ kind: 'accounts', count: 3 }, { kind: 'balances', count: 1 }]); // prettier-ignore
  });
});

describe('a malformed request', () => {
  it.each(['from=2026-02-30', 'from=2026-03-02&to=2026-03-01', 'limit=0', 'limit=9999', 'cursor=x', 'cursor=%00', 'from=2026-01-01&from=2026-01-02', 'from=%ff'])('is refused: %s', async (query) => {
    const answer = await get(bench, token, `/accounts/ana-current/transactions?${query}`);
    expect([answer.status, answer.json['error']]).toEqual([400, 'invalid_request']);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('is refused by its method: %s', async (method) => {
    const answer = await answerTo(bench, await aRequest(bench, token, '/accounts', method));
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('is refused at an unknown address', async () => {
    expect((await get(bench, token, '/cards')).status).toBe(404);
  });
});

interface Refused {
  readonly says: string;
  readonly change: (message: Message) => unknown;
  readonly token?: () => Promise<string>;
  readonly status: number;
  readonly error: string;
  readonly scheme: 'DPoP' | 'Bearer';
}
const invalidToken = { status: 401, error: 'invalid_token' } as const;
const invalidProof = { status: 401, error: 'invalid_dpop_proof', scheme: 'DPoP' } as const;
const asBearer = (message: Message) => message.setHeader('authorization', message.header('authorization').replace('DPoP', 'Bearer'));
const same = () => undefined;

describe('refused, as sent (F2-RS-01..05, F2-DP, F2-MT-04)', () => {
  it.each<Refused>([
    { says: 'F2-RS-02 a token in the query', change: (message) => message.setHeader('authorization', undefined).url.searchParams.set('access_token', token), status: 400, error: 'invalid_request', scheme: 'DPoP' },
    { says: 'F2-RS-02 a token in the query beside the header', change: (message) => message.url.searchParams.set('access_token', token), status: 400, error: 'invalid_request', scheme: 'DPoP' },
    { says: 'F2-DP-20 two Authorization headers', change: (message) => message.addHeader('authorization', `Bearer ${token}`), status: 400, error: 'invalid_request', scheme: 'DPoP' },
    { says: 'F2-DP-20 a DPoP-bound token under Bearer', change: asBearer, ...invalidToken, scheme: 'Bearer' },
    { says: 'F2-DP-20 the same without a proof', change: (message) => asBearer(message).setHeader('dpop', undefined), ...invalidToken, scheme: 'Bearer' },
    { says: 'F2-DP-01 no proof', change: (message) => message.setHeader('dpop', undefined), ...invalidProof },
    { says: 'F2-DP-01 two proofs', change: async (message) => message.addHeader('dpop', await aProof(bench, token, '/accounts')), ...invalidProof },
    { says: 'F2-DP-06 a proof for another method', change: async (message) => message.setHeader('dpop', await aProof(bench, token, '/accounts', 'POST')), ...invalidProof },
    { says: 'F2-DP-08 a proof for another address', change: async (message) => message.setHeader('dpop', await aProof(bench, token, '/balances')), ...invalidProof },
    { says: 'F2-DP-08 a proof for the name in Host', change: async (message) => { message.setHeader('host', 'evil.example'); message.setHeader('dpop', await aProof({ ...bench, configuration: { ...bench.configuration, resource: 'https://evil.example' } }, token, '/accounts')); }, ...invalidProof },
    { says: 'F2-DP-11 a proof for another token', change: async (message) => message.setHeader('dpop', await aProof(bench, 'other', '/accounts')), ...invalidProof },
    { says: 'F2-DP-12 a proof by another key', change: async (message) => message.setHeader('dpop', await aProof({ ...bench, clientKey: bench.issuerKey }, token, '/accounts')), ...invalidToken, scheme: 'DPoP' },
    { says: 'F2-DP-12 a certificate-bound token under DPoP', token: certificateBound, change: (message) => { message.identity = bench.identity; }, ...invalidToken, scheme: 'DPoP' },
    { says: 'F2-MT-04 no certificate', token: certificateBound, change: asBearer, ...invalidToken, scheme: 'Bearer' },
    { says: 'F2-MT-04 another certificate', token: certificateBound, change: async (message) => { message.identity = await bench.configuration.clientAuthority.issue({ subject: 'CN=tally' }); asBearer(message); }, ...invalidToken, scheme: 'Bearer' },
    { says: 'F2-RS-03 a token of noise', token: async () => 'noise', change: same, ...invalidToken, scheme: 'DPoP' },
    { says: 'F2-RS-03 an expired token', token: () => aToken(bench, { grantId, expiresAt: new Date(0) }), change: same, ...invalidToken, scheme: 'DPoP' },
    { says: 'AT-05 a token for another resource', token: () => aToken(bench, { grantId, audience: ['https://other.example'] }), change: same, ...invalidToken, scheme: 'DPoP' },
    { says: 'AT-05 a token of another issuer', token: () => aToken(bench, { grantId, issuer: 'https://other.example' }), change: same, ...invalidToken, scheme: 'DPoP' },
    { says: 'AT-05 a token signed by somebody else', token: () => aToken({ ...bench, issuerKey: { ...bench.clientKey, kid: bench.issuerKey.kid } }, { grantId }), change: same, ...invalidToken, scheme: 'DPoP' },
    { says: 'F2-RS-05 an unconstrained token', token: () => aToken(bench, { grantId, confirmation: {} as never }), change: asBearer, ...invalidToken, scheme: 'Bearer' },
    { says: 'F2-RS-04 a token without the scope', token: () => aToken(bench, { grantId, scope: ['balances'] }), change: same, status: 403, error: 'insufficient_scope', scheme: 'DPoP' },
  ])('$says', async ({ change, token: mint = async () => token, status, error, scheme }) => {
    const message = await aRequest(bench, await mint(), '/accounts');
    await change(message);
    const answer = await answerTo(bench, message);
    const challenge = answer.headers.get('www-authenticate') ?? '';
    expect([answer.status, answer.json['error']]).toEqual([status, error]);
    expect(challenge).toMatch(new RegExp(`^${scheme} error="${error}", error_description="[^"]+"`));
    expect(challenge.includes('resource_metadata=')).toBe(status === 401);
    if (status === 403) expect(challenge).toContain('scope="accounts"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }); // prettier-ignore

  it('F2-RS-01 no token: both schemes offered, no error named', async () => {
    const answer = await answerTo(bench, new Message({ method: 'GET', url: `${bench.configuration.resource}/accounts` }));
    const metadata = `resource_metadata="${bench.configuration.resource}/.well-known/oauth-protected-resource"`;
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, `DPoP ${metadata}, algs="PS256 ES256 EdDSA Ed25519", Bearer ${metadata}`]);
  });

  it('F2-DP-10 a proof the second time', async () => {
    const message = await aRequest(bench, token, '/accounts');
    expect((await answerTo(bench, message)).status).toBe(200);
    const again = await answerTo(bench, message);
    expect([again.status, again.json['error']]).toEqual([401, 'invalid_dpop_proof']);
  });
});

describe('revocation (F2-RS-03)', () => {
  it.each(['token', 'family', 'grant'] as const)('of the %s is honoured within a second', async (subject) => {
    const mine = await aGrant(bench);
    const jti = `${mine}.1`;
    const doomed = await aToken(bench, { grantId: mine, jti });
    expect((await get(bench, doomed, '/accounts')).status).toBe(200);
    const id = { token: jti, family: mine, grant: mine }[subject];
    await bench.pool.query(`INSERT INTO assent.revocation (tag, id, subject, until, kept_until) VALUES ($1, $2, $3, now() + interval '1 hour', now() + interval '1 hour')`, [tagOf(id), id, subject]);
    await sleep(1000);
    const answer = await get(bench, doomed, '/accounts');
    expect([answer.status, answer.json['error']]).toEqual([401, 'invalid_token']);
  });

  it('of the grant alone is seen by the statement at once', async () => {
    const mine = await aGrant(bench);
    const doomed = await aToken(bench, { grantId: mine });
    await bench.pool.query(`UPDATE assent."grant" SET status = 'revoked' WHERE id = $1`, [mine]);
    expect((await get(bench, doomed, '/accounts')).status).toBe(401);
  });
});

describe('what was revoked', () => {
  it.each([
    [1, 503],
    [60, 200],
  ])('may be known for at most maxFeedAge: %s s', async (maxFeedAge, status) => {
    const { config } = bench.configuration;
    const registry = await ClientRegistry.open({ issuers: config.issuers, store: {} as RegisteredClients, log: { warn: () => undefined } });
    const feed = { isRevoked: () => false, age: () => 30_000, close: async () => undefined };
    const { guard, close } = await openAccountsGuard({ ...config, resourceServer: { ...config.resourceServer, maxFeedAge } }, { feed, registry, clock: bench.clock });
    const { headers } = await aRequest(bench, token, '/accounts');
    const answer = await guard.verify({ method: 'GET', url: '/accounts', headers: headers.flat(), certificate: undefined }).then(() => 200, (error: OAuthError) => error.status);
    expect(answer).toBe(status);
    await close();
  });
});

describe('around the data', () => {
  it('publishes what it is (PRM-01..03)', async () => {
    const answer = await answerTo(bench, new Message({ method: 'GET', url: `${bench.configuration.resource}/.well-known/oauth-protected-resource` }));
    expect(answer.json).toMatchObject({ resource: bench.configuration.resource, authorization_servers: [bench.configuration.issuer], bearer_methods_supported: ['header'], scopes_supported: ['accounts', 'balances', 'transactions'], authorization_details_types_supported: ['account_information', 'payment_initiation', 'recurring_payment'] });
  });

  it.each(['/accounts', '/nothing'])('echoes x-fapi-interaction-id on every answer: %s', async (path) => {
    const id = 'C770AEF3-6784-41F7-8E0E-FF5F97BDDB3A';
    const answer = await answerTo(bench, new Message({ method: 'GET', url: `${bench.configuration.resource}${path}`, headers: [['x-fapi-interaction-id', id]] }));
    expect(answer.headers.get('x-fapi-interaction-id')).toBe(id);
    const without = await answerTo(bench, new Message({ method: 'GET', url: `${bench.configuration.resource}${path}` }));
    expect(without.headers.get('x-fapi-interaction-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(['application/json;charset=utf-8', '*/*'])('answers Accept: %s (F2-RS-01)', async (accept) => {
    const message = await aRequest(bench, token, '/accounts');
    expect((await answerTo(bench, message.setHeader('accept', accept))).status).toBe(200);
  });

  it('lets no other site read it', async () => {
    const message = await aRequest(bench, token, '/accounts');
    const answer = await answerTo(bench, message.setHeader('origin', 'https://evil.example'));
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});
