import type { TestConfiguration } from '@assent/testing/fapi';
import { createServer, type Server } from 'node:https';

export interface Received {
  readonly token: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly jti: string;
  readonly grantId: string;
  readonly version: number;
  readonly event: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A client's endpoint for events (RFC 8935): keeps what it gets, and answers as it is told. */
export interface EventReceiver {
  readonly received: Received[];
  /** The status to answer with, or a promise of it. */
  answer: (event: Received) => number | Promise<number>;
  /** Those of one grant, as `merged 2`. */
  of(grantId: string): string[];
  close(): Promise<void>;
}

export async function openEventReceiver({ server: { cert, key } }: TestConfiguration, port: number): Promise<EventReceiver> {
  const listening: Server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const event = { ...readEvent(Buffer.concat(chunks).toString()), headers: request.headers };
      void Promise.resolve(receiver.answer(event)).then((status) => {
        if (status === 202) receiver.received.push(event);
        response.writeHead(status, { 'content-type': 'application/json' }).end(status === 202 ? '' : JSON.stringify({ err: 'authentication_failed', description: 'no' }));
      });
    });
  });
  const receiver: EventReceiver = {
    received: [],
    answer: () => 202,
    of: (grantId) => receiver.received.filter((one) => one.grantId === grantId).map(({ event, version }) => `${event} ${version}`),
    close: async () => {
      listening.closeAllConnections();
      await new Promise((resolve) => listening.close(resolve));
    },
  };
  await new Promise<void>((resolve) => listening.listen(port, '127.0.0.1', resolve));
  return receiver;
}

export function readEvent(token: string): Omit<Received, 'headers'> {
  const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { jti: string; events: Record<string, { grant_id: string; version: number }> };
  const [[uri, event]] = Object.entries(claims.events) as [[string, { grant_id: string; version: number }]];
  return { token, claims: claims as never, jti: claims.jti, grantId: event.grant_id, version: event.version, event: uri.replace('urn:assent:event:grant-', '') };
}
