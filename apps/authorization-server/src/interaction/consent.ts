import { asksForAccounts } from '@assent/pages';
import type { Session } from '@assent/protocol';
import { allow, customerSaidNo, refuse, type Consent } from '../authorize/authorization.js';
import type { OpenRequest } from '../authorize/open-request.js';
import type { Answer } from './answer.js';
import { currentGrant } from '../authorize/current-grant.js';
import { interactionPath, saidFacts } from './pages.js';
import { answerOpen, decideOn, grantGone, showConsent, tellClient, toClientAfterForm } from './respond.js';
import { changed, verifyShown } from './shown.js';
import type { Visit } from './visit.js';

/**
 * The customer's answer to the consent page. Yes counts only for what the page showed in this session, for accounts it
 * offered, and for the first of however many answers come at once.
 */
export async function consent(visit: Visit, open: OpenRequest, session: Session | undefined): Promise<Answer> {
  const decision = decideOn(visit, open, session);
  if (decision.do === 'sign-in') return { page: interactionPath(open, undefined, visit.clickedLocale) };
  if (decision.do !== 'consent') return answerOpen(visit, open, session);
  const answer = visit.form.all('decision');
  if (answer.length === 1 && answer[0] === 'deny') return cancel(visit, open, session);
  if (answer.length !== 1 || answer[0] !== 'allow') throw changed(open);
  const chosen = chooseAccounts(visit, open, decision.session);
  if (chosen === undefined) return showConsent(visit, open, decision.session, 'choose-account');
  const found = await currentGrant(visit.engine, open, decision.session);
  if ('refusal' in found) return tellClient(visit, open, found.refusal, session);
  const answered = await allow(visit, open, decision.session, chosen, found.grant);
  return answered === 'grant-gone' ? grantGone(visit, open, decision.session) : toClientAfterForm(answered, visit, open, 'allowed');
}

/** The refusing button of both pages: nothing is shared, and the client is told (F2-AZ-25). */
export async function cancel(visit: Visit, open: OpenRequest, session: Session | undefined): Promise<Answer> {
  const found = session && (await currentGrant(visit.engine, open, session));
  const current = found && 'grant' in found ? found.grant : undefined;
  return toClientAfterForm(await refuse(visit, open, customerSaidNo(), session?.customerId, current), visit, open, 'denied');
}

/** `undefined` when accounts are asked for and none was chosen. Throws when one was not offered. */
function chooseAccounts(visit: Visit, open: OpenRequest, session: Session): Consent | undefined {
  const said = saidFacts(open, session);
  const shown = verifyShown(visit, open, said);
  const accounts = [...new Set(visit.form.all('account'))];
  if (!accounts.every((id) => shown.accounts.includes(id))) throw changed(open);
  if (asksForAccounts(said.clusters) && accounts.length === 0) return undefined;
  return {
    accounts,
    expiresAt: shown.expiresAt,
    shown: {
      shown: shown.hash,
      locale: shown.locale,
      scope: open.request.scope,
      clusters: said.clusters.map(({ id }) => id),
      accounts,
      until: shown.expiresAt.toISOString(),
      offline: said.offline,
    },
  };
}
