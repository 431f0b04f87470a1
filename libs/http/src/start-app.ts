import { systemClock, type AuditLog, type Clock } from '@assent/protocol';
import type { OutboundConfig, ServerConfig, TlsConfig } from '@assent/config';
import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { RequestListener } from 'node:http';
import type { Registry } from 'prom-client';
import 'reflect-metadata';
import { createEdge } from './edge.js';
import { watchCertificates } from './certificate-watch.js';
import type { RenderErrorPage } from './errors.js';
import { startHealth, type ReadyCheck } from './health.js';
import { Listeners } from './listeners.js';
import type { RevocationGate } from './revocation/gate.js';
import type { Log } from './log.js';
import { Metrics, type ClientCount, type DatabaseStatistics } from './metrics.js';
import { EdgeAdapter, EmptyModule, EveryErrorFilter, nestLogger } from './nest.js';
import { openRevocationGate } from './revocation/open.js';
import { Certificates } from './transport/certificates.js';
import { Connections } from './transport/connection.js';
import { certificateJudge } from './transport/judge.js';

export interface AppOptions {
  /** The Nest root module: lifecycle and controllers. Empty when absent. */
  readonly module?: Type | DynamicModule;
  /** `health` may be absent for a second app in one process. */
  readonly server: Pick<ServerConfig, 'publicUrl' | 'listeners' | 'proxy'> & Partial<Pick<ServerConfig, 'health'>>;
  readonly tls: TlsConfig;
  /** In development loopback callers may use plain listeners without being trusted proxies. */
  readonly mode: 'development' | 'production';
  readonly log: Log;
  /** Registers the hot protocol endpoints on Nest's own Fastify instance; `app.get(Provider)` is at hand. */
  readonly routes?: (fastify: FastifyInstance, app: INestApplication) => void | Promise<void>;
  /** What `/health/ready` asks. */
  readonly ready?: readonly ReadyCheck[];
  /** For the metrics: what was asked of the database since the start. */
  readonly database?: () => DatabaseStatistics;
  /** For the metrics: how many clients registered. */
  readonly clients?: () => readonly ClientCount[];
  /** Renders errors of routes with `config: { errors: 'page' }`, and unknown addresses opened in a browser. */
  readonly errorPage?: RenderErrorPage;
  /** Answers for an address no router can read, where the app has a format of its own for it; `false`: it has none. */
  readonly badAddress?: (error: Error, reply: FastifyReply) => boolean;
  /** Bytes; 64 KiB by default. */
  readonly bodyLimit?: number;
  /** Called first when closing: ends what would stay in flight for as long as it could. */
  readonly closing?: () => void;
  /** How long requests in flight may take once closing; 10 s by default. */
  readonly drainMs?: number;
  readonly clock?: Clock;
  /** Limits of fetches about revoked client certificates. */
  readonly outbound?: OutboundConfig;
  /** Where refused client certificates are told of. */
  readonly audit?: Pick<AuditLog, 'append'>;
  /** How a revoked client certificate is refused: as that of a client, or as what binds access tokens. */
  readonly refuseRevokedAs?: 'client' | 'token';
}

export interface RunningApp {
  readonly fastify: FastifyInstance;
  readonly app: INestApplication;
  /** The app's Prometheus registry, for counters of its own. */
  readonly registry: Registry;
  /** Where it listens, in the order of the configured listeners (a configured port 0 is resolved), and the health port. */
  readonly ports: readonly number[];
  readonly healthPort: number | undefined;
  /** Stops accepting, lets requests in flight finish, closes Nest. */
  close(): Promise<void>;
}

/** Starts a Nest app on one Fastify instance behind all its listeners. `StartupError` when a port or certificate cannot be used. */
export async function startApp(options: AppOptions): Promise<RunningApp> {
  const metrics = new Metrics(options.server.health !== undefined);
  if (options.database) metrics.observeDatabase(options.database);
  if (options.clients) metrics.observeClients(options.clients);
  const connections = new Connections(options.server.proxy, options.mode === 'development');
  let listeners: Listeners | undefined;
  const draining = () => listeners?.draining ?? false;
  const clock = options.clock ?? systemClock;
  const judge = certificateJudge(options.tls);
  const revocation = await openRevocationGate({ ...options, clock, outbound: options.outbound, audit: options.audit, refuseAs: options.refuseRevokedAs ?? 'client', registry: metrics.registry });
  const { fastify, handler } = createEdge({
    publicUrl: options.server.publicUrl,
    bodyLimit: options.bodyLimit ?? 64 * 1024,
    badAddress: options.badAddress,
    connections,
    certificates: new Certificates(options.server.proxy, judge, clock),
    revocation: revocation?.gate,
    metrics,
    log: options.log,
    errorPage: options.errorPage,
    draining,
  });
  const app = await createNest(fastify, options).catch(async (error: unknown) => {
    await revocation?.gate.close();
    throw error;
  });
  try {
    listeners = await openAll(options, connections, handler);
    const opened = listeners;
    const ready = [...(options.ready ?? []), ...(revocation?.ready ? [{ name: 'revocation lists', check: revocation.ready }] : [])];
    const health = await openHealth({ ...options, ready }, metrics, draining).catch(async (error: unknown) => {
      await opened.close(0);
      throw error;
    });
    return running({ fastify, app, listeners: opened, health, metrics, options, revocation: revocation?.gate });
  } catch (error) {
    await app.close();
    await revocation?.gate.close();
    throw error;
  }
}

async function createNest(fastify: FastifyInstance, options: AppOptions): Promise<INestApplication> {
  const app = await NestFactory.create(options.module ?? EmptyModule, new EdgeAdapter(fastify), { bodyParser: false, abortOnError: false, logger: nestLogger(options.log) });
  try {
    app.useGlobalFilters(new EveryErrorFilter());
    await options.routes?.(fastify, app);
    await app.init();
    await fastify.ready();
    return app;
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
}

function openAll({ server, tls, log }: AppOptions, connections: Connections, handler: RequestListener): Promise<Listeners> {
  return Listeners.open({ listeners: server.listeners, tls, log, handler, opened: (socket, kind) => connections.opened(socket, kind) });
}

async function openHealth({ server, ready = [] }: AppOptions, { registry }: Metrics, draining: () => boolean) {
  return server.health && startHealth({ ...server.health, checks: ready, registry, draining });
}

interface Parts {
  readonly fastify: FastifyInstance;
  readonly app: INestApplication;
  readonly listeners: Listeners;
  readonly health: { readonly port: number; close(): Promise<void> } | undefined;
  readonly metrics: Metrics;
  readonly options: AppOptions;
  readonly revocation: RevocationGate | undefined;
}

function running({ fastify, app, listeners, health, metrics, options, revocation }: Parts): RunningApp {
  const unwatch = watchCertificates(options.tls, listeners, options.log);
  let closing: Promise<void> | undefined;
  const close = async () => {
    unwatch();
    options.closing?.();
    await listeners.close(options.drainMs ?? 10_000);
    await app.close();
    await revocation?.close();
    await health?.close();
    metrics.registry.clear();
  };
  return { fastify, app, registry: metrics.registry, ports: listeners.ports, healthPort: health?.port, close: () => (closing ??= close()) };
}
