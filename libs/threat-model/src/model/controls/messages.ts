import type { Control } from '../control.js';

/** What is published and said, and can be shown later. */
export const messageControls = {
  'issuer-metadata': {
    says: 'Each issuer publishes its endpoints under its own identifier, exactly as every message names it.',
    clause: 'FAPI 2.0 SP 5.3.3.1-9 to -11; RFC 8414 section 3.3',
    files: ['apps/authorization-server/src/discovery/metadata.ts', 'libs/profiles/src/discovery.ts'],
  },
  'resource-metadata': {
    says: 'Each resource publishes itself under its own identifier.',
    clause: 'RFC 9728 section 3.3',
    files: ['libs/resource-guard/src/metadata.ts'],
  },
  'id-tokens-signed': {
    says: 'ID tokens are signed for one client, with the nonce of its request and the hash of their access token.',
    clause: 'OpenID Connect Core sections 2 and 3.1.3.6',
    files: ['apps/authorization-server/src/token/id-token.ts'],
  },
  'signed-introspection': {
    says: 'Answers about tokens are signed for who asked.',
    clause: 'FAPI 2.0 Message Signing 5.5; RFC 9701',
    rules: { 'MS-INT-01': 'TM-INT-02', 'MS-INT-08': 'TM-INT-02' },
    policy: ['signedIntrospection'],
    files: ['apps/authorization-server/src/introspect/signed-answer.ts'],
    tests: ['flows/src/signed-introspection.spec.ts'],
  },
  'evidence-kept': {
    says: 'Signed messages are kept with the keys that verify them.',
    clause: 'FAPI 2.0 Message Signing 7: recommended',
    policy: ['evidence'],
    files: ['apps/authorization-server/src/evidence/keep.ts'],
    tests: ['flows/src/evidence.spec.ts'],
  },
  'tls-only': {
    says: 'Everything travels over TLS 1.2 or later, and browsers are told so for good.',
    clause: 'FAPI 2.0 SP 5.2.1; RFC 9325; RFC 6797',
    files: ['libs/http/src/tls.ts', 'libs/http/src/edge.ts'],
  },
  'no-cross-origin': {
    says: 'No answer tells a browser to let other origins read it.',
    clause: 'FAPI 2.0 SP 5.2.2-3; RFC 9700 section 2.6',
    files: ['libs/http/src/edge.ts'],
  },
  'no-framing': {
    says: 'Pages refuse to be framed.',
    clause: 'RFC 9700 section 4.16',
    files: ['libs/http/src/security-headers.ts'],
  },
} as const satisfies Record<string, Control>;
