import { isolate, ltr, plain, runs, sentence, withoutIsolates } from './plain-text.js';

describe('plain', () => {
  it('keeps a name as it is', () => expect(plain('Café Ñandú بنك 銀行')).toBe('Café Ñandú بنك 銀行'));
  it('is one line', () => expect(plain(' a\r\n\t b\u0000c\u2028d ')).toBe('a b c d'));
  it('has no bidi control or zero-width character', () => expect(plain('a\u202Eb\u2066c\u2069d\u200Fe\u061Cf\uFEFFg\u200Bh')).toBe('a b c d e f g h'));
  it('ends after so many characters, never within one', () => {
    expect(plain('😀'.repeat(300), 300)).toBe('😀'.repeat(300));
    expect(plain('😀'.repeat(301), 300)).toBe(`${'😀'.repeat(299)}…`);
  });
  it.each([[undefined], [null], [{}], [['x']], [{ type: 'script', props: {}, constructor: undefined }], [() => 'x'], [Symbol('x')], [true]])('is empty for what is no text: %p', (value) => {
    expect(plain(value)).toBe('');
  });
  it('keeps an amount on one line', () => expect(plain('€\u00a0 \u00a084,20  x')).toBe('€\u00a084,20 x'));
  it('shows a number', () => expect(plain(12)).toBe('12'));
});

describe('runs', () => {
  it('finds the isolated names of a sentence', () => {
    expect(runs(`Go back to ${isolate('Tally')} with ${ltr('••4821')}.`)).toEqual([
      { text: 'Go back to ' },
      { text: 'Tally', isolated: 'auto' },
      { text: ' with ' },
      { text: '••4821', isolated: 'ltr' },
      { text: '.' },
    ]);
  });
  it('cannot be ended early by a name', () => {
    expect(runs(isolate('a\u2069b'))).toEqual([{ text: 'a b', isolated: 'auto' }]);
  });
  it('leaves no isolate in a title', () => expect(withoutIsolates(`Sign in to ${isolate('Bank')}`)).toBe('Sign in to Bank'));
});

describe('sentence', () => {
  it('keeps isolated names and numbers', () => {
    const said = `At most ${ltr('€5.00')} to ${isolate('بنك')}.`;
    expect(sentence(said)).toBe(said);
  });
  it('is one line without other controls, or isolates that do not end', () => {
    expect(sentence('a\u202Eb\n c\u2066d e\u2069f \u2068g')).toBe('a b c\u2066d e\u2069f g');
  });
  it('ends after so many characters', () => expect(sentence('W'.repeat(400))).toBe(`${'W'.repeat(299)}…`));
  it('is empty for what is no text', () => expect([sentence({}), sentence(undefined), sentence(['x'])]).toEqual(['', '', '']));
});
