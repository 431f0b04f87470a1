import type { AssentConfig } from '@assent/config';
import type { BackchannelSignals, Clock, RevocationFeed, Secret } from '@assent/protocol';
import { openBackchannelSignals } from './backchannel-signals.js';
import { openDatabase, type Database } from './database.js';
import { DatabaseError } from './database-error.js';
import { openRevocationFeed, type FeedRead } from './revocation-feed.js';

/** Where connections that were lost meanwhile are told of; a pino logger is one. */
export interface WarningLog {
  warn(about: object, message: string): void;
}

export interface OpeningApp {
  /** As `pg_stat_activity` shows it. */
  readonly applicationName: string;
  readonly clock: Clock;
  readonly log: WarningLog;
}

/** The configured database, with every store. `DatabaseError` (one line) when there is none or it cannot be used. */
export function openConfiguredDatabase(config: Pick<AssentConfig, 'database' | 'encryptionKey'>, { applicationName, clock, log }: OpeningApp): Promise<Database> {
  const { poolSize } = config.database;
  const onError = (err: Error): void => log.warn({ err }, 'lost an idle database connection');
  return openDatabase({ url: databaseUrl(config), poolSize, encryptionKey: config.encryptionKey, clock, applicationName, onError });
}

/** The revocation feed of the configured database. */
export function openConfiguredFeed(config: Pick<AssentConfig, 'database'>, { clock, log, onRead }: Omit<OpeningApp, 'applicationName'> & { readonly onRead?: (read: FeedRead) => void }): Promise<RevocationFeed> {
  return openRevocationFeed(databaseUrl(config), { clock, ...(onRead && { onRead }), onError: (err) => log.warn({ err }, 'the revocation feed was interrupted') });
}

/** Wake-ups about requests by the back channel, from all processes on the configured database. */
export function openConfiguredSignals(config: Pick<AssentConfig, 'database'>, { log }: Pick<OpeningApp, 'log'>): Promise<BackchannelSignals> {
  return openBackchannelSignals({ url: databaseUrl(config).reveal(), onError: (err) => log.warn({ err }, 'wake-ups about back-channel requests were interrupted') });
}

function databaseUrl({ database }: Pick<AssentConfig, 'database'>): Secret {
  if (!database.url) throw new DatabaseError('no database: set DATABASE_URL, or start everything with npm start');
  return database.url;
}

export const databaseReady = (database: Database): { readonly name: string; check(): Promise<unknown> } => ({ name: 'database', check: () => database.ping() });

/** A feed further behind than `maxAgeMs` must not be trusted. */
export const feedReady = (feed: RevocationFeed, maxAgeMs = 1000): { readonly name: string; check(): Promise<unknown> } => ({
  name: 'revocations',
  check: async () => {
    if (feed.age() > maxAgeMs) throw new Error('the revocation feed is behind');
  },
});
