import { createServer as createTlsServer } from 'node:https';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ownCertificate } from './certificate.js';
import type { Incoming, Outgoing, Wire } from './wire.js';

/** The place a connection was meant for. */
const placeOf = (url: string): { readonly host: string; readonly port: number } => {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port || 443) };
};

/** Somebody on the network between a client and a server: connections meant for the server end at its port. */
export interface Interceptor {
  readonly port: number;
  close(): Promise<void>;
}

/** Passes bytes on and changes what the client sends. Breaks no TLS: it sees records, not what is in them. */
export async function interceptBytes(url: string, change: (bytes: Buffer) => Buffer): Promise<Interceptor> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const onward = connect(placeOf(url));
    for (const [from, to] of [[client, onward], [onward, client]] as const) {
      open.add(from);
      from.on('data', (bytes: Buffer) => to.write(from === client ? change(bytes) : bytes));
      from.once('close', () => to.destroy());
      from.once('error', () => to.destroy());
    }
  }); // prettier-ignore
  return listening(server, () => {
    for (const socket of open) socket.destroy();
  });
}

/** A TLS end of the attacker’s own: it reads whole messages, changes them, and passes them on over its own connection. */
export interface Reader extends Interceptor {
  /** What a client would have to trust to be read. */
  readonly certificate: string;
  /** Messages as the client sent them. */
  readonly read: readonly Outgoing[];
}

/** `change` says what goes on to the server in place of what was read. */
export async function interceptMessages(url: string, wire: Wire, change: (message: Outgoing) => Outgoing = (message) => message, step?: string): Promise<Reader> {
  const { cert, key } = await ownCertificate(placeOf(url).host);
  const read: Outgoing[] = [];
  const server = createTlsServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers: (readonly [string, string])[] = [];
      for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) if (!['host', 'connection', 'content-length', 'transfer-encoding'].includes(request.rawHeaders[at]!.toLowerCase())) headers.push([request.rawHeaders[at]!.toLowerCase(), request.rawHeaders[at + 1]!]);
      const message: Outgoing = { method: request.method ?? 'GET', url: new URL(request.url ?? '/', url).href, headers, ...(chunks.length > 0 ? { body: Buffer.concat(chunks).toString() } : {}) };
      read.push(message);
      wire.send(change(message), step).then(
        (answer) => response.writeHead(answer.status, passedOn(answer)).end(answer.text),
        () => response.destroy(),
      );
    });
  });
  return { ...(await listening(server, () => server.closeAllConnections())), certificate: cert, read };
}

const passedOn = ({ headers }: Incoming): Record<string, string | string[]> => Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined && !['content-length', 'transfer-encoding', 'connection', 'content-encoding'].includes(entry[0])));

async function listening(server: Server, end: () => void): Promise<Interceptor> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      end();
    });
  return { port: (server.address() as AddressInfo).port, close };
}
