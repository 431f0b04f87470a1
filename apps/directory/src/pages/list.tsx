import { Badge, formatList, Link, Mark, Name, Note, renderDocument, SafeUrl, type Tone } from '@assent/pages';
import { standingOf, type Organisation, type Software, type Standing } from '@assent/persistence/directory';
import { directoryTexts } from '../texts/index.js';
import { DirectoryPage, type DirectoryFrame } from './frame.js';

export const tones: Readonly<Record<Standing, Tone>> = { active: 'ok', suspended: 'warn', revoked: 'bad' };

export interface ListModel {
  readonly frame: DirectoryFrame;
  readonly organisations: readonly Organisation[];
  readonly software: readonly Software[];
}

/** Every organisation with its software. */
export function renderListPage({ frame, organisations, software }: ListModel): string {
  const t = directoryTexts(frame.locale);
  return renderDocument(
    <DirectoryPage frame={{ ...frame, current: '/' }} title={t.list.title}>
      <div class="gap">
        <div class="bar">
          <div class="stack">
            <h1>{t.list.title}</h1>
            <p class="lead">{t.list.lead}</p>
          </div>
          <Link to={SafeUrl.of('/new')} id="join" kind="yes">
            {t.list.join}
          </Link>
        </div>
        {organisations.length === 0 && <Note title={t.list.none} />}
        {organisations.map((organisation) => (
          <section class="stack">
            <div class="head">
              <h2>
                <Link to={SafeUrl.of(`/organisations/${organisation.id}`)}>
                  <Name of={organisation.legalName} max={200} />
                </Link>
              </h2>
              <Badge tone={tones[organisation.status]}>{t.standings[organisation.status]}</Badge>
            </div>
            <SoftwareList frame={frame} of={software.filter((one) => one.organisation.id === organisation.id)} />
          </section>
        ))}
      </div>
    </DirectoryPage>,
  );
}

export function SoftwareList({ frame, of }: { frame: DirectoryFrame; of: readonly Software[] }) {
  const t = directoryTexts(frame.locale);
  if (of.length === 0) return <p class="hint">{t.list.noSoftware}</p>;
  return (
    <ul class="card list">
      {of.map((software) => (
        <li>
          <div class="row software">
            <Mark of={software.metadata.client_name} />
            <h3>
              <Link to={SafeUrl.of(`/software/${software.id}`)}>
                <Name of={software.metadata.client_name} max={100} />
              </Link>
            </h3>
            <div class="cell">
              <small>{t.list.roles}</small>
              <bdi dir="ltr">{formatList([...new Set(software.roles.map(({ market }) => market))], frame.locale, 'unit') || '–'}</bdi>
            </div>
            <div class="cell state">
              <Badge tone={tones[standingOf(software)]}>{t.standings[standingOf(software)]}</Badge>
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}
