import { Card, Note, Section } from '../components/parts.js';
import { Link } from '../components/link.js';
import { Words } from '../components/words.js';
import { isolate, ltr } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import type { SafeUrl } from '../html/safe-url.js';
import { siteTextsOf, type SiteTexts } from '../texts/sites/index.js';
import { textsOf } from '../texts/index.js';
import { SitePage, type SiteFrame } from './site-page.js';

/** Before anybody signed in. */
export function renderWelcomePage({ frame, site, signIn }: { readonly frame: SiteFrame; readonly site: 'dashboard' | 'staff'; readonly signIn: SafeUrl }): string {
  const t = siteTextsOf(frame.locale);
  const bank = isolate(frame.brand);
  return renderDocument(
    <SitePage frame={frame} title={t[site].title} narrow>
      <div class="gap">
        <div class="stack">
          <h1>{t[site].title}</h1>
          <p class="lead">
            <Words of={t[site].welcome(bank)} />
          </p>
        </div>
        <Card>
          <Section>
            <p>{t.dashboard.welcomeNext}</p>
            <p>
              <Link to={signIn} id="sign-in" kind="yes">
                {t.signIn}
              </Link>
            </p>
          </Section>
        </Card>
      </div>
    </SitePage>,
  );
}

export function renderSignedOutPage({ frame, signIn }: { readonly frame: SiteFrame; readonly signIn: SafeUrl }): string {
  const t = siteTextsOf(frame.locale);
  return renderDocument(
    <SitePage frame={frame} title={t.dashboard.signedOutTitle} narrow>
      <div class="gap">
        <h1>{t.dashboard.signedOutTitle}</h1>
        <Note tone="ok" title={t.dashboard.signedOut} />
        <p>
          <Link to={signIn} id="sign-in" kind="line">
            {t.dashboard.signInAgain}
          </Link>
        </p>
      </div>
    </SitePage>,
  );
}

export type SiteProblem = keyof SiteTexts['problems'];

export interface ProblemModel {
  readonly frame: SiteFrame;
  readonly problem: SiteProblem;
  /** Request id: what a person reads out to the helpdesk. */
  readonly reference: string;
  readonly again?: SafeUrl | undefined;
}

/** What happened, what was not done, one thing to do, and the reference. */
export function renderProblemPage({ frame, problem, reference, again }: ProblemModel): string {
  const t = siteTextsOf(frame.locale);
  const text: { title: string; what: string; not: string; action?: string } = t.problems[problem];
  return renderDocument(
    <SitePage frame={frame} title={text.title} narrow problem>
      <div class="gap">
        <h1>{text.title}</h1>
        <Card>
          <Section>
            <p>{text.what}</p>
            <p>
              <strong>{text.not}</strong>
            </p>
            {again && text.action && (
              <p>
                <Link to={again} id="again" kind="line">
                  {text.action}
                </Link>
              </p>
            )}
          </Section>
          <Section look="plain">
            <p class="hint" id="reference">
              <Words of={textsOf(frame.locale).reference(ltr(reference, 80))} />
            </p>
          </Section>
        </Card>
      </div>
    </SitePage>,
  );
}
