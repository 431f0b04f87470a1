import { isId, notFound, type Session } from '@assent/protocol';
import { currentGrant } from '../authorize/current-grant.js';
import { approve, deny } from '../backchannel/decide.js';
import { PendingRequest } from '../backchannel/pending-request.js';
import type { Answer } from '../interaction/answer.js';
import { accountsToShow, askingPage } from '../interaction/asking-page.js';
import { askingOf, endOf, type Asking } from '../interaction/asking.js';
import { readShown, type Yes } from '../interaction/shown.js';
import type { Visit } from '../interaction/visit.js';
import { judgeYes } from '../interaction/yes.js';
import { codeCheckOf, isCode } from './code-check.js';
import { deviceLocale, devicePath } from './place.js';
import { worthOf } from './sign-in-again.js';
import { devicePage, deviceSignInView, lookAgain, requestPlace, toldPage } from './views.js';

/** A request of the customer who is signed in. One answer for unknown ones and those of others: 404. */
export async function findRequest(visit: Visit, id: string, session: Session): Promise<PendingRequest> {
  const found = isId(id) ? await visit.engine.stores.backchannelRequests.open(id, session.customerId) : undefined;
  const pending = found && PendingRequest.of(found, visit.issuer);
  if (!pending) throw notFound('no such request', 'ASSENT-DEVICE-01').shownOn('page');
  return pending;
}

/** The page of one request: what it asks; or how it stands, when it asks nothing any more. */
export async function showRequest(visit: Visit, pending: PendingRequest, session: Session): Promise<Answer> {
  const blocked = standing(visit, pending) ?? unproven(visit, pending, session);
  if (blocked) return blocked;
  const found = await currentGrant(visit.engine, pending, session);
  if ('refusal' in found) return toldPage(visit, pending, { state: 'gone' });
  const until = endOf(visit.engine, pending, found.grant, visit.now);
  const asking = askingOf(visit.engine, pending, session, found.grant, { locale: deviceLocale(visit), until, also: alsoShown(pending) });
  return showPage(visit, pending, asking, { at: 0, earlier: [] });
}

/**
 * The customer's yes to one page. It counts only for what the page showed in this session, where the code was right, in
 * time, and for the first of however many answers come at once; all is decided with the last page.
 */
export async function answerRequest(visit: Visit, pending: PendingRequest, session: Session): Promise<Answer> {
  const decision = visit.form.all('decision');
  if (decision.length === 1 && decision[0] === 'deny') return denyRequest(visit, pending, session);
  const blocked = standing(visit, pending, true) ?? unproven(visit, pending, session);
  if (blocked) return blocked;
  const place = { visit, id: pending.id };
  const posted = readShown(visit.form);
  if (decision.length !== 1 || decision[0] !== 'allow' || !posted) return lookAgain(place, 'changed', 409, pending);
  const found = await currentGrant(visit.engine, pending, session);
  if ('refusal' in found) return toldPage(visit, pending, { state: 'gone' });
  const { locale, expiresAt: until, at, earlier } = posted.offer;
  const asking = askingOf(visit.engine, pending, session, found.grant, { locale, until, also: alsoShown(pending) });
  const said = judgeYes(visit, asking, posted);
  if (said.leads === 'nowhere') return lookAgain(place, 'changed', 409, pending);
  const code = await codeProblem(visit, pending, asking, at);
  if (said.leads === 'back' || code !== 'right') return showPage(visit, pending, asking, { at, earlier, wrong: { account: said.leads === 'back', code } });
  if (said.leads === 'on') return showPage(visit, pending, asking, { at: said.to, earlier: said.yes });
  const outcome = await approve(visit, pending, session, said.consent, found);
  return afterDecision(visit, pending, session, outcome);
}

/** "It wasn't me": one press, whatever else was or was not chosen. */
export async function denyRequest(visit: Visit, pending: PendingRequest, session: Session): Promise<Answer> {
  return afterDecision(visit, pending, session, await refuse(visit, pending, session));
}

/** The no itself, and with it the end of a consent that waited for the yes. */
export async function refuse(visit: Visit, pending: PendingRequest, session: Session): ReturnType<typeof deny> {
  const found = await currentGrant(visit.engine, pending, session);
  return deny(visit, pending, session, 'grant' in found ? found : undefined);
}

/** To the page of the request, which now says how it stands; whoever came second learns that at once. */
async function afterDecision(visit: Visit, pending: PendingRequest, session: Session, outcome: Awaited<ReturnType<typeof approve>>): Promise<Answer> {
  if (outcome === 'decided') return { page: devicePath({ visit, id: pending.id }) };
  if (outcome === 'grant-gone') return toldPage(visit, pending, { state: 'gone' });
  const now = await findRequest(visit, pending.id, session);
  return standing(visit, now, true) ?? toldPage(visit, now, { state: 'expired' });
}

/** How a request stands that is decided or over. `answering`: with an answer that came too late. */
function standing(visit: Visit, pending: PendingRequest, answering = false): Answer | undefined {
  if (pending.state !== 'pending') return toldPage(visit, pending, { state: pending.state, tooLate: answering });
  return pending.handle.expiresAt.getTime() <= visit.now.getTime() ? toldPage(visit, pending, { state: 'expired' }) : undefined;
}

/** Where the session is not worth enough for this request: the sign-in, or that none here would do. */
function unproven(visit: Visit, pending: PendingRequest, session: Session): Answer | undefined {
  const worth = worthOf(visit, pending, session);
  if (worth.is === 'enough') return undefined;
  if (worth.is === 'never-enough') return toldPage(visit, pending, { state: 'unmet' });
  return devicePage(visit, visit.interactions.signIn.page(deviceSignInView({ visit, id: pending.id }, worth)));
}

/** What the pages say beside what is asked for. */
const alsoShown = ({ request, handle }: PendingRequest): unknown => [request.bindingMessage ?? '', request.requestedAt.getTime(), handle.expiresAt.getTime()];

type CodeAnswer = 'right' | 'missing' | 'wrong';

interface Turn {
  readonly at: number;
  readonly earlier: readonly Yes[];
  /** What was wrong with the answer just given. */
  readonly wrong?: { readonly account: boolean; readonly code: CodeAnswer };
}

async function showPage(visit: Visit, pending: PendingRequest, asking: Asking, { at, earlier, wrong }: Turn): Promise<Answer> {
  const accounts = await accountsToShow(visit, asking, at);
  const check = codeCheckOf(visit, pending, paysAnywhere(asking));
  const place = requestPlace(visit, pending, { at, code: at === 0 ? corrected(visit, check, wrong?.code) : shownAgain(pending) });
  const problem = wrong?.account ? ('choose-account' as const) : undefined;
  const html = askingPage(visit, { asking, at, accounts, earlier, problem, chosen: wrong && visit.form.all('account') }, { ...place, frame: { ...place.frame, locale: asking.locale } });
  return devicePage(visit, html, wrong ? 422 : 200);
}

const paysAnywhere = ({ pages }: Asking): boolean => pages.some(({ kind }) => kind === 'payment');

/** On the pages after the first the code was compared already. */
const shownAgain = ({ request: { bindingMessage: code } }: PendingRequest) => (code === undefined ? undefined : ({ by: 'shown', code } as const));

/** The first page again: whoever chose a wrong one types it, so that nobody finds the right one by trying. */
function corrected({ form }: Visit, check: ReturnType<typeof codeCheckOf>, code: CodeAnswer | undefined): ReturnType<typeof codeCheckOf> {
  if (!check || check.by === 'shown' || code === undefined) return check;
  const typed = form.all('typed').length > 0 || check.by === 'type';
  if (code === 'wrong') return { by: 'type', problem: 'wrong' };
  const given = code === 'right' ? form.all('code')[0] : undefined;
  const problem = code === 'missing' ? ('missing' as const) : undefined;
  return typed ? { by: 'type', given, problem } : { ...check, given, problem };
}

async function codeProblem(visit: Visit, pending: PendingRequest, asking: Asking, at: number): Promise<CodeAnswer> {
  const check = at === 0 ? codeCheckOf(visit, pending, paysAnywhere(asking)) : undefined;
  if (!check || check.by === 'shown') return 'right';
  const given = visit.form.all('code').filter((text) => text.trim() !== '');
  if (given.length !== 1) return 'missing';
  if (isCode(given[0] ?? '', pending.request.bindingMessage ?? '')) return 'right';
  const { issuer, client } = pending;
  await visit.engine.stores.audit.append({ type: 'backchannel.code_mismatch', issuer: issuer.issuer, clientId: client.client_id, customerId: pending.request.customerId, requestId: visit.requestId });
  return 'wrong';
}
