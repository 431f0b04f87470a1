import { invalidRequest } from '@assent/protocol';
import type { FastifyRequest } from 'fastify';
import type { TLSSocket } from 'node:tls';
import type { ClientCertificate } from '@assent/crypto';
import { edgeOf, factsOf, type Edge } from '../request-facts.js';
import { forwardedAddress } from './addresses.js';
import type { Connection } from './connection.js';
import { certificateHeaders } from './proxy-headers.js';

/** What the connection proved about a request. */
export interface Transport {
  /** The client's certificate, from the TLS connection or from a trusted proxy; its key is proved, its chain is `chainTrusted`. */
  readonly certificate: ClientCertificate | undefined;
  readonly requestId: string;
  /** The caller's address; from `X-Forwarded-For` only as far as trusted proxies vouch for it. */
  readonly remoteAddress: string;
  readonly viaProxy: boolean;
}

/** The request's transport facts; the certificate is read on first use. `invalid_request` when a proxy sent one that cannot be read. */
export function transportOf(request: FastifyRequest): Transport {
  const facts = factsOf(request);
  facts.transport ??= new ProvedTransport(request, facts.connection);
  return facts.transport;
}

/** Its parts are truly private: whoever logs or spreads a transport gets no request with it. */
class ProvedTransport implements Transport {
  readonly requestId: string;
  readonly viaProxy: boolean;
  readonly #request: FastifyRequest;
  readonly #connection: Connection;
  #read: { readonly certificate: ClientCertificate | undefined } | undefined;

  constructor(request: FastifyRequest, connection: Connection) {
    this.requestId = request.id;
    this.viaProxy = connection.trustedProxy;
    this.#request = request;
    this.#connection = connection;
  }

  get certificate(): ClientCertificate | undefined {
    this.#read ??= { certificate: this.#readCertificate() };
    return this.#read.certificate;
  }

  get remoteAddress(): string {
    const { trustedProxy, address } = this.#connection;
    if (!trustedProxy) return address;
    const header = this.#request.raw.headers['x-forwarded-for'];
    return forwardedAddress(Array.isArray(header) ? header.join(',') : header, address, edgeOf(this.#request).connections.trusted);
  }

  #readCertificate(): ClientCertificate | undefined {
    const { certificates } = edgeOf(this.#request);
    const { raw } = this.#request;
    if (this.#connection.kind === 'mtls') return certificates.presented(raw.socket as TLSSocket, this.#connection);
    return this.#connection.trustedProxy ? certificates.forwarded(raw.headers) : undefined;
  }
}

/**
 * Refuses what only a trusted proxy may send (RFC 9700 section 4.13): a plain request from elsewhere, a certificate
 * header from anyone it is not configured for, or one that stands twice. Refused, not ignored: a forged header that
 * passes silently hides a misconfigured proxy.
 */
export function refuseForgery(request: FastifyRequest, edge: Edge, connection: Connection): void {
  if (!connection.admitted) throw invalidRequest('this listener only serves the configured proxies; use https', 'F2-NET-01');
  const { headers } = request.raw;
  for (const name of certificateHeaders) {
    if (headers[name] === undefined) continue;
    if (!connection.trustedProxy || !edge.certificates.speaks(name)) throw invalidRequest('client certificate headers are not accepted here', 'F2-MT-06');
    if (occurrences(request.raw.rawHeaders, name) > 1) throw invalidRequest('the client certificate header is repeated', 'F2-MT-06');
  }
}

function occurrences(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === name) count += 1;
  return count;
}
