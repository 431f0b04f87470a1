import { clustersOf, type Cluster } from '@assent/pages';
import { consentRequired, invalidRequestUri, plusSeconds, type Client, type Grant, type OAuthError, type Session } from '@assent/protocol';
import { coversAll } from '../authorize/asked.js';
import { askedChange, changeOf } from '../authorize/asked-change.js';
import { allow, allowChange, allowOnGrant, refuse, type Answered } from '../authorize/authorization.js';
import { currentGrant, unusableGrantId, type FoundGrant } from '../authorize/current-grant.js';
import { unusableConsent } from '../consent/requested-consent.js';
import { classesOf, decide, type Decision } from '../authorize/decide.js';
import { aboutRequest, type OpenRequest } from '../authorize/open-request.js';
import type { ResponseMessage } from '../authorize/validated-redirect.js';
import type { Answer } from './answer.js';
import { askingOf, endOf, type Asking } from './asking.js';
import { accountsToShow, askingPage } from './asking-page.js';
import { lacksAccounts } from './lacking-accounts.js';
import { donePage, interactionPlace, localeOf, postingPage, signInView } from './pages.js';
import type { Yes } from './shown.js';
import type { Visit } from './visit.js';

/** What an open request needs next, decided from its session. */
export function decideOn(visit: Visit, open: OpenRequest, session: Session | undefined): Decision {
  const { issuer, request, client, handle } = open;
  return decide({
    request,
    session,
    interaction: handle.hash.toString('hex'),
    reachable: visit.interactions.signIn.reachable(issuer.config.acrValues),
    known: classesOf(issuer.config),
    subjectOf: (customerId) => issuer.subjects.of(client, customerId),
    now: visit.now,
  });
}

/**
 * Answers an open request: the sign-in page, the first page that asks at once when a session satisfies it, a code on an
 * existing grant (`prompt=none`), or an error told to the client.
 */
export async function answerOpen(visit: Visit, open: OpenRequest, session: Session | undefined): Promise<Answer> {
  const decision = decideOn(visit, open, session);
  switch (decision.do) {
    case 'sign-in': {
      const other = decision.why === 'other-customer' ? session?.displayName : undefined;
      return { html: visit.interactions.signIn.page(signInView(visit, open, other)) };
    }
    case 'consent': {
      if (isOwn(open)) return admitToOwn(visit, open, decision.session);
      const found = await currentGrant(visit.engine, open, decision.session);
      return 'refusal' in found ? tellClient(visit, open, found.refusal, session) : showFirst(visit, open, decision.session, found);
    }
    case 'existing-grant':
      return answerSilently(visit, open, decision.session);
    case 'refuse':
      return tellClient(visit, open, decision.error, session);
  }
}

/**
 * The bank's own application, which asks only who somebody is: there is nobody to share with. The client registry lets
 * no other client be that; what is asked is looked at again all the same.
 */
const isOwn = ({ client, request }: OpenRequest): boolean =>
  client.first_party === true && request.grantManagementAction === undefined && !request.prompt.includes('consent') && clustersOf(request.scope).every(({ id }) => identity.has(id)) && request.authorizationDetails.length === 0 && request.resources.length === 0;
const identity = new Set<Cluster['id']>(['identity', 'profile', 'email', 'phone', 'address']);

/** It ends with the session it signs in to. */
async function admitToOwn(visit: Visit, open: OpenRequest, session: Session): Promise<Answer> {
  const expiresAt = plusSeconds(visit.now, visit.engine.config.authorizationServer.sessionLifetime);
  const answered = await allow(visit, open, session, { accounts: [], expiresAt, shown: { first_party: true, scope: open.request.scope } });
  return answered === 'grant-gone' ? grantGone(visit, open, session) : toClient(answered, visit, open);
}

/** The first page that asks. `found`: the grant that is to be changed, the consent that waits. */
async function showFirst(visit: Visit, open: OpenRequest, session: Session, found: FoundGrant): Promise<Answer> {
  const current = found.grant;
  const until = endOf(visit.engine, open, current, visit.now);
  const asking = askingOf(visit.engine, open, session, current, { locale: localeOf(visit, open), until, also: open.request.redirectUri });
  const lacking = await lacksAccounts(visit.engine, asking);
  if (lacking) return toClient(await refuse(visit, open, lacking, session.customerId, found), visit, open);
  return showPage(visit, open, asking, { at: 0, earlier: [] });
}

/** Which page of a request, after which answers, and what was wrong with the last. */
export interface Turn {
  readonly at: number;
  readonly earlier: readonly Yes[];
  readonly problem?: 'choose-account';
}

/** A page that asks, after the answers to those before. */
export async function showPage(visit: Visit, open: OpenRequest, asking: Asking, turn: Turn): Promise<Answer> {
  const accounts = await accountsToShow(visit, asking, turn.at);
  return { html: askingPage(visit, { asking, accounts, ...turn }, interactionPlace(visit, open, asking, turn.at)), ...(turn.problem ? { status: 422 } : {}) };
}

/** `prompt=none`: a code on a grant that covers the request, or for a change that holds nothing new to the customer. */
async function answerSilently(visit: Visit, open: OpenRequest, session: Session): Promise<Answer> {
  const found = await currentGrant(visit.engine, open, session);
  if ('refusal' in found) return tellClient(visit, open, found.refusal, session);
  if (open.request.consent) return tellClient(visit, open, consentRequired('the customer has not agreed to this', 'OIDC-03'), session);
  const answered = open.request.grantManagementAction === undefined ? await onCovering(visit, open, session) : await silentMerge(visit, open, session, found.grant);
  if (answered === 'grant-gone') return tellClient(visit, open, consentRequired('the customer has not agreed to this', 'OIDC-03'), session);
  return toClient(answered, visit, open);
}

/** Fresh tokens for a grant that permits all of it already (GM-SE-01); to extend it in time takes the customer. */
async function silentMerge(visit: Visit, open: OpenRequest, session: Session, grant: Grant | undefined): Promise<Answered | 'grant-gone'> {
  if (open.request.grantManagementAction !== 'merge' || grant === undefined) return 'grant-gone';
  const { details } = visit.engine;
  const { added } = askedChange(open, grant, grant.expiresAt, details);
  if (added.clusters.length + added.scope.length + added.claims.length + added.authorizationDetails.length > 0) return 'grant-gone';
  const change = changeOf(open, grant, { accounts: [], authorizationDetails: [], expiresAt: grant.expiresAt }, details);
  return allowChange(visit, open, session, change, { detail: { prompt: 'none' }, current: grant });
}

async function onCovering(visit: Visit, open: OpenRequest, session: Session): Promise<Answered | 'grant-gone'> {
  const { authorizations } = visit.engine.stores;
  const { request, client, issuer } = open;
  const asked = { issuer: issuer.issuer, clientId: client.client_id, customerId: session.customerId, scope: request.scope, now: visit.now };
  // In a market a grant with details is a consent, which only a request about it may stand on.
  const isOther = (grant: Grant) => issuer.config.market !== undefined && grant.authorizationDetails.length > 0;
  const covers = (grant: Grant) => !isOther(grant) && coversAll(grant, open) && visit.engine.details.uncovered(request.authorizationDetails, grant.authorizationDetails).length === 0;
  const grant = await authorizations.covering({ ...asked, covers });
  return grant ? allowOnGrant(visit, open, session, grant) : 'grant-gone';
}

/** The grant that was to be changed has ended since the page was shown (GM-RV-03). */
export const grantGone = (visit: Visit, open: OpenRequest, session: Session): Promise<Answer> => tellClient(visit, open, open.request.consent ? unusableConsent() : unusableGrantId('GM-RV-03'), session);

export const tellClient = async (visit: Visit, open: OpenRequest, error: OAuthError, session: Session | undefined): Promise<Answer> =>
  toClient(await refuse(visit, open, error, session?.customerId), visit, open);

/**
 * To the client by 303 or by a form that sends itself; whoever came second learns on a page that the request was
 * answered (F2-AZ-16).
 */
export function toClient(answered: Answered, visit: Visit, open: OpenRequest): Answer {
  if (answered === 'already-completed') throw aboutRequest(invalidRequestUri('request_uri was used before', 'F2-AZ-16'), open);
  return travelling(answered, visit, open.client, open.request.uiLocales);
}

/** The same for a request that was refused before it was kept. */
export const toRefusedClient = (answered: ResponseMessage, visit: Visit, client: Client): Answer => travelling(answered, visit, client, []);

function travelling(answered: ResponseMessage, visit: Visit, client: Client, uiLocales: readonly string[]): Answer {
  if ('redirect' in answered) return { client: answered.redirect };
  return { html: postingPage(visit, client, uiLocales, answered), postsTo: new URL(answered.post).origin as `https://${string}` };
}

/** After a form: an app link or a loopback address is out of reach of the form's policy, so a page goes on to it. */
export function toClientAfterForm(answered: Answered, visit: Visit, open: OpenRequest, decision: 'allowed' | 'denied'): Answer {
  const answer = toClient(answered, visit, open);
  if (!('client' in answer) || answer.client.startsWith('https:')) return answer;
  return { html: donePage(visit, open, decision, answer.client) };
}
