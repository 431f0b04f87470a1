import type { FeedChange } from '@assent/persistence';
import { fixedClock } from '@assent/testing';
import { RevocationLog } from './revocation-log.js';

const clock = fixedClock('2026-11-25T10:00:00Z');
const later = new Date('2026-11-25T11:00:00Z');
const change = (id: string, xid: number, more: Partial<FeedChange> = {}): FeedChange => ({ subject: 'family', id, xid: BigInt(xid), until: later, ...more });
const aLog = (...reads: readonly { readonly at: number; readonly lineage?: string; readonly changes: readonly FeedChange[] }[]): RevocationLog => {
  const log = new RevocationLog(clock);
  for (const { at, lineage = 'one', changes } of reads) log.take({ lineage, position: BigInt(at), changes });
  return log;
};
const ids = ({ revocations }: { readonly revocations: readonly { readonly id: string }[] }): string[] => revocations.map(({ id }) => id);
const cursorOf = (log: RevocationLog): string => log.page(undefined, 100).cursor;

describe('RevocationLog', () => {
  it('delivers all at first, then only news, and repeats nothing that was read twice', () => {
    const log = aLog({ at: 10, changes: [change('a', 7), change('b', 11)] });
    const first = log.page(undefined, 100);
    expect([ids(first), first.complete]).toEqual([['a', 'b'], true]);
    log.take({ lineage: 'one', position: 10n, changes: [change('b', 11), change('c', 12)] });
    const second = log.page(first.cursor, 100);
    expect([ids(second), ids(log.page(second.cursor, 100))]).toEqual([['c'], []]);
  });

  it('delivers what commits late, below what was delivered before', () => {
    const log = aLog({ at: 5, changes: [change('early', 9)] });
    const { cursor } = log.page(undefined, 100);
    log.take({ lineage: 'one', position: 12n, changes: [change('late', 5)] });
    expect(ids(log.page(cursor, 100))).toEqual(['late']);
  });

  it('delivers an entry anew when it was changed', () => {
    const log = aLog({ at: 5, changes: [change('g', 5, { subject: 'version', below: 2 })] });
    const { cursor } = log.page(undefined, 100);
    log.take({ lineage: 'one', position: 9n, changes: [change('g', 8, { subject: 'version', below: 3 })] });
    expect(log.page(cursor, 100).revocations).toMatchObject([{ id: 'g', below: 3 }]);
    expect(ids(log.page(undefined, 100))).toEqual(['g']);
  });

  it('cuts pages, and says that they are not all', () => {
    const log = aLog({ at: 9, changes: ['a', 'b', 'c', 'd', 'e'].map((id, index) => change(id, index)) });
    const first = log.page(undefined, 2);
    log.take({ lineage: 'one', position: 9n, changes: [change('late', 3)] });
    const second = log.page(first.cursor, 2);
    const third = log.page(second.cursor, 2);
    expect([first, second, third].map((page) => [ids(page), page.complete])).toEqual([[['a', 'b'], false], [['c', 'd'], false], [['e', 'late'], true]]);
  });

  it('goes on from the cursor of another process on the same database, without a gap', () => {
    const one = aLog({ at: 10, changes: [change('a', 7), change('b', 11)] });
    // The other has read further, or less far: what is above the first one's position counts.
    const two = aLog({ at: 14, changes: [change('a', 7), change('b', 11), change('late', 10), change('c', 13)] });
    expect(ids(two.page(cursorOf(one), 100))).toEqual(['b', 'late', 'c']);
    const behind = aLog({ at: 6, changes: [change('a', 7)] });
    const answer = behind.page(cursorOf(one), 100);
    behind.take({ lineage: 'one', position: 10n, changes: [change('b', 11), change('late', 10)] });
    expect(ids(behind.page(answer.cursor, 100))).toEqual(['b', 'late']);
  });

  it('a page that was cut proves nothing to another process', () => {
    const entries = ['a', 'b', 'c'].map((id, index) => change(id, index + 1));
    const one = aLog({ at: 9, changes: entries });
    const two = aLog({ at: 9, changes: entries });
    expect(ids(two.page(one.page(undefined, 2).cursor, 100))).toEqual(['a', 'b', 'c']);
  });

  it.each<[string, (log: RevocationLog) => string]>([
    ['of another database', () => cursorOf(aLog({ at: 1_000, lineage: 'restored', changes: [] }))],
    ['that is none', () => 'nonsense'],
    ['that is text of ours, but no cursor', () => Buffer.from('["one","x","y",1]').toString('base64url')],
    ['that is far too long', () => 'A'.repeat(5_000)],
  ])('begins anew at a cursor %s', (_, cursor) => {
    const log = aLog({ at: 10, changes: [change('a', 7), change('b', 11)] });
    expect(ids(log.page(cursor(log), 100))).toEqual(['a', 'b']);
  });

  it('takes in a database that was restored and counts from elsewhere', () => {
    const log = aLog({ at: 1_000, changes: [change('a', 7), change('lost', 999)] });
    const { cursor } = log.page(undefined, 100);
    log.take({ lineage: 'restored', position: 20n, changes: [change('a', 7), change('new', 12)] });
    expect(ids(log.page(cursor, 100))).toEqual(['new']);
  });

  it('tells nobody of what has expired, and keeps no memory of it', () => {
    const log = aLog({ at: 5, changes: [change('over', 1, { until: clock.now() }), change('alive', 2)] });
    expect(ids(log.page(undefined, 100))).toEqual(['alive']);
    for (let count = 0; count < 100; count += 1) log.take({ lineage: 'one', position: 5n, changes: [] });
    expect(log.size).toBe(1);
  });

  it('wakes all who wait, by one read', async () => {
    const log = aLog({ at: 5, changes: [] });
    const waiting = Array.from({ length: 500 }, () => log.wait(60_000, new AbortController().signal));
    expect(log.waiting).toBe(500);
    log.take({ lineage: 'one', position: 6n, changes: [change('a', 5)] });
    await Promise.all(waiting);
    expect(log.waiting).toBe(0);
  });

  it('lets go of whoever hangs up', async () => {
    const log = aLog();
    const gone = new AbortController();
    const waited = log.wait(60_000, gone.signal);
    gone.abort();
    await waited;
    await log.wait(60_000, gone.signal);
    expect(log.waiting).toBe(0);
  });
});
