import { formOf, refuseCrossSite } from '@assent/http';
import { accessDenied, type Form } from '@assent/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BrowserSession, BrowserSessions } from './flow/session.js';

const cookie = '__Host-assent-rp';

export const findSession = (sessions: BrowserSessions, request: FastifyRequest): BrowserSession | undefined => sessions.find(readCookie(request));

/** The browser's session, begun where there is none. */
export function sessionOf(sessions: BrowserSessions, request: FastifyRequest, reply: FastifyReply): BrowserSession {
  const found = findSession(sessions, request);
  if (found) return found;
  const session = sessions.start();
  giveCookie(reply, session);
  return session;
}

/** Lax: the browser must bring it back from the bank. */
export function giveCookie(reply: FastifyReply, { id }: BrowserSession): void {
  reply.header('set-cookie', `${cookie}=${id}; Path=/; Secure; HttpOnly; SameSite=Lax`);
}

function readCookie(request: FastifyRequest): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${cookie}=`))?.slice(cookie.length + 1);
}

/**
 * The form of a POST from one of our own pages, in the session it was shown in (F2-CL-08; TM-CSRF-02).
 * `access_denied` on a page otherwise.
 */
export function postedBy(sessions: BrowserSessions, request: FastifyRequest, origin: string): { readonly session: BrowserSession; readonly form: Form } {
  refuseCrossSite(request, origin);
  const session = findSession(sessions, request);
  const form = formOf(request);
  if (!session || form.optional('csrf') !== session.csrf) {
    throw accessDenied('this page is out of date: open the start page again', 'TM-CSRF-02').shownOn('page');
  }
  return { session, form };
}
