import type { AssentConfig } from '@assent/config';
import { createLog, getOnly, openTogether, startApp, type Log, type RunningApp } from '@assent/http';
import { ClientRegistry, databaseReady, feedReady, openConfiguredDatabase, type Database } from '@assent/persistence';
import { systemClock, type Clock, type RevocationFeed, type UseKind } from '@assent/protocol';
import type { VerifiedAccess } from '@assent/resource-guard';
import { openAccountsFeed } from './access/feed.js';
import { openAccountsGuard, type AccountsGuard } from './access/guard.js';
import { openAnswerSigning, someoneSigns } from './access/signatures.js';
import { Bank } from './bank/bank.js';
import { openMarkets, type OpenMarkets } from './markets/open-markets.js';
import { answersBadAddress, registerMarket } from './markets/register.js';
import { registerPaymentsApi } from './payments/routes.js';
import { registerAccountsApi } from './routes.js';
import { openUseLog, type UseLog } from './use/grant-use.js';

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
    const feed = await opened.keep(openAccountsFeed(config, { clock, log }));
    const registry = await opened.keep(ClientRegistry.open({ issuers: config.issuers, store: database.stores.registeredClients, log }));
    const signing = someoneSigns(config) ? await opened.keep(openAnswerSigning(config, registry, database.stores, { clock, log })) : undefined;
    const accounts = await opened.keep(openAccountsGuard(config, { feed, registry, clock }, signing));
    const bank = new Bank(database.pool, clock);
    const uses = await opened.keep(openUseLog({ uses: database.stores.grantUses, clock, onError: (err) => log.warn({ err }, 'the use of grants could not be written; it will be tried again') }));
    const markets = await opened.keep(openMarkets(config, { stores: database.stores, feed, bank, registry, used: (grantId, kind) => uses.record(grantId, kind), clock, log }));
    const app = await opened.keep(startApi(config, { database, feed, accounts, markets, bank, uses, clock, log }));
    return { ports: app.ports, healthPort: app.healthPort, statistics: () => ({ statements: bank.statements }) };
  });
}

interface Parts {
  readonly database: Database;
  readonly feed: RevocationFeed;
  readonly accounts: AccountsGuard;
  readonly markets: OpenMarkets;
  readonly bank: Bank;
  readonly uses: UseLog;
  readonly clock: Clock;
  readonly log: Log;
}

function startApi(config: AssentConfig, { database, feed, accounts, markets, bank, uses, clock, log }: Parts): Promise<RunningApp> {
  const { publicUrl, maxFeedAge } = config.resourceServer;
  const used = ({ grantId }: VerifiedAccess, kind: UseKind): void => {
    if (grantId !== undefined) uses.record(grantId, kind);
  };
  const { guard: ours, jwks } = accounts;
  return startApp({
    server: config.resourceServer,
    tls: config.tls,
    mode: config.mode,
    log,
    clock,
    ready: [databaseReady(database), feedReady(feed, maxFeedAge * 1000)],
    outbound: config.outbound,
    audit: database.stores.audit,
    refuseRevokedAs: 'token',
    badAddress: answersBadAddress(markets.apis, clock),
    database: () => {
      const { statements, commits } = database.statistics();
      return { statements: statements + bank.statements, commits };
    },
    routes: (fastify) => {
      registerAccountsApi(fastify, { guard: ours, jwks, bank, publicUrl, clock, used });
      registerPaymentsApi(fastify, { guard: ours, stores: database.stores, publicUrl, clock, used: (access) => used(access, 'payments') });
      for (const api of markets.apis) {
        const { guard } = api.site;
        getOnly(fastify, guard.metadataPath, async () => guard.metadata());
        registerMarket(fastify, api, clock);
      }
    },
  });
}
