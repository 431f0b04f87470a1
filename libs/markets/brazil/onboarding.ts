import { plainCodes } from '../src/registration/dialect.js';
import { optionalText, present, roleGrantsIn } from '../src/registration/claims.js';
import { readSharedClaims, sharedClaims } from '../src/registration/trust-framework.js';
import type { Onboarding } from '../src/onboarding.js';
import type { StatementDialect } from '../src/registration/statement.js';

const clause = 'Open Finance Brasil DCR 1.0 ID3';
const names = { jwks: 'software_jwks_uri' };
const domain = 'Open Banking';

const statement: StatementDialect = {
  says: 'A software statement of the directory of participants',
  clause: `${clause} section 7.1`,
  algs: ['PS256'],
  issuer: 'Open Banking Open Banking Brasil sandbox SSA issuer',
  required: ['iat', 'software_id', 'software_redirect_uris', 'software_jwks_uri', 'software_statement_roles', 'org_id', 'org_name', 'org_status'],
  freshness: { maxAge: 300, exp: 'optional' },
  replay: 'allowed',
  claims: (software, organisation, facts) => {
    const statusOf = (role: string) => organisation.roles.find((held) => held.role === role)?.status ?? 'Inactive';
    return {
      ...sharedClaims(software, organisation, facts, names),
      software_jwks_inactive_uri: software.jwksUri.replace(/\.jwks$/, '-inactive.jwks'),
      software_statement_roles: software.roles.map((role) => ({ role, authorisation_domain: domain, status: statusOf(role) })),
      organisation_competent_authority_claims: organisation.roles.map(({ role, status }) => ({
        authority_id: '687a1c94-b360-4e04-9589-0fa5cb16451b',
        authority_name: 'Banco Central do Brasil',
        authority_code: 'BCB',
        authorisation_domain: domain,
        registration_id: organisation.registrationNumber,
        role,
        status,
      })),
      ...present('software_sector_identifier_uri', software.sectorIdentifierUri),
      ...(software.notificationUri !== undefined && { software_api_webhook_uris: [software.notificationUri] }),
    };
  },
  read: (claims) => ({ ...readSharedClaims(claims, names, roleGrantsIn(claims, 'software_statement_roles')), ...present('notificationUri', optionalText({ uri: (claims['software_api_webhook_uris'] as unknown[] | undefined)?.[0] }, 'uri')) }),
};

/** JSON over mutual TLS; the certificate, the statement and the keys are one software's. */
export const brazilOnboarding: Onboarding = {
  kind: 'registration',
  clause,
  dialect: {
    says: 'JSON with a software statement at most five minutes old, over mutual TLS with the software’s certificate',
    clause,
    request: { as: 'json', mediaTypes: ['application/json'] },
    statement,
    statementRequired: true,
    mtls: 'required',
    certificate: {
      clause: `${clause} section 7.1`,
      subject: (software, organisation) => [
        { type: '2.5.4.15', value: 'Private Organization' },
        { type: 'jurisdictionCountryName', value: organisation.country },
        { type: 'serialNumber', value: organisation.registrationNumber },
        { type: 'C', value: organisation.country },
        { type: 'O', value: organisation.legalName },
        { type: 'organizationIdentifier', value: `OFBBR-${organisation.id}` },
        { type: 'UID', value: software.id },
        { type: 'CN', value: software.name },
      ],
      binds: [
        { says: 'UID must be the software_id of the statement', anyOf: [{ type: '0.9.2342.19200300.100.1.1', values: ({ softwareId }) => [softwareId] }] },
        {
          says: 'organizationIdentifier (OFBBR-<org_id>) or OU must name the organisation of the statement',
          anyOf: [
            { type: '2.5.4.97', values: ({ organisation }) => (organisation ? [`OFBBR-${organisation.id}`] : []) },
            { type: 'OU', values: ({ organisation }) => (organisation ? [organisation.id] : []) },
          ],
        },
      ],
    },
    clientId: 'random',
    metadata: {
      defaults: {
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        response_types: ['code id_token'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'PS256',
        id_token_signed_response_alg: 'PS256',
        id_token_encrypted_response_alg: 'RSA-OAEP',
        id_token_encrypted_response_enc: 'A256GCM',
        request_object_signing_alg: 'PS256',
        require_pushed_authorization_requests: true,
        tls_client_certificate_bound_access_tokens: true,
        use_mtls_endpoint_aliases: true,
        subject_type: 'public',
      },
      jwksByValue: 'refused',
      localRedirects: 'refused',
    },
    commonScopes: ['openid'],
    roles: [
      {
        role: 'DADOS',
        says: 'Customer data',
        scopes: ['accounts', 'credit-cards-accounts', 'consents', 'customers', 'invoice-financings', 'financings', 'loans', 'unarranged-accounts-overdraft', 'resources'],
      },
      { role: 'PAGTO', says: 'Payment initiation', scopes: ['payments'] },
      { role: 'CONTA', says: 'Account holder', scopes: [] },
      { role: 'CCORR', says: 'Banking correspondent', scopes: [] },
    ],
    duplicates: 'refused',
    management: { clause: `${clause} section 9`, methods: ['GET', 'PUT', 'DELETE'], access: { as: 'registration-token', rotation: 'never' }, statementOnUpdate: 'required' },
    codes: plainCodes,
    answer: { status: 201 },
  },
};
