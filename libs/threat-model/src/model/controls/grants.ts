import type { Control } from '../control.js';

/** Grants as things of their own, and requests by the back channel. */
export const grantControls = {
  'grant-of-its-client': {
    says: 'A grant_id opens nothing: client, issuer and customer must be those of the grant.',
    clause: 'Grant Management sections 5.4 and 8',
    rules: { 'GM-AZ-01': 'TM-GRNT-01', 'GM-AZ-08': 'TM-GRNT-01', 'GM-RV-03': 'TM-GRNT-01', 'GM-API-07': 'TM-GRNT-01', 'ASSENT-DASH-01': 'TM-GRNT-01' },
  },
  'grant-version-floor': {
    says: 'Tokens of an older version of a grant die with it.',
    clause: 'Grant Management sections 5.5 and 8',
    rules: { 'GM-SE-03': 'TM-GRNT-02', 'ASSENT-GRANT-02': 'TM-GRNT-02', 'ASSENT-GRANT-03': 'TM-GRNT-02' },
  },
  'backchannel-context': {
    says: 'A request by the back channel names what tells it from every other: a message both devices show, or a payment of its own.',
    clause: 'FAPI-CIBA ID1 5.2.2-2',
    rules: { 'CB-RQ-09': 'TM-CIBA-02', 'CB-RQ-10': 'TM-CIBA-02' },
    policy: ['cibaBindingMessage'],
  },
  'backchannel-asked-for': {
    says: 'A request by the back channel comes from a client registered for it, signed where it signs, and names its customer by a hint made for that client, in time, with their user code where they have one.',
    clause: 'CIBA sections 7.1 and 7.1.1; FAPI-CIBA ID1 5.2.2',
    rules: {
      'CB-RQ-05': 'TM-CIBA-01', 'CB-RQ-06': 'TM-CIBA-01', 'CB-RQ-07': 'TM-CIBA-01', 'CB-RQ-11': 'TM-CIBA-01', 'CB-RQ-15': 'TM-CIBA-01', 'CB-SR-01': 'TM-CIBA-01', 'CB-SR-02': 'TM-CIBA-01', 'CB-SR-03': 'TM-CIBA-01',
      'CB-SR-04': 'TM-CA-03', 'CB-SR-05': 'TM-CIBA-01', 'CB-SR-06': 'TM-CA-03', 'CB-SR-08': 'TM-CIBA-01',
    },
    policy: ['cibaRequestSigned'],
  },
  'backchannel-brake': {
    says: 'Few requests wait at one customer’s device, and whoever was refused or reported there does not come again soon.',
    clause: 'CIBA section 15; FAPI-CIBA ID1 5.4',
    rules: { 'ASSENT-CIBA-01': 'TM-CIBA-01', 'ASSENT-CIBA-02': 'TM-CIBA-01', 'ASSENT-CIBA-03': 'TM-CIBA-01', 'ASSENT-CIBA-06': 'TM-CIBA-01' },
    tests: ['flows/src/ciba.spec.ts'],
  },
  'decided-alone': {
    says: 'A customer’s yes counts for the one request whose page they saw.',
    clause: 'CIBA section 15; FAPI-CIBA ID1 5.2.2-2',
    files: ['apps/authorization-server/src/device/request.ts', 'libs/persistence/src/stores/backchannel-rows.ts'],
    tests: ['flows/src/ciba.spec.ts'],
  },
  'backchannel-of-its-client': {
    says: 'An auth_req_id works once, and only for its client.',
    clause: 'CIBA sections 7.3 and 11',
    rules: { 'CB-TK-06': 'TM-CIBA-03' },
    tests: ['libs/persistence/src/stores/backchannel.store.spec.ts', 'flows/src/ciba.spec.ts'],
  },
  'no-push-mode': {
    says: 'Tokens are fetched, never pushed to an address; a notification carries a token of its client.',
    clause: 'FAPI-CIBA ID1 5.2.2-1',
    rules: { 'CB-RQ-08': 'TM-CIBA-04' },
    policy: ['cibaDelivery'],
  },
  'acted-on-with-token': {
    says: 'A yes moves no money: a payment is made by a call with a token for it, and once.',
    clause: 'FAPI 1.0 Advanced 8.8',
    files: ['apps/resource-server/src/payments/pay.ts'],
    tests: ['apps/resource-server/src/payments.spec.ts', 'flows/src/payments.spec.ts'],
  },
} as const satisfies Record<string, Control>; // prettier-ignore
