import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseJws, verifyArchive, type Archive } from '@assent/crypto';
import { introspectionClientId, Message, send, type FapiClient } from '@assent/testing/fapi';
import { sign, signingKeyOf } from './support/signing.js';
import { authorizeSigned, jarmResponse } from './support/signed.js';
import { obtainTokens, startStack, type Stack, type Tokens } from './support/stack.js';

/* What was signed for a grant, exported and checked by commands in processes of their own. */

const command = fileURLToPath(new URL('../../tools/dist/evidence.js', import.meta.url));
const run = promisify(execFile);

let stack: Stack;
let client: FapiClient;
let tokens: Tokens;
/** The signed authorization response, as the browser carried it. */
let response: string;
let grantId: string;
let folder: string;
let file: string;
let keys: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assent-evidence-'));
  [file, keys] = [join(folder, 'grant.json'), join(folder, 'issuer.jwks.json')];
  stack = await startStack({
    clients: [
      { id: 'keeps', auth: 'private_key_jwt', constraint: 'dpop', metadata: { authorization_signed_response_alg: 'PS256', http_message_signatures: 'required', evidence: 'on' } },
      { id: 'plain', auth: 'private_key_jwt', constraint: 'dpop', metadata: { require_signed_request_object: false, response_modes: ['query'], http_message_signatures: 'required' } },
    ],
    issuer: { profile: 'fapi2-message-signing' },
    api: { introspection_signed_response_alg: 'PS256' },
  });
  client = await stack.party('keeps');
  const { prepared, callback } = await authorizeSigned(client, stack.visitor(), { response_mode: 'jwt', scope: 'openid offline_access accounts', prompt: 'consent' });
  const code = (await jarmResponse(client, stack.ca, callback.searchParams, prepared.state)).get('code')!;
  response = callback.searchParams.get('response')!;
  const { json } = await client.redeem(prepared, code);
  tokens = { accessToken: json['access_token'] as string, refreshToken: json['refresh_token'] as string, idToken: json['id_token'] as string };
  grantId = (parseJws(tokens.accessToken).payload() as { grant_id: string }).grant_id;
  const key = signingKeyOf(stack.client('keeps'));
  expect((await client.call(`${stack.resource}/accounts`, tokens.accessToken, { message: (message) => sign(message, key) })).status).toBe(200);
  expect((await client.call(`${stack.resource}/accounts`, tokens.accessToken)).status).toBe(401);
  await (await stack.party(introspectionClientId)).introspect(tokens.accessToken, { message: (message) => void message.setHeader('accept', 'application/token-introspection+jwt') });
  expect((await client.refresh(tokens.refreshToken)).status).toBe(200);
  const jwks = await send(new Message({ method: 'GET', url: `${stack.issuer}/jwks` }), { ca: stack.ca });
  await writeFile(keys, jwks.text);
  await run(process.execPath, [command, 'export', '--config', stack.file, '--grant', grantId, '--out', file], { env: { ...process.env, ...stack.env } });
}, 90_000);
afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** On another machine: no configuration, no database, no network address. */
async function verify(path: string, ...more: string[]): Promise<{ readonly code: number; readonly text: string }> {
  const options = { env: { PATH: process.env['PATH'] }, cwd: folder };
  return run(process.execPath, [command, 'verify', path, ...more], options).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, text: error.stdout + error.stderr }),
  );
}

describe('npm run evidence', () => {
  it('exports what everybody signed, and verifies it elsewhere', async () => {
    const { code, text } = await verify(file, '--keys', keys);
    expect([code, text]).toEqual([0, expect.stringContaining('Everything holds: each signature, key, link and the signed head.')]);
    const said = [
      /client keeps\n {4}signed authorization request: client_id keeps, scope openid offline_access accounts, redirect_uri \S+ {2}\[link 2\]\n {4}ES256, key \S{43} \(jwks of the registration\)/,
      /authorization server \S+\n {4}signed authorization response: with a code {2}\[link 2\]\n {4}PS256, key \S{43} \(\S+\/jwks\)/,
      /customer customer-ana\n {4}grant\.created, version 1 {2}\[link 1\]/,
      /authorization server \S+\n {4}ID token: sub \S+, acr urn:assent:acr:password {2}\[link 2\]\n {4}ES256, key \S{43} \(\S+\/jwks\)/,
      /client keeps\n {4}signed request: GET \S+\/accounts {2}\[link 3\]\n {4}ES256, key \S{43} \(jwks of the registration\)/,
      /resource server \S+\n {4}signed answer: 200 to GET \S+\/accounts of link 3, content sha-256=/,
      /resource server \S+\n {4}signed answer: 401 to GET \S+\/accounts/,
      /authorization server \S+\n {4}signed introspection answer: active true, sub \S+, client_id keeps, scope accounts/,
    ];
    const places = said.map((words) => text.search(words));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    expect(text.match(/ID token: /g)).toHaveLength(2);
    expect(text).toContain('which is one of the trusted keys');
  });

  it('shows no token in what it prints, and nobody else the file', async () => {
    const { text } = await verify(file);
    expect(text).not.toContain(tokens.accessToken);
    expect(text).toContain('Compare this thumbprint with the issuer');
    const { mode } = await import('node:fs/promises').then(({ stat }) => stat(file));
    expect(mode & 0o077).toBe(0);
  });

  it('finds a change and names it, and says so by its exit code', async () => {
    const archive = JSON.parse(await readFile(file, 'utf8')) as Archive;
    const [digest] = Object.entries(archive.artefacts).find(([, text]) => text.includes('"http_response"'))!;
    const changed = join(folder, 'changed.json');
    await writeFile(changed, (await readFile(file, 'utf8')).replace('\\\\\\"@status\\\\\\": 200', '\\\\\\"@status\\\\\\": 201'));
    expect((await readFile(changed)).equals(await readFile(file))).toBe(false);
    const { code, text } = await verify(changed, '--keys', keys);
    expect(code).toBe(1);
    expect(text).toContain('NOT to be relied on:');
    expect(text).toMatch(/http_response of link \d: its signature is wrong/);
    expect(text).toMatch(/http_response of link \d: it is not the one that was kept: its digest is another/);
    expect(text).toContain('signed head: the file is not the one it was signed for');
    expect(digest).toBeDefined();
  });

  it('tells a stranger’s file from the issuer’s', async () => {
    const strangers = join(folder, 'strangers.jwks.json');
    await writeFile(strangers, JSON.stringify(stack.client('plain').jwks));
    const { code, text } = await verify(file, '--keys', strangers);
    expect([code, text]).toEqual([1, expect.stringContaining('signed head: it is by none of the trusted keys')]);
  });

  it('prints nothing that a terminal would obey', async () => {
    const hostile = join(folder, 'hostile.json');
    await writeFile(hostile, (await readFile(file, 'utf8')).replace(`"grant": "${grantId}"`, '"grant": "\\n\\u001b[2K\\u202eEverything holds"'));
    const { code, text } = await verify(hostile);
    expect([code, /[\u001b\u202e]|\nEverything/.test(text)]).toEqual([1, false]);
  });

  it('says in one line what it cannot do', async () => {
    expect(await verify(join(folder, 'nothing.json'))).toEqual({ code: 1, text: expect.stringMatching(/^[^\n]*nothing\.json[^\n]*\n$/) });
    const unknown = await run(process.execPath, [command, 'export', '--config', stack.file, '--grant', 'x', '--out', file], { env: { ...process.env, ...stack.env } }).catch((error: { stderr: string }) => error);
    expect(unknown.stderr).toContain('There is no grant x.');
  });
});

describe('evidence', () => {
  it('is an answer’s before it is sent: the kept signatures are those that travelled', async () => {
    const archive = JSON.parse(await readFile(file, 'utf8')) as Archive;
    expect(verifyArchive(await readFile(file)).faults).toEqual([]);
    const kept = Object.values(archive.artefacts);
    for (const travelled of [tokens.idToken!, response]) expect(kept.some((text) => text.includes(travelled))).toBe(true);
    const request = kept.find((text) => text.includes('"http_request"'))!;
    expect(request).toContain(`\\"@target-uri\\": ${stack.resource}/accounts`);
  });

  it('is kept of nobody who did not ask for it', async () => {
    const plain = await stack.party('plain');
    const { accessToken } = await obtainTokens(plain, stack.visitor(), { scope: 'openid accounts' });
    await plain.call(`${stack.resource}/accounts`, accessToken, { message: (message) => sign(message, signingKeyOf(stack.client('plain'))) });
    const grant = (parseJws(accessToken).payload() as { grant_id: string }).grant_id;
    const chain = (await stack.database.stores.evidence.chain(grant))!;
    expect([chain.artefacts, chain.links.map(({ body }) => (JSON.parse(body) as { type: string }).type)]).toEqual([[], ['grant.created']]);
  });
});
