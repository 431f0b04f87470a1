import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { listen } from './listeners.js';

/** A condition for `/health/ready`; rejects when it does not hold. */
export interface ReadyCheck {
  readonly name: string;
  check(): Promise<unknown>;
}

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  readonly checks: readonly ReadyCheck[];
  readonly registry: Registry;
  readonly draining: () => boolean;
}

const checkMs = 2000;

/** Serves `/health/live`, `/health/ready` and `/metrics` over plain HTTP, apart from the app's own listeners. */
export async function startHealth(options: HealthOptions): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer(answerHealth(options));
  await listen(server, options.host, options.port, `health listener ${options.host}:${options.port}`);
  return { port: (server.address() as AddressInfo).port, close: () => closeNow(server) };
}

function closeNow(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function answerHealth(options: HealthOptions): RequestListener {
  return (request, response) => {
    const answer = (status: number, type: string, body: string) => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const json = (status: number, body: object) => answer(status, 'application/json', JSON.stringify(body));
    if (request.method !== 'GET' && request.method !== 'HEAD') return json(405, { status: 'use GET' });
    switch (request.url?.split('?', 1)[0]) {
      case '/health/live':
        return json(200, { status: 'ok' });
      case '/health/ready':
        return void failing(options).then((names) => (names.length === 0 ? json(200, { status: 'ok' }) : json(503, { status: 'unavailable', failing: names })));
      case '/metrics':
        return void options.registry.metrics().then(
          (text) => answer(200, options.registry.contentType, text),
          () => json(500, { status: 'error' }),
        );
      default:
        return json(404, { status: 'not found' });
    }
  };
}

/** The names of what does not hold, without reasons: this port is not for secrets. */
async function failing({ checks, draining }: HealthOptions): Promise<string[]> {
  const names = draining() ? ['draining'] : [];
  const results = await Promise.all(checks.map(async (ready) => ((await holds(ready)) ? undefined : ready.name)));
  return [...names, ...results.filter((name) => name !== undefined)];
}

async function holds({ check }: ReadyCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(reject, checkMs, new Error('timeout'))));
  try {
    await Promise.race([Promise.resolve().then(check), late]);
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
