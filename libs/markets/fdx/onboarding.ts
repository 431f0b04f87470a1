import { plainRegistration } from '../src/registration/plain.js';
import { softwareSubject } from '../src/registration/certificate.js';
import type { Onboarding } from '../src/onboarding.js';

// FDX's own registration is for its members to read: this is RFC 7591 as it stands (see `unverified` of the market).
const clause = 'RFC 7591, RFC 7592 (FDX: unverified)';

export const fdxOnboarding: Onboarding = {
  kind: 'registration',
  clause,
  dialect: {
    ...plainRegistration,
    says: 'JSON with a software statement or an initial access token, over mutual TLS',
    clause,
    mtls: 'required',
    certificate: {
      clause,
      subject: softwareSubject,
      binds: [
        { says: 'CN must be the software_id of the statement', anyOf: [{ type: 'CN', values: ({ softwareId }) => [softwareId] }] },
        // Elsewhere a CN is whatever a software calls itself.
        { says: 'OU must be the organisation of the statement', anyOf: [{ type: 'OU', values: ({ organisation }) => (organisation ? [organisation.id] : []) }] },
      ],
    },
    metadata: {
      defaults: {
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        response_types: ['code'],
        // By the certificate it registers with.
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_certificate_bound_access_tokens: true,
        use_mtls_endpoint_aliases: true,
      },
      jwksByValue: 'allowed',
      localRedirects: 'refused',
    },
    commonScopes: ['openid', 'offline_access'],
    roles: [{ role: 'DATA_RECIPIENT', says: 'Data recipient', scopes: ['fdx:consents', 'fdx:accountbasic:read', 'fdx:accountdetailed:read', 'fdx:transactions:read', 'fdx:customercontact:read', 'fdx:customerpersonal:read', 'fdx:statements:read'], detailTypes: ['fdx_v1.0'] }],
  },
};
