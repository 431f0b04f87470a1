import type { Clock } from '@assent/protocol';
import type { Database } from '../database.js';
import { Sql } from '../sql.js';
import { directoryStore } from './directory.store.js';
import type { DirectoryStore } from './model.js';

export * from './model.js';

/** The tables of the directory, which lie beside the bank's in a schema of their own. */
export const openDirectoryStore = ({ pool }: Pick<Database, 'pool'>, clock: Clock): DirectoryStore => directoryStore(new Sql(pool), clock);
