import { createHmac } from 'node:crypto';
import { constantTimeEqual } from '@assent/crypto';
import { accessDenied, type Handle } from '@assent/protocol';
import { aboutRequest, type OpenRequest } from '../authorize/open-request.js';
import type { Visit } from './visit.js';

type Bound = Pick<Visit, 'browser' | 'sessionBinding' | 'interactions'>;

/** Ties a form to this browser, to its session (or to having none) and to one interaction. */
export const csrfToken = ({ browser, sessionBinding, interactions }: Bound, request: Handle): string =>
  createHmac('sha256', interactions.key).update(`csrf\0${browser.id}\0${sessionBinding}\0`).update(request.hash).digest('base64url');

/**
 * Throws, shown on a page: no cookie came back (cookies are off), or the form is not one of this browser, session and
 * interaction (another tab signed in meanwhile, or somebody else made the form).
 */
export function verifyCsrfToken(visit: Visit, open: OpenRequest): void {
  if (!visit.browser.known) throw aboutRequest(accessDenied('the cookie of this page did not come back', 'ASSENT-COOKIE-01'), open);
  const token = visit.form.all('csrf');
  if (token.length !== 1 || !constantTimeEqual(token[0] ?? '', csrfToken(visit, open.handle))) {
    throw aboutRequest(accessDenied('the form does not belong to this session and request', 'ASSENT-CSRF-02'), open);
  }
}
