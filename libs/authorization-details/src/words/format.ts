import { decimalsOf } from '../schema/currencies.js';
import type { Money } from '../schema/money.js';
import type { Language } from './language.js';

/** Latin digits and the Gregorian calendar in every language: the numbers must equal those on cards and statements. */
const intlLocale: Readonly<Record<Language, string>> = { en: 'en-GB', 'pt-BR': 'pt-BR', ar: 'ar-u-ca-gregory-nu-latn' };

const remembered = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();
function remember<T extends Intl.DateTimeFormat | Intl.NumberFormat>(key: string, make: () => T): T {
  const known = remembered.get(key) ?? make();
  remembered.set(key, known);
  return known as T;
}

/** `€84.20`: exactly as many decimals as the currency has; amounts stand left to right in Arabic too. */
export function formatMoney({ amount, currency }: Money, language: Language): string {
  const decimals = decimalsOf(currency) ?? 2;
  const locale = language === 'ar' ? 'en-GB' : intlLocale[language];
  const format = remember(`${locale} ${currency}`, () => new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
  // A number would lose digits of large amounts; Intl takes decimal text as it stands.
  return (format as Intl.NumberFormat).format(amount as unknown as number);
}

/** `31 May 2027`, of a calendar date. */
export const formatDate = (date: string, language: Language): string =>
  remember(`d ${language}`, () => new Intl.DateTimeFormat(intlLocale[language], { dateStyle: 'long', timeZone: 'UTC' })).format(new Date(`${date}T00:00:00Z`));

/** `31 May 2027 at 12:00 UTC`. */
export const formatMoment = (moment: Date, language: Language): string =>
  remember(`m ${language}`, () => new Intl.DateTimeFormat(intlLocale[language], { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: 'UTC', timeZoneName: 'short' })).format(moment);

export const formatCount = (count: number, language: Language): string => remember(`n ${language}`, () => new Intl.NumberFormat(intlLocale[language])).format(count);

/** In groups of four, as people write it. */
export const formatIban = (iban: string): string => iban.replace(/(.{4})(?=.)/g, '$1 ');

/** Left to right whatever stands around it. */
export const ltr = (text: string): string => `\u2066${text}\u2069`;
