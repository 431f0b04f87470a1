import { mintId, type AuditEvent, type AuthorizedContext, type BackchannelRequests, type GrantActivation, type GrantChange, type Session } from '@assent/protocol';
import { deliveredClaims } from '../authorize/asked.js';
import { changeOf } from '../authorize/asked-change.js';
import type { Consent, Occasion } from '../authorize/authorization.js';
import type { FoundGrant } from '../authorize/current-grant.js';
import { activationOf, authorizedConsent } from '../consent/activation.js';
import type { PendingRequest } from './pending-request.js';

type Decided = Awaited<ReturnType<BackchannelRequests['approve']>>;
/** Who decides, and how they proved who they are. */
export type Decider = Pick<Session, 'customerId' | 'authTime' | 'acr' | 'amr'>;

/**
 * The customer said yes on their device: in one statement the request is decided (one winner, in time), keeps the change
 * it stands for, and its client is told where it wants to be. `found`: the grant that is to be changed, or the consent in
 * waiting.
 */
export async function approve({ engine, requestId, now }: Occasion, pending: PendingRequest, decider: Decider, consent: Consent, { grant: current, waiting }: FoundGrant = { grant: undefined }): Promise<Decided> {
  const { authorizationDetails = [] } = consent;
  const agreed = { ...consent, authorizationDetails };
  const change = waiting ? await activationOf(engine, pending, decider, waiting, agreed) : changeOf(pending, current, agreed, engine.details);
  const context = contextOf(pending, decider, change, (waiting ?? current)?.id ?? mintId(pending.handle.tag));
  const action = pending.request.grantManagementAction;
  const audit = auditOf(pending, 'backchannel.approved', requestId, { detail: { ...consent.shown, ...(action && { action }) } });
  return engine.stores.backchannelRequests.approve({ id: pending.id, customerId: decider.customerId, context, change, now, audit });
}

/** The customer said no, or did not ask for it (CIBA section 11). `found`: their grant, which stays as it is, or the consent in waiting, which ends. */
export async function deny({ engine, requestId, now }: Occasion, pending: PendingRequest, { customerId }: Pick<Session, 'customerId'>, { grant: current, waiting: rejected }: FoundGrant = { grant: undefined }): Promise<Exclude<Decided, 'grant-gone'>> {
  const audit = { ...auditOf(pending, 'backchannel.denied', requestId, {}), rule: 'CB-TK-05' };
  return engine.stores.backchannelRequests.deny({ id: pending.id, customerId, ...(current && { grantId: current.id }), ...(rejected && { rejects: rejected.id }), now, audit });
}

function contextOf(pending: PendingRequest, { customerId, authTime, acr, amr }: Decider, change: GrantChange | GrantActivation, grantId: string): AuthorizedContext {
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
    grantVersion: change.action === 'activate' ? change.waiting.version + 1 : 1,
    managed: change.action !== 'activate' && change.managed,
    authentication: { authTime, acr, amr },
    // CB-TK-13
    authTimeRequired: true,
    ...(claims === undefined ? {} : { claims }),
    ...authorizedConsent(request, grantId, change.permissions.expiresAt),
  };
}

const auditOf = ({ issuer, client }: PendingRequest, type: string, requestId: string, more: Partial<AuditEvent>): AuditEvent => ({
  type,
  issuer: issuer.issuer,
  clientId: client.client_id,
  requestId,
  ...more,
});
