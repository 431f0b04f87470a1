import { command, configOf, run } from './launch/command.js';
import { withDatabase } from './launch/database-access.js';
import { prepareDatabase } from './launch/prepare.js';

const options = command('npm run migrate --', 'Brings the database up to date and writes the configured customers.').parse().opts<{ config?: string }>();

await run(async () => {
  const config = await configOf(options);
  const ran = await withDatabase(config, process.env, (url) => prepareDatabase(config, url));
  console.log(ran.length === 0 ? 'The database is up to date.' : `Migrated: ${ran.join(', ')}.`);
});
