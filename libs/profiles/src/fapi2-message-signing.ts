import { fapi2Security } from './fapi2-security.js';
import { by, refine } from './profile.js';

const minutes = 60;

/**
 * FAPI 2.0 Message Signing, Final. Clause numbers are its own unless another text is named. Its parts are options of
 * each client: one that registers `require_signed_request_object: false`, or plain `response_modes`, goes without.
 */
export const fapi2MessageSigning = refine(fapi2Security, 'fapi2-message-signing', {
  requestObject: by('FAPI 2.0 Message Signing 5.3.1-1', 'expected'),
  requestObjectBy: by('FAPI 2.0 SP 5.3.2.2-3: pushed, like every request', ['pushed']),
  requestObjectAlgs: by('FAPI 2.0 SP 5.4.1-1; RFC 9864 for the name Ed25519', ['PS256', 'ES256', 'EdDSA', 'Ed25519']),
  requestObjectTypes: by('FAPI 2.0 Message Signing 5.3.1-5; RFC 9101 section 10.8', ['oauth-authz-req+jwt', 'jwt', '']),
  requestObjectClaims: by('FAPI 2.0 Message Signing 5.3.1-2,-3,-4', ['aud', 'nbf', 'exp']),
  requestObjectMaxAge: by('FAPI 2.0 Message Signing 5.3.1-3', 60 * minutes),
  requestObjectMaxLifetime: by('FAPI 2.0 Message Signing 5.3.1-4', 60 * minutes),
  signedResponse: by('FAPI 2.0 Message Signing 5.4.1-1', 'expected'),
  responseModes: by('FAPI 2.0 Message Signing 5.4.2-1; JARM section 2.3', ['query', 'form_post', 'jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt']),
  responseAlgs: by('FAPI 2.0 SP 5.4.1-1', ['PS256', 'ES256', 'EdDSA', 'Ed25519']),
  responseLifetime: by('JARM section 2.1: at most ten minutes', 5 * minutes),
});
