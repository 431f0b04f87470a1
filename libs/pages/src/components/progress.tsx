import { formatCount } from '../format.js';
import type { Locale } from '../locale.js';
import { textsOf } from '../texts/index.js';
import { Steps } from './parts.js';

/** The pages one request needs between sign-in and the way back, and where among them the customer is. */
export interface Path {
  readonly pages: readonly ('data' | 'payment')[];
  /** Of `pages`; before them is the sign-in, after them the end. */
  readonly at: number;
}

/** More payments than these are one step, which counts them. */
const mostSteps = 3;

/** Where the customer stands, from sign-in to the end. */
export function Progress({ locale, ...path }: Path & { locale: Locale }) {
  const t = textsOf(locale);
  const { names, at } = stepsOf(path, locale);
  return <Steps label={t.stepsLabel} doneWord={t.stepDone} steps={[t.steps.signIn, ...names, t.steps.done]} current={at + 1} />;
}

/** Data comes first, where any is asked for. */
function stepsOf({ pages, at }: Path, locale: Locale): { readonly names: readonly string[]; readonly at: number } {
  const { steps } = textsOf(locale);
  const data = pages.filter((page) => page === 'data').length;
  const payments = pages.length - data;
  const count = (number: number) => formatCount(number, locale);
  if (pages.length === 1) return { names: [data === 1 ? steps.review : steps.approve], at };
  const before = data === 1 ? [steps.data] : [];
  if (payments === 1) return { names: [...before, steps.payment], at };
  if (payments <= mostSteps) return { names: [...before, ...Array.from({ length: payments }, (_, index) => steps.paymentNumber(count(index + 1)))], at };
  const paying = at >= data && at < pages.length;
  const counted = paying ? steps.paymentOf(count(at - data + 1), count(payments)) : steps.payments(count(payments));
  return { names: [...before, counted], at: paying ? data : Math.min(at, data + 1) };
}
