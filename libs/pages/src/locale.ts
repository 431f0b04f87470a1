/** The languages the pages speak, best known first: the first is the one used when nothing else is asked. */
export const locales = ['en', 'pt-BR', 'ar'] as const;
export type Locale = (typeof locales)[number];

export const isLocale = (text: string): text is Locale => (locales as readonly string[]).includes(text);

/** A page's own name in itself, for the language links. */
export const localeNames: Readonly<Record<Locale, string>> = { en: 'English', 'pt-BR': 'Português', ar: 'العربية' };

export const direction = (locale: Locale): 'ltr' | 'rtl' => (locale === 'ar' ? 'rtl' : 'ltr');

/**
 * The locale for a page: the first wish that is offered. `asked` (the customer's own click, then `ui_locales` of
 * OpenID Connect Core section 3.1.2.1) before `Accept-Language` (RFC 9110 section 12.5.4) before the operator's first.
 * `offered`: language tags of the operator; all when empty or unknown.
 */
export function chooseLocale(asked: readonly string[], acceptLanguage?: string | undefined, offered: readonly string[] = []): Locale {
  const available = offeredLocales(offered);
  for (const tag of [...asked, ...accepted(acceptLanguage ?? '')]) {
    const locale = matchLocale(tag);
    if (locale && available.includes(locale)) return locale;
  }
  return available[0] ?? locales[0];
}

/** The operator's languages, in its order, as far as the pages speak them. */
export function offeredLocales(tags: readonly string[]): readonly Locale[] {
  const known = [...new Set(tags.map(matchLocale))].filter((locale) => locale !== undefined);
  return known.length > 0 ? known : locales;
}

/** `pt-PT` is answered in `pt-BR`, `ar-SA` in `ar`: a near language serves better than a foreign one. */
export function matchLocale(tag: string): Locale | undefined {
  const language = tag.trim().toLowerCase().split(/[-_]/)[0];
  return locales.find((locale) => locale.toLowerCase().split('-')[0] === language);
}

/** Language tags by falling weight; a weight of 0 means "not this one". Bounded: the header is the caller's. */
function accepted(header: string): string[] {
  return header
    .slice(0, 500)
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.split(';');
      const weight = parameters.map((p) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(p)?.[1]).find((q) => q !== undefined);
      return { tag: tag.trim(), weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ tag, weight }) => tag !== '' && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}
