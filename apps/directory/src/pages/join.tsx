import { Card, ErrorSummary, PostForm, renderDocument, SafeUrl, Section, Select, Submit, TextField, type Option } from '@assent/pages';
import { directoryTexts, type Texts } from '../texts/index.js';
import { DirectoryPage, type DirectoryFrame } from './frame.js';

export type JoinField = 'organisation' | 'legal_name' | 'country' | 'register_number' | 'client_name' | 'redirect_uris' | 'market';
export interface JoinProblem {
  readonly field: JoinField;
  readonly says: keyof Texts['fields'];
}

export interface JoinModel {
  readonly frame: DirectoryFrame;
  readonly csrf: string;
  readonly markets: readonly Option[];
  readonly organisations: readonly Option[];
  /** What was entered before. */
  readonly entered: Readonly<Partial<Record<JoinField, string>>>;
  readonly problems: readonly JoinProblem[];
}

/** Organisation and software on one page. */
export function renderJoinPage({ frame, csrf, markets, organisations, entered, problems }: JoinModel): string {
  const t = directoryTexts(frame.locale);
  const told = problems.map(({ field, says }) => ({ field, text: t.fields[says] }));
  const problemOf = (field: JoinField): string | undefined => told.find((one) => one.field === field)?.text;
  const text = (field: JoinField, label: string, hint?: string) => <TextField id={field} name={field} label={label} hint={hint} value={entered[field]} problem={problemOf(field)} />;
  return renderDocument(
    <DirectoryPage frame={{ ...frame, current: '/new' }} title={t.join.title} problem={problems.length > 0} narrow>
      {problems.length > 0 && <ErrorSummary title={t.problemTitle} problems={told} />}
      <PostForm to={SafeUrl.of('/new')} hidden={{ csrf }} class="gap">
        <div class="stack">
          <h1>{t.join.title}</h1>
          <p class="lead">{t.join.lead}</p>
        </div>
        <Card>
          <Section>
            <fieldset class="fields">
              <legend class="h2">{t.join.organisation}</legend>
              {organisations.length > 0 && (
                <Select id="organisation" name="organisation" label={t.join.existing} options={[{ value: '', label: t.join.another }, ...organisations]} chosen={entered.organisation ?? ''} problem={problemOf('organisation')} />
              )}
              {text('legal_name', t.join.legalName)}
              {text('country', t.join.country, t.join.countryHint)}
              {text('register_number', t.join.registerNumber)}
            </fieldset>
          </Section>
          <Section>
            <fieldset class="fields">
              <legend class="h2">{t.join.software}</legend>
              {text('client_name', t.join.name)}
              {text('redirect_uris', t.join.redirect, t.join.redirectHint)}
              <Select id="market" name="market" label={t.join.market} options={markets} chosen={entered.market} problem={problemOf('market')} />
            </fieldset>
          </Section>
          <Section>
            <Submit id="join" kind="yes">
              {t.join.submit}
            </Submit>
          </Section>
        </Card>
      </PostForm>
    </DirectoryPage>,
  );
}
