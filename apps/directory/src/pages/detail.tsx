import { Badge, Card, Choice, Facts, formatDate, formatList, isolate, Link, Ltr, Name, plain, PostForm, renderDocument, SafeUrl, Section, Select, Submit, Words, type Option } from '@assent/pages';
import { standingOf, type IssuedCertificate, type Organisation, type Software, type Standing } from '@assent/persistence/directory';
import { isRevocationReason, revocationReasons } from '@assent/pki';
import { directoryTexts } from '../texts/index.js';
import { DirectoryPage, type DirectoryFrame } from './frame.js';
import { SoftwareList, tones } from './list.js';

/** Longer than a line of text may be. */
const Long = ({ of }: { of: string }) => <bdi dir="ltr">{plain(of, 2000)}</bdi>;

/** Where an organisation or software stands, and what can be done about it; each leads to a page that asks first. */
function StandingSection({ frame, at, status }: { frame: DirectoryFrame; at: string; status: Standing }) {
  const t = directoryTexts(frame.locale);
  const to = (standing: Standing) => SafeUrl.of(`${at}/standing?to=${standing}`);
  return (
    <Section>
      <div class="head">
        <h2>{t.software.standing}</h2>
        <Badge tone={tones[status]}>{t.standings[status]}</Badge>
      </div>
      {status !== 'revoked' && (
        <p class="acts">
          {status === 'active' ? (
            <Link to={to('suspended')} id="suspend" kind="line">
              {t.change.suspend}
            </Link>
          ) : (
            <Link to={to('active')} id="reactivate" kind="line">
              {t.change.reactivate}
            </Link>
          )}
          <Link to={to('revoked')} id="revoke" kind="line">
            {t.change.revoke}
          </Link>
        </p>
      )}
    </Section>
  );
}

export function renderOrganisationPage({ frame, organisation, software }: { readonly frame: DirectoryFrame; readonly organisation: Organisation; readonly software: readonly Software[] }): string {
  const t = directoryTexts(frame.locale);
  const { id, legalName, country, registerNumber, roles, status, createdAt } = organisation;
  return renderDocument(
    <DirectoryPage frame={frame} title={isolate(legalName, 200)}>
      <div class="gap">
        <h1>
          <Name of={legalName} max={200} />
        </h1>
        <Card>
          <Section>
            <Facts
              rows={[
                { term: t.organisation.country, value: <Ltr of={country} /> },
                { term: t.organisation.registerNumber, value: <Ltr of={registerNumber} /> },
                { term: t.list.roles, value: <Long of={formatList(roles.map(({ market, role }) => `${market} ${role}`), frame.locale, 'unit') || '–'} /> },
                { term: t.organisation.since, value: formatDate(createdAt, frame.locale) },
                { term: t.made.organisationId, value: <Ltr of={id} /> },
              ]}
            />
          </Section>
          <StandingSection frame={frame} at={`/organisations/${id}`} status={status} />
        </Card>
        <h2>{t.organisation.software}</h2>
        <SoftwareList frame={frame} of={software} />
      </div>
    </DirectoryPage>,
  );
}

export interface SoftwareModel {
  readonly frame: DirectoryFrame;
  readonly csrf: string;
  readonly software: Software;
  readonly jwksUri: string;
  readonly certificates: readonly IssuedCertificate[];
  /** Markets it has a role in, the plain one last; `statements`: those with software statements. */
  readonly markets: readonly Option[];
  readonly statements: readonly Option[];
}

export function renderSoftwarePage({ frame, csrf, software, jwksUri, certificates, markets, statements }: SoftwareModel): string {
  const t = directoryTexts(frame.locale);
  const { id, metadata, organisation, roles } = software;
  const standing = standingOf(software);
  return renderDocument(
    <DirectoryPage frame={frame} title={isolate(metadata.client_name, 100)}>
      <div class="gap">
        <div class="stack">
          <h1>
            <Name of={metadata.client_name} max={100} />
          </h1>
          <p class="lead">
            <Link to={SafeUrl.of(`/organisations/${organisation.id}`)}>
              <Words of={t.software.of(isolate(organisation.legalName, 200))} />
            </Link>
          </p>
        </div>
        <Card>
          <Section>
            <h2>{t.software.about}</h2>
            <Facts
              rows={[
                ...(metadata.client_description === undefined ? [] : [{ term: t.software.description, value: <Name of={metadata.client_description} max={300} /> }]),
                { term: t.software.redirects, value: <Long of={metadata.redirect_uris.join(' ')} /> },
                { term: t.list.roles, value: <Long of={formatList(roles.map(({ market, role }) => `${market} ${role}`), frame.locale, 'unit') || '–'} /> },
                { term: t.made.softwareId, value: <Ltr of={id} /> },
                { term: t.made.keySet, value: <Long of={jwksUri} /> },
              ]}
            />
          </Section>
          <StandingSection frame={frame} at={`/software/${id}`} status={software.status === 'active' ? standing : software.status} />
          <Section>
            <h2>{t.software.certificates}</h2>
            {certificates.length === 0 ? <p>{t.software.noCertificates}</p> : <Certificates frame={frame} of={certificates} />}
          </Section>
          {standing === 'active' && (
            <>
              <Section>
                <h2>{t.software.another}</h2>
                <PostForm to={SafeUrl.of(`/software/${id}/certificates`)} hidden={{ csrf }} class="filters">
                  <Select id="purpose" name="purpose" label={t.software.purpose} options={(['transport', 'signing', 'encryption'] as const).map((value) => ({ value, label: t.purposes[value] }))} chosen="transport" />
                  <Select id="form" name="market" label={t.software.form} options={markets} chosen={undefined} />
                  <Submit id="issue" kind="line">
                    {t.software.issue}
                  </Submit>
                </PostForm>
              </Section>
              <Section>
                <h2>{t.software.statement}</h2>
                <PostForm to={SafeUrl.of(`/software/${id}/statements`)} hidden={{ csrf }} class="filters">
                  <Select id="statement-market" name="market" label={t.join.market} options={statements} chosen={undefined} />
                  <Submit id="sign" kind="line">
                    {t.software.sign}
                  </Submit>
                </PostForm>
              </Section>
            </>
          )}
        </Card>
      </div>
    </DirectoryPage>,
  );
}

function Certificates({ frame, of }: { frame: DirectoryFrame; of: readonly IssuedCertificate[] }) {
  const t = directoryTexts(frame.locale);
  const date = (day: Date): string => isolate(formatDate(day, frame.locale));
  return (
    <ul class="certificates">
      {of.map(({ serial, softwareId, purpose, subject, notAfter, revoked }) => (
        <li>
          <div class="stack">
            <h3>{t.purposes[purpose]}</h3>
            <p class="mono">
              <Long of={subject} />
            </p>
            <p class="hint">{revoked ? <Words of={t.software.revokedOn(date(revoked.at), isRevocationReason(revoked.reason) ? t.reasons[revoked.reason] : revoked.reason)} /> : <Words of={t.software.until(date(notAfter))} />}</p>
          </div>
          {revoked ? (
            <Badge tone="bad">{t.standings.revoked}</Badge>
          ) : (
            <Link to={SafeUrl.of(`/software/${softwareId}/certificates/${serial}/revoke`)} kind="line">
              {t.software.revoke}
              <span class="vh">{`: ${t.purposes[purpose]} ${serial}`}</span>
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}

export interface ConfirmModel {
  readonly frame: DirectoryFrame;
  readonly csrf: string;
  readonly name: string;
  readonly to: Standing;
  /** The page of what is changed, without its end. */
  readonly at: string;
}

/** The second step of a change: what happens, then two answers of equal weight. */
export function renderStandingPage({ frame, csrf, name, to, at }: ConfirmModel): string {
  const t = directoryTexts(frame.locale);
  const { change } = t;
  const [titleOf, text, yes] = { active: [change.reactivateTitle, change.reactivateText, change.reactivate], suspended: [change.suspendTitle, change.suspendText, change.suspend], revoked: [change.revokeTitle, change.revokeText, change.revoke] }[to] as [(name: string) => string, string, string];
  const title = titleOf(isolate(name, 200));
  return renderDocument(
    <DirectoryPage frame={frame} title={title} narrow>
      <PostForm to={SafeUrl.of(`${at}/standing`)} hidden={{ csrf, to }} class="gap">
        <h1>
          <Words of={title} />
        </h1>
        <Card>
          <Section>
            <p>{text}</p>
          </Section>
          <Section>
            <Choice>
              <Submit id="yes" kind="yes">
                {yes}
              </Submit>
              <Link to={SafeUrl.of(at)} id="no" kind="no">
                {change.keep}
              </Link>
            </Choice>
          </Section>
        </Card>
      </PostForm>
    </DirectoryPage>,
  );
}

export function renderRevokePage({ frame, csrf, certificate }: { readonly frame: DirectoryFrame; readonly csrf: string; readonly certificate: IssuedCertificate }): string {
  const t = directoryTexts(frame.locale);
  const { softwareId, serial, purpose, subject } = certificate;
  const title = t.revoke.title(t.purposes[purpose]);
  const reasons = revocationReasons.filter((reason) => reason !== 'certificateHold');
  return renderDocument(
    <DirectoryPage frame={frame} title={title} narrow>
      <PostForm to={SafeUrl.of(`/software/${softwareId}/certificates/${serial}/revoke`)} hidden={{ csrf }} class="gap">
        <h1>{title}</h1>
        <Card>
          <Section>
            <p class="mono">
              <Long of={subject} />
            </p>
            <p>{t.revoke.text}</p>
          </Section>
          <Section>
            <Select id="reason" name="reason" label={t.revoke.reason} options={reasons.map((value) => ({ value, label: t.reasons[value] }))} chosen="unspecified" />
          </Section>
          <Section>
            <Choice>
              <Submit id="yes" kind="yes">
                {t.revoke.yes}
              </Submit>
              <Link to={SafeUrl.of(`/software/${softwareId}`)} id="no" kind="no">
                {t.revoke.no}
              </Link>
            </Choice>
          </Section>
        </Card>
      </PostForm>
    </DirectoryPage>,
  );
}
