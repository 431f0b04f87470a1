import { atHash, generateSigningKey, openSigningKey, publicJwk, s256, signJws, type SigningKey } from '@assent/crypto';
import { migrate } from '@assent/persistence';
import { epochSeconds, systemClock, type PublicJwk } from '@assent/protocol';
import { startDatabase, type TestDatabase } from '@assent/testing';
import { freePorts, makeConfiguration, makeTestClient, makeAuthority, Visitor, type Answer, type TestConfiguration } from '@assent/testing/fapi';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { startGrantManagement, type GrantManagement } from './index.js';
import { headingOf } from './sites.fixtures.js';

/* A bank's own identity provider: plain OpenID Connect, without pushed requests, DPoP or `iss` in the answer. */

const newKey = async (): Promise<SigningKey> => openSigningKey({ alg: 'ES256', ...(await generateSigningKey('ES256')) });
const [idpKey, otherKey] = [await newKey(), await newKey()];

/** What the next ID token says and is signed with. */
let next: { claims: Record<string, unknown>; key: SigningKey };
let seen: { authorize?: URLSearchParams; token?: URLSearchParams; code?: string };
beforeEach(() => {
  next = { claims: { groups: 'supervisor', name: 'Sam Whitlock' }, key: idpKey };
  seen = {};
});

let database: TestDatabase;
let configuration: TestConfiguration;
let idp: Server;
let issuer: string;
let app: GrantManagement;
let console: string;

beforeAll(async () => {
  const [api, dashboard, staff, healthPort, port] = await freePorts(5);
  issuer = `https://localhost:${port}`;
  console = `https://localhost:${staff}`;
  database = await startDatabase();
  await migrate(database.url);
  const site = { publicUrl: console, issuerUrl: issuer, clientId: 'assent-console', roleClaim: 'groups', scope: 'openid groups' };
  configuration = await makeConfiguration({ databaseUrl: database.url, clients: [], sections: { grantManagement: { publicUrl: `https://localhost:${api}`, healthPort, dashboard: { publicUrl: `https://localhost:${dashboard}` }, staff: site } } });
  const { privateJwk } = await makeTestClient({ id: 'assent-console', auth: 'private_key_jwt', constraint: 'dpop' }, await makeAuthority('x'));
  const folder = join(configuration.config.dataFolder, 'pki', 'clients');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'assent-console.jwks.json'), JSON.stringify({ keys: [privateJwk] }));
  idp = await startIdentityProvider(configuration, port!);
  app = await startGrantManagement(configuration.config);
}, 60_000);
afterAll(async () => {
  await app?.close();
  idp?.close();
  await configuration?.close();
  await database?.stop();
});

function startIdentityProvider({ server: { cert, key } }: TestConfiguration, port: number): Promise<Server> {
  const metadata = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`, response_types_supported: ['code'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['ES256'], token_endpoint_auth_methods_supported: ['private_key_jwt'], code_challenge_methods_supported: ['S256'] };
  const server = createServer({ cert, key }, (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    const json = (body: object) => response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body));
    if (url.pathname === '/.well-known/openid-configuration') return void json(metadata);
    if (url.pathname === '/jwks') return void json({ keys: [publicJwk(idpKey) as PublicJwk] });
    if (url.pathname === '/authorize') {
      seen.authorize = url.searchParams;
      const back = new URL(url.searchParams.get('redirect_uri')!);
      back.search = new URLSearchParams({ code: 'c-1', state: url.searchParams.get('state')! }).toString();
      return void response.writeHead(302, { location: back.href }).end();
    }
    let body = '';
    request.on('data', (chunk) => (body += String(chunk))).on('end', () => void (seen.token = new URLSearchParams(body), idToken().then((id_token) => json({ access_token: 'at-1', token_type: 'Bearer', expires_in: 60, id_token })))); // prettier-ignore
  });
  return new Promise((resolve) => void server.listen(port, '127.0.0.1', () => resolve(server)));
}

function idToken(): Promise<string> {
  const now = epochSeconds(systemClock.now());
  const claims = { iss: issuer, sub: 'employee-1408', aud: 'assent-console', iat: now, exp: now + 60, auth_time: now, nonce: seen.authorize!.get('nonce'), at_hash: atHash('at-1', 'ES256'), ...next.claims };
  return signJws({ typ: 'JWT' }, claims, next.key);
}

async function signIn(): Promise<{ readonly page: Answer; readonly visitor: Visitor }> {
  const visitor = new Visitor({ ca: configuration.ca });
  const sent = await visitor.open(`${console}/sign-in`);
  const back = await visitor.open(sent.headers.get('location')!);
  const answer = await visitor.open(back.headers.get('location')!);
  return { page: answer.status === 303 ? (await visitor.follow(answer, new URL(console))).answer : answer, visitor };
}

it('lets its staff in, by the roles of its own claim, with PKCE and a signed assertion', async () => {
  const { page } = await signIn();
  expect([headingOf(page), page.text]).toEqual(['Which ticket do you work on?', expect.stringContaining('<bdi>Sam Whitlock</bdi> (supervisor)')]);
  expect(Object.fromEntries(seen.authorize!)).toMatchObject({ client_id: 'assent-console', scope: 'openid groups', code_challenge_method: 'S256', prompt: 'login' });
  expect(s256(seen.token!.get('code_verifier')!)).toBe(seen.authorize!.get('code_challenge'));
  expect(seen.token!.get('client_assertion')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
});

it('takes a list of roles, and of it what it knows', async () => {
  next.claims = { groups: ['everyone', 'agent', 'viewer', 'root'] };
  expect((await signIn()).page.text).toContain('(viewer, agent)');
});

it.each<[string, () => void, string]>([
  ['no role', () => { next.claims = {}; }, 'You have no role here'],
  ['a role of another claim', () => { next.claims = { roles: ['supervisor'] }; }, 'You have no role here'],
  ['a role it does not know', () => { next.claims = { groups: ['admin'] }; }, 'You have no role here'],
  ['another key', () => { next.key = otherKey; }, 'You are not signed in'],
  ['another audience', () => { next.claims = { ...next.claims, aud: 'someone-else' }; }, 'You are not signed in'],
  ['another issuer', () => { next.claims = { ...next.claims, iss: 'https://evil.test' }; }, 'You are not signed in'],
  ['another nonce', () => { next.claims = { ...next.claims, nonce: 'x' }; }, 'You are not signed in'],
  ['an end in the past', () => { next.claims = { ...next.claims, exp: 1_000_000_000 }; }, 'You are not signed in'],
  ['another access token', () => { next.claims = { ...next.claims, at_hash: atHash('at-2', 'ES256') }; }, 'You are not signed in'],
])('turns away an ID token with %s', async (_, change, title) => {
  change();
  const { page, visitor } = await signIn();
  expect([page.status, headingOf(page), visitor.cookies.has('__Host-assent-staff')]).toEqual([403, title, false]);
}); // prettier-ignore
