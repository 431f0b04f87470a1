import type { ConsentStatus, LodgedConsent } from '@assent/protocol';
import { writeMoment } from '../src/read-write/index.js';

/** What every consent tells of itself; its state is that of the grant it is (OBInternalConsentStatus1Code). */
export function stateOf(consent: LodgedConsent) {
  const { name, status, createdAt, updatedAt } = consent;
  const reason = reasonOf(consent);
  return {
    ConsentId: name,
    CreationDateTime: writeMoment(createdAt),
    Status: states[status],
    ...(reason && { StatusReason: [{ StatusReasonCode: reason[0], StatusReasonDescription: reason[1] }] }),
    StatusUpdateDateTime: writeMoment(updatedAt),
  };
}

const states: Readonly<Record<ConsentStatus, string>> = { awaiting_authorisation: 'AWAU', active: 'AUTH', suspended: 'CANC', revoked: 'CANC', rejected: 'RJCT', expired: 'EXPD', consumed: 'COND' };

/** OBExternalStatusReason1Code and what it means here. */
function reasonOf({ status, ended, customerId }: LodgedConsent): readonly [string, string] | undefined {
  switch (status) {
    case 'awaiting_authorisation':
      return ['U036', customerId === undefined ? 'The customer has not decided yet.' : 'Not everybody who must agree has decided yet.'];
    case 'rejected':
      return ['U033', 'The customer said no.'];
    case 'revoked':
      return ended?.by === 'customer' ? ['CUST', 'The customer ended it at the bank.'] : ['TKSP', ended?.by === 'client' ? 'The client ended it.' : 'The bank ended it.'];
    case 'suspended':
      return ['TKSP', 'The bank suspended it.'];
    case 'expired':
      return ['TKXP', 'It has passed its end.'];
    case 'consumed':
      return ['U038', 'What it was given for is done.'];
    case 'active':
      return undefined;
  }
}
