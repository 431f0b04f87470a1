import type { TestConfiguration, WantedConfiguration } from '@assent/testing/fapi';
import { X509Certificate } from 'node:crypto';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';

type Dialect = NonNullable<WantedConfiguration['proxy']>;

/** Where and how each kind of proxy writes a client certificate down. */
const dialects: Readonly<Record<Dialect, { readonly header: string; readonly write: (der: Buffer) => string }>> = {
  rfc9440: { header: 'client-cert', write: (der) => `:${der.toString('base64')}:` },
  nginx: { header: 'ssl-client-cert', write: (der) => encodeURIComponent(new X509Certificate(der).toString()) },
  envoy: { header: 'x-forwarded-client-cert', write: (der) => `Hash=${'0'.repeat(64)};Cert="${encodeURIComponent(new X509Certificate(der).toString())}"` },
  haproxy: { header: 'x-ssl-client-der', write: (der) => der.toString('base64') },
};
const certificateHeaders = new Set(Object.values(dialects).map(({ header }) => header));

/** A TLS-terminating proxy: asks for client certificates on each public port and hands requests on in plain text. */
export async function startProxy({ server, ports }: TestConfiguration, dialect: Dialect, routes: ReadonlyMap<number, number>): Promise<{ close(): Promise<void> }> {
  const servers = await Promise.all(
    [...routes].map(async ([from, to]): Promise<Server> => {
      const proxy = createServer({ cert: server.cert, key: server.key, requestCert: from !== ports.as, rejectUnauthorized: false }, (incoming, outgoing) => forward(incoming, outgoing, to, dialect));
      await new Promise<void>((resolve) => proxy.listen(from, '127.0.0.1', resolve));
      return proxy;
    }),
  );
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((proxy) => new Promise((resolve) => { proxy.close(resolve); proxy.closeAllConnections(); }))); // prettier-ignore
  };
  return { close };
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, port: number, dialect: Dialect): void {
  const headers: string[] = [];
  // A careful proxy drops what a client made up (RFC 9700 section 4.13).
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) if (!certificateHeaders.has(incoming.rawHeaders[i]!.toLowerCase())) headers.push(incoming.rawHeaders[i]!, incoming.rawHeaders[i + 1]!);
  const certificate = (incoming.socket as TLSSocket).getPeerCertificate?.();
  if (certificate?.raw) headers.push(dialects[dialect].header, dialects[dialect].write(certificate.raw));
  headers.push('x-forwarded-for', incoming.socket.remoteAddress ?? '');
  const onward = request({ host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers, agent: false }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(outgoing);
  });
  onward.once('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
