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
    policy: ['cibaBindingMessage'],
    files: ['libs/profiles/src/fapi-ciba.ts'],
  },
  'backchannel-of-its-client': {
    says: 'An auth_req_id works once, and only for its client.',
    clause: 'CIBA sections 7.3 and 11',
    files: ['libs/persistence/src/stores/backchannel.store.ts'],
  },
  'no-push-mode': {
    says: 'Tokens are fetched, never pushed to an address.',
    clause: 'FAPI-CIBA ID1 5.2.2-1',
    policy: ['cibaDelivery'],
    files: ['libs/profiles/src/fapi-ciba.ts'],
  },
  'acted-on-with-token': {
    says: 'A yes moves no money: a payment is made by a call with a token for it, and once.',
    clause: 'FAPI 1.0 Advanced 8.8',
    files: ['apps/resource-server/src/payments/pay.ts'],
  },
} as const satisfies Record<string, Control>;
