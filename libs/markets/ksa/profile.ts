import { invalidRequest } from '@assent/protocol';
import { by, fapi2MessageSigning, loosened, refine, rule } from '@assent/profiles';

const seen = 'KSA Open Banking 2024.09.01, as the conformance suite has it (unverified)';

/** Nothing else travels through the browser: what was pushed cannot be contradicted there. */
const frontChannel = rule({
  id: 'ASSENT-KSA-03',
  clause: seen,
  at: 'authorize',
  stops: ['A1', 'A3a'],
  says: 'takes nothing but client_id and request_uri through the browser',
  check: ({ parameters = [] }) => {
    const more = parameters.find((name) => name !== 'client_id' && name !== 'request_uri');
    return more === undefined ? undefined : invalidRequest('only client_id and request_uri may be sent here', 'ASSENT-KSA-03');
  },
});

/** KSA Open Banking, second version, on FAPI 2.0 Message Signing. SAMA's own text was not read. */
export const ksaProfile = refine(
  fapi2MessageSigning,
  'ksa',
  {
    requestObject: by(seen, 'required'),
    requestObjectAlgs: by(seen, ['PS256']),
    signedResponse: loosened(seen, 'off', { replaces: 'FAPI 2.0 Message Signing 5.4.1-1', why: 'this market signs requests and consents, and answers without JARM; the response names its issuer and the code is bound by PAR and PKCE' }),
    responseModes: by(seen, ['query']),
    responseAlgs: by(seen, ['PS256']),
    clientAuth: by(seen, ['private_key_jwt', 'tls_client_auth']),
    senderConstraint: by(seen, ['mtls']),
    algs: by(seen, ['PS256']),
  },
  [frontChannel],
);
