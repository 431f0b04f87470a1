import type { AssentConfig } from '@assent/config';
import { createLog, openTogether, startApp, type Log, type RunningApp } from '@assent/http';
import { databaseReady, feedReady, openConfiguredDatabase, openConfiguredFeed, type Database } from '@assent/persistence';
import { systemClock, type Clock, type RevocationFeed } from '@assent/protocol';
import { openAccountsGuard, type AccountsGuard } from './access/guard.js';
import { openAnswerSigning, someoneSigns } from './access/signatures.js';
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
  return openTogether(async (opened) => {
    const database = await opened.keep(openConfiguredDatabase(config, { applicationName: 'assent-resource-server', clock, log }));
    const feed = await opened.keep(openConfiguredFeed(config, { clock, log }));
    const signing = someoneSigns(config) ? await opened.keep(openAnswerSigning(config, database.stores.signingKeys, { clock, log })) : undefined;
    const accounts = await opened.keep(openAccountsGuard(config, feed, clock, signing));
    const bank = new Bank(database.pool, clock);
    const app = await opened.keep(startAccountsApi(config, { database, feed, accounts, bank, clock, log }));
    return { ports: app.ports, healthPort: app.healthPort, statistics: () => ({ statements: bank.statements }) };
  });
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
  const { publicUrl, maxFeedAge } = config.resourceServer;
  return startApp({
    server: config.resourceServer,
    tls: config.tls,
    mode: config.mode,
    log,
    clock,
    ready: [databaseReady(database), feedReady(feed, maxFeedAge * 1000)],
    database: () => {
      const { statements, commits } = database.statistics();
      return { statements: statements + bank.statements, commits };
    },
    routes: (fastify) => registerAccountsApi(fastify, { guard: accounts.guard, jwks: accounts.jwks, bank, publicUrl, clock }),
  });
}
