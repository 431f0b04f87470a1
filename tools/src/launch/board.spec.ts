import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '@assent/config';
import { addressesOf } from './addresses.js';
import { board } from './board.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const load = (env: Record<string, string> = {}) => loadConfig({ env: { ASSENT_DATA_FOLDER: join(root, '.assent'), ...env }, cwd: root, purpose: 'check' });
const facts = { databaseUrl: 'postgres://assent:secret@127.0.0.1:9432/assent', embeddedDatabase: true, seconds: 4.2, cwd: root };

describe('the board of a started stack', () => {
  it('names addresses, customers, clients and what to do next, within 80 columns', async () => {
    const text = board({ config: await load(), ...facts });
    for (const words of ['ready (4.2 s)', 'https://localhost:9443/fapi2', 'https://localhost:9447', 'harbour-ana-2026', 'harbour-noor-2026', 'supervisor', 'kirjanpito', 'opaque, mTLS-bound', 'introspects', 'https://localhost:9443/brazil', '/connectid', 'ksa-v1 *', 'npm run demo', '.assent/pki/root.crt.pem']) {
      expect(text).toContain(words);
    }
    const tables = text.split('\n').filter((line) => /[│┌└├]/.test(line));
    expect(Math.max(...tables.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('never shows the database password', async () => {
    expect(board({ config: await load(), ...facts })).not.toContain('secret');
  });

  it('gives every address the stack listens on a key to change it by', async () => {
    const addresses = addressesOf(await load());
    expect(addresses.map(({ port }) => port).sort()).toEqual(Array.from({ length: 14 }, (_, index) => 9443 + index));
    expect(addresses.find(({ port }) => port === 9444)?.key).toBe('authorizationServer.mtlsUrl (ASSENT_MTLS_URL)');
    expect(addresses.find(({ port }) => port === 9448)?.key).toBe('grantManagement.dashboard.publicUrl (ASSENT_DASHBOARD_PUBLIC_URL)');
    expect(addresses.find(({ port }) => port === 9452)?.key).toBe('grantManagement.healthPort (ASSENT_GRANTS_HEALTH_PORT)');
    const moved = addressesOf(await load({ ASSENT_RESOURCE_PORT: '9999' }));
    expect(moved.find(({ port }) => port === 9999)?.key).toBe('resourceServer.port (ASSENT_RESOURCE_PORT)');
  });
});
