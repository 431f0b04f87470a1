import type { Control } from '../control.js';

/** What stands before an API, and how DPoP proofs are judged everywhere. */
export const resourceControls = {
  'token-key-proved': {
    says: 'A bound token works only for who proves its key: the proof’s key, or the certificate of the connection.',
    clause: 'FAPI 2.0 SP 5.3.4; RFC 9449 section 7.1; RFC 8705 section 3',
    rules: { 'F2-DP-12': 'TM-TOK-01', 'F2-MT-04': 'TM-TOK-01', 'F2-RS-05': 'TM-TOK-01' },
  },
  'no-downgrade': {
    says: 'A bound token is not taken for a bearer token.',
    clause: 'RFC 9449 section 7.1',
    rules: { 'F2-DP-20': 'TM-TOK-03' },
  },
  'access-token-genuine': {
    says: 'A token is taken only as this issuer signed it for this resource, in time.',
    clause: 'RFC 9068 section 4; FAPI 2.0 SP 5.3.4',
    rules: { 'AT-02': 'TM-CA-04', 'AT-05': 'TM-TOK-02' },
  },
  'access-token-type': {
    says: 'A JWT that says it is something else, or is signed under another algorithm, is no access token.',
    clause: 'RFC 9068 section 4; RFC 8725 sections 3.1 and 3.11',
    rules: { 'AT-01': 'TM-CA-04' },
  },
  'target-granted': {
    says: 'Tokens are only for resources that were asked for and allowed.',
    clause: 'RFC 8707 section 2.2',
    rules: { 'AT-04': 'TM-TOK-02' },
  },
  'token-in-header': {
    says: 'A token in an address is refused, and so is a request without one.',
    clause: 'FAPI 2.0 SP 5.3.4-2; RFC 6750 section 2',
    rules: { 'F2-RS-01': 'TM-TOK-04', 'F2-RS-02': 'TM-TOK-04' },
  },
  'revocation-known': {
    says: 'What was revoked is refused within a second; nothing is accepted on old knowledge.',
    clause: 'FAPI 2.0 SP 5.3.4',
    rules: { 'F2-RS-03': 'TM-TOK-07', 'ASSENT-MK-12': 'TM-TOK-07', 'ASSENT-RG-02': 'TM-TOK-07' },
  },
  'token-short': {
    says: 'Access tokens live minutes.',
    clause: 'RFC 9700 section 2.2; FAPI 1.0 Baseline 5.2.2-21',
    policy: ['accessTokenLifetime'],
    files: ['apps/authorization-server/src/token/access-token.ts'],
  },
  'scope-granted': {
    says: 'A token reaches what its customer agreed to, and no further.',
    clause: 'FAPI 2.0 SP 5.3.4; RFC 9396 section 9',
    rules: { 'F2-RS-04': 'TM-TOK-02', 'RR-13': 'TM-TOK-02' },
  },
  'proof-genuine': {
    says: 'A proof is one DPoP header, of its type, signed with the key it shows under an algorithm of the list.',
    clause: 'RFC 9449 section 4.3',
    rules: { 'F2-DP-01': 'TM-TOK-01', 'F2-DP-02': 'TM-CA-04', 'F2-DP-03': 'TM-CA-03', 'F2-DP-04': 'TM-CA-03' },
  },
  'proof-once': {
    says: 'A proof works once.',
    clause: 'RFC 9449 section 11.1; FAPI 2.0 SP 6.2',
    rules: { 'F2-DP-10': 'TM-DPOP-01' },
  },
  'proof-recent': {
    says: 'A proof is young.',
    clause: 'RFC 9449 section 11.1',
    rules: { 'F2-DP-09': 'TM-DPOP-04' },
    policy: ['dpopProofMaxAge'],
  },
  'proof-of-its-request': {
    says: 'A proof works for one method and one address.',
    clause: 'RFC 9449 section 4.3',
    rules: { 'F2-DP-06': 'TM-DPOP-03', 'F2-DP-08': 'TM-DPOP-03' },
  },
  'proof-of-its-token': {
    says: 'A proof at a resource works for one token.',
    clause: 'RFC 9449 section 4.3',
    rules: { 'F2-DP-11': 'TM-DPOP-03' },
  },
  'proof-nonce': {
    says: 'Proofs carry a nonce of the server, so that none can be made in advance.',
    clause: 'RFC 9449 section 8',
    rules: { 'F2-DP-13': 'TM-DPOP-04' },
    policy: ['dpopNonce'],
  },
  'signed-messages': {
    says: 'Requests to resources are signed with method, address, token and body.',
    clause: 'FAPI 2.0 HTTP Signatures 5.3.1; RFC 9421',
    rules: { 'HS-RQ-02': 'TM-DPOP-02', 'HS-RQ-03': 'TM-DPOP-02', 'HS-RQ-04': 'TM-DPOP-02', 'HS-RQ-05': 'TM-DPOP-02', 'HS-RQ-06': 'TM-DPOP-02', 'HS-RQ-07': 'TM-DPOP-02', 'HS-RQ-08': 'TM-DPOP-02', 'HS-SB-07': 'TM-DPOP-01', 'HS-SB-08': 'TM-DPOP-02' },
    policy: ['httpSignatures'],
  },
  'certificate-from-connection': {
    says: 'A client certificate comes from the TLS connection or from a proxy that is configured; from anybody else its header is refused.',
    clause: 'RFC 9700 section 4.13; RFC 9440 section 4',
    rules: { 'F2-MT-06': 'TM-NET-02', 'F2-NET-01': 'TM-NET-01' },
  },
} as const satisfies Record<string, Control>; // prettier-ignore
