import { Card, CodeBlock, Facts, formatMoment, isolate, Link, Note, PostForm, renderDocument, SafeUrl, Section, Submit, Words, type Locale } from '@assent/pages';
import { directoryTexts, type Texts } from '../texts/index.js';
import { DirectoryPage, type DirectoryFrame } from './frame.js';

/** Something to keep: it comes back as a file from what the page itself holds, so that nothing is kept here. */
export interface MadeFile {
  readonly label: keyof Texts['files'] | 'bundle';
  readonly name: string;
  readonly content: string;
}

function Files({ of, csrf, locale }: { of: readonly MadeFile[]; csrf: string; locale: Locale }) {
  const t = directoryTexts(locale);
  const labelOf = ({ label }: MadeFile): string => (label === 'bundle' ? t.made.bundle : (t.files[label] as string));
  return (
    <ul class="files">
      {of.map((file) => (
        <li>
          <PostForm to={SafeUrl.of('/files')} hidden={{ csrf, name: file.name, content: file.content }}>
            <Submit id={`file-${file.name.replace(/\W/g, '-')}`} kind={file.label === 'bundle' ? 'yes' : 'line'}>
              {t.files.download(labelOf(file))}
            </Submit>
          </PostForm>
        </li>
      ))}
    </ul>
  );
}

export interface MadeModel {
  readonly frame: DirectoryFrame;
  readonly csrf: string;
  readonly name: string;
  readonly facts: { readonly softwareId: string; readonly organisationId: string; readonly apiKey: string; readonly jwksUri: string };
  readonly files: readonly MadeFile[];
  readonly command: string;
  /** Absent: the market has no statements. */
  readonly statementUntil: Date | undefined;
}

/** Everything that was made, told once. */
export function renderMadePage({ frame, csrf, name, facts, files, command, statementUntil }: MadeModel): string {
  const t = directoryTexts(frame.locale);
  const title = t.made.title(isolate(name));
  const code = (text: string) => (
    <bdi dir="ltr" class="mono">
      {text}
    </bdi>
  );
  return renderDocument(
    <DirectoryPage frame={frame} title={title} narrow>
      <div class="gap">
        <h1>
          <Words of={title} />
        </h1>
        <Note tone="warn" title={t.made.once}>
          <p>{t.made.onceText}</p>
        </Note>
        <Card>
          <Section>
            <h2>{t.made.files}</h2>
            <Files of={files} csrf={csrf} locale={frame.locale} />
          </Section>
          <Section>
            <h2>{t.made.next}</h2>
            <p>{t.made.nextText}</p>
            <CodeBlock label={t.made.command} text={command} />
            <p class="hint">{statementUntil ? <Words of={t.made.statementUntil(isolate(formatMoment(statementUntil, frame.locale)))} /> : t.made.noStatement}</p>
          </Section>
          <Section>
            <h2>{t.made.facts}</h2>
            <Facts
              rows={[
                { term: t.made.softwareId, value: code(facts.softwareId) },
                { term: t.made.organisationId, value: code(facts.organisationId) },
                { term: t.made.apiKey, value: code(facts.apiKey) },
                { term: t.made.keySet, value: code(facts.jwksUri) },
              ]}
            />
          </Section>
        </Card>
        <p>
          <Link to={SafeUrl.of(`/software/${facts.softwareId}`)} kind="line" id="onward">
            {t.made.onward}
          </Link>
        </p>
      </div>
    </DirectoryPage>,
  );
}

export interface TokenModel {
  readonly frame: DirectoryFrame;
  readonly csrf: string;
  readonly softwareId: string;
  readonly files: readonly MadeFile[];
  readonly statement?: { readonly text: string; readonly until: Date } | undefined;
}

/** A new certificate with its key, or a software statement. */
export function renderHandedOutPage({ frame, csrf, softwareId, files, statement }: TokenModel): string {
  const t = directoryTexts(frame.locale);
  const title = statement ? t.newStatement.title : t.newCertificate.title;
  return renderDocument(
    <DirectoryPage frame={frame} title={title} narrow>
      <div class="gap">
        <h1>{title}</h1>
        {!statement && (
          <Note tone="warn" title={t.made.once}>
            <p>{t.made.onceText}</p>
          </Note>
        )}
        <Card>
          <Section>
            {statement && (
              <>
                <p>
                  <Words of={t.newStatement.until(isolate(formatMoment(statement.until, frame.locale)))} />
                </p>
                <CodeBlock label={t.newStatement.label} text={statement.text} />
              </>
            )}
            <Files of={files} csrf={csrf} locale={frame.locale} />
          </Section>
        </Card>
        <p>
          <Link to={SafeUrl.of(`/software/${softwareId}`)} kind="line" id="back">
            {t.newCertificate.back}
          </Link>
        </p>
      </div>
    </DirectoryPage>,
  );
}
