import pg from 'pg';

/** What a server process has used so far, by its own metrics. */
export interface Reading {
  readonly cpuSeconds: number;
  readonly statements: number;
  readonly commits: number;
  readonly rssMb: number;
}

/** Reads a server's `/metrics`; `undefined` when there is none to read (a target that is not ours). */
export async function read(metricsUrl: string | undefined): Promise<Reading | undefined> {
  if (metricsUrl === undefined) return undefined;
  const text = await (await fetch(metricsUrl)).text();
  const value = (name: string): number => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(text)?.[1] ?? 0);
  return {
    cpuSeconds: value('process_cpu_seconds_total'),
    statements: value('assent_sql_statements_total'),
    commits: value('assent_sql_commits_total'),
    rssMb: value('process_resident_memory_bytes') / 1_048_576,
  };
}

/** What PostgreSQL itself has counted, whoever sent it. */
export interface Counted {
  readonly statements: number;
  /** Transactions that wrote: those that were given a transaction number. */
  readonly commits: number;
}

export interface Witness {
  read(): Promise<Counted>;
  close(): Promise<void>;
}

/** What the server needs to be started with, for a witness. */
export const witnessSettings = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track_utility': 'on' };

/*
 * `xact_commit` of pg_stat_database comes up to ten seconds late; these two are right at once. BEGIN and COMMIT would
 * count as statements.
 */
const count = `
  SELECT coalesce(sum(calls), 0)::int AS statements, pg_snapshot_xmax(pg_current_snapshot())::text::int AS commits
  FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'`;

/** Asks the database what was sent to it, so that nobody has to believe the servers' own counters. */
export async function openWitness(url: string): Promise<Witness> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  return {
    read: async () => (await client.query<Counted>(count)).rows[0] as Counted,
    close: () => client.end(),
  };
}
