import { invalidRequest, methodNotAllowed, notFound, OAuthError, payloadTooLarge, serverError, unsupportedMediaType } from '@assent/protocol';
import { refusalOf } from '@assent/threat-model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { edgeOf, noteRefusal, type Edge } from './request-facts.js';
import { noStore, securityHeaders, type SecurityHeaders } from './security-headers.js';

/** A page for a person, rendered by the app. */
export interface ErrorPage {
  readonly html: string;
  /** The error's own status when absent. */
  readonly status?: number;
  readonly security?: SecurityHeaders;
}
export type RenderErrorPage = (error: OAuthError, request: FastifyRequest) => ErrorPage;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `page`: errors of this route are shown to a person, by the app's `errorPage`. */
    errors?: 'json' | 'page';
  }
}

/**
 * Answers any thrown value: an `OAuthError` as the JSON of RFC 6749 section 5.2 (or as the app's error page on a route
 * with `config: { errors: 'page' }` or when the error's exposure is `page`), Fastify's own refusals likewise, anything
 * else as `server_error` without detail.
 */
export function sendOAuthError(reply: FastifyReply, error: unknown): FastifyReply {
  const { request } = reply;
  const edge = edgeOf(request);
  const refusal = asOAuthError(error);
  noteRefused(reply, refusal.rule, refusal, error);
  noStore(reply);
  reply.headers(refusal.headers);
  return sendPage(reply, refusal, edge) ?? sendJson(reply, refusal);
}

/** For log and metrics: an answer that an app writes itself is a refusal. `thrown`: where it is a failure of ours. */
export function noteRefused(reply: FastifyReply, rule: string, refusal: Told, thrown?: unknown): void {
  noteRefusal(reply, rule);
  edgeOf(reply.request).metrics.refused(rule);
  const { status, code, description, cause } = refusal;
  logRefusal(reply.request, { status, code, description, cause, rule }, thrown);
}

function sendJson(reply: FastifyReply, refusal: OAuthError): FastifyReply {
  // RFC 6749 section 5.2: a client that tried the Authorization header is told by the same scheme.
  const scheme = /^basic(?= )/i.exec(reply.request.headers.authorization ?? '')?.[0];
  if (refusal.code === 'invalid_client' && refusal.status === 401 && scheme) reply.header('www-authenticate', 'Basic realm="client"');
  return reply.code(refusal.status).type('application/json').send(JSON.stringify(refusal.body()));
}

function sendPage(reply: FastifyReply, refusal: OAuthError, edge: Edge): FastifyReply | undefined {
  if (edge.errorPage === undefined || !wantsPage(reply.request, refusal)) return undefined;
  try {
    const page = edge.errorPage(refusal, reply.request);
    securityHeaders(reply, page.security);
    return reply.code(page.status ?? refusal.status).type('text/html; charset=utf-8').send(page.html);
  } catch (error) {
    edge.log.error({ err: error, requestId: reply.request.id }, 'the error page could not be rendered');
    return undefined;
  }
}

function wantsPage(request: FastifyRequest, refusal: OAuthError): boolean {
  if (refusal.exposure === 'page' || request.routeOptions?.config?.errors === 'page') return true;
  // An unknown address opened in a browser.
  return request.is404 && (request.headers.accept ?? '').includes('text/html');
}

type Told = Pick<OAuthError, 'status' | 'code' | 'description'> & { readonly cause?: unknown };

function logRefusal(request: FastifyRequest, refusal: Told & { readonly rule: string }, thrown: unknown): void {
  const { rule } = refusal;
  const facts = { rule, ...refusalOf(rule) };
  if (refusal.status >= 500) request.log.error({ err: refusal.cause ?? thrown, ...facts }, 'request failed');
  else if (rule === 'F2-MT-06') request.log.warn({ audit: true, ...facts, peer: request.raw.socket.remoteAddress }, refusal.description);
  else request.log.debug({ err: refusal.cause, ...facts, code: refusal.code }, refusal.description);
}

interface FrameworkError {
  readonly statusCode?: number;
  readonly status?: number;
  readonly code?: string;
  getStatus?(): number;
}

/** Fastify's and Nest's own refusals, without their texts; anything unknown is a bug of ours. */
export function asOAuthError(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error;
  const { statusCode, code, getStatus } = (error ?? {}) as FrameworkError;
  const status = typeof getStatus === 'function' ? (error as Required<FrameworkError>).getStatus() : statusCode;
  const framework = typeof getStatus === 'function' || (typeof code === 'string' && code.startsWith('FST_')) || error instanceof SyntaxError;
  if (!framework || status === undefined || status < 400 || status >= 500) return serverError(error);
  return frameworkRefusal(status, error);
}

function frameworkRefusal(status: number, cause: unknown): OAuthError {
  switch (status) {
    case 404:
      return notFound('no such address', 'ASSENT-HTTP-01', cause);
    case 405:
      return methodNotAllowed('method not allowed', 'F2-AZ-18', cause);
    case 413:
      return payloadTooLarge('the request is too large', 'F2-AZ-18', cause);
    case 415:
      return unsupportedMediaType('the media type of the body is not supported', 'ASSENT-HTTP-02', cause);
    case 400:
      return invalidRequest('the request is malformed', 'ASSENT-HTTP-03', cause);
    default:
      return new OAuthError({ code: 'invalid_request', status, description: 'the request is refused', rule: 'ASSENT-HTTP-03', cause });
  }
}
