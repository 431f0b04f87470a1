import type { ListenerConfig, ListenerKind, TlsConfig } from '@assent/config';
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { answerBrokenRequest } from './broken-request.js';
import { Drain } from './drain.js';
import type { Log } from './log.js';
import { StartupError } from './startup-error.js';
import { tlsOptions } from './tls.js';

/** Client certificates travel in proxy headers, chain included; Node's 16 KiB would be tight. */
const maxHeaderSize = 32 * 1024;

export interface ListenersOptions {
  readonly listeners: readonly ListenerConfig[];
  readonly tls: TlsConfig;
  readonly handler: RequestListener;
  readonly opened: (socket: Socket, kind: ListenerKind) => void;
  readonly log: Log;
}

/** Several sockets on one handler: they open together or not at all, and close together. */
export class Listeners {
  private readonly servers: { readonly server: Server | TlsServer; readonly config: ListenerConfig }[] = [];
  private readonly drain = new Drain();
  readonly ports: number[] = [];

  private constructor(private readonly options: ListenersOptions) {}

  /** Opens every listener. `StartupError` when one cannot; those already open are closed again. */
  static async open(options: ListenersOptions): Promise<Listeners> {
    const listeners = new Listeners(options);
    try {
      for (const config of options.listeners) listeners.ports.push(await listeners.openOne(config));
    } catch (error) {
      await listeners.close(0);
      throw error;
    }
    return listeners;
  }

  get draining(): boolean {
    return this.drain.started;
  }

  /** Stops accepting at once; waits for requests in flight, at most `drainMs`. */
  async close(drainMs: number): Promise<void> {
    const closed = this.servers.map(({ server }) => new Promise<void>((resolve) => (server.listening ? server.close(() => resolve()) : resolve())));
    await this.drain.run(drainMs);
    await Promise.all(closed);
  }

  /** Reads certificate and key again; new connections use them. Throws `StartupError` and keeps the old when they are unusable. */
  reloadCertificates(): void {
    for (const { server, config } of this.servers) {
      if (server instanceof TlsServer && config.kind !== 'plain') server.setSecureContext(tlsOptions(config.kind, this.options.tls, nameOf(config)));
    }
  }

  /** `localhost` means both loopback addresses, as a browser may try either. */
  private async openOne(config: ListenerConfig): Promise<number> {
    if (config.host !== 'localhost') return this.bind(config, config.host, config.port);
    const port = await this.bind(config, '127.0.0.1', config.port);
    try {
      await this.bind(config, '::1', port);
    } catch (error) {
      if (!isWithoutIpv6(error)) throw error;
    }
    return port;
  }

  private async bind(config: ListenerConfig, host: string, port: number): Promise<number> {
    const server = this.create(config);
    this.servers.push({ server, config });
    await listen(server, host, port, nameOf(config));
    server.on('error', (err) => this.options.log.error({ err }, `the ${nameOf(config)} failed`));
    return (server.address() as AddressInfo).port;
  }

  private create(config: ListenerConfig): Server | TlsServer {
    const { handler, opened, tls } = this.options;
    const server = config.kind === 'plain' ? createPlainServer({ maxHeaderSize }, handler) : createTlsServer({ maxHeaderSize, handshakeTimeout: 10_000, ...tlsOptions(config.kind, tls, nameOf(config)) }, handler);
    server.keepAliveTimeout = 65_000;
    server.headersTimeout = 15_000;
    server.requestTimeout = 30_000;
    server.on('clientError', answerBrokenRequest);
    server.prependListener(config.kind === 'plain' ? 'connection' : 'secureConnection', (socket: Socket) => opened(socket, config.kind));
    this.drain.watch(server);
    return server;
  }
}

/** Opens one server. `StartupError` says what to change. */
export function listen(server: Server | TlsServer, host: string, port: number, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => reject(new StartupError(explain(error, host, port, name), { cause: error }));
    server.once('error', refuse);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

function explain({ code, message }: NodeJS.ErrnoException, host: string, port: number, name: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `the ${name} cannot open: port ${port} is in use; stop the program that holds it or configure another port`;
    case 'EACCES':
      return `the ${name} cannot open: port ${port} needs privileges; configure a port above 1023`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `the ${name} cannot open: ${host} is not an address of this machine; configure another host`;
    default:
      return `the ${name} cannot open: ${code ?? message}; configure another host or port`;
  }
}

function isWithoutIpv6(error: unknown): boolean {
  const code = error instanceof StartupError ? (error.cause as NodeJS.ErrnoException | undefined)?.code : undefined;
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' || code === 'EINVAL';
}

const nameOf = ({ kind, host, port }: ListenerConfig) => `${kind} listener ${host}:${port}`;
