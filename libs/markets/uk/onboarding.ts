import { plainCodes } from '../src/registration/dialect.js';
import { activeRoles } from '../src/registration/claims.js';
import { readSharedClaims, sharedClaims } from '../src/registration/trust-framework.js';
import { softwareSubject } from '../src/registration/certificate.js';
import type { Onboarding } from '../src/onboarding.js';
import type { StatementDialect } from '../src/registration/statement.js';

const clause = 'UK Open Banking DCR v3.3';
const names = { jwks: 'software_jwks_endpoint' };

const statement: StatementDialect = {
  says: 'A software statement assertion of the Open Banking Directory',
  clause,
  algs: ['PS256'],
  issuer: 'OpenBanking Ltd',
  required: ['iat', 'jti', 'software_id', 'software_redirect_uris', 'software_jwks_endpoint', 'software_roles', 'org_id', 'org_name', 'org_status'],
  // How long one may be used each bank decides: `maxAge` of the configuration.
  freshness: { exp: 'optional' },
  replay: 'allowed',
  claims: (software, organisation, facts) => ({
    ...sharedClaims(software, organisation, facts, names),
    software_jwks_revoked_endpoint: software.jwksUri.replace(/\.jwks$/, '-revoked.jwks'),
    organisation_competent_authority_claims: {
      authority_id: 'FCAGBR',
      registration_id: organisation.registrationNumber,
      status: organisation.status,
      authorisations: [{ member_state: organisation.country, roles: activeRoles(software, organisation) }],
    },
    ob_registry_tos: `${facts.directoryUrl}/terms`,
  }),
  read: (claims) => readSharedClaims(claims, names),
};

/** A JWS whose claims are the metadata, signed with a key of the statement; management by a token of the client itself. */
export const ukOnboarding: Onboarding = {
  kind: 'registration',
  clause,
  dialect: {
    says: 'A signed request with a software statement of the directory, over mutual TLS',
    clause,
    request: {
      as: 'jws',
      mediaTypes: ['application/jose', 'application/jwt'],
      algs: ['PS256'],
      audiences: ({ issuer, organisationId }) => [issuer, ...(organisationId === undefined ? [] : [organisationId])],
      maxLifetime: 1800,
      jti: 'required',
    },
    statement,
    statementRequired: true,
    mtls: 'required',
    certificate: {
      clause,
      subject: softwareSubject,
      binds: [
        { says: 'CN must be the software_id of the statement', anyOf: [{ type: 'CN', values: ({ softwareId }) => [softwareId] }] },
        {
          says: 'organizationIdentifier or OU must name the organisation of the statement',
          anyOf: [
            { type: '2.5.4.97', values: ({ organisation }) => (organisation ? [organisation.id, `PSDGB-OB-${organisation.id}`, `PSDGB-FCA-${organisation.registrationNumber ?? organisation.id}`] : []) },
            { type: 'OU', values: ({ organisation }) => (organisation ? [organisation.id] : []) },
          ],
        },
      ],
    },
    clientId: 'random',
    metadata: {
      defaults: {
        application_type: 'web',
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        response_types: ['code id_token'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'PS256',
        id_token_signed_response_alg: 'PS256',
        request_object_signing_alg: 'PS256',
        tls_client_certificate_bound_access_tokens: true,
        use_mtls_endpoint_aliases: true,
      },
      jwksByValue: 'refused',
      localRedirects: 'refused',
    },
    commonScopes: ['openid'],
    roles: [
      { role: 'AISP', says: 'Account information', scopes: ['accounts'] },
      { role: 'PISP', says: 'Payment initiation', scopes: ['payments'] },
      { role: 'CBPII', says: 'Confirmation of funds', scopes: ['fundsconfirmations'] },
    ],
    duplicates: 'policy',
    management: { clause, methods: ['GET', 'PUT', 'DELETE'], access: { as: 'client-token' }, statementOnUpdate: 'required' },
    codes: plainCodes,
    answer: { status: 201 },
  },
};
