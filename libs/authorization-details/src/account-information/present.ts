import type { DataPresentation, PresentedTerm } from '../presentation.js';
import { formatDate, formatMoment } from '../words/format.js';
import { languageOf } from '../words/language.js';
import { accountActions, type AccountInformation } from './schema.js';
import { texts } from './texts.js';

/** What is seen, how far back, and until when. */
export function present(detail: AccountInformation, locale: string): DataPresentation {
  const language = languageOf(locale);
  const words = texts[language];
  const shown = accountActions.filter((action) => detail.actions.includes(action));
  const terms = [history(detail, locale), ...(detail.expiresAt === undefined ? [] : [{ id: 'until', term: words.until.term, value: words.until.value(formatMoment(new Date(detail.expiresAt), language)) }])];
  return { kind: 'data', clusters: shown.map((action) => words.clusters[action]), terms: terms.filter((term) => term !== undefined) };
}

function history({ actions, transactionsFrom: from, transactionsTo: to }: AccountInformation, locale: string): PresentedTerm | undefined {
  if (!actions.includes('read_transactions')) return undefined;
  const language = languageOf(locale);
  const { history: words } = texts[language];
  const [first, last] = [from, to].map((date) => (date === undefined ? undefined : formatDate(date, language)));
  const value =
    first !== undefined && last !== undefined ? words.between(first, last) : first !== undefined ? words.from(first) : last !== undefined ? words.to(last) : words.all;
  return { id: 'history', term: words.term, value };
}
