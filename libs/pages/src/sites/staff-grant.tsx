import type { GrantStatus } from '@assent/protocol';
import type { ComponentChildren } from 'preact';
import { Card, Choice, Note, Section } from '../components/parts.js';
import { ErrorSummary, PostForm, Submit } from '../components/form.js';
import { Link } from '../components/link.js';
import { Name, Words } from '../components/words.js';
import { formatMoment } from '../format.js';
import { isolate, ltr, plain } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import type { SafeUrl } from '../html/safe-url.js';
import type { Locale } from '../locale.js';
import { siteTextsOf, type SiteTexts } from '../texts/sites/index.js';
import { textsOf } from '../texts/index.js';
import { ConnectionFacts, ConnectionHead, HistoryCard } from './connection.js';
import { revocationReasons, type Connection, type RevocationReason } from './model.js';
import { Fact, History, Moment, Select, TextField } from './parts.js';
import { SitePage, type SiteFrame } from './site-page.js';
import { AtWork, type StaffAtWork } from './staff-search.js';

/** What the customer does not see. Never a token, a thumbprint or a key. */
export interface TechnicalFacts {
  readonly grantId: string;
  readonly clientId: string;
  readonly issuer: string;
  readonly profile: string;
  readonly version: number;
  readonly status: GrantStatus;
  readonly managed: boolean;
  readonly scopes: readonly string[];
  readonly types: readonly string[];
  readonly refreshTokens: { readonly count: number; readonly lastIssuedAt: Date | undefined };
  readonly signedInAt: Date;
  readonly signedInBy: string;
}

/** Who looked and who acted, newest first. */
export interface RecordLine {
  readonly at: Date;
  readonly what: 'viewed' | 'revoked';
  readonly name: string;
  /** The ticket of a look; the reason of an end. */
  readonly about: string;
}

interface About {
  readonly frame: SiteFrame;
  readonly work: StaffAtWork;
  readonly connection: Connection;
}

export interface StaffGrantModel extends About {
  readonly customer: { readonly id: string; readonly name: string; readonly login: string };
  readonly facts: TechnicalFacts;
  readonly record: readonly RecordLine[];
  /** Where to end it; absent when it has ended or the role does not allow it. */
  readonly revoke?: SafeUrl | undefined;
}

/** The customer's view, and beside it what helps a helpdesk. */
export function renderStaffGrantPage({ frame, work, connection, customer, facts, record, revoke }: StaffGrantModel): string {
  const t = siteTextsOf(frame.locale);
  const s = t.staff;
  const locale = frame.locale;
  return renderDocument(
    <SitePage frame={frame} title={`${plain(connection.name)} – ${s.title}`} footer={[t.reference(ltr(connection.reference)), t.utc]}>
      <div class="gap">
        <AtWork of={work} t={t} />
        <ConnectionHead connection={connection} t={t} locale={locale} />
        <div class="cols">
          <div class="gap">
            <Card>
              <Section look="plain">
                <dl class="sum">
                  <Fact term={s.customer}>
                    <Name of={customer.name} />
                  </Fact>
                  <Fact term={s.byCustomer}>
                    <Words of={`${ltr(customer.id)} / ${ltr(customer.login)}`} />
                  </Fact>
                </dl>
              </Section>
            </Card>
            <h2>{s.seesAs}</h2>
            <ConnectionFacts connection={connection} t={t} locale={locale} />
            {revoke && (
              <Card>
                <Section>
                  <h2>{s.revoke}</h2>
                  <p>{s.revokeWhat}</p>
                  <p>
                    <a href={revoke.toString()} id="revoke" class="btn stop">
                      <span>{s.revoke}</span>
                    </a>
                  </p>
                </Section>
              </Card>
            )}
          </div>
          <div class="gap">
            <HistoryCard connection={connection} t={t} locale={locale} bank={isolate(frame.brand)} />
            <Technical facts={facts} t={t} locale={locale} />
            <Card>
              <Section>
                <h2>{s.record}</h2>
                <ol class="time" id="record">
                  {record.map(({ at, what, name, about }) => (
                    <li>
                      <Words of={s.events[what](isolate(name), reasonText(about, t) ?? ltr(about))} />
                      <p class="hint">
                        <Moment at={at} locale={locale} />
                      </p>
                    </li>
                  ))}
                </ol>
              </Section>
            </Card>
          </div>
        </div>
      </div>
    </SitePage>,
  );
}

function reasonText(about: string, t: SiteTexts): string | undefined {
  const known = revocationReasons.find((one) => one === about);
  return known && t.staff.reasons[known];
}

const Mono = ({ children }: { children: ComponentChildren }) => (
  <bdi dir="ltr" class="mono">
    {children}
  </bdi>
);

function Technical({ facts, t, locale }: { facts: TechnicalFacts; t: SiteTexts; locale: Locale }) {
  const s = t.staff;
  const { refreshTokens } = facts;
  const rows: readonly (readonly [string, string])[] = [
    [s.grantId, facts.grantId],
    [s.clientId, facts.clientId],
    [s.issuer, facts.issuer],
    [s.profile, facts.profile],
    [s.version, String(facts.version)],
    [s.scopes, facts.scopes.join(' ')],
    ...(facts.types.length > 0 ? [[s.types, facts.types.join(' ')] as const] : []),
  ];
  return (
    <Card>
      <Section>
        <h2>{s.facts}</h2>
        <dl class="sum facts" id="facts">
          {rows.map(([term, value]) => (
            <Fact term={term}>
              <Mono>{plain(value, 400)}</Mono>
            </Fact>
          ))}
          <Fact term={s.status}>{s.statuses[facts.status]}</Fact>
          <Fact term={s.managed}>{facts.managed ? s.yes : s.no}</Fact>
          <Fact term={s.refreshTokens}>{refreshTokens.lastIssuedAt ? <Words of={s.refreshLine(refreshTokens.count, isolate(formatMoment(refreshTokens.lastIssuedAt, locale)))} /> : s.noTokens}</Fact>
          <Fact term={s.signedIn}>
            <Words of={s.signedInLine(isolate(formatMoment(facts.signedInAt, locale)), ltr(facts.signedInBy))} />
          </Fact>
        </dl>
      </Section>
    </Card>
  );
}

export interface RevokeModel {
  readonly frame: SiteFrame;
  readonly work: StaffAtWork;
  /** The app, or the client all of whose grants would end. */
  readonly name: string;
  readonly about: 'grant' | 'client';
  /** Of a client: current grants, at this issuer. */
  readonly count?: number;
  readonly issuer?: string;
  readonly action: SafeUrl;
  readonly back: SafeUrl;
  readonly hidden: Readonly<Record<string, string>>;
  readonly reason?: string | undefined;
  readonly note?: string | undefined;
  readonly problems?: readonly ('reason' | 'note')[];
}

/** Why: one of five reasons, and a note for colleagues. */
export function renderRevokePage(model: RevokeModel): string {
  const { frame, work, name, about, count, issuer, action, back, hidden, reason, note, problems = [] } = model;
  const t = siteTextsOf(frame.locale);
  const s = t.staff;
  const title = about === 'grant' ? s.revokeTitle(isolate(name)) : s.bulkTitle(isolate(name));
  const texts = { reason: s.chooseReason, note: s.noteWrong };
  const of = (field: 'reason' | 'note') => (problems.includes(field) ? texts[field] : undefined);
  return renderDocument(
    <SitePage frame={frame} title={title} narrow problem={problems.length > 0}>
      {problems.length > 0 && <ErrorSummary title={textsOf(frame.locale).problem} problems={problems.map((field) => ({ field, text: texts[field] }))} />}
      <AtWork of={work} t={t} />
      <PostForm to={action} hidden={hidden} class="gap after">
        <h1>
          <Words of={title} />
        </h1>
        <Card>
          <Section>
            {count !== undefined && (
              <p>
                <strong>{s.bulkCount(count)}</strong> {s.bulkWhat}
              </p>
            )}
            {issuer !== undefined && (
              <p class="hint">
                <Words of={`${s.issuer}: ${ltr(issuer)}`} />
              </p>
            )}
            <Select id="reason" name="reason" label={s.reason} chosen={reason ?? ''} problem={of('reason')} options={[{ value: '', label: s.chooseReason }, ...revocationReasons.map((one) => ({ value: one, label: s.reasons[one] }))]} />
            <TextField id="note" name="note" label={s.note} hint={s.noteHint} value={note} problem={of('note')} lines={4} />
          </Section>
          <Section>
            <Choice>
              <Submit id="preview" kind="yes">
                {s.preview}
              </Submit>
              <Link to={back} id="cancel" kind="no">
                {s.cancel}
              </Link>
            </Choice>
          </Section>
        </Card>
      </PostForm>
    </SitePage>,
  );
}

export interface PreviewModel {
  readonly frame: SiteFrame;
  readonly work: StaffAtWork;
  readonly name: string;
  readonly about: 'grant' | 'client';
  readonly count?: number;
  readonly issuer?: string;
  readonly reason: RevocationReason;
  readonly note: string;
  readonly action: SafeUrl;
  readonly back: SafeUrl;
  readonly hidden: Readonly<Record<string, string>>;
  readonly now: Date;
  /** In the customer's own language, where it is known. */
  readonly customerLocale: Locale;
}

/** What the customer will read, word for word, before it happens. */
export function renderRevokePreviewPage({ frame, work, name, about, count, issuer, reason, note, action, back, hidden, now, customerLocale }: PreviewModel): string {
  const t = siteTextsOf(frame.locale);
  const s = t.staff;
  const title = about === 'grant' ? s.revokeTitle(isolate(name)) : s.bulkTitle(isolate(name));
  return renderDocument(
    <SitePage frame={frame} title={title} narrow>
      <AtWork of={work} t={t} />
      <PostForm to={action} hidden={{ ...hidden, reason, note }} class="gap after">
        <h1>
          <Words of={title} />
        </h1>
        <Card>
          <Section>
            <h2>{s.previewTitle}</h2>
            <div id="customer-reads" lang={customerLocale} dir={customerLocale === 'ar' ? 'rtl' : 'ltr'}>
              <History of={[{ what: 'revoked', at: now, by: 'staff', added: [], removed: [], reason }]} t={siteTextsOf(customerLocale)} bank={isolate(frame.brand)} tpp={isolate(name)} locale={customerLocale} />
            </div>
          </Section>
          <Section look="plain">
            <dl class="sum">
              {count !== undefined && <Fact term={s.bulk}>{s.bulkCount(count)}</Fact>}
              {issuer !== undefined && (
                <Fact term={s.issuer}>
                  <Words of={ltr(issuer)} />
                </Fact>
              )}
              <Fact term={s.reason}>{s.reasons[reason]}</Fact>
              <Fact term={s.note}>
                <Name of={note} max={500} />
              </Fact>
            </dl>
          </Section>
          <Section>
            <Choice>
              <Submit id="confirm" kind="yes">
                {about === 'grant' ? s.confirm : s.bulkAsk}
              </Submit>
              <Link to={back} id="cancel" kind="no">
                {s.cancel}
              </Link>
            </Choice>
          </Section>
        </Card>
      </PostForm>
    </SitePage>,
  );
}

/** After an act: what was done, or what still waits. */
export function renderStaffToldPage({ frame, work, told, at, back }: { readonly frame: SiteFrame; readonly work: StaffAtWork; readonly told: 'revoked' | 'asked' | 'open' | 'decided-before' | 'same-person'; readonly at: Date; readonly back: SafeUrl }): string {
  const t = siteTextsOf(frame.locale);
  const s = t.staff;
  const texts = {
    revoked: [s.revokedTitle, s.revoked(isolate(formatMoment(at, frame.locale)))],
    asked: [s.bulkAsked, s.bulkAskedWhat],
    open: [s.waiting, s.bulkOpen],
    'decided-before': [s.decided, s.decidedMeanwhile],
    'same-person': [s.waiting, s.ownRequest],
  } as const;
  const [title, what] = texts[told];
  return renderDocument(
    <SitePage frame={frame} title={title} narrow>
      <div class="gap">
        <AtWork of={work} t={t} />
        <h1>{title}</h1>
        <Note tone={told === 'revoked' || told === 'asked' ? 'ok' : 'warn'} title={<Words of={what} />} />
        <p>
          <Link to={back} id="back" kind="line">
            {told === 'revoked' ? s.backToGrant : s.approvals}
          </Link>
        </p>
      </div>
    </SitePage>,
  );
}
