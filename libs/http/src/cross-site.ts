import { accessDenied } from '@assent/protocol';
import type { FastifyRequest } from 'fastify';

/**
 * Refuses a browser POST that did not come from a page of ours: `Sec-Fetch-Site` must be `same-origin` and `Origin`
 * the public origin; a request with neither header is refused. Throws `access_denied` 403, shown on a page.
 */
export function refuseCrossSite(request: FastifyRequest, publicOrigin: string): void {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const fromUs = (site === undefined || site === 'same-origin') && (origin === undefined || origin === new URL(publicOrigin).origin);
  if (fromUs && (site ?? origin) !== undefined) return;
  throw accessDenied('this request did not come from our own page', 'ASSENT-CSRF-01').shownOn('page');
}
