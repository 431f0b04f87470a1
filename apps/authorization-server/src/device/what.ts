import type { PaymentPresentation } from '@assent/authorization-details';
import { asksForAccounts, formatCount, isolate, ltr, moneyOf, textsOf, type Locale } from '@assent/pages';
import { clustersAsked } from '../authorize/asked.js';
import type { PendingRequest } from '../backchannel/pending-request.js';
import type { Engine } from '../engine.js';
import { aboutOf, pagesOf } from '../interaction/asking.js';

/** What a request asks for, in one line. */
export function whatOf({ details }: Pick<Engine, 'details'>, pending: PendingRequest, locale: Locale): string {
  const { what } = textsOf(locale).device;
  const about = aboutOf(pending, details);
  if (about === 'both' || about === 'change') return what[about];
  if (about === 'data') return pending.request.authorizationDetails.length > 0 || asksForAccounts(clustersAsked(pending)) ? what.accounts : what.identity;
  const [first, ...others] = pagesOf(pending, details).flatMap((page) => (page.kind === 'payment' ? [page.detail] : []));
  if (first === undefined || others.length > 0) return what.payments(formatCount(others.length + 1, locale));
  const payment = details.present(first, locale) as PaymentPresentation;
  return (payment.recurring ? what.recurring : what.payment)(ltr(moneyOf(payment, locale)), isolate(payment.payee.name));
}
