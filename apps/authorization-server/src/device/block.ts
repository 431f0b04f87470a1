import type { AuditEvent, Session } from '@assent/protocol';
import { PendingRequest } from '../backchannel/pending-request.js';
import type { Answer } from '../interaction/answer.js';
import type { Visit } from '../interaction/visit.js';
import { devicePath } from './place.js';
import { refuse } from './request.js';

/** Reports the company: from now on none of its requests reaches this customer, and those that wait are refused, each with the consent it was about. */
export async function blockClient(visit: Visit, { client }: PendingRequest, session: Session): Promise<Answer> {
  const { issuer, engine, now } = visit;
  const { customerId } = session;
  const { backchannelBlocks, backchannelRequests } = engine.stores;
  const customer = { issuer: issuer.issuer, customerId };
  await backchannelBlocks.block({ ...customer, clientId: client.client_id, now, audit: auditOf(visit, 'backchannel.blocked', { detail: { reported: true } }) });
  engine.log.warn({ audit: true, clientId: client.client_id, issuer: issuer.issuer }, 'a customer reported and blocked the requests of a client');
  const waiting = await backchannelRequests.pendingFor({ ...customer, now });
  for (const one of waiting.map((found) => PendingRequest.of(found, issuer))) {
    if (one?.client.client_id === client.client_id) await refuse(visit, one, session);
  }
  return { page: devicePath({ visit }, undefined, { blocked: client.client_id }) };
}

/** Takes it back; for a client that was removed since, too. */
export async function unblockClient(visit: Visit, { customerId }: Session): Promise<Answer> {
  const { issuer, engine, now } = visit;
  const clientId = visit.form.one('client');
  await engine.stores.backchannelBlocks.unblock({ issuer: issuer.issuer, clientId, customerId, now, audit: auditOf(visit, 'backchannel.unblocked', {}) });
  return { page: devicePath({ visit }, undefined, { unblocked: clientId }) };
}

const auditOf = ({ issuer, requestId }: Visit, type: string, more: Partial<AuditEvent>): AuditEvent => ({ type, issuer: issuer.issuer, requestId, ...more });
