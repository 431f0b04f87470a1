import type { AssentConfig } from '@assent/config';
import { createLog, startApp } from '@assent/http';
import { systemClock } from '@assent/protocol';
import type { FastifyInstance } from 'fastify';
import { AppModule } from './app.module.js';
import { registerArrangements } from './arrangements/index.js';
import { registerAuthorize } from './authorize/index.js';
import { compose, type Replacements } from './compose.js';
import { DeviceStreams, registerDevice } from './device/index.js';
import { registerBackchannel } from './backchannel/index.js';
import { registerDiscovery } from './discovery/index.js';
import type { Engine } from './engine.js';
import { errorPage, registerInteraction } from './interaction/index.js';
import { registerIntrospection } from './introspect/index.js';
import { registerPushedAuthorizationRequests } from './par/index.js';
import { registerRegistration } from './register/index.js';
import { registerRevocation } from './revoke/index.js';
import { registerToken } from './token/index.js';
import { registerUserinfo } from './userinfo/index.js';

export type { Endpoints, Engine, IssuerRuntime, Subjects } from './engine.js';

export interface AuthorizationServer {
  readonly engine: Engine;
  /** The ports it listens on, in the order of its listeners. */
  readonly ports: readonly number[];
  readonly healthPort: number | undefined;
  /** SQL statements and write commits since the start. */
  statistics(): { readonly statements: number; readonly commits: number };
  close(): Promise<void>;
}

/** Starts the authorization server on its listeners; every issuer of the configuration is served. */
export async function startAuthorizationServer(config: AssentConfig, opts: Partial<Replacements> = {}): Promise<AuthorizationServer> {
  const log = opts.log ?? createLog({ app: 'authorization-server', level: config.logLevel });
  const clock = opts.clock ?? systemClock;
  const composed = await compose(config, { ...opts, clock, log });
  const { engine, database, keys, ready } = composed;
  const page = errorPage(engine);
  const streams = new DeviceStreams(engine.backchannelSignals);
  const app = await startApp({
    module: AppModule.of(composed),
    server: config.authorizationServer,
    tls: config.tls,
    mode: config.mode,
    log,
    clock,
    ready,
    outbound: config.outbound,
    audit: database.stores.audit,
    database: () => database.statistics(),
    clients: () => engine.registry.counts(),
    routes: (fastify) => registerRoutes(fastify, engine, streams),
    // What waits would hold the end up.
    closing: () => {
      engine.longPolls?.close();
      return streams.close();
    },
    ...(page ? { errorPage: page } : {}),
  });
  void keys.prepareNext();
  return {
    engine,
    ports: app.ports,
    healthPort: app.healthPort,
    statistics: () => database.statistics(),
    close: () => app.close(),
  };
}

async function registerRoutes(fastify: FastifyInstance, engine: Engine, streams: DeviceStreams): Promise<void> {
  registerDiscovery(fastify, engine);
  registerPushedAuthorizationRequests(fastify, engine);
  registerToken(fastify, engine);
  await registerBackchannel(fastify, engine);
  registerUserinfo(fastify, engine);
  registerIntrospection(fastify, engine);
  registerRevocation(fastify, engine);
  registerArrangements(fastify, engine);
  await registerRegistration(fastify, engine);
  await registerAuthorize(fastify, engine);
  await registerInteraction(fastify, engine);
  await registerDevice(fastify, engine, streams);
}
