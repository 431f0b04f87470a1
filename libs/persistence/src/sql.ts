import type pg from 'pg';

export interface Statistics {
  readonly statements: number;
  readonly commits: number;
}

type Values = Readonly<Record<string, unknown>>;

/** A statement prepared by name, once per connection; its parameters have names too. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly parameters: readonly string[];
  /** It leaves a commit behind. */
  readonly writes: boolean;
}

/** `text` names parameters `$like_this`; every mention needs its cast, as PostgreSQL infers no types across CTEs. */
function prepare(name: string, text: string, writes: boolean): Statement {
  const parameters: string[] = [];
  const numbered = text.replace(/\$([a-z][a-z0-9_]*)/g, (_, parameter: string) => {
    if (!parameters.includes(parameter)) parameters.push(parameter);
    return `$${parameters.indexOf(parameter) + 1}`;
  });
  return { name: `assent_${name}`, text: numbered, parameters, writes };
}

export const reading = (name: string, text: string): Statement => prepare(name, text, false);
export const writing = (name: string, text: string): Statement => prepare(name, text, true);

interface Counts {
  statements: number;
  commits: number;
}

/** Runs prepared statements on the pool, each its own transaction, and counts them. */
export class Sql {
  readonly #counts: Counts;

  /** `client`: within a transaction on it. */
  constructor(
    private readonly pool: pg.Pool,
    private readonly client?: pg.PoolClient,
    counts: Counts = { statements: 0, commits: 0 },
  ) {
    this.#counts = counts;
  }

  /** `writes` overrules the statement where it depends on the input. */
  async rows<Row extends pg.QueryResultRow>(statement: Statement, values: Values, writes = statement.writes): Promise<Row[]> {
    this.#counts.statements++;
    if (writes && !this.client) this.#counts.commits++;
    const { rows } = await (this.client ?? this.pool).query<Row>({ name: statement.name, text: statement.text, values: inOrder(statement, values) });
    return rows;
  }

  /** The one row of a statement that always has one. */
  async row<Row extends pg.QueryResultRow>(statement: Statement, values: Values, writes = statement.writes): Promise<Row> {
    const [row] = await this.rows<Row>(statement, values, writes);
    if (!row) throw new Error(`${statement.name} answered without a row`);
    return row;
  }

  /**
   * For decisions that one statement cannot make: it sees the rows as they were when it began, but those that decide
   * must be read after a lock was waited for. All of `work` commits, or (also when this process dies) none of it.
   */
  async transaction<T>(work: (within: Sql) => Promise<T>, { lockTimeoutMs }: { readonly lockTimeoutMs: number }): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(`BEGIN; SET LOCAL lock_timeout = ${lockTimeoutMs}`);
      const result = await work(new Sql(this.pool, client, this.#counts));
      await client.query('COMMIT');
      this.#counts.commits++;
      return result;
    } catch (error) {
      // A connection that cannot even roll back is closed instead of returned.
      await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  statistics(): Statistics {
    return { ...this.#counts };
  }
}

/** The statement as the driver takes it, for a connection that is held. */
export const bound = (statement: Statement, values: Values): { name: string; text: string; values: unknown[] } => ({ name: statement.name, text: statement.text, values: inOrder(statement, values) });

function inOrder({ name, parameters }: Statement, values: Values): unknown[] {
  return parameters.map((parameter) => {
    const value = values[parameter];
    if (value === undefined) throw new Error(`${name} needs a value (or null) for ${parameter}`);
    return value;
  });
}

/** Times travel as ISO text: the driver's own way through local time costs several times as much. */
export const instant = (date: Date): string => date.toISOString();
export const instantOrNull = (date: Date | null | undefined): string | null => (date ? date.toISOString() : null);
