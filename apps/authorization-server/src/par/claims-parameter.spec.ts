import { parseClaims } from './claims-parameter.js';

describe('parseClaims', () => {
  it('reads both members and drops what it does not know', () => {
    const text = '{"userinfo":{"email":null,"name":{"essential":true,"x":1}},"id_token":{"acr":{"values":["a","b"]},"sub":{"value":"s"}},"other":{}}';
    expect(parseClaims(text)).toEqual({
      userinfo: { email: null, name: { essential: true } },
      id_token: { acr: { values: ['a', 'b'] }, sub: { value: 's' } },
    });
  });

  it('takes an empty object, and null members, as asking for nothing', () => {
    expect(parseClaims('{}')).toEqual({});
    expect(parseClaims('{"userinfo":null}')).toEqual({});
  });

  it('does not let a name reach a prototype', () => {
    const { userinfo } = parseClaims('{"userinfo":{"__proto__":{"essential":true}}}');
    expect(Object.getPrototypeOf(userinfo)).toBe(Object.prototype);
    expect(Object.keys(userinfo ?? {})).toEqual(['__proto__']);
  });

  it.each(['', '[]', 'null', '"x"', '{', '{"userinfo":[]}', '{"id_token":"email"}', '{"userinfo":{"email":true}}', '{"userinfo":{"email":{"essential":"yes"}}}', '{"id_token":{"acr":{"values":"a"}}}'])(
    'refuses %j',
    (text) => {
      expect(() => parseClaims(text)).toThrow(expect.objectContaining({ code: 'invalid_request', rule: 'OIDC-05' }));
    },
  );

  it.each([
    ['NUL in a value', String.raw`{"id_token":{"acr":{"value":"\u0000"}}}`],
    ['NUL in a name', String.raw`{"userinfo":{"a\u0000b":null}}`],
    ['half a surrogate pair', String.raw`{"id_token":{"acr":{"values":["\ud800"]}}}`],
    ['endless nesting', `{"id_token":{"acr":{"value":${'['.repeat(15_000)}${']'.repeat(15_000)}}}}`],
  ])('refuses what could not be kept: %s', (_title, text) => {
    expect(() => parseClaims(text)).toThrow(expect.objectContaining({ code: 'invalid_request', rule: 'OIDC-05' }));
  });

  it('keeps a whole surrogate pair', () => {
    expect(parseClaims(String.raw`{"id_token":{"name":{"value":"\ud83d\ude00"}}}`)).toEqual({ id_token: { name: { value: '😀' } } });
  });
});
