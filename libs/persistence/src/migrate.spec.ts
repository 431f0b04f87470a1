import pg from 'pg';
import type { QueryRunner } from 'typeorm';
import { openDatabase } from './database.js';
import { startDatabase, type TestDatabase } from './embedded/test-database.js';
import { migrate } from './migrate.js';
import { FirstGrantVersions1764150000000 } from './migrations/1764150000000-first-grant-versions.js';
import { migrations } from './migrations/index.js';

let empty: TestDatabase;
beforeAll(async () => (empty = await startDatabase({ migrated: false })));
afterAll(() => empty.stop());

describe('migrations', () => {
  it('are asked for when the tables are not there', async () => {
    await expect(openDatabase({ url: empty.url, poolSize: 1 })).rejects.toThrow(/npm run migrate/);
  });

  it('run once when several processes start together', async () => {
    const ran = await Promise.all([migrate(empty.url), migrate(empty.url), migrate(empty.url)]);
    expect(ran.flat()).toEqual(migrations.map(({ name }) => name));
    expect(await migrate(empty.url)).toEqual([]);
  });

  it('begin every primary key with the routing tag, replay rows with their hash', async () => {
    const client = new pg.Client({ connectionString: empty.url });
    await client.connect();
    const { rows } = await client.query<{ name: string; first: string }>(`
      SELECT c.relname AS name, a.attname AS first FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
      WHERE i.indisprimary AND c.relnamespace = 'assent'::regnamespace AND NOT c.relispartition ORDER BY 1`);
    await client.end();
    const first = Object.fromEntries(rows.map(({ name, first }) => [name, first]));
    for (const table of ['access_token', 'audit_event', 'authorization_code', 'grant', 'pushed_request', 'refresh_token', 'revocation', 'session']) expect([table, first[table]]).toEqual([table, 'tag']);
    expect(first).toMatchObject({ replay: 'hash', customer_grant: 'customer_id', signing_key: 'issuer' });
  });

  it('begin the history of grants from before there was one, and find the resources of their tokens', async () => {
    const client = new pg.Client({ connectionString: empty.url });
    await client.connect();
    const grant = (id: string, status: string) => client.query(`INSERT INTO assent."grant" (tag, id, version, status, issuer, client_id, customer_id, subject, scope, accounts, authorization_details, auth_time, acr, amr, created_at, updated_at) VALUES (1, $1, 2, $2, 'i', 'c', 'u', 's', '{accounts}', '{a}', '[]', now(), '1', '{}', now(), now())`, [id, status]);
    await grant('alive', 'active');
    await grant('ended', 'revoked');
    await client.query(`INSERT INTO assent.refresh_token (tag, hash, expires_at, issued_at, issuer, client_id, family_tag, family_id, grant_tag, grant_id, customer_id, scope, resources, context) VALUES (1, 'x', now(), now(), 'i', 'c', 1, 'f', 1, 'alive', 'u', '{accounts}', '{https://api}', '{}')`);
    const backfill = new FirstGrantVersions1764150000000();
    // Once more changes nothing.
    for (let time = 0; time < 2; time++) await backfill.up({ query: (text: string) => client.query(text) } as unknown as QueryRunner);
    const { rows } = await client.query('SELECT grant_id, version, event, status, scope, resources, actor_id FROM assent.grant_version ORDER BY grant_id');
    await client.end();
    const common = { version: 2, scope: ['accounts'], actor_id: 'migration' };
    expect(rows).toEqual([
      { grant_id: 'alive', event: 'created', status: 'active', resources: ['https://api'], ...common },
      { grant_id: 'ended', event: 'revoked', status: 'revoked', resources: [], ...common },
    ]);
  });

  it('fail in one line that names server and remedy, without the password', async () => {
    const refused = await migrate('postgres://nobody:hunter2@127.0.0.1:1/none').catch((error: Error) => error);
    expect(String(refused)).toMatch(/^DatabaseError: cannot use the database at postgres:\/\/nobody@127\.0\.0\.1:1\/none: .*DATABASE_URL/);
    expect(String(refused)).not.toContain('\n');
    const stranger = await migrate(empty.url.replace(/:[^:@/]+@/, ':wrong@')).catch((error: Error) => error);
    expect(String(stranger)).toMatch(/password authentication failed/);
    expect(String(stranger)).not.toContain('wrong');
  });
});
