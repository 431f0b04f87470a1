import { Card, isolate, Link, Note, Page, renderDocument, SafeUrl, Section, Words, type Frame } from '@assent/pages';
import { holdingTexts, type SiteName } from './texts.js';

export interface HoldingModel {
  readonly site: SiteName;
  readonly frame: Frame;
  /** The demo app, where the stack runs one. */
  readonly demo: SafeUrl | undefined;
}

/** One honest page for a site still being built: what it will hold, and what works today. */
export function renderHoldingPage({ site, frame, demo }: HoldingModel): string {
  const texts = holdingTexts[frame.locale][site];
  const bank = isolate(frame.brand);
  return renderDocument(
    <Page frame={frame} title={texts.title} narrow>
      <div class="gap">
        <h1>{texts.title}</h1>
        <p class="lead">
          <Words of={texts.lead(bank)} />
        </p>
        <Note title={texts.notYet}>{texts.notYetDetail}</Note>
        <Card>
          <Section>
            <h2>{texts.willHold}</h2>
            <Bullets lines={texts.items} />
          </Section>
          <Section>
            <h2>{texts.today}</h2>
            <Bullets lines={texts.nowItems(bank)} />
            {demo && (
              <p>
                <Link to={demo} id="demo" kind="line">
                  {texts.demoLink}
                </Link>
              </p>
            )}
          </Section>
        </Card>
      </div>
    </Page>,
  );
}

const Bullets = ({ lines }: { lines: readonly string[] }) => (
  <ul class="clusters">
    {lines.map((line) => (
      <li>
        <Words of={line} />
      </li>
    ))}
  </ul>
);
