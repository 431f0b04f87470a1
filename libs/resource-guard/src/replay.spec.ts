import { randomBytes } from 'node:crypto';
import { plusSeconds, type ReplayClaim } from '@assent/protocol';
import { aClock } from './guard.fixtures.js';
import { MemoryReplayStore } from './replay.js';

const aClaim = (expiresAt: Date): ReplayClaim => ({ kind: 'dpop_proof', hash: randomBytes(32), expiresAt });

describe('MemoryReplayStore (F2-DP-10)', () => {
  it('spends a value once until it expires', async () => {
    const clock = aClock();
    const store = new MemoryReplayStore({ clock });
    const claim = aClaim(plusSeconds(clock.now(), 90));
    expect(await store.spend([claim])).toEqual({ outcome: 'spent' });
    clock.move(89);
    expect(await store.spend([claim])).toEqual({ outcome: 'replayed', kind: 'dpop_proof' });
  });

  it('refuses with 503 when full, and has room again once values expire', async () => {
    const clock = aClock();
    const store = new MemoryReplayStore({ clock, capacity: 3 });
    const kept = aClaim(plusSeconds(clock.now(), 90));
    await store.spend([kept, aClaim(kept.expiresAt), aClaim(kept.expiresAt)]);
    await expect(store.spend([aClaim(kept.expiresAt)])).rejects.toMatchObject({ status: 503, headers: { 'Retry-After': '10' } });
    expect(await store.spend([kept])).toMatchObject({ outcome: 'replayed' });
    clock.move(100);
    expect(await store.spend([aClaim(plusSeconds(clock.now(), 90))])).toEqual({ outcome: 'spent' });
  });
});
