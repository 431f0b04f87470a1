import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { startDatabase, type TestDatabase } from '../embedded/test-database.js';
import { entities, GrantEntity } from './index.js';

let server: TestDatabase;
let source: DataSource;
beforeAll(async () => {
  server = await startDatabase();
  source = await new DataSource({ type: 'postgres', url: server.url, entities: [...entities] }).initialize();
});
afterAll(async () => {
  await source.destroy();
  await server.stop();
});

interface Column {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly key: boolean;
}

const columnsOf = (schema: string, table: string): Promise<Column[]> =>
  source.query(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable, coalesce(a.attnum = ANY (i.indkey), false) AS key
    FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
    WHERE a.attrelid = format('%I.%I', $1::text, $2::text)::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [schema, table],
  );

/** Types TypeORM has no name for, by column. */
const unnamed: Readonly<Record<string, string>> = { 'revocation.xid': 'xid8', 'registered_client.changed_in': 'xid8' };
const spelled: Readonly<Record<string, string>> = { timestamptz: 'timestamp with time zone', 'varchar(255)': 'character varying(255)' };

describe('entities', () => {
  it('describe every table exactly as the migrations make it', async () => {
    for (const { schema, tableName, columns } of source.entityMetadatas) {
      const described = columns.map((column): Column => {
        const size = column.precision ? `(${column.precision},${column.scale})` : column.length ? `(${column.length})` : '';
        const type = `${String(column.type)}${size}`;
        return { name: column.databaseName, type: unnamed[`${tableName}.${column.databaseName}`] ?? `${spelled[type] ?? type}${column.isArray ? '[]' : ''}`, nullable: column.isNullable, key: column.isPrimary };
      });
      expect({ table: tableName, columns: described }).toEqual({ table: tableName, columns: await columnsOf(schema!, tableName) });
    }
  });

  it('leave out no table', async () => {
    const tables = await source.query(`SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace IN ('assent'::regnamespace, 'bank'::regnamespace) AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`);
    const described = source.entityMetadatas.map(({ tableName }) => tableName);
    expect([...described, 'migration'].sort()).toEqual(tables.map(({ name }: { name: string }) => name).sort());
  });

  it('can be queried', async () => {
    expect(await source.getRepository(GrantEntity).findBy({ customerId: 'nobody' })).toEqual([]);
  });
});
