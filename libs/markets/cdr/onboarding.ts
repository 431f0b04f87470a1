import { plainCodes } from '../src/registration/dialect.js';
import { optionalText, present, secondsOf, textIn, textsIn } from '../src/registration/claims.js';
import type { Onboarding } from '../src/onboarding.js';
import type { StatementDialect } from '../src/registration/statement.js';

const clause = 'CDS Dynamic Client Registration';
const role = 'data-recipient-software-product';
const scopes = ['profile', 'bank:accounts.basic:read', 'bank:accounts.detail:read', 'bank:transactions:read', 'bank:payees:read', 'bank:regular_payments:read', 'common:customer.basic:read', 'common:customer.detail:read'];
const common = ['openid', 'cdr:registration'];

/** What a registration answers of the statement, beside the client's metadata (CDS Client Registration). */
const told = ['legal_entity_id', 'legal_entity_name', 'org_id', 'org_name', 'client_description', 'logo_uri', 'policy_uri', 'tos_uri', 'revocation_uri', 'recipient_base_uri', 'software_id', 'software_roles'];

const statement: StatementDialect = {
  says: 'A software statement assertion of the CDR Register',
  clause,
  algs: ['PS256'],
  issuer: 'cdr-register',
  required: ['iat', 'exp', 'jti', 'org_id', 'org_name', 'client_name', 'client_uri', 'redirect_uris', 'jwks_uri', 'recipient_base_uri', 'software_id', 'software_roles', 'scope'],
  freshness: { lifetime: 600, exp: 'required' },
  replay: 'refused',
  claims: (software, organisation, { issuer, jti, now, directoryUrl }) => ({
    iss: issuer,
    iat: secondsOf(now),
    exp: secondsOf(now) + 600,
    jti,
    legal_entity_id: organisation.id,
    legal_entity_name: organisation.legalName,
    org_id: organisation.id,
    org_name: organisation.legalName,
    client_name: software.name,
    client_description: software.description,
    client_uri: software.clientUri ?? `${directoryUrl}/software/${software.id}`,
    redirect_uris: software.redirectUris,
    ...present('sector_identifier_uri', software.sectorIdentifierUri),
    logo_uri: software.logoUri ?? `${directoryUrl}/logo.svg`,
    ...present('tos_uri', software.tosUri),
    ...present('policy_uri', software.policyUri),
    jwks_uri: software.jwksUri,
    revocation_uri: `${software.recipientBaseUri ?? software.clientUri ?? directoryUrl}/revoke`,
    recipient_base_uri: software.recipientBaseUri ?? software.clientUri ?? directoryUrl,
    software_id: software.id,
    software_roles: software.roles.includes(role) && organisation.roles.some((held) => held.role === role && held.status === 'Active') ? role : '',
    scope: [...common, ...scopes].join(' '),
  }),
  read: (claims) => ({
    softwareId: textIn(claims, 'software_id'),
    clientName: textIn(claims, 'client_name'),
    clientUri: textIn(claims, 'client_uri'),
    redirectUris: textsIn(claims, 'redirect_uris'),
    jwksUri: textIn(claims, 'jwks_uri'),
    recipientBaseUri: textIn(claims, 'recipient_base_uri'),
    roles: optionalText(claims, 'software_roles')?.split(/[ ,]+/).map((one) => ({ role: one, status: 'Active' as const })) ?? [],
    scope: textIn(claims, 'scope').split(' '),
    organisation: { id: textIn(claims, 'org_id'), legalName: optionalText(claims, 'legal_entity_name') ?? textIn(claims, 'org_name'), active: true, ...present('registrationNumber', optionalText(claims, 'legal_entity_id')) },
    ...present('logoUri', optionalText(claims, 'logo_uri')),
    ...present('policyUri', optionalText(claims, 'policy_uri')),
    ...present('tosUri', optionalText(claims, 'tos_uri')),
    ...present('sectorIdentifierUri', optionalText(claims, 'sector_identifier_uri')),
  }),
};

/** A JWS as `application/jwt`; one active registration per software product; managed with the scope `cdr:registration`. */
export const cdrOnboarding: Onboarding = {
  kind: 'registration',
  clause,
  dialect: {
    says: 'A signed request with a software statement of the Register, over mutual TLS',
    clause,
    request: { as: 'jws', mediaTypes: ['application/jwt'], algs: ['PS256', 'ES256'], audiences: ({ issuer }) => [issuer], maxLifetime: 3600, jti: 'required' },
    statement,
    statementRequired: true,
    mtls: 'required',
    certificate: {
      clause: 'CDS Certificate Management',
      subject: (software, organisation) => [
        { type: 'C', value: organisation.country },
        { type: 'O', value: organisation.legalName },
        { type: 'OU', value: 'Consumer Data Right' },
        { type: 'CN', value: software.id },
      ],
      binds: [
        { says: 'CN must be the software product of the statement', anyOf: [{ type: 'CN', values: ({ softwareId, clientName }) => [softwareId, clientName] }] },
        { says: 'O must be the legal entity of the statement', anyOf: [{ type: 'O', values: ({ organisation }) => (organisation ? [organisation.legalName] : []) }] },
      ],
    },
    clientId: 'random',
    metadata: {
      defaults: {
        application_type: 'web',
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        response_types: ['code'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'PS256',
        id_token_signed_response_alg: 'PS256',
        request_object_signing_alg: 'PS256',
        authorization_signed_response_alg: 'PS256',
        require_pushed_authorization_requests: true,
        tls_client_certificate_bound_access_tokens: true,
        use_mtls_endpoint_aliases: true,
        subject_type: 'pairwise',
      },
      fixed: () => ({ subject_type: 'pairwise' }),
      jwksByValue: 'refused',
      localRedirects: 'refused',
      banned: ['id_token_encrypted_response_alg', 'id_token_encrypted_response_enc'].map((member) => ({ member, clause: 'CDS Client Registration (authorization code flow)' })),
    },
    commonScopes: common,
    roles: [{ role, says: 'Data recipient software product', scopes }],
    duplicates: 'refused',
    management: { clause, methods: ['GET', 'PUT', 'DELETE'], access: { as: 'client-token', scope: 'cdr:registration' }, statementOnUpdate: 'required' },
    codes: plainCodes,
    answer: { status: 201, flatten: (claims) => Object.fromEntries(told.flatMap((name) => (name in claims ? [[name, claims[name]]] : []))) },
  },
};
