import type { ProxyConfig } from '@assent/config';
import { ask } from '../fixtures/exchange.js';
import { readableLog } from '../fixtures/log-lines.js';
import { localPki, type LocalPki } from '../fixtures/pki.js';
import { getOnly, startApp, transportOf, type RunningApp } from '../index.js';

type Dialect = ProxyConfig['clientCertificateHeader'];

const { log, lines } = readableLog();
const running: RunningApp[] = [];
let pki: LocalPki;

async function start(proxy: ProxyConfig | undefined, mode: 'development' | 'production' = 'production'): Promise<RunningApp> {
  const listeners = (['plain', 'tls', 'mtls'] as const).map((kind) => ({ kind, host: '127.0.0.1', port: 0 }));
  const app = await startApp({
    server: { publicUrl: 'https://bank.example', listeners, proxy },
    tls: pki.tls,
    mode,
    log,
    routes(fastify) {
      getOnly(fastify, '/who', (request) => {
        const { certificate, viaProxy, remoteAddress } = transportOf(request);
        return { viaProxy, remoteAddress, dn: certificate?.subjectDn, thumbprint: certificate?.thumbprint, trusted: certificate?.chainTrusted };
      });
    },
  });
  running.push(app);
  return app;
}
const behind = (clientCertificateHeader: Dialect, trustedAddresses = ['127.0.0.0/8']): ProxyConfig => ({ trustedAddresses, clientCertificateHeader });
const who = (app: RunningApp, headers: Record<string, string | string[]> = {}, listener: 0 | 1 | 2 = 0, more = {}) =>
  ask({ port: app.ports[listener] ?? 0, plain: listener === 0, ...(listener === 0 ? {} : { ca: pki.root.cert }), path: '/who', headers, ...more });

const sfBinary = (der: Buffer) => `:${der.toString('base64')}:`;
const escaped = (pem: string) => encodeURIComponent(pem);
const forwarded = (): Record<Exclude<Dialect, 'none'>, { direct: Record<string, string>; chained: Record<string, string> }> => ({
  rfc9440: {
    direct: { 'client-cert': sfBinary(pki.client.der) },
    chained: { 'client-cert': sfBinary(pki.distant.der), 'client-cert-chain': sfBinary(pki.between.der) },
  },
  nginx: {
    direct: { 'ssl-client-cert': escaped(pki.client.cert) },
    chained: { 'ssl-client-cert': escaped(pki.distant.cert + pki.between.cert) },
  },
  envoy: {
    direct: { 'x-forwarded-client-cert': `Hash=ab;Cert="${escaped(pki.client.cert)}";Subject="CN=tally-budget,O=\\"Tally, Inc\\""` },
    chained: { 'x-forwarded-client-cert': `Hash=00;Cert="${escaped(pki.client.cert)}",Hash=ab;Cert="${escaped(pki.distant.cert)}";Chain="${escaped(pki.distant.cert + pki.between.cert)}"` },
  },
  haproxy: {
    direct: { 'x-ssl-client-der': pki.client.der.toString('base64') },
    chained: { 'x-ssl-client-der': pki.distant.der.toString('base64'), 'x-ssl-client-chain-der': Buffer.concat([pki.between.der, pki.root.der]).toString('base64') },
  },
});

beforeAll(async () => {
  pki = await localPki();
});
afterAll(async () => {
  for (const app of running) await app.close();
});

describe.each(['rfc9440', 'nginx', 'envoy', 'haproxy'] as const)('a certificate in the %s header', (dialect) => {
  it('is taken from a trusted proxy, its chain judged here', async () => {
    const app = await start(behind(dialect));
    const { direct, chained } = forwarded()[dialect];
    for (let i = 0; i < 2; i += 1) {
      const answer = await who(app, direct);
      expect(answer.json).toMatchObject({ viaProxy: true, dn: 'CN=tally-budget,O=Tally,C=GB', trusted: true, thumbprint: expect.stringMatching(/^[\w-]{43}$/) });
    }
    // The last Envoy element is the one our own proxy appended.
    expect((await who(app, chained)).json).toMatchObject({ dn: 'CN=bright-energy,O=Bright,C=GB', trusted: true });
    expect((await who(app)).json).toEqual({ viaProxy: true, remoteAddress: '127.0.0.1' });
    const [name = ''] = Object.keys(direct);
    expect((await who(app, { [name]: '' })).json['dn']).toBeUndefined();
  });

  it('is refused when it cannot be read or stands twice', async () => {
    const app = await start(behind(dialect));
    const [[name, value] = ['', '']] = Object.entries(forwarded()[dialect].direct);
    for (const wrong of ['nonsense', 'Hash=ab;By=x', ':AAAA:', 'Cert="', escaped('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'), 'AAAA', '%zz', [value, value]]) {
      const answer = await who(app, { [name]: wrong });
      expect([answer.status, answer.json['error']]).toEqual([400, 'invalid_request']);
    }
  });

  it('is refused from anyone else, on every listener (F2-MT-06, TM-NET-02)', async () => {
    const { chained } = forwarded()[dialect];
    const attempts: [RunningApp, 0 | 1 | 2][] = [
      [await start(undefined, 'development'), 0],
      [await start(undefined), 1],
      [await start(undefined), 2],
      [await start(behind(dialect, ['192.0.2.0/24'])), 1],
      // A proxy of another dialect would pass this header through from anybody.
      [await start(behind(dialect === 'nginx' ? 'envoy' : 'nginx')), 0],
      [await start(behind('none')), 0],
      // On an mtls listener only TLS itself speaks for a certificate.
      [await start(behind(dialect)), 2],
    ];
    for (const [app, listener] of attempts) {
      for (const [name, value] of Object.entries(chained)) {
        const answer = await who(app, { [name]: value }, listener);
        expect([listener, answer.status, answer.json['error']]).toEqual([listener, 400, 'invalid_request']);
      }
    }
    expect(lines.some((line) => line['audit'] === true && line['rule'] === 'F2-MT-06' && line['attack'] === 'TM-NET-02')).toBe(true);
  });

  it('is taken over re-encrypted connections too, and the proxy\'s own certificate never is', async () => {
    const app = await start(behind(dialect));
    expect((await who(app, forwarded()[dialect].direct, 1)).json).toMatchObject({ dn: 'CN=tally-budget,O=Tally,C=GB' });
    expect((await who(app, {}, 1, pki.distant)).json['dn']).toBeUndefined();
  });
});

describe('a plain listener', () => {
  it('serves trusted proxies, and loopback only in development (F2-NET-01)', async () => {
    expect((await who(await start(undefined))).status).toBe(400);
    expect((await who(await start(behind('none', ['192.0.2.1'])))).status).toBe(400);
    expect((await who(await start(undefined, 'development'))).json).toEqual({ viaProxy: false, remoteAddress: '127.0.0.1' });
  });
});

describe("the caller's address", () => {
  let addressApp: RunningApp | undefined;

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['203.0.113.9:4711, [10.1.2.3]:80', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['10.9.9.9, 10.1.2.3', '10.9.9.9'],
    ['203.0.113.9, unknown, 10.1.2.3', '10.1.2.3'],
    ['', '127.0.0.1'],
  ])('is read from X-Forwarded-For %s as %s', async (header, expected) => {
    addressApp ??= await start(behind('none', ['127.0.0.1', '10.0.0.0/8']));
    expect((await who(addressApp, { 'x-forwarded-for': header })).json).toEqual({ viaProxy: true, remoteAddress: expected });
  });

  it('is the peer\'s own when the peer is no trusted proxy', async () => {
    const app = await start(undefined);
    expect((await who(app, { 'x-forwarded-for': '203.0.113.9' }, 1)).json).toEqual({ viaProxy: false, remoteAddress: '127.0.0.1' });
  });
});
