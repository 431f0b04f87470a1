import { randomBytes } from 'node:crypto';
import { generateSigningKey } from '@assent/crypto';
import { Secret, type SigningAlgName } from '@assent/protocol';
import { openDatabase, type Database } from '../database.js';
import { inSeconds, now, openBench, type Bench } from './fixtures.js';

const encryptionKey = new Secret(randomBytes(32));
const issuer = 'https://localhost:9443/fapi2';
let bench: Bench;
let keys: Database['stores']['signingKeys'];
beforeAll(async () => {
  bench = await openBench({ encryptionKey });
  keys = bench.database.stores.signingKeys;
});
afterAll(() => bench.close());

const states = async (): Promise<Record<string, string>> => Object.fromEntries((await keys.all()).map(({ kid, state }) => [state, kid]));

describe('signing keys', () => {
  it('are made once, however many processes start together', async () => {
    let made = 0;
    const generate = (alg: SigningAlgName) => (made++, generateSigningKey(alg));
    const other = await openDatabase({ url: bench.url, poolSize: 4, encryptionKey });
    const wanted = [{ issuer, alg: 'ES256' }, { issuer, alg: 'EdDSA' }] as const;
    await Promise.all([...Array.from({ length: 5 }, () => keys.ensure(wanted, generate, now())), other.stores.signingKeys.ensure(wanted, generate, now())]);
    await other.close();
    expect(made).toBe(4);
    const all = await keys.all();
    expect(all.map(({ alg, state }) => `${alg} ${state}`).sort()).toEqual(['ES256 current', 'ES256 next', 'EdDSA current', 'EdDSA next']);
    expect(await keys.all([issuer])).toEqual(all);
    expect(await keys.all(['https://elsewhere.example'])).toEqual([]);
    expect(all.every(({ privateKeyPem }) => privateKeyPem.startsWith('-----BEGIN PRIVATE KEY-----'))).toBe(true);
  });

  it('are made in two turns: the one that signs first, the next one later, or with the rotation that needs it', async () => {
    const of = 'https://localhost:9443/two-turns';
    const wanted = [{ issuer: of, alg: 'ES256' }] as const;
    const there = async () => Object.fromEntries((await keys.all([of])).map(({ kid, state }) => [state, kid]));
    await Promise.all(Array.from({ length: 5 }, () => keys.ensure(wanted, generateSigningKey, now(), 'current')));
    const first = await there();
    expect(Object.keys(first)).toEqual(['current']);
    await keys.rotate(of, 'ES256', generateSigningKey, now(), inSeconds(-60));
    const second = await there();
    expect([Object.keys(second).sort(), second['previous']]).toEqual([['current', 'next', 'previous'], first['current']]);
    await bench.database.pool.query(`DELETE FROM assent.signing_key WHERE issuer = $1 AND state = 'next'`, [of]);
    await Promise.all(Array.from({ length: 5 }, () => keys.ensure(wanted, generateSigningKey, now(), 'next')));
    expect(await there()).toMatchObject({ current: second['current'], next: expect.any(String) });
    await bench.database.pool.query('DELETE FROM assent.signing_key WHERE issuer = $1', [of]);
  });

  it('are sealed at rest', async () => {
    const { rows } = await bench.database.pool.query<{ sealed_key: Buffer }>('SELECT sealed_key FROM assent.signing_key');
    for (const { sealed_key } of rows) expect(sealed_key.includes('PRIVATE KEY')).toBe(false);
  });

  it('say clearly when the encryption key is another', async () => {
    const other = await openDatabase({ url: bench.url, poolSize: 1, encryptionKey: new Secret(randomBytes(32)) });
    const complaint = /sealed under another encryption key/;
    await expect(other.stores.signingKeys.all()).rejects.toThrow(complaint);
    await expect(other.stores.signingKeys.ensure([{ issuer, alg: 'ES256' }], generateSigningKey, now())).rejects.toThrow(complaint);
    await other.close();
  });

  it('do not open in another row', async () => {
    const { pool } = bench.database;
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query(`UPDATE assent.signing_key a SET sealed_key = b.sealed_key FROM assent.signing_key b WHERE a.alg = 'ES256' AND b.alg = 'EdDSA' AND a.state = b.state`);
    await client.query('COMMIT');
    client.release();
    await expect(keys.all()).rejects.toThrow(/another encryption key/);
    await pool.query(`DELETE FROM assent.signing_key WHERE alg = 'ES256'`);
    await keys.ensure([{ issuer, alg: 'ES256' }], generateSigningKey, now());
  });

  it('move on: next signs, current is still published, previous is dropped in time', async () => {
    await bench.database.pool.query(`DELETE FROM assent.signing_key WHERE alg = 'EdDSA'`);
    const first = await states();
    await keys.rotate(issuer, 'ES256', generateSigningKey, now(), inSeconds(-60));
    const second = await states();
    expect(second['current']).toBe(first['next']);
    expect(second['previous']).toBe(first['current']);
    expect(second['next']).not.toBe(first['next']);
    await keys.rotate(issuer, 'ES256', generateSigningKey, inSeconds(10), inSeconds(5));
    expect((await keys.all()).map(({ kid }) => kid)).not.toContain(first['current']);
    expect((await states())['previous']).toBe(second['current']);
  });

  it('rotate once when the timers of several processes fire together', async () => {
    const before = await states();
    const at = inSeconds(100);
    await Promise.all(Array.from({ length: 5 }, () => keys.rotate(issuer, 'ES256', generateSigningKey, at, inSeconds(-1000), inSeconds(50))));
    const after = await states();
    expect(after['current']).toBe(before['next']);
  });

  it('tell other processes of a change', async () => {
    const other = await openDatabase({ url: bench.url, poolSize: 1, encryptionKey });
    let changes = 0;
    const stop = await other.stores.signingKeys.onChange(() => changes++);
    const before = changes;
    await keys.rotate(issuer, 'ES256', generateSigningKey, inSeconds(200), inSeconds(-1000));
    for (let waited = 0; changes === before && waited < 100; waited++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(changes).toBeGreaterThan(before);
    await stop();
    await other.close();
  });

  it('need an encryption key', async () => {
    const bare = await openDatabase({ url: bench.url, poolSize: 1 });
    await expect(bare.stores.signingKeys.all()).rejects.toThrow(/without an encryption key/);
    await bare.close();
  });
});
