import { matchLocale, renderRevokePage, renderRevokePreviewPage, renderStaffGrantPage, renderStaffToldPage, revocationReasons, SafeUrl, type RecordLine, type RevocationReason } from '@assent/pages';
import { invalidRequest, notFound, type Form, type Grant, type GrantEventLine, type ListedGrant, type OAuthError } from '@assent/protocol';
import type { FastifyReply } from 'fastify';
import { mayDo } from '../sites/admit-staff.js';
import { frameOf, html, postedForm, shown } from '../sites/visit.js';
import { clientOf, connectionOf, isCurrent, scopeOf } from '../view/connection.js';
import { requireRole, staffActor, staffAudit, who, workOf, type AtWork } from './at-work.js';
import type { Console } from './routes.js';

/** The grant an address names; never one of the bank's own applications. */
async function named(visit: AtWork, { stores, config }: Console): Promise<ListedGrant> {
  const { id = '' } = visit.request.params as { id?: string };
  const grant = /^[A-Za-z0-9_-]{32}$/.test(id) ? await stores.grantDirectory.find(id, scopeOf(config)) : undefined;
  if (!grant) throw shown('notFound', notFound('no such grant', 'ASSENT-STAFF-03'), '/');
  return grant;
}

/** The same to look at: each look is recorded, in the grant's chain of events and in the audit. */
async function viewed(visit: AtWork, console: Console): Promise<ListedGrant> {
  const grant = await named(visit, console);
  const { stores } = console;
  const { issuer, clientId, customerId } = grant;
  await stores.grantDirectory.viewed({ grantId: grant.id, actor: staffActor(visit), detail: who(visit), now: visit.now, audit: staffAudit(visit, 'staff.viewed', {}, { issuer, clientId, customerId, grantId: grant.id }) });
  return grant;
}

const pathOf = ({ id }: Pick<Grant, 'id'>, step = ''): SafeUrl => SafeUrl.of(`/grants/${id}${step}`);

/** The customer's view with the facts beside it; never a token. */
export async function showGrant(visit: AtWork, console: Console): Promise<FastifyReply> {
  const { stores, config, registry, details } = console;
  const grant = await viewed(visit, console);
  const [versions, uses, accounts, customer, tokens, events] = await Promise.all([
    stores.grants.history(grant.id),
    stores.grantDirectory.uses(grant.id),
    stores.customers.accounts(grant.customerId),
    stores.customers.find(grant.customerId),
    stores.grantDirectory.tokens(grant.id),
    stores.grantDirectory.events(grant.id),
  ]);
  const issuer = config.issuers.find((one) => one.issuer === grant.issuer);
  return html(
    visit.reply,
    renderStaffGrantPage({
      frame: frameOf(visit, visit),
      work: workOf(visit),
      connection: connectionOf({ grant, versions, uses, accounts }, { config, registry, details, locale: visit.locale, now: visit.now }),
      customer: { id: grant.customerId, name: customer?.displayName ?? '', login: customer?.login ?? '' },
      facts: {
        grantId: grant.id,
        clientId: grant.clientId,
        issuer: grant.issuer,
        profile: issuer?.profile ?? '',
        version: grant.version,
        status: grant.status,
        managed: grant.managed,
        scopes: grant.scope,
        types: [...new Set(grant.authorizationDetails.map(({ type }) => type))],
        refreshTokens: tokens,
        signedInAt: grant.authentication.authTime,
        signedInBy: grant.authentication.amr.join(' '),
      },
      record: (await Promise.all(events.map((event) => lineOf(event, stores)))).flat(),
      ...(isCurrent(grant, visit.now) && mayDo(visit.session.roles, 'agent') && { revoke: pathOf(grant, '/revoke') }),
    }),
  );
}

/** What staff did, of the grant's chain. */
async function lineOf({ type, at, actor, detail }: GrantEventLine, { staff }: Pick<Console['stores'], 'staff'>): Promise<readonly RecordLine[]> {
  if (actor.kind !== 'staff' || (type !== 'staff.viewed' && type !== 'grant.revoked')) return [];
  const text = (name: string): string => (typeof detail[name] === 'string' ? detail[name] : '');
  if (type === 'staff.viewed') return [{ at, what: 'viewed', name: text('name') || actor.id, about: text('ticket') || '–' }];
  // The chain names people by their id; a name stands here for those this bank keeps itself.
  return [{ at, what: 'revoked', name: (await staff.find(actor.id))?.displayName ?? actor.id, about: text('reason') || '–' }];
}

const changed = (grant: Pick<Grant, 'id'>): OAuthError => shown('changed', invalidRequest('the grant changed since the page was opened', 'ASSENT-STAFF-04'), `/grants/${grant.id}`);

async function revocable(visit: AtWork, console: Console): Promise<ListedGrant> {
  requireRole(visit, 'agent');
  const grant = await named(visit, console);
  if (!isCurrent(grant, visit.now)) throw changed(grant);
  return grant;
}

/** First step: the reason and a note. */
export async function askRevoke(visit: AtWork, console: Console): Promise<FastifyReply> {
  const grant = await revocable(visit, console);
  return html(visit.reply, revokePage(visit, console, grant));
}

function revokePage(visit: AtWork, { registry }: Console, grant: Grant, more: { readonly reason?: string; readonly note?: string; readonly problems?: readonly ('reason' | 'note')[] } = {}): string {
  const hidden = { csrf: visit.csrf, version: String(grant.version) };
  return renderRevokePage({ frame: frameOf(visit, visit), work: workOf(visit), name: clientOf(registry, grant).client_name, about: 'grant', action: pathOf(grant, '/revoke/preview'), back: pathOf(grant), hidden, ...more });
}

/** What was written, and what is wrong with it. */
export function readReason(form: Form): { readonly reason: RevocationReason | undefined; readonly note: string; readonly problems: readonly ('reason' | 'note')[] } {
  const reason = revocationReasons.find((one) => one === form.optional('reason'));
  const note = (form.optional('note') ?? '').replace(/\s+/g, ' ').trim();
  const noteWrong = note === '' || note.length > 500;
  return { reason, note, problems: [...(reason ? [] : ['reason' as const]), ...(noteWrong ? ['note' as const] : [])] };
}

/** Second step: what the customer will read, in the customer's language. */
export async function previewRevoke(visit: AtWork, console: Console): Promise<FastifyReply> {
  const form = postedForm(visit);
  const grant = await revocable(visit, console);
  if (form.optional('version') !== String(grant.version)) throw changed(grant);
  const { reason, note, problems } = readReason(form);
  if (!reason || problems.length > 0) return html(visit.reply, revokePage(visit, console, grant, { ...(reason && { reason }), note, problems }), 422);
  const customer = await console.stores.customers.find(grant.customerId);
  const language = customer?.claims['locale'];
  return html(
    visit.reply,
    renderRevokePreviewPage({
      frame: frameOf(visit, visit),
      work: workOf(visit),
      name: clientOf(console.registry, grant).client_name,
      about: 'grant',
      reason,
      note,
      action: pathOf(grant, '/revoke/confirmed'),
      back: pathOf(grant),
      hidden: { csrf: visit.csrf, version: String(grant.version) },
      now: visit.now,
      customerLocale: (typeof language === 'string' && matchLocale(language)) || visit.locale,
    }),
  );
}

/** Last step. Only ever takes away: there is nothing here that could give. */
export async function revoke(visit: AtWork, console: Console): Promise<FastifyReply> {
  const form = postedForm(visit);
  const grant = await revocable(visit, console);
  const { reason, note, problems } = readReason(form);
  if (!reason || problems.length > 0) return html(visit.reply, revokePage(visit, console, grant, { ...(reason && { reason }), note, problems }), 422);
  if (form.optional('version') !== String(grant.version)) throw changed(grant);
  const { issuer, clientId, customerId, id } = grant;
  const audit = staffAudit(visit, 'grant.revoked', { by: 'staff', reason, note }, { issuer, clientId, customerId, grantId: id });
  const outcome = await console.stores.grants.revoke({ grantId: id, actor: staffActor(visit), reason, expectedVersion: grant.version, now: visit.now, audit });
  if (outcome !== 'revoked') throw changed(grant);
  return visit.reply.redirect(pathOf(grant, '/revoked').toString(), 303);
}

export async function revoked(visit: AtWork, console: Console): Promise<FastifyReply> {
  const grant = await named(visit, console);
  if (grant.status !== 'revoked') return visit.reply.redirect(pathOf(grant).toString(), 303);
  return html(visit.reply, renderStaffToldPage({ frame: frameOf(visit, visit), work: workOf(visit), told: 'revoked', at: grant.updatedAt, back: pathOf(grant) }));
}
