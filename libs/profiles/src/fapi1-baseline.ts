import { oauth } from './oauth.js';
import { by, loosened, refine } from './profile.js';

const minutes = 60;
const days = 24 * 60 * minutes;

/** FAPI 1.0 Baseline, Final with errata. Clause numbers are of its part 1 unless another text is named. */
export const fapi1Baseline = refine(oauth, 'fapi1-baseline', {
  par: by('RFC 9126 section 4: optional here', 'allowed'),
  pkce: by('FAPI 1.0 Baseline 5.2.2-7', ['S256']),
  pkceWhen: by('FAPI 1.0 Baseline 5.2.2-7', 'always'),
  nonceOrState: by('FAPI 1.0 Baseline 5.2.2.2, 5.2.2.3', 'required'),
  responseTypes: by('FAPI 1.0 Baseline 5.2.2-23 (errata)', ['code']),
  clientAuth: loosened('FAPI 1.0 Baseline 5.2.2-2,-4', ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth', 'none'], {
    replaces: 'RFC 9700 section 2.5',
    why: 'public clients are part of Baseline; they prove the code is theirs by PKCE',
  }),
  assertionAudience: by('OpenID Connect Core section 9; RFC 9126 section 2', 'issuer-or-endpoint'),
  senderConstraint: loosened('FAPI 1.0 Baseline 5.2.2-14,-21', ['mtls', 'none'], {
    replaces: 'ours, after RFC 9700 section 2.2.1: no bearer tokens',
    why: 'Baseline has bearer tokens; they live less than ten minutes',
  }),
  algs: by('FAPI 1.0 Advanced 8.6, for want of words in Baseline', ['PS256', 'ES256']),
  redirectUris: by('FAPI 1.0 Baseline 5.2.2-8,-10', 'registered'),
  codeLifetime: by('ours', 60),
  requestUriLifetime: by('ours', 90),
  accessTokenLifetime: by('FAPI 1.0 Baseline 5.2.2-21: below ten minutes', 5 * minutes),
  refreshTokenLifetime: by('ours', 180 * days),
  idTokenLifetime: by('ours', 5 * minutes),
  grantLifetime: by('ours', 180 * days),
  clientAssertionMaxLifetime: by('ours', 5 * minutes),
  clockSkew: by('ours', 30),
  nonceMaxLength: by('ours: certification asks for 64 at least', 255),
});
