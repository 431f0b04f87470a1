import { plainCodes } from '../src/registration/dialect.js';
import { readSharedClaims, sharedClaims } from '../src/registration/trust-framework.js';
import { softwareSubject } from '../src/registration/certificate.js';
import type { Onboarding } from '../src/onboarding.js';
import type { StatementDialect } from '../src/registration/statement.js';

// SAMA's own text of registration was not read: this is what directories of its kind do (see `unverified` of the market).
const clause = 'KSA Open Banking, trust framework (unverified)';
const names = { jwks: 'software_jwks_uri' };

const statement: StatementDialect = {
  says: 'A software statement of the trust framework',
  clause,
  algs: ['PS256'],
  issuer: 'KSA Open Banking sandbox SSA issuer',
  required: ['iat', 'exp', 'jti', 'software_id', 'software_redirect_uris', 'software_jwks_uri', 'software_roles', 'org_id', 'org_name', 'org_status'],
  freshness: { maxAge: 3600, lifetime: 3600, exp: 'required' },
  replay: 'refused',
  claims: (software, organisation, facts) => ({ ...sharedClaims(software, organisation, facts, names), exp: Math.floor(facts.now.getTime() / 1000) + 3600 }),
  read: (claims) => readSharedClaims(claims, names),
};

/** Both versions of the market. */
export const ksaOnboarding: Onboarding = {
  kind: 'registration',
  clause,
  dialect: {
    says: 'JSON with a software statement of the trust framework, over mutual TLS',
    clause,
    request: { as: 'json', mediaTypes: ['application/json'] },
    statement,
    statementRequired: true,
    mtls: 'required',
    certificate: {
      clause,
      subject: softwareSubject,
      binds: [
        { says: 'CN must be the software_id of the statement', anyOf: [{ type: 'CN', values: ({ softwareId }) => [softwareId] }] },
        { says: 'OU must be the org_id of the statement', anyOf: [{ type: 'OU', values: ({ organisation }) => (organisation ? [organisation.id] : []) }] },
      ],
    },
    clientId: 'random',
    metadata: {
      defaults: {
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'PS256',
        id_token_signed_response_alg: 'PS256',
        request_object_signing_alg: 'PS256',
        require_pushed_authorization_requests: true,
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
    ],
    duplicates: 'refused',
    management: { clause: 'RFC 7592', methods: ['GET', 'PUT', 'DELETE'], access: { as: 'registration-token', rotation: 'on-update' }, statementOnUpdate: 'required' },
    codes: plainCodes,
    answer: { status: 201 },
  },
};
