import type { AssentConfig } from '@assent/config';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';

/** The demo's own endpoint for notifications (CIBA section 10.2). */
export interface Notifications {
  /** The notification about this request, with its token. */
  next(authReqId: string): Promise<{ readonly authorization: string }>;
  close(): Promise<void>;
}

/** Listens where the client registered it, with the certificate of the local stack. */
export async function listenForNotifications({ tls }: AssentConfig, endpoint: string): Promise<Notifications> {
  const [cert, key] = await Promise.all([tls.certificateFile, tls.keyFile].map((file) => readFile(file ?? '', 'utf8')));
  const arrived = new Map<string, string>();
  const waiting = new Map<string, () => void>();
  const server = createServer({ cert: cert!, key: key! }, (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { auth_req_id: id } = JSON.parse(body) as { readonly auth_req_id: string };
      arrived.set(id, request.headers.authorization ?? '');
      waiting.get(id)?.();
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(Number(new URL(endpoint).port), 'localhost', resolve));
  return {
    next: async (id) => {
      const tooLate = setTimeout(() => waiting.get(id)?.(), 20_000);
      if (!arrived.has(id)) await new Promise<void>((resolve) => waiting.set(id, resolve));
      clearTimeout(tooLate);
      return { authorization: arrived.get(id) ?? 'none within 20 seconds' };
    },
    close: () => new Promise((resolve) => { server.close(() => resolve()); server.closeAllConnections(); }), // prettier-ignore
  };
}
