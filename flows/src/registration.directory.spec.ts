import { setTimeout as sleep } from 'node:timers/promises';
import type { RegisteredClient } from '@assent/protocol';
import { Message, send } from '@assent/testing/fapi';
import { randomUUID } from 'node:crypto';
import { ownToken } from './support/own-token.js';
import { dialectOf, startRegistrationWorld, type RegistrationWorld } from './support/registration-world.js';
import type { Party } from './support/test-directory.js';

/* What a directory says after a client has registered: followed within seconds, and never against the operator's word. */

let world: RegistrationWorld;
beforeAll(async () => {
  world = await startRegistrationWorld({ registration: { statusEvery: '1s', perMinute: 60 }, syncEvery: '1s' });
}, 120_000);
afterAll(() => world?.stop());

const stored = (market: 'brazil' | 'connectid', id: string): Promise<RegisteredClient | undefined> => world.stack.database.stores.registeredClients.find(world.issuerOf(market), id);

async function until<T>(look: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
  for (let turn = 0; turn < 200; turn += 1) {
    const found = await look();
    if (holds(found)) return found;
    await sleep(50);
  }
  throw new Error(`it did not come about: ${JSON.stringify(await look())}`);
}

const setStatus = ({ software: { id } }: Party, status: 'active' | 'suspended' | 'revoked'): void => {
  const known = world.directory.standing.get(id);
  if (known) world.directory.standing.set(id, { ...known, status });
};

const operator = (market: 'brazil' | 'connectid', clientId: string) => ({ issuer: world.issuerOf(market), clientId, by: 'operator' as const, now: new Date(), audit: { type: 'registration.suspended', issuer: world.issuerOf(market) } });

describe('a software that its directory suspends', () => {
  async function registered(): Promise<{ party: Party; id: string; asks: () => Promise<number> }> {
    const party = await world.directory.join(dialectOf('brazil'));
    const { status, json } = await world.register('brazil', party);
    if (status !== 201) throw new Error(JSON.stringify(json));
    const id = String(json['client_id']);
    const { ports, ca } = world.stack;
    const asks = async () => (await ownToken({ issuer: world.issuerOf('brazil'), tokenEndpoint: `https://localhost:${ports.mtls}/brazil/token`, ca, clientId: id, party, scope: 'consents' })).status;
    return { party, id, asks };
  }

  it.each(['suspended', 'revoked'] as const)('is served no more when it is %s there, and again when it is back', async (status) => {
    const { party, id, asks } = await registered();
    expect(await asks()).toBe(200);
    setStatus(party, status);
    expect(await until(() => stored('brazil', id), (client) => client?.status === 'suspended')).toMatchObject({ suspendedBy: 'directory' });
    await until(asks, (answer) => answer === 401);
    setStatus(party, 'active');
    await until(asks, (answer) => answer === 200);
    const { rows } = await world.stack.database.pool.query<{ type: string }>('SELECT type FROM assent.audit_event WHERE client_id = $1 AND type LIKE $2 ORDER BY at', [id, 'registration.%']);
    expect(rows.map(({ type }) => type)).toEqual(['registration.registered', 'registration.suspended', 'registration.resumed']);
  });

  it('is suspended when the directory does not know it any more, or its organisation has left', async () => {
    const [gone, left] = [await registered(), await registered()];
    world.directory.standing.delete(gone.party.software.id);
    world.directory.standing.set(left.party.software.id, { party: { ...left.party, organisation: { ...left.party.organisation, status: 'Inactive' } }, status: 'active' });
    for (const { id } of [gone, left]) await until(() => stored('brazil', id), (client) => client?.status === 'suspended');
  });

  it('keeps the scopes of the roles it still has, and is suspended without any', async () => {
    const { party, id } = await registered();
    const withRoles = (roles: readonly string[]) => void world.directory.standing.set(party.software.id, { party: { ...party, organisation: { ...party.organisation, roles: party.organisation.roles.map(({ role }) => ({ role, status: roles.includes(role) ? 'Active' : 'Inactive' })) } }, status: 'active' });
    const scopes = async () => String((await stored('brazil', id))?.metadata['scope']).split(' ');
    expect(await scopes()).toEqual(expect.arrayContaining(['consents', 'payments']));
    withRoles(['DADOS']);
    expect(await until(scopes, (left) => !left.includes('payments'))).toEqual(expect.arrayContaining(['openid', 'consents']));
    withRoles([]);
    await until(() => stored('brazil', id), (client) => client?.status === 'suspended');
    withRoles(['PAGTO', 'DADOS']);
    await until(() => stored('brazil', id), (client) => client?.status === 'active');
    expect(await scopes()).not.toContain('payments');
  });

  it('stays suspended where the operator said so, whatever the directory says', async () => {
    const { id } = await registered();
    const { registeredClients } = world.stack.database.stores;
    await registeredClients.suspend(operator('brazil', id));
    const asked = world.directory.asked.length;
    await until(async () => world.directory.asked.length, (count) => count > asked + 5);
    expect(await stored('brazil', id)).toMatchObject({ status: 'suspended', suspendedBy: 'operator' });
  });

  it('is left as it is while the directory cannot be asked', async () => {
    const { id, asks } = await registered();
    const asked = world.directory.asked.length;
    world.directory.down = true;
    await until(async () => world.directory.asked.length, (count) => count > asked + 5);
    expect(await stored('brazil', id)).toMatchObject({ status: 'active' });
    world.directory.down = false;
    expect(await asks()).toBe(200);
  });
});

describe('a list of participants (ConnectID)', () => {
  const join = (...changes: [Partial<Party['software']>?, Partial<Party['organisation']>?]) => world.directory.join(dialectOf('connectid'), ...changes);

  it('makes clients of all of it, page by page, and keeps them as it has them', async () => {
    const parties = await Promise.all([join(), join(), join(), join(), join()]);
    for (const { software, organisation } of parties) {
      expect(await until(() => stored('connectid', software.id), (client) => client !== undefined)).toMatchObject({ status: 'active', softwareId: software.id, metadata: { client_name: software.name, subject_type: 'pairwise', organisation: { legal_name: organisation.legalName } } });
    }
    const [first, second] = parties as [Party, Party, ...Party[]];
    world.directory.standing.set(first.software.id, { party: { ...first, software: { ...first.software, name: 'New name' } }, status: 'active' });
    world.directory.standing.delete(second.software.id);
    await until(() => stored('connectid', first.software.id), (client) => client?.metadata['client_name'] === 'New name');
    expect(await until(() => stored('connectid', second.software.id), (client) => client?.status === 'suspended')).toMatchObject({ suspendedBy: 'directory' });
    world.directory.standing.set(second.software.id, { party: second, status: 'active' });
    await until(() => stored('connectid', second.software.id), (client) => client?.status === 'active');
  });

  it('does not bring whom this issuer could not serve', async () => {
    const local = await join({ redirectUris: ['https://localhost/callback'] });
    const inactive = await join({}, { status: 'Inactive' });
    // `sub` of a token may be a client or a customer (FAPI 2.0 SP 6.7).
    const likeACustomer = await join({ id: 'c'.repeat(43) });
    const good = await join();
    await until(() => stored('connectid', good.software.id), (client) => client !== undefined);
    expect(await stored('connectid', likeACustomer.software.id)).toBeUndefined();
    expect(await stored('connectid', local.software.id)).toBeUndefined();
    expect(await stored('connectid', inactive.software.id)).toBeUndefined();
  });

  it('suspends nobody when half of it cannot be proved', async () => {
    const party = await join();
    await until(() => stored('connectid', party.software.id), (client) => client !== undefined);
    const asked = () => world.directory.asked.filter((path) => path === '/api/participants').length;
    const before = asked();
    world.directory.recordIssuer = 'https://other.example';
    world.directory.standing.delete(party.software.id);
    await until(async () => asked(), (count) => count > before + 2);
    expect(await stored('connectid', party.software.id)).toMatchObject({ status: 'active' });
    world.directory.recordIssuer = world.directory.url;
    await until(() => stored('connectid', party.software.id), (client) => client?.status === 'suspended');
  });

  it('brings clients that are served', async () => {
    const party = await join();
    await until(() => stored('connectid', party.software.id), (client) => client !== undefined);
    const { ports, ca } = world.stack;
    const form = new URLSearchParams({ client_id: party.software.id });
    const answer = await send(new Message({ method: 'POST', url: `https://localhost:${ports.mtls}/connectid/par`, headers: [['content-type', 'application/x-www-form-urlencoded'], ['x-fapi-interaction-id', randomUUID()]], body: form.toString(), identity: party.identity }), { ca });
    // Known, and told how it has to authenticate.
    expect(answer.status).toBe(401);
    expect(await world.stack.as.engine.registry.find(world.issuerOf('connectid'), party.software.id)?.token_endpoint_auth_method).toBe('private_key_jwt');
  });
});

describe('how often one address may ask', () => {
  it('is bounded, by all processes together', async () => {
    const statuses: number[] = [];
    for (let turn = 0; turn < 70 && statuses.at(-1) !== 429; turn += 1) statuses.push((await world.send('plain', { type: 'application/json', body: '{}' })).status);
    expect(statuses.at(-1)).toBe(429);
    const answer = await world.send('plain', { method: 'GET', path: '/somebody', token: 'guess' });
    expect([answer.status, answer.json['error']]).toEqual([429, 'temporarily_unavailable']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    // Elsewhere it is another count.
    expect((await world.send('fdx', { type: 'application/json', body: '{}' })).status).not.toBe(429);
  });
});
