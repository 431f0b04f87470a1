import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssentConfig, Environment } from '@assent/config';
import { startEmbeddedPostgres } from '@assent/persistence/embedded';
import { Failure } from './failure.js';
import { lockDataFolder, runningDatabasePort } from './lock.js';

const defaultPort = 9432;

/** Port of the embedded database: ASSENT_DATABASE_PORT, or 9432. */
export function databasePortOf(env: Environment): number {
  const text = env['ASSENT_DATABASE_PORT'] ?? '';
  const port = text === '' ? defaultPort : Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new Failure(`ASSENT_DATABASE_PORT: expected a port number, found "${text}".`);
}

/**
 * Does some work with the configured database: the external one, the embedded one of the running stack, or the
 * embedded one started for just this.
 */
export async function withDatabase<T>(config: AssentConfig, env: Environment, work: (url: string) => Promise<T>): Promise<T> {
  const external = config.database.url?.reveal();
  if (external !== undefined) return await work(external);
  const folder = join(config.dataFolder, 'postgres');
  const runningPort = await runningDatabasePort(config.dataFolder);
  if (runningPort !== undefined) {
    const password = (await readFile(join(folder, 'password'), 'utf8')).trim();
    return await work(`postgres://assent:${password}@127.0.0.1:${runningPort}/assent`);
  }
  const port = databasePortOf(env);
  const lock = await lockDataFolder(config.dataFolder, port);
  try {
      const postgres = await startEmbeddedPostgres({ folder, port });
    return await work(postgres.url).finally(() => postgres.stop());
  } finally {
    lock.release();
  }
}
