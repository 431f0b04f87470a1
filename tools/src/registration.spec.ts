import { openDatabase, type Database } from '@assent/persistence';
import { sha256, systemClock } from '@assent/protocol';
import { startDatabase, type TestDatabase } from '@assent/testing';
import { makeConfiguration, type TestConfiguration } from '@assent/testing/fapi';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/registration.js', import.meta.url));

let server: TestDatabase;
let made: TestConfiguration;
let database: Database;
beforeAll(async () => {
  server = await startDatabase();
  made = await makeConfiguration({ databaseUrl: server.url, clients: [] });
  database = await openDatabase({ url: server.url, poolSize: 1 });
  const about = { issuer: made.issuer, now: systemClock.now(), audit: { type: 'registration.registered', issuer: made.issuer } };
  await database.stores.registeredClients.register({ ...about, clientId: 'tally', single: false, metadata: { client_name: 'Tally', organisation: { legal_name: 'Tally Ltd' } } });
});
afterAll(async () => {
  await database.close();
  await made.close();
  await server.stop();
});

const registration = (...args: string[]): Promise<{ code: number; text: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [program, '--config', made.file, ...args], { env: { ...process.env, ...made.env, NODE_OPTIONS: '' } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, text: `${stdout}${stderr}` }),
    );
  });

const found = () => database.stores.registeredClients.find(made.issuer, 'tally');

describe('npm run registration', () => {
  it('makes tokens of which only the hash is kept', async () => {
    const { code, text } = await registration('token');
    const [token = '', hash] = text.match(/[\w-]{43}/g) ?? [];
    expect([code, hash]).toEqual([0, sha256(token).toString('base64url')]);
  });

  it('lists, suspends, resumes and deletes', async () => {
    expect((await registration('list')).text).toMatch(/fapi2.*tally.*Tally.*Tally Ltd.*active/);
    expect(await registration('suspend', 'tally', '--issuer', 'fapi2', '--note', 'ticket 7')).toEqual({ code: 0, text: 'tally is suspended: it is served no more.\n' });
    expect(await found()).toMatchObject({ status: 'suspended', suspendedBy: 'operator' });
    expect((await registration('list', '--issuer', 'fapi2')).text).toContain('suspended by the operator');
    expect((await registration('suspend', 'tally', '--issuer', 'fapi2')).text).toContain('was suspended before');
    expect((await registration('resume', 'tally', '--issuer', 'fapi2')).text).toBe('tally is served again.\n');
    expect((await registration('resume', 'tally', '--issuer', 'fapi2')).text).toContain('nothing changes');
    expect((await registration('delete', 'tally', '--issuer', 'fapi2')).code).toBe(0);
    expect(await found()).toBeUndefined();
    expect((await registration('list')).text).toBe('No client has registered.\n');
    const { rows } = await database.pool.query<{ type: string; note: string | null }>(`SELECT type, detail->>'note' AS note FROM assent.audit_event WHERE client_id = 'tally' ORDER BY at`);
    expect(rows).toEqual([['registration.registered', null], ['registration.suspended', 'ticket 7'], ['registration.resumed', null], ['registration.deleted', null]].map(([type, note]) => ({ type, note })));
  });

  it.each([
    [['suspend', 'nobody', '--issuer', 'fapi2'], 'No client nobody is registered at fapi2.'],
    [['delete', 'tally', '--issuer', 'nowhere'], 'No issuer of the configuration is named nowhere.'],
    [['delete', 'tally'], '--issuer'],
  ])('fails with a word about it: %j', async (args, says) => {
    expect(await registration(...args)).toEqual({ code: 1, text: expect.stringContaining(says) as string });
  });
});
