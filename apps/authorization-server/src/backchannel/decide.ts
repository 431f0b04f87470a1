import { mintId, type AuditEvent, type AuthorizedContext, type BackchannelRequests, type Grant, type GrantChange, type Session } from '@assent/protocol';
import { deliveredClaims } from '../authorize/asked.js';
import { changeOf } from '../authorize/asked-change.js';
import type { Consent, Occasion } from '../authorize/authorization.js';
import type { PendingRequest } from './pending-request.js';

type Decided = Awaited<ReturnType<BackchannelRequests['approve']>>;
/** Who decides, and how they proved who they are. */
export type Decider = Pick<Session, 'customerId' | 'authTime' | 'acr' | 'amr'>;

/**
 * The customer said yes on their device: in one statement the request is decided (one winner, in time), keeps the change
 * it stands for, and its client is told where it wants to be. `current`: the grant that is to be changed.
 */
export async function approve({ engine, requestId, now }: Occasion, pending: PendingRequest, decider: Decider, consent: Consent, current?: Grant): Promise<Decided> {
  const { authorizationDetails = [] } = consent;
  const change = changeOf(pending, current, { ...consent, authorizationDetails }, engine.details);
  const context = contextOf(pending, decider, change, current?.id ?? mintId(pending.handle.tag));
  const action = pending.request.grantManagementAction;
  const audit = auditOf(pending, 'backchannel.approved', requestId, { detail: { ...consent.shown, ...(action && { action }) } });
  return engine.stores.backchannelRequests.approve({ id: pending.id, customerId: decider.customerId, context, change, now, audit });
}

/** The customer said no, or did not ask for it (CIBA section 11). `current`: their grant, which stays as it is. */
export async function deny({ engine, requestId, now }: Occasion, pending: PendingRequest, { customerId }: Pick<Session, 'customerId'>, current?: Grant): Promise<Exclude<Decided, 'grant-gone'>> {
  const audit = { ...auditOf(pending, 'backchannel.denied', requestId, {}), rule: 'CB-TK-05' };
  return engine.stores.backchannelRequests.deny({ id: pending.id, customerId, ...(current && { grantId: current.id }), now, audit });
}

function contextOf(pending: PendingRequest, { customerId, authTime, acr, amr }: Decider, change: GrantChange, grantId: string): AuthorizedContext {
  const { request, client, issuer } = pending;
  const claims = deliveredClaims(pending);
  return {
    issuer: issuer.issuer,
    clientId: client.client_id,
    grantId,
    customerId,
    subject: issuer.subjects.of(client, customerId),
    scope: request.scope,
    resources: request.resources,
    authorizationDetails: change.permissions.authorizationDetails,
    grantVersion: 1,
    managed: change.managed,
    authentication: { authTime, acr, amr },
    // CB-TK-13
    authTimeRequired: true,
    ...(claims === undefined ? {} : { claims }),
  };
}

const auditOf = ({ issuer, client }: PendingRequest, type: string, requestId: string, more: Partial<AuditEvent>): AuditEvent => ({
  type,
  issuer: issuer.issuer,
  clientId: client.client_id,
  requestId,
  ...more,
});
