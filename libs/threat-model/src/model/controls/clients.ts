import type { Control } from '../control.js';

/** Who a client is, and what its assertions, certificates and proofs must look like. */
export const clientControls = {
  'client-authentication': {
    says: 'Clients authenticate by a key of their own: a signed assertion or a certificate, never a shared secret.',
    clause: 'FAPI 2.0 SP 5.3.2.1-6; RFC 9700 section 2.5',
    rules: { 'F2-AS-06': 'TM-CODE-02', 'F2-CA-01': 'TM-CODE-02', 'F2-CA-02': 'TM-CODE-02', 'F2-MT-01': 'TM-CODE-02', 'F2-MT-02': 'TM-CODE-02', 'F2-CR-02': 'TM-CA-03', 'F1B-AS-01': 'TM-RT-01' },
    policy: ['clientAuth'],
  },
  'assertion-audience': {
    says: 'A client assertion names the issuer, as one text, and nothing else.',
    clause: 'FAPI 2.0 SP 5.3.2.1-8',
    rules: { 'F2-AS-08': 'TM-CA-02', 'F2-CA-03': 'TM-CA-02' },
    policy: ['assertionAudience'],
  },
  'assertion-once': {
    says: 'A client assertion works once.',
    clause: 'OpenID Connect Core section 9; RFC 7523 section 3',
    rules: { 'F2-CA-05': 'TM-CA-01' },
  },
  'assertion-short': {
    says: 'A client assertion lives minutes.',
    clause: 'RFC 7523 section 3; FAPI 2.0 SP 5.3.2.1-13',
    rules: { 'F2-CA-04': 'TM-CA-01', 'F2-AS-13': 'TM-CA-01' },
    policy: ['clientAssertionMaxLifetime', 'clockSkew'],
  },
  'assertion-genuine': {
    says: 'An assertion is signed with a registered key under an algorithm of the list; keys in its own header are not looked at.',
    clause: 'RFC 8725 sections 3.1 and 3.2; FAPI 2.0 SP 5.4.1',
    rules: { 'F2-CA-06': 'TM-CA-03' },
    policy: ['algs', 'minimumRsaBits', 'minimumEcBits'],
  },
  'assertion-type': {
    says: 'A JWT that says it is something else is no assertion.',
    clause: 'RFC 8725 section 3.11',
    rules: { 'F2-CA-07': 'TM-CA-04' },
  },
  'refresh-of-its-client': {
    says: 'A refresh token works only for the authenticated client it was issued to.',
    clause: 'RFC 6749 section 6; FAPI 2.0 SP 5.3.2.1-9',
    rules: { 'F2-AS-15': 'TM-RT-01' },
  },
  'tokens-bound': {
    says: 'Tokens are issued only bound to a key the client proved: DPoP or a certificate.',
    clause: 'FAPI 2.0 SP 5.3.2.1-4,-5; RFC 9449; RFC 8705',
    rules: { 'F2-AS-04': 'TM-TOK-01', 'F2-DP-19': 'TM-TOK-01', 'F2-MT-05': 'TM-TOK-01' },
    policy: ['senderConstraint'],
  },
  'grant-types': {
    says: 'Only the grants of the profile are served, and to each client only its own.',
    clause: 'FAPI 2.0 SP 5.3.2.1-2; RFC 6749 section 5.2',
    rules: { 'F2-AS-02': 'TM-BRUTE-01' },
    policy: ['grantTypes'],
  },
  'client-id-of-its-kind': {
    says: 'No client identifier can be taken for a customer.',
    clause: 'FAPI 2.0 SP 6.7',
    files: ['libs/config/src/build/issuers.ts'],
    tests: ['libs/config/src/issuers.spec.ts', 'libs/config/src/sites.spec.ts'],
  },
  'token-at-its-client': {
    says: 'A token is revoked only by the client it was issued to.',
    clause: 'RFC 7009 section 2.1',
    rules: { 'REV-03': 'TM-INT-01' },
  },
  'introspection-by-role': {
    says: 'Only the client of a token and the resource servers of its audience learn of it.',
    clause: 'RFC 7662 section 4; FAPI 2.0 Message Signing 6.2',
    files: ['apps/authorization-server/src/introspect/introspect.ts'],
  },
} as const satisfies Record<string, Control>; // prettier-ignore
