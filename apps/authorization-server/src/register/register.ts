import { randomBytes, randomUUID } from 'node:crypto';
import type { ClientCertificate } from '@assent/crypto';
import { registrantsOf } from '@assent/config';
import { statementOf, type Statement } from '@assent/markets';
import { invalidSoftwareStatement, invalidToken, OAuthError, sha256, unapprovedSoftwareStatement, type RegisteredClient } from '@assent/protocol';
import { refuseReplay } from '../request/replayed.js';
import { clientInformation } from './answer.js';
import { auditOfRegistration, type RegistrationCall } from './call.js';
import { requiredCertificate, softwareIn, verifyBinding } from './certificate.js';
import { softwareRecord } from './directory-client.js';
import { initialAccess } from './initial-access.js';
import { acceptedClient, verifyAddresses } from './judge.js';
import { effectiveMetadata } from './metadata.js';
import { readRegistrationRequest, type Metadata, type RegistrationRequest } from './read-request.js';

export interface Registered {
  readonly status: 201 | 204;
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** Registers a client (RFC 7591 section 3; DCR-01 to DCR-08). */
export async function register(call: RegistrationCall): Promise<Registered> {
  const certificate = requiredCertificate(call);
  const request = await readRegistrationRequest(call);
  const source = await sourceOf(call, request, certificate);
  if (source.statement) verifyBinding(call, certificate, source.statement);
  const metadata = effectiveMetadata({ dialect: call.dialect, sent: request.sent, statement: source.statement, certificate, offered: offeredBy(call) });
  const clientId = clientIdOf(call, source.statement);
  const client = acceptedClient(call, clientId, metadata);
  await verifyAddresses(call, metadata, client);
  const token = registrationToken(call);
  const kept = await keep(call, { source, request, metadata, clientId, token });
  await call.engine.registry.refresh();
  const { status } = call.dialect.answer;
  return { status, body: status === 204 ? undefined : clientInformation(call, kept, client, token) };
}

/** On whose word a client is registered. */
export interface Source {
  readonly statement: Statement | undefined;
  readonly directory: string | undefined;
  /** Whose initial access token it was. */
  readonly grantedTo?: string;
}

/** A software statement, the directory's record behind the certificate, or an initial access token (RFC 7591 section 3). */
async function sourceOf(call: RegistrationCall, { proved }: RegistrationRequest, certificate: ClientCertificate | undefined): Promise<Source> {
  const { request, statementRequired } = call.dialect;
  if (request.as === 'certificate') return byCertificate(call, certificate, request.softwareIn);
  if (proved) return { statement: proved.statement, directory: proved.directory };
  if (statementRequired) throw invalidSoftwareStatement('software_statement is required', 'DCR-04');
  const token = initialAccess(call);
  if (!token) throw invalidToken('register with a software statement, or with an initial access token', 'DCR-03').withHeaders({ 'www-authenticate': 'Bearer' });
  return { statement: undefined, directory: undefined, grantedTo: token };
}

/** The first directory that knows the software says what it is. */
async function byCertificate(call: RegistrationCall, certificate: ClientCertificate | undefined, attribute: string): Promise<Source> {
  const softwareId = certificate && softwareIn(certificate, attribute);
  for (const directory of softwareId === undefined ? [] : call.registration.statementIssuers.filter(({ apiUrl }) => apiUrl)) {
    const record = await softwareRecord(call, directory, softwareId as string);
    if (!record) continue;
    if (record.status !== 'active') throw unapprovedSoftwareStatement('the software is not active in the directory', 'ASSENT-DCR-07');
    return { statement: statementOf(record.software, record.organisation), directory: record.iss };
  }
  throw unapprovedSoftwareStatement('the software of the certificate is not in the directory', 'ASSENT-DCR-07');
}

/** What registrants may have at all. */
export function offeredBy({ issuer }: Pick<RegistrationCall, 'issuer'>): { readonly scopes: readonly string[]; readonly detailTypes: readonly string[] } {
  const { scopes, authorizationDetailsTypes } = registrantsOf(issuer.config);
  return { scopes, detailTypes: authorizationDetailsTypes };
}

export function clientIdOf({ dialect, issuer }: Pick<RegistrationCall, 'dialect' | 'issuer'>, statement: Statement | undefined): string {
  if (dialect.clientId === 'random' || !statement) return randomUUID();
  const { softwareId } = statement;
  // `sub` of a token may be a client or a customer (FAPI 2.0 SP 6.7), and what the operator wrote down stands first.
  if (/^[A-Za-z0-9_-]{43}$/.test(softwareId) || issuer.config.clients.some(({ client_id }) => client_id === softwareId)) throw unapprovedSoftwareStatement('the id of the software cannot be a client_id here', 'ASSENT-DCR-07');
  return softwareId;
}

/** A new registration access token, where registrations are managed by one: kept as its hash only. */
export function registrationToken({ dialect }: Pick<RegistrationCall, 'dialect'>): string | undefined {
  const { access, methods } = dialect.management;
  return access.as === 'registration-token' && methods.length > 0 ? randomBytes(32).toString('base64url') : undefined;
}

/** What of the statement is kept beside the metadata, to be told again. */
export const statedBy = ({ dialect }: Pick<RegistrationCall, 'dialect'>, { proved }: RegistrationRequest): Metadata => (proved ? { ...dialect.answer.flatten?.(proved.claims), software_statement: proved.compact } : {});

interface ToKeep {
  readonly source: Source;
  readonly request: RegistrationRequest;
  readonly metadata: Metadata;
  readonly clientId: string;
  readonly token: string | undefined;
}

async function keep(call: RegistrationCall, { source, request, metadata, clientId, token }: ToKeep): Promise<RegisteredClient> {
  const { engine, issuer, registration, dialect, now } = call;
  const { statement, directory, grantedTo } = source;
  const told = { ...(statement && { software: statement.softwareId }), ...(directory !== undefined && { directory }), ...(grantedTo !== undefined && { initial_access_token: grantedTo }) };
  const made = await engine.stores.registeredClients.register({
    issuer: issuer.issuer,
    clientId,
    metadata,
    softwareId: statement?.softwareId,
    directory,
    stated: statedBy(call, request),
    tokenHash: token === undefined ? undefined : sha256(token),
    single: registration.duplicates === 'refused',
    statement: request.proved?.once,
    replay: call.proofs.spend(),
    now,
    audit: auditOfRegistration(call, 'registration.registered', told),
  });
  refuseReplay(made);
  if (made.outcome === 'registered') return made.client;
  if (made.outcome === 'statement-used') throw invalidSoftwareStatement('software_statement: it has registered a client before; get a new one', 'ASSENT-DCR-09');
  if (made.outcome === 'suspended') throw new OAuthError({ code: dialect.codes.unapproved, status: 400, description: 'a client of this software is suspended here', rule: 'ASSENT-DCR-07' });
  if (dialect.request.as === 'certificate') return refreshed(call, clientId, directory, metadata);
  throw new OAuthError({ code: dialect.codes.duplicate, status: 400, description: 'this software is registered here already: change that registration, or delete it first', rule: 'ASSENT-DCR-08' });
}

/** An application that asks again is given what the directory says now: that it is active, too. */
async function refreshed(call: RegistrationCall, clientId: string, directory: string | undefined, metadata: Metadata): Promise<RegisteredClient> {
  const { registeredClients } = call.engine.stores;
  const { issuer } = call.issuer;
  for (;;) {
    const known = await registeredClients.find(issuer, clientId);
    if (!known || known.suspendedBy === 'operator') throw unapprovedSoftwareStatement('this client is suspended here', 'ASSENT-DCR-07');
    // Ids are each directory's own: what one calls by the name of another's is another software.
    if (known.directory !== directory) throw unapprovedSoftwareStatement('a software of another directory has this id here', 'ASSENT-DCR-07');
    if (known.suspendedBy === 'directory') await registeredClients.resume({ issuer, clientId, by: 'directory', now: call.now, audit: auditOfRegistration(call, 'registration.resumed') });
    const changed = await registeredClients.replace({ issuer, clientId, version: known.version, metadata, now: call.now, audit: auditOfRegistration(call, 'registration.changed') });
    if (changed.outcome === 'replaced') return changed.client;
  }
}

