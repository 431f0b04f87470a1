import { randomBytes } from 'node:crypto';
import { after, now, refusalOf } from '../spec-support/fixtures.js';
import { DpopNonces } from './nonces.js';

const secret = randomBytes(32);
const atStart = new Date(Math.floor(now.getTime() / 300_000) * 300_000);
const later = (seconds: number): Date => new Date(atStart.getTime() + seconds * 1000);

describe('DpopNonces', () => {
  it('issues one value per window, the same in every process', () => {
    const [one, other] = [new DpopNonces(secret), new DpopNonces(secret)];
    const nonce = one.issue(atStart);
    expect(nonce).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(one.issue(later(299))).toBe(nonce);
    expect(other.issue(later(10))).toBe(nonce);
    expect(one.issue(later(300))).not.toBe(nonce);
    expect(one.issue(atStart)).toBe(nonce);
  });

  it.each([
    ['at once', 0, 'ok'],
    ['at the end of its window', 299, 'ok'],
    ['in the next window', 599, 'ok'],
    ['after it', 600, 'stale'],
    ['on a clock a window behind', -1, 'ok'],
    ['on a clock further behind', -301, 'stale'],
  ] as const)('a nonce is good %s', (_, seconds, verdict) => {
    const nonces = new DpopNonces(secret);
    expect(nonces.check(nonces.issue(atStart), later(seconds))).toBe(verdict);
  });

  it('keeps servers apart: by secret and by context', () => {
    const nonce = new DpopNonces(secret, { context: 'authorization server' }).issue(now);
    expect(new DpopNonces(secret, { context: 'resource server' }).check(nonce, now)).toBe('stale');
    expect(new DpopNonces(randomBytes(32), { context: 'authorization server' }).check(nonce, now)).toBe('stale');
  });

  it.each([[undefined, 'missing'], ['', 'missing'], ['x', 'stale'], ['é'.repeat(32), 'stale'], ['x'.repeat(100_000), 'stale']] as const)('judges %.8s as %s', (nonce, verdict) => {
    expect(new DpopNonces(secret).check(nonce, now)).toBe(verdict);
  });

  it('takes the lifetime it is given', () => {
    const nonces = new DpopNonces(secret, { lifetimeSeconds: 10 });
    expect(nonces.check(nonces.issue(now), after(21))).toBe('stale');
  });

  it('wants a secret worth the name and a lifetime', async () => {
    expect(await refusalOf(() => new DpopNonces(Buffer.alloc(16)))).toMatchObject({ name: 'RangeError' });
    expect(await refusalOf(() => new DpopNonces(secret, { lifetimeSeconds: 0 }))).toMatchObject({ name: 'RangeError' });
  });
});
