import { randomUUID } from 'node:crypto';
import type { Answer } from '@assent/testing/fapi';
import { dialectOf, foreignCertificate, initialToken, startRegistrationWorld, type Joined, type RegistrationWorld, type RequestChanges } from './support/registration-world.js';
import { requestJws, type Party } from './support/test-directory.js';

/*
 * How third parties join each market (RFC 7591): the good request with exactly one thing changed, its code, its rule in the
 * audit, and that no client came of it.
 */

let world: RegistrationWorld;
beforeAll(async () => {
  world = await startRegistrationWorld();
}, 120_000);
afterAll(() => world?.stop());

type ByStatement = 'plain' | 'uk' | 'brazil' | 'cdr' | 'ksa' | 'fdx';
const byStatement: readonly ByStatement[] = ['plain', 'uk', 'brazil', 'cdr', 'ksa', 'fdx'];
const overMtls = byStatement.filter((market) => dialectOf(market).mtls === 'required');
const signed = byStatement.filter((market) => dialectOf(market).request.as === 'jws');

/** What a market that fills nothing in must be told. */
const ownMetadata: Partial<Record<Joined, Readonly<Record<string, unknown>>>> = {
  plain: { token_endpoint_auth_method: 'private_key_jwt', grant_types: ['authorization_code', 'refresh_token', 'client_credentials'], scope: 'openid accounts' },
  fdx: { token_endpoint_auth_method: 'private_key_jwt' },
};
const good = (market: Joined, changes: RequestChanges = {}): RequestChanges => ({ ...changes, metadata: { ...ownMetadata[market], ...changes.metadata } });

const join = (market: Joined, ...changes: [Parameters<RegistrationWorld['directory']['join']>[1]?, Parameters<RegistrationWorld['directory']['join']>[2]?]): Promise<Party> => world.directory.join(dialectOf(market), ...changes);
const register = (market: Joined, party: Party, changes?: RequestChanges): Promise<Answer> => world.register(market, party, good(market, changes));

const seconds = (): number => Math.floor(Date.now() / 1000);

async function ruleOf(answer: Answer): Promise<string | undefined> {
  const { rows } = await world.stack.database.pool.query<{ rule: string }>(`SELECT rule FROM assent.audit_event WHERE request_id = $1 AND type = 'registration.refused'`, [answer.headers.get('x-request-id')]);
  return rows[0]?.rule;
}

interface Expected {
  readonly status?: number;
  readonly code: string;
  readonly rule: string;
}

async function expectRefused(market: Joined, answer: Answer, { status = 400, code, rule }: Expected, before: readonly string[]): Promise<void> {
  expect({ status: answer.status, code: answer.json['error'], rule: await ruleOf(answer) }).toEqual({ status, code, rule });
  expect(String(answer.json['error_description']).length).toBeGreaterThan(10);
  expect(answer.headers.get('cache-control')).toContain('no-store');
  expect(await world.kept(market)).toEqual(before);
}

const statementRefused = { code: 'invalid_software_statement', rule: 'DCR-04' } as const;

describe.each(byStatement)('a software statement at %s', (market) => {
  const dialect = dialectOf(market);
  const { statement } = dialect;
  if (!statement) throw new Error('no statement');

  it('registers its software, and what is in force is told', async () => {
    const party = await join(market);
    const answer = await register(market, party);
    const { software } = party;
    expect(answer).toMatchObject({ status: 201, json: { client_name: software.name, redirect_uris: software.redirectUris, jwks_uri: software.jwksUri, software_id: software.id, software_statement: expect.any(String), client_id_issued_at: expect.any(Number) } });
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect(await world.kept(market)).toContain(answer.json['client_id']);
    expect('registration_access_token' in answer.json).toBe(dialect.management.access.as === 'registration-token');
    expect(Object.keys(answer.json)).not.toContain('organisation');
  });

  const cases: readonly (readonly [string, (party: Party) => Promise<RequestChanges> | RequestChanges, Expected])[] = [
    ['forged', async (party) => ({ statement: await world.directory.statement(dialect, party, {}, world.directory.stranger.signing) }), statementRefused],
    ['forged under the directory’s kid', async (party) => ({ statement: await world.directory.statement(dialect, party, {}, { ...world.directory.stranger.signing, kid: world.directory.key.signing.kid }) }), statementRefused],
    ['of a directory nobody trusts', () => ({ statement: { iss: 'https://elsewhere.example' } }), { code: 'unapproved_software_statement', rule: 'DCR-04' }],
    ['without iss', () => ({ statement: { iss: undefined } }), { code: 'unapproved_software_statement', rule: 'DCR-04' }],
    ['expired', () => ({ statement: { exp: seconds() - 1 } }), statementRefused],
    ['of the future', () => ({ statement: { iat: seconds() + 600 } }), statementRefused],
    ['not valid yet', () => ({ statement: { nbf: seconds() + 600 } }), statementRefused],
    ['whose time is no number', () => ({ statement: { exp: 'tomorrow' } }), statementRefused],
    ['that is no JWT', () => ({ metadata: { software_statement: 'nonsense' } }), statementRefused],
    ['that is no text', () => ({ metadata: { software_statement: 7 } }), statementRefused],
    ['whose signature is cut off', async (party) => ({ statement: (await world.directory.statement(dialect, party)).replace(/\.[^.]*$/, '.') }), statementRefused],
    ['of NUL', () => ({ statement: { software_version: '1\u0000' } }), statementRefused],
    ['of half a character', () => ({ statement: { org_name: 'Tally \ud800' } }), statementRefused],
    ['with alg none', async (party) => ({ statement: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await world.directory.statement(dialect, party)).split('.')[1] ?? ''}.` }), statementRefused],
    ...(statement.freshness.maxAge === undefined ? [] : [['too old', () => ({ statement: { iat: seconds() - (statement.freshness.maxAge ?? 0) - 5 } }), statementRefused] as const]),
    ...(statement.freshness.exp === 'optional' ? [] : [['without exp', () => ({ statement: { exp: undefined } }), statementRefused] as const]),
    ...statement.required.map((name) => [`without ${name}`, () => ({ statement: { [name]: undefined } }), statementRefused] as const),
  ];

  it.each(cases)('is refused when it is %s', async (_, change, expected) => {
    const party = await join(market);
    const before = await world.kept(market);
    await expectRefused(market, await register(market, party, await change(party)), expected, before);
  });

  it(dialect.duplicates === 'refused' ? 'registers one client of a software, however many ask at once' : 'may register a software again', async () => {
    const party = await join(market);
    const answers = await Promise.all(Array.from({ length: 4 }, () => register(market, party)));
    const registered = answers.filter(({ status }) => status === 201);
    if (dialect.duplicates !== 'refused') return expect(registered).toHaveLength(4);
    expect(registered).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect({ status: answer.status, code: answer.json['error'], rule: await ruleOf(answer) }).toEqual({ status: 400, code: dialect.codes.duplicate, rule: 'ASSENT-DCR-08' });
    }
  });

  it('registers nobody anew whose software is suspended', async () => {
    const party = await join(market);
    const clientId = String((await register(market, party)).json['client_id']);
    const { registeredClients } = world.stack.database.stores;
    const about = { issuer: world.issuerOf(market), clientId, by: 'operator' as const, now: new Date(), audit: { type: 'registration.suspended', issuer: world.issuerOf(market) } };
    expect(await registeredClients.suspend(about)).toBe('suspended');
    const before = await world.kept(market);
    await expectRefused(market, await register(market, party), { code: dialect.codes.unapproved, rule: 'ASSENT-DCR-07' }, before);
    await registeredClients.resume(about);
    if (dialect.duplicates !== 'refused') expect((await register(market, party)).status).toBe(201);
  });

  it(statement.replay === 'refused' ? 'registers once, and never again' : 'may be used again while it is fresh', async () => {
    const party = await join(market);
    const compact = await world.directory.statement(dialect, party);
    const first = await register(market, party, { statement: compact });
    expect(first.status).toBe(201);
    if (statement.replay === 'allowed') return;
    const before = await world.kept(market);
    await expectRefused(market, await register(market, party, { statement: compact }), { code: 'invalid_software_statement', rule: 'ASSENT-DCR-09' }, before);
  });
});

describe.each(byStatement)('metadata at %s', (market) => {
  const dialect = dialectOf(market);

  const cases: readonly (readonly [string, (party: Party) => RequestChanges, Expected])[] = [
    ['a redirect URI that is not in the statement', () => ({ metadata: { redirect_uris: ['https://attacker.example/callback'] } }), { code: 'invalid_redirect_uri', rule: 'ASSENT-DCR-11' }],
    ['one more redirect URI', ({ software }) => ({ metadata: { redirect_uris: [...software.redirectUris, 'https://attacker.example/callback'] } }), { code: 'invalid_redirect_uri', rule: 'ASSENT-DCR-11' }],
    ['redirect URIs that are no list', () => ({ metadata: { redirect_uris: 'https://tpp.test' } }), { code: 'invalid_redirect_uri', rule: 'ASSENT-DCR-11' }],
    ['another address of keys', () => ({ metadata: { jwks_uri: 'https://attacker.example/jwks' } }), { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-12' }],
    ['keys by value', ({ key }) => ({ metadata: { jwks: { keys: [key.jwk] } } }), { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-12' }],
    ['a shared secret', () => ({ metadata: { token_endpoint_auth_method: 'client_secret_basic' } }), { code: 'invalid_client_metadata', rule: 'DCR-06' }],
    ['a weak algorithm', () => ({ metadata: { token_endpoint_auth_signing_alg: 'RS256' } }), { code: 'invalid_client_metadata', rule: 'DCR-06' }],
    ['no algorithm', () => ({ metadata: { id_token_signed_response_alg: 'none' } }), { code: 'invalid_client_metadata', rule: 'DCR-06' }],
    ['an implicit response type', () => ({ metadata: { response_types: ['token'] } }), { code: 'invalid_client_metadata', rule: 'DCR-06' }],
    ['a grant type nobody has', () => ({ metadata: { grant_types: ['password'] } }), { code: 'invalid_client_metadata', rule: 'DCR-06' }],
    ...(['first_party', 'introspection', 'organisation', 'evidence', 'grant_events', 'access_token_format', 'client_secret'] as const).map(
      (member) => [`what only the operator says (${member})`, () => ({ metadata: { [member]: true } }), { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-10' }] as const,
    ),
    ['NUL', () => ({ metadata: { contacts: ['a\u0000'] } }), { code: 'invalid_client_metadata', rule: dialect.request.as === 'jws' ? 'ASSENT-DCR-03' : 'ASSENT-DCR-02' }],
    ['half a character in a name', () => ({ metadata: { 'client_name#\ud800': 'x' } }), { code: 'invalid_client_metadata', rule: dialect.request.as === 'jws' ? 'ASSENT-DCR-03' : 'ASSENT-DCR-02' }],
    ...(dialect.metadata.banned ?? []).map(({ member }) => [`what the market bans (${member})`, () => ({ metadata: { [member]: 'RSA-OAEP' } }), { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-13' }] as const),
    ...(dialect.roles.length === 0 ? [] : [['a scope that no role opens', () => ({ metadata: { scope: 'everything' } }), { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-16' }] as const]),
  ];

  it.each(cases)('is refused with %s', async (_, change, expected) => {
    const party = await join(market);
    const before = await world.kept(market);
    await expectRefused(market, await register(market, party, change(party)), expected, before);
  });

  if (dialect.metadata.localRedirects === 'refused') {
    it.each(['https://localhost/callback', 'https://LOCALHOST:8443/callback', 'https://app.localhost/cb', 'https://127.0.0.1/callback', 'https://[::1]/callback', 'http://tpp.test/callback', 'com.tally:/callback'])('is refused when it leads to the own machine, or is not https: %s', async (uri) => {
      const party = await join(market, { redirectUris: [uri] });
      const before = await world.kept(market);
      await expectRefused(market, await register(market, party), { code: 'invalid_redirect_uri', rule: 'ASSENT-DCR-11' }, before);
    });
  }

  it('gives way to the statement, and narrows the redirect URIs to those asked for', async () => {
    const party = await join(market);
    const [first = ''] = party.software.redirectUris;
    const answer = await register(market, party, { metadata: { client_name: 'The Bank Itself', logo_uri: 'https://attacker.example/logo', software_id: 'other', redirect_uris: [first], nonsense: true } });
    expect(answer).toMatchObject({ status: 201, json: { client_name: party.software.name, software_id: party.software.id, redirect_uris: [first] } });
    expect(answer.json).not.toHaveProperty('nonsense');
    expect(answer.json['logo_uri']).not.toBe(party.software.logoUri === undefined ? undefined : 'https://attacker.example/logo');
  });
});

describe.each(byStatement.filter((market) => dialectOf(market).roles.length > 1))('roles at %s', (market) => {
  const { roles, codes } = dialectOf(market);

  it.each(roles.map(({ role, scopes }) => [role, scopes] as const))('open the scopes of %s and no others', async (role, scopes) => {
    const party = await join(market, { roles: [role] });
    const answer = await register(market, party);
    expect(answer.status).toBe(201);
    const others = roles.flatMap((rule) => (rule.role === role ? [] : rule.scopes)).filter((scope) => !scopes.includes(scope));
    const granted = String(answer.json['scope']).split(' ');
    expect(granted).toContain('openid');
    expect(granted.filter((scope) => others.includes(scope))).toEqual([]);
    expect(granted.filter((scope) => scope !== 'openid').every((scope) => scopes.includes(scope))).toBe(true);
  });

  it('narrow what is asked for', async () => {
    const [only] = roles;
    const party = await join(market, { roles: [only?.role ?? ''] });
    const all = roles.flatMap(({ scopes }) => scopes).join(' ');
    const answer = await register(market, party, { metadata: { scope: `openid ${all}` } });
    expect(answer.status).toBe(201);
    expect(String(answer.json['scope']).split(' ').every((scope) => scope === 'openid' || only?.scopes.includes(scope))).toBe(true);
  });

  it.each<[string, Parameters<typeof join>[1], Parameters<typeof join>[2]]>([
    ['there are none', { roles: [] }, {}],
    ['the organisation has lost them', {}, { roles: roles.map(({ role }) => ({ role, status: 'Inactive' })) }],
    ['nobody knows them', { roles: ['ASTRONAUT'] }, { roles: [{ role: 'ASTRONAUT', status: 'Active' }] }],
    ['the organisation is not active', {}, { status: 'Inactive' }],
  ])('open nothing when %s', async (_, software, organisation) => {
    const party = await join(market, software, organisation);
    const before = await world.kept(market);
    await expectRefused(market, await register(market, party), { code: codes.unapproved, rule: 'ASSENT-DCR-07' }, before);
  });
});

describe.each([...overMtls, 'uae' as const])('the certificate at %s', (market) => {
  const dialect = dialectOf(market);
  const unauthenticated = { status: 401, code: 'invalid_client', rule: 'ASSENT-DCR-05' } as const;

  it('must be presented', async () => {
    const party = await join(market);
    const before = await world.kept(market);
    const request = await world.request(market, party, good(market));
    await expectRefused(market, await world.send(market, { ...request, identity: undefined }), unauthenticated, before);
    await expectRefused(market, await world.send(market, { ...request, plainAddress: true }), unauthenticated, before);
  });

  it('must be of a trusted authority', async () => {
    const party = await join(market);
    const before = await world.kept(market);
    const subject = (dialect.certificate?.subject(party.software, party.organisation) ?? []).filter(({ type }) => ['C', 'O', 'OU', 'CN'].includes(type)).reverse().map(({ type, value }) => `${type}=${value}`).join(',');
    await expectRefused(market, await world.send(market, { ...(await world.request(market, party, good(market))), identity: await foreignCertificate(subject) }), unauthenticated, before);
  });

  if (market !== 'uae') {
    it('must be the software’s own', async () => {
      const [party, other] = [await join(market), await join(market)];
      const before = await world.kept(market);
      const request = await world.request(market, party, good(market));
      await expectRefused(market, await world.send(market, { ...request, identity: other.identity }), { code: dialect.codes.foreignCertificate, rule: 'ASSENT-DCR-06' }, before);
    });
  }
});

describe.each(signed)('the request’s own signature at %s', (market) => {
  const dialect = dialectOf(market);
  const refused = { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-03' } as const;
  const sign = async (party: Party, rest: NonNullable<Parameters<typeof requestJws>[3]>, audience = world.issuerOf(market)) =>
    world.send(market, { identity: party.identity, type: dialect.request.as === 'jws' ? dialect.request.mediaTypes[0] : undefined, body: await requestJws(party, audience, { software_statement: await world.directory.statement(dialect, party) }, rest) });

  it.each<[string, (party: Party) => Promise<Answer>]>([
    ['of another key', (party) => sign(party, { by: world.directory.stranger.signing })],
    ['of the directory', (party) => sign(party, { by: world.directory.key.signing })],
    ['with a key in its header (jwk)', (party) => sign(party, { by: world.directory.stranger.signing, header: { jwk: world.directory.stranger.jwk } })],
    ['with a certificate in its header (x5c)', (party) => sign(party, { header: { x5c: ['AAAA'] } })],
    ['with an address of keys in its header (jku)', (party) => sign(party, { header: { jku: 'https://attacker.example/jwks' } })],
    ['of another software', (party) => sign(party, { claims: { iss: 'other' } })],
    ['without iss', (party) => sign(party, { claims: { iss: undefined } })],
    ['for another bank', (party) => sign(party, {}, 'https://other-bank.example')],
    ['for nobody', (party) => sign(party, { claims: { aud: undefined } })],
    ['that has expired', (party) => sign(party, { claims: { iat: seconds() - 120, exp: seconds() - 60 } })],
    ['without exp', (party) => sign(party, { claims: { exp: undefined } })],
    ['without iat', (party) => sign(party, { claims: { iat: undefined } })],
    ['of the future', (party) => sign(party, { claims: { iat: seconds() + 600, exp: seconds() + 900 } })],
    ['that lives for days', (party) => sign(party, { claims: { exp: seconds() + 86_400 } })],
    ['without jti', (party) => sign(party, { claims: { jti: undefined } })],
    ['that is nonsense', (party) => world.send(market, { identity: party.identity, type: 'application/jwt', body: 'a.b.c' })],
  ])('is refused %s', async (_, attempt) => {
    const party = await join(market);
    const before = await world.kept(market);
    await expectRefused(market, await attempt(party), refused, before);
  });

  it('is refused the second time', async () => {
    const [party, jti] = [await join(market), randomUUID()];
    expect((await sign(party, { claims: { jti } })).status).toBe(201);
    const before = await world.kept(market);
    const answer = await sign(party, { claims: { jti } });
    await expectRefused(market, answer, { code: 'invalid_client_metadata', rule: 'DCR-REQ-06' }, before);
  });

  it('may name the bank among others', async () => {
    const party = await join(market);
    expect((await sign(party, { claims: { aud: ['https://elsewhere.example', world.issuerOf(market)] } })).status).toBe(201);
  });

  it('is needed', async () => {
    const party = await join(market);
    const before = await world.kept(market);
    const body = JSON.stringify({ software_statement: await world.directory.statement(dialect, party) });
    await expectRefused(market, await world.send(market, { identity: party.identity, type: 'application/json', body }), { status: 415, code: 'invalid_request', rule: 'ASSENT-DCR-02' }, before);
  });
});

describe('a request to register', () => {
  it.each<[string, string | undefined, string, Expected]>([
    ['is no JSON', 'application/json', '{', { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-02' }],
    ['is no object', 'application/json', '[]', { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-02' }],
    ['names a member twice', 'application/json', '{"scope":"openid","scope":"accounts"}', { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-02' }],
    ['is nested without end', 'application/json', `{"contacts":${'['.repeat(5000)}${']'.repeat(5000)}}`, { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-02' }],
    ['is a form', 'application/x-www-form-urlencoded', 'scope=openid', { status: 415, code: 'invalid_request', rule: 'ASSENT-DCR-02' }],
    ['is in another charset', 'application/json; charset=latin1', '{}', { status: 415, code: 'invalid_request', rule: 'ASSENT-DCR-02' }],
  ])('is refused when it %s', async (_, type, body, expected) => {
    const before = await world.kept('plain');
    await expectRefused('plain', await world.send('plain', { type, body, token: initialToken }), expected, before);
  });

  it('is refused when it is too large, before anybody looks at it', async () => {
    const answer = await world.send('plain', { type: 'application/json', body: JSON.stringify({ client_name: 'x'.repeat(100_000) }), token: initialToken });
    expect(answer.status).toBe(413);
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('comes by POST, not by %s', async (method) => {
    const answer = await world.send('plain', { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('has no address where nobody registers', async () => {
    for (const market of ['connectid', 'fapi2' as Joined] as const) expect((await world.send(market)).status).toBe(404);
  });
});

describe('an initial access token', () => {
  const body = JSON.stringify({ client_name: 'Own', redirect_uris: ['https://own.tpp.test/callback'], token_endpoint_auth_method: 'private_key_jwt', scope: 'openid accounts' });
  const withKeys = () => JSON.stringify({ ...(JSON.parse(body) as object), jwks: { keys: [world.directory.key.jwk] } });
  const send = (token: string | undefined, text = withKeys()) => world.send('plain', { type: 'application/json', body: text, token });

  it('registers without a statement, and its hash alone is known', async () => {
    const answer = await send(initialToken);
    expect(answer).toMatchObject({ status: 201, json: { client_name: 'Own', scope: 'openid accounts', registration_access_token: expect.any(String), registration_client_uri: expect.stringContaining('/plain/register/') } });
    expect(answer.json['registration_client_uri']).toBe(`https://localhost:${world.stack.ports.mtls}/plain/register/${String(answer.json['client_id'])}`);
    const { rows } = await world.stack.database.pool.query<{ detail: unknown }>(`SELECT detail FROM assent.audit_event WHERE client_id = $1`, [answer.json['client_id']]);
    expect(rows).toEqual([{ detail: expect.objectContaining({ initial_access_token: 'ops' }) }]);
  });

  it.each<[string, string | undefined]>([['is missing', undefined], ['is wrong', 'wrong'], ['is its own hash', 'x'.repeat(43)]])('is needed: refused when it %s', async (_, token) => {
    const before = await world.kept('plain');
    const answer = await send(token);
    await expectRefused('plain', answer, { status: 401, code: 'invalid_token', rule: 'DCR-03' }, before);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('is of no use where everybody needs a statement', async () => {
    const party = await join('brazil');
    const before = await world.kept('brazil');
    await expectRefused('brazil', await world.send('brazil', { identity: party.identity, type: 'application/json', body, token: initialToken }), statementRefused, before);
  });

  it('gives no scope that is for the bank’s own', async () => {
    const before = await world.kept('plain');
    await expectRefused('plain', await send(initialToken, JSON.stringify({ ...(JSON.parse(withKeys()) as object), scope: 'openid revocation_feed' })), { code: 'invalid_client_metadata', rule: 'DCR-06' }, before);
  });

  it.each([['Tally\u202eknaB'], ['Tally\nBank'], ['x'.repeat(256)]])('gives no name that no page can show: %j', async (name) => {
    const before = await world.kept('plain');
    await expectRefused('plain', await send(initialToken, JSON.stringify({ ...(JSON.parse(withKeys()) as object), client_name: name })), { code: 'invalid_client_metadata', rule: 'DCR-06' }, before);
  });

  it('does not let private keys in', async () => {
    const before = await world.kept('plain');
    const text = JSON.stringify({ ...(JSON.parse(body) as object), jwks: { keys: [{ ...world.directory.key.jwk, d: 'AAAA' }] } });
    await expectRefused('plain', await send(initialToken, text), { code: 'invalid_client_metadata', rule: 'DCR-06' }, before);
  });
});

describe('addresses', () => {
  const metadata = () => ({ redirect_uris: ['https://own.tpp.test/callback'], token_endpoint_auth_method: 'private_key_jwt', scope: 'openid accounts', jwks: { keys: [world.directory.key.jwk] } });
  const send = (more: Readonly<Record<string, unknown>>) => world.send('plain', { type: 'application/json', body: JSON.stringify({ ...metadata(), ...more }), token: initialToken });

  it.each(['https://10.0.0.1/x', 'https://169.254.169.254/latest/meta-data', 'https://[fd00::1]/x', 'https://[::ffff:10.0.0.1]/x', 'https://2886729729/x', 'https://0x0a000001/x', 'https://192.168.1.1:8443/x'])('never lead inside: %s', async (url) => {
    const before = await world.kept('plain');
    for (const member of ['jwks_uri', 'sector_identifier_uri', 'logo_uri', 'client_uri', 'policy_uri']) {
      const answer = await send({ [member]: url, ...(member === 'jwks_uri' && { jwks: undefined }) });
      await expectRefused('plain', answer, { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-14' }, before);
    }
  });

  it.each(['http://keys.example/jwks', 'file:///etc/passwd', 'https://user:secret@keys.example/jwks', 'javascript:alert(1)'])('are https URLs: not %s', async (url) => {
    const before = await world.kept('plain');
    await expectRefused('plain', await send({ jwks: undefined, jwks_uri: url }), { code: 'invalid_client_metadata', rule: 'DCR-06' }, before);
  });

  it('of keys must hold some', async () => {
    const { url, documents } = world.directory;
    documents.set('/no-keys', { keys: [] });
    documents.set('/no-jwks', 'nonsense');
    const before = await world.kept('plain');
    for (const path of ['/nothing', '/no-keys', '/no-jwks']) await expectRefused('plain', await send({ jwks: undefined, jwks_uri: `${url}${path}` }), { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-12' }, before);
  });

  it('of a sector must list every redirect URI', async () => {
    const { url, documents } = world.directory;
    documents.set('/sector/good', ['https://own.tpp.test/callback', 'https://other.tpp.test/callback']);
    documents.set('/sector/bad', ['https://other.tpp.test/callback']);
    documents.set('/sector/no-list', { redirect_uris: [] });
    expect(await send({ subject_type: 'pairwise', sector_identifier_uri: `${url}/sector/good` })).toMatchObject({ status: 201, json: { sector_identifier_uri: `${url}/sector/good`, subject_type: 'pairwise' } });
    const before = await world.kept('plain');
    await expectRefused('plain', await send({ sector_identifier_uri: `${url}/sector/bad` }), { code: 'invalid_redirect_uri', rule: 'ASSENT-DCR-15' }, before);
    await expectRefused('plain', await send({ sector_identifier_uri: `${url}/sector/no-list` }), { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-15' }, before);
    await expectRefused('plain', await send({ sector_identifier_uri: `${url}/sector/nothing` }), { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-15' }, before);
  });
});

describe('registration by certificate (UAE)', () => {
  const registered = async (id: string) => world.stack.database.stores.registeredClients.find(world.issuerOf('uae'), id);

  it('answers 204 and nothing; the client is what the directory says', async () => {
    const party = await join('uae');
    const answer = await world.register('uae', party);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await registered(party.software.id)).toMatchObject({ clientId: party.software.id, status: 'active', metadata: { client_name: party.software.name, jwks_uri: party.software.jwksUri, organisation: { legal_name: party.organisation.legalName } } });
  });

  it('takes over what the directory says when the application asks again, at once as often as it likes', async () => {
    const party = await join('uae');
    await world.register('uae', party);
    world.directory.standing.set(party.software.id, { party: { ...party, software: { ...party.software, name: 'New name' } }, status: 'active' });
    const answers = await Promise.all([1, 2, 3].map(() => world.register('uae', party)));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect(await registered(party.software.id)).toMatchObject({ metadata: { client_name: 'New name' } });
  });

  it('is served again when it asks and the directory has it active, but not against the operator', async () => {
    const { registeredClients } = world.stack.database.stores;
    const party = await join('uae');
    await world.register('uae', party);
    const suspend = (by: 'operator' | 'directory') => registeredClients.suspend({ issuer: world.issuerOf('uae'), clientId: party.software.id, by, now: new Date(), audit: { type: 'registration.suspended', issuer: world.issuerOf('uae') } });
    await suspend('directory');
    expect((await world.register('uae', party)).status).toBe(204);
    expect(await registered(party.software.id)).toMatchObject({ status: 'active' });
    await suspend('operator');
    await expectRefused('uae', await world.register('uae', party), { code: 'unapproved_software_statement', rule: 'ASSENT-DCR-07' }, await world.kept('uae'));
    expect(await registered(party.software.id)).toMatchObject({ status: 'suspended' });
  });

  it('is refused when it is another directory’s software that has the id here', async () => {
    const party = await join('uae');
    await world.register('uae', party);
    await world.stack.database.pool.query(`UPDATE assent.registered_client SET directory = 'https://other.example' WHERE client_id = $1`, [party.software.id]);
    await expectRefused('uae', await world.register('uae', party), { code: 'unapproved_software_statement', rule: 'ASSENT-DCR-07' }, await world.kept('uae'));
  });

  it.each<[string, (party: Party) => void]>([
    ['suspended', ({ software: { id } }) => void world.directory.standing.set(id, { ...world.directory.standing.get(id)!, status: 'suspended' })],
    ['revoked', ({ software: { id } }) => void world.directory.standing.set(id, { ...world.directory.standing.get(id)!, status: 'revoked' })],
    ['unknown', ({ software: { id } }) => void world.directory.standing.delete(id)],
    ['of an organisation that is not active', (party) => void world.directory.standing.set(party.software.id, { party: { ...party, organisation: { ...party.organisation, status: 'Inactive' } }, status: 'active' })],
    ['without a role', (party) => void world.directory.standing.set(party.software.id, { party: { ...party, software: { ...party.software, roles: [] } }, status: 'active' })],
  ])('is refused when the application is %s', async (_, change) => {
    const party = await join('uae');
    change(party);
    const before = await world.kept('uae');
    await expectRefused('uae', await world.register('uae', party), { code: 'unapproved_software_statement', rule: 'ASSENT-DCR-07' }, before);
  });

  it('is refused when the certificate is of another organisation than the directory says', async () => {
    const party = await join('uae');
    world.directory.standing.set(party.software.id, { party: { ...party, organisation: { ...party.organisation, id: 'org-other' } }, status: 'active' });
    const before = await world.kept('uae');
    await expectRefused('uae', await world.register('uae', party), { code: 'unapproved_software_statement', rule: 'ASSENT-DCR-06' }, before);
  });

  it('waits for the directory when it cannot be asked, or not be believed', async () => {
    const { directory } = world;
    const party = await join('uae');
    const before = await world.kept('uae');
    const unavailable = { status: 503, code: 'temporarily_unavailable', rule: 'ASSENT-DCR-17' };
    directory.down = true;
    await expectRefused('uae', await world.register('uae', party), unavailable, before);
    directory.down = false;
    directory.recordIssuer = 'https://other.example';
    await expectRefused('uae', await world.register('uae', party), unavailable, before);
    directory.recordIssuer = directory.url;
    expect((await world.register('uae', party)).status).toBe(204);
  });

  it('takes no body', async () => {
    const party = await join('uae');
    const before = await world.kept('uae');
    await expectRefused('uae', await world.send('uae', { identity: party.identity, type: 'application/json', body: '{}' }), { code: 'invalid_request', rule: 'ASSENT-DCR-02' }, before);
  });
});

describe('CDR', () => {
  it('repeats the claims of the statement', async () => {
    const party = await join('cdr');
    const answer = await register('cdr', party);
    expect(answer.json).toMatchObject({ legal_entity_name: party.organisation.legalName, org_id: party.organisation.id, recipient_base_uri: party.software.recipientBaseUri, software_roles: 'data-recipient-software-product', subject_type: 'pairwise' });
  });
});

describe('a client that authenticates by its certificate (FDX)', () => {
  it('has the subject it presents', async () => {
    const party = await join('fdx');
    const answer = await world.register('fdx', party);
    expect(answer).toMatchObject({ status: 201, json: { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: expect.stringMatching(new RegExp(`^CN=${party.software.id},`)) } });
    // The same names as object identifiers.
    const again = await world.register('fdx', party, { metadata: { tls_client_auth_subject_dn: String(answer.json['tls_client_auth_subject_dn']).replace('CN=', '2.5.4.3=').replace(',OU=', ', 2.5.4.11=') } });
    expect(again.status).toBe(201);
  });

  it('is of the organisation of its statement, too', async () => {
    const [party, other] = [await join('fdx'), await join('fdx')];
    const before = await world.kept('fdx');
    // Of another organisation, whose software took the id of this one for its name.
    const identity = await world.directory.certificate(dialectOf('fdx'), { software: party.software, organisation: other.organisation });
    await expectRefused('fdx', await world.send('fdx', { ...(await world.request('fdx', party)), identity }), { code: 'unapproved_software_statement', rule: 'ASSENT-DCR-06' }, before);
  });

  it.each(['CN=somebody-else,O=Other,C=GB', 'nonsense', 'NOTANATTRIBUTE=x'])('can name no other: %s', async (subject) => {
    const party = await join('fdx');
    const before = await world.kept('fdx');
    await expectRefused('fdx', await world.register('fdx', party, { metadata: { tls_client_auth_subject_dn: subject } }), { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-06' }, before);
  });

  it('can name itself in one way only', async () => {
    const party = await join('fdx');
    const before = await world.kept('fdx');
    await expectRefused('fdx', await world.register('fdx', party, { metadata: { tls_client_auth_san_dns: 'tpp.test' } }), { code: 'invalid_client_metadata', rule: 'ASSENT-DCR-06' }, before);
  });
});
