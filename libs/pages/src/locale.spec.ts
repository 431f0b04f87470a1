import { chooseLocale, offeredLocales } from './locale.js';

describe('chooseLocale', () => {
  it.each([
    ['the click before all', ['ar'], 'pt-BR', undefined, 'ar'],
    ['the first wish we speak', ['fi', 'pt-BR', 'ar'], 'en', undefined, 'pt-BR'],
    ['a near language', ['pt-PT'], undefined, undefined, 'pt-BR'],
    ['a region of Arabic', ['ar-SA'], undefined, undefined, 'ar'],
    ['the browser when nothing is asked', [], 'fi;q=0.9, ar;q=0.5, pt;q=0.8', undefined, 'pt-BR'],
    ['no language the browser excludes', [], 'ar;q=0, en;q=0.1', undefined, 'en'],
    ["the bank's first otherwise", [], 'fi', ['pt-BR', 'en'], 'pt-BR'],
    ['only what the bank offers', ['ar'], 'ar', ['en'], 'en'],
    ['English for a bank whose languages we do not speak', [], undefined, ['fi'], 'en'],
    ['something for nonsense', ['<script>', ''], ';;q=2,,=,*', undefined, 'en'],
  ] as const)('takes %s', (_says, asked, header, offered, expected) => {
    expect(chooseLocale(asked, header, offered)).toBe(expected);
  });

  it('lists the languages of the bank in its order', () => expect(offeredLocales(['ar-AE', 'en-GB', 'en', 'fi'])).toEqual(['ar', 'en']));
});
