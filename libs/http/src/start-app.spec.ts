import { invalidClient } from '@assent/protocol';
import type { ListenerConfig } from '@assent/config';
import { Controller, Get, Module, NotFoundException, Post } from '@nestjs/common';
import { once } from 'node:events';
import { Agent } from 'node:https';
import { connect, createServer } from 'node:net';
import { ask } from './fixtures/exchange.js';
import { readableLog } from './fixtures/log-lines.js';
import { files, localPki, type LocalPki } from './fixtures/pki.js';
import { formOf, getOnly, headerValues, postOnly, queryOf, startApp, transportOf, type AppOptions, type RunningApp } from './index.js';

@Controller('nest')
class NestPlaces {
  @Get('fails')
  fails(): never {
    throw new Error('secret detail');
  }
  @Post('refuses')
  refuses(): never {
    throw invalidClient('no such client', 'F2-CA-02');
  }
  @Get('missing')
  missing(): never {
    throw new NotFoundException('internal name');
  }
}
@Module({ controllers: [NestPlaces] })
class Places {}

function gate() {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
const loopback = (kind: ListenerConfig['kind']): ListenerConfig => ({ kind, host: '127.0.0.1', port: 0 });
const { log, lines, text } = readableLog();
let pki: LocalPki;
let app: RunningApp;
let slow = gate();

const options = (changes: Partial<AppOptions> = {}): AppOptions => ({
  module: Places,
  server: { publicUrl: 'https://bank.example', listeners: [loopback('tls'), loopback('mtls'), loopback('plain')], proxy: undefined, health: { host: '127.0.0.1', port: 0 } },
  tls: pki.tls,
  mode: 'development',
  log,
  routes(fastify) {
    postOnly(fastify, '/form', (request) => ({ names: formOf(request).names(), resources: formOf(request).all('resource'), dpop: headerValues(request, 'dpop') }));
    getOnly(fastify, '/query', (request) => ({ names: queryOf(request).names(), all: queryOf(request).all('a') }));
    getOnly(fastify, '/who', (request) => {
      const { requestId, viaProxy, remoteAddress, certificate } = transportOf(request);
      return { requestId, viaProxy, remoteAddress, dn: certificate?.subjectDn, trusted: certificate?.chainTrusted };
    });
    getOnly(fastify, '/page', () => Promise.reject(invalidClient('shown', 'X-01')), { errors: 'page' });
    getOnly(fastify, '/slow', async () => {
      await slow.promise;
      return { done: true };
    });
    postOnly(fastify, '/json', (request) => request.body);
  },
  errorPage: (error) => ({ html: `<h1>${error.code}</h1>` }),
  ready: [{ name: 'database', check: () => Promise.resolve() }],
  clients: () => [{ issuer: 'https://bank.example/fapi2', status: 'suspended', count: 3 }],
  ...changes,
});

beforeAll(async () => {
  pki = await localPki();
  app = await startApp(options());
});
afterAll(async () => {
  await app.close();
});

const get = (path: string, headers: Record<string, string | string[]> = {}) => ask({ port: app.ports[0] ?? 0, ca: pki.root.cert, path, headers });
const post = (path: string, body: string | Buffer, headers: Record<string, string | string[]> = {}) => ask({ port: app.ports[0] ?? 0, ca: pki.root.cert, path, method: 'POST', body, headers });
const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('forms and queries', () => {
  it('keep every pair and every header line', async () => {
    const answer = await post('/form', 'a=1&resource=x&resource=y&empty=', { ...form, dpop: ['one', 'two'] });
    expect(answer.json).toEqual({ names: ['a', 'resource'], resources: ['x', 'y'], dpop: ['one', 'two'] });
    expect((await get('/query?a=1&b=%C3%A9&a=2')).json).toEqual({ names: ['a', 'b'], all: ['1', '2'] });
  });

  it.each<[string, string | Buffer, Record<string, string>, number, string]>([
    ['another media type: 415', '{}', { 'content-type': 'application/json' }, 415, 'invalid_request'],
    ['an unknown media type: 415', 'a', { 'content-type': 'text/plain' }, 415, 'invalid_request'],
    ['no media type: 415', 'a=1', {}, 415, 'invalid_request'],
    ['another charset: 415', 'a=1', { 'content-type': 'application/x-www-form-urlencoded; charset=iso-8859-1' }, 415, 'invalid_request'],
    ['too large: 413 (F2-AZ-18)', `a=${'x'.repeat(70_000)}`, form, 413, 'invalid_request'],
    ['not UTF-8: 400', Buffer.from([0x61, 0x3d, 0xff]), form, 400, 'invalid_request'],
    ['percent-encoded bytes that are not UTF-8: 400', 'a=%FF', form, 400, 'invalid_request'],
    ['a broken percent sign: 400', 'a=%zz', form, 400, 'invalid_request'],
    ['NUL: 400', 'a=%00', form, 400, 'invalid_request'],
  ])('refuse %s', async (_name, body, headers, status, code) => {
    const answer = await post('/form', body, headers);
    expect([answer.status, answer.json['error']]).toEqual([status, code]);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('take UTF-8 by name and an empty body', async () => {
    expect((await post('/form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' })).status).toBe(200);
    expect((await post('/form', '')).json['names']).toEqual([]);
  });
});

describe('errors', () => {
  it('answer another method 405 with Allow, before the body (F2-AZ-18)', async () => {
    const answer = await get('/form');
    expect([answer.status, answer.headers['allow'], answer.json['error']]).toEqual([405, 'POST', 'invalid_request']);
    const posted = await post('/query', 'x', { 'content-type': 'text/plain' });
    expect([posted.status, posted.headers['allow']]).toEqual([405, 'GET, HEAD']);
    const preflight = await ask({ port: app.ports[0] ?? 0, ca: pki.root.cert, method: 'OPTIONS', path: '/form', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([405, undefined]);
  });

  it.each<[string, string, string, Record<string, string>, number, string]>([
    ['unknown addresses', 'GET', '/nowhere', {}, 404, 'not_found'],
    ['malformed addresses', 'GET', '/%c0%zz', {}, 400, 'invalid_request'],
    ['addresses with NUL', 'GET', '/nowhere/a%00b', {}, 400, 'invalid_request'],
    ['malformed JSON', 'POST', '/json', { 'content-type': 'application/json' }, 400, 'invalid_request'],
    ['bugs in controllers', 'GET', '/nest/fails', {}, 500, 'server_error'],
    ['refusals of controllers', 'POST', '/nest/refuses', {}, 401, 'invalid_client'],
    ["Nest's exceptions", 'GET', '/nest/missing', {}, 404, 'not_found'],
  ])('answer %s as JSON without internals', async (_name, method, path, headers, status, code) => {
    const answer = await ask({ port: app.ports[0] ?? 0, ca: pki.root.cert, method, path, headers, ...(method === 'POST' ? { body: '{"a":' } : {}), ...(path.includes('nest/refuses') ? { body: '' } : {}) });
    expect([answer.status, answer.json['error']]).toEqual([status, code]);
    expect(answer.text).not.toMatch(/secret|internal name|at .*:\d+/);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('answer a browser with the app\'s page', async () => {
    for (const answer of [await get('/page'), await get('/nowhere', { accept: 'text/html,*/*' })]) {
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    }
  });

  it('challenge a client that tried the Authorization header by its scheme (RFC 6749 section 5.2)', async () => {
    const answer = await post('/nest/refuses', '', { authorization: 'Basic eDp5' });
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Basic realm="client"']);
  });

  it('answer what is no HTTP, or too long, plainly', async () => {
    const tooLong = await get('/query', { 'x-long': 'x'.repeat(40_000) });
    expect(tooLong.status).toBe(431);
  });
});

describe('requests', () => {
  it('carry an id: the caller\'s when harmless, otherwise ours', async () => {
    expect((await get('/query', { 'x-request-id': 'caller-0001' })).headers['x-request-id']).toBe('caller-0001');
    expect((await get('/query', { 'x-request-id': 'a b"c<script>' })).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('are logged by route pattern with the refusing rule, and nothing they carried', async () => {
    await post('/form?code=query-secret', 'client_assertion=body-secret', { ...form, authorization: 'DPoP header-secret', dpop: 'proof-secret', cookie: 'a=cookie-secret' });
    await post('/nest/refuses', '');
    expect(lines.some((line) => line['route'] === '/form' && line['status'] === 200 && typeof line['ms'] === 'number' && typeof line['requestId'] === 'string')).toBe(true);
    expect(lines.some((line) => line['route'] === '/nest/refuses' && line['rule'] === 'F2-CA-02' && line['control'] === 'client-authentication' && line['attack'] === 'TM-CODE-02')).toBe(true);
    expect(text()).not.toMatch(/(query|body|header|proof|cookie)-secret/);
  });

  it('that fail by a bug are logged with its stack, under their id', async () => {
    const { headers } = await get('/nest/fails');
    const line = lines.find((entry) => entry['level'] === 'error' && entry['requestId'] === headers['x-request-id'] && entry['err']);
    expect(line).toMatchObject({ app: 'spec', rule: 'ASSENT-BUG-01', err: { message: 'secret detail', stack: expect.stringContaining('NestPlaces.fails') } });
  });

  it('carry their id even when the address is malformed', async () => {
    expect((await get('/%zz', { 'x-request-id': 'caller-0002' })).headers['x-request-id']).toBe('caller-0002');
  });

  it('get HSTS and nosniff with every answer', async () => {
    const answer = await get('/query');
    expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d+/);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('client certificates on the mtls listener', () => {
  const who = (cert?: { cert: string; key: string }) => ask({ port: app.ports[1] ?? 0, ca: pki.root.cert, path: '/who', ...cert });

  it('are asked for, never required', async () => {
    expect((await who()).json).toEqual({ requestId: expect.any(String), viaProxy: false, remoteAddress: '127.0.0.1' });
  });

  it('are read, with trust judged over the chain sent', async () => {
    const answer = await who(pki.client);
    expect(answer.json).toMatchObject({ dn: 'CN=tally-budget,O=Tally,C=GB', trusted: true });
    expect((await who({ cert: pki.distant.cert, key: pki.distant.key })).json).toMatchObject({ trusted: false });
    expect((await who({ cert: pki.distant.cert + pki.between.cert, key: pki.distant.key })).json).toMatchObject({ dn: 'CN=bright-energy,O=Bright,C=GB', trusted: true });
  });

  it('may be self-signed', async () => {
    expect((await who(pki.selfSigned)).json).toMatchObject({ dn: 'CN=kirjanpito', trusted: false });
  });

  it('stay known over a kept connection and a returning client, chain included', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: pki.root.cert, cert: pki.distant.cert + pki.between.cert, key: pki.distant.key });
    for (let i = 0; i < 3; i += 1) expect((await ask({ port: app.ports[1] ?? 0, path: '/who', agent })).json).toMatchObject({ trusted: true });
    for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
    expect((await ask({ port: app.ports[1] ?? 0, path: '/who', agent })).json).toMatchObject({ trusted: true });
    agent.destroy();
  });

  it('are not asked for on the tls listener', async () => {
    expect((await ask({ port: app.ports[0] ?? 0, ca: pki.root.cert, path: '/who', ...pki.client })).json['dn']).toBeUndefined();
  });
});

describe('starting', () => {
  const server = (listeners: ListenerConfig[]) => ({ publicUrl: 'https://localhost', listeners, proxy: undefined });

  it('names the port in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    await expect(startApp(options({ server: server([loopback('tls'), { kind: 'mtls', host: '127.0.0.1', port }]) }))).rejects.toThrow(`the mtls listener 127.0.0.1:${port} cannot open: port ${port} is in use`);
    await expect(startApp(options({ server: { ...server([loopback('tls')]), health: { host: '127.0.0.1', port } } }))).rejects.toThrow(`the health listener 127.0.0.1:${port} cannot open: port ${port} is in use`);
    taken.close();
  });

  it.each<[string, (good: LocalPki['tls']) => Partial<LocalPki['tls']>, RegExp]>([
    ['a missing file', () => ({ certificateFile: '/nowhere/server.pem' }), /cannot read \/nowhere\/server.pem \(ENOENT\): set tls.certificateFile/],
    ['what is not PEM', () => ({ keyFile: files({ 'a.pem': 'nonsense' })['a.pem'] }), /is not PEM; set tls.keyFile/],
    ['a foreign key', () => ({ keyFile: files({ 'b.pem': pki.client.key })['b.pem'] }), /KEY_VALUES_MISMATCH\): set tls.certificateFile and tls.keyFile to a matching PEM pair/],
    ['no client authority', (good) => ({ clientAuthorityFiles: [good.keyFile] }), /holds no certificate; set tls.clientAuthorityFiles/],
  ])('names %s in one line', async (_name, change, message) => {
    const failed = await startApp(options({ server: server([loopback('tls')]), tls: { ...pki.tls, ...change(pki.tls) } })).catch((error: Error) => error);
    expect((failed as Error).message).toMatch(message);
    expect((failed as Error).message).not.toContain('\n');
    expect((failed as Error).name).toBe('StartupError');
  });

  it('opens both loopback addresses for localhost', async () => {
    const both = await startApp(options({ server: server([{ kind: 'tls', host: 'localhost', port: 0 }]) }));
    for (const host of ['127.0.0.1', '::1']) {
      const socket = connect(both.ports[0] ?? 0, host);
      await once(socket, 'connect').catch((error: NodeJS.ErrnoException) => expect([host, error.code]).toEqual(['::1', 'EADDRNOTAVAIL']));
      socket.destroy();
    }
    // HSTS on loopback would lock a developer's other ports into https.
    expect((await ask({ port: both.ports[0] ?? 0, ca: pki.root.cert, path: '/query' })).headers['strict-transport-security']).toBeUndefined();
    await both.close();
  });
});

describe('closing', () => {
  it('lets requests in flight finish, cuts idle connections, and is ready no more', async () => {
    const other = await startApp(options());
    const [port = 0] = other.ports;
    const agent = new Agent({ keepAlive: true, ca: pki.root.cert });
    await ask({ port, path: '/query', agent });
    const silent = connect(port, '127.0.0.1');
    await once(silent, 'connect');
    slow = gate();
    const inFlight = ask({ port, ca: pki.root.cert, path: '/slow' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    const closing = other.close();
    await expect(ask({ port, ca: pki.root.cert, path: '/query' })).rejects.toThrow(/ECONNREFUSED/);
    expect((await ask({ port: other.healthPort ?? 0, plain: true, path: '/health/ready' })).json).toEqual({ status: 'unavailable', failing: ['draining'] });
    slow.resolve();
    const answer = await inFlight;
    expect([answer.status, answer.json]).toEqual([200, { done: true }]);
    await closing;
    agent.destroy();
    silent.destroy();
  });

  it('does not wait for ever', async () => {
    const other = await startApp(options({ drainMs: 200 }));
    slow = gate();
    const inFlight = ask({ port: other.ports[0] ?? 0, ca: pki.root.cert, path: '/slow' }).catch((error: Error) => error.message);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await other.close();
    expect(await inFlight).toMatch(/hang up|ECONNRESET/);
    slow.resolve();
  });
});

describe('health and metrics', () => {
  const health = (path: string, port = app.healthPort ?? 0) => ask({ port, plain: true, path });

  it('says that it lives and is ready, and counts', async () => {
    await post('/nest/refuses', '');
    expect((await health('/health/live')).status).toBe(200);
    expect((await health('/health/ready')).json).toEqual({ status: 'ok' });
    const { text: metrics } = await health('/metrics');
    expect(metrics).toMatch(/http_request_duration_seconds_count\{method="POST",route="\/nest\/refuses",status="401"\} \d+/);
    expect(metrics).toMatch(/assent_refusals_total\{rule="F2-CA-02"\} \d+/);
    expect(metrics).toMatch(/assent_threat_refusals_total\{control="client-authentication",attack="TM-CODE-02"\} \d+/);
    expect(metrics).toContain('assent_registered_clients{issuer="https://bank.example/fapi2",status="suspended"} 3');
    expect(metrics).toContain('process_cpu_seconds_total');
  });

  it('names what fails, not why', async () => {
    const sick = await startApp(options({ ready: [{ name: 'database', check: () => Promise.reject(new Error('password wrong')) }, { name: 'feed', check: () => Promise.resolve() }] }));
    const answer = await health('/health/ready', sick.healthPort);
    expect([answer.status, answer.json]).toEqual([503, { status: 'unavailable', failing: ['database'] }]);
    await sick.close();
  });
});
