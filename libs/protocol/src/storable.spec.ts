import { isConsentName, isStorable } from './storable.js';

describe('JSON that can be kept', () => {
  const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

  it.each<[string, unknown]>([
    ['texts of every language', { name: ['Müller', 'أحمد', '𝒮öhne', ''] }],
    ['numbers, nothing, yes and no', [1, null, true, undefined]],
    ['as deep as any message', nested(60)],
  ])('%s', (_, value) => expect(isStorable(value)).toBe(true));

  it.each<[string, unknown]>([
    ['NUL', { a: ['x\0'] }],
    ['NUL in a name', { 'a\0': 1 }],
    ['half a surrogate pair', ['\ud800']],
    ['the other half', { a: { b: 'x\udc00' } }],
    ['what is nested too deeply', nested(70)],
  ])('is not %s', (_, value) => expect(isStorable(value)).toBe(false));
});

describe('a name of a consent', () => {
  it.each(['a', 'urn:bank:C1DD33123', 'موافقة', 'x'.repeat(255)])('is %s', (name) => expect(isConsentName(name)).toBe(true));
  it.each(['', 'a\0', 'a\nb', '\ud800', 'a\u202eb', 'x'.repeat(256)])('is not %j', (name) => expect(isConsentName(name)).toBe(false));
});
