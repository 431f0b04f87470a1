import { readSignatures } from './signature-fields.js';
import type { Fields } from './message.js';

const read = (...headers: Fields) => readSignatures({ status: 200, headers });
const input = (value: string) => ['Signature-Input', value] as const;
const signature = (value: string) => ['Signature', value] as const;
const good = [input('a=("@status");created=1'), signature('a=:AAAA:')] as const;

describe('readSignatures', () => {
  it('reads several signatures over several lines', () => {
    const found = read(...good, input('b=();tag="x", c=("date" "@method";req)'), signature('c=:BBBB:,b=:CCCC:'));
    expect(found.map(({ label, components, parameters }) => [label, components.length, parameters.tag])).toEqual([['a', 1, undefined], ['b', 0, 'x'], ['c', 2, undefined]]);
    expect(found[2]?.signature.toString('base64')).toBe('BBBB');
  });

  it('finds none where there are none', () => {
    expect(read(['Date', 'x'])).toEqual([]);
  });

  it.each<[string, Fields]>([
    ['no Signature', [good[0]]],
    ['no Signature-Input', [good[1]]],
    ['an empty Signature-Input', [input(''), good[1]]],
    ['a label twice in one line', [input('a=("@status"), a=()'), good[1]]],
    ['a label twice over two lines', [...good, input('a=()')]],
    ['a label twice in Signature', [good[0], signature('a=:AAAA:, a=:BBBB:')]],
    ['a parameter twice', [input('a=();created=1;created=2'), good[1]]],
    ['a component parameter twice', [input('a=("x";key="a";key="b")'), good[1]]],
    ['another label in Signature', [good[0], signature('b=:AAAA:')]],
    ['one label more in Signature', [good[0], signature('a=:AAAA:, b=:AAAA:')]],
    ['an input that is no list', [input('a="@status"'), good[1]]],
    ['a flag', [input('a'), good[1]]],
    ['a signature that is a string', [good[0], signature('a="AAAA"')]],
    ['a signature that is a list', [good[0], signature('a=(:AAAA:)')]],
    ['a trailing comma', [input('a=(),'), good[1]]],
    ['no end of the list', [input('a=("@status"'), good[1]]],
    ['an open string', [input('a=("@status)'), good[1]]],
    ['bad base64', [good[0], signature('a=:%%:')]],
    ['upper-case labels', [input('A=()'), signature('A=:AAAA:')]],
    ['nine signatures', [input('abcdefghi'.replace(/./g, '$&=(),').slice(0, -1)), signature('abcdefghi'.replace(/./g, '$&=:AAAA:,').slice(0, -1))]],
    ['65 components', [input(`a=(${Array.from({ length: 65 }, (_, at) => `"h${at}"`).join(' ')})`), good[1]]],
    ['a field of 20,000 characters', [input(`a=("${'x'.repeat(20_000)}")`), good[1]]],
    ['a line break in a field', [input('a=("@status")\r\nx'), good[1]]],
    ['text that is not ASCII', [input('a=("é")'), good[1]]],
    ['__proto__ as a parameter', [input('a=();__proto__=1'), good[1]]],
  ])('refuses %s', (_, headers) => {
    expect(() => read(...headers)).toThrow(expect.objectContaining({ name: 'HttpSignatureError' }));
  });

  it.each(['created="1"', 'created=1.5', 'created=-1', 'created', 'expires=x', 'nonce=1', 'alg=token', 'keyid=:AAAA:', 'tag=?1', 'keyid=x'])('refuses the parameter %s', (parameter) => {
    expect(() => read(input(`a=();${parameter}`), good[1])).toThrow(expect.objectContaining({ reason: 'parameter' }));
  });

  it('is done with long hostile fields in a moment', () => {
    const shapes = [' ', '\t', ',', ';', '(', '"', '\\', ':', '=', 'a', 'a=,', 'a=();', '"\\"', '\r\n ', '();a=1', '1', '@1', '%"%', '?'];
    for (const shape of shapes) {
      const long = shape.repeat(Math.floor(16_000 / shape.length));
      for (const value of [long, `a=(${long}`, `a=();b=${long}`, `a="${long}`, `a=:${long}`]) {
        try {
          read(input(value), signature(value));
        } catch (error) {
          expect(error).toMatchObject({ name: 'HttpSignatureError' });
        }
      }
    }
  });
});
