import { invalidRequest, type OAuthError, type Session } from '@assent/protocol';
import { allow, customerSaidNo, refuse } from '../authorize/authorization.js';
import { currentGrant } from '../authorize/current-grant.js';
import { aboutRequest, type OpenRequest } from '../authorize/open-request.js';
import type { Answer } from './answer.js';
import { askingOf } from './asking.js';
import { interactionPath } from './pages.js';
import { answerOpen, decideOn, grantGone, showPage, tellClient, toClientAfterForm } from './respond.js';
import { readShown } from './shown.js';
import type { Visit } from './visit.js';
import { judgeYes } from './yes.js';

/**
 * The customer's answer to a page that asks. Yes counts only for what the page showed in this session, for accounts it
 * offered, and for the first of however many answers come at once. A yes to a page that others follow leads to the
 * next; all of it is decided with the last.
 */
export async function consent(visit: Visit, open: OpenRequest, session: Session | undefined): Promise<Answer> {
  const decision = decideOn(visit, open, session);
  if (decision.do === 'sign-in') return { page: interactionPath(open, undefined, visit.clickedLocale) };
  if (decision.do !== 'consent') return answerOpen(visit, open, session);
  const answer = visit.form.all('decision');
  if (answer.length === 1 && answer[0] === 'deny') return cancel(visit, open, session);
  const posted = readShown(visit.form);
  if (answer.length !== 1 || answer[0] !== 'allow' || !posted) throw changed(open);
  const found = await currentGrant(visit.engine, open, decision.session);
  if ('refusal' in found) return tellClient(visit, open, found.refusal, session);
  const { offer } = posted;
  const asking = askingOf(visit.engine, open, decision.session, found.grant, { locale: offer.locale, until: offer.expiresAt, also: open.request.redirectUri });
  const said = judgeYes(visit, asking, posted);
  switch (said.leads) {
    case 'nowhere':
      throw changed(open);
    case 'back':
      return showPage(visit, open, asking, { at: offer.at, earlier: offer.earlier, problem: 'choose-account' });
    case 'on':
      return showPage(visit, open, asking, { at: said.to, earlier: said.yes });
    case 'to-the-end': {
      const answered = await allow(visit, open, decision.session, said.consent, found);
      return answered === 'grant-gone' ? grantGone(visit, open, decision.session) : toClientAfterForm(answered, visit, open, 'allowed');
    }
  }
}

/** The refusing button of every page: nothing is shared, paid or changed, and the client is told (F2-AZ-25). */
export async function cancel(visit: Visit, open: OpenRequest, session: Session | undefined): Promise<Answer> {
  const found = session && (await currentGrant(visit.engine, open, session));
  const standing = found && 'grant' in found ? found : undefined;
  return toClientAfterForm(await refuse(visit, open, customerSaidNo(), session?.customerId, standing), visit, open, 'denied');
}

const changed = (open: OpenRequest): OAuthError => aboutRequest(invalidRequest('what was shown is not what would be allowed', 'ASSENT-CONSENT-01'), open);
