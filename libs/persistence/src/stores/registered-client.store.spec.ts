import type { NewRegistration, RegisteredClients } from '@assent/protocol';
import { aClaim, audit, inSeconds, issuer, now, openBench, type Bench } from './fixtures.js';

let bench: Bench;
let clients: RegisteredClients;
beforeAll(async () => {
  bench = await openBench();
  clients = bench.database.stores.registeredClients;
});
afterAll(() => bench.close());

let count = 0;
const fresh = (name: string): string => `${name}-${(count += 1)}`;

const aRegistration = (changes: Partial<NewRegistration> = {}): NewRegistration => ({
  issuer, clientId: fresh('client'), metadata: { client_name: 'Tally' }, softwareId: fresh('software'), directory: 'directory', stated: { org_id: 'one' },
  tokenHash: Buffer.alloc(32, 1), single: true, now: now(), audit: audit('registration.registered'), ...changes,
}); // prettier-ignore

const outcomeOf = async (registration: NewRegistration): Promise<string> => (await clients.register(registration)).outcome;

async function auditsOf(clientId: string): Promise<string[]> {
  const { rows } = await bench.database.pool.query<{ type: string }>('SELECT type FROM assent.audit_event WHERE client_id = $1 ORDER BY at', [clientId]);
  return rows.map(({ type }) => type);
}

describe('registered clients', () => {
  it('are kept with what they said, and found', async () => {
    const registration = aRegistration();
    expect(await clients.register(registration)).toMatchObject({ outcome: 'registered', client: { clientId: registration.clientId, status: 'active', version: 1, softwareId: registration.softwareId } });
    expect(await clients.find(issuer, registration.clientId)).toMatchObject({ metadata: { client_name: 'Tally' }, stated: { org_id: 'one' }, tokenHash: Buffer.alloc(32, 1), suspendedBy: undefined });
    expect(await clients.find('https://other', registration.clientId)).toBeUndefined();
    expect(await auditsOf(registration.clientId)).toEqual(['registration.registered']);
    expect((await clients.list(issuer)).map(({ clientId }) => clientId)).toContain(registration.clientId);
  });

  it('are one to a software where it may have one, however many ask at once', async () => {
    const softwareId = fresh('software');
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => outcomeOf(aRegistration({ softwareId }))));
    expect(outcomes.sort()).toEqual([...Array<string>(7).fill('duplicate'), 'registered']);
    expect(await outcomeOf(aRegistration({ softwareId, directory: 'another' }))).toBe('registered');
    expect(await outcomeOf(aRegistration({ softwareId, issuer: 'https://other' }))).toBe('registered');
  });

  it('are as many as they like elsewhere', async () => {
    const softwareId = fresh('software');
    expect(await Promise.all([1, 2].map(() => outcomeOf(aRegistration({ softwareId, single: false }))))).toEqual(['registered', 'registered']);
  });

  it('spend their statement once, also when two come at once', async () => {
    const statement = { issuer: 'directory', jti: fresh('jti') };
    const registrations = Array.from({ length: 4 }, () => aRegistration({ statement, single: false }));
    const outcomes = await Promise.all(registrations.map(outcomeOf));
    expect([...outcomes].sort()).toEqual(['registered', 'statement-used', 'statement-used', 'statement-used']);
    for (const [index, { clientId }] of registrations.entries()) expect((await clients.find(issuer, clientId)) !== undefined).toBe(outcomes[index] === 'registered');
    expect(await outcomeOf(aRegistration({ statement }))).toBe('statement-used');
    expect(await outcomeOf(aRegistration({ statement: { ...statement, issuer: 'another' } }))).toBe('registered');
  });

  it('leave a statement unspent that made no client', async () => {
    const softwareId = fresh('software');
    const statement = { issuer: 'directory', jti: fresh('jti') };
    await clients.register(aRegistration({ softwareId }));
    expect(await outcomeOf(aRegistration({ softwareId, statement }))).toBe('duplicate');
    expect(await outcomeOf(aRegistration({ statement }))).toBe('registered');
  });

  it('spend the one-time values of the request', async () => {
    const replay = [aClaim('registration_request')];
    expect(await outcomeOf(aRegistration({ replay }))).toBe('registered');
    const again = aRegistration({ replay });
    expect(await outcomeOf(again)).toBe('replayed');
    expect(await clients.find(issuer, again.clientId)).toBeUndefined();
  });

  it('are changed by one of those who read the same version', async () => {
    const registration = aRegistration({ statement: { issuer: 'directory', jti: fresh('jti') } });
    await clients.register(registration);
    const { clientId, statement } = registration;
    const change = (name: string, version = 1) => clients.replace({ issuer, clientId, version, metadata: { client_name: name }, ...(statement && { statement }), now: now(), audit: audit('registration.changed') });
    const outcomes = await Promise.all(['A', 'B', 'C'].map((name) => change(name)));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['changed', 'changed', 'replaced']);
    const found = await clients.find(issuer, clientId);
    expect(found).toMatchObject({ version: 2, tokenHash: Buffer.alloc(32, 1), stated: { org_id: 'one' } });
    expect((await clients.replace({ issuer, clientId: 'nobody', version: 1, metadata: {}, now: now(), audit: audit('x') })).outcome).toBe('gone');
    expect((await clients.replace({ issuer, clientId, version: 2, metadata: {}, stated: {}, tokenHash: Buffer.alloc(32, 2), now: now(), audit: audit('registration.changed') })).outcome).toBe('replaced');
    expect(await clients.find(issuer, clientId)).toMatchObject({ version: 3, tokenHash: Buffer.alloc(32, 2), stated: {} });
  });

  it('are suspended by the operator over the directory, and each lifts its own', async () => {
    const { clientId } = await registered();
    const at = () => ({ issuer, clientId, now: now(), audit: audit('registration.status') });
    expect(await clients.resume({ ...at(), by: 'operator' })).toBe('unchanged');
    expect(await clients.suspend({ ...at(), by: 'directory' })).toBe('suspended');
    expect(await clients.suspend({ ...at(), by: 'directory' })).toBe('unchanged');
    expect(await clients.resume({ ...at(), by: 'operator' })).toBe('unchanged');
    expect(await clients.suspend({ ...at(), by: 'operator' })).toBe('suspended');
    expect(await clients.resume({ ...at(), by: 'directory' })).toBe('unchanged');
    expect(await clients.find(issuer, clientId)).toMatchObject({ status: 'suspended', suspendedBy: 'operator' });
    expect(await clients.resume({ ...at(), by: 'operator' })).toBe('resumed');
    expect(await clients.suspend({ ...at(), clientId: 'nobody', by: 'operator' })).toBe('gone');
  });

  it('leave nothing of themselves but id and name', async () => {
    const { clientId, softwareId } = await registered();
    const removal = { issuer, clientId, now: now(), audit: audit('registration.deleted') };
    expect(await Promise.all([clients.remove(removal), clients.remove(removal)])).toEqual(expect.arrayContaining([{ outcome: 'removed' }, { outcome: 'gone' }]));
    expect(await clients.find(issuer, clientId)).toBeUndefined();
    const tomb = (await clients.changes(undefined)).clients.find((one) => one.clientId === clientId);
    expect(tomb).toMatchObject({ status: 'deleted', metadata: { client_name: 'Tally' }, stated: {}, tokenHash: undefined });
    expect(await auditsOf(clientId)).toEqual(['registration.registered', 'registration.deleted']);
    // The id is nobody else's, and its own software's again only when all its grants have ended.
    expect(await outcomeOf(aRegistration({ clientId }))).toBe('duplicate');
    expect(await outcomeOf(aRegistration({ clientId, softwareId }))).toBe('duplicate');
    expect(await clients.unended()).toContainEqual({ issuer, clientId });
    await clients.ended({ issuer, clientId, now: now() });
    expect(await clients.unended()).toContainEqual({ issuer, clientId });
    await clients.ended({ issuer, clientId, now: inSeconds(90) });
    expect(await clients.unended()).not.toContainEqual({ issuer, clientId });
    expect(await outcomeOf(aRegistration({ clientId, softwareId }))).toBe('registered');
  });

  it('tell of changes, also of those that commit late', async () => {
    const { position } = await clients.changes(undefined);
    const { clientId } = await registered();
    const late = await bench.database.pool.connect();
    await late.query('BEGIN');
    await late.query(`UPDATE assent.registered_client SET updated_at = now(), changed_in = pg_current_xact_id() WHERE issuer = $1 AND client_id = $2`, [issuer, clientId]);
    const other = await registered();
    const read = await clients.changes(position);
    expect(read.clients.map((client) => client.clientId)).toEqual(expect.arrayContaining([clientId, other.clientId]));
    await late.query('COMMIT');
    late.release();
    expect((await clients.changes(read.position)).clients.map((client) => client.clientId)).toContain(clientId);
  });

  it('wake whoever listens', async () => {
    let woken = 0;
    let wake: () => void = () => undefined;
    const stop = await clients.onChange(() => {
      woken += 1;
      wake();
    });
    const next = new Promise<void>((resolve) => (wake = resolve));
    await registered();
    await next;
    expect(woken).toBeGreaterThan(1);
    await stop();
  });
});

async function registered(): Promise<{ clientId: string; softwareId: string | undefined }> {
  const { clientId, softwareId, ...rest } = aRegistration();
  await clients.register({ clientId, softwareId, ...rest });
  return { clientId, softwareId };
}
