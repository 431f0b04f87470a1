import type { CertifiedKey } from '@assent/testing/fapi';
import { createServer, type Server } from 'node:https';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Notified {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A client's endpoint for notifications, which answers as a test wants it to. */
export class NotificationEndpoint {
  readonly received: Notified[] = [];
  /** For each path, or all. */
  answer: (notified: Notified, response: ServerResponse) => void = (_notified, response) => void response.writeHead(204).end();

  private constructor(private readonly server: Server) {}

  static async open(port: number, { cert, key }: CertifiedKey): Promise<NotificationEndpoint> {
    const server = createServer({ cert, key });
    const endpoint = new NotificationEndpoint(server);
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const notified = { path: request.url ?? '', method: request.method ?? '', headers: request.headers, body };
        endpoint.received.push(notified);
        endpoint.answer(notified, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return endpoint;
  }

  /** What came about this request, once there are so many. */
  async about(authReqId: string, count = 1): Promise<readonly Notified[]> {
    for (;;) {
      const found = this.received.filter(({ body }) => body.includes(authReqId));
      if (found.length >= count) return found;
      await sleep(20);
    }
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
