import { isDeepStrictEqual } from 'node:util';
import { statementOf, type DirectoryRecord } from '@assent/markets';
import { endGrants } from '@assent/persistence';
import { OAuthError, type AuditEvent, type RegisteredClient } from '@assent/protocol';
import type { Engine } from '../engine.js';
import { registrationSites, statementIssuerOf, type RegistrationSite } from './call.js';
import { participants, reasonOf, softwareRecord } from './directory-client.js';
import { acceptedClient } from './judge.js';
import { effectiveMetadata, reach } from './metadata.js';
import { clientIdOf, offeredBy } from './register.js';

/**
 * Follows the directories: a software that is suspended or has left is suspended here, one that comes back is served
 * again, and where the market has it so the directory's list is the register itself. What an operator suspended stays
 * so. A directory that cannot be asked changes nothing. Grants of deleted clients whose end was interrupted are ended.
 */
export class DirectoryFollower {
  readonly #timers: NodeJS.Timeout[] = [];
  #running: Promise<unknown> = Promise.resolve();
  #closed = false;

  static start(engine: Engine): DirectoryFollower {
    const follower = new DirectoryFollower();
    const sites = registrationSites(engine);
    if (sites.length === 0) return follower;
    follower.#every(60, () => endGrants(engine));
    for (const site of sites) {
      const { sync, statusEvery, statementIssuers } = site.registration;
      if (sync) follower.#every(sync.every, () => followList(site, sync.url), true);
      else if (statementIssuers.some(({ apiUrl }) => apiUrl)) follower.#every(statusEvery, () => followStatus(site));
    }
    return follower;
  }

  #every(seconds: number, work: () => Promise<void>, now = false): void {
    const turn = (): void => {
      this.#running = this.#running.then(() => (this.#closed ? undefined : work())).catch(() => undefined);
    };
    this.#timers.push(setInterval(turn, seconds * 1000).unref());
    if (now) turn();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#running;
  }
}

const audit = ({ issuer }: RegistrationSite, type: string, clientId: string, detail: AuditEvent['detail'] = {}): AuditEvent => ({ type, issuer: issuer.issuer, clientId, detail: { by: 'directory', ...detail } });

/** Asks about each registered software whether it is still active, and what it still may. */
export async function followStatus(site: RegistrationSite): Promise<void> {
  const { engine, issuer } = site;
  let changed = false;
  for (const client of await engine.stores.registeredClients.list(issuer.issuer)) {
    const directory = statementIssuerOf(site, client.directory);
    if (!directory?.apiUrl || client.softwareId === undefined) continue;
    try {
      const record = await softwareRecord(site, directory, client.softwareId);
      changed = (await followSoftware(site, client, record)) || changed;
    } catch (error) {
      engine.log.warn({ issuer: issuer.issuer, clientId: client.clientId, reason: reasonOf(error instanceof OAuthError ? error.cause : error) }, 'the directory could not be asked about a registered client');
    }
  }
  if (changed) await engine.registry.refresh();
}

const isActive = (record: DirectoryRecord | undefined): record is DirectoryRecord => record?.status === 'active' && record.organisation.status === 'Active';

/** What lost roles opened is lost with them, and with all of them the client; what is gained must be asked for. */
async function followSoftware(site: RegistrationSite, client: RegisteredClient, record: DirectoryRecord | undefined): Promise<boolean> {
  const left = isActive(record) ? leftOf(site, client.metadata, record) : undefined;
  if (!left) return followRecord(site, client, false);
  const changed = !isDeepStrictEqual(left, client.metadata);
  if (changed) await change(site, client, left);
  return (await followRecord(site, client, true)) || changed;
}

function leftOf({ dialect }: RegistrationSite, metadata: RegisteredClient['metadata'], { software, organisation }: DirectoryRecord): RegisteredClient['metadata'] | undefined {
  const { scope = '', authorization_details_types: detailTypes = [] } = metadata as { readonly scope?: string; readonly authorization_details_types?: readonly string[] };
  try {
    const held = { ...metadata, ...reach(metadata, { dialect, statement: statementOf(software, organisation), offered: { scopes: scope.split(' '), detailTypes } }) };
    return JSON.parse(JSON.stringify(held)) as RegisteredClient['metadata'];
  } catch (error) {
    if (error instanceof OAuthError) return undefined;
    throw error;
  }
}

async function followRecord(site: RegistrationSite, { clientId, status }: RegisteredClient, active: boolean): Promise<boolean> {
  const { registeredClients } = site.engine.stores;
  const about = { issuer: site.issuer.issuer, clientId, by: 'directory' as const, now: site.engine.clock.now() };
  if (active && status === 'suspended') return (await registeredClients.resume({ ...about, audit: audit(site, 'registration.resumed', clientId) })) === 'resumed';
  if (!active && status === 'active') return (await registeredClients.suspend({ ...about, audit: audit(site, 'registration.suspended', clientId) })) === 'suspended';
  return false;
}

/** Makes the registered clients what the directory's list says: added, changed, suspended. */
export async function followList(site: RegistrationSite, url: string): Promise<void> {
  const { engine, issuer } = site;
  let records: readonly DirectoryRecord[];
  try {
    records = await participants(site, url);
  } catch (error) {
    engine.log.warn({ issuer: issuer.issuer, reason: reasonOf(error) }, 'the list of participants could not be read; the clients stay as they are');
    return;
  }
  const known = new Map((await engine.stores.registeredClients.list(issuer.issuer)).map((client) => [client.clientId, client]));
  for (const record of records) await followParticipant(site, record, known.get(record.software.id));
  const listed = new Set(records.map(({ software }) => software.id));
  for (const client of known.values()) if (!listed.has(client.clientId)) await followRecord(site, client, false);
  await engine.registry.refresh();
}

async function followParticipant(site: RegistrationSite, record: DirectoryRecord, known: RegisteredClient | undefined): Promise<void> {
  const { engine, issuer, dialect } = site;
  const clientId = record.software.id;
  const active = isActive(record);
  if (!known && !active) return;
  try {
    const statement = statementOf(record.software, record.organisation);
    // A software that has lost all its roles is as good as gone.
    const metadata = active ? effectiveMetadata({ dialect, sent: {}, statement, certificate: undefined, offered: offeredBy(site) }) : undefined;
    if (metadata) acceptedClient(site, clientIdOf(site, statement), metadata);
    if (metadata && !known) await add(site, record, metadata);
    else if (metadata && known && !isDeepStrictEqual(known.metadata, JSON.parse(JSON.stringify(metadata)))) await change(site, known, metadata);
    if (known) await followRecord(site, known, active);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    engine.log.warn({ issuer: issuer.issuer, clientId, rule: error.rule, description: error.description }, 'a participant of the directory is not served: it is not what this issuer accepts');
    if (known) await followRecord(site, known, false);
  }
}

async function add(site: RegistrationSite, { iss, software }: DirectoryRecord, metadata: Readonly<Record<string, unknown>>): Promise<void> {
  const { engine, issuer } = site;
  await engine.stores.registeredClients.register({ issuer: issuer.issuer, clientId: software.id, metadata, softwareId: software.id, directory: iss, single: true, now: engine.clock.now(), audit: audit(site, 'registration.registered', software.id, { software: software.id, directory: iss }) });
}

async function change({ engine, issuer, ...rest }: RegistrationSite, { clientId, version }: RegisteredClient, metadata: Readonly<Record<string, unknown>>): Promise<void> {
  await engine.stores.registeredClients.replace({ issuer: issuer.issuer, clientId, version, metadata, now: engine.clock.now(), audit: audit({ engine, issuer, ...rest }, 'registration.changed', clientId) });
}
