import type { IssuerConfig } from '@assent/config';
import { signJws, verifyJws } from '@assent/crypto';
import type { SigningKeys, StoredSigningKey } from '@assent/protocol';
import { pino } from 'pino';
import { KeyRings } from './key-rings.js';

const issuer = { issuer: 'https://bank.example/fapi2', signingAlgs: ['ES256'], accessTokenAlg: 'ES256', clients: [] } as unknown as IssuerConfig;
const rotation = { everySeconds: 3600, keepPreviousSeconds: 7200 };

/** The port in memory, as one shared database would answer two processes. */
function aStore(): SigningKeys & { keys: StoredSigningKey[] } {
  const listeners = new Set<() => void>();
  const store: SigningKeys & { keys: StoredSigningKey[] } = {
    keys: [],
    all: () => Promise.resolve(store.keys),
    ensure: async (wanted, generate, now, only) => {
      for (const { issuer: of, alg } of wanted) {
        for (const state of only ? [only] : (['current', 'next'] as const)) {
          if (!store.keys.some((key) => key.alg === alg && key.state === state)) store.keys.push({ ...(await generate(alg)), issuer: of, alg, state, createdAt: now, since: now });
        }
      }
      for (const tell of listeners) tell();
    },
    rotate: async (of, alg, generate, now, retireBefore, dueBefore) => {
      if (dueBefore && store.keys.some((key) => key.state === 'current' && key.since > dueBefore)) return;
      const moved = store.keys
        .filter((key) => !(key.state === 'previous' && key.since < retireBefore))
        .map((key): StoredSigningKey => (key.state === 'previous' ? key : { ...key, state: key.state === 'next' ? 'current' : 'previous', since: now }));
      if (!moved.some(({ state }) => state === 'current')) moved.push({ ...(await generate(alg)), issuer: of, alg, state: 'current', createdAt: now, since: now });
      store.keys = [...moved, { ...(await generate(alg)), issuer: of, alg, state: 'next', createdAt: now, since: now }];
      for (const tell of listeners) tell();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return Promise.resolve(() => Promise.resolve(void listeners.delete(listener)));
    },
  };
  return store;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const prepared = (rings: KeyRings) => rings.prepareNext().then(settled);

describe('KeyRings', () => {
  it('keeps keys to decrypt with where request objects may be encrypted, and publishes them as such', async () => {
    const policy = { requestObject: 'required', requestObjectEncryption: 'optional', encryptionAlgs: ['RSA-OAEP', 'ECDH-ES'] } as const;
    const store = aStore();
    const log = pino({ level: 'silent' });
    const clock = { now: () => new Date('2026-01-01T00:00:00Z') };
    const rings = await KeyRings.open({ store, issuers: [{ ...issuer, policy }], rotation, clock, log });
    const ring = rings.of(issuer.issuer);
    await prepared(rings);
    expect(ring.decrypting().map(({ alg }) => alg).sort()).toEqual(['ECDH-ES', 'ECDH-ES', 'RSA-OAEP', 'RSA-OAEP']);
    const published = ring.jwks().keys.map(({ use, alg, kid }) => ({ use, alg, kid }));
    expect(published.filter(({ use }) => use === 'enc').map(({ alg }) => alg).sort()).toEqual(['ECDH-ES', 'ECDH-ES', 'RSA-OAEP', 'RSA-OAEP']);
    expect(new Set(published.map(({ kid }) => kid)).size).toBe(published.length);
    // Of each algorithm the current one first; a previous one still opens what was on its way, and is published no more.
    const current = store.keys.find(({ alg, state }) => alg === 'ECDH-ES' && state === 'current')!;
    expect(published.find(({ alg }) => alg === 'ECDH-ES')?.kid).toBe(current.kid);
    store.keys = store.keys.map((key) => (key.kid === current.kid ? { ...key, state: 'previous' as const } : key));
    ring.replace(store.keys);
    expect(ring.decrypting().some(({ kid }) => kid === current.kid)).toBe(true);
    expect(ring.jwks().keys.some(({ kid }) => kid === current.kid)).toBe(false);
    // No signature is verified with a key to decrypt with.
    expect((ring.find({ alg: 'ES256', kid: current.kid }) as readonly unknown[])).toEqual([]);
    await rings.close();
    const plain = await KeyRings.open({ store: aStore(), issuers: [{ ...issuer, policy: { ...policy, requestObjectEncryption: 'off' } }], rotation, clock, log });
    expect(plain.of(issuer.issuer).decrypting()).toEqual([]);
    await plain.close();
  });

  it('is ready with the keys that sign; the next ones come later, or with the rotation that needs them', async () => {
    const store = aStore();
    let now = new Date('2026-01-01T00:00:00Z');
    const rings = await KeyRings.open({ store, issuers: [issuer], rotation, clock: { now: () => now }, log: pino({ level: 'silent' }) });
    const ring = rings.of(issuer.issuer);
    const kids = () => ring.jwks().keys.map(({ kid }) => kid);
    const first = ring.signing('ES256').kid;
    expect([rings.ready(), kids(), ring.withoutNext()]).toEqual([true, [first], ['ES256']]);
    await Promise.all([prepared(rings), prepared(rings)]);
    expect([kids().length, kids()[0], ring.withoutNext()]).toEqual([2, first, []]);

    store.keys = store.keys.filter(({ state }) => state === 'current');
    ring.replace(store.keys);
    now = new Date('2026-01-01T01:00:00Z');
    await rings.rotateDue();
    await settled();
    expect([ring.ready(), ring.signing('ES256').kid === first, kids().includes(first)]).toEqual([true, false, true]);

    ring.replace(store.keys.filter(({ state }) => state !== 'next'));
    const { ensure } = store;
    store.ensure = () => Promise.reject(new Error('the database is away'));
    await rings.prepareNext();
    expect(ring.withoutNext()).toEqual(['ES256']);
    store.ensure = ensure;
    await prepared(rings);
    expect(ring.withoutNext()).toEqual([]);
    await rings.close();
  });

  it('rotates without a failed verification, in every process', async () => {
    const store = aStore();
    let now = new Date('2026-01-01T00:00:00Z');
    const options = { store, issuers: [issuer], rotation, clock: { now: () => now }, log: pino({ level: 'silent' }) };
    const one = await KeyRings.open(options);
    const two = await KeyRings.open(options);
    await prepared(one);
    const ring = one.of(issuer.issuer);
    const before = ring.signing('ES256').kid;
    const token = await signJws({}, { a: 1 }, ring.signing('ES256'));
    expect(ring.jwks().keys.map(({ kid }) => kid)).toHaveLength(2);

    now = new Date('2026-01-01T00:30:00Z');
    await one.rotateDue();
    expect(ring.signing('ES256').kid).toBe(before);

    now = new Date('2026-01-01T01:00:00Z');
    await Promise.all([one.rotateDue(), two.rotateDue()]);
    await settled();
    for (const rings of [one, two]) {
      const here = rings.of(issuer.issuer);
      expect(here.signing('ES256').kid).not.toBe(before);
      expect(new Set(here.jwks().keys.map(({ kid }) => kid)).size).toBe(3);
      await expect(verifyJws(token, { algs: ['ES256'], keys: here.find })).resolves.toBeDefined();
    }
    await Promise.all([one.close(), two.close()]);
  });

  it('publishes public keys only', async () => {
    const rings = await KeyRings.open({ store: aStore(), issuers: [issuer], rotation, clock: { now: () => new Date(0) }, log: pino({ level: 'silent' }) });
    for (const key of rings.of(issuer.issuer).jwks().keys) expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    expect(rings.ready()).toBe(true);
    await rings.close();
  });
});
