import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { issue, localPki, type Issued, type LocalPki } from '../fixtures/pki.js';
import { addressBlocks } from '../transport/addresses.js';
import { createFetchJson, createFetchText, OutboundError } from '../index.js';
import { isReachable } from './guarded-connect.js';

let pki: LocalPki;
const servers: Server[] = [];
const closers: (() => Promise<void>)[] = [];
let asked = 0;

async function serve(handler: RequestListener, identity: Issued = pki.server): Promise<number> {
  const server = createTlsServer({ cert: identity.cert, key: identity.key }, (request, response) => {
    asked += 1;
    handler(request, response);
  }).listen(0, '127.0.0.1');
  servers.push(server as unknown as Server);
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}
const json =
  (body: unknown, headers: Record<string, string> = {}, status = 200): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

const failure = (message: string) => ({ name: 'OutboundError', message });
const at = (...addresses: string[]) => (): Promise<LookupAddress[]> => Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
function fetcher(changes: { allow?: string[]; timeoutMs?: number; maxBytes?: number; resolve?: (hostname: string) => Promise<LookupAddress[]>; files?: string[] } = {}) {
  const { allow = ['127.0.0.1/32'], timeoutMs = 1000, maxBytes = 1000, files = pki.tls.serverAuthorityFiles, ...options } = changes;
  const fetchJson = createFetchJson({ timeoutMs, maxBytes, allowPrivateAddresses: allow }, files, options);
  closers.push(() => fetchJson.close());
  return fetchJson;
}

beforeAll(async () => {
  pki = await localPki();
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

describe('fetchJson', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'cache-control': 'public, max-age=60' }, 60],
    [{ 'cache-control': 'no-store, max-age=60' }, 0],
    [{ 'cache-control': 's-maxage=5' }, undefined],
    [{ 'content-type': 'application/jwk-set+json; charset=utf-8' }, undefined],
  ])('reads JSON and its age, %j: %s', async (headers, maxAgeSeconds) => {
    const port = await serve(json({ keys: [] }, headers));
    expect(await fetcher()(`https://localhost:${port}/jwks`)).toEqual({ body: { keys: [] }, maxAgeSeconds });
  });

  it.each<[string, RequestListener, string]>([
    ['a redirect', json({}, { location: 'https://localhost/' }, 302), 'the answer is a redirect, which is not followed'],
    ['another status', json({}, {}, 404), 'the answer has status 404'],
    ['another type', json({}, { 'content-type': 'text/html' }), 'the answer is not JSON'],
    ['broken JSON', (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{'), 'the answer is not JSON'],
    ['an announced size', json({}, { 'content-length': '1001' }), 'the answer is too large'],
    ['a streamed size', (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write(`"${'x'.repeat(2000)}`), 'the answer is too large'],
    ['silence', () => undefined, 'no answer in time'],
    ['a trickle', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 50);
      response.once('close', () => clearInterval(timer));
    }, 'no answer in time'],
  ])('refuses %s', async (_name, handler, message) => {
    const port = await serve(handler);
    await expect(fetcher({ timeoutMs: 400 })(`https://localhost:${port}/jwks`)).rejects.toMatchObject(failure(message));
  });

  it.each(['http://localhost/', 'file:///etc/passwd', 'https://user:secret@localhost/', 'nonsense'])('refuses %s', async (url) => {
    await expect((async () => fetcher()(url))()).rejects.toThrow(OutboundError);
  });

  it('refuses internal addresses before anything is sent, however they are named', async () => {
    const port = await serve(json({}));
    asked = 0;
    const urls = ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0'].map((host) => `https://${host}:${port}/`);
    for (const url of urls) await expect(fetcher({ allow: [] })(url)).rejects.toMatchObject(failure('the address is internal'));
    await expect(fetcher({ allow: [], resolve: at('127.0.0.1') })(`https://localhost:${port}/`)).rejects.toMatchObject(failure('the address is internal'));
    expect(asked).toBe(0);
  });

  it('connects only to the address that was judged (DNS rebinding)', async () => {
    const port = await serve(json({}));
    let lookups = 0;
    const resolve = () => {
      lookups += 1;
      return at(lookups === 1 ? '192.168.1.1' : '127.0.0.1')();
    };
    asked = 0;
    await expect(fetcher({ allow: [], resolve })(`https://localhost:${port}/`)).rejects.toMatchObject(failure('the address is internal'));
    expect([lookups, asked]).toEqual([1, 0]);
    // Of several addresses only those that pass are tried.
    expect((await fetcher({ resolve: at('10.0.0.1', '127.0.0.1', '::1') })(`https://localhost:${port}/`)).body).toEqual({});
  });

  it('reports names that do not resolve and servers that are not there', async () => {
    await expect(fetcher({ resolve: () => Promise.reject(new Error('ENOTFOUND secret.internal')) })('https://nowhere.example/')).rejects.toMatchObject(failure('the name cannot be resolved'));
    await expect(fetcher({ resolve: at() })('https://nowhere.example/')).rejects.toMatchObject(failure('the name has no address'));
    await expect(fetcher()('https://localhost:1/')).rejects.toMatchObject(failure('the server could not be reached'));
  });

  it('authenticates the server by its alternative names only (RFC 9525, F2-NET-05)', async () => {
    const refused = failure('the server could not be authenticated');
    const byCommonName = await serve(json({}), await issue({ subject: 'CN=localhost', issuer: pki.root }));
    await expect(fetcher()(`https://localhost:${byCommonName}/`)).rejects.toMatchObject(refused);
    const otherName = await serve(json({}), await issue({ subject: 'CN=localhost', issuer: pki.root, names: [{ type: 'dns', value: 'other.example' }] }));
    await expect(fetcher()(`https://localhost:${otherName}/`)).rejects.toMatchObject(refused);
    await expect(fetcher()(`https://localhost:${await serve(json({}), await issue({ subject: 'CN=localhost', names: [{ type: 'dns', value: 'localhost' }] }))}/`)).rejects.toMatchObject(refused);
    await expect(fetcher({ files: [] })(`https://localhost:${await serve(json({}))}/`)).rejects.toMatchObject(refused);
    // By address: the certificate must name it.
    expect((await fetcher()(`https://127.0.0.1:${await serve(json({}))}/`)).body).toEqual({});
  });
});

describe('fetchText', () => {
  const types = ['application/oauth-authz-req+jwt', 'application/jwt'];
  const text = (type: string): RequestListener => (_request, response) => void response.writeHead(200, { 'content-type': type, 'cache-control': 'max-age=30' }).end('a.b.c');
  const fetchTextFrom = (allow = ['127.0.0.1/32']) => {
    const fetchText = createFetchText({ timeoutMs: 1000, maxBytes: 1000, allowPrivateAddresses: allow }, pki.tls.serverAuthorityFiles, types);
    closers.push(() => fetchText.close());
    return fetchText;
  };

  it.each(['application/oauth-authz-req+jwt', 'Application/JWT; charset=utf-8'])('takes %s', async (type) => {
    expect(await fetchTextFrom()(`https://localhost:${await serve(text(type))}/`)).toEqual({ body: 'a.b.c', maxAgeSeconds: 30 });
  });

  it('refuses other types, and internal addresses', async () => {
    const port = await serve(text('text/html'));
    await expect(fetchTextFrom()(`https://localhost:${port}/`)).rejects.toMatchObject(failure('the answer is not application/oauth-authz-req+jwt or application/jwt'));
    await expect(fetchTextFrom([])(`https://localhost:${port}/`)).rejects.toMatchObject(failure('the address is internal'));
  });
});

describe('isReachable', () => {
  const none = addressBlocks([], 'x');
  it.each([
    ['127.0.0.1', '10.0.0.1', '172.16.0.1', '192.168.0.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255', '198.18.0.1', '192.0.2.1', '240.0.0.1'],
    ['::1', '::', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '::ffff:10.0.0.1', '::ffff:a00:1', '64:ff9b::a00:1', '64:ff9b::7f00:1', '64:ff9b:1::808:808', '2002:a00:1::', '2001::1', '2001:db8::1', 'fec0::1', '::7f00:1', '4000::1', 'nonsense', ''],
  ])('refuses %s and others', (...addresses) => {
    expect(addresses.filter((address) => isReachable(address, none))).toEqual([]);
  });

  it('passes public addresses, and allowed blocks in either notation', () => {
    expect(['8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'].filter((address) => !isReachable(address, none))).toEqual([]);
    const allowed = addressBlocks(['10.1.0.0/16', '::1', '::ffff:192.168.1.0/120'], 'x');
    expect(['10.1.2.3', '::1', '::ffff:10.1.2.3', '192.168.1.7', '64:ff9b::a01:203'].filter((address) => !isReachable(address, allowed))).toEqual([]);
    expect(isReachable('10.2.0.1', allowed)).toBe(false);
  });

  it.each(['10.0.0.0/33', 'localhost', '10.0.0.0/x', ''])('does not take %s for a block', (entry) => {
    expect(() => addressBlocks([entry], 'outbound.allowPrivateAddresses')).toThrow(/outbound.allowPrivateAddresses: .* is not an IP address/);
  });
});
