import type { PaymentPresentation } from '@assent/authorization-details';
import { PostForm, Submit } from '../components/form.js';
import { Card, Choice, Section } from '../components/parts.js';
import { Link } from '../components/link.js';
import { Words } from '../components/words.js';
import { formatDate } from '../format.js';
import { isolate, ltr } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import type { SafeUrl } from '../html/safe-url.js';
import { siteTextsOf } from '../texts/sites/index.js';
import type { Explanation, NamedAccount } from './model.js';
import { Accounts, Pays, Sees } from './parts.js';
import { SitePage, type SiteFrame } from './site-page.js';

/** Something another customer said yes to that this one must agree to. */
export interface AskedAgreement {
  readonly to: SafeUrl;
  readonly name: string;
  /** Who said yes first. */
  readonly holder: string;
}

export interface AgreementModel {
  readonly frame: SiteFrame;
  readonly name: string;
  readonly holder: string;
  /** `given`: this customer agreed before, and may stop it. */
  readonly agreement: 'asked' | 'given';
  /** Those that need this customer. */
  readonly accounts: readonly NamedAccount[];
  readonly sees: readonly Explanation[];
  readonly pays: readonly PaymentPresentation[];
  readonly until: Date | null;
  readonly reference: string;
  readonly action: SafeUrl;
  readonly hidden: Readonly<Record<string, string>>;
  readonly back: SafeUrl;
}

/** What somebody else agreed to, with two answers of equal weight; or what both did, to be stopped. */
export function renderAgreementPage(model: AgreementModel): string {
  const { frame, name, holder, agreement, accounts, sees, pays, until, reference, action, hidden, back } = model;
  const t = siteTextsOf(frame.locale);
  const [tpp, other] = [isolate(name), isolate(holder)];
  const given = agreement === 'given';
  const title = given ? t.agree.titleGiven(tpp) : t.agree.title(tpp);
  return renderDocument(
    <SitePage frame={frame} title={title} narrow footer={[t.reference(ltr(reference))]}>
      <PostForm to={action} hidden={hidden} class="gap">
        <div class="stack">
          <h1>
            <Words of={title} />
          </h1>
          <p class="lead">
            <Words of={given ? t.agree.leadGiven(other) : t.agree.lead(other)} />
          </p>
        </div>
        <Card>
          {accounts.length > 0 && (
            <Section>
              <h2>{t.agree.accounts}</h2>
              <Accounts of={accounts} t={t} />
            </Section>
          )}
          {sees.length > 0 && (
            <Section>
              <h2>{t.detail.sees}</h2>
              <Sees of={sees} t={t} />
            </Section>
          )}
          {pays.length > 0 && (
            <Section>
              <h2>{t.detail.pays}</h2>
              <Pays of={pays} t={t} locale={frame.locale} />
            </Section>
          )}
          <Section>
            <p>
              <Words of={until === null ? t.agree.noEnd : t.agree.ends(isolate(formatDate(until, frame.locale)))} />
            </p>
            <p>
              <Words of={given ? t.agree.stopping(other) : t.agree.refusing(other)} />
            </p>
          </Section>
          <Section>
            <Choice>
              {given ? (
                <>
                  <Submit id="stop-yes" kind="yes" name="decision" value="stop">
                    {t.agree.stop}
                  </Submit>
                  <Link to={back} id="stop-no" kind="no">
                    {t.agree.keep}
                  </Link>
                </>
              ) : (
                <>
                  <Submit id="agree-yes" kind="yes" name="decision" value="approve">
                    {t.agree.yes}
                  </Submit>
                  <Submit id="agree-no" kind="no" name="decision" value="reject">
                    {t.agree.no}
                  </Submit>
                </>
              )}
            </Choice>
          </Section>
        </Card>
        <p>
          <Link to={back} id="back" kind="line">
            {t.detail.back}
          </Link>
        </p>
      </PostForm>
    </SitePage>,
  );
}
