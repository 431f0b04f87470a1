import { invalidRequest, notFound } from '@assent/protocol';
import { refusalOf } from '@assent/threat-model';
import { fastify as createFastify, LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { sendOAuthError } from './errors.js';
import { registerBodies } from './forms.js';
import { attachEdge, beginFacts, edgeOf, knownFacts, type Edge } from './request-facts.js';
import { isLoopback } from './transport/addresses.js';
import { refuseForgery, transportOf } from './transport/transport.js';

export interface EdgeOptions extends Edge {
  readonly publicUrl: string;
  readonly bodyLimit: number;
  /** Answers for an address no router can read, where an app has a format of its own for it; `false`: it has none. */
  readonly badAddress?: ((error: Error, reply: FastifyReply) => boolean) | undefined;
}

/** The Fastify instance of an app, with everything a request meets before its handler. It opens no socket itself. */
export function createEdge(options: EdgeOptions): { readonly fastify: FastifyInstance; readonly handler: RequestListener } {
  const always = responseHeaders(options.publicUrl);
  let handler: RequestListener | undefined;
  const fastify = createFastify({
    loggerInstance: options.log,
    bodyLimit: options.bodyLimit,
    requestIdHeader: false,
    genReqId: requestId,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    exposeHeadRoutes: true,
    // A malformed address is refused before any hook runs.
    frameworkErrors: (error, request, reply) => {
      const prepared = reply.header('x-request-id', request.id).headers(always) as unknown as FastifyReply;
      if (!options.badAddress?.(error, prepared)) sendOAuthError(prepared, error);
    },
    // Fastify wants a server of its own; the listeners share its handler and this one is never opened.
    serverFactory: (ours) => createServer((handler = ours as RequestListener)),
  }) as unknown as FastifyInstance;
  attachEdge(fastify, options);
  registerBodies(fastify);
  registerHooks(fastify, options, always);
  fastify.setErrorHandler((error, _request, reply) => void sendOAuthError(reply, error));
  fastify.setNotFoundHandler((_request, reply) => void sendOAuthError(reply, notFound('no such address', 'ASSENT-HTTP-01')));
  if (handler === undefined) throw new Error('Fastify made no server');
  return { fastify, handler };
}

function registerHooks(fastify: FastifyInstance, options: EdgeOptions, always: Record<string, string>): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const connection = options.connections.of(request.raw.socket);
    beginFacts(request, { connection, startedAt: process.hrtime.bigint() });
    reply.header('x-request-id', request.id).headers(always);
    if (options.draining()) reply.header('connection', 'close');
    try {
      refuseForgery(request, options, connection);
      refuseNul(request.raw.url);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  const { revocation } = options;
  if (revocation) {
    fastify.addHook('onRequest', async (request) => {
      const { certificate, requestId: id } = transportOf(request);
      if (certificate) await revocation.admit({ certificate, intermediates: options.certificates.intermediatesOf(certificate) }, id);
    });
  }
  fastify.addHook('onResponse', (request, reply, done) => {
    recordAnswer(request, reply);
    done();
  });
}

/** No identifier of ours holds NUL, and PostgreSQL takes no text that does. Queries and bodies are read strictly anyway. */
function refuseNul(url = ''): void {
  if (/^[^?]*%00/.test(url)) throw invalidRequest('the address must not hold NUL', 'ASSENT-HTTP-04');
}

/** HSTS everywhere but on loopback, where it would lock a developer's other ports into https (F2-NET-07). */
function responseHeaders(publicUrl: string): Record<string, string> {
  const { protocol, hostname } = new URL(publicUrl);
  const local = hostname === 'localhost' || hostname.endsWith('.localhost') || isLoopback(hostname.replace(/^\[|\]$/g, ''));
  const hsts = protocol === 'https:' && !local ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains' } : {};
  return { 'x-content-type-options': 'nosniff', ...hsts };
}

function recordAnswer(request: FastifyRequest, reply: FastifyReply): void {
  const facts = knownFacts(request);
  const seconds = facts === undefined ? 0 : Number(process.hrtime.bigint() - facts.startedAt) / 1e9;
  // The pattern, never the address or its query: these hold handles and customer data.
  const route = request.is404 ? '(unknown)' : (facts?.route ?? request.routeOptions.url ?? '(unknown)');
  edgeOf(request).metrics.answered(request.method, route, reply.statusCode, seconds);
  const line = { method: request.method, route, status: reply.statusCode, ms: Math.round(seconds * 10000) / 10, rule: facts?.refusedBy, ...refusalOf(facts?.refusedBy) };
  if (reply.statusCode >= 500) request.log.error(line, 'request');
  else request.log.info(line, 'request');
}

/** A caller's own id is kept when it is harmless in logs and headers, so that it can be followed across systems. */
function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const sent = headers['x-request-id'];
  return typeof sent === 'string' && /^[A-Za-z0-9._~-]{8,128}$/.test(sent) ? sent : randomUUID();
}
