import { readDirectoryRecord } from '@assent/markets';
import { ocspRequest, verifyCrl, verifyOcsp } from '@assent/pki';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { createPublicKey, createSign, X509Certificate, verify } from 'node:crypto';
import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { adminTokenFile } from './index.js';
import { openDirectoryWorld, type DirectoryWorld } from './directory.fixtures.js';

let world: DirectoryWorld;
beforeAll(async () => void (world = await openDirectoryWorld()), 60_000);
afterAll(() => world?.close());

let count = 0;
interface Joined {
  readonly organisation: string;
  readonly id: string;
  readonly apiKey: string;
}
async function join_(markets = ['samba']): Promise<Joined> {
  const organisation = await world.admin('/api/organisations', { legal_name: 'Tally Software Ltd', country: 'BR', register_number: `8123${(count += 1)}`, markets });
  const software = await world.admin('/api/software', { organisation_id: organisation['id'], client_name: 'Tally Budget', redirect_uris: ['https://tally.example/callback'], logo_uri: 'https://tally.example/logo.png' });
  return { organisation: organisation['id'] as string, id: software['id'] as string, apiKey: software['api_key'] as string };
}
const issue = async ({ id, apiKey }: Joined, entry: object): Promise<Record<string, string>> => {
  const answer = await world.call(`/api/software/${id}/certificates`, { token: apiKey, body: entry });
  expect([answer.status, answer.json['error_description']]).toEqual([201, undefined]);
  return answer.json as Record<string, string>;
};
const keySet = async (path: string): Promise<JSONWebKeySet> => (await world.call(path)).json as unknown as JSONWebKeySet;
const authority = async (): Promise<X509Certificate> => new X509Certificate((await world.call('/ca/directory.cer')).bytes);
const refusal = async (path: string, asked: Parameters<DirectoryWorld['call']>[1]): Promise<unknown[]> => {
  const { status, json } = await world.call(path, asked);
  return [status, json['error'], json['error_description']];
};

describe('the administrator’s token', () => {
  it('was made in the data folder, for its owner only', async () => {
    const file = adminTokenFile(world.made.config.dataFolder);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readFile(file, 'utf8')).trim()).toMatch(/^[\w-]{43}$/);
  });

  it.each<[string, Record<string, string>, number]>([
    ['nothing', {}, 401],
    ['another token', { authorization: `Bearer ${'a'.repeat(43)}` }, 401],
    ['another scheme', { authorization: 'Basic YTpi' }, 401],
  ])('is asked for: %s is refused', async (_, headers, status) => {
    const answer = await world.call('/api/organisations', { headers, body: { legal_name: 'X', country: 'GB', register_number: '1' } });
    expect([answer.status, answer.json['error'], answer.headers['www-authenticate']]).toEqual([status, 'invalid_token', 'Bearer realm="directory"']);
  });
});

describe('organisations and software', () => {
  it('are created and read', async () => {
    const { organisation, id } = await join_();
    expect(await world.admin(`/api/organisations/${organisation}`)).toMatchObject({ legal_name: 'Tally Software Ltd', status: 'active', roles: [{ market: 'samba', role: 'DADOS', status: 'active' }, { market: 'samba', role: 'PAGTO', status: 'active' }] });
    expect(await world.admin(`/api/software/${id}`)).toMatchObject({ client_name: 'Tally Budget', jwks_uri: `${world.url}/keystore/${id}.jwks`, roles: [{ market: 'samba', role: 'DADOS' }, { market: 'samba', role: 'PAGTO' }], certificates: [] });
    expect(JSON.stringify(await world.admin('/api/software'))).not.toContain('api_key');
  });

  it.each<[string, string, object]>([
    ['legal_name', '/api/organisations', { legal_name: '', country: 'GB', register_number: '1' }],
    ['legal_name', '/api/organisations', { legal_name: 'Tally\u202eLtd', country: 'GB', register_number: '1' }],
    ['country', '/api/organisations', { legal_name: 'X', country: 'gb', register_number: '1' }],
    ['register_number', '/api/organisations', { legal_name: 'X', country: 'GB', register_number: '<1>' }],
    ['roles', '/api/organisations', { legal_name: 'X', country: 'GB', register_number: '1', roles: [{ market: 'samba', role: 'KING' }] }],
    ['market', '/api/organisations', { legal_name: 'X', country: 'GB', register_number: '1', markets: ['polka'] }],
    ['the body', '/api/organisations', { legal_name: 'X', country: 'GB', register_number: '1', admin: true }],
    ['redirect_uris', '/api/software', { organisation_id: 'o', client_name: 'X', redirect_uris: [] }],
    ['redirect_uris.0', '/api/software', { organisation_id: 'o', client_name: 'X', redirect_uris: ['http://x.example/'] }],
    ['redirect_uris.0', '/api/software', { organisation_id: 'o', client_name: 'X', redirect_uris: ['https://x.example/#f'] }],
    ['redirect_uris.0', '/api/software', { organisation_id: 'o', client_name: 'X', redirect_uris: ['https://a:b@x.example/'] }],
    ['logo_uri', '/api/software', { organisation_id: 'o', client_name: 'X', redirect_uris: ['https://x.example/'], logo_uri: 'javascript:alert(1)' }],
    ['redirect_uris.0', '/api/software', { organisation_id: 'o', client_name: 'X', redirect_uris: ['https://x.example/\u0001'] }],
    ['the body', '/api/software', { organisation_id: '\u0000', client_name: 'X', redirect_uris: ['https://x.example/'] }],
    ['the body', '/api/organisations', { legal_name: 'X\ud800', country: 'GB', register_number: '1' }],
  ])('are refused for a wrong %s', async (member, path, body) => {
    const { status, json } = await world.call(path, { token: world.adminToken, body });
    expect([status, json['error']]).toEqual([400, 'invalid_request']);
    expect(json['error_description']).toEqual(expect.stringContaining(member));
  });

  it('are unique by register number; software is of an organisation that is there', async () => {
    const entry = { legal_name: 'One', country: 'SE', register_number: '556677-8899' };
    await world.admin('/api/organisations', entry);
    expect(await refusal('/api/organisations', { token: world.adminToken, body: entry })).toEqual([409, 'invalid_request', 'an organisation of this country has this register_number']);
    expect(await refusal('/api/software', { token: world.adminToken, body: { organisation_id: 'nobody', client_name: 'X', redirect_uris: ['https://x.example/'] } })).toEqual([404, 'not_found', 'no such organisation']);
  });

  it('describe themselves with their key, and nothing more', async () => {
    const { id, apiKey } = await join_();
    const other = await join_();
    const path = `/api/software/${id}`;
    expect((await world.call(path, { token: apiKey, method: 'PATCH', body: { client_name: 'Tally 2', policy_uri: 'https://tally.example/policy' } })).json).toMatchObject({ client_name: 'Tally 2', policy_uri: 'https://tally.example/policy', redirect_uris: ['https://tally.example/callback'] });
    for (const body of [{ status: 'active' }, { roles: [] }]) expect(await refusal(path, { token: apiKey, method: 'PATCH', body })).toEqual([403, 'access_denied', 'this takes the administrator token']);
    expect(await refusal(path, { token: other.apiKey, method: 'PATCH', body: { client_name: 'Mine' } })).toEqual([403, 'access_denied', 'this is another software']);
    expect(await refusal('/api/organisations', { token: apiKey })).toEqual([403, 'access_denied', 'this takes the administrator token']);
  });
});

describe('certificates', () => {
  it('are in the market’s form, from a key made here', async () => {
    const joined = await join_();
    const made = await issue(joined, { purpose: 'transport', market: 'samba' });
    const certificate = new X509Certificate(made['certificate']!);
    expect(made['subject']).toBe(`CN=Tally Budget,UID=${joined.id},organizationIdentifier=OFSBR-${joined.organisation},C=BR`);
    expect([certificate.verify((await authority()).publicKey), certificate.checkIssued(new X509Certificate(made['authority']!))]).toEqual([true, true]);
    expect(made).not.toHaveProperty('private_jwk');
    expect(JSON.stringify(await world.admin(`/api/software/${joined.id}`))).not.toContain('PRIVATE KEY');
    // It opens the listener that asks for one.
    const asked = { certificate: { cert: made['certificate']!, key: made['private_key']! } };
    expect((await world.call(`/api/software/${joined.id}/certificates`, asked)).json['certificates']).toHaveLength(1);
    expect((await world.call(`/api/software/${(await join_()).id}/certificates`, asked)).status).toBe(403);
  });

  it('come from a certificate request, whose key stays where it is', async () => {
    const joined = await join_();
    const folder = world.made.config.dataFolder;
    await promisify(execFile)('openssl', ['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', join(folder, 'own.key'), '-out', join(folder, 'own.csr'), '-subj', '/CN=whoever/O=Somebody else']);
    const csr = await readFile(join(folder, 'own.csr'), 'utf8');
    const made = await issue(joined, { purpose: 'signing', market: 'samba', csr });
    expect(made).not.toHaveProperty('private_key');
    expect(made['subject']).toContain(`UID=${joined.id}`);
    const own = createPublicKey(await readFile(join(folder, 'own.key'), 'utf8'));
    expect(new X509Certificate(made['certificate']!).publicKey.equals(own)).toBe(true);
    const der = Buffer.from(csr.replace(/-----[A-Z ]+-----/g, ''), 'base64');
    der[der.length - 1]! ^= 1;
    const altered = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    expect((await refusal(`/api/software/${joined.id}/certificates`, { token: joined.apiKey, body: { purpose: 'signing', csr: altered } }))[0]).toBe(400);
  });

  it('for signatures stand in the key set under their thumbprint; a new one beside the old, until that is revoked', async () => {
    const joined = await join_();
    const [first, second, sealed] = [await issue(joined, { purpose: 'signing' }), await issue(joined, { purpose: 'signing', key: 'ec' }), await issue(joined, { purpose: 'encryption' })];
    const path = `/keystore/${joined.id}.jwks`;
    const { keys } = await keySet(path);
    expect(keys.map(({ kid, use, alg }) => [kid, use, alg]).sort()).toEqual([[first['kid'], 'sig', 'PS256'], [second['kid'], 'sig', 'ES256'], [sealed['kid'], 'enc', undefined]].sort());
    expect(first['kid']).toBe(first['x5t#S256']);
    expect(await keySet(`/keystore/${joined.id}/application.jwks`)).toEqual({ keys });
    // The private JWK signs for the published one.
    const jwk = first['private_jwk'] as unknown as { n: string };
    expect(keys.find(({ kid }) => kid === first['kid'])).toMatchObject({ n: jwk.n, kty: 'RSA' });
    expect(keys.every((key) => !('d' in key))).toBe(true);
    const signature = createSign('sha256').update('x').sign(first['private_key']!);
    expect(verify('sha256', Buffer.from('x'), new X509Certificate(Buffer.from(keys.find(({ kid }) => kid === first['kid'])!.x5c![0]!, 'base64')).publicKey, signature)).toBe(true);
    await world.admin(`/api/software/${joined.id}/certificates/${first['serial']}/revocation`, { reason: 'superseded' });
    expect((await keySet(path)).keys.map(({ kid }) => kid).sort()).toEqual([second['kid'], sealed['kid']].sort());
    expect((await keySet(`/keystore/${joined.id}-revoked.jwks`)).keys.map(({ kid }) => kid)).toEqual([first['kid']]);
    expect((await world.call('/keystore/nobody.jwks')).status).toBe(404);
  });

  it('are revoked once, by their own software or the administrator, for a reason there is', async () => {
    const joined = await join_();
    const other = await join_();
    const { serial } = await issue(joined, { purpose: 'transport' });
    const path = `/api/software/${joined.id}/certificates/${serial}/revocation`;
    expect((await refusal(path, { token: joined.apiKey, body: { reason: 'boredom' } }))[0]).toBe(400);
    expect((await refusal(path, { token: other.apiKey, body: {} }))[0]).toBe(403);
    expect((await refusal(`/api/software/${other.id}/certificates/${serial}/revocation`, { token: other.apiKey, body: {} }))[0]).toBe(404);
    expect((await world.call(path, { token: joined.apiKey, body: { reason: 'keyCompromise' } })).json).toMatchObject({ status: 'revoked', reason: 'keyCompromise' });
    expect(await refusal(path, { token: joined.apiKey, body: {} })).toEqual([409, 'invalid_request', 'the certificate was revoked before']);
  });

  it('of nobody, and certificates that were revoked, open nothing', async () => {
    const joined = await join_();
    const made = await issue(joined, { purpose: 'transport' });
    const foreign = await world.made.clientAuthority.issue({ subject: 'CN=x' });
    const path = `/api/software/${joined.id}/certificates`;
    expect((await world.call(path, { certificate: foreign })).status).toBe(401);
    const asked = { certificate: { cert: made['certificate']!, key: made['private_key']! } };
    expect((await world.call(path, asked)).status).toBe(200);
    await world.admin(`/api/software/${joined.id}/certificates/${made['serial']}/revocation`, {});
    expect((await world.call(path, asked)).status).toBe(401);
  });
});

describe('what the authority says of its certificates', () => {
  const list = async () => verifyCrl((await world.call('/crl/directory.crl')).bytes, [await authority()], new Date());

  it('is a list that follows within the next request, and answers by OCSP', async () => {
    const joined = await join_();
    const made = await issue(joined, { purpose: 'transport' });
    const certificate = new X509Certificate(made['certificate']!);
    const about = { certificate, authority: await authority() };
    const nonce = Buffer.alloc(16, 5);
    const question = ocspRequest(certificate, about.authority, nonce);
    const ask = async () => {
      const post = await world.call('/ocsp', { raw: question, headers: { 'content-type': 'application/ocsp-request' } });
      const get = await world.call(`/ocsp/${encodeURIComponent(question.toString('base64'))}`);
      expect([post.headers['content-type'], get.headers['content-type']]).toEqual(['application/ocsp-response', 'application/ocsp-response']);
      const [one, other] = [post, get].map(({ bytes }) => verifyOcsp(bytes, { ...about, nonce, now: new Date() }).status);
      expect(one).toEqual(other);
      return one;
    };
    const before = await list();
    expect([before.revoked.has(made['serial']!), (await ask())!.status]).toEqual([false, 'good']);
    await world.admin(`/api/software/${joined.id}/certificates/${made['serial']}/revocation`, { reason: 'keyCompromise' });
    const after = await list();
    expect([after.revoked.get(made['serial']!), after.number! > before.number!]).toEqual(['keyCompromise', true]);
    expect(await ask()).toMatchObject({ status: 'revoked', reason: 'keyCompromise' });
  });

  it('holds certificates while their software or organisation is suspended, and ends them with it', async () => {
    const joined = await join_();
    const { serial } = await issue(joined, { purpose: 'transport' });
    const reason = async () => (await list()).revoked.get(serial!);
    await world.admin(`/api/software/${joined.id}`, { status: 'suspended' }, 'PATCH');
    expect(await reason()).toBe('certificateHold');
    await world.admin(`/api/software/${joined.id}`, { status: 'active' }, 'PATCH');
    expect(await reason()).toBeUndefined();
    await world.admin(`/api/organisations/${joined.organisation}`, { status: 'revoked' }, 'PATCH');
    expect(await reason()).toBe('cessationOfOperation');
    expect((await refusal(`/api/organisations/${joined.organisation}`, { token: world.adminToken, method: 'PATCH', body: { status: 'active' } }))[0]).toBe(409);
  });

  it('is nothing of questions that are none, or about others', async () => {
    const told = async (raw: Buffer): Promise<string> => {
      const { bytes } = await world.call('/ocsp', { raw, headers: { 'content-type': 'application/ocsp-request' } });
      return bytes.toString('hex');
    };
    expect(await told(Buffer.from('junk'))).toBe('30030a0101');
    const foreign = new X509Certificate((await world.made.clientAuthority.issue({ subject: 'CN=x' })).cert);
    expect(await told(ocspRequest(foreign, new X509Certificate(world.made.clientAuthority.cert)))).toBe('30030a0106');
    expect((await world.call('/ocsp/%20')).bytes.toString('hex')).toBe('30030a0101');
    expect((await world.call('/ocsp', { raw: Buffer.from('{}'), headers: { 'content-type': 'text/plain' } })).status).toBe(415);
  });

  it('is what OpenSSL verifies, list and answer', async () => {
    const folder = world.made.config.dataFolder;
    const joined = await join_();
    const made = await issue(joined, { purpose: 'transport' });
    const file = (name: string): string => join(folder, name);
    await Promise.all([writeFile(file('t.pem'), made['certificate']!), writeFile(file('ca.pem'), made['authority']!), writeFile(file('d.crl'), (await world.call('/crl/directory.crl')).bytes)]);
    const openssl = async (...args: string[]): Promise<string> => {
      const { stdout, stderr } = await promisify(execFile)('openssl', args).catch((error: { stdout: string; stderr: string }) => error);
      return stdout + stderr;
    };
    const verified = () => openssl('verify', '-crl_check', '-CRLfile', file('d.crl'), '-CAfile', file('ca.pem'), '-purpose', 'sslclient', file('t.pem'));
    expect(await verified()).toContain('t.pem: OK');
    await world.admin(`/api/software/${joined.id}/certificates/${made['serial']}/revocation`, { reason: 'superseded' });
    await writeFile(file('d.crl'), (await world.call('/crl/directory.crl')).bytes);
    expect(await verified()).toContain('certificate revoked');
    await openssl('ocsp', '-issuer', file('ca.pem'), '-cert', file('t.pem'), '-no_nonce', '-reqout', file('q.der'));
    await writeFile(file('a.der'), (await world.call('/ocsp', { raw: await readFile(file('q.der')), headers: { 'content-type': 'application/ocsp-request' } })).bytes);
    const told = await openssl('ocsp', '-issuer', file('ca.pem'), '-cert', file('t.pem'), '-no_nonce', '-respin', file('a.der'), '-CAfile', file('ca.pem'));
    expect(told).toMatch(/t\.pem: revoked[\s\S]*Reason: superseded[\s\S]*Response verify OK/);
  });
});

describe('software statements', () => {
  const statement = (joined: Joined, market: string, token = joined.apiKey) => world.call(`/api/software/${joined.id}/statements?market=${market}`, { token, method: 'POST' });
  const verified = async (text: string) => jwtVerify(text, createLocalJWKSet(await keySet('/keystore/directory.jwks')), { algorithms: ['PS256'] });

  it('are the market’s own, signed, short-lived and each with its jti', async () => {
    const joined = await join_();
    const [one, other] = [await statement(joined, 'samba'), await statement(joined, 'samba')];
    expect([one.status, one.headers['cache-control']]).toEqual([201, 'no-store']);
    const { payload } = await verified(one.json['software_statement'] as string);
    expect(payload).toMatchObject({ iss: 'Samba SSA issuer', software_id: joined.id, software_roles: ['DADOS', 'PAGTO'], jwks_uri: `${world.url}/keystore/${joined.id}.jwks`, organisation_id: joined.organisation });
    expect(payload.exp! - payload.iat!).toBeLessThanOrEqual(world.made.config.directory!.statementLifetime);
    expect(one.json['jti']).not.toBe(other.json['jti']);
    expect((await verified((await statement(joined, 'plain')).json['software_statement'] as string)).payload).toMatchObject({ iss: 'urn:assent:directory' });
  });

  it('are refused where the market has none, for roles that are not in force, and to others', async () => {
    const joined = await join_();
    expect([(await statement(joined, 'tango')).json['error_description'], (await statement(joined, 'polka')).status]).toEqual(['market: tango has no software statements: The directory is followed', 400]);
    expect((await statement(joined, 'samba', (await join_()).apiKey)).status).toBe(403);
    const path = `/api/organisations/${joined.organisation}`;
    const roles = (status: string) => ['DADOS', 'PAGTO'].map((role, index) => ({ market: 'samba', role, status: index === 0 ? 'active' : status }));
    await world.admin(path, { roles: roles('suspended') }, 'PATCH');
    expect((await verified((await statement(joined, 'samba')).json['software_statement'] as string)).payload['software_roles']).toEqual(['DADOS']);
    await world.admin(path, { roles: roles('active').map((role) => ({ ...role, status: 'suspended' })) }, 'PATCH');
    expect((await statement(joined, 'samba')).status).toBe(400);
  });

  it('are refused to software that does not stand, as certificates are', async () => {
    const joined = await join_();
    await world.admin(`/api/organisations/${joined.organisation}`, { status: 'suspended' }, 'PATCH');
    expect((await statement(joined, 'samba')).json).toMatchObject({ error: 'access_denied', error_description: 'the software is not active' });
    expect((await refusal(`/api/software/${joined.id}/certificates`, { token: joined.apiKey, body: { purpose: 'signing' } }))[0]).toBe(403);
    await world.admin(`/api/organisations/${joined.organisation}`, { status: 'revoked' }, 'PATCH');
    expect((await statement(joined, 'samba')).status).toBe(403);
  });
});

describe('what banks read', () => {
  const read = async (text: string, softwareId?: string, issuer = world.url) => {
    const { payload, protectedHeader } = await jwtVerify(text, createLocalJWKSet(await keySet('/keystore/directory.jwks')));
    expect(protectedHeader.typ).toBe('directory-record+jwt');
    return readDirectoryRecord(payload as Record<string, unknown>, { issuer, now: new Date(), clockSkew: 5, ...(softwareId === undefined ? {} : { softwareId }) });
  };

  it('is a signed record that says how software stands', async () => {
    const { id } = await join_();
    const record = async () => {
      const answer = await world.call(`/api/software/${id}?market=samba`);
      expect(answer.headers['content-type']).toBe('application/jwt');
      return read(answer.bytes.toString(), id, 'Samba SSA issuer');
    };
    expect(await record()).toMatchObject({ status: 'active', software: { roles: ['DADOS', 'PAGTO'] }, organisation: { legalName: 'Tally Software Ltd', status: 'Active' } });
    await world.admin(`/api/software/${id}`, { status: 'suspended' }, 'PATCH');
    expect(await record()).toMatchObject({ status: 'suspended' });
    await world.admin(`/api/software/${id}`, { status: 'revoked' }, 'PATCH');
    expect(await record()).toMatchObject({ status: 'revoked' });
    expect((await world.call('/api/software/nobody')).status).toBe(404);
    // Without a market it is as issuers of none know it.
    expect((await read((await world.call(`/api/software/${id}`)).bytes.toString(), id, 'urn:assent:directory')).status).toBe('revoked');
  });

  it('is every participant of a market, page by page', async () => {
    const joined = [await join_(['tango']), await join_(['tango', 'samba']), await join_(['tango'])];
    const seen: string[] = [];
    for (let next: string | undefined = ''; next !== undefined; ) {
      const { json } = await world.call(`/api/participants?market=tango&limit=2${next === '' ? '' : `&after=${next}`}`);
      for (const text of json['participants'] as string[]) seen.push((await read(text)).sub);
      next = json['next'] as string | undefined;
    }
    expect(seen.sort()).toEqual(joined.map(({ id }) => id).sort());
    for (const query of ['market=polka', '', 'market=tango&limit=0', 'market=tango&limit=51']) expect((await world.call(`/api/participants?${query}`)).status).toBe(400);
  });
});

it('names the banks, its own deployment’s from the start', async () => {
  const { json } = await world.call('/api/authorisation-servers');
  expect(json['authorisation_servers']).toEqual([expect.objectContaining({ issuer: world.made.issuer })]);
  const entry = { name: 'Other Bank', issuer: 'https://other.example/samba', market: 'samba' };
  expect(await world.admin('/api/authorisation-servers', entry)).toMatchObject(entry);
  expect((await refusal('/api/authorisation-servers', { token: world.adminToken, body: entry }))[0]).toBe(409);
  expect((await world.call('/api/authorisation-servers?market=samba')).json['authorisation_servers']).toHaveLength(1);
});

it('answers other methods 405, and says what it knows of markets', async () => {
  expect((await world.call('/api/software/x', { method: 'DELETE', token: world.adminToken })).status).toBe(405);
  expect((await world.call('/api/markets')).json['markets']).toMatchObject([{ name: 'samba', statements: true, roles: [{ role: 'DADOS' }, { role: 'PAGTO' }] }, { name: 'tango', statements: false }, { name: 'plain' }]);
});
