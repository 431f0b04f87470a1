/** The languages the types speak. */
export type Language = 'en' | 'pt-BR' | 'ar';

/** What every type says, by language; English is the type. */
export type InLanguages<T> = Readonly<Record<Language, T>>;

/** The language of a locale such as `pt`, `ar-AE` or `en-GB`; English where it is another. */
export function languageOf(locale: string): Language {
  const primary = locale.toLowerCase().split('-')[0];
  return primary === 'pt' ? 'pt-BR' : primary === 'ar' ? 'ar' : 'en';
}
