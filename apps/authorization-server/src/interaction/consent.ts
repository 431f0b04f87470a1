import type { Session } from '@assent/protocol';
import { allow, customerSaidNo, refuse } from '../authorize/authorization.js';
import { currentGrant } from '../authorize/current-grant.js';
import type { OpenRequest } from '../authorize/open-request.js';
import type { Answer } from './answer.js';
import { askingOf, type Asking } from './asking.js';
import { consentOf } from './consented.js';
import { interactionPath } from './pages.js';
import { answerOpen, decideOn, grantGone, showPage, tellClient, toClientAfterForm } from './respond.js';
import { changed, readShown, verifyShown, type Offer, type OfferedAccount } from './shown.js';
import type { Visit } from './visit.js';

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
  if (answer.length !== 1 || answer[0] !== 'allow') throw changed(open);
  const posted = readShown(visit, open);
  const found = await currentGrant(visit.engine, open, decision.session);
  if ('refusal' in found) return tellClient(visit, open, found.refusal, session);
  const { offer } = posted;
  const asking = askingOf(visit.engine, open, decision.session, found.grant, { locale: offer.locale, until: offer.expiresAt });
  const hash = verifyShown(visit, asking, posted);
  const accounts = chooseAccounts(visit, asking, offer);
  if (accounts === undefined) return showPage(visit, asking, offer.at, offer.earlier, 'choose-account');
  const yes = [...offer.earlier, { hash, accounts, kept: offer.kept, lost: offer.lost }];
  if (yes.length < asking.pages.length) return showPage(visit, asking, offer.at + 1, yes);
  const answered = await allow(visit, open, decision.session, consentOf(visit, asking, offer, yes), found.grant);
  return answered === 'grant-gone' ? grantGone(visit, open, decision.session) : toClientAfterForm(answered, visit, open, 'allowed');
}

/** The refusing button of every page: nothing is shared, paid or changed, and the client is told (F2-AZ-25). */
export async function cancel(visit: Visit, open: OpenRequest, session: Session | undefined): Promise<Answer> {
  const found = session && (await currentGrant(visit.engine, open, session));
  const current = found && 'grant' in found ? found.grant : undefined;
  return toClientAfterForm(await refuse(visit, open, customerSaidNo(), session?.customerId, current), visit, open, 'denied');
}

/** `undefined` when accounts are asked for and none was chosen. Throws when one was not offered, or two are to pay at once. */
function chooseAccounts(visit: Visit, { open, pages, picksAccounts }: Asking, { at, accounts: offered, kept }: Offer): readonly OfferedAccount[] | undefined {
  const ids = [...new Set(visit.form.all('account'))];
  const chosen = offered.filter(({ id }) => ids.includes(id));
  if (chosen.length < ids.length) throw changed(open);
  const page = pages[at];
  if (page?.kind === 'payment') {
    if (ids.length > 1) throw changed(open);
    return ids.length === 0 && visit.engine.details.picks(page.detail) !== 'nothing' ? undefined : chosen;
  }
  return picksAccounts && chosen.length + kept.length === 0 ? undefined : chosen;
}
