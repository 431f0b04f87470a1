import { startAuthorizationServer, type AuthorizationServer } from '@assent/authorization-server';
import { makeTestClient, FapiClient, type Answer, type TestClient } from '@assent/testing/fapi';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownToken } from './support/own-token.js';
import { dialectOf, initialToken, startRegistrationWorld, type Joined, type RegistrationWorld, type RequestChanges } from './support/registration-world.js';
import { obtainTokens } from './support/stack.js';
import type { Party } from './support/test-directory.js';

/* RFC 7592 in every market that has it, what becomes of a client that goes, and clients at several processes. */

let world: RegistrationWorld;
beforeAll(async () => {
  world = await startRegistrationWorld();
}, 120_000);
afterAll(() => world?.stop());

type Managed = 'plain' | 'uk' | 'brazil' | 'cdr' | 'ksa' | 'fdx';
const byRegistrationToken: readonly Managed[] = ['plain', 'brazil', 'ksa', 'fdx'];
const byOwnToken: readonly Managed[] = ['uk', 'cdr'];

const ownMetadata: Partial<Record<Joined, Readonly<Record<string, unknown>>>> = {
  plain: { token_endpoint_auth_method: 'private_key_jwt', grant_types: ['authorization_code', 'client_credentials'], scope: 'openid accounts' },
  fdx: { token_endpoint_auth_method: 'private_key_jwt' },
};

interface Registration {
  readonly party: Party;
  readonly id: string;
  readonly token: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const scopeOfOwnToken: Partial<Record<Joined, string>> = { uk: 'accounts', cdr: 'cdr:registration' };

async function register(market: Managed): Promise<Registration> {
  const party = await world.directory.join(dialectOf(market));
  const { status, json } = await world.register(market, party, { metadata: ownMetadata[market] ?? {} });
  if (status !== 201) throw new Error(`not registered: ${JSON.stringify(json)}`);
  const id = String(json['client_id']);
  const token = byRegistrationToken.includes(market) ? String(json['registration_access_token']) : await tokenOf(market, party, id);
  return { party, id, token, body: json };
}

async function tokenOf(market: Managed, party: Party, clientId: string): Promise<string> {
  const { ports, ca } = world.stack;
  const answer = await ownToken({ issuer: world.issuerOf(market), tokenEndpoint: `https://localhost:${ports.mtls}/${market}/token`, ca, clientId, party, ...(scopeOfOwnToken[market] !== undefined && { scope: scopeOfOwnToken[market] }) });
  if (answer.status !== 200) throw new Error(`no token: ${answer.text}`);
  return String(answer.json['access_token']);
}

const identityOf = (market: Managed, party: Party) => (dialectOf(market).mtls === 'required' ? { identity: party.identity } : {});
const read = (market: Managed, { party, id, token }: Registration, with_: { token?: string | undefined; id?: string; party?: Party } = {}) =>
  world.send(market, { method: 'GET', path: `/${with_.id ?? id}`, token: 'token' in with_ ? with_.token : token, ...identityOf(market, with_.party ?? party) });
const remove = (market: Managed, { party, id, token }: Registration) => world.send(market, { method: 'DELETE', path: `/${id}`, token, ...identityOf(market, party) });

/** A whole representation, as RFC 7592 wants it, with one thing changed. */
async function change(market: Managed, registration: Registration, { metadata = {}, ...changes }: RequestChanges = {}): Promise<Answer> {
  const { party, id, token } = registration;
  return world.send(market, { ...(await world.request(market, party, { ...changes, metadata: { ...ownMetadata[market], client_id: id, ...metadata } })), method: 'PUT', path: `/${id}`, token });
}

const ruleOf = async (answer: Answer): Promise<string | undefined> =>
  (await world.stack.database.pool.query<{ rule: string }>(`SELECT rule FROM assent.audit_event WHERE request_id = $1 AND type = 'registration.refused'`, [answer.headers.get('x-request-id')])).rows[0]?.rule;

const told = async (answer: Answer) => ({ status: answer.status, code: answer.json['error'], rule: await ruleOf(answer) });
const refusedToken = { status: 401, code: 'invalid_token', rule: 'DCR-11' };

describe.each([...byRegistrationToken, ...byOwnToken])('a registration at %s', (market) => {
  const { management } = dialectOf(market);
  const rotates = management.access.as === 'registration-token' && management.access.rotation === 'on-update';

  it('is read by its own token', async () => {
    const registration = await register(market);
    const answer = await read(market, registration);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toContain('no-store');
    const { registration_access_token: _, ...body } = registration.body;
    expect(answer.json).toEqual(body);
  });

  it('is nobody else’s to read', async () => {
    const [registration, other] = [await register(market), await register(market)];
    for (const answer of [
      await read(market, registration, { token: other.token, ...(byOwnToken.includes(market) && { party: other.party }) }),
      await read(market, registration, { token: 'nonsense' }),
      await read(market, registration, { token: undefined }),
      await read(market, registration, { id: '5d0e8f7a-0000-4000-8000-000000000000' }),
    ]) {
      expect(await told(answer)).toEqual(refusedToken);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
    }
  });

  it('is replaced as a whole', async () => {
    const registration = await register(market);
    const [only = ''] = registration.party.software.redirectUris;
    const answer = await change(market, registration, { metadata: { redirect_uris: [only] } });
    expect(answer).toMatchObject({ status: 200, json: { client_id: registration.id, redirect_uris: [only] } });
    expect('registration_access_token' in answer.json).toBe(rotates);
    const token = rotates ? String(answer.json['registration_access_token']) : registration.token;
    // Left out, it goes back to what the statement says.
    const again = await change(market, { ...registration, token });
    expect(again.json['redirect_uris']).toEqual(registration.party.software.redirectUris);
    if (rotates) expect(await told(await read(market, registration))).toEqual(refusedToken);
  });

  it.each<[string, RequestChanges, { status: number; code: string; rule: string }]>([
    ['another client_id', { metadata: { client_id: 'other' } }, { status: 400, code: 'invalid_client_metadata', rule: 'DCR-10' }],
    ['no client_id', { metadata: { client_id: undefined } }, { status: 400, code: 'invalid_client_metadata', rule: 'DCR-10' }],
    ['its token', { metadata: { registration_access_token: 'x' } }, { status: 400, code: 'invalid_request', rule: 'DCR-10' }],
    ['its address', { metadata: { registration_client_uri: 'https://x.example' } }, { status: 400, code: 'invalid_request', rule: 'DCR-10' }],
    ['when it was issued', { metadata: { client_id_issued_at: 1 } }, { status: 400, code: 'invalid_request', rule: 'DCR-10' }],
    ['the expiry of a secret', { metadata: { client_secret_expires_at: 0 } }, { status: 400, code: 'invalid_request', rule: 'DCR-10' }],
    ['no statement', { metadata: { software_statement: undefined } }, { status: 400, code: 'invalid_software_statement', rule: 'DCR-04' }],
    ['a redirect URI of somebody else’s', { metadata: { redirect_uris: ['https://attacker.example/cb'] } }, { status: 400, code: 'invalid_redirect_uri', rule: 'ASSENT-DCR-11' }],
    ['what only the operator says', { metadata: { first_party: true } }, { status: 400, code: 'invalid_client_metadata', rule: 'ASSENT-DCR-10' }],
    ['a weak algorithm', { metadata: { id_token_signed_response_alg: 'none' } }, { status: 400, code: 'invalid_client_metadata', rule: 'DCR-06' }],
  ])('is not replaced with %s', async (_, changes, expected) => {
    const registration = await register(market);
    expect(await told(await change(market, registration, changes))).toEqual(expected);
    expect((await read(market, registration)).status).toBe(200);
  });

  it('never becomes another software', async () => {
    const [registration, other] = [await register(market), await world.directory.join(dialectOf(market))];
    const statement = await world.directory.statement(dialectOf(market), other);
    const answer = await change(market, registration, { statement });
    // A request signed with the key of one software and the statement of another is refused even earlier.
    expect([await told(answer)]).toEqual([expect.objectContaining({ status: 400, code: expect.stringMatching(/invalid_software_statement|invalid_client_metadata/) })]);
    expect((await read(market, registration)).json['software_id']).toBe(registration.party.software.id);
  });

  it('changes for one of those who change it at once', async () => {
    const registration = await register(market);
    const answers = await Promise.all([1, 2, 3].map(() => change(market, registration)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(200);
    // One after the other they may all succeed where the token stays; at once the later are told to read again.
    expect(statuses.every((status) => [200, 401, 409].includes(status))).toBe(true);
    expect(rotates ? statuses.filter((status) => status === 200) : [200]).toHaveLength(1);
  });

  it('is deleted, and its token is worth nothing then', async () => {
    const registration = await register(market);
    const answer = await remove(market, registration);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await world.kept(market)).not.toContain(registration.id);
    for (const again of [await read(market, registration), await remove(market, registration), await change(market, registration)]) expect(await told(again)).toEqual(refusedToken);
    if (byOwnToken.includes(market)) await expect(tokenOf(market, registration.party, registration.id)).rejects.toThrow(/invalid_client/);
  });

  it('comes by no other method', async () => {
    const registration = await register(market);
    const answer = await world.send(market, { method: 'POST', path: `/${registration.id}`, token: registration.token, ...identityOf(market, registration.party) });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, PUT, DELETE, HEAD']);
  });

  it('is out of reach while it is suspended', async () => {
    const registration = await register(market);
    const { registeredClients } = world.stack.database.stores;
    const about = { issuer: world.issuerOf(market), clientId: registration.id, by: 'operator' as const, now: new Date(), audit: { type: 'registration.suspended', issuer: world.issuerOf(market) } };
    await registeredClients.suspend(about);
    expect(await told(await read(market, registration))).toEqual({ status: 403, code: 'access_denied', rule: 'ASSENT-DCR-07' });
    await registeredClients.resume(about);
    expect((await read(market, registration)).status).toBe(200);
  });

  if (dialectOf(market).mtls === 'required') {
    it('wants the software’s certificate', async () => {
      const [registration, other] = [await register(market), await register(market)];
      expect(await told(await world.send(market, { method: 'GET', path: `/${registration.id}`, token: registration.token }))).toEqual({ status: 401, code: 'invalid_client', rule: 'ASSENT-DCR-05' });
      const foreign = await told(await read(market, registration, { party: other.party }));
      expect(foreign).toEqual(byOwnToken.includes(market) ? { status: 401, code: 'invalid_token', rule: 'F2-MT-04' } : { status: 400, code: dialectOf(market).codes.foreignCertificate, rule: 'ASSENT-DCR-06' });
    });
  }
});

describe('CDR', () => {
  it('wants the scope cdr:registration', async () => {
    const registration = await register('cdr');
    const { ports, ca } = world.stack;
    const { json } = await ownToken({ issuer: world.issuerOf('cdr'), tokenEndpoint: `https://localhost:${ports.mtls}/cdr/token`, ca, clientId: registration.id, party: registration.party, scope: 'bank:accounts.basic:read' });
    expect(await told(await read('cdr', { ...registration, token: String(json['access_token']) }))).toEqual({ status: 403, code: 'insufficient_scope', rule: 'DCR-11' });
  });
});

/** A client with keys of its own, registered at the plain issuer with an initial access token. */
async function ownClient(name: string): Promise<{ readonly client: TestClient; readonly token: string; readonly redirectUri: string }> {
  const wanted = await makeTestClient({ id: name, auth: 'private_key_jwt', constraint: 'dpop', metadata: { scope: 'openid accounts balances transactions offline_access' } }, world.stack.clientAuthority);
  const { status, json } = await world.send('plain', { type: 'application/json', body: JSON.stringify(wanted.metadata), token: initialToken });
  if (status !== 201) throw new Error(JSON.stringify(json));
  return { client: { ...wanted, id: String(json['client_id']) }, token: String(json['registration_access_token']), redirectUri: (json['redirect_uris'] as string[])[0] ?? '' };
}

describe('a client that registered', () => {
  /** Its redirect URI is not the one its new id would make. */
  const open = async ({ client, redirectUri }: { readonly client: TestClient; readonly redirectUri: string }, route?: ReadonlyMap<number, number>): Promise<FapiClient> =>
    Object.defineProperty(await FapiClient.open({ client, issuer: world.issuerOf('plain'), ca: world.stack.ca, ...(route && { route }) }), 'redirectUri', { value: redirectUri });

  it('serves its customers, until it is suspended, and again afterwards', async () => {
    const { client, redirectUri } = await ownClient('serves');
    const party = await open({ client, redirectUri });
    const { accessToken } = await obtainTokens(party, world.stack.visitor(), { redirect_uri: redirectUri });
    const accounts = () => party.call(`${world.stack.resource}/accounts`, accessToken);
    expect((await accounts()).status).toBe(200);
    const { registeredClients } = world.stack.database.stores;
    const about = { issuer: world.issuerOf('plain'), clientId: client.id, by: 'operator' as const, now: new Date(), audit: { type: 'registration.suspended', issuer: world.issuerOf('plain') } };
    await registeredClients.suspend(about);
    await until(async () => (await accounts()).status === 401);
    expect((await party.push(await party.prepare({ redirect_uri: redirectUri }))).json['error']).toBe('invalid_client');
    await registeredClients.resume(about);
    await until(async () => (await accounts()).status === 200);
  });

  it('takes its grants and tokens along when it is deleted', async () => {
    const { client, redirectUri, token } = await ownClient('goes');
    const party = await open({ client, redirectUri });
    const { accessToken, refreshToken } = await obtainTokens(party, world.stack.visitor(), { redirect_uri: redirectUri });
    expect((await party.call(`${world.stack.resource}/accounts`, accessToken)).status).toBe(200);
    expect((await world.send('plain', { method: 'DELETE', path: `/${client.id}`, token })).status).toBe(204);
    const { rows } = await world.stack.database.pool.query<{ status: string }>(`SELECT status FROM assent."grant" WHERE client_id = $1`, [client.id]);
    expect(rows).toEqual([{ status: 'revoked' }]);
    await until(async () => (await party.call(`${world.stack.resource}/accounts`, accessToken)).status === 401);
    expect((await party.refresh(refreshToken)).json['error']).toBe('invalid_client');
  });

  describe('at two processes', () => {
    let second: AuthorizationServer;
    let route: ReadonlyMap<number, number>;
    beforeAll(async () => {
      const sibling = await world.stack.sibling();
      second = await startAuthorizationServer(sibling.config);
      route = new Map([[world.stack.ports.as, sibling.ports.as], [world.stack.ports.mtls, sibling.ports.mtls]]); // prettier-ignore
    }, 60_000);
    afterAll(() => second?.close());

    it('is known at the other at once', async () => {
      for (let turn = 0; turn < 3; turn += 1) {
        const { client, redirectUri } = await ownClient(`known-${turn}`);
        const party = await open({ client, redirectUri }, route);
        expect((await party.push(await party.prepare({ redirect_uri: redirectUri }))).status).toBe(201);
      }
    });

    it('is gone at the other at once', async () => {
      const { client, redirectUri, token } = await ownClient('gone');
      const party = await open({ client, redirectUri }, route);
      expect((await party.push(await party.prepare({ redirect_uri: redirectUri }))).status).toBe(201);
      await world.send('plain', { method: 'DELETE', path: `/${client.id}`, token });
      await until(async () => (await party.push(await party.prepare({ redirect_uri: redirectUri }))).status === 401);
    });

    it('is not looked for again and again: unknown clients cost the database little', async () => {
      const before = second.statistics().statements;
      const { clients } = second.engine.issuers.get('plain') ?? { clients: undefined };
      await Promise.all(Array.from({ length: 500 }, (_, at) => clients?.lookUp?.(`random-${at}`)));
      await Promise.all(Array.from({ length: 500 }, () => clients?.lookUp?.('random-1')));
      expect(second.statistics().statements - before).toBeLessThan(100);
    });
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error('it did not come about');
}
