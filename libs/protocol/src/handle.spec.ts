import { mintHandle, mintId, newTag, parseHandle, sha256, tagOf } from './handle.js';

const expiresAt = new Date('2026-12-01T10:00:00Z');

describe('handles', () => {
  it('carry tag and expiry, and are found again by the hash of the value', () => {
    const { value, handle } = mintHandle(0xbeef, expiresAt);
    expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(handle).toEqual({ tag: 0xbeef, expiresAt, hash: sha256(value) });
    expect(parseHandle(value)).toEqual(handle);
  });

  it('round the expiry up to whole seconds, the same in row and value', () => {
    const { value, handle } = mintHandle(1, new Date(expiresAt.getTime() + 1));
    expect(handle.expiresAt).toEqual(new Date(expiresAt.getTime() + 1000));
    expect(parseHandle(value)?.expiresAt).toEqual(handle.expiresAt);
  });

  it('add 208 random bits to tag and expiry', () => {
    const seen = new Set(Array.from({ length: 1000 }, () => mintHandle(7, expiresAt).value.slice(8)));
    expect(seen.size).toBe(1000);
    expect([...seen].every((random) => random.length === 35)).toBe(true);
  });

  it.each([
    ['empty', ''],
    ['too short', 'a'.repeat(42)],
    ['too long', 'a'.repeat(44)],
    ['padded', `${'a'.repeat(42)}=`],
    ['of another alphabet', `${'a'.repeat(42)}+`],
  ])('%s text is no handle', (_, text) => expect(parseHandle(text)).toBeUndefined());

  it('a changed tag changes the hash, so that it finds no row', () => {
    const { value, handle } = mintHandle(1, expiresAt);
    const forged = parseHandle(`AAI${value.slice(3)}`);
    expect(forged?.hash.equals(handle.hash)).toBe(false);
  });
});

describe('ids', () => {
  it('begin with their routing tag', () => {
    for (const tag of [0, 1, 255, 256, 65_535, newTag()]) expect(tagOf(mintId(tag))).toBe(tag);
  });

  it('are 32 characters, and foreign text has tag 0 or some tag but never throws', () => {
    expect(mintId(3)).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(tagOf('')).toBe(0);
    expect(() => tagOf('not ours')).not.toThrow();
  });
});
