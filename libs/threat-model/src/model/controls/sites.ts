import type { Control } from '../control.js';

/** Pages people decide on, and our own sites as OpenID clients. */
export const siteControls = {
  'forms-from-own-pages': {
    says: 'A form counts only from a page of ours, in the browser and the session it was shown to.',
    clause: 'RFC 9700 section 4.16; RFC 6749 section 10.12',
    rules: { 'ASSENT-CSRF-01': 'TM-CLK-01', 'ASSENT-CSRF-02': 'TM-CSRF-02', 'ASSENT-COOKIE-01': 'TM-CSRF-02', 'ASSENT-CONSENT-01': 'TM-CLK-01', 'ASSENT-SITE-01': 'TM-CSRF-02' },
    tests: ['libs/http/src/cross-site.spec.ts', 'flows/src/fapi2-security.forged-forms.spec.ts'],
  },
  'sign-in-brake': {
    says: 'Failed sign-ins are slowed down, by person and address.',
    clause: 'FAPI 2.0 SP 5.2.1, ours',
    rules: { 'ASSENT-LOGIN-01': 'TM-BRUTE-01' },
    tests: ['apps/authorization-server/src/interaction/throttle.spec.ts'],
  },
  'response-of-its-browser': {
    says: 'A client takes a response only in the browser it sent away, once, for the issuer it asked, with the state it gave.',
    clause: 'FAPI 2.0 SP 5.3.3.2; RFC 9207 section 2.4',
    rules: { 'ASSENT-SITE-03': 'TM-CSRF-01', 'ASSENT-SITE-05': 'TM-MIX-01', 'F2-CL-09': 'TM-CSRF-02' },
    tests: ['flows/src/own-sites.spec.ts', 'apps/grant-management/src/staff-idp.spec.ts'],
  },
  'id-token-of-its-token': {
    says: 'A client takes an ID token only with the access token and for the request it belongs to.',
    clause: 'OpenID Connect Core section 3.1.3',
    rules: { 'ASSENT-SITE-06': 'TM-TOK-06' },
    tests: ['apps/grant-management/src/staff-idp.spec.ts', 'flows/src/own-sites.spec.ts'],
  },
  'own-way-back': {
    says: 'After sign-in and sign-out a site goes on to addresses of its own only.',
    clause: 'FAPI 2.0 SP 5.3.3.1-4',
    files: ['apps/grant-management/src/sites/sign-in.ts'],
    tests: ['flows/src/own-sites.spec.ts'],
  },
} as const satisfies Record<string, Control>;
