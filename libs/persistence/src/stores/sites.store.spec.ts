import type { SiteSession } from '@assent/protocol';
import { aHandle, audit, count, inSeconds, issuer, now, openBench, type Bench } from './fixtures.js';

let bench: Bench;
beforeAll(async () => (bench = await openBench()));
afterAll(() => bench.close());

const aSession = (seconds = 600): SiteSession => ({ handle: aHandle(seconds), site: 'staff', issuer, personId: 'staff-noor', displayName: 'Noor Haddad', roles: ['agent'], authTime: new Date('2026-11-24T10:00:00.000Z') });

describe('sessions of a site', () => {
  const sessions = () => bench.database.stores.siteSessions;

  it('are found at their own site until they end', async () => {
    const session = aSession();
    await sessions().start(session, audit('staff.signed_in'));
    expect(await sessions().find(session.handle, 'staff')).toEqual(session);
    expect(await sessions().find(session.handle, 'dashboard')).toBeUndefined();
    await sessions().end(session.handle, audit('staff.signed_out'));
    await sessions().end(session.handle, audit('staff.signed_out'));
    expect(await sessions().find(session.handle, 'staff')).toBeUndefined();
    expect(await count(bench.database, `assent.audit_event WHERE type = 'staff.signed_out'`)).toBe(1);
  });

  it('end by themselves, and take no ticket afterwards', async () => {
    const late = aSession(-1);
    await sessions().start(late, audit('staff.signed_in'));
    await sessions().workOn(late.handle, 'CS-1', audit('staff.late'));
    expect([await sessions().find(late.handle, 'staff'), await count(bench.database, `assent.audit_event WHERE type = 'staff.late'`)]).toEqual([undefined, 0]);
  });

  it('replace the one before (no fixation), and keep their ticket', async () => {
    const [before, after] = [aSession(), aSession()];
    await sessions().start(before, audit('staff.signed_in'));
    await sessions().workOn(before.handle, 'CS-20418', audit('staff.ticket_started'));
    expect(await sessions().find(before.handle, 'staff')).toMatchObject({ ticket: 'CS-20418' });
    await sessions().start(after, audit('staff.signed_in'), before.handle);
    expect([await sessions().find(before.handle, 'staff'), await sessions().find(after.handle, 'staff')]).toEqual([undefined, after]);
  });
});

describe('requests that take two people', () => {
  const bulks = () => bench.database.stores.bulkRevocations;
  const asked = (id: string, clientId: string) => bulks().ask({ id, issuer, clientId, reason: 'fraud', note: 'n', ticket: 'CS-1', askedBy: 'noor', askedName: 'Noor', askedAt: now(), grants: 3 }, audit('staff.bulk_asked'));
  const decided = (id: string, decidedBy: string, decision: 'approved' | 'refused' = 'approved') => bulks().decide({ id, decision, decidedBy, decidedName: decidedBy, now: now() }, audit('staff.bulk_decided'));

  it('stand once for each client, of however many that ask', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => asked(`race-${index}`, 'tally-budget')));
    expect(outcomes.filter((outcome) => outcome === 'asked')).toHaveLength(1);
    expect(await count(bench.database, `assent.bulk_revocation WHERE client_id = 'tally-budget'`)).toBe(1);
    expect(await count(bench.database, `assent.audit_event WHERE type = 'staff.bulk_asked'`)).toBe(1);
  });

  it('are decided once, of however many that decide, and never by whoever asked', async () => {
    await asked('two', 'lender');
    expect(await decided('two', 'noor')).toBe('same-person');
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => decided('two', `supervisor-${index}`, index % 2 === 0 ? 'approved' : 'refused')));
    expect(outcomes.filter((outcome) => outcome === 'decided')).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(['decided', 'decided-before']));
    expect(await count(bench.database, `assent.audit_event WHERE type = 'staff.bulk_decided'`)).toBe(1);
    expect(await decided('none', 'sam')).toBe('decided-before');
    await expect(bench.database.pool.query(`UPDATE assent.bulk_revocation SET decided_by = asked_by WHERE id = 'two'`)).rejects.toThrow(/check constraint/);
  });

  it('are unfinished until they are not', async () => {
    await asked('three', 'third');
    await decided('three', 'sam');
    expect((await bulks().unfinished()).map(({ id }) => id)).toContain('three');
    await bulks().progress({ id: 'three', revoked: 2 });
    await bulks().progress({ id: 'three', revoked: 1, finishedAt: inSeconds(0) });
    expect(await bulks().find('three')).toMatchObject({ revoked: 3, decidedBy: 'sam', decision: 'approved' });
    expect((await bulks().unfinished()).map(({ id }) => id)).not.toContain('three');
  });
});
