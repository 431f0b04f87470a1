import { randomBytes } from 'node:crypto';
import { constantTimeEqual } from '../constant-time.js';
import { decodeBase64url, encodeBase64url } from '../base64url.js';
import { refusalOf } from '../spec-support/fixtures.js';
import { deriveKey } from './derive-key.js';
import { open, seal } from './seal.js';

const master = randomBytes(32);
const key = deriveKey(master, 'signing-keys');
const plain = Buffer.from('-----BEGIN PRIVATE KEY-----');
const context = 'signing-key/kid';

describe('seal and open', () => {
  it.each([[plain], [Buffer.alloc(0)], [randomBytes(10_000)]])('give back what was sealed', (bytes) => {
    expect(open(seal(bytes, key, context), key, context).equals(bytes)).toBe(true);
  });

  it('never seal the same way twice, and show nothing of the plain text', () => {
    const [first, second] = [seal(plain, key, context), seal(plain, key, context)];
    expect(first.equals(second)).toBe(false);
    expect(first.includes(plain)).toBe(false);
  });

  const sealed = seal(plain, key, context);
  const flipped = (at: number): Buffer => Buffer.from(sealed.map((octet, index) => (index === (at + sealed.length) % sealed.length ? octet ^ 1 : octet)));
  it.each<[string, () => Buffer, RegExp]>([
    ['another key', () => open(sealed, deriveKey(randomBytes(32), 'signing-keys'), context), /encryption key is not the one/],
    ['a key for another purpose', () => open(sealed, deriveKey(master, 'other'), context), /encryption key is not the one/],
    ['another context', () => open(sealed, key, 'signing-key/other'), /signing-key\/other/],
    ['an altered nonce', () => open(flipped(1), key, context), /altered/],
    ['an altered tag', () => open(flipped(13), key, context), /altered/],
    ['altered contents', () => open(flipped(-1), key, context), /altered/],
    ['contents cut off', () => open(sealed.subarray(0, -1), key, context), /altered/],
    ['another format', () => open(flipped(0), key, context), /format 0/],
    ['too little', () => open(sealed.subarray(0, 20), key, context), /too short/],
  ])('refuse %s', async (_, attempt, message) => {
    expect(await refusalOf(attempt)).toMatchObject({ name: 'SealError' });
    expect(attempt).toThrow(message);
  });

  it.each([16, 31, 33, 64])('want a key of 32 bytes, not %s', (length) => {
    expect(() => seal(plain, Buffer.alloc(length), context)).toThrow(RangeError);
    expect(() => open(sealed, Buffer.alloc(length), context)).toThrow(RangeError);
  });
});

describe('deriveKey', () => {
  it('keeps purposes apart and is the same every time', () => {
    expect(deriveKey(master, 'a').equals(deriveKey(master, 'a'))).toBe(true);
    expect(deriveKey(master, 'a').equals(deriveKey(master, 'b'))).toBe(false);
    expect(deriveKey(master, 'a')).toHaveLength(32);
  });

  it('wants a master key of 32 bytes', () => {
    expect(() => deriveKey(Buffer.alloc(31), 'a')).toThrow(RangeError);
  });
});

it.each([['a', 'a', true], ['', '', true], ['a', 'b', false], ['a', 'aa', false], ['é', 'e', false]])('constantTimeEqual(%j, %j) is %s', (a, b, equal) => {
  expect(constantTimeEqual(a, b)).toBe(equal);
});

it.each([['', true], ['AA', true], ['AB', false], ['AA==', false], ['A', false], ['A+', false], ['A A', false], ['_-_-', true]])('decodeBase64url(%j) reads: %s', (text, reads) => {
  expect(decodeBase64url(text) !== undefined).toBe(reads);
  if (reads) expect(encodeBase64url(decodeBase64url(text) as Buffer)).toBe(text);
});
