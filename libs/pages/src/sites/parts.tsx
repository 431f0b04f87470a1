import type { PaymentPresentation } from '@assent/authorization-details';
import type { ComponentChildren } from 'preact';
import { ClusterList } from '../components/cluster-list.js';
import { Badge, Disclosure, type Tone } from '../components/parts.js';
import { Ltr, Name, Words } from '../components/words.js';
import { formatDate, formatDays, formatList, formatMoment, formatShortDate, formatShortMoment } from '../format.js';
import { isolate, ltr, plain } from '../html/plain-text.js';
import type { SafeUrl } from '../html/safe-url.js';
import type { Locale } from '../locale.js';
import type { SiteTexts } from '../texts/sites/index.js';
import type { ConnectionState, Explanation, HistoryEntry, NamedAccount } from './model.js';
import { termAsSaid } from '../data.js';
import { moneyOf } from '../money.js';

const tones: Readonly<Record<ConnectionState['kind'], Tone>> = { active: 'ok', ending: 'warn', waiting: 'info', suspended: 'warn', ended: 'off', stopped: 'off', completed: 'off' };

/** How it stands: a word, never an interface's own state. */
export const State = ({ of, t, locale }: { of: ConnectionState; t: SiteTexts; locale: Locale }) => (
  <Badge tone={tones[of.kind]}>{of.kind === 'ending' && of.days === 0 ? t.states.endsToday : of.kind === 'ending' ? <Words of={t.states.ending(isolate(formatDays(of.days, locale)))} /> : t.states[of.kind]}</Badge>
);

/** In lists, where room is short. */
export const ShortMoment = ({ at, locale }: { at: Date; locale: Locale }) => (
  <time datetime={at.toISOString()}>
    <bdi>{formatShortMoment(at, locale)}</bdi>
  </time>
);
export const ShortDay = ({ of, locale }: { of: Date; locale: Locale }) => (
  <time datetime={of.toISOString().slice(0, 10)}>
    <bdi>{formatShortDate(of, locale)}</bdi>
  </time>
);

export const Moment = ({ at, locale }: { at: Date; locale: Locale }) => (
  <time datetime={at.toISOString()}>
    <bdi>{formatMoment(at, locale)}</bdi>
  </time>
);
export const Day = ({ of, locale }: { of: Date; locale: Locale }) => (
  <time datetime={of.toISOString().slice(0, 10)}>
    <bdi>{formatDate(of, locale)}</bdi>
  </time>
);

/** `Everyday account ••4821`, for use inside a sentence. */
export const accountName = ({ name, maskedNumber }: NamedAccount, t: SiteTexts): string => t.detail.account(isolate(name), ltr(`••${plain(maskedNumber, 8)}`));

export const Accounts = ({ of, t }: { of: readonly NamedAccount[]; t: SiteTexts }) =>
  of.length === 0 ? (
    <>{t.dashboard.noAccounts}</>
  ) : (
    <ul>
      {of.map((account) => (
        <li>
          <Words of={accountName(account, t)} />
        </li>
      ))}
    </ul>
  );

/** What it may see, as the consent page said it. */
export const Sees = ({ of, t }: { of: readonly Explanation[]; t: SiteTexts }) => <ClusterList of={of} words={t.detail} />;

/** What it may pay: amount, payee, limits. */
export const Pays = ({ of, t, locale }: { of: readonly PaymentPresentation[]; t: SiteTexts; locale: Locale }) => (
  <ul class="clusters">
    {of.map((payment) => {
      const { payee, terms } = payment;
      return (
        <li>
          <h3>
            <Words of={amountOf(payment, t, locale)} />
          </h3>
          <dl class="sum">
            <Fact term={t.detail.payee}>
              <Name of={payee.name} />
            </Fact>
            <Fact term={t.detail.payeeAccount}>
              <Ltr of={payee.account} />
            </Fact>
            {terms.map(termAsSaid).map(({ term, value }) => (
              <Fact term={term}>
                <Words of={value} />
              </Fact>
            ))}
          </dl>
        </li>
      );
    })}
  </ul>
);

/** `€84.20`, or `Up to €120.00 a month`. */
export function amountOf(payment: PaymentPresentation, t: SiteTexts, locale: Locale): string {
  const money = ltr(moneyOf(payment, locale));
  return payment.recurring ? t.detail.upTo[payment.period ?? 'payment'](money) : money;
}

export const Fact = ({ term, children }: { term: string; children: ComponentChildren }) => (
  <div>
    <dt>{term}</dt>
    <dd>{children}</dd>
  </div>
);

/** What happened, newest first; the rest behind a disclosure. */
export function History({ of, t, bank, tpp, locale, first = 8 }: { of: readonly HistoryEntry[]; t: SiteTexts; bank: string; tpp: string; locale: Locale; first?: number }) {
  const line = (entry: HistoryEntry) => (
    <li>
      <Words of={sentence(entry, t, { bank, tpp, locale })} />
      {details(entry, t, locale).map((detail) => (
        <p class="hint">
          <Words of={detail} />
        </p>
      ))}
      <p class="hint">{entry.what === 'read' ? <Day of={entry.at} locale={locale} /> : <Moment at={entry.at} locale={locale} />}</p>
    </li>
  );
  const [recent, older] = [of.slice(0, first), of.slice(first)];
  return (
    <>
      <ol class="time">{recent.map(line)}</ol>
      {older.length > 0 && (
        <Disclosure summary={t.detail.seeOlder(String(older.length))}>
          <ol class="time">{older.map(line)}</ol>
        </Disclosure>
      )}
    </>
  );
}

function sentence(entry: HistoryEntry, t: SiteTexts, { bank, tpp, locale }: { bank: string; tpp: string; locale: Locale }): string {
  const { history } = t;
  switch (entry.what) {
    case 'read':
      return history.readTimes(formatList(entry.kinds.map((kind) => history.kinds[kind]), locale), entry.times);
    case 'narrowed':
      return entry.by === 'customer' ? history.narrowedByYou : history.narrowedByBank(bank);
    case 'revoked':
      return entry.by === 'customer' ? history.revokedByYou : entry.by === 'client' ? history.revokedByApp(tpp) : history.revokedByBank(bank);
    default:
      return history[entry.what];
  }
}

/** What these added is what the page is about. */
const begins: ReadonlySet<HistoryEntry['what']> = new Set(['lodged', 'authorised', 'created']);

function details(entry: HistoryEntry, t: SiteTexts, locale: Locale): string[] {
  if (entry.what === 'read') return [];
  const { added, removed, ends, reason } = entry;
  return [
    ...(added.length > 0 && !begins.has(entry.what) ? [t.history.added(formatList(added, locale))] : []),
    ...(removed.length > 0 ? [t.history.removed(formatList(removed, locale))] : []),
    ...(ends && !begins.has(entry.what) ? [ends.to ? t.history.endsNow(isolate(formatDate(ends.to, locale))) : t.history.endsOpen] : []),
    ...(reason ? [t.history.why(t.history.reasons[reason])] : []),
  ];
}

/** A form that asks, without changing anything. */
export const GetForm = ({ to, class: look, children }: { to: SafeUrl; class?: string; children: ComponentChildren }) => (
  <form method="get" action={to.toString()} class={look}>
    {children}
  </form>
);

export interface Option {
  readonly value: string;
  readonly label: string;
}

export const Select = ({ id, name, label, options, chosen, problem }: { id: string; name: string; label: string; options: readonly Option[]; chosen: string | undefined; problem?: string | undefined }) => (
  <div class={problem ? 'field wrong' : 'field'}>
    <label for={id}>{label}</label>
    {problem && (
      <p class="error" id={`${id}-error`}>
        {problem}
      </p>
    )}
    <select id={id} name={name} aria-invalid={problem ? 'true' : undefined} aria-describedby={problem ? `${id}-error` : undefined}>
      {options.map(({ value, label: text }) => (
        <option value={plain(value)} selected={value === chosen}>
          {plain(text)}
        </option>
      ))}
    </select>
  </div>
);

interface TextFieldProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly value?: string | undefined;
  readonly problem?: string | undefined;
  /** Several lines. */
  readonly lines?: number;
}

/** A field nobody's browser fills in by itself. */
export function TextField({ id, name, label, hint, value, problem, lines }: TextFieldProps) {
  const described = [hint && `${id}-hint`, problem && `${id}-error`].filter(Boolean).join(' ') || undefined;
  const common = { id, name, autocomplete: 'off' as const, spellcheck: false, 'aria-describedby': described, 'aria-invalid': problem ? ('true' as const) : undefined };
  return (
    <div class={problem ? 'field wrong' : 'field'}>
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p class="error" id={`${id}-error`}>
          {problem}
        </p>
      )}
      {lines ? (
        <textarea {...common} rows={lines} maxlength={500}>
          {plain(value, 500)}
        </textarea>
      ) : (
        <input type="text" {...common} value={value === undefined ? undefined : plain(value)} />
      )}
    </div>
  );
}
