import { join } from 'node:path';
import type { AssentConfig } from '@assent/config';
import { migrate, openDatabase, seedCustomers, seedStaff } from '@assent/persistence';
import { systemClock } from '@assent/protocol';
import { ensurePki, pkiNeeds, type PkiReport } from '../pki/index.js';

/**
 * Makes or renews the local certificates and the demo clients' keys; never in production. With server certificates of
 * one's own, the demo clients still need theirs.
 */
export async function preparePki(config: AssentConfig): Promise<PkiReport> {
  if (config.mode === 'production') return { made: [], renewed: [] };
  return await ensurePki(join(config.dataFolder, 'pki'), pkiNeeds(config), systemClock.now());
}

/**
 * Brings the database's schema up to date and writes the configured customers and staff. Answers the migrations that ran.
 * Throws `DatabaseError` with one line that names server and remedy.
 */
export async function prepareDatabase(config: AssentConfig, url: string): Promise<readonly string[]> {
  const ran = await migrate(url);
  const database = await openDatabase({ url, poolSize: 1, applicationName: 'assent setup' });
  try {
    await seedCustomers(database.pool, config.customers, systemClock);
    await seedStaff(database.pool, config.staff);
  } finally {
    await database.close();
  }
  return ran;
}
