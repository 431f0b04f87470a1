import { formatName, parseName } from '@assent/crypto';
import { brazilOnboarding } from '../../brazil/onboarding.js';
import { cdrOnboarding } from '../../cdr/onboarding.js';
import { connectidOnboarding } from '../../connectid/onboarding.js';
import { fdxOnboarding } from '../../fdx/onboarding.js';
import { ksaOnboarding } from '../../ksa/onboarding.js';
import { uaeOnboarding } from '../../uae/onboarding.js';
import { ukOnboarding } from '../../uk/onboarding.js';
import type { Onboarding } from '../onboarding.js';
import { markets } from '../registry.js';
import { certificateFault, type CertificateDialect } from './certificate.js';
import type { RegistrationDialect } from './dialect.js';
import { directoryRecord, readDirectoryRecord } from './directory-api.js';
import type { Organisation, Software } from './participants.js';
import { plainRegistration } from './plain.js';
import { statementOf } from './statement.js';

const now = new Date('2026-11-23T10:00:00Z');
const facts = { issuer: 'directory', jti: 'one', now, directoryUrl: 'https://directory.example' };

const dialectOf = (onboarding: Onboarding): RegistrationDialect => (onboarding as Extract<Onboarding, { dialect: RegistrationDialect }>).dialect;
const dialects = Object.entries({ ukOnboarding, brazilOnboarding, cdrOnboarding, ksaOnboarding, uaeOnboarding, connectidOnboarding, fdxOnboarding }).map(([name, onboarding]) => [name, dialectOf(onboarding)] as const);
const all = [...dialects, ['plainRegistration', plainRegistration] as const];

const anOrganisation = (roles: readonly string[] = []): Organisation => ({
  id: 'c2f9', legalName: 'Tally, Ltd', country: 'GB', registrationNumber: '12345678', status: 'Active', roles: roles.map((role) => ({ role, status: 'Active' })),
}); // prettier-ignore
const aSoftware = (roles: readonly string[] = []): Software => ({
  id: '7d1e', name: 'Tally Budget', description: 'A budget', redirectUris: ['https://tally.example/cb'], jwksUri: 'https://keys.example/7d1e.jwks',
  clientUri: 'https://tally.example', recipientBaseUri: 'https://tally.example/cdr', roles,
}); // prettier-ignore

describe('a software statement', () => {
  const stated = all.flatMap(([name, dialect]) => (dialect.statement ? [[name, dialect, dialect.statement] as const] : []));

  it.each(stated)('of %s is read as it was issued', (_, { roles: rules }, { claims, read, required }) => {
    const roles = rules.slice(0, 2).map(({ role }) => role);
    const issued = claims(aSoftware(roles), anOrganisation(roles), facts);
    expect(required.filter((name) => !(name in issued))).toEqual([]);
    const { softwareId, clientName, redirectUris, jwksUri, roles: read_, organisation } = statementOf(aSoftware(roles), anOrganisation(roles));
    const statement = read(JSON.parse(JSON.stringify(issued)) as Record<string, unknown>);
    expect(statement).toMatchObject({ softwareId, clientName, redirectUris, jwksUri, roles: read_ });
    expect(statement.organisation).toMatchObject({ id: organisation?.id, legalName: organisation?.legalName, active: true });
  });

  it.each(stated)('of %s says nothing of a role its organisation has lost', (_, { roles: [rule] }, { claims, read }) => {
    if (!rule) return;
    const issued = claims(aSoftware([rule.role]), { ...anOrganisation(), roles: [{ role: rule.role, status: 'Inactive' }] }, facts);
    expect(read(issued).roles.filter(({ role, status }) => role === rule.role && status === 'Active')).toEqual([]);
  });

  it.each(stated)('of %s is refused when a claim is of the wrong kind', (_, __, { claims, read }) => {
    const issued = claims(aSoftware(), anOrganisation(), facts);
    for (const name of Object.keys(issued).filter((one) => /redirect_uris|^software_id$|client_name/.test(one))) {
      expect(() => read({ ...issued, [name]: 7 })).toThrow(/invalid_software_statement/);
      expect(() => read({ ...issued, [name]: [7] })).toThrow(/invalid_software_statement/);
    }
  });
});

describe('a certificate', () => {
  const bound = dialects.flatMap(([name, { certificate }]) => (certificate && certificate.binds.length > 0 ? [[name, certificate] as const] : []));
  const statement = statementOf(aSoftware(), anOrganisation());
  /** As it stands in RFC 4514 text: the other way round. */
  const subjectOf = ({ subject }: CertificateDialect, software: Software, organisation: Organisation): string =>
    [...subject(software, organisation)].reverse().map(({ type, value }) => `${type}=${value.replaceAll(',', '\\,')}`).join(',');
  const fault = (dialect: CertificateDialect, subject: string) => certificateFault(dialect, { subject: parseName(subject) }, statement);

  it.each(bound)('of %s binds its own software and no other', (_, dialect) => {
    const own = subjectOf(dialect, aSoftware(), anOrganisation());
    expect(fault(dialect, own)).toBeUndefined();
    expect(fault(dialect, subjectOf(dialect, { ...aSoftware(), id: 'other', name: 'Other' }, anOrganisation()))).toBeDefined();
    expect(fault(dialect, `${own},CN=7d1e,UID=7d1e`)).toBeDefined();
    expect(fault(dialect, 'CN=nobody')).toBeDefined();
  });

  it('is compared by attribute types, as names and object identifiers alike', () => {
    const { certificate } = dialectOf(brazilOnboarding);
    if (!certificate) throw new Error('no certificate');
    expect(fault(certificate, '2.5.4.97=OFBBR-c2f9,0.9.2342.19200300.100.1.1=7d1e')).toBeUndefined();
    expect(fault(certificate, 'organizationIdentifier=OFBBR-c2f9+userId=7d1e')).toBeUndefined();
    expect(fault(certificate, 'OU=c2f9,UID=7d1e')).toBeUndefined();
    expect(fault(certificate, 'OU=c2f9,organizationIdentifier=OFBBR-other,UID=7d1e')).toMatch(/organizationIdentifier/);
    expect(fault(certificate, 'OU=other,UID=7d1e')).toMatch(/organizationIdentifier/);
    expect(fault(certificate, 'OU=c2f9,CN=7d1e')).toMatch(/UID/);
    expect(fault(certificate, 'OU=c2f9+UID=7d1e+UID=other')).toMatch(/UID/);
    expect(formatName(parseName(subjectOf(certificate, aSoftware(), anOrganisation())))).toContain('organizationIdentifier=OFBBR-c2f9');
  });
});

describe('a record of the directory', () => {
  const record = directoryRecord({ issuer: 'directory', now, lifetime: 60 }, { software: aSoftware(['AISP']), organisation: anOrganisation(['AISP']), status: 'active' });
  const claims = (changes: Record<string, unknown> = {}) => JSON.parse(JSON.stringify({ ...record, ...changes })) as Record<string, unknown>;
  const read = (changes?: Record<string, unknown>, expected: { softwareId?: string; now?: Date } = {}) => readDirectoryRecord(claims(changes), { issuer: 'directory', now, clockSkew: 10, ...expected });

  it('is read as it was issued', () => {
    expect(read()).toEqual(claims());
    expect(statementOf(read().software, read().organisation).roles).toEqual([{ role: 'AISP', status: 'Active' }]);
  });

  it.each<[string, Record<string, unknown> | undefined, { softwareId?: string; now?: Date }]>([
    ['another directory', { iss: 'other' }, {}],
    ['the future', { iat: now.getTime() }, {}],
    ['no time', { iat: undefined }, {}],
    ['the past', undefined, { now: new Date(now.getTime() + 60_000) }],
    ['another software', undefined, { softwareId: 'other' }],
    ['a subject of its own', { sub: 'other' }, {}],
    ['a status nobody knows', { status: 'Active' }, {}],
    ['no software', { software: undefined }, {}],
    ['redirect URIs that are none', { software: { ...aSoftware(), redirectUris: [7] } }, {}],
    ['no organisation', { organisation: 'Tally' }, {}],
    ['roles without a name', { organisation: { ...anOrganisation(), roles: [null] } }, {}],
  ])('is refused when it is of %s', (_, changes, expected) => {
    expect(() => read(changes, expected)).toThrow();
  });
});

describe('roles', () => {
  const joinable = markets.flatMap(({ name, issuer, details, onboarding }) => (onboarding.kind === 'configured' ? [] : [[name, issuer, details, onboarding.dialect] as const]));

  it.each(joinable)('of %s open every scope and every type that requests carry, among them', (_, { scopes }, details, { roles, commonScopes }) => {
    const open = new Set([...commonScopes, ...roles.flatMap((rule) => rule.scopes)]);
    expect(scopes.filter((scope) => !open.has(scope))).toEqual([]);
    const types = new Set(roles.flatMap(({ detailTypes = [] }) => detailTypes));
    expect(details.filter(({ lodged, type }) => !lodged && !types.has(type))).toEqual([]);
  });
});
