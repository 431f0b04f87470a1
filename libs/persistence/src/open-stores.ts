import type pg from 'pg';
import type { Clock, Secret } from '@assent/protocol';
import type { Sql } from './sql.js';
import type { Stores } from './stores.js';

export interface StoreParts {
  readonly sql: Sql;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly encryptionKey: Secret<Buffer> | undefined;
}

export function openStores(_parts: StoreParts): Stores {
  throw new Error('the stores are not there yet');
}
