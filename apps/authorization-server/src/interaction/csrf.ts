import { createHmac } from 'node:crypto';
import { constantTimeEqual } from '@assent/crypto';
import { accessDenied, type Handle, type OAuthError } from '@assent/protocol';
import { aboutRequest, type OpenRequest } from '../authorize/open-request.js';
import type { Visit } from './visit.js';

type Bound = Pick<Visit, 'browser' | 'sessionBinding' | 'interactions'>;

/** Ties a form to this browser, to its session (or to having none) and to one interaction, by its hash. */
export const csrfToken = ({ browser, sessionBinding, interactions }: Bound, { hash }: Pick<Handle, 'hash'>): string =>
  createHmac('sha256', interactions.key).update(`csrf\0${browser.id}\0${sessionBinding}\0`).update(hash).digest('base64url');

/** Throws what `judgeCsrfToken` finds, as a page that may name the client. */
export function verifyCsrfToken(visit: Visit, open: OpenRequest): void {
  const wrong = judgeCsrfToken(visit, open.handle);
  if (wrong) throw aboutRequest(wrong, open);
}

/**
 * What is wrong with a posted form: no cookie came back (cookies are off), or the form is not one of this browser,
 * session and interaction (another tab signed in meanwhile, or somebody else made the form).
 */
export function judgeCsrfToken(visit: Visit, interaction: Pick<Handle, 'hash'>): OAuthError | undefined {
  if (!visit.browser.known) return accessDenied('the cookie of this page did not come back', 'ASSENT-COOKIE-01').shownOn('page');
  const token = visit.form.all('csrf');
  if (token.length === 1 && constantTimeEqual(token[0] ?? '', csrfToken(visit, interaction))) return undefined;
  return accessDenied('the form does not belong to this session and request', 'ASSENT-CSRF-02').shownOn('page');
}
