import { constantTimeEqual } from '@assent/crypto';
import { formOf, queryOf, transportOf, type ErrorPage } from '@assent/http';
import { chooseLocale, isLocale, SafeUrl, type Locale } from '@assent/pages';
import { accessDenied, type Form, type OAuthError } from '@assent/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHmac } from 'node:crypto';
import { hashOf } from '../admin-token.js';
import type { Actor, Directory } from '../directory.js';
import type { DirectoryFrame } from '../pages/frame.js';
import { renderProblemPage, type Problem } from '../pages/sign-in.js';

const sessionCookie = '__Host-assent-directory';
const localeCookie = '__Host-assent-directory-lang';
/** Strict: nobody is sent here from elsewhere. */
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Strict';
export const sessionSeconds = 8 * 3600;

/** One request of a browser. */
export interface Visit {
  readonly directory: Directory;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly query: Form;
  readonly locale: Locale;
}

/** Of somebody who signed in with the administrator's token. */
export interface SignedIn extends Visit {
  readonly session: Buffer;
  /** What every form of this session carries. */
  readonly csrf: string;
  readonly actor: Actor;
}

export function readVisit(directory: Directory, request: FastifyRequest, reply: FastifyReply): Visit {
  const query = queryOf(request);
  const clicked = query.all('lang')[0];
  if (clicked !== undefined && isLocale(clicked)) addCookie(reply, `${localeCookie}=${clicked}; Max-Age=31536000; ${attributes}`);
  return { directory, request, reply, query, locale: localeOf(request, clicked) };
}

function localeOf({ headers }: FastifyRequest, clicked?: string): Locale {
  const asked = [clicked, readCookie(headers.cookie, localeCookie)].filter((tag) => tag !== undefined);
  return chooseLocale(asked, headers['accept-language']);
}

export function addCookie(reply: FastifyReply, line: string): void {
  reply.header('set-cookie', [...[reply.getHeader('set-cookie') ?? []].flat().map(String), line]);
}

export const setSession = (value: string): string => `${sessionCookie}=${value}; Max-Age=${sessionSeconds}; ${attributes}`;
export const clearSession = `${sessionCookie}=; Max-Age=0; ${attributes}`;

/** The visit of somebody whose session is good. */
export async function signedIn(visit: Visit): Promise<SignedIn | undefined> {
  const { directory, request } = visit;
  const value = readCookie(request.headers.cookie, sessionCookie);
  if (value === undefined || !/^[A-Za-z0-9_-]{43}$/.test(value)) return undefined;
  const session = hashOf(value);
  if (!(await directory.store.findSession(session, directory.clock.now()))) return undefined;
  const csrf = createHmac('sha256', directory.csrfKey).update(session).digest('base64url');
  return { ...visit, session, csrf, actor: { by: 'administrator', requestId: transportOf(request).requestId } };
}

/** A form of this session. Throws, shown on a page, when it is another's. */
export function postedForm({ request, csrf }: SignedIn): Form {
  const form = formOf(request);
  const tokens = form.all('csrf');
  if (tokens.length !== 1 || !constantTimeEqual(tokens[0] ?? '', csrf)) throw accessDenied('the form does not belong to this session', 'ASSENT-DIR-07').shownOn('page');
  return form;
}

export function frameOf({ request, locale }: Visit, csrf?: string): DirectoryFrame {
  const inLanguage = (other: Locale): SafeUrl => {
    const url = new URL(request.raw.url ?? '/', 'https://site.invalid');
    url.searchParams.set('lang', other);
    return SafeUrl.of(`${url.pathname.replace(/^\/{2,}/, '/')}${url.search}`);
  };
  return { locale, brand: '', csrf, ...(request.method === 'GET' ? { inLanguage } : {}) };
}

/** What a person sees when a page cannot be shown. */
export function problemPage(_: Directory, error: OAuthError, request: FastifyRequest): ErrorPage {
  const frame = { locale: localeOf(request), brand: '' };
  return { html: renderProblemPage({ frame, problem: problemOf(error), detail: error.status < 500 && error.status !== 404 ? error.description : undefined, reference: request.id }) };
}

function problemOf({ rule, status }: OAuthError): Problem {
  if (rule === 'ASSENT-DIR-07' || rule === 'ASSENT-CSRF-01') return 'expired';
  return status === 404 ? 'notFound' : status >= 500 ? 'internal' : 'refused';
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

export const html = (reply: FastifyReply, page: string, status = 200): FastifyReply => reply.code(status).type('text/html; charset=utf-8').send(page);
