import { invalidAuthorizationDetails } from '@assent/protocol';
import type { ConsentVehicle } from '../src/consent-vehicle.js';
import { fdxType, type FdxConsent } from './details/consent-request.js';

const day = 86_400;

/** The consent is a consentRequest in `authorization_details`; the grant's id in the token response is its name. */
export const fdxVehicle: ConsentVehicle = {
  says: 'a consentRequest in authorization_details; the token response names the consent in grant_id',
  clause: 'FDX API 6.x, Consent API: ConsentRequest at /par (indirect)',
  read({ authorizationDetails }) {
    const [detail, ...more] = authorizationDetails;
    if (!detail || detail.type !== fdxType || more.length > 0) throw invalidAuthorizationDetails('authorization_details must hold exactly one consentRequest', 'FDX-RAR-01');
    if (detail['accounts'] !== undefined) throw invalidAuthorizationDetails('authorization_details[0].accounts must be left out', 'FDX-RAR-02');
    const { durationType, durationPeriod } = (detail as FdxConsent).consentRequest;
    return {
      kind: 'carried',
      details: [detail],
      ...(durationType === 'ONE_TIME' && { lifetime: 0 }),
      ...(durationType === 'TIME_BOUND' && durationPeriod !== undefined && { lifetime: durationPeriod * day }),
    };
  },
  tokenMembers: ({ grantId }) => ({ grant_id: grantId }),
  introspectionMembers: ({ grantId }) => ({ grant_id: grantId }),
};
