import type { IncomingMessage } from 'node:http';
import type { ResourceRequest } from './options.js';
import { peerCertificate } from './peer-certificate.js';
import { keptContent } from './signatures/content.js';

export interface NodeRequestNeeds extends Pick<ResourceRequest, 'requiredScopes' | 'requireGrant'> {
  /** Finds the client certificate where it is not that of the TLS connection (behind a proxy). */
  readonly certificate?: () => ResourceRequest['certificate'];
}

/**
 * The request of `node:http`, Express (`request`) or Fastify (`request.raw`) as the guard takes it. The certificate is
 * looked at only when the token is bound to one.
 */
export function nodeRequest(message: IncomingMessage & { readonly originalUrl?: string }, needs: NodeRequestNeeds = {}): ResourceRequest {
  const { requiredScopes = [], requireGrant = false, certificate = () => peerCertificate(message.socket) } = needs;
  return {
    method: message.method ?? 'GET',
    // Express cuts mounted prefixes off `url`.
    url: message.originalUrl ?? message.url ?? '/',
    headers: message.rawHeaders,
    get certificate() {
      return certificate();
    },
    requiredScopes,
    requireGrant,
    body: keptContent(message),
    exchange: message,
  };
}
