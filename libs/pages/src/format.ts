import type { Locale } from './locale.js';

/** Latin digits and the Gregorian calendar in every language: the numbers must equal those on cards and statements. */
const intlLocale: Readonly<Record<Locale, string>> = { en: 'en-GB', 'pt-BR': 'pt-BR', ar: 'ar-u-ca-gregory-nu-latn' };
/** Amounts stand left to right in Arabic too, in the shape English gives them. */
const moneyLocale: Readonly<Record<Locale, string>> = { ...intlLocale, ar: 'en-GB' };

const remembered = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();
function remember<T extends Intl.DateTimeFormat | Intl.NumberFormat>(key: string, make: () => T): T {
  const known = remembered.get(key) as T | undefined;
  if (known) return known;
  const made = make();
  remembered.set(key, made);
  return made;
}

/** `23 November 2027`. */
export const formatDate = (date: Date, locale: Locale, timeZone = 'UTC'): string =>
  remember(`d ${locale} ${timeZone}`, () => new Intl.DateTimeFormat(intlLocale[locale], { dateStyle: 'long', timeZone })).format(date);

/** `23 November 2027 at 14:05 UTC`. */
export const formatMoment = (date: Date, locale: Locale, timeZone = 'UTC'): string =>
  remember(`m ${locale} ${timeZone}`, () => new Intl.DateTimeFormat(intlLocale[locale], { dateStyle: 'long', timeStyle: 'short', timeZone })).format(date);

/**
 * `€2,140.55` from decimal text. Text that is no decimal number or no known currency is shown as it stands: a page
 * must not fail, nor invent a number, over one balance.
 */
export function formatMoney(amount: string, currency: string, locale: Locale): string {
  if (!/^-?\d{1,15}(\.\d{1,6})?$/.test(amount) || !/^[A-Z]{3}$/.test(currency)) return `${amount} ${currency}`;
  const format = remember(`c ${locale} ${currency}`, () => new Intl.NumberFormat(moneyLocale[locale], { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }));
  return (format as Intl.NumberFormat).format(amount as unknown as number);
}

/** `23 November 2027 at 14:05 UTC`: until when something may be done, in a zone that is named. */
export const formatDeadline = (date: Date, locale: Locale): string =>
  remember(`u ${locale}`, () => new Intl.DateTimeFormat(intlLocale[locale], { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: 'UTC', timeZoneName: 'short' })).format(date);

/** `14:05 UTC`: of a day nobody is in doubt about. */
export const formatTime = (date: Date, locale: Locale): string =>
  remember(`t ${locale}`, () => new Intl.DateTimeFormat(intlLocale[locale], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC', timeZoneName: 'short' })).format(date);

/** A small whole number. */
export const formatCount = (count: number, locale: Locale): string => remember(`n ${locale}`, () => new Intl.NumberFormat(intlLocale[locale])).format(count);

/** An account number as people read it: an IBAN in groups of four, anything else as it stands. */
export const formatAccountNumber = (number: string): string => {
  const bare = number.replace(/ /g, '');
  return /^[A-Z]{2}\d{2}[A-Z0-9]{6,30}$/.test(bare) ? (bare.match(/.{1,4}/g) ?? []).join(' ') : number;
};

export const formatMinutes = (seconds: number, locale: Locale): string => {
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  return remember(`min ${locale}`, () => new Intl.NumberFormat(intlLocale[locale], { style: 'unit', unit: 'minute', unitDisplay: 'long' })).format(minutes);
};

/** `12 days`. */
export const formatDays = (days: number, locale: Locale): string =>
  (remember(`day ${locale}`, () => new Intl.NumberFormat(intlLocale[locale], { style: 'unit', unit: 'day', unitDisplay: 'long' })) as Intl.NumberFormat).format(days);

/** `23 Nov 2027`. */
export const formatShortDate = (date: Date, locale: Locale, timeZone = 'UTC'): string =>
  (remember(`sd ${locale} ${timeZone}`, () => new Intl.DateTimeFormat(intlLocale[locale], { dateStyle: 'medium', timeZone })) as Intl.DateTimeFormat).format(date);

/** `23 Nov 2027, 14:05`. */
export const formatShortMoment = (date: Date, locale: Locale, timeZone = 'UTC'): string =>
  (remember(`sm ${locale} ${timeZone}`, () => new Intl.DateTimeFormat(intlLocale[locale], { dateStyle: 'medium', timeStyle: 'short', timeZone })) as Intl.DateTimeFormat).format(date);

const lists = new Map<string, Intl.ListFormat>();
/** `balances and transactions`; `unit`: without the word before the last. */
export function formatList(items: readonly string[], locale: Locale, type: 'conjunction' | 'unit' = 'conjunction'): string {
  const key = `${locale} ${type}`;
  const format = lists.get(key) ?? new Intl.ListFormat(intlLocale[locale], { style: type === 'unit' ? 'short' : 'long', type });
  lists.set(key, format);
  return format.format(items);
}
