import type { GrantStatus } from '@assent/protocol';
import { Card, Note, Section } from '../components/parts.js';
import { ErrorSummary, PostForm } from '../components/form.js';
import { Words } from '../components/words.js';
import { isolate, ltr } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import { SafeUrl } from '../html/safe-url.js';
import { siteTextsOf, type SiteTexts } from '../texts/sites/index.js';
import { textsOf } from '../texts/index.js';
import { Rows } from './connections.js';
import type { ConnectionRow } from './model.js';
import { Select, TextField } from './parts.js';
import { SitePage, type SiteFrame } from './site-page.js';

/** Who works here, as what, on which ticket. */
export interface StaffAtWork {
  readonly name: string;
  readonly roles: readonly (keyof SiteTexts['staff']['roles'])[];
  readonly ticket?: string | undefined;
  readonly csrf: string;
}

/** Under the head of every page: who, and the ticket, which can be put down. */
export function AtWork({ of: { name, roles, ticket, csrf }, t }: { of: StaffAtWork; t: SiteTexts }) {
  return (
    <div class="bar">
      <p class="hint" id="at-work">
        <Words of={t.staff.signedInAs(isolate(name), roles.map((role) => t.staff.roles[role]).join(', '))} />
        {ticket !== undefined && ' · '}
        {ticket !== undefined && <Words of={t.staff.ticketOn(ltr(ticket))} />}
      </p>
      {ticket !== undefined && (
        <PostForm to={SafeUrl.of('/ticket/end')} hidden={{ csrf }}>
          <button type="submit" id="ticket-end" class="btn line small">
            <span>{t.staff.ticketEnd}</span>
          </button>
        </PostForm>
      )}
    </div>
  );
}

export interface TicketModel {
  readonly frame: SiteFrame;
  readonly work: StaffAtWork;
  readonly value?: string | undefined;
  readonly problem?: boolean;
}

/** Before any customer data: what for. */
export function renderTicketPage({ frame, work, value, problem = false }: TicketModel): string {
  const t = siteTextsOf(frame.locale);
  const wrong = problem ? t.staff.ticketWrong : undefined;
  return renderDocument(
    <SitePage frame={frame} title={t.staff.ticketTitle} narrow problem={problem}>
      {wrong && <ErrorSummary title={textsOf(frame.locale).problem} problems={[{ field: 'ticket', text: wrong }]} />}
      <AtWork of={work} t={t} />
      <PostForm to={SafeUrl.of('/ticket/start')} hidden={{ csrf: work.csrf }} class="gap after">
        <h1>{t.staff.ticketTitle}</h1>
        <Card>
          <Section>
            <p>{t.staff.ticketWhy}</p>
            <TextField id="ticket" name="ticket" label={t.staff.ticket} hint={t.staff.ticketHint} value={value} problem={wrong} />
            <p>
              <button type="submit" id="ticket-start" class="btn yes">
                <span>{t.staff.ticketStart}</span>
              </button>
            </p>
          </Section>
        </Card>
      </PostForm>
    </SitePage>,
  );
}

export const grantStatuses: readonly GrantStatus[] = ['awaiting_authorisation', 'active', 'suspended', 'revoked', 'expired', 'consumed', 'rejected'];

export interface SearchModel {
  readonly frame: SiteFrame;
  readonly work: StaffAtWork;
  readonly search: { readonly customer: string; readonly grant: string; readonly client: string; readonly status: string };
  readonly problem?: boolean;
  /** Absent before a search. */
  readonly found?: { readonly rows: readonly ConnectionRow[]; readonly page: number; readonly more: boolean } | undefined;
  /** The client asked for alone: where to end all its grants, for each issuer it is registered at. */
  readonly bulk?: readonly { readonly issuer: string; readonly to: SafeUrl }[];
}

/** Exact search, by POST: an address must say nothing of a customer. */
export function renderSearchPage(model: SearchModel): string {
  const { frame, work, search, problem = false, found, bulk = [] } = model;
  const t = siteTextsOf(frame.locale);
  const s = t.staff;
  const wrong = problem ? s.findSomething : undefined;
  return renderDocument(
    <SitePage frame={frame} title={s.find} problem={problem} footer={[t.utc]}>
      {wrong && <ErrorSummary title={textsOf(frame.locale).problem} problems={[{ field: 'customer', text: wrong }]} />}
      <div class="gap">
        <AtWork of={work} t={t} />
        <div class="stack">
          <h1>{s.find}</h1>
          <p class="hint">{s.findWhat}</p>
        </div>
        <Card>
          <Section look="plain">
            <PostForm to={SafeUrl.of('/search')} hidden={{ csrf: work.csrf }} class="filters">
              <TextField id="customer" name="customer" label={s.byCustomer} value={search.customer} problem={wrong} />
              <TextField id="grant" name="grant" label={s.byReference} value={search.grant} />
              <TextField id="client" name="client" label={s.byClient} value={search.client} />
              <Select id="status" name="status" label={s.byStatus} chosen={search.status} options={[{ value: '', label: s.anyStatus }, ...grantStatuses.map((status) => ({ value: status, label: s.statuses[status] }))]} />
              <button type="submit" id="search" class="btn yes">
                <span>{s.findButton}</span>
              </button>
            </PostForm>
          </Section>
        </Card>
        {found && <Found model={model} found={found} t={t} />}
        {bulk.map(({ issuer, to }, index) => (
          <Note
            tone="warn"
            title={
              <a href={to.toString()} id={index === 0 ? 'bulk' : `bulk-${index + 1}`}>
                {s.bulk}
                {bulk.length > 1 && <Words of={` (${ltr(issuer)})`} />}
              </a>
            }
          >
            <p>{s.bulkWhat}</p>
          </Note>
        ))}
      </div>
    </SitePage>,
  );
}

function Found({ model: { work, search, frame }, found: { rows, page, more }, t }: { model: SearchModel; found: NonNullable<SearchModel['found']>; t: SiteTexts }) {
  const s = t.staff;
  const turn = (to: number, id: string, label: string) => (
    <PostForm to={SafeUrl.of('/search')} hidden={{ csrf: work.csrf, ...search, page: String(to) }}>
      <button type="submit" id={id} class="btn line small">
        <span>{label}</span>
      </button>
    </PostForm>
  );
  return (
    <section class="stack" id="found">
      <h2>{s.results(more || page > 1 ? s.page(String(page)) : String(rows.length))}</h2>
      {rows.length === 0 ? <p>{s.nothing}</p> : <Rows rows={rows} t={t} locale={frame.locale} />}
      {(page > 1 || more) && (
        <nav aria-label={s.pages} class="pages">
          {page > 1 && turn(page - 1, 'earlier', s.earlier)}
          {more && turn(page + 1, 'later', s.later)}
        </nav>
      )}
    </section>
  );
}
