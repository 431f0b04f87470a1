import { endGrants } from '@assent/persistence';
import { conflict, invalidClientMetadata, invalidRequest, invalidSoftwareStatement, sha256, type RegisteredClient } from '@assent/protocol';
import { refuseReplay } from '../request/replayed.js';
import { clientInformation } from './answer.js';
import { auditOfRegistration, type RegistrationCall } from './call.js';
import { requiredCertificate, verifyBinding } from './certificate.js';
import { refusedToken } from './initial-access.js';
import { acceptedClient, verifyAddresses } from './judge.js';
import { managedRegistration } from './management-access.js';
import { effectiveMetadata } from './metadata.js';
import { readRegistrationRequest, type Metadata, type RegistrationRequest } from './read-request.js';
import { offeredBy, registrationToken, statedBy } from './register.js';

type Body = Readonly<Record<string, unknown>>;

/** Reads a registration (RFC 7592 section 2.1). */
export async function readRegistration(call: RegistrationCall, clientId: string): Promise<Body> {
  const registered = await managedRegistration(call, clientId);
  return clientInformation(call, registered, acceptedClient(call, clientId, registered.metadata));
}

/** Replaces all of a registration (RFC 7592 section 2.2, DCR-10): what is left out is deleted, or goes back to its default. */
export async function replaceRegistration(call: RegistrationCall, clientId: string): Promise<Body> {
  const before = await managedRegistration(call, clientId);
  const request = await readRegistrationRequest(call);
  refuseOurMembers(request.sent, clientId);
  verifySoftware(call, request, before);
  const certificate = requiredCertificate(call);
  if (request.proved) verifyBinding(call, certificate, request.proved.statement);
  const metadata = effectiveMetadata({ dialect: call.dialect, sent: request.sent, statement: request.proved?.statement, certificate, offered: offeredBy(call) });
  const client = acceptedClient(call, clientId, metadata);
  await verifyAddresses(call, metadata, client);
  const { access } = call.dialect.management;
  const token = access.as === 'registration-token' && access.rotation === 'on-update' ? registrationToken(call) : undefined;
  const changed = await call.engine.stores.registeredClients.replace({
    issuer: call.issuer.issuer,
    clientId,
    version: before.version,
    metadata,
    stated: statedBy(call, request),
    tokenHash: token === undefined ? undefined : sha256(token),
    statement: request.proved?.once,
    replay: call.proofs.spend(),
    now: call.now,
    audit: auditOfRegistration(call, 'registration.changed', before.softwareId === undefined ? {} : { software: before.softwareId }),
  });
  refuseReplay(changed);
  if (changed.outcome === 'gone') throw refusedToken('the client is no longer registered', 'DCR-11');
  if (changed.outcome === 'changed') throw conflict('the registration was changed meanwhile: read it again', 'DCR-10');
  if (changed.outcome !== 'replaced') throw invalidSoftwareStatement('software_statement: it has registered another client; get a new one', 'ASSENT-DCR-09');
  await call.engine.registry.refresh();
  return clientInformation(call, changed.client, client, token);
}

const ours = ['registration_access_token', 'registration_client_uri', 'client_secret_expires_at', 'client_id_issued_at'] as const;

function refuseOurMembers(sent: Metadata, clientId: string): void {
  const found = ours.find((name) => sent[name] !== undefined);
  if (found !== undefined) throw invalidRequest(`leave ${found} out: it is not for the client to set`, 'DCR-10');
  if (sent['client_id'] !== clientId) throw invalidClientMetadata('client_id must be there, and that of this registration', 'DCR-10');
}

/** What a directory vouched for changes on a directory's word only, and never becomes another software. */
function verifySoftware({ dialect }: RegistrationCall, { proved }: RegistrationRequest, { softwareId, directory }: RegisteredClient): void {
  const required = dialect.management.statementOnUpdate === 'required' || softwareId !== undefined;
  if (!proved && required) throw invalidSoftwareStatement('software_statement is required', 'DCR-04');
  if (proved && (proved.statement.softwareId !== softwareId || proved.directory !== directory)) throw invalidSoftwareStatement('software_statement: it is about another software', 'DCR-10');
}

/** Deletes a registration (RFC 7592 section 2.3, DCR-12): its grants, and with them its tokens, end. */
export async function deleteRegistration(call: RegistrationCall, clientId: string): Promise<void> {
  const before = await managedRegistration(call, clientId);
  const removed = await call.engine.stores.registeredClients.remove({
    issuer: call.issuer.issuer,
    clientId,
    now: call.now,
    audit: auditOfRegistration(call, 'registration.deleted', before.softwareId === undefined ? {} : { software: before.softwareId }),
  });
  refuseReplay(removed);
  if (removed.outcome === 'gone') throw refusedToken('the client is no longer registered', 'DCR-11');
  await call.engine.registry.refresh();
  await endGrants(call.engine);
}
