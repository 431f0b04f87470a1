import type { ComponentChildren } from 'preact';
import { ErrorSummary, PostForm, Submit } from '../components/form.js';
import { Page } from '../components/layout.js';
import { Link } from '../components/link.js';
import { Card, Choice, Section } from '../components/parts.js';
import { Progress, type Path } from '../components/progress.js';
import { Words } from '../components/words.js';
import { isolate } from '../html/plain-text.js';
import { textsOf } from '../texts/index.js';
import type { AskingModel } from './consent.js';
import { CodeSection, codeProblem, TimesSection } from './device-code.js';
import { deviceScript } from './device-script.js';
import { Footer } from './sign-in.js';

/** What a page that asks says around what it asks for. `no` and `notExpecting` are those of the way back to a client. */
interface AskingWords {
  /** The question. */
  readonly title: string;
  readonly yes: string;
  readonly no: string;
  readonly cannot?: string;
  /** What each answer leads to. */
  readonly next: string;
  readonly notExpecting: string;
}

interface AskingPageProps {
  readonly model: AskingModel;
  readonly words: AskingWords;
  readonly problems: readonly { readonly field: string; readonly text: string }[];
  readonly above?: ComponentChildren;
  /** What the answer is good for. */
  readonly terms?: ComponentChildren;
  readonly children: ComponentChildren;
}

export const onePage: Path = { pages: ['data'], at: 0 };
export const isLast = ({ pages, at }: Path): boolean => at === pages.length - 1;

/**
 * A page with one question, what it is about, and two equal answers. On the customer's own device it asks first whether
 * they asked for this, and says what the other screen must show.
 */
export function AskingPage({ model, words, problems, above, terms, children }: AskingPageProps) {
  const { frame, device, path = onePage } = model;
  const t = textsOf(frame.locale);
  const code = device && codeProblem(device, t);
  const all = code ? [...problems, code] : problems;
  const title = device ? t.device.title : words.title;
  return (
    <Page frame={frame} title={title} narrow problem={all.length > 0} footer={<Footer frame={frame} text={device ? t.device.notExpecting : words.notExpecting} />} {...(device ? { script: deviceScript } : {})}>
      {all.length > 0 && <ErrorSummary title={t.problem} problems={all} />}
      {(!device || path.pages.length > 1) && <Progress locale={frame.locale} {...path} />}
      <PostForm to={model.action} hidden={model.hidden} class="gap">
        <div class="stack">
          <h1>
            <Words of={title} />
          </h1>
          {device && (
            <p class="lead">
              <Words of={words.title} />
            </p>
          )}
          <p class="hint">
            <Words of={t.consent.signedInAs(isolate(model.signedInAs))} />
          </p>
        </div>
        {above}
        <Card>
          {children}
          {device && <CodeSection device={device} t={t} />}
          {device && <TimesSection device={device} locale={frame.locale} t={t} />}
          <Section>
            {words.cannot && (
              <p>
                <strong>
                  <Words of={words.cannot} />
                </strong>
              </p>
            )}
            {terms}
            <p>
              <Words of={words.next} />
            </p>
            <Choice>
              <Submit id="consent-allow" kind="yes" name="decision" value="allow">
                <Words of={words.yes} />
              </Submit>
              <Submit id="cancel" kind="no" name="decision" value="deny" to={model.cancel}>
                {device ? t.device.deny : words.no}
              </Submit>
            </Choice>
          </Section>
        </Card>
        {device && (
          <p>
            <Link to={device.list}>{t.device.backToList}</Link>
          </p>
        )}
      </PostForm>
    </Page>
  );
}
