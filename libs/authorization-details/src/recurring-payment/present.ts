import type { PaymentPresentation } from '../presentation.js';
import { formatCount, formatDate, formatIban, formatMoney, ltr } from '../words/format.js';
import { languageOf } from '../words/language.js';
import type { RecurringPayment } from './schema.js';
import { texts } from './texts.js';

/** The most per period in large letters; limits, reference, start and end as rows. */
export function present(detail: RecurringPayment, locale: string): PaymentPresentation {
  const language = languageOf(locale);
  const words = texts[language];
  const { limits, startsOn, endsOn, remittanceInformationUnstructured: reference } = detail;
  const count = limits.paymentsPerPeriod;
  return {
    kind: 'payment',
    amount: { value: limits.perPeriod.amount, currency: limits.perPeriod.currency },
    recurring: true,
    period: limits.period,
    payee: { name: detail.creditorName, account: formatIban(detail.creditorAccount.iban) },
    terms: [
      { id: 'per-payment', term: words.perPayment.term, value: words.perPayment.value(ltr(formatMoney(limits.perPayment, language))) },
      { id: 'per-period', term: words.perPeriod.term, value: words.perPeriod[limits.period](ltr(formatMoney(limits.perPeriod, language))) },
      ...(count === undefined ? [] : [{ id: 'count', term: words.count.term, value: words.count[limits.period](formatCount(count, language), count) }]),
      ...(reference === undefined ? [] : [{ id: 'reference', term: words.reference, value: reference, quoted: true }]),
      ...(startsOn === undefined ? [] : [{ id: 'starts', term: words.starts.term, value: words.starts.value(formatDate(startsOn, language)) }]),
      { id: 'ends', term: words.ends.term, value: endsOn === undefined ? words.ends.none : words.ends.value(formatDate(endsOn, language)) },
    ],
  };
}
