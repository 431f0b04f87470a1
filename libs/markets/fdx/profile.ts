import { by, fapi2Security, loosened, refine } from '@assent/profiles';

const days = 86_400;

/** FAPI is optional in FDX; this issuer asks for what FAPI 2.0 does, with tokens bound to certificates. */
export const fdxProfile = refine(fapi2Security, 'fdx', {
  clientAuth: by('FDX security model 6.x (unverified)', ['tls_client_auth', 'private_key_jwt']),
  senderConstraint: by('FDX security model 6.x (unverified)', ['mtls']),
  requestObject: by('FDX security model 6.x: FAPI is optional (unverified)', 'optional'),
  requestObjectBy: by('FAPI 2.0 SP 5.3.2.2-3: pushed, like every request', ['pushed']),
  requestObjectClaims: by('ours, as FAPI 2.0 Message Signing 5.3.1-2,-3,-4', ['aud', 'nbf', 'exp']),
  refreshTokenLifetime: loosened('ours: a year, after 12 CFR 1033.421(b)', 366 * days, {
    replaces: 'ours: 180 days (fapi2-security)',
    why: 'a consent of long duration lasts a year before it must be asked for again, and its refresh token as long',
  }),
  grantLifetime: loosened('ours: a year, after 12 CFR 1033.421(b)', 365 * days, {
    replaces: 'ours: 180 days (fapi2-security)',
    why: 'PERSISTENT names no end; a year is the longest before a customer must be asked again',
  }),
});
