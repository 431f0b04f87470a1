import type { Control } from '../control.js';

const server = (path: string): string => `apps/authorization-server/src/${path}`;

/** Authorization requests, their responses, and codes. */
export const requestControls = {
  'pushed-requests': {
    says: 'Authorization requests are pushed over an authenticated connection; what the browser carries beside the reference counts for nothing.',
    clause: 'FAPI 2.0 SP 5.3.2.2-3; RFC 9126 section 4',
    rules: { 'F2-AZ-03': 'TM-PAR-01', 'PR-14': 'TM-PAR-01' },
    policy: ['par'],
  },
  'signed-requests': {
    says: 'Requests are signed by their client, so that nobody changes them and nobody denies them.',
    clause: 'FAPI 2.0 Message Signing 5.3.1; FAPI 1.0 Advanced 5.2.2-1; RFC 9101',
    rules: {
      'MS-JAR-01': 'TM-PAR-01', 'MS-JAR-04': 'TM-CA-04', 'MS-JAR-05': 'TM-JAR-01', 'MS-JAR-06': 'TM-JAR-01', 'MS-JAR-08': 'TM-CA-03', 'MS-JAR-10': 'TM-CA-04',
      'MS-JAR-14': 'TM-JAR-01', 'JR-01': 'TM-PAR-01', 'JR-02': 'TM-PAR-03', 'JR-05': 'TM-CA-03', 'JR-06': 'TM-CA-03', 'JR-07': 'TM-CA-04', 'JR-08': 'TM-CA-04', 'JR-09': 'TM-PAR-01',
    },
    policy: ['requestObject', 'requestObjectAlgs', 'requestObjectClaims'],
  },
  'request-uri-of-its-client': {
    says: 'A request_uri works only for the client that pushed it.',
    clause: 'RFC 9126 section 2.2; FAPI 2.0 SP 5.3.2.2',
    rules: { 'F2-AZ-15': 'TM-PAR-03' },
  },
  'request-uri-once': {
    says: 'A request_uri leads to one answer.',
    clause: 'FAPI 2.0 SP 5.3.2.2-3, note 3',
    rules: { 'F2-AZ-16': 'TM-PAR-02' },
  },
  'request-uri-short': {
    says: 'A request_uri lives below ten minutes.',
    clause: 'FAPI 2.0 SP 5.3.2.2-12',
    rules: { 'F2-AZ-14': 'TM-PAR-02' },
    policy: ['requestUriLifetime'],
  },
  'own-references': {
    says: 'Only references made here are resolved; a pushed request names none, and addresses are fetched only where the client registered them.',
    clause: 'RFC 9126 section 2.1; RFC 9101 sections 5.2 and 10.4',
    rules: { 'F2-AZ-17': 'TM-PAR-06', 'JR-03': 'TM-PAR-06', 'JR-10': 'TM-PAR-06', 'JR-11': 'TM-PAR-06', 'PR-08': 'TM-PAR-04' },
    policy: ['requestObjectBy'],
  },
  'handle-entropy': {
    says: 'Codes, references, tokens and session cookies are 208 random bits.',
    clause: 'RFC 6749 section 10.10; RFC 9126 section 7.1; CIBA section 7.3',
    files: ['libs/protocol/src/handle.ts'],
  },
  'pkce-demanded': {
    says: 'Requests carry a PKCE challenge made with S256.',
    clause: 'FAPI 2.0 SP 5.3.2.2-5; RFC 7636',
    rules: { 'F2-AZ-05': 'TM-PKCE-01' },
    policy: ['pkce', 'pkceWhen'],
  },
  'pkce-verified': {
    says: 'A code is exchanged only with the verifier of its challenge.',
    clause: 'RFC 7636 section 4.6',
    rules: { 'F2-AZ-06': 'TM-CODE-01' },
  },
  'code-of-its-client': {
    says: 'A code works only for the client and the redirect URI it was issued to.',
    clause: 'FAPI 2.0 SP 5.3.2.2-10; RFC 6749 section 4.1.3',
    rules: { 'F2-AZ-11': 'TM-CODE-02' },
  },
  'code-once': {
    says: 'A code works once; presented again, it ends what came of it.',
    clause: 'FAPI 2.0 SP 5.3.2.2-9; RFC 6749 section 4.1.2',
    rules: { 'F2-AZ-10': 'TM-CODE-03' },
  },
  'code-short': {
    says: 'A code lives at most 60 seconds.',
    clause: 'FAPI 2.0 SP 5.3.2.1-11',
    rules: { 'F2-AS-11': 'TM-CODE-01' },
    policy: ['codeLifetime'],
  },
  'code-of-its-key': {
    says: 'A code asked for with a DPoP key is exchanged only with that key.',
    clause: 'RFC 9449 section 10',
    rules: { 'F2-DP-16': 'TM-DPOP-05', 'F2-DP-17': 'TM-DPOP-05' },
  },
  'nonce-or-state': {
    says: 'Requests carry a nonce or a state for their client to compare.',
    clause: 'FAPI 1.0 Baseline 5.2.2.2, 5.2.2.3',
    rules: { 'F1B-AS-15': 'TM-CSRF-01', 'F1A-ID-03': 'TM-CSRF-01' },
    policy: ['nonceOrState'],
  },
  'redirect-uri-registered': {
    says: 'Answers go to addresses the client registered, character by character, over https.',
    clause: 'FAPI 2.0 SP 5.3.2.2-6; RFC 9700 section 2.1',
    rules: { 'F2-AZ-07': 'TM-RED-03', 'PR-13': 'TM-RED-03', 'ASSENT-PAR-03': 'TM-RED-03' },
    policy: ['redirectUris'],
  },
  'validated-redirect': {
    says: 'Nothing is redirected before client and address are known to belong together; every other refusal is a page.',
    clause: 'RFC 6749 section 4.1.2.1; RFC 9700 section 4.11.2',
    files: [server('authorize/validated-redirect.ts'), server('authorize/open-request.ts')],
  },
  'response-confidential': {
    says: 'A response is for its client alone: no cache keeps it, no referrer tells it.',
    clause: 'FAPI 2.0 SP 6.5; RFC 9700 section 4.2',
    files: ['libs/http/src/security-headers.ts'],
    tests: ['libs/http/src/security-headers.spec.ts'],
  },
  'see-other': {
    says: 'Redirects after a form are 303, so that no browser posts a password on.',
    clause: 'FAPI 2.0 SP 5.3.2.2-8; RFC 9700 section 4.12',
    files: [server('interaction/respond.ts')],
  },
  'issuer-in-response': {
    says: 'Responses name the issuer they come from.',
    clause: 'FAPI 2.0 SP 5.3.2.2-7; RFC 9207',
    policy: ['issInResponse'],
    files: [server('authorize/validated-redirect.ts')],
  },
  'signed-responses': {
    says: 'Responses are signed for their client: JARM, or an ID token over the code.',
    clause: 'FAPI 2.0 Message Signing 5.4.1-1; FAPI 1.0 Advanced 5.2.2-2; JARM section 2.1',
    rules: { 'MS-JARM-01': 'TM-JARM-01' },
    policy: ['signedResponse', 'responseLifetime'],
  },
  'code-flow-only': {
    says: 'The browser carries a code and never a token; an ID token beside it only where it is the signature of the response.',
    clause: 'FAPI 2.0 SP 5.3.2.2-1; RFC 9700 section 2.1.2',
    rules: { 'F2-AZ-01': 'TM-TOK-06', 'F1A-ID-02': 'TM-TOK-06', 'JM-04': 'TM-TOK-06', 'ASSENT-PAR-02': 'TM-JARM-01' },
    policy: ['responseTypes', 'responseModes'],
  },
} as const satisfies Record<string, Control>; // prettier-ignore
