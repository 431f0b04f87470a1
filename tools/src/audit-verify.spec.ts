import { checkpointHeads, checkpointKey, openDatabase, type Database } from '@assent/persistence';
import { mintId, newTag, systemClock, tagOf } from '@assent/protocol';
import { startDatabase, type TestDatabase } from '@assent/testing';
import { makeConfiguration, type TestConfiguration } from '@assent/testing/fapi';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/audit-verify.js', import.meta.url));

let server: TestDatabase;
let made: TestConfiguration;
let database: Database;
const grantId = mintId(newTag());

beforeAll(async () => {
  server = await startDatabase();
  made = await makeConfiguration({ databaseUrl: server.url, clients: [] });
  database = await openDatabase({ url: server.url, poolSize: 1 });
  const at = systemClock.now();
  const body = JSON.stringify({ type: 'grant.created', at: at.toISOString(), grant_id: grantId });
  const previous = Buffer.alloc(32);
  const hash = createHash('sha256').update(previous).update(body).digest();
  await database.pool.query('INSERT INTO assent.grant_event (tag, grant_id, sequence, at, type, body, previous, hash) VALUES ($1, $2, 1, $3, $4, $5, $6, $7)', [tagOf(grantId), grantId, at, 'grant.created', body, previous, hash]);
  await database.pool.query('INSERT INTO assent.grant_chain (tag, grant_id, sequence, previous, hash, at) VALUES ($1, $2, 1, $3, $4, $5)', [tagOf(grantId), grantId, previous, hash, at]);
  const client = await database.pool.connect();
  await checkpointHeads(client, checkpointKey(made.config.encryptionKey), at).finally(() => client.release());
});
afterAll(async () => {
  await database.close();
  await made.close();
  await server.stop();
});

const verify = (...args: string[]): Promise<{ code: number; text: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [program, '--config', made.file, ...args], { env: { ...process.env, ...made.env, NODE_OPTIONS: '' } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, text: `${stdout}${stderr}` }),
    );
  });

describe('npm run audit:verify', () => {
  it('says that all is sound, and what to keep elsewhere', async () => {
    const { code, text } = await verify();
    expect([code, text]).toEqual([0, expect.stringMatching(/^Sound: 1 events of 1 grants, 1 checkpoints\.\nLast checkpoint.*1:[\w-]{43}\n$/)]);
    expect((await verify('--anchor', /1:[\w-]{43}/.exec(text)![0])).code).toBe(0);
  });

  it('takes the public key alone', async () => {
    const { text } = await verify('--print-key');
    expect(text).not.toContain('"d"');
    const file = join(dirname(made.file), 'audit.jwk.json');
    await writeFile(file, text);
    expect((await verify('--key', file)).code).toBe(0);
  });

  it('fails where a checkpoint that was kept elsewhere is gone', async () => {
    expect(await verify('--anchor', `2:${'A'.repeat(43)}`)).toEqual({ code: 1, text: expect.stringContaining('checkpoint 2 is not the one that was kept elsewhere') as string });
    expect((await verify('--anchor', 'nonsense')).code).toBe(1);
  });

  it('names the event that was altered, and fails', async () => {
    await database.pool.query(`UPDATE assent.grant_event SET body = body || ' '`);
    expect(await verify()).toEqual({ code: 1, text: expect.stringContaining(`grant ${grantId}: event 1 was altered`) as string });
  });
});
