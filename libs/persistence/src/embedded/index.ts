export interface EmbeddedPostgresOptions {
  /** Where data and password live; created when absent, kept between starts. */
  readonly folder: string;
  readonly port: number;
  /** Database to create and connect to (`assent`). */
  readonly database?: string;
  readonly user?: string;
  /** Each line the server logs. */
  readonly onLog?: (line: string) => void;
  /** The server ended without being asked to. */
  readonly onExit?: (lastLines: readonly string[]) => void;
}

export interface EmbeddedPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL 18 from npm's binaries on 127.0.0.1 and answers when it accepts connections.
 * `DatabaseError` (one line) when the port is taken, the folder cannot be written or is in use by a running server.
 */
export async function startEmbeddedPostgres(_options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  throw new Error('not there yet');
}

export interface TestDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

/** A fresh, migrated database on the one PostgreSQL server of this Jest run. */
export async function startDatabase(_options: { readonly migrated?: boolean } = {}): Promise<TestDatabase> {
  throw new Error('not there yet');
}
