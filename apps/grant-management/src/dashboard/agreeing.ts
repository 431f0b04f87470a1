import { renderAgreementPage, SafeUrl, type AskedAgreement } from '@assent/pages';
import { invalidRequest, isId, notFound, type CustomerAccount, type Grant } from '@assent/protocol';
import type { FastifyReply } from 'fastify';
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
  return Promise.all(waiting.map(async (grant) => ({ to: agreementPage(grant), name: clientOf(registry, grant).client_name, holder: (await customers.find(grant.customerId))?.displayName ?? '' })));
}

/** What this customer agreed to beside others: it stands in their list as well, with the accounts that needed them. */
export async function agreementsGiven(visit: SignedIn, dashboard: Dashboard): Promise<readonly Grant[]> {
  const { site, session, now } = visit;
  const { issuers } = scopeOf(site.config);
  const given = (await dashboard.consents.agreed({ customerId: session.personId, now })).filter(({ issuer }) => issuers.includes(issuer));
  return Promise.all(given.map(async (grant) => ({ ...grant, accounts: sharedAccounts(grant, await dashboard.customers.accounts(grant.customerId), session.personId, dashboard).map(({ id }) => id) })));
}

export const agreementPage = ({ id }: Pick<Grant, 'id'>): SafeUrl => SafeUrl.of(`/agreements/${id}`);

/** What the list says of the answer just given. */
export const answeredIn = ({ query }: SignedIn): 'agreed' | 'refused' | 'stopped' | undefined => (['agreed', 'refused', 'stopped'] as const).find((one) => one === query.all('done')[0]);

interface Agreement {
  readonly grant: Grant;
  readonly agreement: 'asked' | 'given';
}

/** One that waits for this customer's answer, or has it. For anybody else's, and for none at all, there is one answer, 404. */
async function find({ session, request, now }: SignedIn, { consents }: Dashboard): Promise<Agreement> {
  const { id = '' } = request.params as { id?: string };
  const of = { customerId: session.personId, now };
  const [asked, given] = isId(id) ? await Promise.all([consents.awaiting(of), consents.agreed(of)]) : [[], []];
  const [waiting, stands] = [asked, given].map((grants) => grants.find((one) => one.id === id));
  if (waiting) return { grant: waiting, agreement: 'asked' };
  if (stands) return { grant: stands, agreement: 'given' };
  throw shown('notFound', notFound('there is no such agreement', 'ASSENT-DASH-03'), '/');
}

const look: Step = async (visit, dashboard) => {
  const { grant, agreement } = await find(visit, dashboard);
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
      agreement,
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
  const { grant, agreement } = await find(visit, dashboard);
  const decision = form.optional('decision');
  if (form.optional('version') !== String(grant.version)) throw changed(grant);
  if (agreement === 'given' && decision === 'stop') return stop(visit, dashboard, grant);
  const said = agreement === 'asked' && (decision === 'approve' || decision === 'reject') ? decision : undefined;
  if (said === undefined) throw changed(grant);
  const audit = auditOf(visit, said === 'approve' ? 'consent.approved' : 'consent.rejected', { issuer: grant.issuer, clientId: grant.clientId, grantId: grant.id, detail: { site: 'dashboard' } });
  const outcome = await dashboard.consents.decide({ grantId: grant.id, customerId: visit.session.personId, decision: said, now: visit.now, audit });
  if (outcome === 'not-asked') throw changed(grant);
  return visit.reply.redirect(`/?done=${said === 'approve' ? 'agreed' : 'refused'}`, 303);
};

/** Whoever had to agree may take that back: it ends for everybody. */
async function stop(visit: SignedIn, { grants }: Dashboard, { id: grantId, issuer, clientId, version }: Grant): Promise<FastifyReply> {
  const audit = auditOf(visit, 'grant.revoked', { issuer, clientId, grantId, detail: { by: 'customer', site: 'dashboard' } });
  const outcome = await grants.revoke({ grantId, actor: { kind: 'customer', id: visit.session.personId }, expectedVersion: version, now: visit.now, audit });
  if (outcome !== 'revoked') throw changed({ id: grantId });
  return visit.reply.redirect('/?done=stopped', 303);
}

/** What was shown is not what is: nothing is done, and the page says so. */
const changed = ({ id }: Pick<Grant, 'id'>) => shown('changed', invalidRequest('the agreement changed since the page was opened', 'ASSENT-DASH-04'), `/agreements/${id}`);
