import type { Clock } from '@assent/protocol';
import type { ServerConfig, TlsConfig } from '@assent/config';
import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { RenderErrorPage } from './errors.js';
import type { ReadyCheck } from './health.js';
import type { Log } from './log.js';

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
  /** Renders errors of routes with `config: { errors: 'page' }`, and unknown addresses opened in a browser. */
  readonly errorPage?: RenderErrorPage;
  /** Bytes; 64 KiB by default. */
  readonly bodyLimit?: number;
  /** How long requests in flight may take once closing; 10 s by default. */
  readonly drainMs?: number;
  readonly clock?: Clock;
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
export async function startApp(_options: AppOptions): Promise<RunningApp> {
  throw new Error('to come');
}
