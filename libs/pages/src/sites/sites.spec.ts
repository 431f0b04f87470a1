import { locales } from '../locale.js';
import { sitePages } from '../spec-support/site-samples.js';
import { siteTextsOf } from '../texts/sites/index.js';

describe.each(locales)('in %s', (locale) => {
  it.each(Object.entries(sitePages(locale)))('%s has its language, one h1, landmarks and no code', (_, render) => {
    const html = render();
    expect(html).toContain(`<html lang="${locale}" dir="${locale === 'ar' ? 'rtl' : 'ltr'}"`);
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).toContain('<a class="skip" href="#main">');
    expect(html).not.toMatch(/undefined|\[object|NaN|Invalid Date|[\u2066-\u2069]/);
    expect(html).not.toMatch(/<script|<style| style=| on[a-z]+=|autofocus/);
  });
});

describe('hostile texts', () => {
  /** Tags and attribute names as a parser sees them. */
  const tagsOf = (html: string) => {
    const found = new Set<string>();
    for (const [, tag = '', rest = ''] of html.matchAll(/<([a-zA-Z!/][^\s>]*)((?:"[^"]*"|[^>"])*)>/g)) {
      found.add(`<${tag}`);
      for (const [, name = ''] of rest.matchAll(/\s([^\s=>"/]+)(?:="[^"]*")?/g)) found.add(name);
    }
    return found;
  };
  const benign = Object.fromEntries(Object.entries(sitePages('en', 'Name')).map(([page, render]) => [page, tagsOf(render())]));
  const hostile = ['<img src=x onerror=alert(1)>', '</title><script>alert(1)</script>', '" autofocus onfocus=alert(1) x="', 'knaB \u202Egro.live\u202C', 'a\u2069\u2067b', 'javascript:alert(1)', 'W'.repeat(3000)];
  it.each(Object.keys(benign))('are text on %s', (page) => {
    for (const value of hostile) {
      const html = sitePages('en', value)[page]!();
      expect([...tagsOf(html)].filter((tag) => !benign[page]!.has(tag))).toEqual([]);
      expect(html.replace(/<input type="hidden"[^>]*>/g, '')).not.toMatch(/[\u202a-\u202e\u2066-\u2069]|(href|action)="javascript|W{501}/);
    }
  });
});

it('every language has every sentence, and its own', () => {
  const walk = (value: unknown, path = ''): [string, string][] => {
    if (typeof value === 'string') return [[path, value]];
    if (typeof value === 'function') return [[path, String((value as (...given: unknown[]) => string)(...(/count|times/.test(String(value).slice(0, 12)) || path.endsWith('ccounts') || path.endsWith('Count') || path.endsWith('SoFar') || path.endsWith('refreshLine') ? [7, 'OTHER'] : path.endsWith('readTimes') ? ['NAME', 7] : ['NAME', 'OTHER'])))]];
    return Object.entries(value as object).flatMap(([key, inner]) => walk(inner, `${path}.${key}`));
  };
  const english = new Map(walk(siteTextsOf('en')));
  const names = (text: string | undefined) => [...new Set(text?.match(/NAME|OTHER|7/g) ?? [])].sort();
  for (const locale of locales.slice(1)) {
    const other = walk(siteTextsOf(locale));
    expect(other.map(([path]) => path).sort()).toEqual([...english.keys()].sort());
    expect(other.filter(([path, text]) => english.get(path) === text && /[a-z]{4}/.test(text.replace(/NAME|OTHER/g, ''))).map(([path]) => path)).toEqual([]);
    for (const [path, text] of other) expect([path, names(text)]).toEqual([path, names(english.get(path))]);
  }
});

it('counts in every language', () => {
  expect([0, 1, 2, 3, 11, 100].map((count) => siteTextsOf('ar').dashboard.accounts(count))).toEqual(['0 حسابًا', 'حساب واحد', 'حسابان', '3 حسابات', '11 حسابًا', '100 حسابًا']);
  expect([siteTextsOf('en').dashboard.accounts(1), siteTextsOf('pt-BR').dashboard.accounts(2)]).toEqual(['1 account', '2 contas']);
});

it('says stop and keep with the same weight, and never argues', () => {
  const html = sitePages('en')['stop']!();
  expect(html).toMatch(/<button type="submit" id="stop-yes" class="btn yes"/);
  expect(html).toMatch(/<a href="[^"]*" id="stop-no" class="btn no"/);
  expect(html).not.toMatch(/are you sure/i);
});
