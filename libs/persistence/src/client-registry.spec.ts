import type { IssuerConfig, RegistrationConfig } from '@assent/config';
import { plainRegistration } from '@assent/markets';
import { fapi2Security } from '@assent/profiles';
import type { RegisteredClient, RegisteredClients } from '@assent/protocol';
import { ClientRegistry } from './client-registry.js';

const issuer = 'https://bank.example/fapi2';

const anIssuer = (registration: boolean): IssuerConfig =>
  ({
    issuer, name: 'fapi2', policy: fapi2Security.policy, rules: fapi2Security, resources: [], signingAlgs: ['ES256'], acrValues: [], scopes: ['openid', 'accounts'], authorizationDetailsTypes: [],
    clients: [{ client_id: 'written-down', client_name: 'Written down' }], ...(registration && { registration: { dialect: plainRegistration } as RegistrationConfig }),
  }) as unknown as IssuerConfig; // prettier-ignore

const good = { client_name: 'Tally', redirect_uris: ['https://tally.example/cb'], token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://tally.example/jwks', scope: 'openid accounts' };

const aClient = (clientId: string, changes: Partial<RegisteredClient> = {}): RegisteredClient => ({
  issuer, clientId, status: 'active', suspendedBy: undefined, metadata: good, softwareId: undefined, directory: undefined, stated: {}, tokenHash: undefined, version: 1,
  issuedAt: new Date(0), updatedAt: new Date(0), ...changes,
}); // prettier-ignore

/** A store that holds what a test says, and counts what it is asked. */
class Store {
  rows: RegisteredClient[] = [];
  news: RegisteredClient[] = [];
  looked: string[] = [];
  read = 0;
  wake: () => void = () => undefined;

  readonly port = {
    changes: async () => {
      this.read += 1;
      return { position: String(this.read), clients: this.read === 1 ? this.rows : this.news };
    },
    find: async (_issuer: string, clientId: string) => {
      this.looked.push(clientId);
      return [...this.rows, ...this.news].find((row) => row.clientId === clientId);
    },
    onChange: async (listener: () => void) => {
      this.wake = listener;
      return async () => undefined;
    },
  } as unknown as RegisteredClients;
}

const warned: string[] = [];
async function opened(rows: readonly RegisteredClient[], registration = true): Promise<{ store: Store; registry: ClientRegistry }> {
  const store = new Store();
  store.rows = [...rows];
  const registry = await ClientRegistry.open({ issuers: [anIssuer(registration)], store: store.port, log: { warn: (about) => void warned.push(JSON.stringify(about)) }, pollMs: 1_000_000 });
  return { store, registry };
}

describe('the registry of clients', () => {
  it('knows those of the configuration and those that registered, checked against the profile', async () => {
    const { registry } = await opened([aClient('tally'), aClient('weak', { metadata: { ...good, token_endpoint_auth_method: 'none' } })]);
    expect(registry.find(issuer, 'written-down')?.client_name).toBe('Written down');
    expect(registry.find(issuer, 'tally')).toMatchObject({ client_id: 'tally', scope: ['openid', 'accounts'], token_endpoint_auth_method: 'private_key_jwt' });
    expect(registry.find(issuer, 'weak')).toBeUndefined();
    expect(registry.find('https://other.example', 'tally')).toBeUndefined();
    expect(warned.at(-1)).toContain('token_endpoint_auth_method');
    expect(registry.all(issuer).map(({ client_id: id }) => id)).toEqual(['written-down', 'tally']);
  });

  it('serves neither a suspended nor a deleted one, and still knows their names', async () => {
    const { registry } = await opened([aClient('held', { status: 'suspended', suspendedBy: 'operator' }), aClient('gone', { status: 'deleted', metadata: { client_name: 'Gone' } }), aClient('tally')]);
    expect(['held', 'gone', 'tally', 'unheard'].map((id) => [registry.find(issuer, id) !== undefined, registry.serves(issuer, id)])).toEqual([[false, false], [false, false], [true, true], [false, true]]);
    expect(['held', 'gone', 'unheard'].map((id) => registry.named(issuer, id).client_name)).toEqual(['Tally', 'Gone', 'unheard']);
  });

  it('follows when it is woken, also while it reads', async () => {
    const { store, registry } = await opened([aClient('tally')]);
    let told = 0;
    registry.onChange(() => (told += 1));
    store.news = [aClient('tally', { status: 'suspended', suspendedBy: 'directory' }), aClient('later')];
    store.wake();
    store.wake();
    await registry.refresh();
    expect([registry.find(issuer, 'tally'), registry.find(issuer, 'later')?.client_id]).toEqual([undefined, 'later']);
    expect(told).toBeGreaterThan(0);
    await registry.close();
  });

  it('counts those that registered by issuer and status, deleted ones no more', async () => {
    const { store, registry } = await opened([aClient('tally'), aClient('bright'), aClient('held', { status: 'suspended', suspendedBy: 'operator' }), aClient('weak', { metadata: { ...good, token_endpoint_auth_method: 'none' } }), aClient('gone', { status: 'deleted' })]);
    const counts = () => registry.counts().map(({ issuer: of, status, count }) => [of, status, count]);
    expect(counts()).toEqual([[issuer, 'active', 2], [issuer, 'suspended', 1], [issuer, 'not_accepted', 1]]);
    store.news = [aClient('tally', { status: 'deleted' }), aClient('bright', { status: 'suspended', suspendedBy: 'directory' })];
    await registry.refresh();
    expect(counts()).toEqual([[issuer, 'active', 0], [issuer, 'suspended', 2], [issuer, 'not_accepted', 1]]);
    expect((await opened([aClient('tally')], false)).registry.counts()).toEqual([]);
  });

  it('looks once for one it does not know, and within bounds', async () => {
    const { store, registry } = await opened([]);
    store.news = [aClient('elsewhere')];
    expect((await registry.lookUp(issuer, 'elsewhere'))?.client_id).toBe('elsewhere');
    await Promise.all([1, 2, 3].map(() => registry.lookUp(issuer, 'nobody')));
    await Promise.all(Array.from({ length: 200 }, (_, at) => registry.lookUp(issuer, `random-${at}`)));
    for (const id of ['', 'with space', 'x'.repeat(300), 'ü']) await registry.lookUp(issuer, id);
    expect(store.looked.filter((id) => id === 'nobody')).toHaveLength(1);
    expect(store.looked.length).toBeLessThan(60);
    expect(store.looked.filter((id) => !/^(elsewhere|nobody|random-\d+)$/.test(id))).toEqual([]);
  });

  it('leaves the database alone where nobody registers', async () => {
    const { store, registry } = await opened([aClient('tally')], false);
    expect(await registry.lookUp(issuer, 'tally')).toBeUndefined();
    expect([store.read, store.looked]).toEqual([0, []]);
    expect(registry.serves(issuer, 'anybody')).toBe(true);
  });
});
