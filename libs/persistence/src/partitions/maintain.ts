import type { ClientBase } from 'pg';
import { advisoryLocks } from '../advisory-locks.js';
import { partitionedTables, type PartitionedTable } from './tables.js';

/** A partition as its name tells it: `replay_1764000000_1764000900`, epoch seconds from and to. */
interface Partition {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/*
 * A statement that waits for a table's exclusive lock makes every later statement wait behind it: better to give up
 * and try again a minute later.
 */
const lockTimeout = `SET LOCAL lock_timeout = '500ms'`;

export interface MaintenanceOptions {
  readonly onError?: (error: Error) => void;
  /** Signs where the chains of these rows end, in the transaction that drops them. Without it, links stay. */
  readonly retire?: (rows: { readonly relation: string; readonly condition?: string }) => Promise<void>;
}

/** Makes coming partitions and drops past ones, each in a transaction of its own. Failures go to `onError`. */
export async function maintainPartitions(client: ClientBase, now: Date, { onError, retire }: MaintenanceOptions = {}): Promise<void> {
  const seconds = Math.floor(now.getTime() / 1000);
  for (const table of partitionedTables) {
    const present = await partitionsOf(client, table);
    const missing = comingPartitions(table, seconds).filter(({ from, to }) => !present.some((other) => other.from < to && from < other.to));
    const past = present.filter(({ to }) => to + table.keep <= seconds);
    for (const partition of missing) await attempt(client, onError, () => create(client, table, partition));
    if (table.chained && !retire) continue;
    const retiring = table.chained ? retire : undefined;
    for (const partition of past) await attempt(client, onError, () => drop(client, partition, retiring));
    await attempt(client, onError, () => emptyDefault(client, table, seconds, retiring));
  }
}

/** The current partition and those ahead of it. */
export function comingPartitions({ name, width, ahead }: PartitionedTable, seconds: number): Partition[] {
  const current = Math.floor(seconds / width) * width;
  return Array.from({ length: ahead + 1 }, (_, index) => {
    const from = current + index * width;
    return { name: `${name}_${from}_${from + width}`, from, to: from + width };
  });
}

async function partitionsOf(client: ClientBase, { name }: PartitionedTable): Promise<Partition[]> {
  const { rows } = await client.query<{ relname: string }>(
    'SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::regclass',
    [`assent.${name}`],
  );
  return rows.flatMap(({ relname }) => {
    const [, from, to] = /_(\d+)_(\d+)$/.exec(relname) ?? [];
    return from && to ? [{ name: relname, from: Number(from), to: Number(to) }] : [];
  });
}

async function attempt(client: ClientBase, onError: ((error: Error) => void) | undefined, work: () => Promise<void>): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(lockTimeout);
    await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.partitions]);
    await work();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    if (!onError) throw error;
    onError(error as Error);
  }
}

/**
 * Made apart and attached: `CREATE TABLE … PARTITION OF` would lock the whole table. Rows of its time that went to the
 * DEFAULT partition move over in the same transaction.
 */
async function create(client: ClientBase, table: PartitionedTable, { name, from, to }: Partition): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [`assent.${name}`]);
  if (rows[0]?.there) return;
  const storage = table.fillfactor ? ` WITH (fillfactor = ${table.fillfactor})` : '';
  const range = `${table.column} >= to_timestamp(${from}) AND ${table.column} < to_timestamp(${to})`;
  await client.query(`
    CREATE TABLE assent.${name} (LIKE assent.${table.name} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)${storage};
    LOCK TABLE assent.${table.name}_default IN ACCESS EXCLUSIVE MODE;
    WITH moved AS (DELETE FROM assent.${table.name}_default WHERE ${range} RETURNING *) INSERT INTO assent.${name} SELECT * FROM moved;
    ALTER TABLE assent.${table.name} ATTACH PARTITION assent.${name} FOR VALUES FROM (to_timestamp(${from})) TO (to_timestamp(${to}));
  `);
}

type Retire = MaintenanceOptions['retire'];

async function drop(client: ClientBase, { name }: Partition, retire: Retire): Promise<void> {
  await retire?.({ relation: `assent.${name}` });
  await client.query(`DROP TABLE IF EXISTS assent.${name}`);
}

async function emptyDefault(client: ClientBase, { name, column, keep }: PartitionedTable, seconds: number, retire: Retire): Promise<void> {
  const [relation, condition] = [`assent.${name}_default`, `${column} < to_timestamp(${seconds - keep})`];
  await retire?.({ relation, condition });
  await client.query(`DELETE FROM ${relation} WHERE ${condition}`);
}
