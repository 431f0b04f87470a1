import { createHash, createHmac } from 'node:crypto';
import { constantTimeEqual, deriveKey } from '@assent/crypto';
import { formOf, queryOf, transportOf } from '@assent/http';
import { chooseLocale, isLocale, offeredLocales, SafeUrl, siteTextsOf, type Locale, type SiteFrame, type SiteProblem } from '@assent/pages';
import { accessDenied, parseHandle, type AuditEvent, type Form, type Handle, type OAuthError, type SiteSession } from '@assent/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SiteParts } from './site.js';

/** One request of a browser, as it came in; nothing here is proved yet. */
export interface Visit {
  readonly site: SiteParts;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly query: Form;
  readonly cookie: string | undefined;
  readonly handle: Handle | undefined;
  readonly locale: Locale;
  readonly requestId: string;
  readonly now: Date;
}

/** A request of somebody who is signed in. */
export interface SignedIn extends Visit {
  readonly session: SiteSession;
  /** What every form of this session carries along. */
  readonly csrf: string;
}

export function readVisit(site: SiteParts, request: FastifyRequest, reply: FastifyReply): Visit {
  const { cookies, clock } = site;
  const { cookie } = request.headers;
  const session = cookies.session(cookie);
  const query = queryOf(request);
  const clicked = query.all('lang')[0];
  const locale = localeOf(site, request, clicked);
  // A click on a language lasts.
  if (clicked !== undefined && isLocale(clicked) && locale === clicked) addCookie(reply, cookies.setLocale(clicked));
  return { site, request, reply, query, cookie, handle: session === undefined ? undefined : parseHandle(session), locale, requestId: transportOf(request).requestId, now: clock.now() };
}

/** The person's click, then what they clicked before, then the browser, then the bank. */
export function localeOf({ cookies, config }: SiteParts, { headers }: FastifyRequest, clicked?: string): Locale {
  const asked = [clicked, cookies.locale(headers.cookie)].filter((tag) => tag !== undefined);
  return chooseLocale(asked, headers['accept-language'], config.bank.locales);
}

export function addCookie(reply: FastifyReply, line: string): void {
  const before = reply.getHeader('set-cookie');
  reply.header('set-cookie', [...[before ?? []].flat().map(String), line].filter((one, index, all) => all.indexOf(one) === index));
}

/** The visit of somebody whose session is still good, if it is. */
export async function signedIn(visit: Visit): Promise<SignedIn | undefined> {
  const { site, handle } = visit;
  const session = handle && (await site.sessions.find(handle, site.name));
  return session && { ...visit, session, csrf: csrfToken(site, session.handle) };
}

/** A posted form of this session (of our own site it is, or it would not have come here). Throws, shown on a page, when it is another's. */
export function postedForm(visit: SignedIn): Form {
  const form = formOf(visit.request);
  const token = form.all('csrf');
  if (token.length !== 1 || !constantTimeEqual(token[0] ?? '', visit.csrf)) throw shown('expired', accessDenied('the form does not belong to this session', 'ASSENT-SITE-01'));
  return form;
}

const csrfToken = ({ name, csrfKey }: SiteParts, { hash }: Handle): string => createHmac('sha256', csrfKey).update(`${name}\0`).update(createHash('sha256').update(hash).digest()).digest('base64url');

export const deriveCsrfKey = (master: Buffer, site: string): Buffer => deriveKey(master, `site/${site}/csrf`);

const problems = new WeakMap<OAuthError, { readonly problem: SiteProblem; readonly again?: string }>();

/** The same refusal, with the page that tells of it and where that page leads. */
export function shown(problem: SiteProblem, error: OAuthError, again?: string): OAuthError {
  const onPage = error.shownOn('page');
  problems.set(onPage, { problem, ...(again !== undefined && { again }) });
  return onPage;
}

export const problemOf = (error: OAuthError): { readonly problem: SiteProblem; readonly again?: string } =>
  problems.get(error) ??
  (error.rule === 'ASSENT-CSRF-01' ? { problem: 'foreign' } : { problem: error.status === 404 ? 'notFound' : error.status >= 500 ? 'internal' : 'invalid' });

/** The frame of a page: who speaks, where one can go, in which languages. */
export function frameOf(visit: Visit, session?: SignedIn, current?: string): SiteFrame {
  const { site, request, locale } = visit;
  const t = siteTextsOf(locale);
  const links = session ? site.links(t).map(({ to, label }) => ({ to: SafeUrl.of(to), label, current: to === current })) : [];
  return {
    ...plainFrame(site, locale),
    ...(request.method === 'GET' && { inLanguage: (other) => inLanguage(request, other) }),
    navigation: { links, signOut: session && { to: SafeUrl.of('/sign-out'), hidden: { csrf: session.csrf } } },
  };
}

/** For a page that cannot be asked for again: a refusal. */
export function plainFrame({ config, help }: SiteParts, locale: Locale): SiteFrame {
  return { locale, brand: config.bank.name, help, languages: offeredLocales(config.bank.locales), navigation: { links: [] } };
}

function inLanguage(request: FastifyRequest, locale: Locale): SafeUrl {
  const url = new URL(request.raw.url ?? '/', 'https://site.invalid');
  url.searchParams.set('lang', locale);
  return SafeUrl.of(`${url.pathname.replace(/^\/{2,}/, '/')}${url.search}`);
}

/** The audit line of what somebody did at a site. */
export const auditOf = ({ session, requestId }: SignedIn, type: string, more: Partial<AuditEvent> = {}): AuditEvent => ({ type, issuer: session.issuer, requestId, ...more });

export const html = (reply: FastifyReply, page: string, status = 200): FastifyReply => reply.code(status).type('text/html; charset=utf-8').send(page);
