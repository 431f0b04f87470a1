import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type AssentConfig } from '@assent/config';
import { root } from '../launch/command.js';
import { certificateFile, keyFile } from '../pki/files.js';
import { localTarget } from './local-target.js';

let folder: string;
let config: AssentConfig;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assent-local-target-'));
  const loaded = await loadConfig({ file: join(root, 'config/demo.yaml'), env: {}, cwd: root, purpose: 'audit' });
  config = { ...loaded, dataFolder: folder, tls: { ...loaded.tls, serverAuthorityFiles: [] } };
  await mkdir(join(folder, 'pki', 'clients'), { recursive: true });
  for (const { client_id: id } of config.issuers.flatMap(({ clients }) => clients)) {
    const stem = join(folder, 'pki', 'clients', id);
    const files: Readonly<Record<string, string>> = { [`${stem}.jwks.json`]: JSON.stringify({ keys: ['ES256', 'PS256'].map((alg) => ({ alg, kid: id })) }), [certificateFile(stem)]: `certificate of ${id}`, [keyFile(stem)]: 'key' };
    for (const [file, text] of Object.entries(files)) await writeFile(file, text);
  }
});
afterAll(() => rm(folder, { recursive: true }));

const targetOf = (name: string) => localTarget(config, config.issuers.find((one) => one.name === name)!);

describe('an issuer of the local stack as a target', () => {
  it('has a third party for the honest client and another for the thief, a payment, and the site that signs in there', async () => {
    const target = await targetOf('fapi2');
    expect(target.clients.map(({ clientId, constraint }) => [clientId, constraint])).toEqual([['tally-budget', 'dpop'], ['saffron-mortgages', 'mtls']]);
    expect(target).toMatchObject({ asker: { clientId: 'harbour-accounts-api', asksAboutTokens: true }, payment: { url: 'https://localhost:9445/payments' }, sites: [{ url: 'https://localhost:9448' }], resource: 'https://localhost:9445/accounts' });
    expect(target.clients[1]).toMatchObject({ signsMessages: true, identity: { cert: 'certificate of saffron-mortgages' } });
    expect(target).not.toHaveProperty('device');
  });

  it('signs what the profile wants signed, and says whose evidence is kept', async () => {
    const target = await targetOf('fapi2-message-signing');
    expect(target).toMatchObject({ clients: [{ clientId: 'cedar-accounting', signsRequests: true, responseMode: 'jwt' }, {}], evidence: expect.any(Function) });
    expect((await targetOf('fapi1-advanced')).permits).toEqual(['TM-CA-02']);
  });

  it('has the customer’s device where clients ask by the back channel', async () => {
    expect(await targetOf('fapi-ciba')).toMatchObject({ clients: [{ clientId: 'corner-shop', flow: 'backchannel', signsRequests: true, requestKey: { alg: 'PS256' } }, { clientId: 'helpline', flow: 'backchannel', notified: true, requestKey: { alg: 'ES256' } }], device: { loginHint: 'ana', url: 'https://localhost:9443/fapi-ciba/device', mostPending: 6 } });
    const [asks] = (await targetOf('fapi2-ciba')).clients;
    expect([asks.clientId, asks.signsRequests]).toEqual(['market-stall', undefined]);
  });

  it('is played by staff at the issuer for staff, which has no resource but its own', async () => {
    const target = await targetOf('staff');
    expect(target.clients.map(({ clientId }) => clientId)).toEqual(['harbour-staff-console', 'harbour-staff-console']);
    expect([target.resource, target.payment, target.sites?.map(({ url }) => url), target.login[0]?.fields?.['login']]).toEqual([undefined, undefined, ['https://localhost:9449'], 'vera']);
  });

  it('of a market says that third parties register there', async () => expect(targetOf('uk')).rejects.toThrow(/third parties register there: register two/));
});
