import { Choice, Card, Section, Steps } from '../components/parts.js';
import { ErrorSummary, Field, PostForm, Submit } from '../components/form.js';
import { Page, type Frame } from '../components/layout.js';
import { Words } from '../components/words.js';
import { isolate, plain } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import type { SafeUrl } from '../html/safe-url.js';
import { textsOf, type Texts } from '../texts/index.js';

/** `wrong` is one text for an unknown user and a wrong password: the page must not tell which. */
export type SignInProblem = 'missing' | 'wrong' | 'other-customer';

export interface SignInModel {
  readonly frame: Frame;
  /** The client's vetted name. */
  readonly clientName: string;
  /** Whether account data is asked for, or only who somebody is; `own`: the bank's own application, nothing is shared. */
  readonly asks: 'accounts' | 'identity' | 'own';
  readonly action: SafeUrl;
  /** Where "Go back" posts: it refuses the request. */
  readonly cancel: SafeUrl;
  readonly hidden: Readonly<Record<string, string>>;
  /** `login_hint`, or what was typed before. */
  readonly login?: string | undefined;
  readonly problem?: SignInProblem | undefined;
  /** With `other-customer`: who is signed in now. */
  readonly signedInAs?: string | undefined;
  /** With `missing`: whether a password was typed. */
  readonly passwordMissing?: boolean | undefined;
}

/** The sign-in page: who asks, two fields, and a way back that is as easy as the way on. */
export function renderLoginPage(model: SignInModel): string {
  return renderDocument(<SignInPage {...model} />);
}

function SignInPage(model: SignInModel) {
  const t = textsOf(model.frame.locale);
  const tpp = isolate(model.clientName);
  const title = t.signIn.title(isolate(model.frame.brand));
  const { summary, login, password } = problemsOf(model, t);
  const own = model.asks === 'own';
  return (
    <Page frame={model.frame} title={title} narrow problem={summary.length > 0} footer={<Footer frame={model.frame} text={own ? undefined : t.signIn.notExpecting(tpp)} />}>
      {summary.length > 0 && <ErrorSummary title={t.problem} problems={summary} />}
      {!own && <Steps label={t.stepsLabel} doneWord={t.stepDone} steps={[t.steps.signIn, t.steps.review, t.steps.done]} current={0} />}
      <PostForm to={model.action} hidden={model.hidden} class="gap">
        <div class="stack">
          <h1>
            <Words of={title} />
          </h1>
          <p class="lead">
            <Words of={own ? t.signIn.ownLead(tpp) : model.asks === 'accounts' ? t.signIn.asksAccounts(tpp) : t.signIn.asksIdentity(tpp)} />
          </p>
        </div>
        <Card>
          <Section look="plain">
            <div class="fields">
              <Field id="login" name="login" label={t.signIn.userId} value={model.login} autocomplete="username webauthn" problem={login} />
              <Field id="password" name="password" type="password" label={t.signIn.password} autocomplete="current-password" problem={password} />
            </div>
          </Section>
          <Section>
            <p>
              <strong>
                <Words of={own ? t.signIn.ownSafe(isolate(model.frame.brand)) : t.signIn.neverNeeds(tpp, isolate(model.frame.brand))} />
              </strong>
            </p>
            {!own && (
              <p class="hint">
                <Words of={t.signIn.backMeans(tpp)} />
              </p>
            )}
            <Choice>
              <Submit id="login-submit" kind="yes">
                {t.signIn.submit}
              </Submit>
              <Submit id="cancel" kind="no" to={model.cancel}>
                <Words of={t.backTo(tpp)} />
              </Submit>
            </Choice>
          </Section>
        </Card>
      </PostForm>
    </Page>
  );
}

function problemsOf(model: SignInModel, t: Texts) {
  const loginMissing = model.problem === 'missing' && !plain(model.login);
  const other = model.problem === 'other-customer' ? t.signIn.otherCustomer(isolate(model.signedInAs), isolate(model.clientName)) : undefined;
  const login = loginMissing ? t.signIn.missingUserId : model.problem === 'wrong' ? t.signIn.wrong : other;
  const password = model.problem === 'missing' && model.passwordMissing ? t.signIn.missingPassword : undefined;
  const summary = [
    { field: 'login', text: login },
    { field: 'password', text: password },
  ].filter((entry): entry is { field: string; text: string } => entry.text !== undefined);
  return { summary, login, password };
}

/** What to do when the request was not expected, then the operator's own words. */
export function Footer({ frame, text }: { frame: Frame; text?: string | undefined }) {
  return (
    <>
      {text && (
        <p>
          <Words of={text} />
        </p>
      )}
      {frame.help && (
        <p>
          <bdi>{plain(frame.help, 300)}</bdi>
        </p>
      )}
    </>
  );
}
