import { readCertificate, signJws } from '@assent/crypto';
import { certificateFault, directoryRecord, directoryRecordType, plainRegistration, softwareSubject, statementOf } from '@assent/markets';
import { standingOf, type CertificatePurpose, type IssuedCertificate, type MarketRole, type Organisation, type OrganisationRole, type Software, type SoftwareMetadata, type Standing } from '@assent/persistence/directory';
import { issueCertificate, keyPem, newKey, readSigningRequest, serialText, SigningRequestError, type KeyKind, type RevocationReason, type SubjectAttribute } from '@assent/pki';
import { epochSeconds, plusSeconds, type PublicJwk } from '@assent/protocol';
import { createPublicKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { hashOf } from './admin-token.js';
import { auditOf, type Actor, type Directory } from './directory.js';
import { participantOf, productOf, type JoinableMarket } from './markets.js';
import { malformed, notInForce, taken, unknown } from './refusals.js';

/* What the directory decides: for its API, its pages and nobody else. Each is one function, audited with what it makes. */

export async function createOrganisation(directory: Directory, wanted: Pick<Organisation, 'legalName' | 'country' | 'registerNumber' | 'roles'>, actor: Actor): Promise<Organisation> {
  const id = randomUUID();
  const audit = auditOf(directory, actor, 'organisation_created', { organisation: id });
  if (!(await directory.store.addOrganisation({ id, ...wanted }, directory.clock.now(), audit))) throw taken('an organisation of this country has this register_number');
  return findOrganisation(directory, id);
}

export async function findOrganisation({ store }: Directory, id: string): Promise<Organisation> {
  const found = await store.organisation(id);
  if (!found) throw unknown('organisation');
  return found;
}

export interface OrganisationChanges {
  readonly roles?: readonly OrganisationRole[] | undefined;
  readonly status?: Standing | undefined;
}

export async function changeOrganisation(directory: Directory, id: string, { roles, status }: OrganisationChanges, actor: Actor): Promise<Organisation> {
  const { store, clock } = directory;
  const before = await findOrganisation(directory, id);
  if (roles) await store.setOrganisationRoles(id, roles, auditOf(directory, actor, 'organisation_changed', { organisation: id, roles: namesOf(roles) }));
  if (status !== undefined && status !== before.status) {
    const done = await store.setOrganisationStanding(id, status, clock.now(), auditOf(directory, actor, 'organisation_changed', { organisation: id, status }));
    if (!done) throw taken('a revoked organisation stays revoked');
  }
  return findOrganisation(directory, id);
}

const namesOf = (roles: readonly MarketRole[]): readonly string[] => roles.map(({ market, role }) => `${market}/${role}`);

/** New software, with the key it calls the directory with: told once, kept as a hash. */
export async function createSoftware(directory: Directory, wanted: { readonly organisation: Organisation; readonly roles: readonly MarketRole[]; readonly metadata: SoftwareMetadata }, actor: Actor): Promise<{ readonly software: Software; readonly apiKey: string }> {
  const { organisation, roles, metadata } = wanted;
  const id = randomUUID();
  const apiKey = randomBytes(32).toString('base64url');
  const audit = auditOf(directory, actor, 'software_created', { software: id, organisation: organisation.id, roles: namesOf(roles) });
  const done = await directory.store.addSoftware({ id, organisationId: organisation.id, roles, metadata, apiKeyHash: hashOf(apiKey) }, directory.clock.now(), audit);
  if (!done) throw notInForce('the organisation');
  return { software: await findSoftware(directory, id), apiKey };
}

export async function findSoftware({ store }: Directory, id: string): Promise<Software> {
  const found = await store.software(id);
  if (!found) throw unknown('software');
  return found;
}

export interface SoftwareChanges {
  readonly roles?: readonly MarketRole[] | undefined;
  readonly metadata?: SoftwareMetadata | undefined;
  readonly status?: Standing | undefined;
}

export async function changeSoftware(directory: Directory, id: string, { roles, metadata, status }: SoftwareChanges, actor: Actor): Promise<Software> {
  const { store, clock } = directory;
  const before = await findSoftware(directory, id);
  if (roles || metadata) {
    const changed = { roles: roles ?? before.roles, metadata: metadata ?? before.metadata };
    if (!(await store.setSoftware(id, changed, auditOf(directory, actor, 'software_changed', { software: id, roles: namesOf(changed.roles) })))) throw notInForce('the software');
  }
  if (status !== undefined && status !== before.status) {
    if (!(await store.setSoftwareStanding(id, status, clock.now(), auditOf(directory, actor, 'software_changed', { software: id, status })))) throw taken('revoked software stays revoked');
  }
  return findSoftware(directory, id);
}

export interface WantedCertificate {
  readonly purpose: CertificatePurpose;
  readonly market: JoinableMarket | undefined;
  /** A certificate request, or the kind of key to make. */
  readonly from: { readonly csr: string } | { readonly key: KeyKind };
}

export interface NewCertificate {
  readonly certificate: IssuedCertificate;
  readonly pem: string;
  /** Of a key that was made here: told once, kept nowhere. */
  readonly privateKey: KeyObject | undefined;
}

/** A certificate for software that stands; that of a signing or encryption key puts the key into its key set. */
export async function certify(directory: Directory, software: Software, { purpose, market, from }: WantedCertificate, actor: Actor): Promise<NewCertificate> {
  const { config, authority, clock, store } = directory;
  if (standingOf(software) !== 'active') throw notInForce('the software');
  const privateKey = 'csr' in from ? undefined : await newKey(from.key);
  const publicKey = 'csr' in from ? await requestedKey(from.csr) : createPublicKey(privateKey!);
  const now = clock.now();
  const notAfter = earlier(plusSeconds(now, config.certificateLifetime), new Date(authority.certificate.validTo));
  const status = { crl: `${config.publicUrl}/crl/directory.crl`, ocsp: `${config.publicUrl}/ocsp`, issuer: `${config.publicUrl}/ca/directory.cer` };
  const issued = await issueCertificate({ subject: subjectOf(directory, software, market), publicKey, purpose, notAfter, now, status }, authority);
  const read = readCertificate(issued.raw, { now });
  verifyBinding(directory, software, market, read);
  const certificate: IssuedCertificate = {
    serial: serialText(issued.serialNumber),
    softwareId: software.id,
    purpose,
    market: market?.name,
    subject: read.subjectDn,
    thumbprint: read.thumbprint,
    der: issued.raw,
    jwk: purpose === 'transport' ? undefined : publishedJwk(publicKey, issued.raw, read.thumbprint, purpose),
    issuedAt: now,
    notAfter,
    revoked: undefined,
  };
  const audit = auditOf(directory, actor, 'certificate_issued', { software: software.id, serial: certificate.serial, purpose, thumbprint: certificate.thumbprint });
  if (!(await store.addCertificate(certificate, audit))) throw notInForce('the software');
  return { certificate, pem: issued.toString(), privateKey };
}

async function requestedKey(csr: string): Promise<KeyObject> {
  try {
    return await readSigningRequest(csr);
  } catch (error) {
    if (error instanceof SigningRequestError) throw malformed(`csr: ${error.message}`);
    throw error;
  }
}

const earlier = (one: Date, other: Date): Date => (one < other ? one : other);

/** In the market's form; without one, in that which most of them share. */
function subjectOf(directory: Directory, software: Software, market: JoinableMarket | undefined): readonly SubjectAttribute[] {
  const subject = market?.dialect.certificate?.subject ?? softwareSubject;
  return subject(productOf(directory, software, market?.name), participantOf(software.organisation, market?.name));
}

/** What a bank would refuse is not handed out. */
function verifyBinding(directory: Directory, software: Software, market: JoinableMarket | undefined, read: ReturnType<typeof readCertificate>): void {
  const dialect = market?.dialect.certificate;
  const fault = dialect && certificateFault(dialect, read, statementOf(productOf(directory, software, market.name), participantOf(software.organisation, market.name)));
  if (fault !== undefined) throw malformed(`market: no certificate for it can be made of this software: ${fault}`);
}

/** `kid` is the certificate's own thumbprint, as directories name keys by what they certified. */
function publishedJwk(key: KeyObject, der: Buffer, certificateThumbprint: string, purpose: CertificatePurpose): PublicJwk {
  const usage = purpose === 'signing' ? { use: 'sig', alg: key.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256' } : { use: 'enc' };
  return { ...key.export({ format: 'jwk' }), kid: certificateThumbprint, ...usage, x5c: [der.toString('base64')], 'x5t#S256': certificateThumbprint } as PublicJwk;
}

/** The private half of a signing or encryption key in the form clients read, under the `kid` of the key set. */
export function privateJwkOf({ certificate, privateKey }: NewCertificate): Record<string, unknown> | undefined {
  if (!privateKey || !certificate.jwk) return undefined;
  const { kid, use, alg } = certificate.jwk;
  return { ...privateKey.export({ format: 'jwk' }), kid, use, ...(alg === undefined ? {} : { alg }) };
}

export { keyPem };

export async function revokeCertificate(directory: Directory, softwareId: string, serial: string, reason: RevocationReason, actor: Actor): Promise<IssuedCertificate> {
  const { store, clock } = directory;
  const known = await findCertificate(directory, softwareId, serial);
  const audit = auditOf(directory, actor, 'certificate_revoked', { software: softwareId, serial: known.serial, thumbprint: known.thumbprint, reason });
  const done = await store.revokeCertificate({ softwareId, serial: known.serial, reason, now: clock.now(), audit });
  if (!done) throw taken('the certificate was revoked before');
  return findCertificate(directory, softwareId, serial);
}

export async function findCertificate({ store }: Directory, softwareId: string, serial: string): Promise<IssuedCertificate> {
  const found = /^[0-9a-fA-F]{1,40}$/.test(serial) ? await store.certificate(serialText(serial)) : undefined;
  if (found?.softwareId !== softwareId) throw unknown('certificate');
  return found;
}

export interface SignedStatement {
  readonly statement: string;
  readonly jti: string;
  readonly expiresAt: Date;
}

/**
 * A software statement in the market's form (RFC 7591 section 2.3), for software that stands and that may use a role of
 * the market. Its `iss` is the market's own, as banks expect it; it lives no longer than configured.
 */
export async function issueStatement(directory: Directory, software: Software, market: JoinableMarket, actor: Actor): Promise<SignedStatement> {
  const { config, clock, store, keys } = directory;
  const dialect = market.dialect.statement;
  if (!dialect) throw malformed(`market: ${market.name} has no software statements: ${market.dialect.says}`);
  if (standingOf(software) !== 'active') throw notInForce('the software');
  const organisation = participantOf(software.organisation, market.name);
  const product = productOf(directory, software, market.name);
  if (market.dialect.roles.length > 0 && !product.roles.some((role) => organisation.roles.some((held) => held.role === role && held.status === 'Active'))) throw malformed(`market: neither has a role in ${market.name} that is in force`);
  const now = clock.now();
  const jti = randomUUID();
  const latest = epochSeconds(now) + config.statementLifetime;
  const said = dialect.claims(product, organisation, { issuer: dialect.issuer, jti, now, directoryUrl: config.publicUrl });
  const claims = typeof said['exp'] === 'number' ? { ...said, exp: Math.min(said['exp'], latest) } : said;
  const expiresAt = new Date(1000 * (typeof claims['exp'] === 'number' ? claims['exp'] : latest));
  const audit = auditOf(directory, actor, 'statement_issued', { software: software.id, market: market.name, jti });
  if (!(await store.addStatement({ jti, softwareId: software.id, market: market.name, issuedAt: now, expiresAt }, audit))) throw notInForce('the software');
  return { statement: await signJws({ typ: 'JWT' }, claims, keys.signing('PS256')), jti, expiresAt };
}

const recordLifetime = 300;
const plainIssuer = plainRegistration.statement?.issuer ?? '';

/** What the directory says of software now, signed, so that it can be kept and passed on. */
export function signRecord(directory: Directory, software: Software, market?: string): Promise<string> {
  const { config, clock, keys } = directory;
  // Banks of a market know the directory by the name its statements carry; where there are none, by its address.
  const issuer = market === undefined ? plainIssuer : (directory.markets.get(market)?.dialect.statement?.issuer ?? config.publicUrl);
  const about = { software: productOf(directory, software, market), organisation: participantOf(software.organisation, market), status: standingOf(software) };
  return signJws({ typ: directoryRecordType }, directoryRecord({ issuer, now: clock.now(), lifetime: recordLifetime }, about), keys.signing('PS256'));
}
