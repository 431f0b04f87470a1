import type { ProxyConfig } from '@assent/config';
import { invalidRequest, type Clock } from '@assent/protocol';
import { LRUCache } from 'lru-cache';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { ClientCertificate } from '@assent/crypto';
import type { Connection } from './connection.js';
import { certificateReaders, type ForwardedCertificate } from './proxy-headers.js';

/** Judges a certificate: parses it and builds its chain to the trust anchors. Throws when it is not one. */
export type JudgeCertificate = (certificate: ForwardedCertificate, now: Date) => ClientCertificate;

/** How long a verdict on a chain stands: a certificate that expires meanwhile stays trusted no longer than this. */
const verdictMs = 60_000;

/** The client certificates of one app, from TLS connections and from the configured proxy header; each is parsed once. */
export class Certificates {
  private readonly byHeader = new LRUCache<string, ClientCertificate>({ max: 2000 });
  private readonly readAt = new WeakMap<ClientCertificate, number>();
  private readonly sentWith = new WeakMap<ClientCertificate, readonly Buffer[]>();
  private readonly reader;

  constructor(
    proxy: ProxyConfig | undefined,
    private readonly judge: JudgeCertificate,
    private readonly clock: Clock,
  ) {
    const dialect = proxy?.clientCertificateHeader ?? 'none';
    this.reader = dialect === 'none' ? undefined : certificateReaders[dialect];
  }

  /** Whether `header` is one the configured proxy writes. */
  speaks(header: string): boolean {
    return this.reader !== undefined && (header === this.reader.header || header === this.reader.chainHeader);
  }

  /** The certificate a trusted proxy forwarded. `invalid_request` when it cannot be read. An empty header is none. */
  forwarded(headers: NodeJS.Dict<string | string[]>): ClientCertificate | undefined {
    const { reader } = this;
    if (reader === undefined) return undefined;
    const value = headers[reader.header];
    const chain = reader.chainHeader === undefined ? undefined : headers[reader.chainHeader];
    if (typeof value !== 'string' || value === '') return undefined;
    const chainText = typeof chain === 'string' && chain !== '' ? chain : undefined;
    const key = chainText === undefined ? value : `${value}\n${chainText}`;
    const now = this.clock.now();
    const known = this.byHeader.get(key);
    if (known !== undefined && now.getTime() - (this.readAt.get(known) ?? 0) < verdictMs) return known;
    return this.readForwarded(key, () => reader.read(value, chainText), now);
  }

  /** The certificates that were sent along with one of these. */
  intermediatesOf(certificate: ClientCertificate): readonly Buffer[] {
    return this.sentWith.get(certificate) ?? [];
  }

  private judged(chain: ForwardedCertificate, now: Date): ClientCertificate {
    const certificate = this.judge(chain, now);
    this.sentWith.set(certificate, chain.intermediates);
    return certificate;
  }

  private readForwarded(key: string, read: () => ForwardedCertificate, now: Date): ClientCertificate {
    try {
      const certificate = this.judged(read(), now);
      this.byHeader.set(key, certificate);
      this.readAt.set(certificate, now.getTime());
      return certificate;
    } catch (cause) {
      throw invalidRequest('the client certificate could not be read', 'F2-MT-06', cause);
    }
  }

  /** The certificate of an mtls connection, whose key TLS has proved; `undefined` when the client sent none. */
  presented(socket: TLSSocket, connection: Connection): ClientCertificate | undefined {
    const now = this.clock.now();
    const known = connection.certificate;
    if (known !== undefined && (known.value === undefined || now.getTime() - known.readAt < verdictMs)) return known.value;
    const value = this.readPresented(socket, now);
    connection.certificate = { value, readAt: now.getTime() };
    return value;
  }

  private readPresented(socket: TLSSocket, now: Date): ClientCertificate | undefined {
    const [leaf, ...intermediates] = chainOf(socket);
    if (leaf === undefined) return undefined;
    try {
      return this.judged({ leaf, intermediates }, now);
    } catch (cause) {
      throw invalidRequest('the client certificate could not be read', 'F2-MT-01', cause);
    }
  }
}

function chainOf(socket: TLSSocket): Buffer[] {
  const chain: Buffer[] = [];
  let next = socket.getPeerCertificate?.(true) as DetailedPeerCertificate | undefined | null;
  while (next?.raw && chain.length < 8) {
    chain.push(next.raw);
    // A self-signed certificate is its own issuer.
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return chain;
}
