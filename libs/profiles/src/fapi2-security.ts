import { oauth } from './oauth.js';
import { by, refine } from './profile.js';

const minutes = 60;
const days = 24 * 60 * minutes;

/** FAPI 2.0 Security Profile, Final. Clause numbers are its own unless another text is named. */
export const fapi2Security = refine(oauth, 'fapi2-security', {
  par: by('FAPI 2.0 SP 5.3.2.2-3', 'required'),
  pkce: by('FAPI 2.0 SP 5.3.2.2-5', ['S256']),
  responseTypes: by('FAPI 2.0 SP 5.3.2.2-1', ['code']),
  clientAuth: by('FAPI 2.0 SP 5.3.2.1-6', ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth']),
  assertionAudience: by('FAPI 2.0 SP 5.3.2.1-8', 'issuer'),
  senderConstraint: by('FAPI 2.0 SP 5.3.2.1-4,-5', ['dpop', 'mtls']),
  algs: by('FAPI 2.0 SP 5.4.1-1; RFC 9864 for the name Ed25519', ['PS256', 'ES256', 'EdDSA', 'Ed25519']),
  redirectUris: by('ours: 5.3.2.2-6 would allow unregistered ones', 'registered'),
  rotateRefreshTokens: by('FAPI 2.0 SP 5.3.2.1-9', false),
  issInResponse: by('FAPI 2.0 SP 5.3.2.2-7', true),
  dpopNonce: by('FAPI 2.0 SP 5.3.2.1-10: optional', 'off'),
  codeLifetime: by('FAPI 2.0 SP 5.3.2.1-11', 60),
  requestUriLifetime: by('ours, below the 600 of FAPI 2.0 SP 5.3.2.2-12', 90),
  accessTokenLifetime: by('ours', 10 * minutes),
  refreshTokenLifetime: by('ours', 180 * days),
  idTokenLifetime: by('ours', 5 * minutes),
  grantLifetime: by('ours', 180 * days),
  clientAssertionMaxLifetime: by('ours', 5 * minutes),
  dpopProofMaxAge: by('ours, within RFC 9449 section 11.1', 5 * minutes),
  clockSkew: by('ours, within 10 to 60 of FAPI 2.0 SP 5.3.2.1-13', 30),
  nonceMaxLength: by('ours: FAPI 2.0 SP 5.3.2.2-14 asks for 64 at least', 255),
  minimumRsaBits: by('FAPI 2.0 SP 5.4.1-2', 2048),
  minimumEcBits: by('FAPI 2.0 SP 5.4.1-3', 224),
});
