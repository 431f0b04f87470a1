import { invalidSoftwareStatement } from '@assent/protocol';
import { activeRoles, optionalText, present, secondsOf, textIn, textsIn } from './claims.js';
import { plainCodes, type RegistrationDialect } from './dialect.js';
import type { StatementDialect } from './statement.js';

/** Metadata a plain statement may fix (RFC 7591 section 2): all but what names a software or where it leads. */
const own = new Set(['iss', 'aud', 'sub', 'iat', 'exp', 'nbf', 'jti', 'software_id', 'software_version', 'client_name', 'client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'redirect_uris', 'jwks_uri', 'sector_identifier_uri', 'scope', 'organisation', 'organisation_id', 'organisation_name', 'organisation_number', 'software_roles']);

/** A software statement whose claims are RFC 7591's own metadata (section 2.3). */
const statement: StatementDialect = {
  says: 'A JWT whose claims are client metadata',
  clause: 'RFC 7591 section 2.3',
  algs: ['PS256', 'ES256'],
  issuer: 'urn:assent:directory',
  required: ['software_id', 'iat'],
  freshness: { lifetime: 3600, exp: 'optional' },
  replay: 'refused',
  claims: (software, organisation, { issuer, jti, now }) => ({
    iss: issuer,
    iat: secondsOf(now),
    exp: secondsOf(now) + 3600,
    jti,
    software_id: software.id,
    ...present('software_version', software.version),
    client_name: software.name,
    redirect_uris: software.redirectUris,
    jwks_uri: software.jwksUri,
    ...present('client_uri', software.clientUri),
    ...present('logo_uri', software.logoUri),
    ...present('policy_uri', software.policyUri),
    ...present('tos_uri', software.tosUri),
    ...present('sector_identifier_uri', software.sectorIdentifierUri),
    software_roles: activeRoles(software, organisation),
    organisation_id: organisation.id,
    organisation_name: organisation.legalName,
    organisation_number: organisation.registrationNumber,
  }),
  read(claims) {
    const redirectUris = textsIn(claims, 'redirect_uris');
    const organisationId = optionalText(claims, 'organisation_id');
    const scope = optionalText(claims, 'scope')?.split(' ').filter((token) => token !== '');
    if ('jwks' in claims) throw invalidSoftwareStatement('software_statement: keys are named by jwks_uri', 'DCR-05');
    return {
      softwareId: textIn(claims, 'software_id'),
      clientName: optionalText(claims, 'client_name') ?? textIn(claims, 'software_id'),
      redirectUris,
      roles: textsIn(claims, 'software_roles').map((role) => ({ role, status: 'Active' })),
      organisation: organisationId === undefined ? undefined : { id: organisationId, legalName: textIn(claims, 'organisation_name'), active: true, ...present('registrationNumber', optionalText(claims, 'organisation_number')) },
      metadata: Object.fromEntries(Object.entries(claims).filter(([name]) => !own.has(name))),
      ...present('softwareVersion', optionalText(claims, 'software_version')),
      ...present('jwksUri', optionalText(claims, 'jwks_uri')),
      ...present('clientUri', optionalText(claims, 'client_uri')),
      ...present('logoUri', optionalText(claims, 'logo_uri')),
      ...present('policyUri', optionalText(claims, 'policy_uri')),
      ...present('tosUri', optionalText(claims, 'tos_uri')),
      ...present('sectorIdentifierUri', optionalText(claims, 'sector_identifier_uri')),
      ...(scope && { scope }),
    };
  },
};

/** RFC 7591 and 7592 as they stand, for issuers that belong to no market. */
export const plainRegistration: RegistrationDialect = {
  says: 'JSON, with an initial access token or a software statement',
  clause: 'RFC 7591, RFC 7592',
  request: { as: 'json', mediaTypes: ['application/json'] },
  statement,
  statementRequired: false,
  mtls: 'optional',
  certificate: undefined,
  clientId: 'random',
  metadata: { defaults: {}, jwksByValue: 'allowed', localRedirects: 'allowed' },
  roles: [],
  commonScopes: [],
  duplicates: 'policy',
  management: { clause: 'RFC 7592', methods: ['GET', 'PUT', 'DELETE'], access: { as: 'registration-token', rotation: 'on-update' }, statementOnUpdate: 'optional' },
  codes: plainCodes,
  answer: { status: 201 },
};
