import { renderSignedOutPage, renderWelcomePage, SafeUrl } from '@assent/pages';
import { accessDenied, mintHandle, newTag, plusSeconds, temporarilyUnavailable, type OAuthError, type SiteSession } from '@assent/protocol';
import type { FastifyReply } from 'fastify';
import { SignInError, type Proven } from './client.js';
import type { Pages, SiteParts } from './site.js';
import { addCookie, auditOf, frameOf, html, postedForm, shown, signedIn, type Visit } from './visit.js';

/** Somebody who may come in. */
export type Admitted = Pick<SiteSession, 'personId' | 'displayName' | 'roles'> & { readonly customerId?: string };

/** Whom a site lets in, and what it asks the issuer about them. */
export interface Admit {
  readonly scope: string;
  readonly claims: readonly string[];
  /** Throws an `OAuthError` to show when the person may not. */
  readonly verify: (proven: Proven) => Promise<Admitted>;
}

/** `/`, `/sign-in` and its callback, `/sign-out`. */
export function registerSignIn(pages: Pages, site: SiteParts): void {
  pages.open('/sign-in', (visit) => startSignIn(visit, visit.query.all('next')[0] ?? '/'));
  pages.open('/sign-in/callback', finishSignIn);
  pages.open('/welcome', async (visit) => ((await signedIn(visit)) ? visit.reply.redirect('/', 303) : html(visit.reply, renderWelcomePage({ frame: frameOf(visit), site: site.name, signIn: signInUrl }))));
  pages.open('/signed-out', (visit) => html(visit.reply, renderSignedOutPage({ frame: frameOf(visit), signIn: signInUrl })));
  pages.post('/sign-out', async (visit) => {
    postedForm(visit);
    await site.sessions.end(visit.session.handle, auditOf(visit, `${site.name}.signed_out`, personOf(site, visit.session)));
    addCookie(visit.reply, site.cookies.endSession());
    return visit.reply.redirect('/signed-out', 303);
  });
}

const signInUrl = SafeUrl.of('/sign-in');

/** Sends the browser to the issuer; `next`: where to go afterwards. */
export async function startSignIn(visit: Visit, next: string): Promise<FastifyReply> {
  const { site, reply, locale } = visit;
  if (!site.client) throw shown('unavailable', temporarilyUnavailable('nobody can sign in here: the site has no client', 'ASSENT-SITE-02'));
  const { scope, claims } = site.admit;
  const { url, pending } = await site.client.begin({ scope, claims, locale, next: ownPath(next) }).catch((error: unknown) => {
    throw unavailable(error);
  });
  addCookie(reply, site.cookies.setPending(pending));
  return reply.redirect(url.href, 303);
}

/**
 * The way back. The answer counts only in the browser that was sent away, once, and for the issuer that was asked; the
 * session begun is a new one (no fixation), and the tokens are kept nowhere.
 */
async function finishSignIn(visit: Visit): Promise<FastifyReply> {
  const { site, reply, request, cookie, now } = visit;
  const pending = site.cookies.pending(cookie);
  addCookie(reply, site.cookies.endPending());
  if (!site.client || !pending) throw shown('signIn', accessDenied('no sign-in waits for an answer in this browser', 'ASSENT-SITE-03'), '/sign-in');
  // Somebody turned back at the issuer's page: nothing went wrong.
  if (visit.query.all('error')[0] === 'access_denied' && visit.query.all('state')[0] === pending.state) return reply.redirect('/welcome', 303);
  const proven = await site.client.finish(new URL(request.raw.url ?? '', site.publicUrl), pending).catch((error: unknown) => {
    throw notSignedIn(error, visit);
  });
  const { customerId, ...person } = await site.admit.verify(proven);
  const seconds = site.config.authorizationServer.sessionLifetime;
  const { value, handle } = mintHandle(newTag(), plusSeconds(now, seconds));
  const authTime = typeof proven.claims.auth_time === 'number' ? new Date(proven.claims.auth_time * 1000) : now;
  const session: SiteSession = { handle, site: site.name, issuer: proven.issuer, authTime, ...person };
  await site.sessions.start(session, { type: `${site.name}.signed_in`, issuer: proven.issuer, requestId: visit.requestId, ...personOf(site, session), ...(customerId !== undefined && { customerId }) }, visit.handle);
  addCookie(reply, site.cookies.setSession(value, seconds));
  return reply.redirect(pending.next, 303);
}

const personOf = ({ name }: SiteParts, { personId, displayName, roles }: Pick<SiteSession, 'personId' | 'displayName' | 'roles'>) =>
  name === 'staff' ? { detail: { staff: personId, name: displayName, roles } } : { customerId: personId };

/** A path of this site and nothing else: `//host` and `/\host` lead away. */
function ownPath(next: string): string {
  const path = /^\/(?![/\\])[\x21-\x7e]{0,500}$/.test(next) && !next.includes('\\') ? next : '/';
  return path.startsWith('/sign-') || path.startsWith('/welcome') ? '/' : path;
}

function unavailable(error: unknown): OAuthError {
  if (!(error instanceof SignInError)) throw error;
  return shown('unavailable', temporarilyUnavailable('the issuer cannot be asked', 'ASSENT-SITE-04', error));
}

function notSignedIn(error: unknown, { site, requestId }: Visit): OAuthError {
  if (!(error instanceof SignInError)) throw error;
  site.log.info({ err: error, requestId }, 'a sign-in did not end well');
  return shown('signIn', accessDenied('the sign-in did not end well', 'ASSENT-SITE-05', error), '/sign-in');
}
