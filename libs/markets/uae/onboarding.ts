import { plainCodes } from '../src/registration/dialect.js';
import { softwareSubject } from '../src/registration/certificate.js';
import type { Onboarding } from '../src/onboarding.js';

const clause = 'UAE Open Finance registration (community-standards, registration/api-guide)';

/** An empty POST over mutual TLS: who registers is read from the certificate and looked up in the directory. */
export const uaeOnboarding: Onboarding = {
  kind: 'registration',
  clause,
  dialect: {
    says: 'An empty request over mutual TLS: the certificate names the application, the directory describes it',
    clause,
    request: { as: 'certificate', softwareIn: 'CN' },
    statement: undefined,
    statementRequired: false,
    mtls: 'required',
    certificate: {
      clause,
      subject: softwareSubject,
      binds: [
        { says: 'CN must be the application of the directory', anyOf: [{ type: 'CN', values: ({ softwareId }) => [softwareId] }] },
        { says: 'OU must be the organisation of the directory', anyOf: [{ type: 'OU', values: ({ organisation }) => (organisation ? [organisation.id] : []) }] },
      ],
    },
    clientId: 'software',
    metadata: {
      defaults: {
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
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
      jwksByValue: 'refused',
      localRedirects: 'refused',
    },
    commonScopes: ['openid', 'products'],
    roles: [
      { role: 'BDSP', says: 'Bank data sharing', scopes: ['accounts'], detailTypes: ['urn:openfinanceuae:account-access-consent:v2.1'] },
      { role: 'BSIP', says: 'Bank service initiation', scopes: ['payments'], detailTypes: ['urn:openfinanceuae:service-initiation-consent:v2.1'] },
    ],
    // The same application asking again is given what the directory says now.
    duplicates: 'refused',
    management: { clause, methods: [], access: { as: 'registration-token', rotation: 'never' }, statementOnUpdate: 'optional' },
    codes: plainCodes,
    answer: { status: 204 },
  },
};
