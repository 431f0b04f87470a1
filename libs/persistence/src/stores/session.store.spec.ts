import type { Session } from '@assent/protocol';
import { aHandle, audit, count, inSeconds, openBench, pushed, type Bench } from './fixtures.js';

let time = new Date();
let bench: Bench;
beforeAll(async () => (bench = await openBench({ clock: { now: () => time } })));
beforeEach(() => (time = new Date()));
afterAll(() => bench.close());

const aSession = (): Session => ({
  handle: aHandle(1800),
  customerId: 'customer-ana',
  displayName: 'Ana Duarte',
  authTime: new Date('2026-11-24T10:00:00.000Z'),
  acr: 'urn:acr:password',
  amr: ['pwd'],
  signedInFor: 'a'.repeat(64),
});

describe('sessions', () => {
  it('are found by their cookie until they end', async () => {
    const { sessions } = bench.database.stores;
    const session = aSession();
    await sessions.start(session, audit('login.succeeded'));
    expect(await sessions.find(session.handle)).toEqual(session);
    await sessions.end(session.handle);
    expect(await sessions.find(session.handle)).toBeUndefined();
    expect(await count(bench.database, `assent.audit_event WHERE type = 'login.succeeded'`)).toBe(1);
  });

  it('end by themselves', async () => {
    const session = aSession();
    await bench.database.stores.sessions.start(session, audit('login.succeeded'));
    time = inSeconds(1801);
    expect(await bench.database.stores.sessions.find(session.handle)).toBeUndefined();
  });

  it('replace the one before in the same stroke (no session fixation)', async () => {
    const { sessions } = bench.database.stores;
    const [before, after] = [aSession(), aSession()];
    await sessions.start(before, audit('login.succeeded'));
    await sessions.start(after, audit('login.succeeded'), before.handle);
    expect(await sessions.find(before.handle)).toBeUndefined();
    expect(await sessions.find(after.handle)).toEqual(after);
  });

  it('come along when a request is opened', async () => {
    const { sessions, pushedRequests } = bench.database.stores;
    const session = aSession();
    await sessions.start(session, audit('login.succeeded'));
    const request = await pushed(bench.database);
    expect(await pushedRequests.open(request, session.handle)).toMatchObject({ found: { completed: false }, session });
    expect(await pushedRequests.open(aHandle(), session.handle)).toEqual({ session });
    expect((await pushedRequests.open(request, aHandle())).session).toBeUndefined();
    await sessions.end(session.handle);
    expect((await pushedRequests.open(request, session.handle)).session).toBeUndefined();
  });
});
