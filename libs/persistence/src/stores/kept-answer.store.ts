import { randomBytes } from 'node:crypto';
import { deriveKey, open, seal } from '@assent/crypto';
import { plusSeconds, type KeptAnswers, type Secret, type SpentMessages } from '@assent/protocol';
import { DatabaseError } from '../database-error.js';
import { instant, reading, writing, type Sql } from '../sql.js';

/*
 * One statement takes a key: of many requests at the same moment one gets the row. Those that lose read it afterwards,
 * in a statement of their own: theirs began before the row was there.
 */
const take = writing(
  'market_answer_take',
  `INSERT INTO assent.market_answer AS kept (tag, hash, request, expires_at, lease, lease_until)
  VALUES ($tag::int, $hash::bytea, $request::bytea, $expires_at::timestamptz, $lease::text, $lease_until::timestamptz)
  ON CONFLICT (tag, hash) DO UPDATE SET request = excluded.request, expires_at = excluded.expires_at, lease = excluded.lease, lease_until = excluded.lease_until, answer = NULL
  WHERE kept.expires_at <= $now::timestamptz OR (kept.answer IS NULL AND kept.lease_until <= $now::timestamptz AND kept.request = excluded.request)
  RETURNING tag`,
);
const find = reading('market_answer_find', `SELECT k.request, k.answer FROM assent.market_answer k WHERE k.tag = $tag::int AND k.hash = $hash::bytea`);
const keep = writing('market_answer_keep', `UPDATE assent.market_answer k SET answer = $answer::bytea WHERE k.tag = $tag::int AND k.hash = $hash::bytea AND k.lease = $lease::text`);
const release = writing('market_answer_release', `DELETE FROM assent.market_answer k WHERE k.tag = $tag::int AND k.hash = $hash::bytea AND k.lease = $lease::text AND k.answer IS NULL`);

const spend = writing(
  'market_message_spend',
  `INSERT INTO assent.market_message AS spent (tag, hash, expires_at) VALUES ($tag::int, $hash::bytea, $expires_at::timestamptz)
  ON CONFLICT (tag, hash) DO UPDATE SET expires_at = excluded.expires_at WHERE spent.expires_at <= $now::timestamptz
  RETURNING tag`,
);

/** Keys have no flow they belong to: the shard is the hash's own. */
const shardOf = (hash: Buffer): number => hash.readUInt16BE(0);

export const keptAnswers = (sql: Sql, encryptionKey: Secret<Buffer> | undefined): KeptAnswers => {
  let sealing: Buffer | undefined;
  const sealingKey = (): Buffer => {
    if (!encryptionKey) throw new DatabaseError('answers cannot be kept or read without an encryption key');
    return (sealing ??= deriveKey(encryptionKey.reveal(), 'market-answer'));
  };
  return {
    async begin({ key: { hash, request }, now, keepSeconds, leaseSeconds }) {
      const lease = randomBytes(16).toString('base64url');
      const place = { tag: shardOf(hash), hash };
      const taken = await sql.rows(take, { ...place, request, now: instant(now), expires_at: instant(plusSeconds(now, keepSeconds)), lease, lease_until: instant(plusSeconds(now, leaseSeconds)) });
      if (taken.length > 0) return { outcome: 'begun', lease };
      const [row] = await sql.rows<{ request: Buffer; answer: Buffer | null }>(find, place);
      if (row && !row.request.equals(request)) return { outcome: 'reused' };
      return row?.answer ? { outcome: 'answered', answer: open(row.answer, sealingKey(), contextOf(hash)).toString() } : { outcome: 'running' };
    },
    async finish({ key: { hash }, lease, answer }) {
      await sql.rows(keep, { tag: shardOf(hash), hash, lease, answer: seal(Buffer.from(answer), sealingKey(), contextOf(hash)) });
    },
    async abandon({ key: { hash }, lease }) {
      await sql.rows(release, { tag: shardOf(hash), hash, lease });
    },
  };
};

const contextOf = (hash: Buffer): string => `market-answer/${hash.toString('hex')}`;

export const spentMessages = (sql: Sql): SpentMessages => ({
  async spend({ hash, expiresAt, now }) {
    const spent = await sql.rows(spend, { tag: shardOf(hash), hash, expires_at: instant(expiresAt), now: instant(now) });
    return spent.length > 0 ? 'spent' : 'replayed';
  },
});
