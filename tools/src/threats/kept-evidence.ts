import type { AssentConfig } from '@assent/config';
import { openDatabase } from '@assent/persistence';
import { withDatabase } from '../launch/database-access.js';

/** Reads the signed messages kept of the latest grant of a client, as whoever runs the database can. */
export const keptEvidence =
  (config: AssentConfig) =>
  (clientId: string): Promise<readonly string[]> =>
    withDatabase(config, process.env, async (url) => {
      const database = await openDatabase({ url, poolSize: 1, encryptionKey: config.encryptionKey, applicationName: 'assent threats' });
      try {
        const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM assent."grant" WHERE client_id = $1 ORDER BY created_at DESC LIMIT 1', [clientId]);
        const chain = rows[0] && (await database.stores.evidence.chain(rows[0].id));
        return (chain?.artefacts ?? []).flatMap(({ text }) => (JSON.parse(text) as { readonly jws?: string }).jws ?? []);
      } finally {
        await database.close();
      }
    });
