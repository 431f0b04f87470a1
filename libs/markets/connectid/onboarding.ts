import { plainCodes } from '../src/registration/dialect.js';
import { softwareSubject } from '../src/registration/certificate.js';
import type { Onboarding } from '../src/onboarding.js';

const clause = 'ConnectID client registration profile (digitalid-cr-05)';

/** Nobody registers: identity providers read the directory's participants on a schedule. */
export const connectidOnboarding: Onboarding = {
  kind: 'synced',
  clause,
  dialect: {
    says: 'Clients are read from the directory on a schedule; there is no registration endpoint',
    clause,
    request: { as: 'none' },
    statement: undefined,
    statementRequired: false,
    mtls: 'required',
    certificate: {
      clause,
      subject: softwareSubject,
      binds: [],
    },
    clientId: 'software',
    metadata: {
      defaults: {
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'PS256',
        id_token_signed_response_alg: 'PS256',
        request_object_signing_alg: 'PS256',
        require_pushed_authorization_requests: true,
        require_signed_request_object: true,
        tls_client_certificate_bound_access_tokens: true,
        use_mtls_endpoint_aliases: true,
      },
      fixed: () => ({ subject_type: 'pairwise' }),
      jwksByValue: 'refused',
      localRedirects: 'refused',
    },
    commonScopes: ['openid'],
    roles: [{ role: 'RELYING_PARTY', says: 'Asks who people are', scopes: [] }],
    duplicates: 'refused',
    management: { clause, methods: [], access: { as: 'registration-token', rotation: 'never' }, statementOnUpdate: 'optional' },
    codes: plainCodes,
    answer: { status: 204 },
  },
};
