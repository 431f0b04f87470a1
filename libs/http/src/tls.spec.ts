import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { watchCertificates } from './certificate-watch.js';
import { readableLog } from './fixtures/log-lines.js';
import { issue, localPki, type LocalPki } from './fixtures/pki.js';
import { Listeners } from './listeners.js';

const { log } = readableLog();
let pki: LocalPki;
let listeners: Listeners;

beforeAll(async () => {
  pki = await localPki();
  listeners = await Listeners.open({
    listeners: (['tls', 'mtls'] as const).map((kind) => ({ kind, host: '127.0.0.1', port: 0 })),
    tls: pki.tls,
    log,
    handler: (_request, response) => void response.end('ok'),
    opened: () => undefined,
  });
});
afterAll(() => listeners.close(0));

async function handshake(options: ConnectionOptions, listener = 0): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: listeners.ports[listener] ?? 0, servername: 'localhost', ca: pki.root.cert, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

describe('TLS', () => {
  it.each([0, 1])('prefers 1.3 (F2-NET-02), listener %s', async (listener) => {
    const socket = await handshake({}, listener);
    expect(socket.getProtocol()).toBe('TLSv1.3');
    socket.destroy();
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('refuses %s (F2-NET-02)', async (version) => {
    // Security level 0: our own side must be willing, or the test would refuse in the server's place.
    await expect(handshake({ minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' })).rejects.toThrow(/protocol version|alert/i);
  });

  it.each(['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384'])('speaks 1.2 with %s (F2-NET-06)', async (ciphers) => {
    const socket = await handshake({ maxVersion: 'TLSv1.2', ciphers });
    expect(socket.getCipher().name).toBe(ciphers);
    socket.destroy();
  });

  it.each(['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-ECDSA-AES256-SHA', 'DHE-RSA-AES128-GCM-SHA256', 'AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-CCM'])('refuses 1.2 with %s (F2-NET-06)', async (ciphers) => {
    await expect(handshake({ maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` })).rejects.toThrow(/handshake failure|alert/i);
  });

  it('refuses renegotiation', async () => {
    const socket = await handshake({ maxVersion: 'TLSv1.2' });
    const refused = new Promise<Error | null>((resolve) => {
      socket.once('error', resolve);
      socket.renegotiate({}, resolve);
    });
    expect((await refused)?.message).toMatch(/renegotiation/i);
    socket.destroy();
  });

  it.each([
    [0, 'TLSv1.2', true],
    [1, 'TLSv1.2', false],
    [1, 'TLSv1.3', false],
  ] as const)('listener %s over %s resumes sessions: %s', async (listener, version, resumes) => {
    const first = await handshake({ minVersion: version, maxVersion: version, cert: pki.client.cert, key: pki.client.key }, listener);
    let session = first.getSession();
    first.on('session', (ticket) => (session = ticket));
    first.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(first, 'data');
    const second = await handshake({ minVersion: version, maxVersion: version, cert: pki.client.cert, key: pki.client.key, session }, listener);
    expect(second.isSessionReused()).toBe(resumes);
    first.destroy();
    second.destroy();
  });

  it('takes up renewed files, and keeps the old ones while new ones are unusable', async () => {
    const stop = watchCertificates(pki.tls, listeners, log, 20);
    const serialSeen = async () => {
      const socket = await handshake({});
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      return serialNumber;
    };
    const before = await serialSeen();
    writeFileSync(pki.tls.keyFile, 'half-written');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await serialSeen()).toBe(before);
    const renewed = await issue({ subject: 'CN=localhost', issuer: pki.root, names: [{ type: 'dns', value: 'localhost' }] });
    writeFileSync(pki.tls.certificateFile, renewed.cert);
    writeFileSync(pki.tls.keyFile, renewed.key);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(await serialSeen()).not.toBe(before);
    stop();
  });
});
