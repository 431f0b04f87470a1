import type { AssentConfig } from '@assent/config';
import { createLog, startApp, StartupError, type Log, type ReadyCheck, type RunningApp } from '@assent/http';
import { openDatabase, openRevocationFeed, type Database } from '@assent/persistence';
import { systemClock, type Clock, type RevocationFeed } from '@assent/protocol';
import { openGrantsGuard, type GrantsGuard } from './access.js';
import { registerGrantsApi } from './grants-api/routes.js';
import { startSite } from './sites/site.js';

export { grantScopes, grantsResource } from './access.js';

export interface GrantManagementOptions {
  readonly clock?: Clock;
  readonly log?: Log;
}

export interface GrantManagement {
  /** Ports of the grants API, the customer dashboard and the staff console. */
  readonly ports: { readonly api: readonly number[]; readonly dashboard: readonly number[]; readonly staff: readonly number[] };
  readonly healthPort: number | undefined;
  close(): Promise<void>;
}

/** Starts the grants API, the customer dashboard and the staff console, each on an origin of its own. */
export async function startGrantManagement(config: AssentConfig, options: GrantManagementOptions = {}): Promise<GrantManagement> {
  const log = options.log ?? createLog({ app: 'grant-management', level: config.logLevel });
  const clock = options.clock ?? systemClock;
  const opened: { close(): Promise<unknown> }[] = [];
  const close = async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
  };
  const keep = async <T extends { close(): Promise<unknown> }>(starting: Promise<T> | T): Promise<T> => {
    const started = await starting;
    opened.push(started);
    return started;
  };
  try {
    const database = await keep(openDatabaseOf(config, clock, log));
    const feed = await keep(openFeedOf(config, clock, log));
    const grants = await keep(openGrantsGuard(config, database.stores, feed, clock));
    const api = await keep(startGrantsApi(config, { database, feed, grants, clock, log }));
    const dashboard = await keep(startSite('dashboard', config, log));
    const staff = await keep(startSite('staff', config, log));
    return { ports: { api: api.ports, dashboard: dashboard.ports, staff: staff.ports }, healthPort: api.healthPort, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Parts {
  readonly database: Database;
  readonly feed: RevocationFeed;
  readonly grants: GrantsGuard;
  readonly clock: Clock;
  readonly log: Log;
}

function startGrantsApi(config: AssentConfig, { database, feed, grants, clock, log }: Parts): Promise<RunningApp> {
  const { guard } = grants;
  return startApp({
    server: config.grantManagement,
    tls: config.tls,
    mode: config.mode,
    log,
    clock,
    ready: readyChecks(database, feed),
    database: () => database.statistics(),
    routes: (fastify) => registerGrantsApi(fastify, { guard, grants: database.stores.grants, resources: config.resources, clock }),
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
  return openDatabase({ url: databaseUrl(config), poolSize, clock, applicationName: 'assent-grant-management', onError });
}

const openFeedOf = (config: AssentConfig, clock: Clock, log: Log): Promise<RevocationFeed> =>
  openRevocationFeed(databaseUrl(config), { clock, onError: (err) => log.warn({ err }, 'the revocation feed was interrupted') });

function databaseUrl({ database }: AssentConfig) {
  if (!database.url) throw new StartupError('no database: set DATABASE_URL, or start everything with npm start');
  return database.url;
}
