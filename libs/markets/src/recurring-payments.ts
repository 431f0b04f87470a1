import { among, date, decimalsOf, formatDate, formatMoney, languageOf, ltr, moneySchema, plainText, unionOf, unitsOf, type DetailType, type InLanguages, type Money, type PaymentPresentation } from '@assent/authorization-details';
import type { AuthorizationDetail } from '@assent/protocol';
import type { MarketDetailType, PaymentLimits } from './detail.js';
import type { CreditorAccount } from './route.js';

export const recurringPeriods = ['day', 'week', 'month', 'year'] as const;
export type RecurringPeriod = (typeof recurringPeriods)[number];

/** Payments to one payee, again and again, each of its own amount, within limits that hold over time. */
export interface RecurringPayments extends AuthorizationDetail {
  readonly creditorName: string;
  readonly creditorAccount: CreditorAccount;
  readonly perPayment: Money;
  readonly perPeriod: Money;
  readonly period: RecurringPeriod;
  /** `calendar`: periods of the calendar, the first with the part of the limit that its days are; `consent`: counted from `startsOn`. */
  readonly alignment: 'calendar' | 'consent';
  /** First and last day a payment may be made on. */
  readonly startsOn: string;
  readonly endsOn?: string;
  /** Of each payment; absent: each has its own. */
  readonly remittanceInformation?: string;
  readonly debtorAccount?: { readonly iban?: string; readonly number?: string; readonly accountId?: string };
  readonly identifier?: string;
}

interface RecurringRules {
  readonly type: string;
  /** The creditor's account as people write it. */
  readonly accountText: (account: CreditorAccount) => string;
}

/** The type of a market's lodged consents to recurring payments. */
export function recurringPaymentsType({ type, accountText }: RecurringRules): MarketDetailType {
  const rules: DetailType<RecurringPayments> = {
    type,
    kind: 'payment',
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['type', 'creditorName', 'creditorAccount', 'perPayment', 'perPeriod', 'period', 'alignment', 'startsOn'],
      properties: {
        type: { const: type },
        creditorName: plainText(140),
        creditorAccount: { type: 'object', additionalProperties: false, minProperties: 1, properties: { iban: { type: 'string', maxLength: 34, format: 'iban' }, scheme: plainText(70), identification: plainText(256) } },
        perPayment: moneySchema,
        perPeriod: moneySchema,
        period: { enum: recurringPeriods },
        alignment: { enum: ['calendar', 'consent'] },
        startsOn: date,
        endsOn: date,
        remittanceInformation: plainText(140),
        debtorAccount: {
          type: 'object',
          additionalProperties: false,
          minProperties: 1,
          properties: { iban: { type: 'string', maxLength: 34, format: 'iban' }, number: { type: 'string', maxLength: 30, format: 'account-id' }, accountId: { type: 'string', maxLength: 255, format: 'account-id' } },
        },
        identifier: { type: 'string', maxLength: 128, format: 'identifier' },
      },
    },
    fault,
    isWithin: (asked, granted) => payeeOf(asked) === payeeOf(granted) && isAtMost(asked.perPayment, granted.perPayment) && isAtMost(asked.perPeriod, granted.perPeriod) && (granted.endsOn === undefined || (asked.endsOn !== undefined && asked.endsOn <= granted.endsOn)) && among(accountIn(asked), accountIn(granted)),
    merge: (existing, added) => unionOf([...existing, ...added], { isWithin: (asked, granted) => JSON.stringify(asked) === JSON.stringify(granted), lists: [] }),
    enrich: (detail, { accounts: [accountId], identifier }) => ({ ...detail, ...(accountId !== undefined && { debtorAccount: { ...detail.debtorAccount, accountId } }), identifier: detail.identifier ?? identifier }),
    picks: () => 'one-account',
    offers: ({ debtorAccount }, { id, maskedNumber }) => (debtorAccount?.accountId === undefined || debtorAccount.accountId === id) && [debtorAccount?.iban, debtorAccount?.number].every((named) => named === undefined || named.endsWith(maskedNumber)),
    accounts: (detail) => accountIn(detail) ?? [],
    withoutAccount: (detail, accountId) => (detail.debtorAccount?.accountId === accountId ? undefined : detail),
    endsAt: ({ endsOn }) => (endsOn === undefined ? undefined : dayAfter(endsOn)),
    present: (detail, locale) => present(detail, locale, accountText(detail.creditorAccount)),
    enforced: [
      'Payments go to creditorAccount only, from debtorAccount, with the reference described, where there is one.',
      'No payment is above perPayment; the payments of a period together are not above perPeriod, of the first calendar period not above its part of it.',
      'No payment before startsOn or after endsOn.',
    ],
  };
  return { ...rules, lodged: true, ownWords: ['remittance', 'endToEndId'], payment: (detail) => orderOf(detail as RecurringPayments), limits: (detail, { now }) => limitsOf(detail as RecurringPayments, now) };
}

function fault({ perPayment, perPeriod, startsOn, endsOn }: RecurringPayments): string | undefined {
  for (const { amount, currency } of [perPayment, perPeriod]) if ((amount.split('.')[1]?.length ?? 0) !== decimalsOf(currency)) return 'amounts must have as many decimals as their currency has in ISO 4217';
  if (perPayment.currency !== perPeriod.currency) return 'perPeriod must be in the currency of perPayment';
  if (unitsOf(perPayment) > unitsOf(perPeriod)) return 'perPayment must not be above perPeriod';
  return endsOn !== undefined && endsOn < startsOn ? 'endsOn must not lie before startsOn' : undefined;
}

const isAtMost = (asked: Money, granted: Money): boolean => asked.currency === granted.currency && unitsOf(asked) <= unitsOf(granted);
const accountIn = ({ debtorAccount }: RecurringPayments): readonly string[] | undefined => (debtorAccount?.accountId === undefined ? undefined : [debtorAccount.accountId]);
const payeeOf = ({ type, creditorName, creditorAccount, period, alignment, startsOn, remittanceInformation, debtorAccount }: RecurringPayments): string =>
  JSON.stringify([type, creditorName, 'iban' in creditorAccount ? creditorAccount.iban : [creditorAccount.scheme, creditorAccount.identification], period, alignment, startsOn, remittanceInformation, debtorAccount?.iban, debtorAccount?.number]);

const orderOf = ({ perPayment, creditorName, creditorAccount, remittanceInformation, debtorAccount, identifier }: RecurringPayments) => ({
  amount: perPayment,
  creditorName,
  creditorAccount,
  ...(remittanceInformation !== undefined && { remittance: remittanceInformation }),
  ...(debtorAccount?.accountId !== undefined && { debtor: { accountId: debtorAccount.accountId } }),
  ...(identifier !== undefined && { identifier }),
});

const dayMs = 86_400_000;
const startOf = (day: string): Date => new Date(`${day}T00:00:00Z`);
const dayAfter = (day: string): Date => new Date(startOf(day).getTime() + dayMs);

/** The most of the period a moment lies in, in UTC; `undefined` outside of the days there are. */
export function limitsOf({ perPeriod, period, alignment, startsOn, endsOn }: Pick<RecurringPayments, 'perPeriod' | 'period' | 'alignment' | 'startsOn' | 'endsOn'>, now: Date): PaymentLimits | undefined {
  const today = now.toISOString().slice(0, 10);
  if (today < startsOn || (endsOn !== undefined && today > endsOn)) return undefined;
  if (alignment === 'consent') return { total: perPeriod.amount, ...countedFrom(startOf(startsOn), period, startOf(today)) };
  const { from, until } = calendar(period, startOf(today));
  const first = startOf(startsOn);
  return { total: first > from ? partOf(perPeriod, first, { from, until }) : perPeriod.amount, from, until };
}

interface Stretch {
  readonly from: Date;
  readonly until: Date;
}

function calendar(period: RecurringPeriod, day: Date): Stretch {
  const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()];
  const at = (...[y, m, d]: readonly [number, number, number]) => new Date(Date.UTC(y, m, d));
  switch (period) {
    case 'day':
      return { from: day, until: at(year, month, date + 1) };
    case 'week': {
      const monday = date - ((day.getUTCDay() + 6) % 7);
      return { from: at(year, month, monday), until: at(year, month, monday + 7) };
    }
    case 'month':
      return { from: at(year, month, 1), until: at(year, month + 1, 1) };
    case 'year':
      return { from: at(year, 0, 1), until: at(year + 1, 0, 1) };
  }
}

/** The period counted from a first day that `day` lies in. A month that lacks the day of the first ends a period on its last. */
function countedFrom(first: Date, period: RecurringPeriod, day: Date): Stretch {
  if (period === 'day' || period === 'week') {
    const length = (period === 'day' ? 1 : 7) * dayMs;
    const from = new Date(first.getTime() + Math.floor((day.getTime() - first.getTime()) / length) * length);
    return { from, until: new Date(from.getTime() + length) };
  }
  const months = period === 'month' ? 1 : 12;
  const passed = (day.getUTCFullYear() - first.getUTCFullYear()) * 12 + day.getUTCMonth() - first.getUTCMonth();
  const count = Math.floor(passed / months);
  const index = monthsAfter(first, count * months) > day ? count - 1 : count;
  return { from: monthsAfter(first, index * months), until: monthsAfter(first, (index + 1) * months) };
}

function monthsAfter(first: Date, months: number): Date {
  const [year, month] = [first.getUTCFullYear(), first.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month, Math.min(first.getUTCDate(), lastDay)));
}

/** What of the limit the days that are left of a period are, rounded down to the smallest coin. */
function partOf({ amount, currency }: Money, first: Date, { from, until }: Stretch): string {
  const decimals = decimalsOf(currency) ?? 2;
  const [whole = '0', fraction = ''] = amount.split('.');
  const coins = BigInt(whole + fraction.padEnd(decimals, '0'));
  const [left, all] = [until.getTime() - first.getTime(), until.getTime() - from.getTime()].map((ms) => BigInt(Math.round(ms / dayMs))) as [bigint, bigint];
  const text = ((coins * left) / all).toString().padStart(decimals + 1, '0');
  return decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
}

/** The most of a period in large letters; limits, reference, start and end as rows. */
function present(detail: RecurringPayments, locale: string, account: string): PaymentPresentation {
  const language = languageOf(locale);
  const words = texts[language];
  const { perPayment, perPeriod, period, alignment, startsOn, endsOn, remittanceInformation: reference } = detail;
  const [each, all, first] = [ltr(formatMoney(perPayment, language)), ltr(formatMoney(perPeriod, language)), formatDate(startsOn, language)];
  return {
    kind: 'payment',
    amount: { value: perPeriod.amount, currency: perPeriod.currency },
    recurring: true,
    period,
    payee: { name: detail.creditorName, account },
    terms: [
      { id: 'per-payment', term: words.perPayment, value: words.most(each) },
      { id: 'per-period', term: words.together, value: alignment === 'calendar' ? words.calendar(all, words.periods[period]) : words.counted(all, words.periods[period], first) },
      ...(reference === undefined ? [] : [{ id: 'reference', term: words.reference, value: reference, quoted: true }]),
      { id: 'starts', term: words.from, value: words.starts(first) },
      { id: 'ends', term: words.until, value: endsOn === undefined ? words.open : words.ends(formatDate(endsOn, language)) },
    ],
  };
}

interface Texts {
  readonly periods: Readonly<Record<RecurringPeriod, string>>;
  readonly perPayment: string;
  readonly most: (amount: string) => string;
  readonly together: string;
  readonly calendar: (amount: string, period: string) => string;
  readonly counted: (amount: string, period: string, first: string) => string;
  readonly reference: string;
  readonly from: string;
  readonly starts: (day: string) => string;
  readonly until: string;
  readonly ends: (day: string) => string;
  readonly open: string;
}

const texts: InLanguages<Texts> = {
  en: {
    periods: { day: 'day', week: 'week', month: 'month', year: 'year' },
    perPayment: 'Each payment',
    most: (amount) => `At most ${amount}.`,
    together: 'All together',
    calendar: (amount, period) => `At most ${amount} in each calendar ${period}; in the first, only for the days that are left of it.`,
    counted: (amount, period, first) => `At most ${amount} in each ${period}, counted from ${first}.`,
    reference: 'Reference',
    from: 'From',
    starts: (day) => `${day}. No payment before.`,
    until: 'Until',
    ends: (day) => `${day}. No payment after.`,
    open: 'Until you stop it.',
  },
  'pt-BR': {
    periods: { day: 'dia', week: 'semana', month: 'mês', year: 'ano' },
    perPayment: 'Cada pagamento',
    most: (amount) => `No máximo ${amount}.`,
    together: 'No total',
    calendar: (amount, period) => `No máximo ${amount} por ${period} do calendário; no primeiro período, só na proporção dos dias que restam.`,
    counted: (amount, period, first) => `No máximo ${amount} por ${period}, a contar de ${first}.`,
    reference: 'Referência',
    from: 'A partir de',
    starts: (day) => `${day}. Nenhum pagamento antes.`,
    until: 'Até',
    ends: (day) => `${day}. Nenhum pagamento depois.`,
    open: 'Até que você pare.',
  },
  ar: {
    periods: { day: 'يوم', week: 'أسبوع', month: 'شهر', year: 'سنة' },
    perPayment: 'كل دفعة',
    most: (amount) => `بحد أقصى ${amount}.`,
    together: 'المجموع',
    calendar: (amount, period) => `بحد أقصى ${amount} في كل ${period} بحسب التقويم، وفي الفترة الأولى بقدر الأيام المتبقية منها فقط.`,
    counted: (amount, period, first) => `بحد أقصى ${amount} في كل ${period} ابتداءً من ${first}.`,
    reference: 'المرجع',
    from: 'من',
    starts: (day) => `${day}. لا دفعات قبله.`,
    until: 'حتى',
    ends: (day) => `${day}. لا دفعات بعده.`,
    open: 'حتى توقفها.',
  },
};
