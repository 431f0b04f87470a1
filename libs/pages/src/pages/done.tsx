import { Page, type Frame } from '../components/layout.js';
import { Link } from '../components/link.js';
import { Card, Section } from '../components/parts.js';
import { Progress, type Path } from '../components/progress.js';
import { Words } from '../components/words.js';
import { isolate } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import type { SafeUrl } from '../html/safe-url.js';
import { textsOf } from '../texts/index.js';
import { Footer } from './sign-in.js';

export interface DoneModel {
  readonly frame: Frame;
  readonly clientName: string;
  readonly decision: 'allowed' | 'denied';
  /** What was decided about; data, unless told. */
  readonly about?: About;
  /** The pages there were. */
  readonly pages?: Path['pages'];
  /** The authorization response; from `SafeUrl.ofRedirect` of a validated redirect URI. */
  readonly continueTo: SafeUrl;
}

/** What a request is about, as far as its end is concerned. */
export type About = 'data' | 'payment' | 'both' | 'change';

/** The page after the decision where a 303 cannot reach the client: a link, and a refresh for those who wait. */
export function renderDonePage(model: DoneModel): string {
  const { frame, decision, continueTo } = model;
  const t = textsOf(frame.locale);
  const tpp = isolate(model.clientName);
  const { about = 'data', pages = ['data'] } = model;
  const title = decision === 'allowed' ? t.done.titleAllowed : t.done.titleDenied[about];
  return renderDocument(
    <Page frame={frame} title={title} narrow continueTo={{ url: continueTo, seconds: 1 }} footer={<Footer frame={frame} />}>
      <Progress locale={frame.locale} pages={pages} at={pages.length} />
      <div class="gap">
        <h1>{title}</h1>
        <Card>
          <Section>
            <p>
              <strong>
                <Words of={decision === 'allowed' ? t.done.allowed[about](tpp) : t.done.denied(tpp)} />
              </strong>
            </p>
            <p>
              <Words of={t.done.takesYou(tpp)} />
            </p>
            <p>
              <Link to={continueTo} id="continue" kind="yes">
                <Words of={t.continueTo(tpp)} />
              </Link>
            </p>
          </Section>
        </Card>
      </div>
    </Page>,
  );
}
