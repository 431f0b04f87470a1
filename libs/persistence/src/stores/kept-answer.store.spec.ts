import { Secret, sha256 } from '@assent/protocol';
import { openDatabase, type Database } from '../database.js';
import { openBench, type Bench } from './fixtures.js';

let bench: Bench;
/** A second process on the same database. */
let other: Database;
beforeAll(async () => {
  bench = await openBench();
  other = await openDatabase({ url: bench.url, poolSize: 5, encryptionKey: new Secret(Buffer.alloc(32, 7)) });
});
afterAll(async () => {
  await other.close();
  await bench.close();
});

const now = new Date('2026-11-25T12:00:00Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
let count = 0;
const aKey = (request = 'the request') => ({ hash: sha256(`key ${(count += 1)}`), request: sha256(request) });
const beginning = { now, keepSeconds: 86_400, leaseSeconds: 30 };

describe('answers under a key of idempotency', () => {
  const answers = () => other.stores.keptAnswers;

  it('are given again to the same request, for as long as they are kept; sealed meanwhile', async () => {
    const key = aKey();
    const begun = await answers().begin({ ...beginning, key });
    if (begun.outcome !== 'begun') throw new Error(begun.outcome);
    await answers().finish({ key, lease: begun.lease, answer: '{"a":"secret"}' });
    expect(await answers().begin({ ...beginning, key, now: later(86_399) })).toEqual({ outcome: 'answered', answer: '{"a":"secret"}' });
    const { rows } = await bench.database.pool.query<{ answer: Buffer }>('SELECT answer FROM assent.market_answer WHERE hash = $1', [key.hash]);
    expect(rows[0]!.answer.includes('secret')).toBe(false);
    expect(await answers().begin({ ...beginning, key, now: later(86_400) })).toMatchObject({ outcome: 'begun' });
  });

  it('are no other request’s', async () => {
    const key = aKey();
    await answers().begin({ ...beginning, key });
    expect(await answers().begin({ ...beginning, key: { ...key, request: sha256('another') } })).toEqual({ outcome: 'reused' });
  });

  it('are made by one of thirty at the same moment, in two processes', async () => {
    const key = aKey();
    const outcomes = await Promise.all(Array.from({ length: 30 }, (_, index) => (index % 2 ? other : bench.database).stores.keptAnswers.begin({ ...beginning, key })));
    expect(outcomes.filter(({ outcome }) => outcome === 'begun')).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome === 'running')).toHaveLength(29);
  });

  it('may be begun again by the same request when whoever began went away, and not before', async () => {
    const key = aKey();
    const first = await answers().begin({ ...beginning, key });
    expect(await answers().begin({ ...beginning, key, now: later(29) })).toEqual({ outcome: 'running' });
    const second = await answers().begin({ ...beginning, key, now: later(30) });
    if (first.outcome !== 'begun' || second.outcome !== 'begun') throw new Error('not begun');
    await answers().finish({ key, lease: first.lease, answer: 'too late' });
    expect(await answers().begin({ ...beginning, key, now: later(31) })).toEqual({ outcome: 'running' });
    await answers().finish({ key, lease: second.lease, answer: 'good' });
    expect(await answers().begin({ ...beginning, key, now: later(32) })).toEqual({ outcome: 'answered', answer: 'good' });
  });

  it('leave the key free when nothing came of it', async () => {
    const key = aKey();
    const begun = await answers().begin({ ...beginning, key });
    if (begun.outcome !== 'begun') throw new Error(begun.outcome);
    await answers().abandon({ key, lease: begun.lease });
    expect(await answers().begin({ ...beginning, key: { ...key, request: sha256('another') } })).toMatchObject({ outcome: 'begun' });
  });
});

describe('ids of messages', () => {
  it('are good once: of a hundred at the same moment one', async () => {
    const hash = sha256('a message');
    const outcomes = await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 2 ? other : bench.database).stores.spentMessages.spend({ hash, expiresAt: later(60), now })));
    expect(outcomes.filter((outcome) => outcome === 'spent')).toHaveLength(1);
  });

  it('are forgotten when they end', async () => {
    const hash = sha256('another message');
    const { spentMessages } = bench.database.stores;
    expect(await spentMessages.spend({ hash, expiresAt: later(60), now })).toBe('spent');
    expect(await spentMessages.spend({ hash, expiresAt: later(120), now: later(59) })).toBe('replayed');
    expect(await spentMessages.spend({ hash, expiresAt: later(120), now: later(60) })).toBe('spent');
  });
});

