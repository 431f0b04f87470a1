import { renderAgreementPage, SafeUrl, type AskedAgreement } from '@assent/pages';
import { invalidRequest, isId, notFound, type CustomerAccount, type Grant } from '@assent/protocol';
import { auditOf, frameOf, html, postedForm, shown, type SignedIn } from '../sites/visit.js';
import { clientOf, scopeOf, speakingOf } from '../view/connection.js';
import { referenceOf } from '../view/reference.js';
import { explanations, paymentsOf } from '../view/words.js';
import type { Dashboard, Step } from './routes.js';

/*
 * Somebody else said yes to sharing, or paying from, an account that this customer must agree to as well. Nothing of it
 * works before everybody has.
 */

export function registerAgreements(get: (url: string, step: Step) => void, post: (url: string, step: Step) => void): void {
  get('/agreements/:id', look);
  post('/agreements/:id/answered', answer);
}

/** What waits for this customer, for the list. */
export async function agreementsAsked(visit: SignedIn, { consents, customers, registry }: Dashboard): Promise<readonly AskedAgreement[]> {
  const { site, session, now } = visit;
  const { issuers } = scopeOf(site.config);
  const waiting = (await consents.awaiting({ customerId: session.personId, now })).filter(({ issuer }) => issuers.includes(issuer));
  return Promise.all(waiting.map(async (grant) => ({ to: SafeUrl.of(`/agreements/${grant.id}`), name: clientOf(registry, grant).client_name, holder: (await customers.find(grant.customerId))?.displayName ?? '' })));
}

/** What the list says of the answer just given. */
export function answeredIn({ query }: SignedIn): 'agreed' | 'refused' | undefined {
  const done = query.all('done')[0];
  return done === 'agreed' || done === 'refused' ? done : undefined;
}

/** One that waits for this customer's answer. For anybody else's, and for none at all, there is one answer, 404. */
async function asked({ session, request, now }: SignedIn, { consents }: Dashboard): Promise<Grant> {
  const { id = '' } = request.params as { id?: string };
  const grant = isId(id) ? (await consents.awaiting({ customerId: session.personId, now })).find((one) => one.id === id) : undefined;
  if (!grant) throw shown('notFound', notFound('nothing waits for an answer there', 'ASSENT-DASH-03'), '/');
  return grant;
}

const look: Step = async (visit, dashboard) => {
  const grant = await asked(visit, dashboard);
  const { details, customers, registry } = dashboard;
  const { site, locale, csrf, session } = visit;
  const [holder, accounts] = await Promise.all([customers.find(grant.customerId), customers.accounts(grant.customerId)]);
  const speaking = speakingOf({ config: site.config, registry, details, locale }, grant);
  return html(
    visit.reply,
    renderAgreementPage({
      frame: frameOf(visit, visit, '/'),
      name: speaking.tpp,
      holder: holder?.displayName ?? '',
      accounts: sharedAccounts(grant, accounts, session.personId, dashboard),
      sees: explanations(grant, speaking),
      pays: paymentsOf(grant, speaking),
      until: grant.expiresAt,
      reference: referenceOf(grant.id),
      action: SafeUrl.of(`/agreements/${grant.id}/answered`),
      hidden: { csrf, version: String(grant.version) },
      back: SafeUrl.of('/'),
    }),
  );
};

/** The accounts that need this customer: what else the holder shares is the holder's own business. */
function sharedAccounts(grant: Grant, accounts: readonly CustomerAccount[], customerId: string, { details }: Dashboard): readonly CustomerAccount[] {
  const ids = new Set([...grant.accounts, ...details.accounts(grant.authorizationDetails)]);
  return accounts.filter(({ id, approvers = [] }) => ids.has(id) && approvers.includes(customerId));
}

const answer: Step = async (visit, dashboard) => {
  const form = postedForm(visit);
  const grant = await asked(visit, dashboard);
  const decision = form.optional('decision');
  const said = decision === 'approve' || decision === 'reject' ? decision : undefined;
  if (said === undefined || form.optional('version') !== String(grant.version)) throw changed(grant);
  const audit = auditOf(visit, said === 'approve' ? 'consent.approved' : 'consent.rejected', { issuer: grant.issuer, clientId: grant.clientId, grantId: grant.id, detail: { site: 'dashboard' } });
  const outcome = await dashboard.consents.decide({ grantId: grant.id, customerId: visit.session.personId, decision: said, now: visit.now, audit });
  if (outcome === 'not-asked') throw changed(grant);
  return visit.reply.redirect(`/?done=${said === 'approve' ? 'agreed' : 'refused'}`, 303);
};

/** What was shown is not what is: nothing is done, and the page says so. */
const changed = ({ id }: Grant) => shown('changed', invalidRequest('the agreement changed since the page was opened', 'ASSENT-DASH-04'), `/agreements/${id}`);
