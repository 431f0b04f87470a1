import type pg from 'pg';
import { deriveKey, isEncryptionAlg, open, seal } from '@assent/crypto';
import type { KeyAlgName, Secret, SigningKeys, SigningKeyState, StoredSigningKey } from '@assent/protocol';
import { advisoryLocks } from '../advisory-locks.js';
import { DatabaseError } from '../database-error.js';
import { Notifications } from '../notifications.js';

const channel = 'assent_signing_key';

interface KeyRow {
  readonly issuer: string;
  readonly alg: KeyAlgName;
  readonly kid: string;
  readonly state: SigningKeyState;
  readonly sealed_key: Buffer;
  readonly created_at: Date;
  readonly since: Date;
}

interface GeneratedKey {
  readonly kid: string;
  readonly privateKeyPem: string;
}

/** Seals and opens private keys; a sealed key names its kid, so that it opens in no other row. */
class KeySealing {
  readonly #key: Buffer;

  constructor(master: Secret<Buffer>) {
    this.#key = deriveKey(master.reveal(), 'signing-keys');
  }

  seal(kid: string, privateKeyPem: string): Buffer {
    return seal(Buffer.from(privateKeyPem), this.#key, `signing-key/${kid}`);
  }

  open(row: KeyRow): StoredSigningKey {
    try {
      const privateKeyPem = open(row.sealed_key, this.#key, `signing-key/${row.kid}`).toString();
      return { kid: row.kid, issuer: row.issuer, alg: row.alg, state: row.state, privateKeyPem, createdAt: row.created_at, since: row.since };
    } catch (cause) {
      throw new DatabaseError(`the signing keys in the database were sealed under another encryption key: give this installation the key it was set up with (signing key ${row.kid})`, cause);
    }
  }
}

export function signingKeys(pool: pg.Pool, encryptionKey: Secret<Buffer> | undefined): SigningKeys {
  let sealing: KeySealing | undefined;
  const sealed = (): KeySealing => {
    if (!encryptionKey) throw new DatabaseError('signing keys cannot be read without an encryption key');
    return (sealing ??= new KeySealing(encryptionKey));
  };
  return {
    async all(issuers) {
      const { rows } = await pool.query<KeyRow>('SELECT * FROM assent.signing_key WHERE $1::text[] IS NULL OR issuer = ANY ($1::text[]) ORDER BY issuer, alg, created_at, kid', [issuers ?? null]);
      return rows.map((row) => sealed().open(row));
    },
    ensure: (wanted, generate, now, only) =>
      underLock(pool, async (client) => {
        const missing: ((typeof wanted)[number] & { readonly state: SigningKeyState })[] = [];
        for (const { issuer, alg } of wanted) {
          const present = await keysOf(client, issuer, alg);
          // A wrong encryption key must not go unnoticed until somebody signs.
          if (present[0]) sealed().open(present[0]);
          for (const state of only ? [only] : (['current', 'next'] as const)) if (!present.some((key) => key.state === state)) missing.push({ issuer, alg, state });
        }
        // All at the same time: an RSA key takes a core for a good part of a second, and the first start needs dozens.
        const made = await Promise.all(missing.map(({ alg }) => generate(alg)));
        for (const [index, key] of missing.entries()) await insert(client, sealed(), { ...key, now }, made[index]!);
        return missing.length > 0;
      }),
    rotate: (issuer, alg, generate, now, retireBefore, dueBefore) =>
      underLock(pool, async (client) => {
        const current = (await keysOf(client, issuer, alg)).find(({ state }) => state === 'current');
        if (dueBefore && current && current.since > dueBefore) return false;
        const change = (from: SigningKeyState, to: SigningKeyState): Promise<unknown> =>
          client.query('UPDATE assent.signing_key SET state = $4, since = $5 WHERE issuer = $1 AND alg = $2 AND state = $3', [issuer, alg, from, to, now]);
        await client.query(`DELETE FROM assent.signing_key WHERE issuer = $1 AND alg = $2 AND state = 'previous' AND since < $3`, [issuer, alg, retireBefore]);
        await change('current', 'previous');
        await change('next', 'current');
        const left = await keysOf(client, issuer, alg);
        if (!left.some(({ state }) => state === 'current')) await insert(client, sealed(), { issuer, alg, state: 'current', now }, await generate(alg));
        await insert(client, sealed(), { issuer, alg, state: 'next', now }, await generate(alg));
        return true;
      }),
    async onChange(listener) {
      const notifications = await Notifications.open({ connection: connectionOf(pool), channel, onWake: listener });
      return () => notifications.close();
    },
  };
}

async function keysOf(client: pg.ClientBase, issuer: string, alg: KeyAlgName): Promise<KeyRow[]> {
  return (await client.query<KeyRow>('SELECT * FROM assent.signing_key WHERE issuer = $1 AND alg = $2', [issuer, alg])).rows;
}

interface NewKey {
  readonly issuer: string;
  readonly alg: KeyAlgName;
  readonly state: SigningKeyState;
  readonly now: Date;
}

async function insert(client: pg.ClientBase, sealing: KeySealing, key: NewKey, { kid, privateKeyPem }: GeneratedKey): Promise<void> {
  await client.query(
    'INSERT INTO assent.signing_key (issuer, alg, kid, state, sealed_key, created_at, since, use) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)',
    [key.issuer, key.alg, kid, key.state, sealing.seal(kid, privateKeyPem), key.now, isEncryptionAlg(key.alg) ? 'enc' : 'sig'],
  );
}

/** One transaction under the lock of all processes; tells them all when `work` changed something. */
async function underLock(pool: pg.Pool, work: (client: pg.ClientBase) => Promise<boolean>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    // Whoever makes dozens of keys on a first start holds the lock for longer than a statement may take; others wait for it.
    await client.query('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0');
    await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.signingKeys]);
    if (await work(client)) await client.query(`NOTIFY ${channel}`);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

export function connectionOf(pool: pg.Pool): pg.ClientConfig {
  const { connectionString, ssl } = pool.options;
  return { ...(connectionString && { connectionString }), ...(ssl !== undefined && { ssl }), application_name: 'assent-keys' };
}
