import { Badge, Card, Choice, Section } from '../components/parts.js';
import { PostForm, Submit } from '../components/form.js';
import { Link } from '../components/link.js';
import { Name, Words } from '../components/words.js';
import { formatMoment } from '../format.js';
import { isolate, ltr, plain } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import { SafeUrl } from '../html/safe-url.js';
import type { Locale } from '../locale.js';
import { siteTextsOf, type SiteTexts } from '../texts/sites/index.js';
import { revocationReasons } from './model.js';
import { Fact } from './parts.js';
import { SitePage, type SiteFrame } from './site-page.js';
import { AtWork, type StaffAtWork } from './staff-search.js';

/** A request that takes two people. */
export interface Approval {
  readonly id: string;
  readonly clientName: string;
  readonly clientId: string;
  readonly issuer: string;
  readonly reason: string;
  readonly note: string;
  readonly ticket: string;
  readonly askedName: string;
  readonly askedAt: Date;
  /** Current grants now, where nothing is decided yet; else those ended so far. */
  readonly grants: number;
  readonly decision?: { readonly is: 'approved' | 'refused'; readonly name: string; readonly at: Date } | undefined;
  /** Whoever looks asked for it themselves. */
  readonly own: boolean;
}

export function renderApprovalsPage({ frame, work, approvals }: { readonly frame: SiteFrame; readonly work: StaffAtWork; readonly approvals: readonly Approval[] }): string {
  const t = siteTextsOf(frame.locale);
  const s = t.staff;
  const [waiting, decided] = [approvals.filter(({ decision }) => !decision), approvals.filter(({ decision }) => decision)];
  return renderDocument(
    <SitePage frame={frame} title={s.approvals} footer={[t.utc]}>
      <div class="gap">
        <AtWork of={work} t={t} />
        <h1>{s.approvals}</h1>
        <section class="stack" id="waiting">
          <h2>{s.waiting}</h2>
          {waiting.length === 0 ? <p>{s.nothingWaiting}</p> : <Cards of={waiting} t={t} locale={frame.locale} />}
        </section>
        {decided.length > 0 && (
          <section class="stack" id="decided">
            <h2>{s.decided}</h2>
            <Cards of={decided} t={t} locale={frame.locale} />
          </section>
        )}
      </div>
    </SitePage>,
  );
}

const Cards = ({ of, t, locale }: { of: readonly Approval[]; t: SiteTexts; locale: Locale }) => (
  <>
    {of.map((approval) => (
      <Card>
        <Section>
          <div class="head">
            <h3>
              <Name of={approval.clientName} />
            </h3>
            {approval.decision ? <Badge tone="off">{t.staff.decided}</Badge> : <Badge tone="warn">{t.staff.waiting}</Badge>}
          </div>
          <Facts of={approval} t={t} locale={locale} />
          {!approval.decision && (
            <p>
              <a href={`/approvals/${plain(approval.id)}`} class="btn line">
                <span>{t.staff.decide}</span>
              </a>
            </p>
          )}
        </Section>
      </Card>
    ))}
  </>
);

function Facts({ of: { clientId, issuer, reason, note, ticket, askedName, askedAt, grants, decision }, t, locale }: { of: Approval; t: SiteTexts; locale: Locale }) {
  const s = t.staff;
  const known = revocationReasons.find((one) => one === reason);
  const moment = (at: Date): string => isolate(formatMoment(at, locale));
  return (
    <dl class="sum">
      <Fact term={s.clientId}>
        <Words of={ltr(clientId)} />
      </Fact>
      <Fact term={s.issuer}>
        <Words of={ltr(issuer)} />
      </Fact>
      <Fact term={s.reason}>{known ? s.reasons[known] : <Name of={reason} />}</Fact>
      <Fact term={s.note}>
        <Name of={note} max={500} />
      </Fact>
      <Fact term={s.ticket}>
        <Words of={ltr(ticket)} />
      </Fact>
      <Fact term={s.firstPerson}>
        <Words of={s.askedBy(isolate(askedName), moment(askedAt))} />
      </Fact>
      <Fact term={s.secondPerson}>{decision ? <Words of={(decision.is === 'approved' ? s.approvedBy : s.refusedBy)(isolate(decision.name), moment(decision.at))} /> : '–'}</Fact>
      <Fact term={s.howMany}>{decision ? s.endedSoFar(grants) : s.bulkCount(grants)}</Fact>
    </dl>
  );
}

/** The second person: the same facts, then two answers of equal weight. */
export function renderApprovalPage({ frame, work, approval, hidden, mayDecide }: { readonly frame: SiteFrame; readonly work: StaffAtWork; readonly approval: Approval; readonly hidden: Readonly<Record<string, string>>; readonly mayDecide: boolean }): string {
  const t = siteTextsOf(frame.locale);
  const s = t.staff;
  const title = s.approveTitle(isolate(approval.clientName));
  const act = (what: 'approve' | 'refuse'): SafeUrl => SafeUrl.of(`/approvals/${plain(approval.id)}/${what}`);
  return renderDocument(
    <SitePage frame={frame} title={title} narrow footer={[t.utc]}>
      <AtWork of={work} t={t} />
      <PostForm to={act('approve')} hidden={hidden} class="gap after">
        <h1>
          <Words of={title} />
        </h1>
        <Card>
          <Section look="plain">
            <Facts of={approval} t={t} locale={frame.locale} />
          </Section>
          <Section>
            {mayDecide && !approval.own && !approval.decision ? (
              <Choice>
                <Submit id="approve" kind="yes">
                  {s.approve}
                </Submit>
                <Submit id="refuse" kind="no" to={act('refuse')}>
                  {s.refuse}
                </Submit>
              </Choice>
            ) : (
              <>
                <p>
                  <strong>{approval.decision ? s.decidedMeanwhile : approval.own ? s.ownRequest : t.problems.forbidden.title}</strong>
                </p>
                <p>
                  <Link to={SafeUrl.of('/approvals')} kind="line">
                    {s.approvals}
                  </Link>
                </p>
              </>
            )}
          </Section>
        </Card>
      </PostForm>
    </SitePage>,
  );
}
