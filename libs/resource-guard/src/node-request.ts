import type { IncomingMessage } from 'node:http';
import type { ResourceRequest } from './options.js';
import { peerCertificate } from './peer-certificate.js';

/**
 * The request of `node:http`, Express (`request`) or Fastify (`request.raw`) as the guard takes it, with the client
 * certificate of its TLS connection. Behind a TLS-terminating proxy, set `certificate` from what the proxy vouches for.
 */
export function nodeRequest(message: IncomingMessage & { readonly originalUrl?: string }): ResourceRequest {
  return {
    method: message.method ?? 'GET',
    // Express cuts mounted prefixes off `url`.
    url: message.originalUrl ?? message.url ?? '/',
    headers: message.rawHeaders,
    certificate: peerCertificate(message.socket),
  };
}
