import { JwsError, verifyJws, type PublicKey } from '@assent/crypto';
import { checkpointType, CheckpointWalk, readCheckpoint, verifyChain, verifyHistory, type CheckpointClaims, type Finding, type Link, type Signed, type Standing } from '@assent/grants';
import type pg from 'pg';
import { grantColumns, grantFrom, type GrantRow } from '../stores/grant-rows.js';
import { grantVersionFrom, type GrantVersionRow } from '../stores/grant-version-rows.js';

export interface AuditVerification {
  readonly findings: readonly Finding[];
  readonly chains: number;
  readonly events: number;
  readonly checkpoints: number;
  /** The last checkpoint's number and hash: kept elsewhere, they prove later that nothing was cut off. */
  readonly last: { readonly number: number; readonly hash: string | null };
}

export interface AuditOptions {
  readonly key: PublicKey;
  /** A checkpoint known from elsewhere, which must still be there: its number and hash. */
  readonly anchor?: { readonly number: number; readonly hash: string };
  /** Chains read at once; 200. */
  readonly batch?: number;
}

/**
 * Verifies every chain of grant events against its hashes and the signed checkpoints, and grants and their histories
 * against their chains, in one snapshot of the database and in bounded memory.
 */
export async function verifyAudit(pool: pg.Pool, { key, anchor, batch = 200 }: AuditOptions): Promise<AuditVerification> {
  const client = await pool.connect();
  try {
    // The pool's planner settings are for finding single rows.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query('SET LOCAL statement_timeout = 0; SET LOCAL enable_seqscan = on; SET LOCAL plan_cache_mode = auto');
    const checkpoints = await verifyCheckpoints(client, key, anchor);
    const chains = await verifyChains(client, checkpoints.distrusted, batch);
    await client.query('COMMIT');
    return { findings: [...checkpoints.findings, ...chains.findings], chains: chains.chains, events: chains.events, checkpoints: checkpoints.count, last: checkpoints.last };
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

interface CheckpointRow {
  readonly number: number;
  readonly kind: string;
  readonly jws: string;
}
interface LeafRow {
  readonly grant_id: string;
  readonly number: number;
  readonly kind: 'heads' | 'retired';
  readonly sequence: number;
  readonly hash: Buffer;
}

async function verifyCheckpoints(client: pg.PoolClient, key: PublicKey, anchor: AuditOptions['anchor']) {
  const walk = new CheckpointWalk();
  const findings: Finding[] = [];
  const distrusted: number[] = [];
  let count = 0;
  let anchored = anchor === undefined;
  for (let after = 0; ; ) {
    const { rows } = await client.query<CheckpointRow>('SELECT number, kind, jws FROM assent.audit_checkpoint WHERE number > $1 ORDER BY number LIMIT 100', [after]);
    for (const { number, kind, jws } of rows) {
      const { rows: leaves } = await client.query<LeafRow>('SELECT grant_id, sequence, hash FROM assent.audit_checkpoint_leaf WHERE number = $1', [number]);
      const found = walk.next({ number, kind, jws, claims: await claimsOf(jws, key), leaves: leaves.map(({ grant_id: grantId, sequence, hash }) => ({ grantId, sequence, hash })) });
      if (found.length > 0) distrusted.push(number);
      findings.push(...found);
      anchored ||= anchor?.number === number && anchor.hash === walk.last.hash;
      count += 1;
      after = number;
    }
    if (rows.length < 100) break;
  }
  // Whoever cuts the last ones off and leaves what they signed.
  const { rows: cut } = await client.query<{ number: number }>('SELECT DISTINCT number FROM assent.audit_checkpoint_leaf WHERE number > $1 ORDER BY number', [walk.last.number]);
  for (const { number } of cut) findings.push({ what: 'checkpoint', says: `checkpoint ${number} is missing: only its leaves are there` });
  if (!anchored) findings.push({ what: 'checkpoint', says: `checkpoint ${anchor!.number} is not the one that was kept elsewhere, or is missing` });
  return { findings, distrusted, count, last: walk.last };
}

/** `undefined` for one that was not signed with this key. */
async function claimsOf(jws: string, key: PublicKey): Promise<CheckpointClaims | undefined> {
  try {
    const { header, claims } = await verifyJws(jws, { algs: ['EdDSA'], keys: () => [key] });
    return header.typ === checkpointType ? readCheckpoint(claims) : undefined;
  } catch (error) {
    if (error instanceof JwsError) return undefined;
    throw error;
  }
}

interface EventRow extends Link {
  readonly grant_id: string;
}
interface HeadRow {
  readonly grant_id: string;
  readonly sequence: number;
  readonly hash: Buffer;
}

/** Every grant that has events, a head, or a signed link: whatever was deleted, something of it is left in one of the three. */
const nextGrants = `
  SELECT tag, grant_id FROM (
    (SELECT tag, grant_id FROM assent.grant_chain WHERE (tag, grant_id) > ($1::int, $2::text) ORDER BY tag, grant_id LIMIT $3)
    UNION
    (SELECT DISTINCT tag, grant_id FROM assent.grant_event WHERE (tag, grant_id) > ($1::int, $2::text) ORDER BY tag, grant_id LIMIT $3)
    UNION
    (SELECT DISTINCT tag, grant_id FROM assent.audit_checkpoint_leaf WHERE (tag, grant_id) > ($1::int, $2::text) ORDER BY tag, grant_id LIMIT $3)
  ) AS known ORDER BY tag, grant_id LIMIT $3`;

async function verifyChains(client: pg.PoolClient, distrusted: readonly number[], batch: number) {
  const findings: Finding[] = [];
  let [chains, events] = [0, 0];
  for (let after: readonly [number, string] = [-1, '']; ; ) {
    const { rows: grants } = await client.query<{ tag: number; grant_id: string }>(nextGrants, [...after, batch]);
    const names = [grants.map(({ tag }) => tag), grants.map(({ grant_id }) => grant_id)];
    const of = <Row extends pg.QueryResultRow>(columns: string, from: string, order: string, more: readonly unknown[] = []) =>
      client.query<Row>(`SELECT ${columns} FROM unnest($1::int[], $2::text[]) AS w (tag, grant_id) JOIN ${from} ORDER BY ${order}`, [...names, ...more]);
    const links = grouped((await of<EventRow>('e.grant_id, e.sequence, e.at, e.type, e.body, e.previous, e.hash', 'assent.grant_event e ON e.tag = w.tag AND e.grant_id = w.grant_id', 'e.sequence, e.at')).rows);
    const heads = grouped((await of<HeadRow>('h.grant_id, h.sequence, h.hash', 'assent.grant_chain h ON h.tag = w.tag AND h.grant_id = w.grant_id', 'h.grant_id')).rows);
    const leaves = grouped((await of<LeafRow>('l.grant_id, l.number, l.sequence, l.hash, c.kind', 'assent.audit_checkpoint_leaf l ON l.tag = w.tag AND l.grant_id = w.grant_id JOIN assent.audit_checkpoint c ON c.number = l.number AND c.number <> ALL ($3::int[])', 'l.number', [distrusted])).rows);
    const versions = grouped((await of<GrantVersionRow>('v.*', 'assent.grant_version v ON v.tag = w.tag AND v.grant_id = w.grant_id', 'v.version')).rows);
    const standing = grouped((await of<GrantRow & { readonly grant_id: string }>(`g.id AS grant_id, ${grantColumns}`, 'assent."grant" g ON g.tag = w.tag AND g.id = w.grant_id', 'g.id')).rows);
    for (const { grant_id: grantId } of grants) {
      const own = links.get(grantId) ?? [];
      const signed = (leaves.get(grantId) ?? []).map(({ number, kind, sequence, hash }): Signed => ({ checkpoint: number, kind, sequence, hash }));
      const broken = verifyChain({ grantId, links: own, head: heads.get(grantId)?.[0], signed });
      const [grant] = standing.get(grantId) ?? [];
      // A chain that is not as it was written proves nothing about the rest.
      findings.push(...(broken.length > 0 ? broken : verifyHistory({ grantId, links: own, versions: (versions.get(grantId) ?? []).map(grantVersionFrom), standing: grant && standingFrom(grant) })));
      events += own.length;
    }
    chains += grants.length;
    const last = grants.at(-1);
    if (!last || grants.length < batch) return { findings, chains, events };
    after = [last.tag, last.grant_id];
  }
}

/** As it is written, also when its end has come: that is a version of its own. */
const standingFrom = (row: GrantRow): Standing => ({ ...grantFrom(row, row.created_at), status: row.status });

function grouped<Row extends { readonly grant_id: string }>(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.grant_id);
    if (group) group.push(row);
    else groups.set(row.grant_id, [row]);
  }
  return groups;
}
