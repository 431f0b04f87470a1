import type { LodgedConsent } from '@assent/protocol';
import type { MarketRequest } from '../src/route.js';

/** `urn:<bank>:`, by which this bank's consents are told from others': the namespace its operator chose, else its name out of its issuer's address. */
export function consentPrefix({ issuer, bank: { participant } }: Pick<MarketRequest, 'issuer' | 'bank'>): string {
  const { namespace } = participant;
  if (namespace !== undefined && /^[a-z0-9][a-z0-9-]{1,31}$/i.test(namespace)) return `urn:${namespace}:`;
  const labels = new URL(issuer).hostname.split('.');
  const label = labels.length > 1 ? labels.at(-2) : labels[0];
  return `urn:${label !== undefined && /^[a-z0-9][a-z0-9-]{1,31}$/i.test(label) && !/^\d+$/.test(label) ? label : 'bank'}:`;
}

export type BrazilStatus = 'AWAITING_AUTHORISATION' | 'AUTHORISED' | 'REJECTED' | 'CONSUMED';

export interface Rejection {
  readonly rejectedBy: 'USER' | 'ASPSP' | 'TPP';
  readonly reason: string;
}

/** What the market calls a consent's state, read off the grant it is: the two cannot differ. */
export function statusOf(consent: LodgedConsent, now: Date): { readonly status: BrazilStatus; readonly rejection?: Rejection } {
  const { status, authoriseBy, expiresAt, ended } = consent;
  switch (status) {
    case 'awaiting_authorisation':
      return (authoriseBy ?? expiresAt ?? undefined) !== undefined && (authoriseBy ?? expiresAt ?? now) <= now ? rejected('ASPSP', 'CONSENT_EXPIRED') : { status: 'AWAITING_AUTHORISATION' };
    case 'active':
      return expiresAt !== null && expiresAt <= now ? rejected('ASPSP', 'CONSENT_MAX_DATE_REACHED') : { status: 'AUTHORISED' };
    case 'consumed':
      return { status: 'CONSUMED' };
    case 'suspended':
      return rejected('ASPSP', 'INTERNAL_SECURITY_REASON');
    case 'expired':
      // Whoever never had a customer ran out of time before one said yes.
      return rejected('ASPSP', consent.customerId === undefined ? 'CONSENT_EXPIRED' : 'CONSENT_MAX_DATE_REACHED');
    case 'rejected':
      return rejected('USER', 'CUSTOMER_MANUALLY_REJECTED');
    case 'revoked':
      return endedBy(consent, ended?.by);
  }
}

const rejected = (rejectedBy: Rejection['rejectedBy'], reason: string) => ({ status: 'REJECTED' as const, rejection: { rejectedBy, reason } });

/** A data recipient that ends a consent does it because its customer wants it. */
function endedBy({ customerId }: LodgedConsent, by: 'client' | 'customer' | 'staff' | 'system' | undefined) {
  if (by === 'staff') return rejected('ASPSP', 'INTERNAL_SECURITY_REASON');
  if (by === 'system') return rejected('ASPSP', 'CONSENT_TECHNICAL_ISSUE');
  return rejected('USER', customerId === undefined ? 'CUSTOMER_MANUALLY_REJECTED' : 'CUSTOMER_MANUALLY_REVOKED');
}
