import { methodNotAllowed } from '@assent/protocol';
import type { FastifyInstance, RouteHandlerMethod, RouteOptions } from 'fastify';

/** Registers a route; every other method at its URL is answered 405 with `Allow` (F2-AZ-18). GET brings HEAD with it. */
export function route(fastify: FastifyInstance, options: RouteOptions): void {
  const allowed = new Set([options.method].flat());
  if (allowed.has('GET')) allowed.add('HEAD');
  const refused = fastify.supportedMethods.filter((method) => !allowed.has(method));
  const allow = [...allowed].join(', ');
  const refuse = () => {
    throw methodNotAllowed(`use ${allow}`, 'F2-AZ-18').withHeaders({ allow });
  };
  fastify.route(options);
  // Refused before the body is read, so that its type or size cannot speak first.
  fastify.route({ method: refused, url: options.url, config: options.config ?? {}, onRequest: refuse, handler: refuse });
}

/** `route` for an endpoint that takes only POST. */
export function postOnly(fastify: FastifyInstance, url: string, handler: RouteHandlerMethod, config: { errors?: 'json' | 'page' } = {}): void {
  route(fastify, { method: 'POST', url, handler, config });
}

/** `route` for an endpoint that takes only GET (and HEAD). */
export function getOnly(fastify: FastifyInstance, url: string, handler: RouteHandlerMethod, config: { errors?: 'json' | 'page' } = {}): void {
  route(fastify, { method: 'GET', url, handler, config });
}
