import { stringify } from 'csv-stringify/sync';
import { formatList, plain, siteTextsOf, withoutIsolates, type Connection, type HistoryEntry, type Locale } from '@assent/pages';
import { amountOf, isolate } from '@assent/pages';
import { plainAccount } from '../view/words.js';

/** Everything the page says, for other programs: words in the customer's language, times in ISO 8601. */
export function asJson(connection: Connection, locale: Locale, now: Date): string {
  const t = siteTextsOf(locale);
  const { legalName, registerNumber, purpose, lastUse } = connection;
  const document = {
    reference: connection.reference,
    app: plain(connection.name),
    company: { legal_name: legalName, register_number: registerNumber, reason_given: purpose },
    state: connection.state.kind,
    accounts: connection.accounts.map(plainAccount),
    allowed_at: connection.allowedAt.toISOString(),
    ends_at: connection.until?.toISOString() ?? null,
    ...(connection.endedAt && { ended_at: connection.endedAt.toISOString() }),
    last_access: lastUse ? { at: lastUse.at.toISOString(), to: lastUse.kinds.map((kind) => t.history.kinds[kind]) } : null,
    sees: connection.sees.map(({ title, summary, items, terms }) => ({ title: words(title), summary: words(summary), includes: items.map(words), ...(terms && { terms: terms.map(words) }) })),
    pays: connection.pays.map((payment) => ({ amount: words(amountOf(payment, t, locale)), to: plain(payment.payee.name), account: plain(payment.payee.account), terms: payment.terms.map(({ term, value }) => ({ term: words(term), value: plain(value, 300) })) })),
    history: connection.history.map((entry) => ({ at: entry.at.toISOString(), what: entry.what, ...detailsOf(entry) })),
    made_at: now.toISOString(),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function detailsOf(entry: HistoryEntry): Record<string, unknown> {
  if (entry.what === 'read') return { kinds: entry.kinds, times: entry.times };
  const { by, added, removed, ends, reason } = entry;
  return { by, added: added.map(words), removed: removed.map(words), ...(ends && { ends_at: ends.to?.toISOString() ?? null }), ...(reason && { reason }) };
}

/** The same as lines. A cell that a spreadsheet would take for a formula is made text (CWE-1236). */
export function asCsv(connection: Connection, locale: Locale): string {
  const t = siteTextsOf(locale);
  const d = t.detail;
  const { legalName, registerNumber, purpose, until, endedAt, lastUse } = connection;
  const facts: readonly (readonly [string, string | undefined])[] = [
    [d.company, [connection.name, legalName, registerNumber].filter(Boolean).join(', ')],
    [d.reason, purpose],
    ...connection.accounts.map((account): [string, string] => [d.accounts, plainAccount(account)]),
    [d.allowedOn, connection.allowedAt.toISOString()],
    [endedAt ? d.ended : d.ends, (endedAt ?? until)?.toISOString() ?? d.noEnd],
    [d.lastAccess, lastUse ? lastUse.at.toISOString() : d.neverUsed],
    ...connection.sees.map(({ title, summary }): [string, string] => [d.sees, `${words(title)}: ${words(summary)}`]),
    ...connection.pays.map((payment): [string, string] => [d.pays, words(d.amountTo(amountOf(payment, t, locale), isolate(payment.payee.name)))]),
  ];
  const rows = [
    ...facts.filter(([, value]) => value !== undefined && value !== '').map(([term, value]) => ['', term, value]),
    ...connection.history.map((entry) => [entry.at.toISOString(), t.detail.history, historyLine(entry, locale)]),
  ];
  return stringify([['time', connection.reference, plain(connection.name)], ...rows], { bom: true, quoted: true, escape_formulas: true, record_delimiter: 'windows' });
}

function historyLine(entry: HistoryEntry, locale: Locale): string {
  const { history } = siteTextsOf(locale);
  if (entry.what === 'read') return history.readTimes(formatList(entry.kinds.map((kind) => history.kinds[kind]), locale), entry.times);
  const { what, by, added, removed, reason } = entry;
  const said = [...(added.length > 0 ? [history.added(added.map(words).join(', '))] : []), ...(removed.length > 0 ? [history.removed(removed.map(words).join(', '))] : []), ...(reason ? [history.why(history.reasons[reason])] : [])];
  return [`${what} (${by})`, ...said].join('. ');
}

const words = (sentence: string): string => withoutIsolates(sentence);
