import { by, fapiCiba, loosened, refine } from '@assent/profiles';

const years = 365 * 24 * 60 * 60;
const openEnded = { replaces: 'ours: half a year', why: 'a consent without ExpirationDateTime is open-ended, and the bank must not give it an end' };

/**
 * UK Open Banking v4 on FAPI 1.0 Advanced, with its CIBA variant. Clauses named RWP are of the Open Banking Read-Write API
 * Profile v4.0.
 */
export const ukProfile = refine(fapiCiba, 'uk', {
  responseTypes: by('RWP v4.0, Authorization Code Grant & Hybrid Grant', ['code id_token']),
  responseModes: by('RWP v4.0, Authorization Code Grant & Hybrid Grant: no JARM', ['fragment', 'form_post']),
  responseEncryption: loosened('RWP v4.0, Authorization Code Grant & Hybrid Grant', 'off', { replaces: 'JARM section 2.2', why: 'responses are signed by the ID token beside the code; there is no JARM to encrypt' }),
  responseAlgs: by('RWP v4.0, Message Signing', ['PS256']),
  requestObjectBy: by('RWP v4.0; RFC 9126 beside it', ['value', 'pushed']),
  requestObjectEncryption: loosened('RWP v4.0, Message Signing: signed', 'off', { replaces: 'FAPI 1.0 Advanced 8.6.1', why: 'the market has no encrypted request objects, and what is personal in a consent is lodged at the bank, not sent through the browser' }),
  requestObjectAlgs: by('RWP v4.0, CIBA and Message Signing', ['PS256']),
  clientAuth: by('Open Banking DCR v3.3, token_endpoint_auth_method', ['private_key_jwt', 'tls_client_auth']),
  algs: by('RWP v4.0, Message Signing', ['PS256']),
  grantLifetime: loosened('Account and Transaction API Profile v4.0, Expiration Date Time', 10 * years, openEnded),
  refreshTokenLifetime: loosened('RWP v4.0, Token Expiry Time', 10 * years, { ...openEnded, why: 'a refresh token lives as long as its consent, which may be open-ended' }),
});
