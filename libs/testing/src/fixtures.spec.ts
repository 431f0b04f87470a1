import { parseJws, signJws } from '@assent/crypto';
import { aClient } from './client.js';
import { fixedClock } from './clock.js';
import { aKey } from './key.js';

describe('fixtures', () => {
  it('a clock stands still and moves when told', () => {
    const clock = fixedClock('2026-11-24T10:00:00Z');
    expect(clock.now().toISOString()).toBe('2026-11-24T10:00:00.000Z');
    clock.advance(90);
    expect(clock.now().toISOString()).toBe('2026-11-24T10:01:30.000Z');
    clock.set('2027-01-01T00:00:00Z');
    expect(clock.now().getUTCFullYear()).toBe(2027);
  });

  it('a client differs where it is said to', () => {
    expect(aClient({ client_id: 'other' })).toMatchObject({ client_id: 'other', dpop_bound_access_tokens: true });
  });

  it.each(['ES256', 'EdDSA'] as const)('a key of %s signs under the name it publishes', async (alg) => {
    const { signing, jwk } = await aKey(alg);
    const jws = await signJws({ alg, kid: signing.kid }, {}, signing);
    expect(parseJws(jws).header.kid).toBe(jwk.kid);
    expect(jwk).not.toHaveProperty('d');
  });
});
