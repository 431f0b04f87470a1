import type { FastifyRequest } from 'fastify';
import type { ClientCertificate } from '../client-certificate.js';

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
export function transportOf(_request: FastifyRequest): Transport {
  throw new Error('to come');
}
