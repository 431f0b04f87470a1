import type { PaymentPresentation } from '@assent/authorization-details';
import { formatMoney } from './format.js';
import { plain } from './html/plain-text.js';
import type { Locale } from './locale.js';

/** The amount of a payment as the pages write it. */
export const moneyOf = ({ amount }: PaymentPresentation, locale: Locale): string => formatMoney(plain(amount?.value), plain(amount?.currency), locale);
