import type { Client, PublicJwk } from '@assent/protocol';
import { aClient, aKey, jwksOf, now, refusalOf } from '../spec-support/fixtures.js';
import { publicJwk, type SigningKey } from './signing-key.js';
import { ClientKeys } from './client-keys.js';
import type { FetchJson } from './remote-key-set.js';

const url = 'https://tpp.example/jwks.json';
const remote = aClient({ jwks_uri: url });
const headerOf = (key: SigningKey) => ({ alg: key.alg, kid: key.kid });

/** A publisher whose answer and clock the test moves. */
function aPublisher(document: unknown, maxAgeSeconds?: number) {
  const state = { document, maxAgeSeconds, time: now.getTime(), fetches: 0, down: false };
  const fetchJson: FetchJson = async () => {
    state.fetches++;
    await Promise.resolve();
    if (state.down) throw new Error('connection refused');
    return { body: state.document, maxAgeSeconds: state.maxAgeSeconds };
  };
  const keys = new ClientKeys({ fetchJson, clock: { now: () => new Date(state.time) } });
  const pass = (seconds: number) => void (state.time += seconds * 1000);
  return { state, keys, pass };
}

describe('ClientKeys', () => {
  let one: SigningKey;
  let two: SigningKey;
  beforeAll(async () => {
    [one, two] = [await aKey('ES256'), await aKey('PS256')];
  });

  describe('inline jwks', () => {
    it('answers at once and imports once', () => {
      const { keys } = aPublisher({});
      const client = aClient({ jwks: jwksOf(one, two) });
      const [found] = keys.find(client, headerOf(one)) as never[];
      expect(found).toMatchObject({ kid: one.kid, algs: ['ES256'] });
      expect((keys.find(client, headerOf(one)) as never[])[0]).toBe(found);
    });

    it('tells keys of one kid apart by the algorithm (F2-CR-04)', () => {
      const { keys } = aPublisher({});
      const client = aClient({ jwks: { keys: [{ ...publicJwk(one), kid: 'same' }, { ...publicJwk(two), kid: 'same' }] } });
      expect(keys.find(client, { alg: 'PS256', kid: 'same' })).toMatchObject([{ algs: ['PS256'] }]);
      expect(keys.find(client, { alg: 'ES256', kid: 'same' })).toMatchObject([{ algs: ['ES256'] }]);
      expect(keys.find(client, { alg: 'EdDSA', kid: 'same' })).toEqual([]);
    });

    it('offers every key of the algorithm for a header without kid', () => {
      const { keys } = aPublisher({});
      expect(keys.find(aClient({ jwks: jwksOf(one, two) }), { alg: 'ES256' })).toHaveLength(1);
    });

    it('passes over keys that are not for signatures, weak, private or malformed', () => {
      const { keys } = aPublisher({});
      const odd = [null, 7, { kty: 'oct', k: 'AA' }, { ...publicJwk(one), use: 'enc' }, { ...publicJwk(one), d: 'AA' }, publicJwk(one)];
      expect(keys.find(aClient({ jwks: { keys: odd as PublicJwk[] } }), headerOf(one))).toHaveLength(1);
    });

    it('finds nothing for a client without keys', async () => {
      const { keys } = aPublisher({});
      expect(keys.find(aClient(), headerOf(one))).toEqual([]);
      expect(await keys.certificates(aClient())).toEqual([]);
    });
  });

  describe('jwks_uri', () => {
    it('is fetched once for many that ask together, and then answers at once', async () => {
      const { keys, state } = aPublisher(jwksOf(one));
      const answers = await Promise.all(Array.from({ length: 20 }, () => keys.find(remote, headerOf(one))));
      expect(answers.every(([key]) => key?.kid === one.kid)).toBe(true);
      expect(state.fetches).toBe(1);
      expect(keys.find(remote, headerOf(one))).not.toBeInstanceOf(Promise);
    });

    it.each([
      ['none', undefined, 299, 301],
      ['a short one', 1, 59, 61],
      ['a fair one', 120, 119, 121],
      ['a long one', 86_400, 899, 901],
    ])('keeps keys for the max-age within bounds: %s', async (_, maxAge, still, over) => {
      const { keys, state, pass } = aPublisher(jwksOf(one), maxAge);
      await keys.find(remote, headerOf(one));
      pass(still);
      await keys.find(remote, headerOf(one));
      expect(state.fetches).toBe(1);
      pass(over - still);
      await keys.find(remote, headerOf(one));
      expect(state.fetches).toBe(2);
    });

    it('drops a key the publisher has dropped', async () => {
      const { keys, state, pass } = aPublisher(jwksOf(one));
      await keys.find(remote, headerOf(one));
      state.document = jwksOf(two);
      pass(301);
      expect(await keys.find(remote, headerOf(one))).toEqual([]);
    });

    it('looks again at once for a kid it does not know', async () => {
      const { keys, state, pass } = aPublisher(jwksOf(one));
      await keys.find(remote, headerOf(one));
      state.document = jwksOf(two, one);
      pass(1);
      expect(await keys.find(remote, headerOf(two))).toMatchObject([{ kid: two.kid }]);
      expect(state.fetches).toBe(2);
    });

    it('finds keys by name alone, without fetching for what it knows, and looks again for what it does not', async () => {
      const { keys, state, pass } = aPublisher(jwksOf(one));
      for (let time = 0; time < 5; time++) {
        expect(await keys.named(remote, one.kid)).toMatchObject([{ kid: one.kid, algs: ['ES256'] }]);
        pass(11);
      }
      expect(state.fetches).toBe(1);
      state.document = jwksOf(one, two);
      expect(await keys.named(remote, two.kid)).toMatchObject([{ kid: two.kid }]);
      expect(state.fetches).toBe(2);
      expect([keys.named(aClient({ jwks: jwksOf(two) }), two.kid), keys.named(aClient(), two.kid)]).toEqual([[expect.objectContaining({ kid: two.kid })], []]);
    });

    it('gives a sender of made-up kids no more than a few fetches, and rotation still gets through', async () => {
      const { keys, state, pass } = aPublisher(jwksOf(one));
      await keys.find(remote, headerOf(one));
      for (let at = 0; at < 60; at++) {
        pass(1);
        for (let burst = 0; burst < 20; burst++) await keys.find(remote, { alg: 'ES256', kid: `made-up-${at}-${burst}` });
      }
      expect(state.fetches).toBeLessThanOrEqual(1 + 3 + 6);
      state.document = jwksOf(two);
      pass(10);
      expect(await keys.find(remote, headerOf(two))).toHaveLength(1);
    });

    it('does not fetch for an algorithm that is refused anyway', async () => {
      const { keys, state } = aPublisher(jwksOf(one));
      expect(await keys.find(remote, { alg: 'none', kid: 'x' })).toEqual([]);
      expect(await keys.find(remote, { alg: 'RS256' })).toEqual([]);
      expect(state.fetches).toBe(0);
    });

    it('says that keys cannot be read, asks again only after a pause, and recovers', async () => {
      const { keys, state, pass } = aPublisher(jwksOf(one));
      state.down = true;
      for (let attempt = 0; attempt < 5; attempt++) expect(await refusalOf(() => keys.find(remote, headerOf(one)))).toMatchObject({ name: 'KeySetError' });
      expect(state.fetches).toBe(1);
      pass(5);
      expect(await refusalOf(() => keys.find(remote, headerOf(one)))).toMatchObject({ name: 'KeySetError' });
      pass(5);
      expect(await refusalOf(() => keys.find(remote, headerOf(one)))).toMatchObject({ name: 'KeySetError' });
      expect(state.fetches).toBe(2);
      state.down = false;
      pass(5);
      expect(await keys.find(remote, headerOf(one))).toHaveLength(1);
    });

    it('goes on with a stale copy while the publisher is down, but not for long', async () => {
      const { keys, state, pass } = aPublisher(jwksOf(one));
      await keys.find(remote, headerOf(one));
      state.down = true;
      pass(301);
      expect(await keys.find(remote, headerOf(one))).toHaveLength(1);
      pass(900);
      expect(await refusalOf(() => keys.find(remote, headerOf(one)))).toMatchObject({ name: 'KeySetError' });
    });

    it.each<[string, unknown]>([
      ['no object', 'text'],
      ['no keys', {}],
      ['keys that are no list', { keys: {} }],
      ['more keys than anybody needs', { keys: Array.from({ length: 101 }, () => ({})) }],
    ])('refuses a document with %s', async (_, document) => {
      const { keys } = aPublisher(document);
      expect(await refusalOf(() => keys.find(remote, headerOf(one)))).toMatchObject({ name: 'KeySetError' });
    });

    it('keeps clients with different addresses apart', async () => {
      const { keys, state } = aPublisher(jwksOf(one));
      await keys.find(remote, headerOf(one));
      await keys.find({ ...remote, jwks_uri: 'https://other.example/jwks' } as Client, headerOf(one));
      expect(state.fetches).toBe(2);
    });
  });

  it('offers keys for certificates, and looks again when none matches the one presented', async () => {
    const { keys, state, pass } = aPublisher({ keys: [{ ...publicJwk(one), alg: 'ES384', use: 'tls' }] });
    const { createPublicKey } = await import('node:crypto');
    expect(await keys.certificates(remote, { publicKey: createPublicKey(one.key) })).toHaveLength(1);
    state.document = jwksOf(two);
    pass(1);
    expect(await keys.certificates(remote, { publicKey: createPublicKey(two.key) })).toHaveLength(1);
    expect(await keys.certificates(remote)).toHaveLength(1);
    expect(state.fetches).toBe(2);
  });
});
