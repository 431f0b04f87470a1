import { Card, Choice, Note, Section } from '../components/parts.js';
import { ErrorSummary, PostForm, Submit } from '../components/form.js';
import { Link } from '../components/link.js';
import { Name, Words } from '../components/words.js';
import { isolate, ltr } from '../html/plain-text.js';
import { formatMoment } from '../format.js';
import { renderDocument } from '../html/render.js';
import type { SafeUrl } from '../html/safe-url.js';
import { siteTextsOf } from '../texts/sites/index.js';
import { textsOf } from '../texts/index.js';
import type { NamedAccount } from './model.js';
import { accountName } from './parts.js';
import { SitePage, type SiteFrame } from './site-page.js';

interface About {
  readonly frame: SiteFrame;
  readonly name: string;
  readonly reference: string;
  /** The connection's own page: where "keep" leads. */
  readonly back: SafeUrl;
}

export interface StopModel extends About {
  readonly kind: 'data' | 'payment';
  readonly action: SafeUrl;
  readonly hidden: Readonly<Record<string, string>>;
}

/** Stop, second step: what happens, then two answers of equal weight. Nothing tries to hold the customer. */
export function renderStopPage({ frame, name, reference, back, kind, action, hidden }: StopModel): string {
  const t = siteTextsOf(frame.locale);
  const tpp = isolate(name);
  const payment = kind === 'payment';
  const title = payment ? t.stop.titlePayment(tpp) : t.stop.title(tpp);
  return renderDocument(
    <SitePage frame={frame} title={title} narrow footer={[t.reference(ltr(reference))]}>
      <PostForm to={action} hidden={hidden} class="gap">
        <h1>
          <Words of={title} />
        </h1>
        <Card>
          <Section>
            <p>
              <strong>
                <Words of={t.stop.atOnce(tpp)} />
              </strong>
            </p>
            <p>
              <Words of={t.stop.check(tpp)} />
            </p>
            {!payment && <p>{t.stop.data}</p>}
            <p>{t.stop.payments}</p>
          </Section>
          <Section>
            <Choice>
              <Submit id="stop-yes" kind="yes">
                {payment ? t.stop.yesPayment : t.stop.yes}
              </Submit>
              <Link to={back} id="stop-no" kind="no">
                {payment ? t.stop.noPayment : t.stop.no}
              </Link>
            </Choice>
          </Section>
        </Card>
      </PostForm>
    </SitePage>,
  );
}

/** Shown after it was done, and as often as it is asked for again. */
export function renderStoppedPage({ frame, name, reference, back, kind, at }: About & { readonly kind: 'data' | 'payment'; readonly at: Date }): string {
  const t = siteTextsOf(frame.locale);
  const tpp = isolate(name);
  const title = kind === 'payment' ? t.stop.doneTitlePayment(tpp) : t.stop.doneTitle(tpp);
  return renderDocument(
    <SitePage frame={frame} title={title} narrow footer={[t.utc]}>
      <div class="gap">
        <h1>
          <Words of={title} />
        </h1>
        <Note tone="ok" title={<Words of={t.stop.done(isolate(formatMoment(at, frame.locale)))} />}>
          <p>
            <Words of={t.stop.doneNext(tpp)} />
          </p>
          <p id="reference">
            <Words of={t.reference(ltr(reference))} />
          </p>
        </Note>
        <p>
          <Link to={back} id="back" kind="line">
            {t.detail.back}
          </Link>
        </p>
      </div>
    </SitePage>,
  );
}

export interface RemoveModel extends About {
  readonly accounts: readonly NamedAccount[];
  readonly action: SafeUrl;
  readonly hidden: Readonly<Record<string, string>>;
  /** Where to stop altogether. */
  readonly stop: SafeUrl;
  readonly problem?: 'choose' | undefined;
}

/** Remove an account, first step: which one. With a single account it offers to stop instead. */
export function renderRemoveAccountPage(model: RemoveModel): string {
  const { frame, name, accounts, action, hidden, back, stop, problem } = model;
  const t = siteTextsOf(frame.locale);
  const tpp = isolate(name);
  if (accounts.length < 2) return renderLastAccountPage(model);
  const wrong = problem === 'choose' ? t.remove.choose : undefined;
  return renderDocument(
    <SitePage frame={frame} title={t.remove.title} narrow problem={wrong !== undefined} footer={[t.reference(ltr(model.reference))]}>
      {wrong && <ErrorSummary title={textsOf(frame.locale).problem} problems={[{ field: 'account-0', text: wrong }]} />}
      <PostForm to={action} hidden={hidden} class="gap">
        <h1>{t.remove.title}</h1>
        <Card>
          <Section look="plain">
            <fieldset class="stack" aria-describedby={wrong ? 'account-error' : undefined}>
              <legend class="h2">
                <Words of={t.remove.which(tpp)} />
              </legend>
              {wrong && (
                <p class="error" id="account-error">
                  {wrong}
                </p>
              )}
              <div>
                {accounts.map((account, index) => (
                  <label class="pick" for={`account-${index}`}>
                    <input id={`account-${index}`} type="radio" name="account" value={String(index)} />
                    <span>
                      <strong>
                        <Name of={account.name} />
                      </strong>
                      <span class="hint block">
                        <Words of={textsOf(frame.locale).consent.ending(ltr(`••${account.maskedNumber}`))} />
                      </span>
                    </span>
                  </label>
                ))}
              </div>
            </fieldset>
          </Section>
          <Section>
            <Choice>
              <Submit id="remove-next" kind="yes">
                {t.remove.next}
              </Submit>
              <Link to={back} id="remove-keep" kind="no">
                {t.remove.keep}
              </Link>
            </Choice>
          </Section>
        </Card>
      </PostForm>
      <p class="after">
        <Link to={stop}>
          <Words of={t.detail.stopLink(tpp)} />
        </Link>
      </p>
    </SitePage>,
  );
}

function renderLastAccountPage({ frame, name, stop, back, reference }: RemoveModel): string {
  const t = siteTextsOf(frame.locale);
  const tpp = isolate(name);
  return renderDocument(
    <SitePage frame={frame} title={t.remove.lastTitle} narrow footer={[t.reference(ltr(reference))]}>
      <div class="gap">
        <h1>{t.remove.lastTitle}</h1>
        <Card>
          <Section>
            <p>
              <Words of={t.remove.last(tpp)} />
            </p>
            <Choice>
              <Link to={stop} id="stop" kind="yes">
                {t.stop.yes}
              </Link>
              <Link to={back} id="remove-keep" kind="no">
                {t.remove.no}
              </Link>
            </Choice>
          </Section>
        </Card>
      </div>
    </SitePage>,
  );
}

/** Remove an account, second step. */
export function renderConfirmRemovalPage({ frame, name, reference, back, account, action, hidden, alsoEnds = [] }: About & { readonly account: NamedAccount; readonly action: SafeUrl; readonly hidden: Readonly<Record<string, string>>; readonly alsoEnds?: readonly string[] }): string {
  const t = siteTextsOf(frame.locale);
  const tpp = isolate(name);
  const title = t.remove.confirmTitle(accountName(account, t), tpp);
  return renderDocument(
    <SitePage frame={frame} title={title} narrow footer={[t.reference(ltr(reference))]}>
      <PostForm to={action} hidden={hidden} class="gap">
        <h1>
          <Words of={title} />
        </h1>
        <Card>
          <Section>
            <p>
              <strong>
                <Words of={t.remove.atOnce(tpp)} />
              </strong>
            </p>
            {alsoEnds.map((payment) => (
              <p>
                <Words of={t.remove.alsoEnds(payment)} />
              </p>
            ))}
            <p>{t.remove.data}</p>
          </Section>
          <Section>
            <Choice>
              <Submit id="remove-yes" kind="yes">
                {t.remove.yes}
              </Submit>
              <Link to={back} id="remove-no" kind="no">
                {t.remove.no}
              </Link>
            </Choice>
          </Section>
        </Card>
      </PostForm>
    </SitePage>,
  );
}
