import type { ReplayClaim, ReplayStore } from '@assent/protocol';
import { OneTimeProofs } from './one-time-proofs.js';

const claim = (kind: ReplayClaim['kind']): ReplayClaim => ({ kind, hash: Buffer.from(kind), expiresAt: new Date(0) });

function aReplayStore() {
  const spent: ReplayClaim[][] = [];
  const store: ReplayStore = {
    spend: (claims) => {
      spent.push([...claims]);
      return Promise.resolve({ outcome: 'spent' });
    },
  };
  return { store, spent };
}

describe('OneTimeProofs', () => {
  it('hands everything to the first store operation and nothing to the next', () => {
    const proofs = new OneTimeProofs();
    proofs.keep(claim('client_assertion'));
    proofs.keep(claim('dpop_proof'));
    expect(proofs.spend()).toHaveLength(2);
    expect(proofs.spend()).toEqual([]);
  });

  it('spends what no store operation was given', async () => {
    const { store, spent } = aReplayStore();
    const proofs = new OneTimeProofs();
    proofs.keep(claim('client_assertion'));
    await proofs.abandon(store);
    await proofs.abandon(store);
    expect(spent).toEqual([[claim('client_assertion')]]);
  });

  it('leaves alone what a store operation was given, and asks nothing of the store when there is nothing', async () => {
    const { store, spent } = aReplayStore();
    const proofs = new OneTimeProofs();
    proofs.keep(claim('client_assertion'));
    proofs.spend();
    await proofs.abandon(store);
    await new OneTimeProofs().abandon(store);
    expect(spent).toEqual([]);
  });
});
