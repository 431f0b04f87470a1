import { configOf, run } from './launch/command.js';
import { Failure } from './launch/failure.js';
import { prepareDatabase, preparePki } from './launch/prepare.js';

/*
 * One-shot preparation for containers, by the configuration's file and environment: encryption key and certificates
 * in the data folder, database schema, customers. Safe to run again.
 */
await run(async () => {
  const config = await configOf({});
  const url = config.database.url?.reveal();
  if (url === undefined) throw new Failure('DATABASE_URL is not set: the containers share an external PostgreSQL.');
  const pki = await preparePki(config);
  const ran = await prepareDatabase(config, url);
  console.log(`Ready: ${pki.made.length} certificates made, ${pki.renewed.length} renewed, ${ran.length} migrations run, ${config.customers.length} customers written.`);
});
