import type { AuditEvent } from '@assent/protocol';
import type { Admitted } from '../admission.js';
import type { FoundRoute, MarketCall, MarketSite } from '../call.js';

/** One admitted call, as the ports serve it. */
export interface Asking {
  readonly site: MarketSite;
  readonly found: FoundRoute;
  readonly call: MarketCall;
  readonly admitted: Admitted;
}

export const auditOf = ({ site, call, admitted: { access } }: Asking, type: string): AuditEvent => ({
  type,
  issuer: site.issuer.issuer,
  clientId: access.clientId,
  ...(access.grantId !== undefined && { grantId: access.grantId }),
  requestId: call.requestId,
});
