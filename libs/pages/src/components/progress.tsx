import { formatCount } from '../format.js';
import { isolate, withoutIsolates } from '../html/plain-text.js';
import type { Locale } from '../locale.js';
import { textsOf } from '../texts/index.js';
import { Steps } from './parts.js';

/** The pages one request needs between sign-in and the way back, and where among them the customer is. */
export interface Path {
  readonly pages: readonly ('data' | 'payment')[];
  /** Of `pages`; before them is the sign-in, after them the end. */
  readonly at: number;
}

/** Where the customer stands, from sign-in to the end. */
export function Progress({ locale, pages, at }: Path & { locale: Locale }) {
  const t = textsOf(locale);
  return <Steps label={t.stepsLabel} doneWord={t.stepDone} steps={[t.steps.signIn, ...namesOf(pages, locale), t.steps.done]} current={at + 1} />;
}

function namesOf(pages: Path['pages'], locale: Locale): readonly string[] {
  const { steps } = textsOf(locale);
  if (pages.length === 1) return [pages[0] === 'payment' ? steps.approve : steps.review];
  const payments = pages.filter((page) => page === 'payment').length;
  const numbered = (page: string, index: number) => pages.slice(0, index + 1).filter((other) => other === page).length;
  return pages.map((page, index) =>
    page === 'data' ? steps.data : payments === 1 ? steps.payment : withoutIsolates(steps.paymentNumber(isolate(formatCount(numbered(page, index), locale)))),
  );
}
