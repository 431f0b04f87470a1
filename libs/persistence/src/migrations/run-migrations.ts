import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { entities } from '../entities/index.js';
import { migrations } from './index.js';

/** Runs what has not run yet, all in one transaction. Apart from `migrate`, so that servers do not load TypeORM. */
export async function runMigrations(url: string): Promise<readonly string[]> {
  const source = new DataSource({
    type: 'postgres',
    url,
    schema: 'assent',
    entities: [...entities],
    migrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'all',
    applicationName: 'assent-migrate',
  });
  await source.initialize();
  try {
    return (await source.runMigrations()).map(({ name }) => name);
  } finally {
    await source.destroy();
  }
}
