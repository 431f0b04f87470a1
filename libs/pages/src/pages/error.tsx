import { Page, type Frame } from '../components/layout.js';
import { Link } from '../components/link.js';
import { Card, Section } from '../components/parts.js';
import { Words } from '../components/words.js';
import { formatMinutes } from '../format.js';
import { isolate, ltr } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import type { SafeUrl } from '../html/safe-url.js';
import { textsOf, type Texts } from '../texts/index.js';
import type { About } from './done.js';
import { Footer } from './sign-in.js';

export type ErrorVariant = 'expired' | 'decided' | 'changed' | 'unknown' | 'cookies' | 'notFound' | 'tooMany' | 'refused' | 'invalid' | 'internal';

export interface ErrorModel {
  readonly frame: Frame;
  readonly variant: ErrorVariant;
  /** The request id: finds the log line. */
  readonly reference: string;
  /** An OAuth error code of ours, for the people who build the client. Never reflected input. */
  readonly code?: string | undefined;
  /** Only where the client is known for sure; otherwise the page speaks of "the app you came from". */
  readonly clientName?: string | undefined;
  /** What the request was about, where that is known: what was not done. */
  readonly about?: About | undefined;
  /** With `changed` and `tooMany`: an address of our own to try again at. */
  readonly again?: SafeUrl | undefined;
  /** With `tooMany`. */
  readonly waitSeconds?: number | undefined;
}

/** What happened, what was not done, one thing to do, and the reference. */
export function renderErrorPage(model: ErrorModel): string {
  return renderDocument(<ErrorDocument {...model} />);
}

function ErrorDocument({ frame, variant, reference, code, clientName, about = 'data', again, waitSeconds }: ErrorModel) {
  const t = textsOf(frame.locale);
  const text: { title: string; what: string; not: string; next: (tpp: string) => string; wait?: (minutes: string) => string; action?: string } = t.errors[variant];
  const tpp = clientName === undefined ? t.theApp : isolate(clientName);
  const next = waitSeconds !== undefined && text.wait ? text.wait(isolate(formatMinutes(waitSeconds, frame.locale))) : text.next(tpp);
  return (
    <Page frame={frame} title={text.title} narrow problem footer={<Footer frame={frame} />}>
      <div class="gap">
        <h1>{text.title}</h1>
        <Card>
          <Section>
            <p>{text.what}</p>
            <p>
              <strong>{notDone(variant, about, t) ?? text.not}</strong>
            </p>
            <p>
              <Words of={next} />
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
              <Words of={t.reference(ltr(reference, 80))} />
              {code && ' · '}
              {code && <Words of={ltr(code, 60)} />}
            </p>
          </Section>
        </Card>
      </div>
    </Page>
  );
}

/** Payments and changes have words of their own for what did not happen; signing in and our own mistakes do not. */
function notDone(variant: ErrorVariant, about: About, t: Texts): string | undefined {
  if (about === 'data' || variant === 'notFound' || variant === 'tooMany' || variant === 'internal') return undefined;
  return variant === 'decided' ? t.notDone[about].nothingMore : t.notDone[about].nothing;
}
