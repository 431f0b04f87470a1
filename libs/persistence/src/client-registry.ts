import { performance } from 'node:perf_hooks';
import { registrantsOf, type IssuerConfig } from '@assent/config';
import { checkClient } from '@assent/profiles';
import type { Client, Clients, RegisteredClient, RegisteredClients } from '@assent/protocol';
import { LRUCache } from 'lru-cache';
import type { WarningLog } from './configured.js';

export interface ClientRegistryOptions {
  readonly issuers: readonly IssuerConfig[];
  readonly store: RegisteredClients;
  readonly log: WarningLog;
  /** How often changes are read when nothing wakes us; 2 s. */
  readonly pollMs?: number;
}

/** `not_accepted`: active, but not as the configuration stands now, so that it is served nothing. */
export type RegisteredClientStatus = 'active' | 'suspended' | 'not_accepted';
const statuses: readonly RegisteredClientStatus[] = ['active', 'suspended', 'not_accepted'];

/** What a page says of a client that may be suspended or gone. */
export type NamedClient = Pick<Client, 'client_id' | 'client_name' | 'organisation'>;

/** Looking for clients nobody knows must not become everybody's load: so many at once, and so many a second. */
const lookUpBurst = 40;
const lookUpsPerSecond = 20;
/** How long an id is known to be nobody's, at most so many of them. */
const unknownMs = 5_000;
const unknownIds = 10_000;

const keyOf = (issuer: string, clientId: string): string => `${issuer} ${clientId}`;

/**
 * Every client of every issuer in this process's memory (law 6): those of the configuration, which never change, and
 * those that registered, followed by notification and by a poll of what changed. One that is suspended or deleted, or
 * that its issuer's profile would no longer accept, is served nothing. A client that registered at another process a
 * moment ago is looked up once.
 */
export class ClientRegistry {
  readonly #issuers: ReadonlyMap<string, IssuerConfig>;
  readonly #configured: ReadonlyMap<string, ReadonlyMap<string, Client>>;
  readonly #registered: ReadonlyMap<string, Map<string, Client>>;
  readonly #statuses: ReadonlyMap<string, Map<string, RegisteredClientStatus>>;
  readonly #named = new Map<string, NamedClient>();
  readonly #unknown = new LRUCache<string, true>({ max: unknownIds, ttl: unknownMs });
  readonly #listeners = new Set<() => void>();
  #position: string | undefined;
  #tokens = lookUpBurst;
  #tokensAt = performance.now();
  #stop: (() => Promise<void>) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #again = false;

  private constructor(private readonly options: ClientRegistryOptions) {
    this.#issuers = new Map(options.issuers.map((issuer) => [issuer.issuer, issuer]));
    this.#configured = new Map(options.issuers.map(({ issuer, clients }) => [issuer, new Map(clients.map((client) => [client.client_id, client]))]));
    this.#registered = new Map(options.issuers.map(({ issuer }) => [issuer, new Map()]));
    this.#statuses = new Map(options.issuers.filter(({ registration }) => registration).map(({ issuer }) => [issuer, new Map()]));
  }

  /** Reads all of them and begins to follow. Where no issuer registers clients the database is left alone. */
  static async open(options: ClientRegistryOptions): Promise<ClientRegistry> {
    const registry = new ClientRegistry(options);
    if (!options.issuers.some(({ registration }) => registration)) return registry;
    registry.#stop = await options.store.onChange(() => registry.#wake());
    try {
      await registry.refresh();
    } catch (error) {
      await registry.close();
      throw error;
    }
    registry.#timer = setInterval(() => registry.#wake(), options.pollMs ?? 2_000).unref();
    return registry;
  }

  /** The clients of one issuer, by its identifier. */
  of(issuer: string): Clients {
    return { find: (clientId) => this.find(issuer, clientId), lookUp: (clientId) => this.lookUp(issuer, clientId) };
  }

  find(issuer: string, clientId: string): Client | undefined {
    return this.#configured.get(issuer)?.get(clientId) ?? this.#registered.get(issuer)?.get(clientId);
  }

  /** The same, and a look at the database for one that this process may not have heard of yet. */
  async lookUp(issuer: string, clientId: string): Promise<Client | undefined> {
    const known = this.find(issuer, clientId);
    if (known || !this.#mayRegister(issuer, clientId) || !this.#mayLookUp(issuer, clientId)) return known;
    const found = await this.options.store.find(issuer, clientId);
    if (found) this.#take(found);
    return this.find(issuer, clientId);
  }

  /**
   * Whether tokens of this client are worth anything: not of one that was suspended or deleted. One that this process has
   * never heard of gets the benefit of the doubt, as its token was issued by somebody who had.
   */
  serves(issuer: string, clientId: string): boolean {
    return this.find(issuer, clientId) !== undefined || !this.#named.has(keyOf(issuer, clientId));
  }

  /** For pages: also a client that is suspended or gone. */
  named(issuer: string, clientId: string): NamedClient {
    return this.find(issuer, clientId) ?? this.#named.get(keyOf(issuer, clientId)) ?? { client_id: clientId, client_name: clientId };
  }

  all(issuer: string): readonly Client[] {
    return [...(this.#configured.get(issuer)?.values() ?? []), ...(this.#registered.get(issuer)?.values() ?? [])];
  }

  /** How many clients registered at each issuer that takes registrations, as far as this process knows. */
  counts(): readonly { readonly issuer: string; readonly status: RegisteredClientStatus; readonly count: number }[] {
    return [...this.#statuses].flatMap(([issuer, clients]) => {
      const all = [...clients.values()];
      return statuses.map((status) => ({ issuer, status, count: all.filter((one) => one === status).length }));
    });
  }

  /** Calls back when clients came, changed or went. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Whether this id could be a registered client at all: no round trip for what cannot be. */
  #mayRegister(issuer: string, clientId: string): boolean {
    return this.#issuers.get(issuer)?.registration !== undefined && /^[\x21-\x7e]{1,255}$/.test(clientId);
  }

  #mayLookUp(issuer: string, clientId: string): boolean {
    const key = keyOf(issuer, clientId);
    if (this.#unknown.has(key)) return false;
    const now = performance.now();
    this.#tokens = Math.min(lookUpBurst, this.#tokens + ((now - this.#tokensAt) / 1000) * lookUpsPerSecond);
    this.#tokensAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    this.#unknown.set(key, true);
    return true;
  }

  /** Reads what changed since the last time, now. */
  async refresh(): Promise<void> {
    const { position, clients } = await this.options.store.changes(this.#position);
    for (const client of clients) this.#take(client);
    this.#position = position;
    if (clients.length > 0) for (const listener of this.#listeners) listener();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#stop?.();
    await this.#reading;
  }

  #wake(): void {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = this.refresh()
      .catch((err: unknown) => this.options.log.warn({ err }, 'changes of registered clients could not be read; they are tried again'))
      .finally(() => {
        this.#reading = undefined;
        if (!this.#again) return;
        this.#again = false;
        this.#wake();
      });
  }

  #take(row: RegisteredClient): void {
    const clients = this.#registered.get(row.issuer);
    const issuer = this.#issuers.get(row.issuer);
    // Of an issuer that is not in the configuration any more.
    if (!clients || !issuer) return;
    this.#named.set(keyOf(row.issuer, row.clientId), namedOf(row));
    const client = row.status === 'active' ? this.#accepted(row, issuer) : undefined;
    if (row.status === 'deleted') this.#statuses.get(row.issuer)?.delete(row.clientId);
    else this.#statuses.get(row.issuer)?.set(row.clientId, row.status === 'active' && !client ? 'not_accepted' : row.status);
    if (!client) return void clients.delete(row.clientId);
    clients.set(row.clientId, client);
    this.#unknown.delete(keyOf(row.issuer, row.clientId));
  }

  #accepted(row: RegisteredClient, issuer: IssuerConfig): Client | undefined {
    if (!issuer.registration) return undefined;
    const checked = checkClient({ ...row.metadata, client_id: row.clientId }, issuer.policy, registrantsOf(issuer));
    if (checked.outcome === 'accepted') return checked.client;
    const problems = checked.problems.map(({ path, problem }) => `${path.join('.')}: ${problem}`);
    this.options.log.warn({ issuer: row.issuer, clientId: row.clientId, problems }, 'a registered client is not served: the configuration no longer accepts it');
    return undefined;
  }
}

function namedOf({ clientId, metadata }: RegisteredClient): NamedClient {
  const { client_name: name, organisation } = metadata as Partial<NamedClient>;
  return { client_id: clientId, client_name: name ?? clientId, ...(organisation && { organisation }) };
}
