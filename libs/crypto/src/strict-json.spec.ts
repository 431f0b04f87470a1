import { parseStrictJson, parseStrictObject } from './strict-json.js';

describe('parseStrictObject', () => {
  it.each([
    ['empty', '{}', {}],
    ['spaces around', ' {"a" : 1 } ', { a: 1 }],
    ['same name at different levels', '{"a":{"a":[{"a":1},{"a":2}]},"b":"a"}', { a: { a: [{ a: 1 }, { a: 2 }] }, b: 'a' }],
    ['a value that looks like a name', '{"a":"b","b":"a,\\"a\\":1"}', { a: 'b', b: 'a,"a":1' }],
    ['names after an array', '{"a":["a","a",{"a":1}],"b":2}', { a: ['a', 'a', { a: 1 }], b: 2 }],
    ['an escaped backslash before a quote', '{"a\\\\":1,"a":2}', { 'a\\': 1, a: 2 }],
  ])('reads %s', (_, text, value) => {
    expect(parseStrictObject(Buffer.from(text))).toEqual(value);
  });

  it.each([
    ['an array', '[]'],
    ['a string', '"a"'],
    ['null', 'null'],
    ['nothing', ''],
    ['trailing text', '{}x'],
    ['a byte order mark', '\ufeff{}'],
    ['a repeated name', '{"alg":"none","alg":"ES256"}'],
    ['a repeated name, escaped', '{"\\u0061lg":"none","alg":"ES256"}'],
    ['a repeated name in depth', '{"a":[1,{"b":{"c":1,"d":[],"c":2}}]}'],
    ['a repeated name after a nested object', '{"a":1,"b":{"x":1},"a":2}'],
    ['a repeated empty name', '{"":1,"":2}'],
    ['a comment', '{/**/}'],
  ])('refuses %s', (_, text) => {
    expect(parseStrictObject(Buffer.from(text))).toBeUndefined();
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(parseStrictObject(Buffer.from('7b2261223a22ff227d', 'hex'))).toBeUndefined();
  });

  it('takes __proto__ for an ordinary name', () => {
    const value = parseStrictObject(Buffer.from('{"__proto__":{"admin":true}}'));
    expect(Object.keys(value ?? {})).toEqual(['__proto__']);
    expect((value as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('parseStrictJson', () => {
  it.each<[string, unknown]>([
    ['[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
    [' null ', null],
    ['"{\\"a\\":1,\\"a\\":2}"', '{"a":1,"a":2}'],
  ])('reads %s', (text, value) => {
    expect(parseStrictJson(text)).toEqual({ value });
  });

  it.each(['', '[', '[{"a":1,"a":2}]', '[{"b":[{"a":1,"\\u0061":2}]}]', '[]]', '[1,]'])('refuses %s', (text) => {
    expect(parseStrictJson(text)).toBeUndefined();
  });

  it('reads what is nested deeply without running out of stack', () => {
    expect(parseStrictJson(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toBeDefined();
  });
});
