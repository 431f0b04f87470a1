import { renderApprovalPage, renderApprovalsPage, renderRevokePage, renderRevokePreviewPage, renderStaffToldPage, SafeUrl, type Approval } from '@assent/pages';
import { mintId, newTag, notFound, type AuditEvent, type BulkRevocation } from '@assent/protocol';
import type { FastifyReply } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { mayDo } from '../sites/admit-staff.js';
import { frameOf, html, postedForm, shown, type SignedIn } from '../sites/visit.js';
import { clientOf } from '../view/connection.js';
import { requireRole, staffAudit, workOf, type AtWork } from './at-work.js';
import { readReason } from './grant.js';
import type { Console } from './routes.js';

interface Target {
  readonly issuer: string;
  readonly clientId: string;
  readonly name: string;
  readonly path: string;
}

/** The client an address names; never one of the bank's own. */
function targetOf(visit: AtWork, { config, registry }: Console): Target {
  requireRole(visit, 'agent');
  const { issuer: name, client: clientId } = visit.request.params as { issuer: string; client: string };
  const issuer = config.issuers.find((one) => one.name === name && one.signsIn === 'customers');
  const client = issuer && registry.find(issuer.issuer, clientId);
  if (!issuer || !client || client.first_party) throw shown('notFound', notFound('no such client', 'ASSENT-STAFF-05'), '/');
  return { issuer: issuer.issuer, clientId, name: client.client_name, path: `/clients/${name}/${encodeURIComponent(clientId)}/end` };
}

const back = SafeUrl.of('/');

/** All grants of a client: the first person says why … */
export async function askBulk(visit: AtWork, console: Console): Promise<FastifyReply> {
  const target = targetOf(visit, console);
  return html(visit.reply, await bulkPage(visit, console, target));
}

async function bulkPage(visit: AtWork, { stores }: Console, { issuer, clientId, name, path }: Target, more: { readonly reason?: string; readonly note?: string; readonly problems?: readonly ('reason' | 'note')[] } = {}): Promise<string> {
  const count = await stores.grantDirectory.count(issuer, clientId);
  return renderRevokePage({ frame: frameOf(visit, visit), work: workOf(visit), name, about: 'client', count, issuer, action: SafeUrl.of(`${path}/preview`), back, hidden: { csrf: visit.csrf }, ...more });
}

export async function previewBulk(visit: AtWork, console: Console): Promise<FastifyReply> {
  const form = postedForm(visit);
  const target = targetOf(visit, console);
  const { reason, note, problems } = readReason(form);
  if (!reason || problems.length > 0) return html(visit.reply, await bulkPage(visit, console, target, { ...(reason && { reason }), note, problems }), 422);
  const count = await console.stores.grantDirectory.count(target.issuer, target.clientId);
  const model = { frame: frameOf(visit, visit), work: workOf(visit), name: target.name, about: 'client' as const, count, issuer: target.issuer, reason, note, action: SafeUrl.of(`${target.path}/ask`), back };
  return html(visit.reply, renderRevokePreviewPage({ ...model, hidden: { csrf: visit.csrf }, now: visit.now, customerLocale: visit.locale }));
}

export async function askApproval(visit: AtWork, console: Console): Promise<FastifyReply> {
  const form = postedForm(visit);
  const target = targetOf(visit, console);
  const { reason, note, problems } = readReason(form);
  if (!reason || problems.length > 0) return html(visit.reply, await bulkPage(visit, console, target, { ...(reason && { reason }), note, problems }), 422);
  const { issuer, clientId } = target;
  const { personId: askedBy, displayName: askedName } = visit.session;
  const grants = await console.stores.grantDirectory.count(issuer, clientId);
  const id = mintId(newTag());
  const audit = staffAudit(visit, 'staff.bulk_asked', { bulk: id, reason, note, grants }, { issuer, clientId });
  const told = await console.stores.bulkRevocations.ask({ id, issuer, clientId, reason, note, ticket: visit.ticket, askedBy, askedName, askedAt: visit.now, grants }, audit);
  return html(visit.reply, renderStaffToldPage({ frame: frameOf(visit, visit), work: workOf(visit), told, at: visit.now, back: SafeUrl.of('/approvals') }));
}

async function approvalOf(bulk: BulkRevocation, visit: SignedIn, { registry, stores }: Console): Promise<Approval> {
  const { id, issuer, clientId, reason, note, ticket, askedName, askedAt, decision, decidedName = '', decidedAt } = bulk;
  const grants = decision ? bulk.revoked : await stores.grantDirectory.count(issuer, clientId);
  return {
    id, clientId, issuer, reason, note, ticket, askedName, askedAt, grants,
    clientName: clientOf(registry, { issuer, clientId }).client_name,
    own: bulk.askedBy === visit.session.personId,
    ...(decision && decidedAt && { decision: { is: decision, name: decidedName, at: decidedAt } }),
  }; // prettier-ignore
}

export async function approvals(visit: SignedIn, console: Console): Promise<FastifyReply> {
  const bulks = await console.stores.bulkRevocations.recent();
  return html(visit.reply, renderApprovalsPage({ frame: frameOf(visit, visit, '/approvals'), work: workOf(visit), approvals: await Promise.all(bulks.map((bulk) => approvalOf(bulk, visit, console))) }));
}

async function named(visit: SignedIn, { stores }: Console): Promise<BulkRevocation> {
  const bulk = await stores.bulkRevocations.find((visit.request.params as { id: string }).id);
  if (!bulk) throw shown('notFound', notFound('no such request', 'ASSENT-STAFF-06'), '/approvals');
  return bulk;
}

export async function approval(visit: SignedIn, console: Console): Promise<FastifyReply> {
  const bulk = await named(visit, console);
  return html(visit.reply, renderApprovalPage({ frame: frameOf(visit, visit), work: workOf(visit), approval: await approvalOf(bulk, visit, console), hidden: { csrf: visit.csrf }, mayDecide: mayDo(visit.session.roles, 'supervisor') }));
}

/** … and a second one, a supervisor, says yes or no. One decision, and never by whoever asked. */
export async function decideBulk(visit: SignedIn, console: Console, decision: 'approved' | 'refused'): Promise<FastifyReply> {
  postedForm(visit);
  requireRole(visit, 'supervisor');
  const { id, issuer, clientId, askedBy } = await named(visit, console);
  const { personId: decidedBy, displayName: decidedName } = visit.session;
  const audit = staffAudit(visit, `staff.bulk_${decision}`, { bulk: id, asked_by: askedBy }, { issuer, clientId });
  const outcome = await console.stores.bulkRevocations.decide({ id, decision, decidedBy, decidedName, now: visit.now }, audit);
  if (outcome !== 'decided') return html(visit.reply, renderStaffToldPage({ frame: frameOf(visit, visit), work: workOf(visit), told: outcome, at: visit.now, back: SafeUrl.of('/approvals') }), 409);
  if (decision === 'approved') await begin(console);
  return visit.reply.redirect('/approvals', 303);
}

/** A few are ended while the person waits; a great many go on after the answer, and the page tells how far it is. */
async function begin(console: Console): Promise<void> {
  const finishing = finishBulks(console).catch((err: unknown) => console.log.error({ err }, 'an approved bulk revocation could not be finished; the next start tries again'));
  await Promise.race([finishing, sleep(2000, undefined, { ref: false })]);
}

const some = 100;

/**
 * Ends what was approved, grant by grant, each with its own version, event and audit line. A process that dies in the
 * middle leaves the rest to the next one: an approved request is open until no current grant is left.
 */
export async function finishBulks({ stores, clock }: Pick<Console, 'stores' | 'clock'>): Promise<void> {
  for (const bulk of await stores.bulkRevocations.unfinished()) {
    for (;;) {
      const ids = await stores.grantDirectory.current(bulk.issuer, bulk.clientId, some);
      let revoked = 0;
      for (const grantId of ids) {
        const now = clock.now();
        const outcome = await stores.grants.revoke({ grantId, actor: { kind: 'staff', id: bulk.decidedBy ?? bulk.askedBy }, reason: bulk.reason, now, audit: auditOfBulk(bulk, grantId) });
        if (outcome === 'revoked') revoked += 1;
      }
      // Nothing more to end, or nothing of it that can be ended.
      const done = ids.length < some || revoked === 0;
      await stores.bulkRevocations.progress({ id: bulk.id, revoked, ...(done && { finishedAt: clock.now() }) });
      if (done) break;
    }
  }
}

/** No HTTP request ends these grants, perhaps not even the same process: they go back to the request that two people decided. */
const auditOfBulk = ({ id, issuer, clientId, reason, note, ticket, askedBy, askedName, decidedBy = '', decidedName = '' }: BulkRevocation, grantId: string): AuditEvent => ({
  type: 'grant.revoked',
  issuer,
  clientId,
  grantId,
  requestId: id,
  detail: { by: 'staff', bulk: id, reason, note, ticket, staff: decidedBy, name: decidedName, asked_by: askedBy, asked_name: askedName },
});
