import { by, fapi1Advanced, loosened, refine } from '@assent/profiles';

const seen = 'KSA Open Banking 2022.11.01, as the conformance suite has it (unverified)';

/** KSA Open Banking, first version: FAPI 1.0 Advanced with pushed requests. SAMA's own text was not read. */
export const ksaV1Profile = refine(fapi1Advanced, 'ksa-v1', {
  par: by(seen, 'required'),
  requestObjectBy: by(seen, ['pushed']),
  pkceWhen: by(`${seen}; RFC 7636 with every pushed request`, 'always'),
  responseTypes: by(seen, ['code id_token']),
  responseModes: by(seen, ['fragment', 'form_post']),
  responseEncryption: loosened(seen, 'off', { replaces: 'JARM section 2.2', why: 'responses are signed by the ID token beside the code; there is no JARM to encrypt' }),
  requestObjectEncryption: loosened(seen, 'off', { replaces: 'FAPI 1.0 Advanced 8.6.1', why: 'requests are pushed: none travels through the browser' }),
  clientAuth: by(seen, ['private_key_jwt', 'tls_client_auth']),
});
