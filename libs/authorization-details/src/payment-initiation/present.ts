import type { PaymentPresentation } from '../presentation.js';
import { formatIban } from '../words/format.js';
import { languageOf } from '../words/language.js';
import type { PaymentInitiation } from './schema.js';
import { texts } from './texts.js';

/** How much, to whom, with which reference. */
export function present(detail: PaymentInitiation, locale: string): PaymentPresentation {
  const words = texts[languageOf(locale)];
  const { instructedAmount: amount, remittanceInformationUnstructured: reference, endToEndIdentification: endToEnd } = detail;
  return {
    kind: 'payment',
    amount: { value: amount.amount, currency: amount.currency },
    recurring: false,
    payee: { name: detail.creditorName, account: formatIban(detail.creditorAccount.iban) },
    terms: [
      ...(reference === undefined ? [] : [{ id: 'reference', term: words.reference, value: reference, quoted: true }]),
      ...(endToEnd === undefined ? [] : [{ id: 'end-to-end', term: words.endToEnd, value: endToEnd, quoted: true }]),
      { id: 'times', term: words.times, value: words.once },
    ],
  };
}
