import type { PaymentPresentation, PresentedTerm } from '@assent/authorization-details';
import { explainAll, termsOfDetails, type Data, type Spoken } from './data.js';
import { formatDate } from './format.js';
import { isolate, ltr } from './html/plain-text.js';
import type { Locale } from './locale.js';
import { moneyOf } from './money.js';

/** All that a client may do, in words. */
export interface Permitted extends Data {
  readonly payments: readonly PaymentPresentation[];
  readonly until: Date | null;
}

export type ChangeBadge = 'new' | 'longer' | 'shorter' | 'stays' | 'removed';

/** One line of a change, in words; names and numbers in it are isolated. */
export interface ChangeRow {
  readonly badge: ChangeBadge;
  readonly title: string;
  readonly says: readonly string[];
  readonly items: readonly string[];
}

const order: readonly ChangeBadge[] = ['new', 'longer', 'shorter', 'stays', 'removed'];

/**
 * What a change does, line by line: what is new, what becomes longer or shorter, what stays and what goes. Nothing that
 * was or will be permitted is left out, but for payments that are new: they are asked about on pages of their own.
 */
export function changeRows(before: Permitted, after: Permitted, spoken: Spoken, locale: Locale): readonly ChangeRow[] {
  const rows = [...dataRows(before, after, spoken), ...termRows(before, after, spoken), endRow(before, after, spoken, locale), ...paymentRows(before, after, spoken, locale)];
  return order.flatMap((badge) => rows.filter((row) => row.badge === badge));
}

function dataRows(before: Data, after: Data, spoken: Spoken): readonly ChangeRow[] {
  const [was, is] = [explainAll(before, spoken), explainAll(after, spoken)];
  const known = (list: typeof was) => new Set(list.map(keyOf));
  const [had, has] = [known(was), known(is)];
  return [
    ...is.map((one): ChangeRow => ({ badge: had.has(keyOf(one)) ? 'stays' : 'new', title: one.title, says: [one.summary], items: had.has(keyOf(one)) ? [] : one.items })),
    ...was.filter((one) => !has.has(keyOf(one))).map(({ title }): ChangeRow => ({ badge: 'removed', title, says: [spoken.t.change.removed(spoken.tpp)], items: [] })),
  ];
}

const keyOf = ({ id, title }: { readonly id: string; readonly title: string }): string => (id === 'other' ? `other ${title}` : id);

/** How far back, and the like: a term that says something else now is new, and says what it said before. */
function termRows(before: Data, after: Data, { t }: Spoken): readonly ChangeRow[] {
  const [was, is] = [termsOfDetails(before), termsOfDetails(after)];
  const same = ({ id, value }: PresentedTerm) => (other: PresentedTerm) => other.id === id && other.value === value;
  return is.map((one): ChangeRow => {
    if (was.some(same(one))) return { badge: 'stays', title: one.term, says: [one.value], items: [] };
    const replaced = was.filter((other) => other.id === one.id && !is.some(same(other)));
    return { badge: 'new', title: one.term, says: [one.value, ...replaced.map((other) => t.change.was(other.value))], items: [] };
  });
}

/** By the day, as it is said: a few seconds more are not longer to anybody. */
function endRow({ until: was }: Permitted, { until: is }: Permitted, { t }: Spoken, locale: Locale): ChangeRow {
  const day = (end: Date | null) => end && formatDate(end, locale);
  const [before, after] = [day(was), day(is)];
  const title = after === null ? t.change.noEnd : t.change.until(isolate(after));
  if (before === after) return { badge: 'stays', title, says: [], items: [] };
  const once = before === null ? t.change.wasNoEnd : t.change.wasUntil(isolate(before));
  return { badge: (is?.getTime() ?? Infinity) > (was?.getTime() ?? Infinity) ? 'longer' : 'shorter', title, says: [once], items: [] };
}

function paymentRows(before: Permitted, after: Permitted, { t, tpp }: Spoken, locale: Locale): readonly ChangeRow[] {
  const still = new Set(after.payments.map((payment) => JSON.stringify(payment)));
  return before.payments.map((payment): ChangeRow => {
    const money = ltr(moneyOf(payment, locale));
    const payee = isolate(payment.payee.name);
    const title = payment.recurring ? t.change.payments[payment.period ?? 'each'](money, payee) : t.change.payment(money, payee);
    return still.has(JSON.stringify(payment)) ? { badge: 'stays', title, says: [], items: [] } : { badge: 'removed', title, says: [t.change.removed(tpp)], items: [] };
  });
}
