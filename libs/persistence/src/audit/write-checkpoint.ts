import { signJws, type SigningKey } from '@assent/crypto';
import { checkpointHash, checkpointType, rootOf, type CheckpointClaims, type CheckpointKind, type Leaf } from '@assent/grants';
import { tagOf } from '@assent/protocol';
import type { ClientBase } from 'pg';
import { advisoryLocks } from '../advisory-locks.js';

/** Leaves of one checkpoint, at most; more make another. */
const most = 10_000;

interface LeafRow {
  readonly grant_id: string;
  readonly sequence: number;
  readonly hash: Buffer;
}
const leafOf = ({ grant_id: grantId, sequence, hash }: LeafRow): Leaf => ({ grantId, sequence, hash });

/*
 * Which heads have moved. Their times come from the clocks of several processes and commit late: an hour is looked at
 * twice, and what was signed already is left out.
 */
const moved = `
  SELECT c.grant_id, c.sequence, c.hash FROM assent.grant_chain c
  WHERE c.at > coalesce((SELECT max(at) FROM assent.audit_checkpoint WHERE kind = 'heads') - interval '1 hour', '-infinity')
    AND NOT EXISTS (SELECT FROM assent.audit_checkpoint_leaf l WHERE l.tag = c.tag AND l.grant_id = c.grant_id AND l.sequence >= c.sequence)
  ORDER BY c.grant_id LIMIT ${most}`;

/**
 * Signs the heads of all chains that have moved since they were signed last, each batch in a transaction of its own.
 * Answers with how many.
 */
export async function checkpointHeads(client: ClientBase, key: SigningKey, now: Date): Promise<number> {
  let total = 0;
  for (;;) {
    const signed = await inTransaction(client, async () => {
      const { rows } = await client.query<LeafRow>(moved);
      if (rows.length > 0) await append(client, key, { kind: 'heads', leaves: rows.map(leafOf), now });
      return rows.length;
    });
    total += signed;
    if (signed < most) return total;
  }
}

/**
 * Signs up to which link each chain's events lie in `relation` (those of them that `condition` picks), so that they can
 * be dropped. Within the transaction that drops them.
 */
export async function checkpointRetired(client: ClientBase, key: SigningKey, { relation, condition = 'true', now }: { readonly relation: string; readonly condition?: string; readonly now: Date }): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.checkpoints]);
  const { rows } = await client.query<LeafRow>(`SELECT DISTINCT ON (tag, grant_id) grant_id, sequence, hash FROM ${relation} WHERE ${condition} ORDER BY tag, grant_id, sequence DESC`);
  for (let index = 0; index < rows.length; index += most) await append(client, key, { kind: 'retired', leaves: rows.slice(index, index + most).map(leafOf), now });
}

async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.checkpoints]);
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function append(client: ClientBase, key: SigningKey, { kind, leaves, now }: { readonly kind: CheckpointKind; readonly leaves: readonly Leaf[]; readonly now: Date }): Promise<void> {
  const { rows } = await client.query<{ number: number; jws: string }>('SELECT number, jws FROM assent.audit_checkpoint ORDER BY number DESC LIMIT 1');
  const number = (rows[0]?.number ?? 0) + 1;
  const claims: CheckpointClaims = { number, at: now.toISOString(), kind, previous: rows[0] ? checkpointHash(rows[0].jws) : null, count: leaves.length, root: rootOf(leaves) };
  const jws = await signJws({ typ: checkpointType }, claims, key);
  await client.query('INSERT INTO assent.audit_checkpoint (number, at, kind, jws) VALUES ($1, $2, $3, $4)', [number, now, kind, jws]);
  await client.query(
    'INSERT INTO assent.audit_checkpoint_leaf (tag, grant_id, number, sequence, hash) SELECT l.tag, l.grant_id, $1, l.sequence, l.hash FROM unnest($2::int[], $3::text[], $4::int[], $5::bytea[]) AS l (tag, grant_id, sequence, hash)',
    [number, leaves.map(({ grantId }) => tagOf(grantId)), leaves.map(({ grantId }) => grantId), leaves.map(({ sequence }) => sequence), leaves.map(({ hash }) => hash)],
  );
}
