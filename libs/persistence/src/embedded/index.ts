export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js';
export { startDatabase, type StartDatabaseOptions, type TestDatabase } from './test-database.js';
