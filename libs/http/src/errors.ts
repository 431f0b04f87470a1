import type { OAuthError } from '@assent/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A page for a person, rendered by the app. */
export interface ErrorPage {
  readonly html: string;
  /** The error's own status when absent. */
  readonly status?: number;
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
 * with `config: { errors: 'page' }`), Fastify's own refusals likewise, anything else as `server_error` without detail.
 */
export function sendOAuthError(_reply: FastifyReply, _error: unknown): FastifyReply {
  throw new Error('to come');
}
