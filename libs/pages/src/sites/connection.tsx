import { Card, Note, Section } from '../components/parts.js';
import { Link } from '../components/link.js';
import { Mark, Name, Words } from '../components/words.js';
import { isolate, ltr, plain } from '../html/plain-text.js';
import { formatList, formatMoment } from '../format.js';
import { renderDocument } from '../html/render.js';
import type { SafeUrl } from '../html/safe-url.js';
import type { Locale } from '../locale.js';
import { siteTextsOf, type SiteTexts } from '../texts/sites/index.js';
import { isOver, type Connection } from './model.js';
import { Accounts, Day, Fact, History, Moment, Pays, Sees, State } from './parts.js';
import { SitePage, type SiteFrame } from './site-page.js';

export interface ConnectionModel {
  readonly frame: SiteFrame;
  readonly connection: Connection;
  readonly back: SafeUrl;
  /** What can be done; absent once it is over. */
  readonly stop?: SafeUrl | undefined;
  readonly removeAccount?: SafeUrl | undefined;
  readonly json: SafeUrl;
  readonly csv: SafeUrl;
  readonly notice?: 'account-removed' | undefined;
}

/** One connection: what was shown at consent, how it stands, what happened, and how to stop it. */
export function renderConnectionPage({ frame, connection, back, stop, removeAccount, json, csv, notice }: ConnectionModel): string {
  const t = siteTextsOf(frame.locale);
  const tpp = isolate(connection.name);
  const payment = connection.kind === 'payment';
  return renderDocument(
    <SitePage frame={frame} title={connectionTitle(connection, t)} footer={[t.reference(ltr(connection.reference)), t.utc]}>
      <div class="gap">
        <p>
          <Link to={back}>{t.detail.back}</Link>
        </p>
        {notice && (
          <Note tone="ok" title={t.detail.accountRemoved}>
            <p>
              <Words of={t.detail.accountRemovedWhat(tpp)} />
            </p>
          </Note>
        )}
        <ConnectionHead connection={connection} t={t} locale={frame.locale} />
        <div class="cols">
          <div class="gap">
            <ConnectionFacts connection={connection} t={t} locale={frame.locale} />
            {stop && (
              <Card>
                {removeAccount && (
                  <Section>
                    <h2>{t.detail.removeAccount}</h2>
                    <p>{t.detail.removeWhat}</p>
                    <p>
                      <Link to={removeAccount} id="remove-account" kind="line">
                        {t.detail.removeAccount}
                      </Link>
                    </p>
                  </Section>
                )}
                <Section>
                  <h2>{payment ? t.detail.stopPaymentTitle : t.detail.stopTitle}</h2>
                  <p>
                    <Words of={`${t.stop.atOnce(tpp)} ${t.stop.check(tpp)} ${payment ? t.stop.payments : t.stop.data}`} />
                  </p>
                  <p>
                    <a href={stop.toString()} id="stop" class="btn stop">
                      <span>
                        <Words of={payment ? t.detail.stopPaymentLink(tpp) : t.detail.stopLink(tpp)} />
                      </span>
                    </a>
                  </p>
                  <p class="hint">{t.detail.stopNext}</p>
                </Section>
              </Card>
            )}
          </div>
          <div class="gap">
            <HistoryCard connection={connection} t={t} locale={frame.locale} bank={isolate(frame.brand)} />
            <Card>
              <Section>
                <h2>{t.detail.download}</h2>
                <p class="hint">{t.detail.downloadWhat}</p>
                <p>
                  <Link to={json} id="json">
                    {t.detail.json}
                  </Link>
                </p>
                <p>
                  <Link to={csv} id="csv">
                    {t.detail.csv}
                  </Link>
                </p>
              </Section>
            </Card>
          </div>
        </div>
      </div>
    </SitePage>,
  );
}

/** The name first: browser tabs and screen readers cut from the end. */
const connectionTitle = ({ name }: Connection, t: SiteTexts): string => `${plain(name)} – ${t.dashboard.title}`;

export const ConnectionHead = ({ connection, t, locale }: { connection: Connection; t: SiteTexts; locale: Locale }) => (
  <div class="head">
    <Mark of={connection.name} />
    <h1>
      <Name of={connection.name} />
    </h1>
    <State of={connection.state} t={t} locale={locale} />
  </div>
);

export const HistoryCard = ({ connection, t, locale, bank }: { connection: Connection; t: SiteTexts; locale: Locale; bank: string }) => (
  <Card>
    <Section>
      <h2>{t.detail.history}</h2>
      <History of={connection.history} t={t} bank={bank} tpp={isolate(connection.name)} locale={locale} />
    </Section>
  </Card>
);

/** Who, why, which accounts, since and until when, and what it may do. */
export function ConnectionFacts({ connection, t, locale }: { connection: Connection; t: SiteTexts; locale: Locale }) {
  const { legalName, registerNumber, purpose, accounts, allowedAt, until, endedAt, lastUse, sees, pays, state } = connection;
  const d = t.detail;
  const over = isOver(state);
  return (
    <>
      <Card>
        <Section look="plain">
          <dl class="sum">
            {plain(legalName) !== '' && <Fact term={d.company}>{registerNumber ? <Words of={d.registered(isolate(legalName), ltr(registerNumber))} /> : <Name of={legalName} />}</Fact>}
            {plain(purpose) !== '' && (
              <Fact term={d.reason}>
                <Words of={d.quote(isolate(purpose, 300))} />
              </Fact>
            )}
            <Fact term={d.accounts}>
              <Accounts of={accounts} t={t} />
            </Fact>
            <Fact term={d.allowedOn}>
              <Moment at={allowedAt} locale={locale} />
            </Fact>
            <Fact term={over ? d.ended : d.ends}>{endedAt ? <Moment at={endedAt} locale={locale} /> : until ? <Day of={until} locale={locale} /> : d.noEnd}</Fact>
            {(lastUse || accounts.length > 0 || connection.kind === 'payment') && (
              <Fact term={connection.kind === 'data' ? d.lastAccess : t.dashboard.lastPayment}>
                {lastUse ? <Words of={d.lastAccessTo(isolate(formatMoment(lastUse.at, locale)), formatList(lastUse.kinds.map((kind) => t.history.kinds[kind]), locale))} /> : d.neverUsed}
              </Fact>
            )}
          </dl>
        </Section>
      </Card>
      {pays.length > 0 && (
        <Card>
          <Section>
            <h2>{over ? d.paid : d.pays}</h2>
            <Pays of={pays} t={t} locale={locale} />
          </Section>
        </Card>
      )}
      {sees.length > 0 && (
        <Card>
          <Section>
            <h2>{over ? d.saw : d.sees}</h2>
            <Sees of={sees} t={t} />
          </Section>
        </Card>
      )}
    </>
  );
}
