import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { readDistinguishedName } from './certificates.js';
import { ensurePki, type PkiClient, type PkiNeeds } from './index.js';

const now = new Date('2026-03-01T12:00:00Z');
const later = (days: number): Date => new Date(now.getTime() + days * 24 * 60 * 60 * 1000);
const tally: PkiClient = { clientId: 'tally-budget', subject: readDistinguishedName('CN=tally-budget,O=Tally\\, Ltd,C=GB'), names: [], selfSigned: false };
const lone: PkiClient = { clientId: 'kirjanpito', subject: readDistinguishedName('CN=kirjanpito,O=Kirjanpito,C=FI'), names: [{ type: 'dns', value: 'kirjanpito.example' }], selfSigned: true };
const needs: PkiNeeds = { hosts: ['localhost', '127.0.0.1', '::1', 'bank.example'], clients: [tally, lone] };

describe('the local PKI', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'assent-pki-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const certificate = async (name: string): Promise<X509Certificate> => new X509Certificate(await readFile(join(folder, `${name}.crt.pem`)));
  const key = async (name: string): Promise<string> => readFile(join(folder, `${name}.key.pem`), 'utf8');

  it('makes everything once and leaves it alone afterwards', async () => {
    const first = await ensurePki(folder, needs, now);
    expect([...first.made].sort()).toEqual(['clients-ca', 'clients/kirjanpito', 'clients/tally-budget', 'root', 'server']);
    expect(await ensurePki(folder, needs, later(300))).toEqual({ made: [], renewed: [] });
  });

  it('names every host in the server certificate and chains it to the root', async () => {
    await ensurePki(folder, needs, now);
    const server = await certificate('server');
    const root = await certificate('root');
    expect(server.checkIssued(root) && server.verify(root.publicKey)).toBe(true);
    expect(server.checkHost('localhost')).toBe('localhost');
    expect(server.checkHost('bank.example')).toBe('bank.example');
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(server.checkIP('::1')).toBe('::1');
    expect(server.checkPrivateKey(createPrivateKey(await key('server')))).toBe(true);
  });

  it('writes client subjects so that they read as the RFC 4514 name registered', async () => {
    await ensurePki(folder, needs, now);
    const client = await certificate('clients/tally-budget');
    expect(client.subject.split('\n')).toEqual(['C=GB', expect.stringMatching(/^O=/), 'CN=tally-budget']);
    expect(client.verify((await certificate('clients-ca')).publicKey)).toBe(true);
    expect(client.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  });

  it('signs the certificate of a self_signed_tls_client_auth client with its own key', async () => {
    await ensurePki(folder, needs, now);
    const client = await certificate('clients/kirjanpito');
    expect(client.verify(client.publicKey)).toBe(true);
    expect(client.checkHost('kirjanpito.example')).toBe('kirjanpito.example');
  });

  it('keeps one ES256 and one PS256 private key for each client, over renewals too', async () => {
    await ensurePki(folder, needs, now);
    const file = join(folder, 'clients/tally-budget.jwks.json');
    const text = await readFile(file, 'utf8');
    const { keys } = JSON.parse(text) as { keys: { alg: string; kid: string; d: string; kty: string }[] };
    expect(keys.map(({ alg, kty }) => `${alg} ${kty}`)).toEqual(['ES256 EC', 'PS256 RSA']);
    expect(keys.every(({ kid, d }) => kid.length === 43 && d.length > 0)).toBe(true);
    await ensurePki(folder, needs, later(340));
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('lets nobody but the owner read a private key', async () => {
    await ensurePki(folder, needs, now);
    const files = (await readdir(folder, { recursive: true })).filter((name) => /key\.pem$|jwks\.json$/.test(name));
    expect(files).toHaveLength(7);
    for (const name of files) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'clients'))).mode & 0o777).toBe(0o700);
  });

  it('renews what is near its end', async () => {
    await ensurePki(folder, needs, now);
    const { made, renewed } = await ensurePki(folder, needs, later(340));
    expect(made).toEqual([]);
    expect([...renewed].sort()).toEqual(['clients/kirjanpito', 'clients/tally-budget', 'server']);
  });

  it('renews an authority before it runs out, and all it signed', async () => {
    await ensurePki(folder, needs, now);
    await ensurePki(folder, needs, later(3300));
    const root = await certificate('root');
    expect(new Date(root.validTo).getTime()).toBeGreaterThan(later(6000).getTime());
    expect((await certificate('server')).verify(root.publicKey)).toBe(true);
  });

  it('reissues when a host was added, a subject changed or a key is gone', async () => {
    await ensurePki(folder, needs, now);
    expect((await ensurePki(folder, { ...needs, hosts: [...needs.hosts, 'new.example'] }, now)).renewed).toEqual(['server']);
    const renamed = { ...tally, subject: readDistinguishedName('CN=tally-budget,O=Other,C=GB') };
    expect((await ensurePki(folder, { ...needs, clients: [renamed, lone] }, now)).renewed).toEqual(['clients/tally-budget']);
    await rm(join(folder, 'server.key.pem'));
    expect((await ensurePki(folder, needs, now)).made).toEqual(['server']);
  });

  it('serves a TLS connection with a client certificate', async () => {
    const real = new Date();
    await ensurePki(folder, needs, real);
    const pem = (name: string): Promise<string> => readFile(join(folder, `${name}.crt.pem`), 'utf8');
    const server = createServer({ key: await key('server'), cert: await pem('server'), ca: await pem('clients-ca'), requestCert: true, rejectUnauthorized: true }, (socket) => socket.end('hello'));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      const text = await new Promise<string>((resolve, reject) => {
        const open = async (): Promise<TLSSocket> => connect({ host: '127.0.0.1', port, servername: 'localhost', ca: await pem('root'), cert: await pem('clients/tally-budget'), key: await key('clients/tally-budget') });
        void open().then((socket) => socket.on('data', (data) => resolve(String(data))).on('error', reject));
      });
      expect(text).toBe('hello');
    } finally {
      server.close();
    }
  });
});
