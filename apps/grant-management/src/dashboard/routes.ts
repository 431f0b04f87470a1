import { canonical, type DetailTypes } from '@assent/authorization-details';
import { securityHeaders } from '@assent/http';
import { renderConfirmRemovalPage, renderConnectionPage, renderRemoveAccountPage, renderStoppedPage, renderStopPage, SafeUrl, siteTextsOf, type Connection } from '@assent/pages';
import type { AuditEvent, Consents, Customers, Grant, GrantActor, GrantDirectory, GrantPermissions, Grants, ListedGrant } from '@assent/protocol';
import type { ClientRegistry } from '@assent/persistence';
import type { FastifyReply } from 'fastify';
import type { Pages } from '../sites/site.js';
import { auditOf, frameOf, html, postedForm, type SignedIn } from '../sites/visit.js';
import { connectionOf, isCurrent, speakingOf } from '../view/connection.js';
import { registerAgreements } from './agreeing.js';
import { accountNamed, paymentsOf, paymentWords } from '../view/words.js';
import { asCsv, asJson } from './export.js';
import { list, pageOf } from './list.js';
import { changedMeanwhile, ownGrant, verifyVersion } from './own-grant.js';

export interface Dashboard {
  readonly directory: GrantDirectory;
  readonly grants: Grants;
  readonly customers: Customers;
  readonly consents: Consents;
  readonly details: DetailTypes;
  readonly registry: ClientRegistry;
}

export type Step = (visit: SignedIn, dashboard: Dashboard) => Promise<FastifyReply>;

/** The customer's pages. Every one of them starts from the session's customer, never from the address. */
export function registerDashboard(pages: Pages, dashboard: Dashboard): void {
  const get = (url: string, step: Step) => pages.get(url, (visit) => step(visit, dashboard));
  const post = (url: string, step: Step) => pages.post(url, (visit) => step(visit, dashboard));
  get('/', list);
  get('/apps/:id', detail);
  get('/apps/:id/download', download);
  get('/apps/:id/stop', askToStop);
  post('/apps/:id/stop/confirmed', stop);
  get('/apps/:id/stopped', stopped);
  get('/apps/:id/remove-account', askWhichAccount);
  post('/apps/:id/remove-account/chosen', confirmRemoval);
  post('/apps/:id/remove-account/confirmed', removeAccount);
  registerAgreements(get, post);
}

async function connectionFor(visit: SignedIn, grant: ListedGrant, { grants, directory, customers, details, registry }: Dashboard): Promise<Connection> {
  const [versions, uses, accounts] = await Promise.all([grants.history(grant.id), directory.uses(grant.id), customers.accounts(grant.customerId)]);
  return connectionOf({ grant, versions, uses, accounts }, { config: visit.site.config, registry, details, locale: visit.locale, now: visit.now });
}

const under = ({ id }: Grant, step: string): SafeUrl => SafeUrl.of(`/apps/${id}/${step}`);

const detail: Step = async (visit, dashboard) => {
  const grant = await ownGrant(visit, dashboard.directory);
  const connection = await connectionFor(visit, grant, dashboard);
  const current = isCurrent(grant, visit.now);
  const removed = visit.query.all('done')[0] === 'account-removed' && connection.history.find(({ what }) => what !== 'read')?.what === 'narrowed';
  return html(
    visit.reply,
    renderConnectionPage({
      frame: frameOf(visit, visit, '/'),
      connection,
      back: SafeUrl.of(current ? '/' : '/?state=past'),
      ...(current && { stop: under(grant, 'stop') }),
      ...(current && connection.kind === 'data' && grant.accounts.length > 0 && { removeAccount: under(grant, 'remove-account') }),
      json: SafeUrl.of(`/apps/${grant.id}/download?as=json`),
      csv: SafeUrl.of(`/apps/${grant.id}/download?as=csv`),
      notice: removed ? 'account-removed' : undefined,
    }),
  );
};

const download: Step = async (visit, dashboard) => {
  const grant = await ownGrant(visit, dashboard.directory);
  const connection = await connectionFor(visit, grant, dashboard);
  const csv = visit.query.all('as')[0] === 'csv';
  securityHeaders(visit.reply);
  return visit.reply
    .type(csv ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8')
    .header('content-disposition', `attachment; filename="${connection.reference}.${csv ? 'csv' : 'json'}"`)
    .send(csv ? asCsv(connection, visit.locale) : asJson(connection, visit.locale, visit.now));
};

/** A grant that can still be stopped; what has ended meanwhile is told. */
async function currentGrant(visit: SignedIn, { directory }: Dashboard): Promise<ListedGrant> {
  const grant = await ownGrant(visit, directory);
  if (!isCurrent(grant, visit.now)) throw changedMeanwhile(grant);
  return grant;
}

const hidden = ({ csrf }: SignedIn, { version }: Grant): Record<string, string> => ({ csrf, version: String(version) });

const askToStop: Step = async (visit, dashboard) => {
  const grant = await currentGrant(visit, dashboard);
  const { name, reference, kind } = await connectionFor(visit, grant, dashboard);
  return html(visit.reply, renderStopPage({ frame: frameOf(visit, visit), name, reference, kind, back: pageOf(grant), action: under(grant, 'stop/confirmed'), hidden: hidden(visit, grant) }));
};

const customerActor = ({ session }: SignedIn): GrantActor => ({ kind: 'customer', id: session.personId });
const auditOfGrant = (visit: SignedIn, { issuer, clientId, customerId, id }: Grant, type: string): AuditEvent => auditOf(visit, type, { issuer, clientId, customerId, grantId: id, detail: { by: 'customer', site: 'dashboard' } });

const stop: Step = async (visit, { grants, ...dashboard }) => {
  const form = postedForm(visit);
  const grant = await ownGrant(visit, dashboard.directory);
  const expectedVersion = verifyVersion(grant, form.optional('version'));
  const outcome = await grants.revoke({ grantId: grant.id, actor: customerActor(visit), expectedVersion, now: visit.now, audit: auditOfGrant(visit, grant, 'grant.revoked') });
  if (outcome !== 'revoked') throw changedMeanwhile(grant);
  return visit.reply.redirect(under(grant, 'stopped').toString(), 303);
};

const stopped: Step = async (visit, dashboard) => {
  const grant = await ownGrant(visit, dashboard.directory);
  if (grant.status !== 'revoked') return visit.reply.redirect(pageOf(grant).toString(), 303);
  const { name, reference, kind } = await connectionFor(visit, grant, dashboard);
  return html(visit.reply, renderStoppedPage({ frame: frameOf(visit, visit), name, reference, kind, at: grant.updatedAt, back: SafeUrl.of('/') }));
};

const askWhichAccount: Step = async (visit, dashboard) => html(visit.reply, await whichAccount(visit, await currentGrant(visit, dashboard), dashboard));

async function whichAccount(visit: SignedIn, grant: ListedGrant, dashboard: Dashboard, problem?: 'choose'): Promise<string> {
  const { name, reference, accounts } = await connectionFor(visit, grant, dashboard);
  const action = under(grant, 'remove-account/chosen');
  return renderRemoveAccountPage({ frame: frameOf(visit, visit), name, reference, accounts, action, hidden: hidden(visit, grant), back: pageOf(grant), stop: under(grant, 'stop'), problem });
}

/** The account a form names, by its place in the grant as it was shown. */
function chosenAccount(visit: SignedIn, grant: Grant): { readonly id: string | undefined; readonly index: string | undefined } {
  const form = postedForm(visit);
  verifyVersion(grant, form.optional('version'));
  const index = form.optional('account');
  return { id: index !== undefined && /^\d{1,4}$/.test(index) ? grant.accounts[Number(index)] : undefined, index };
}

const confirmRemoval: Step = async (visit, dashboard) => {
  const grant = await currentGrant(visit, dashboard);
  const { id, index } = chosenAccount(visit, grant);
  if (id === undefined || index === undefined || grant.accounts.length < 2) return html(visit.reply, await whichAccount(visit, grant, dashboard, 'choose'), 422);
  const { name, reference } = await connectionFor(visit, grant, dashboard);
  const account = accountNamed(id, await dashboard.customers.accounts(grant.customerId));
  return html(visit.reply, renderConfirmRemovalPage({ frame: frameOf(visit, visit), name, reference, account, back: pageOf(grant), action: under(grant, 'remove-account/confirmed'), hidden: { ...hidden(visit, grant), account: index }, alsoEnds: paymentsThatEnd(visit, grant, id, dashboard) }));
};

/** Payments from the account end with it: nobody should find that out later. */
function paymentsThatEnd({ site, locale }: SignedIn, grant: Grant, accountId: string, { details, registry }: Dashboard): readonly string[] {
  const kept = details.withoutAccount(grant.authorizationDetails, accountId).map(canonical);
  const gone = grant.authorizationDetails.filter((detail) => details.kindOf(detail) === 'payment' && !kept.includes(canonical(detail)));
  const speaking = speakingOf({ config: site.config, registry, details, locale }, grant);
  return paymentsOf({ scope: [], authorizationDetails: gone }, speaking).map((payment) => paymentWords(payment, siteTextsOf(locale), locale));
}

const removeAccount: Step = async (visit, dashboard) => {
  const grant = await currentGrant(visit, dashboard);
  const { id } = chosenAccount(visit, grant);
  if (id === undefined) throw changedMeanwhile(grant);
  const outcome = await dashboard.grants.narrow({
    grantId: grant.id,
    actor: customerActor(visit),
    expectedVersion: grant.version,
    now: visit.now,
    audit: auditOfGrant(visit, grant, 'grant.narrowed'),
    permissions: (current) => withoutAccount(current, id, dashboard.details),
  });
  if (outcome !== 'narrowed') throw changedMeanwhile(grant);
  return visit.reply.redirect(`/apps/${grant.id}?done=account-removed`, 303);
};

/** What is left; `undefined` for the last account: to take that away is to stop. */
function withoutAccount(grant: Grant, accountId: string, details: DetailTypes): GrantPermissions | undefined {
  const accounts = grant.accounts.filter((id) => id !== accountId);
  if (accounts.length === 0 || accounts.length === grant.accounts.length) return undefined;
  const { scope, resources, claims, expiresAt } = grant;
  return { scope, resources, accounts, authorizationDetails: details.withoutAccount(grant.authorizationDetails, accountId), ...(claims && { claims }), expiresAt };
}
