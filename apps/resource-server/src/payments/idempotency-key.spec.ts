import { readIdempotencyKey } from './idempotency-key.js';

describe('Idempotency-Key', () => {
  it.each(['k', '"8e03978e-40d5-43e8-bc93-6894a57f9324"', 'a b', '~'.repeat(128)])('may be %s', (key) => {
    expect(readIdempotencyKey([key])).toHaveLength(32);
    expect(readIdempotencyKey([key])).not.toEqual(readIdempotencyKey(['another']));
  });

  it.each<[string, readonly string[]]>([
    ['missing', []],
    ['empty', ['']],
    ['too long', ['x'.repeat(129)]],
    ['not printable', ['a\tb']],
    ['not ASCII', ['é']],
    ['there twice', ['a', 'a']],
  ])('is refused when it is %s', (_, values) => {
    expect(() => readIdempotencyKey(values)).toThrow(expect.objectContaining({ code: 'invalid_request', status: 400, rule: 'ASSENT-RS-06' }));
  });
});
