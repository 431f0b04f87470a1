import { cibaGrantType } from './ciba.js';
import { fapi1Advanced } from './fapi1-advanced.js';
import { fapi2Security } from './fapi2-security.js';
import { by, loosened, refine, type SourcedPolicy } from './profile.js';

const minutes = 60;

/** What both have of FAPI-CIBA: Implementer's Draft 1 (ID1), and the working group's draft where it says so. */
const backchannel: Partial<SourcedPolicy> = {
  ciba: loosened('FAPI-CIBA ID1 5.2.2', 'on', { replaces: 'ours: CIBA is an addition to OpenID Connect', why: 'this profile is about it' }),
  grantTypes: loosened('OpenID Connect CIBA section 4', ['authorization_code', 'refresh_token', 'client_credentials', cibaGrantType], {
    replaces: 'RFC 6749 section 4',
    why: 'requests by the back channel have a grant type of their own',
  }),
  cibaDelivery: by('FAPI-CIBA ID1 5.2.2-1: push is not allowed', ['poll', 'ping']),
  cibaBindingMessage: by('FAPI-CIBA ID1 5.2.2-2', 'required'),
  cibaMaxExpiry: by('ours: somebody waits for the answer', 10 * minutes),
};

/** FAPI-CIBA under the rules of FAPI 1.0 Advanced: requests are signed, assertions may name endpoints. */
export const fapiCiba = refine(fapi1Advanced, 'fapi-ciba', {
  ...backchannel,
  cibaRequestSigned: by('FAPI-CIBA ID1 5.2.2-4', 'required'),
});

/** FAPI-CIBA under the rules of the FAPI 2.0 Security Profile: requests may be signed, assertions name the issuer alone. */
export const fapi2Ciba = refine(fapi2Security, 'fapi2-ciba', {
  ...backchannel,
  cibaRequestSigned: by('FAPI-CIBA draft 4.1.1: optional with FAPI 2.0', 'optional'),
});
