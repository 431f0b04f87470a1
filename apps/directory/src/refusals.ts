import { accessDenied, conflict, invalidRequest, invalidToken, notFound, type OAuthError } from '@assent/protocol';

/* The directory's own rules. */

export const malformed = (what: string): OAuthError => invalidRequest(what, 'ASSENT-DIR-01');
export const unknown = (what: string): OAuthError => notFound(`no such ${what}`, 'ASSENT-DIR-02');
export const unauthenticated = (): OAuthError =>
  invalidToken('call with the administrator token, the API key of the software, or its transport certificate', 'ASSENT-DIR-03').withHeaders({ 'www-authenticate': 'Bearer realm="directory"' });
export const forbidden = (what: string): OAuthError => accessDenied(what, 'ASSENT-DIR-04');
export const taken = (what: string): OAuthError => conflict(what, 'ASSENT-DIR-05');
/** Organisation or software is suspended or revoked. */
export const notInForce = (what: string): OAuthError => accessDenied(`${what} is not active`, 'ASSENT-DIR-06');
