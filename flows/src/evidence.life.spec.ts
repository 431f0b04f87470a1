import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseJws, serializeArchive, verifyArchive, type Archive } from '@assent/crypto';
import type { PublicJwk } from '@assent/protocol';
import { customers, Message, send, type FapiClient } from '@assent/testing/fapi';
import { requestObject } from './support/signed.js';
import { sign, signingKeyOf } from './support/signing.js';
import { startStack, type Stack } from './support/stack.js';

/*
 * Evidence over the life of a grant under FAPI 1.0 Advanced: signed requests by value, encrypted ID tokens beside the
 * code, the issuer's keys rotated in between, the grant replaced and its access revoked; then every way to tamper.
 */

const tool = (name: string): string => fileURLToPath(new URL(`../../tools/dist/${name}.js`, import.meta.url));
const execute = promisify(execFile);

let stack: Stack;
let client: FapiClient;
let folder: string;
let grantId: string;
let before: readonly PublicJwk[];
let after: readonly PublicJwk[];
let archive: Archive;

const details = (...actions: string[]) => [{ type: 'account_information', actions: ['list_accounts', ...actions] }];

/** A code by a signed request through the browser, and the tokens for it. */
async function authorized(claims: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
  const ana = stack.visitor();
  const prepared = await client.prepare({ response_type: 'code id_token', scope: 'openid' });
  const request = await requestObject(client, prepared, { object: (_header, all) => void Object.assign(all, claims) });
  const url = new URL(client.as.authorization_endpoint!);
  url.search = new URLSearchParams({ client_id: client.id, request }).toString();
  const kept = await ana.open(url);
  const callback = await ana.approve(new URL(kept.headers.get('location')!, url), customers.ana);
  const { status, json } = await client.redeem(prepared, new URLSearchParams(callback.hash.slice(1)).get('code')!);
  expect([status, json['error']]).toEqual([200, undefined]);
  const answer = await client.call(`${stack.resource}/accounts`, json['access_token'] as string, { message: (message) => sign(message, signingKeyOf(stack.client('keeps'))) });
  expect(answer.status).toBe(200);
  return json;
}

const publishedKeys = async (): Promise<readonly PublicJwk[]> => (await send(new Message({ method: 'GET', url: client.as.jwks_uri! }), { ca: stack.ca })).json['keys'] as readonly PublicJwk[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assent-evidence-'));
  const encryption = { id_token_encrypted_response_alg: 'RSA-OAEP', id_token_encrypted_response_enc: 'A256GCM' };
  stack = await startStack({
    clients: [{ id: 'keeps', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', encryption: 'RSA-OAEP', metadata: { response_types: ['code', 'code id_token'], id_token_signed_response_alg: 'PS256', ...encryption, evidence: 'on', http_message_signatures: 'required', authorization_details_types: ['account_information'] } }],
    issuer: { profile: 'fapi1-advanced', signingAlgs: ['PS256', 'ES256'] },
  });
  client = await stack.party('keeps');
  const first = await authorized({ authorization_details: details('read_balances'), grant_management_action: 'create' });
  grantId = first['grant_id'] as string;
  before = await publishedKeys();
  const run = (name: string, ...args: string[]) => execute(process.execPath, [tool(name), ...args, '--config', stack.file], { env: { ...process.env, ...stack.env } });
  await run('keys', 'rotate');
  for (after = before; JSON.stringify(after) === JSON.stringify(before); ) after = await publishedKeys();
  const second = await authorized({ authorization_details: details(), grant_management_action: 'replace', grant_id: grantId });
  expect((await client.revoke(second['refresh_token'] as string)).status).toBe(200);
  const file = join(folder, 'grant.json');
  await run('evidence', 'export', '--grant', grantId, '--out', file);
  archive = JSON.parse(await readFile(file, 'utf8')) as Archive;
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

const faultsOf = (changed: unknown, keys?: readonly PublicJwk[]): readonly string[] => verifyArchive(Buffer.from(serializeArchive(changed as Archive)), keys).faults.map(({ where, what }) => `${where}: ${what}`);
interface Copy {
  readonly links: unknown[];
  readonly artefacts: Record<string, string>;
  dropped: string[];
  keys: unknown[];
}

function altered(change: (copy: Copy) => void): unknown {
  const copy = structuredClone(archive) as unknown as Copy;
  change(copy);
  return copy;
}

it('holds what was signed before and after the keys were rotated, by the keys that signed it', () => {
  expect(faultsOf(archive, after)).toEqual([]);
  const kept = Object.values(archive.artefacts).map((text) => JSON.parse(text) as { kind: string; jws?: string });
  const kinds = kept.map(({ kind }) => kind).sort();
  expect(kinds).toEqual(['http_request', 'http_request', 'http_response', 'http_response', 'id_token', 'id_token', 'id_token', 'id_token', 'request_object', 'request_object']);
  const signedBy = new Set(kept.filter(({ kind }) => kind === 'id_token').map(({ jws }) => parseJws(jws!).header.kid));
  expect(signedBy.size).toBe(2);
  for (const kid of signedBy) expect(after.map((key) => key.kid)).toContain(kid);
});

it('tells the grant’s changes in order', () => {
  expect(archive.links.map(({ body }) => (JSON.parse(body) as { type: string }).type).filter((type) => type.startsWith('grant.'))).toEqual(['grant.created', 'grant.replaced']);
});

it.each<[string, (copy: Copy) => void, RegExp]>([
  ['the tail dropped', (copy) => void copy.links.pop(), /signed head: the last link is not the one it names/],
  ['the beginning dropped', (copy) => void copy.links.shift(), /signed head: the file is not the one it was signed for/],
  ['a message taken out', (copy) => void delete copy.artefacts[Object.keys(copy.artefacts)[0]!], /it is missing/],
  ['two messages swapped', ({ artefacts }) => { const [a, b] = Object.keys(artefacts); [artefacts[a!], artefacts[b!]] = [artefacts[b!]!, artefacts[a!]!]; }, /its digest is another/],
  ['a key swapped', (copy) => { const [at, text] = Object.entries(copy.artefacts).find(([, one]) => one.includes('"request_object"'))!; const one = JSON.parse(text) as { key: { jwk: unknown } }; one.key.jwk = stack.client('keeps').jwks.keys.at(-1); copy.artefacts[at] = JSON.stringify(one); }, /request_object of link \d+: /],
  ['a message called dropped by retention', (copy) => { const at = Object.keys(copy.artefacts)[0]!; delete copy.artefacts[at]; copy.dropped = [...copy.dropped, at]; }, /signed head: the file is not the one it was signed for/],
  ['the signing key left out', (copy) => void (copy.keys = []), /signed head: its signature is wrong/],
])('finds %s', (_says, change, fault) => expect(faultsOf(altered(change)).join('\n')).toMatch(fault));

it('finds any one bit', () => {
  const bytes = Buffer.from(serializeArchive(archive));
  for (let times = 0; times < 150; times += 1) {
    const changed = Buffer.from(bytes);
    const at = randomInt(changed.length);
    changed[at] = changed[at]! ^ (1 << randomInt(8));
    expect([at, verifyArchive(changed).faults.length > 0]).toEqual([at, true]);
  }
});
