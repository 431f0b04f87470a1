import type { CertifiedKey } from '@assent/testing/fapi';
import { createServer } from 'node:https';

/** A client's own server, which publishes its key set at `/jwks.json`. */
export interface KeyHost {
  /** What it answers from now on. */
  answer: { readonly status?: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };
  /** How often it was asked. */
  readonly asked: () => number;
  close(): Promise<void>;
}

export async function startKeyHost(port: number, { cert, key }: CertifiedKey): Promise<KeyHost> {
  let count = 0;
  const host: KeyHost = {
    answer: { status: 404 },
    asked: () => count,
    close: () => new Promise((resolve) => { server.close(() => resolve()); server.closeAllConnections(); }), // prettier-ignore
  };
  const server = createServer({ cert, key }, (_request, response) => {
    count += 1;
    const { status = 200, body, headers = {} } = host.answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return host;
}
