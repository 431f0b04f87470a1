import { Choice, Card, Section } from '../components/parts.js';
import { ErrorSummary, Field, PostForm, Submit } from '../components/form.js';
import { Page, type Frame } from '../components/layout.js';
import { Progress, type Path } from '../components/progress.js';
import { Words } from '../components/words.js';
import { isolate, plain } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import type { SafeUrl } from '../html/safe-url.js';
import { textsOf, type Texts } from '../texts/index.js';

/** `wrong` is one text for an unknown user and a wrong password: the page must not tell which. */
export type SignInProblem = 'missing' | 'wrong' | 'other-customer';

/** What is asked for: account data, or only who the customer is; payments; or a change of what was allowed before. */
export type Asked = 'accounts' | 'identity' | 'payment' | 'data-and-payment' | 'change';

export interface SignInModel {
  readonly frame: Frame;
  /** The client's vetted name. */
  readonly clientName: string;
  /** `own`: the bank's own application, with which nothing is shared. `device`: to see what waits for the customer. `again`: once more, for one request. */
  readonly asks: Asked | 'own' | 'device' | 'again';
  /** The pages to come; one that asks for data, unless told. */
  readonly pages?: Path['pages'];
  readonly action: SafeUrl;
  /** Where "Go back" posts: it refuses the request. Absent where there is none to go back to. */
  readonly cancel?: SafeUrl | undefined;
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
  const asks = isAsked(model.asks) ? model.asks : undefined;
  return (
    <Page frame={model.frame} title={title} narrow problem={summary.length > 0} footer={<Footer frame={model.frame} text={asks && t.signIn.notExpecting(tpp)} />}>
      {summary.length > 0 && <ErrorSummary title={t.problem} problems={summary} />}
      {asks && <Progress locale={model.frame.locale} pages={model.pages ?? ['data']} at={-1} />}
      <PostForm to={model.action} hidden={model.hidden} class="gap">
        <div class="stack">
          <h1>
            <Words of={title} />
          </h1>
          <p class="lead">
            <Words of={leadOf(model, tpp, t)} />
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
                <Words of={asks ? t.signIn.neverNeeds(tpp, isolate(model.frame.brand)) : t.signIn.ownSafe(isolate(model.frame.brand))} />
              </strong>
            </p>
            {asks && (
              <p class="hint">
                <Words of={t.signIn.backMeans[asks](tpp)} />
              </p>
            )}
            <Choice>
              <Submit id="login-submit" kind="yes">
                {t.signIn.submit}
              </Submit>
              {model.cancel && (
                <Submit id="cancel" kind="no" to={model.cancel}>
                  <Words of={t.backTo(tpp)} />
                </Submit>
              )}
            </Choice>
          </Section>
        </Card>
      </PostForm>
    </Page>
  );
}

const isAsked = (asks: SignInModel['asks']): asks is Asked => asks !== 'own' && asks !== 'device' && asks !== 'again';

function leadOf({ asks }: SignInModel, tpp: string, t: Texts): string {
  if (isAsked(asks)) return t.signIn.asks[asks](tpp);
  return asks === 'own' ? t.signIn.ownLead(tpp) : asks === 'device' ? t.signIn.deviceLead : t.signIn.againLead;
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
