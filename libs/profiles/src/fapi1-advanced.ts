import { fapi1Baseline } from './fapi1-baseline.js';
import { by, loosened, refine } from './profile.js';

const minutes = 60;

/** FAPI 1.0 Advanced, Final with errata. Clause numbers are of its part 2 unless another text is named. */
export const fapi1Advanced = refine(fapi1Baseline, 'fapi1-advanced', {
  responseTypes: loosened('FAPI 1.0 Advanced 5.2.2-2', ['code', 'code id_token'], {
    replaces: 'FAPI 1.0 Baseline 5.2.2-23 (errata)',
    why: 'the ID token beside the code is its detached signature',
  }),
  responseModes: loosened('FAPI 1.0 Advanced 5.2.2-2; JARM section 2.3', ['fragment', 'form_post', 'jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'], {
    replaces: 'RFC 6749 section 4.1.2; OAuth 2.0 Form Post Response Mode',
    why: 'an ID token travels in the fragment',
  }),
  signedResponse: by('FAPI 1.0 Advanced 5.2.2-2', 'required'),
  responseAlgs: by('FAPI 1.0 Advanced 8.6', ['PS256', 'ES256']),
  responseLifetime: by('JARM section 2.1: at most ten minutes', 5 * minutes),
  responseEncryption: by('JARM section 2.2: optional', 'optional'),
  pkceWhen: loosened('FAPI 1.0 Advanced 5.2.2-18', 'pushed', {
    replaces: 'FAPI 1.0 Baseline 5.2.2-7',
    why: 'signed requests and signed responses do its work where the request is not pushed',
  }),
  clientAuth: by('FAPI 1.0 Advanced 5.2.2-14,-16', ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth']),
  senderConstraint: by('FAPI 1.0 Advanced 5.2.2-5,-6', ['mtls']),
  requestObject: by('FAPI 1.0 Advanced 5.2.2-1', 'required'),
  requestObjectBy: by('FAPI 1.0 Advanced 5.2.2-1,-11', ['pushed', 'value', 'registered-uri']),
  requestObjectAlgs: by('FAPI 1.0 Advanced 8.6', ['PS256', 'ES256']),
  requestObjectTypes: by('RFC 9101 sections 4 and 10.8', ['oauth-authz-req+jwt', 'jwt', '']),
  requestObjectClaims: by('FAPI 1.0 Advanced 5.2.2-13,-15,-17', ['aud', 'nbf', 'exp']),
  requestObjectMaxAge: by('FAPI 1.0 Advanced 5.2.2-17', 60 * minutes),
  requestObjectMaxLifetime: by('FAPI 1.0 Advanced 5.2.2-13', 60 * minutes),
  requestObjectEncryption: by('FAPI 1.0 Advanced 8.6.1', 'optional'),
  idTokenEncryption: by('FAPI 1.0 Advanced 5.2.2.1-2', 'optional'),
  encryptionAlgs: by('FAPI 1.0 Advanced 8.6.1: never RSA1_5', ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES']),
  contentEncryptionAlgs: by('RFC 7518 section 5.1', ['A256GCM', 'A128CBC-HS256']),
  accessTokenLifetime: loosened('ours: the tokens are bound to a certificate', 10 * minutes, {
    replaces: 'FAPI 1.0 Baseline 5.2.2-21: below ten minutes',
    why: 'the limit is for bearer tokens',
  }),
});
