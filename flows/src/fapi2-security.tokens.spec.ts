import { freePorts, makeTestClient, readJws, subjectOf, type FapiClient, type TestClient, type Visitor } from '@assent/testing/fapi';
import { createHash } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import { startKeyHost, type KeyHost } from './support/key-host.js';
import { matrix, obtainTokens, startStack, type Stack } from './support/stack.js';

/* What tokens say and are bound to (RFC 9068, 9449, 8705, OpenID Connect), and where clients publish their keys. */

let stack: Stack;
let keyHost: KeyHost;
let remote: TestClient;
let client: FapiClient;
let ana: Visitor;
beforeAll(async () => {
  const [port] = await freePorts(1);
  stack = await startStack({
    clients: [
      ...matrix,
      { id: 'other', auth: 'private_key_jwt', constraint: 'dpop' },
      { id: 'paired', auth: 'private_key_jwt', constraint: 'dpop', metadata: { subject_type: 'pairwise' } },
      { id: 'remote', auth: 'private_key_jwt', constraint: 'dpop', metadata: { jwks: undefined, jwks_uri: `https://localhost:${port}/jwks.json`, token_endpoint_auth_signing_alg: undefined } },
    ],
  });
  keyHost = await startKeyHost(port!, stack.server);
  remote = stack.client('remote');
  [client, ana] = [await stack.party('jwt-dpop'), stack.visitor()];
}, 60_000);
afterAll(async () => {
  await keyHost?.close();
  await stack?.stop();
});

const accounts = () => `${stack.resource}/accounts`;
const x5tOf = (der: Buffer): string => createHash('sha256').update(der).digest('base64url');

describe('a JWT access token', () => {
  it('AT-01 to AT-03: has the type, the claims and the key RFC 9068 asks for', async () => {
    const { accessToken } = await obtainTokens(client, ana);
    const { header, claims } = readJws(accessToken);
    expect(header).toEqual({ typ: 'at+jwt', alg: 'ES256', kid: expect.any(String) as string });
    expect(claims).toMatchObject({ iss: stack.issuer, aud: stack.resource, client_id: 'jwt-dpop', scope: 'openid accounts balances transactions', cnf: { jkt: await client.handle()!.calculateThumbprint() }, acr: 'urn:assent:acr:password' });
    for (const name of ['exp', 'iat', 'auth_time']) expect(claims[name]).toEqual(expect.any(Number));
    expect((claims['exp'] as number) - (claims['iat'] as number)).toBe(600);
    // RFC 7800: one key and no other.
    expect(Object.keys(claims['cnf'] as object)).toEqual(['jkt']);
  });

  it('AT-03: keeps acr and auth_time over a refresh, and may have less scope', async () => {
    const { accessToken, refreshToken } = await obtainTokens(client, ana);
    const before = readJws(accessToken).claims;
    await stack.later(30, async () => {
      const { json } = await client.refresh(refreshToken, {}, { scope: 'accounts' });
      const after = readJws(json['access_token'] as string).claims;
      expect([after['acr'], after['auth_time'], after['sub'], after['scope'], json['scope']]).toEqual([before['acr'], before['auth_time'], before['sub'], 'accounts', 'accounts']);
      expect(after['iat']).toBeGreaterThanOrEqual((before['iat'] as number) + 30);
      expect(json).not.toHaveProperty('id_token');
    });
    // Narrowing once narrows nothing for later.
    expect((await client.refresh(refreshToken)).json['scope']).toBe('openid accounts balances transactions');
  });

  it('AT-04: for UserInfo alone is not for the resource server', async () => {
    const { accessToken } = await obtainTokens(client, ana, { scope: 'openid' });
    expect(readJws(accessToken).claims['aud']).toBe(stack.issuer);
    expect((await client.userinfo(accessToken)).status).toBe(200);
    expect((await client.call(accounts(), accessToken)).json).toMatchObject({ error: 'invalid_token' });
  });

  it('F2-CR-03: no two codes, tokens and references are alike, and each is long enough', async () => {
    const flows = await Promise.all(Array.from({ length: 8 }, async () => {
      const { prepared, url, requestUri } = await client.begin();
      const code = (await ana.approve(url, { login: 'ana', password: '' })).searchParams.get('code')!;
      const { json } = await client.redeem(prepared, code);
      return [requestUri.split(':').at(-1)!, code, json['refresh_token'] as string, readJws(json['access_token'] as string).claims['jti'] as string];
    })); // prettier-ignore
    const values = flows.flat();
    expect(new Set(values).size).toBe(values.length);
    for (const value of values) expect(value.length).toBeGreaterThanOrEqual(32);
    // The last 26 bytes are random: no position holds the same character throughout.
    for (let kind = 0; kind < 3; kind += 1) for (let at = 12; at < 42; at += 1) expect(new Set(flows.map((flow) => flow[kind]![at])).size).toBeGreaterThan(1);
  });
});

describe('binding', () => {
  it('F2-DP-14, F2-MT-03: token_type says which', async () => {
    const bound = await stack.party('jwt-mtls');
    const { accessToken } = await obtainTokens(bound, ana);
    expect((await bound.clientCredentials('accounts')).json).toMatchObject({ token_type: 'Bearer' });
    expect((await client.clientCredentials('accounts')).json).toMatchObject({ token_type: 'DPoP' });
    expect(readJws(accessToken).claims['cnf']).toEqual({ 'x5t#S256': x5tOf(bound.test.identity!.der) });
  });

  it('F2-DP-15: a new key at refresh binds the new token, and the old one stays with the old key', async () => {
    const { accessToken, refreshToken } = await obtainTokens(client, ana);
    const dpop = await oauth.generateKeyPair('ES256', { extractable: true });
    const fresh = (await client.refresh(refreshToken, { dpop })).json['access_token'] as string;
    expect((await client.call(accounts(), fresh, { dpop })).status).toBe(200);
    expect((await client.call(accounts(), fresh)).json).toMatchObject({ error: 'invalid_token' });
    expect((await client.call(accounts(), accessToken)).status).toBe(200);
    expect((await client.call(accounts(), accessToken, { dpop })).json).toMatchObject({ error: 'invalid_token' });
  });

  it('F2-MT-01: a renewed certificate refreshes, and the new token is bound to it', async () => {
    const tls = await stack.party('ca-mtls');
    const { accessToken, refreshToken } = await obtainTokens(tls, ana);
    const identity = await stack.clientAuthority.issue({ subject: subjectOf(tls.id) });
    const fresh = (await tls.refresh(refreshToken, { identity })).json['access_token'] as string;
    expect((await tls.call(accounts(), fresh, { identity })).status).toBe(200);
    expect((await tls.call(accounts(), fresh)).json).toMatchObject({ error: 'invalid_token' });
    expect((await tls.call(accounts(), accessToken, { identity })).json).toMatchObject({ error: 'invalid_token' });
  });
});

describe('identity', () => {
  const subOf = async (id: string) => readJws((await obtainTokens(await stack.party(id), ana)).idToken!).claims['sub'] as string;

  it('OIDC-10: public subjects are one for all clients, pairwise ones differ, none is our own id or a client_id', async () => {
    const [first, second, paired, otherPaired] = [await subOf('jwt-dpop'), await subOf('other'), await subOf('paired'), await subOf('jwt-mtls')];
    expect(second).toBe(first);
    expect(new Set([first, paired, otherPaired]).size).toBe(3);
    for (const sub of [first, paired, otherPaired]) expect(sub).toMatch(/^[\x21-\x7e]{16,255}$/);
    expect(await subOf('paired')).toBe(paired);
  });

  it('OIDC-09: offline_access counts only together with prompt=consent', async () => {
    const scopeOf = async (changes: Record<string, string>) => {
      const { prepared, url } = await client.begin({ scope: 'openid offline_access', ...changes });
      const code = (await ana.approve(url, { login: 'ana', password: '' })).searchParams.get('code')!;
      return (await client.redeem(prepared, code)).json['scope'];
    };
    expect(await scopeOf({})).toBe('openid');
    expect(await scopeOf({ prompt: 'consent' })).toBe('openid offline_access');
  });

  it('OIDC-11: a refreshed ID token is the same customer’s, later, without nonce', async () => {
    const { idToken, refreshToken } = await obtainTokens(client, ana, { max_age: '3600' });
    const before = readJws(idToken!).claims;
    await stack.later(45, async () => {
      const after = readJws((await client.refresh(refreshToken)).json['id_token'] as string).claims;
      for (const name of ['iss', 'sub', 'aud', 'auth_time', 'acr', 'azp']) expect([name, after[name]]).toEqual([name, before[name]]);
      expect(after['iat']).toBeGreaterThanOrEqual((before['iat'] as number) + 45);
      expect(after).not.toHaveProperty('nonce');
    });
  });
});

describe('keys a client publishes itself (jwks_uri)', () => {
  it('F2-CR-04: are fetched once, found again when they rotate, and nothing else of the host is believed', async () => {
    const party = await stack.party('remote');
    const push = async (key?: TestClient) => (await party.push(await party.prepare(), key ? { assertionKey: { ...key.signing, kid: `${key.id}-1` } } : {})).status;
    keyHost.answer = { body: remote.jwks };
    expect([await push(), await push(), await push(), keyHost.asked()]).toEqual([201, 201, 201, 1]);

    const next = await makeTestClient({ id: 'next', auth: 'private_key_jwt', constraint: 'dpop' }, stack.clientAuthority);
    expect(await push(next)).toBe(401);
    keyHost.answer = { body: { keys: [...remote.jwks.keys, ...next.jwks.keys] } };
    expect([await push(next), await push()]).toEqual([201, 201]);

    const evil = await makeTestClient({ id: 'evil', auth: 'private_key_jwt', constraint: 'dpop' }, stack.clientAuthority);
    await stack.later(600, async () => {
      keyHost.answer = { status: 302, headers: { location: `https://localhost:${stack.ports.as}/fapi2/jwks` } };
      expect([await push(), await push(evil)]).toEqual([201, 401]);
    });
    await stack.later(7200, async () => {
      // Too old to go on with, and the host says nothing usable.
      for (const answer of [{ status: 500 }, { body: 'x'.repeat(200_000) }, { body: { keys: 'none' } }]) {
        keyHost.answer = answer;
        const refused = await party.push(await party.prepare());
        expect([refused.status, refused.json['error']]).toEqual([401, 'invalid_client']);
      }
      keyHost.answer = { body: { keys: next.jwks.keys } };
      expect(await eventually(() => push(next), 201)).toBe(201);
      // Taken off the list: no longer good.
      expect(await push()).toBe(401);
    });
  });

  async function eventually(ask: () => Promise<number>, wanted: number): Promise<number> {
    for (let waited = 0; waited <= 120; waited += 10) {
      const got = await stack.later(waited, ask);
      if (got === wanted) return got;
    }
    return 0;
  }
});
