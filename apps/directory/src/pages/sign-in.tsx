import { Card, ErrorSummary, Field, Link, PostForm, renderDocument, SafeUrl, Section, Submit, Words, ltr } from '@assent/pages';
import { directoryTexts, type Texts } from '../texts/index.js';
import { DirectoryPage, type DirectoryFrame } from './frame.js';

/** The token goes into a field that password managers know. */
export function renderSignInPage({ frame, wrong, next }: { readonly frame: DirectoryFrame; readonly wrong: boolean; readonly next: string }): string {
  const t = directoryTexts(frame.locale);
  return renderDocument(
    <DirectoryPage frame={frame} title={t.signIn.title} problem={wrong} narrow>
      {wrong && <ErrorSummary title={t.problemTitle} problems={[{ field: 'token', text: t.signIn.wrong }]} />}
      <PostForm to={SafeUrl.of('/sign-in')} hidden={{ next }} class="gap">
        <div class="stack">
          <h1>{t.signIn.title}</h1>
          <p class="lead">{t.signIn.lead}</p>
        </div>
        <Card>
          <div class="fields">
            <Field id="token" name="token" type="password" label={t.signIn.token} autocomplete="current-password" problem={wrong ? t.signIn.wrong : undefined} />
            <Submit id="sign-in" kind="yes">
              {t.signIn.submit}
            </Submit>
          </div>
        </Card>
      </PostForm>
    </DirectoryPage>,
  );
}

export type Problem = keyof Texts['problems'];

export function renderProblemPage({ frame, problem, detail, reference }: { readonly frame: DirectoryFrame; readonly problem: Problem; readonly detail?: string | undefined; readonly reference: string }): string {
  const t = directoryTexts(frame.locale);
  const { title, text } = t.problems[problem];
  return renderDocument(
    <DirectoryPage frame={frame} title={title} problem narrow>
      <div class="gap">
        <h1>{title}</h1>
        <Card>
          <Section>
            <p>{text}</p>
            {detail !== undefined && (
              <p class="mono" dir="ltr" lang="en">
                {detail}
              </p>
            )}
            <p>
              <Link to={SafeUrl.of('/')} kind="line">
                {t.home}
              </Link>
            </p>
          </Section>
          <Section look="plain">
            <p class="hint">
              <Words of={t.reference(ltr(reference, 80))} />
            </p>
          </Section>
        </Card>
      </div>
    </DirectoryPage>,
  );
}
