import { loadDetailTypes } from '@assent/authorization-details';
import { detailsInMarkets, type AssentConfig } from '@assent/config';
import { createLog, openTogether, startApp, type Log, type RunningApp } from '@assent/http';
import { ClientRegistry, databaseReady, feedReady, openConfiguredDatabase, openConfiguredFeed, type Database } from '@assent/persistence';
import { feedScope } from '@assent/resource-guard';
import { systemClock, type Clock, type RevocationFeed } from '@assent/protocol';
import { openApiGuard, openGrantsGuard, revocationsResource, type GrantsGuard } from './access.js';
import { openEvents, type OpenEvents } from './events/open-events.js';
import { registerGrantsApi } from './grants-api/routes.js';
import { startDashboard, startStaffConsole } from './open-sites.js';
import { RevocationLog } from './revocations/revocation-log.js';
import { registerRevocations } from './revocations/routes.js';

export { eventsResource, grantScopes, grantsResource, revocationsResource } from './access.js';

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
  return openTogether(async (opened) => {
    const database = await opened.keep(openConfiguredDatabase(config, { applicationName: 'assent-grant-management', clock, log }));
    const revocations = new RevocationLog(clock);
    const feed = await opened.keep(openConfiguredFeed(config, { clock, log, onRead: revocations.take }));
    const grants = await opened.keep(openGrantsGuard(config, database.stores, feed, clock));
    const followers = await opened.keep(openApiGuard(config, { resource: revocationsResource(config), name: 'revocation feed', scopes: [feedScope] }, { stores: database.stores, feed, clock }));
    const closing = new AbortController();
    const registry = await opened.keep(ClientRegistry.open({ issuers: config.issuers, store: database.stores.registeredClients, log }));
    const events = await openEvents(opened, config, { database, registry, feed, closing: closing.signal, clock, log });
    const api = await opened.keep(startGrantsApi(config, { database, feed, grants, followers, revocations, events, closing: closing.signal, clock, log }));
    // Closed before the API: whoever waits is answered, so that closing waits for nobody.
    await opened.keep({ close: async () => closing.abort() });
    const around = { stores: database.stores, registry, details: await loadDetailTypes(config.detailTypes, detailsInMarkets(config.issuers)), clock, log };
    const dashboard = await opened.keep(startDashboard(config, around));
    const staff = await opened.keep(startStaffConsole(config, around));
    return { ports: { api: api.ports, dashboard: dashboard.ports, staff: staff.ports }, healthPort: api.healthPort };
  });
}

interface Parts {
  readonly database: Database;
  readonly feed: RevocationFeed;
  readonly grants: GrantsGuard;
  readonly followers: GrantsGuard;
  readonly revocations: RevocationLog;
  readonly events: OpenEvents;
  readonly closing: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

function startGrantsApi(config: AssentConfig, { database, feed, grants, followers, revocations, events, closing, clock, log }: Parts): Promise<RunningApp> {
  const { guard } = grants;
  return startApp({
    server: config.grantManagement,
    tls: config.tls,
    mode: config.mode,
    log,
    clock,
    ready: [databaseReady(database), feedReady(feed), ...events.ready],
    outbound: config.outbound,
    audit: database.stores.audit,
    refuseRevokedAs: 'token',
    database: () => database.statistics(),
    routes: (fastify) => {
      registerGrantsApi(fastify, { guard, grants: database.stores.grants, resources: config.resources, clock });
      registerRevocations(fastify, { guard: followers.guard, log: revocations, feed, issuers: config.issuers, closing });
      events.register(fastify);
    },
  });
}
