import type { FastifyInstance, RouteHandlerMethod, RouteOptions } from 'fastify';

/** Registers a route; every other method at its URL is answered 405 with `Allow` (F2-AZ-18). GET brings HEAD with it. */
export function route(_fastify: FastifyInstance, _options: RouteOptions): void {
  throw new Error('to come');
}

/** `route` for an endpoint that takes only POST. */
export function postOnly(fastify: FastifyInstance, url: string, handler: RouteHandlerMethod, config: { errors?: 'json' | 'page' } = {}): void {
  route(fastify, { method: 'POST', url, handler, config });
}

/** `route` for an endpoint that takes only GET (and HEAD). */
export function getOnly(fastify: FastifyInstance, url: string, handler: RouteHandlerMethod, config: { errors?: 'json' | 'page' } = {}): void {
  route(fastify, { method: 'GET', url, handler, config });
}
