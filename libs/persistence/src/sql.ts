import type pg from 'pg';

export interface Statistics {
  readonly statements: number;
  readonly commits: number;
}

/** A statement prepared by name, once per connection. `writes`: it leaves a commit behind. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly writes: boolean;
}

export const reading = (name: string, text: string): Statement => ({ name: `assent_${name}`, text, writes: false });
export const writing = (name: string, text: string): Statement => ({ name: `assent_${name}`, text, writes: true });

/** Runs prepared statements on the pool, each its own transaction, and counts them. */
export class Sql {
  #statements = 0;
  #commits = 0;

  constructor(private readonly pool: pg.Pool) {}

  /** `writes` overrules the statement where what it writes depends on its input. */
  async rows<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[], writes = statement.writes): Promise<Row[]> {
    this.#statements++;
    if (writes) this.#commits++;
    const { rows } = await this.pool.query<Row>({ name: statement.name, text: statement.text, values });
    return rows;
  }

  /** The one row of a statement that always has one. */
  async row<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[], writes = statement.writes): Promise<Row> {
    const [row] = await this.rows<Row>(statement, values, writes);
    if (!row) throw new Error(`${statement.name} answered without a row`);
    return row;
  }

  statistics(): Statistics {
    return { statements: this.#statements, commits: this.#commits };
  }
}
