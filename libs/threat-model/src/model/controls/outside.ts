import type { Control } from '../control.js';

/** What others must do: named, so that nobody takes it for done. */
export const outsideControls = {
  'dnssec-and-caa': {
    says: 'Names resolve as their owner wrote them, and only chosen authorities certify them.',
    clause: 'FAPI 2.0 SP 5.2.1 (RFC 8659); RFC 4033',
    outside: 'DNSSEC and CAA are records of the operator’s zone; a server cannot set them.',
  },
  'client-binds-its-browser': {
    says: 'A third party ties verifier, state and nonce to the browser, and asks the issuer it chose.',
    clause: 'FAPI 2.0 SP 5.3.3',
    outside: 'Third parties are others’ software. The clients in this repository do it (control response-of-its-browser).',
  },
  'client-starts-by-itself': {
    says: 'A third party begins a flow only when its user did.',
    clause: 'FAPI 2.0 SP 5.3.3.1-12',
    outside: 'Third parties are others’ software. The demo third party does it.',
  },
  'client-key-per-issuer': {
    says: 'A third party uses another key at each issuer.',
    clause: 'FAPI 2.0 SP 6.3',
    outside: 'Which keys a third party uses elsewhere is known to itself alone.',
  },
  'client-no-open-redirect': {
    says: 'A third party redirects nowhere at others’ bidding.',
    clause: 'FAPI 2.0 SP 5.3.3.1-4',
    outside: 'Third parties are others’ software.',
  },
  'ping-token-compared': {
    says: 'A third party compares the token of a notification it gets.',
    clause: 'CIBA section 10.2',
    outside: 'Third parties are others’ software.',
  },
} as const satisfies Record<string, Control>;
