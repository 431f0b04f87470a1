import type { AssentConfig } from '@assent/config';
import { createLog, startApp, StartupError, type Log, type ReadyCheck, type RunningApp } from '@assent/http';
import { openDatabase, openRevocationFeed, type Database } from '@assent/persistence';
import { systemClock, type Clock, type RevocationFeed } from '@assent/protocol';
import { openAccountsGuard, type AccountsGuard } from './access/guard.js';
import { Bank } from './bank/bank.js';
import { registerAccountsApi } from './routes.js';

export interface ResourceServerOptions {
  readonly clock?: Clock;
  readonly log?: Log;
}

export interface ResourceServer {
  /** The ports it listens on, in the order of its listeners. */
  readonly ports: readonly number[];
  readonly healthPort: number | undefined;
  /** SQL statements sent for requests since the start. */
  statistics(): { readonly statements: number };
  close(): Promise<void>;
}

/** Starts the bank's API behind its guard. `StartupError` or `DatabaseError` when it cannot. */
export async function startResourceServer(config: AssentConfig, options: ResourceServerOptions = {}): Promise<ResourceServer> {
  const log = options.log ?? createLog({ app: 'resource-server', level: config.logLevel });
  const clock = options.clock ?? systemClock;
  const opened: { close(): Promise<unknown> }[] = [];
  const close = async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
  };
  const keep = async <T extends { close(): Promise<unknown> }>(opening: Promise<T>): Promise<T> => {
    const kept = await opening;
    opened.push(kept);
    return kept;
  };
  try {
    const database = await keep(openDatabaseOf(config, clock, log));
    const feed = await keep(openFeedOf(config, clock, log));
    const accounts = await keep(openAccountsGuard(config, feed, clock));
    const bank = new Bank(database.pool, clock);
    const app = await keep(startAccountsApi(config, { database, feed, accounts, bank, clock, log }));
    return { ports: app.ports, healthPort: app.healthPort, statistics: () => ({ statements: bank.statements }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Parts {
  readonly database: Database;
  readonly feed: RevocationFeed;
  readonly accounts: AccountsGuard;
  readonly bank: Bank;
  readonly clock: Clock;
  readonly log: Log;
}

function startAccountsApi(config: AssentConfig, { database, feed, accounts, bank, clock, log }: Parts): Promise<RunningApp> {
  const { publicUrl } = config.resourceServer;
  return startApp({
    server: config.resourceServer,
    tls: config.tls,
    mode: config.mode,
    log,
    clock,
    ready: readyChecks(database, feed),
    database: () => {
      const { statements, commits } = database.statistics();
      return { statements: statements + bank.statements, commits };
    },
    routes: (fastify) => registerAccountsApi(fastify, { guard: accounts.guard, jwks: accounts.jwks, bank, publicUrl }),
  });
}

const maxFeedAgeMs = 1000;
const readyChecks = (database: Database, feed: RevocationFeed): readonly ReadyCheck[] => [
  { name: 'database', check: () => database.ping() },
  {
    name: 'revocations',
    check: async () => {
      if (feed.age() > maxFeedAgeMs) throw new Error('the revocation feed is behind');
    },
  },
];

function openDatabaseOf(config: AssentConfig, clock: Clock, log: Log): Promise<Database> {
  const { poolSize } = config.database;
  const onError = (err: Error) => log.warn({ err }, 'lost an idle database connection');
  return openDatabase({ url: databaseUrl(config), poolSize, clock, applicationName: 'assent-resource-server', onError });
}

const openFeedOf = (config: AssentConfig, clock: Clock, log: Log): Promise<RevocationFeed> =>
  openRevocationFeed(databaseUrl(config), { clock, onError: (err) => log.warn({ err }, 'the revocation feed was interrupted') });

function databaseUrl({ database }: AssentConfig) {
  if (!database.url) throw new StartupError('no database: set DATABASE_URL, or start everything with npm start');
  return database.url;
}
