import { invalidDpopProof, invalidRequest, unauthorizedClient, unsupportedGrantType } from '@assent/protocol';
import { rule, type Rule } from '../profile.js';

const grantType = rule({
  id: 'F2-AS-02',
  clause: 'FAPI 2.0 SP 5.3.2.1-2; RFC 6749 section 5.2',
  at: 'token',
  stops: [],
  says: 'serves only the grants of the profile, never the password grant, and to each client only its own',
  check: ({ grantType: wanted, client }, { grantTypes }) => {
    if (!grantTypes.includes(wanted)) return unsupportedGrantType('this grant_type is not served here', 'F2-AS-02');
    return client.grant_types.includes(wanted)
      ? undefined
      : unauthorizedClient(`this client is not registered for grant_type ${wanted}`, 'F2-AS-02');
  },
});

const publicClient = rule({
  id: 'F1B-AS-01',
  clause: 'FAPI 1.0 Baseline 5.2.2-2; RFC 9700 section 2.2.2; RFC 6749 section 4.4',
  at: 'token',
  stops: ['A3a', 'A5'],
  says: 'gives public clients codes to redeem and nothing that lasts',
  check: ({ client, grantType: wanted }) =>
    client.token_endpoint_auth_method === 'none' && wanted !== 'authorization_code' ? unauthorizedClient('public clients redeem codes only', 'F1B-AS-01') : undefined,
});

const dpopBound = rule({
  id: 'F2-DP-19',
  clause: 'RFC 9449 section 5.2',
  at: 'token',
  stops: ['A3a', 'A5'],
  says: 'asks a client registered for DPoP for a proof',
  check: ({ client, confirmation }) =>
    client.dpop_bound_access_tokens && !(confirmation && 'jkt' in confirmation)
      ? invalidDpopProof('this client must send a DPoP proof', 'F2-DP-19')
      : undefined,
});

const certificateBound = rule({
  id: 'F2-MT-05',
  clause: 'RFC 8705 section 3.4',
  at: 'token',
  stops: ['A3a', 'A5'],
  says: 'asks a client registered for certificate-bound tokens for its certificate',
  check: ({ client, confirmation }) =>
    client.tls_client_certificate_bound_access_tokens && !(confirmation && 'x5t#S256' in confirmation)
      ? invalidRequest('this client must present its certificate', 'F2-MT-05')
      : undefined,
});

const senderConstrained = rule({
  id: 'F2-AS-04',
  clause: 'FAPI 2.0 SP 5.3.2.1-4,-5',
  at: 'token',
  stops: ['A3a', 'A5'],
  says: 'issues only access tokens bound as the profile has it',
  check: ({ confirmation }, { senderConstraint }) => {
    const proved = confirmation ? ('jkt' in confirmation ? 'dpop' : 'mtls') : 'none';
    if (senderConstraint.includes(proved)) return undefined;
    return senderConstraint.includes('dpop')
      ? invalidDpopProof('access tokens are sender-constrained: send a DPoP proof or a client certificate', 'F2-AS-04')
      : invalidRequest('access tokens are sender-constrained: present a client certificate', 'F2-AS-04');
  },
});

/** In the order in which they are judged. */
export const tokenRules: readonly Rule[] = [publicClient, grantType, dpopBound, certificateBound, senderConstrained];
