import { Mark, Name, Words } from '../components/words.js';
import { Link } from '../components/link.js';
import { Note } from '../components/parts.js';
import { formatDate, formatList } from '../format.js';
import { isolate } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import { SafeUrl } from '../html/safe-url.js';
import type { Locale } from '../locale.js';
import { siteTextsOf, type SiteTexts } from '../texts/sites/index.js';
import type { AskedAgreement } from './agreeing.js';
import type { ConnectionRow } from './model.js';
import { GetForm, Select, ShortDay, ShortMoment, State, TextField, type Option } from './parts.js';
import { SitePage, type SiteFrame } from './site-page.js';

export interface ConnectionsModel {
  readonly frame: SiteFrame;
  readonly past: boolean;
  /** What other customers said yes to that this one must agree to, and what was just said to one. */
  readonly asked?: readonly AskedAgreement[];
  readonly answered?: 'agreed' | 'refused' | 'stopped' | undefined;
  /** How many there are, whatever the filter says. */
  readonly counts: { readonly current: number; readonly past: number };
  readonly rows: readonly ConnectionRow[];
  /** Those that end within 30 days. */
  readonly ending: readonly { readonly name: string; readonly until: Date }[];
  readonly filter: {
    readonly name: string;
    readonly kind: string;
    readonly account: string;
    /** Values that say nothing of a customer. */
    readonly accounts: readonly Option[];
    readonly on: boolean;
  };
}

const home = SafeUrl.of('/');
const pastHome = SafeUrl.of('/?state=past');

/** The customer's connections: what ends soon, then data apart from payments. */
export function renderConnectionsPage(model: ConnectionsModel): string {
  const { frame, past, counts, rows, ending, asked = [], answered } = model;
  const t = siteTextsOf(frame.locale);
  const d = t.dashboard;
  const [data, payments] = [rows.filter(({ kind }) => kind === 'data'), rows.filter(({ kind }) => kind === 'payment')];
  return renderDocument(
    <SitePage frame={frame} title={d.title} footer={[d.footer(isolate(frame.brand)), t.utc]}>
      <div class="gap">
        <div class="stack">
          <h1>{d.title}</h1>
          <p class="lead">{d.lead}</p>
        </div>
        {answered && (
          <Note tone="ok" title={t.agree.done[answered]}>
            <p>{t.agree.next[answered]}</p>
          </Note>
        )}
        {!past &&
          asked.map(({ to, name, holder }) => (
            <Note tone="warn" title={<Words of={t.agree.asks(isolate(name))} />}>
              <p>
                <Words of={t.agree.lead(isolate(holder))} />
              </p>
              <p>
                <Link to={to} kind="line">
                  {t.agree.look}
                </Link>
              </p>
            </Note>
          ))}
        {!past &&
          ending.map(({ name, until }) => (
            <Note tone="warn" title={<Words of={d.endsOn(isolate(name), isolate(formatDate(until, frame.locale)))} />}>
              <p>{d.endsNext}</p>
            </Note>
          ))}
        <nav aria-label={d.views} class="tabs">
          <a href={home.toString()} id="current" aria-current={past ? undefined : 'page'}>
            {d.current(String(counts.current))}
          </a>
          <a href={pastHome.toString()} id="past" aria-current={past ? 'page' : undefined}>
            {d.past(String(counts.past))}
          </a>
        </nav>
        {(past ? counts.past : counts.current) > 0 && <Filter model={model} t={t} />}
        {rows.length === 0 && <p id="none">{model.filter.on ? d.noMatch : past ? d.noPast : d.noCurrent}</p>}
        {data.length > 0 && <List title={d.seeing} id="data" rows={data} t={t} locale={frame.locale} />}
        {payments.length > 0 && <List title={d.paying} id="payments" rows={payments} t={t} locale={frame.locale} />}
      </div>
    </SitePage>,
  );
}

function Filter({ model: { past, filter }, t }: { model: ConnectionsModel; t: SiteTexts }) {
  const d = t.dashboard;
  return (
    <details class="filter" open={filter.on}>
      <summary>{d.filter}</summary>
      <GetForm to={home} class="filters">
        {past && <input type="hidden" name="state" value="past" />}
        <TextField id="filter-name" name="q" label={d.byName} value={filter.name} />
        <Select id="filter-kind" name="type" label={d.byKind} chosen={filter.kind} options={[{ value: '', label: d.anyKind }, { value: 'data', label: d.dataKind }, { value: 'payment', label: d.paymentKind }]} />
        <Select id="filter-account" name="account" label={d.byAccount} chosen={filter.account} options={[{ value: '', label: d.anyAccount }, ...filter.accounts]} />
        <button id="filter" class="btn line small" type="submit">
          {d.apply}
        </button>
        {filter.on && (
          <a href={(past ? pastHome : home).toString()} class="clear">
            {d.clear}
          </a>
        )}
      </GetForm>
    </details>
  );
}

const List = ({ title, id, rows, t, locale }: { title: string; id: string; rows: readonly ConnectionRow[]; t: SiteTexts; locale: Locale }) => (
  <section class="stack" id={id}>
    <h2>{title}</h2>
    <Rows rows={rows} t={t} locale={locale} />
  </section>
);

/** Rows of connections; stacked on a phone. What is told at UserInfo is not counted: without accounts nobody can say “never”. */
export const Rows = ({ rows, t, locale }: { rows: readonly ConnectionRow[]; t: SiteTexts; locale: Locale }) => (
  <ul class="list card">
    {rows.map((row) => (
      <li>
        <div class="row">
          <Mark of={row.name} />
          <div>
            <h3>
              <a href={row.to.toString()}>
                <Name of={row.name} />
              </a>
            </h3>
            <p class="hint">
              <Words of={formatList(row.what, locale, 'unit')} />
            </p>
          </div>
          <p class="cell">
            <small>{row.kind === 'data' ? t.dashboard.lastAccess : t.dashboard.lastPayment}</small> {row.lastUse ? <ShortMoment at={row.lastUse} locale={locale} /> : row.kind === 'data' && row.accounts === 0 ? '–' : t.dashboard.never}
            <span class="hint sub">{row.accounts === 0 ? t.dashboard.noAccounts : t.dashboard.accounts(row.accounts)}</span>
          </p>
          <p class="cell">
            <small>{row.endedAt ? t.dashboard.endedOn : t.dashboard.until}</small> {row.endedAt ? <ShortDay of={row.endedAt} locale={locale} /> : row.until ? <ShortDay of={row.until} locale={locale} /> : t.dashboard.noEnd}
          </p>
          <p class="cell state">
            <State of={row.state} t={t} locale={locale} />
          </p>
        </div>
      </li>
    ))}
  </ul>
);
