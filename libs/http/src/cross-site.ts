import type { FastifyRequest } from 'fastify';

/**
 * Refuses a browser POST that did not come from a page of ours: `Sec-Fetch-Site` must be `same-origin` and `Origin`
 * the public origin; a request with neither header is refused. Throws `access_denied` 403, shown on a page.
 */
export function refuseCrossSite(_request: FastifyRequest, _publicOrigin: string): void {
  throw new Error('to come');
}
