import { mintHandle, newTag, plusSeconds, tooManyRequests, type AuditEvent, type Session } from '@assent/protocol';
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
  const { signIn } = visit.interactions;
  const outcome = await signIn.attempt({ form: visit.form, remoteAddress: visit.remoteAddress, acrValues: open.issuer.config.acrValues });
  if (outcome.outcome === 'refused') return refuseLogin(visit, open, outcome.refusal);
  const cookie = await startSession(visit, open, outcome);
  return { page: interactionPath(open, undefined, visit.clickedLocale), cookies: [cookie] };
}

/**
 * The bank's own applications keep sessions of their own, which end when somebody signs out there: ours lasts only until
 * the code is on its way, so that no consent can be given in it afterwards by whoever comes next.
 */
const ownSessionSeconds = 60;

async function startSession(visit: Visit, open: OpenRequest, { customerId, displayName, acr, amr }: Extract<SignInOutcome, { outcome: 'signed-in' }>): Promise<string> {
  const sessionLifetime = open.client.first_party ? ownSessionSeconds : visit.engine.config.authorizationServer.sessionLifetime;
  const { value, handle } = mintHandle(newTag(), plusSeconds(visit.now, sessionLifetime));
  const realm = visit.issuer.config.signsIn;
  const session: Session = { handle: inRealm(realm, handle), customerId, displayName, authTime: visit.now, acr, amr, signedInFor: open.handle.hash.toString('hex') };
  await visit.engine.stores.sessions.start(session, auditOf(visit, open, 'login.succeeded', { customerId, detail: { acr, amr } }), visit.session);
  return setSessionCookie(realm, value, sessionLifetime);
}

async function refuseLogin(visit: Visit, open: OpenRequest, refusal: SignInRefusal): Promise<Answer> {
  const { audit } = visit.engine.stores;
  if (refusal.reason === 'wrong') {
    const { customerId } = refusal;
    await audit.append(auditOf(visit, open, 'login.failed', customerId === undefined ? {} : { customerId }));
  }
  if (refusal.reason === 'throttled') {
    // Not audited: whoever is held back could otherwise fill the table. The log has it.
    const error = tooManyRequests('too many sign-ins failed', 'ASSENT-LOGIN-01').withHeaders({ 'retry-after': String(refusal.retryAfterSeconds) });
    throw aboutRequest(error, open);
  }
  return { html: visit.interactions.signIn.page(signInView(visit, open), refusal), status: 422 };
}

const auditOf = (visit: Visit, open: OpenRequest, type: string, more: Partial<AuditEvent>): AuditEvent => ({
  type,
  issuer: open.issuer.issuer,
  clientId: open.client.client_id,
  requestId: visit.requestId,
  ...more,
});
