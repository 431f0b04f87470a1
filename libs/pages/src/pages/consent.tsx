import type { CustomerAccount } from '@assent/protocol';
import { asksForAccounts, type Cluster } from '../clusters.js';
import { ErrorSummary, PostForm, Submit } from '../components/form.js';
import { Page, type Frame } from '../components/layout.js';
import { Card, Choice, Facts, Section, Steps } from '../components/parts.js';
import { Mark, Name, Words } from '../components/words.js';
import { formatDate } from '../format.js';
import { isolate, ltr, plain } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import type { SafeUrl } from '../html/safe-url.js';
import { textsOf, type Texts } from '../texts/index.js';
import { Accounts } from './consent-accounts.js';
import { Clusters } from './consent-clusters.js';
import { Footer } from './sign-in.js';

/** The company that asks, as the operator vetted it. */
export interface AskingClient {
  readonly name: string;
  readonly legalName?: string | undefined;
  readonly registerNumber?: string | undefined;
  /** Its own words: quoted, at most 300 characters. */
  readonly purpose?: string | undefined;
  /** Host of the redirect URI. */
  readonly returnHost: string;
}

export interface ConsentModel {
  readonly frame: Frame;
  readonly client: AskingClient;
  readonly signedInAs: string;
  readonly clusters: readonly Cluster[];
  /** Every account of the customer, also those that cannot be shared. Not read when no account data is asked for. */
  readonly accounts: readonly CustomerAccount[];
  readonly until: Date | null;
  /** Whether the client may fetch data while the customer is away (`offline_access`). */
  readonly offline: boolean;
  readonly action: SafeUrl;
  readonly cancel: SafeUrl;
  readonly hidden: Readonly<Record<string, string>>;
  readonly problem?: 'choose-account' | undefined;
}

/**
 * The consent page: who, why, what, which accounts, how long, how often, how to stop; then two equal answers.
 * Nothing is chosen beforehand. Without account clusters it only asks to share who the customer is.
 */
export function renderConsentPage(model: ConsentModel): string {
  return renderDocument(<ConsentPage {...model} />);
}

function ConsentPage(model: ConsentModel) {
  const { frame, client } = model;
  const t = textsOf(frame.locale);
  const tpp = isolate(client.name);
  const ofAccounts = asksForAccounts(model.clusters);
  // A permission nobody described may be anything: then the page does not say what it cannot do.
  const onlyIdentity = !ofAccounts && model.clusters.every(({ id }) => id !== 'other');
  const title = ofAccounts ? t.consent.titleAccounts(tpp) : t.consent.titleIdentity(tpp);
  const problem = model.problem === 'choose-account' ? t.consent.chooseOne : undefined;
  const firstAccount = `account-${Math.max(0, model.accounts.findIndex(({ unavailable }) => unavailable === undefined))}`;
  return (
    <Page frame={frame} title={title} narrow problem={problem !== undefined} footer={<Footer frame={frame} text={t.consent.notExpecting} />}>
      {problem && <ErrorSummary title={t.problem} problems={[{ field: firstAccount, text: problem }]} />}
      <Steps label={t.stepsLabel} doneWord={t.stepDone} steps={[t.steps.signIn, t.steps.review, t.steps.done]} current={1} />
      <PostForm to={model.action} hidden={model.hidden} class="gap">
        <div class="stack">
          <h1>
            <Words of={title} />
          </h1>
          <p class="hint">
            <Words of={t.consent.signedInAs(isolate(model.signedInAs))} />
          </p>
        </div>
        <Card>
          <Who client={client} t={t} />
          {plain(client.purpose) !== '' && <Why client={client} t={t} />}
          <Clusters clusters={model.clusters} tpp={tpp} bank={isolate(frame.brand)} t={t} />
          {ofAccounts && <Accounts accounts={model.accounts} locale={frame.locale} t={t} problem={problem} />}
          <Section look="plain">
            <Facts rows={terms(model, t)} />
          </Section>
          <Section>
            <p>
              <strong>
                <Words of={onlyIdentity ? t.consent.cannotIdentity(tpp) : t.consent.cannot(tpp)} />
              </strong>
            </p>
            <p>
              <Words of={t.consent.next(tpp)} />
            </p>
            <Choice>
              <Submit id="consent-allow" kind="yes" name="decision" value="allow">
                {t.consent.allow}
              </Submit>
              <Submit id="cancel" kind="no" name="decision" value="deny" to={model.cancel}>
                {t.consent.deny}
              </Submit>
            </Choice>
          </Section>
        </Card>
      </PostForm>
    </Page>
  );
}

function Who({ client, t }: { client: AskingClient; t: Texts }) {
  const tpp = isolate(client.name);
  return (
    <Section look="who" label={plain(client.name)}>
      <Mark of={client.name} />
      <div class="stack">
        <div>
          <h2>
            <Name of={client.name} />
          </h2>
          {client.legalName && (
            <p class="hint">
              <Words of={t.consent.tradesAs(isolate(client.legalName), tpp)} />
              {client.registerNumber && ' '}
              {client.registerNumber && <Words of={t.consent.registered(ltr(client.registerNumber))} />}
            </p>
          )}
        </div>
        <p class="hint return">
          <Words of={t.consent.returnsTo(ltr(client.returnHost, 255))} />
        </p>
      </div>
    </Section>
  );
}

const Why = ({ client, t }: { client: AskingClient; t: Texts }) => (
  <Section>
    <h2>{t.consent.why}</h2>
    <div class="says">
      <p class="hint">
        <Words of={t.consent.inTheirWords(isolate(client.name))} />
      </p>
      <p>
        <Name of={client.purpose} max={300} />
      </p>
    </div>
  </Section>
);

function terms(model: ConsentModel, t: Texts) {
  const tpp = isolate(model.client.name);
  const end = model.until ? t.consent.until(isolate(formatDate(model.until, model.frame.locale))) : t.consent.noEnd;
  return [
    { term: t.consent.howLong, value: <Words of={end} /> },
    { term: t.consent.howOften, value: <Words of={model.offline ? t.consent.alsoWhenAway(tpp) : t.consent.onlyWhenPresent(tpp)} /> },
    { term: t.consent.howToStop, value: <Words of={t.consent.stopAny(isolate(model.frame.brand), tpp)} /> },
  ];
}

