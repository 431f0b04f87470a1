import type { DetailTypes } from '@assent/authorization-details';
import { MarketRefusal, type ConsentDesk } from '@assent/markets';
import { OAuthError, type AuthorizationDetail, type Consents, type Grants, type LodgedConsent } from '@assent/protocol';
import { auditOf, type Asking } from './asking.js';

export interface ConsentPorts {
  readonly consents: Pick<Consents, 'lodge' | 'find' | 'ofGrant' | 'approvals'>;
  readonly grants: Pick<Grants, 'revoke'>;
  /** The types of details of the market. */
  readonly details: DetailTypes;
}

/** The consents of the calling client at this issuer: each call names the client, so that none is ever another's. */
export function consentDesk(asking: Asking, { consents, grants, details }: ConsentPorts): ConsentDesk {
  const { site, call, admitted } = asking;
  const owner = { issuer: site.issuer.issuer, clientId: admitted.access.clientId };
  const find = (name: string) => consents.find({ ...owner, name, now: call.now });
  return {
    async lodge(consent) {
      verifyDetails(details, consent.details, call.now);
      const lodged = await consents.lodge({ ...owner, consent, now: call.now, audit: auditOf(asking, 'consent.lodged') });
      return lodged.outcome === 'exists' ? 'exists' : lodged.consent;
    },
    find,
    async own() {
      const { grantId } = admitted.access;
      const consent = grantId === undefined ? undefined : await consents.ofGrant({ grantId, now: call.now });
      return consent && isOf(consent, owner) ? consent : undefined;
    },
    async revoke(name, reason) {
      const consent = await find(name);
      if (!consent) return 'unknown';
      const { grantId } = consent;
      const actor = { kind: 'client', id: owner.clientId } as const;
      const outcome = await grants.revoke({ grantId, actor, ...(reason !== undefined && { reason }), now: call.now, audit: { ...auditOf(asking, 'grant.revoked'), grantId } });
      return outcome === 'revoked' ? 'revoked' : 'not-active';
    },
    async approvals(name) {
      const consent = await find(name);
      return consent ? consents.approvals(consent.grantId) : [];
    },
  };
}

const isOf = (consent: LodgedConsent, { issuer, clientId }: { readonly issuer: string; readonly clientId: string }): boolean => consent.issuer === issuer && consent.clientId === clientId;

/** What a customer would be asked, a market made of the client's words: it must be as its type says all the same. */
function verifyDetails(types: DetailTypes, details: readonly AuthorizationDetail[], now: Date): void {
  try {
    types.parse(details, { issuerTypes: types.names, clientTypes: types.names, now });
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    throw new MarketRefusal(400, 'invalid_request', error.description.replace(/^authorization_details(\[\d+\])?\.?/, 'the consent: '), error.rule);
  }
}
