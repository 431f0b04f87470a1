import { mintHandle, newTag, plusSeconds, tooManyRequests, type AuditEvent, type OAuthError, type Session } from '@assent/protocol';
import { aboutRequest, type OpenRequest } from '../authorize/open-request.js';
import type { Answer } from './answer.js';
import { inRealm, setSessionCookie } from './cookies.js';
import { interactionPath, signInView } from './pages.js';
import type { SignInOutcome, SignInRefusal } from './sign-in.js';
import type { Visit } from './visit.js';

/**
 * A posted sign-in. Success starts a new session in place of the one the browser had (no fixation) and goes on by 303;
 * a refusal shows the page again, or 429 once there were too many.
 */
export async function login(visit: Visit, open: OpenRequest): Promise<Answer> {
  const { client, handle } = open;
  const attempted = await attemptSignIn(visit, { signedInFor: handle.hash.toString('hex'), clientId: client.client_id, ...(client.first_party && { seconds: ownSessionSeconds }) });
  if ('cookie' in attempted) return { page: interactionPath(open, undefined, visit.clickedLocale), cookies: [attempted.cookie] };
  const { refusal } = attempted;
  if (refusal.reason === 'throttled') throw aboutRequest(tooManySignIns(refusal), open);
  return { html: visit.interactions.signIn.page(signInView(visit, open), refusal), status: 422 };
}

/**
 * The bank's own applications keep sessions of their own, which end when somebody signs out there: ours lasts only until
 * the code is on its way, so that no consent can be given in it afterwards by whoever comes next.
 */
const ownSessionSeconds = 60;

/** What a sign-in is for. */
interface Purpose {
  /** The interaction, as `Session.signedInFor` names it. */
  readonly signedInFor?: string | undefined;
  /** The client that asks, where there is one. */
  readonly clientId?: string;
  readonly acrWanted?: readonly string[] | undefined;
  /** How long the session lasts; as configured, when absent. */
  readonly seconds?: number;
}

/** One attempt: the cookie of a new session, or why there is none. */
export async function attemptSignIn(visit: Visit, purpose: Purpose): Promise<{ readonly cookie: string } | { readonly refusal: SignInRefusal }> {
  const { form, remoteAddress, issuer } = visit;
  const outcome = await visit.interactions.signIn.attempt({ form, remoteAddress, acrValues: issuer.config.acrValues, acrWanted: purpose.acrWanted });
  if (outcome.outcome === 'signed-in') return { cookie: await startSession(visit, purpose, outcome) };
  const { refusal } = outcome;
  // Not audited when throttled: whoever is held back could otherwise fill the table. The log has it.
  if (refusal.reason === 'wrong') await visit.engine.stores.audit.append(auditOf(visit, purpose, 'login.failed', refusal.customerId === undefined ? {} : { customerId: refusal.customerId }));
  return { refusal };
}

export const tooManySignIns = ({ retryAfterSeconds }: Extract<SignInRefusal, { reason: 'throttled' }>): OAuthError =>
  tooManyRequests('too many sign-ins failed', 'ASSENT-LOGIN-01').withHeaders({ 'retry-after': String(retryAfterSeconds) });

async function startSession(visit: Visit, purpose: Purpose, { customerId, displayName, acr, amr }: Extract<SignInOutcome, { outcome: 'signed-in' }>): Promise<string> {
  const { signedInFor, seconds = visit.engine.config.authorizationServer.sessionLifetime } = purpose;
  const { value, handle } = mintHandle(newTag(), plusSeconds(visit.now, seconds));
  const realm = visit.issuer.config.signsIn;
  const session: Session = { handle: inRealm(realm, handle), customerId, displayName, authTime: visit.now, acr, amr, ...(signedInFor !== undefined && { signedInFor }) };
  await visit.engine.stores.sessions.start(session, auditOf(visit, purpose, 'login.succeeded', { customerId, detail: { acr, amr } }), visit.session);
  return setSessionCookie(realm, value, seconds);
}

const auditOf = (visit: Visit, { clientId }: Purpose, type: string, more: Partial<AuditEvent>): AuditEvent => ({
  type,
  issuer: visit.issuer.issuer,
  ...(clientId !== undefined && { clientId }),
  requestId: visit.requestId,
  ...more,
});
