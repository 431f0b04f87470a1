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
