import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTarget } from './read-target.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assent-target-'));
  const texts = { 'root.pem': 'ROOT', 'one.json': JSON.stringify({ keys: [{ kid: 'enc', use: 'enc' }, { kid: 'a', alg: 'ES256' }] }), 'two.json': JSON.stringify({ kid: 'b' }), 'c.pem': 'CERT', 'k.pem': 'KEY' };
  await Promise.all(Object.entries(texts).map(([name, text]) => writeFile(join(folder, name), text)));
});
afterAll(() => rm(folder, { recursive: true }));

const good = {
  issuer: 'https://as.test',
  authorityFiles: ['root.pem'],
  clients: [
    { clientId: 'one', redirectUri: 'https://one.test/cb', scope: 'openid', keyFile: 'one.json', alg: 'ES256' },
    { clientId: 'two', redirectUri: 'https://two.test/cb', scope: 'openid', certificateFile: 'c.pem', certificateKeyFile: 'k.pem', constraint: 'mtls' },
  ],
  login: [{ button: 'go' }],
};
async function read(changes: object = {}) {
  const file = join(folder, 'target.json');
  await writeFile(file, JSON.stringify({ ...good, ...changes }));
  return readTarget(file);
}

describe('a target from a file', () => {
  it('has its keys and certificates read, and nothing it does not name', async () => {
    expect(await read()).toEqual({
      issuer: 'https://as.test',
      authorities: ['ROOT'],
      clients: [
        { clientId: 'one', redirectUri: 'https://one.test/cb', scope: 'openid', alg: 'ES256', constraint: 'dpop', key: { kid: 'a', alg: 'ES256' } },
        { clientId: 'two', redirectUri: 'https://two.test/cb', scope: 'openid', constraint: 'mtls', identity: { cert: 'CERT', key: 'KEY' } },
      ],
      login: [{ button: 'go' }],
      permits: [],
    });
  });

  it('may have a device, a payment, sites, a rogue and somebody who asks', async () => {
    const [one, two] = good.clients;
    const more = {
      clients: [{ ...one, redirectUri: undefined, flow: 'backchannel', requestKeyFile: 'two.json' }, two],
      device: { loginHint: 'jane', url: 'https://as.test/device', link: '/requests/' },
      payment: { details: [], url: 'https://api.test/payments', body: {}, seenAt: 'https://api.test/balances' },
      sites: [{ url: 'https://site.test', signIn: '/in', callback: '/cb', signOut: 'out', asksRogue: true }],
      rogue: { port: 9, clientId: 'site', certificateFile: 'c.pem', certificateKeyFile: 'k.pem' },
      asker: { clientId: 'api', redirectUri: 'https://x.test', scope: '', keyFile: 'two.json', asksAboutTokens: true },
    };
    const { device, payment, sites } = more;
    expect(await read(more)).toMatchObject({ device, payment, sites, rogue: { port: 9, clientId: 'site', identity: { cert: 'CERT', key: 'KEY' } }, asker: { clientId: 'api', key: { kid: 'b' } }, clients: [{ flow: 'backchannel', requestKey: { kid: 'b' } }, {}] });
  });

  it.each<[string, object, RegExp]>([
    ['an issuer', { issuer: 'as' }, /issuer must be/],
    ['two clients', { clients: [] }, /clients must be two/],
    ['a login', { login: [] }, /login must say/],
    ['attacks that exist', { permits: ['TM-X-01'] }, /TM-X-01, which is no attack/],
    ['a key for each client', { clients: [{ ...good.clients[0], keyFile: undefined }, good.clients[1]] }, /one needs a keyFile or a certificate/],
    ['a scope', { clients: [{ ...good.clients[0], scope: undefined }, good.clients[1]] }, /needs scope/],
    ['a device for the back channel', { clients: [{ ...good.clients[0], flow: 'backchannel' }, good.clients[1]] }, /device must say/],
    ['a certificate of the rogue', { rogue: { port: 9, clientId: 'x' } }, /rogue needs/],
  ])('needs %s', async (_, changes, problem) => expect(read(changes)).rejects.toThrow(problem));
});
