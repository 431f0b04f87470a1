import { PostForm, Submit } from '../components/form.js';
import { Page, type Frame } from '../components/layout.js';
import { Link } from '../components/link.js';
import { Card, Section } from '../components/parts.js';
import { Words } from '../components/words.js';
import { isolate } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import type { SafeUrl } from '../html/safe-url.js';
import { textsOf, type Texts } from '../texts/index.js';
import type { DeviceForm } from './device-list.js';
import type { About } from './done.js';
import { Footer } from './sign-in.js';

export interface DeviceToldModel {
  readonly frame: Frame;
  readonly clientName: string;
  /** How it stands. `unmet`: it asks for a sign-in that is not to be had here; `gone`: what it would change is no longer there. */
  readonly state: 'approved' | 'denied' | 'expired' | 'unmet' | 'gone';
  /** The answer that was given just now did not count: there was one before. */
  readonly tooLate?: boolean;
  readonly about: About;
  readonly list: SafeUrl;
  /** Reports the company and blocks its requests. */
  readonly block?: DeviceForm | undefined;
  /** Says no to a request that is still open. */
  readonly deny?: DeviceForm | undefined;
}

/** How a request stands that asks nothing any more: decided, run out, or not to be decided here. */
export function renderDeviceToldPage(model: DeviceToldModel): string {
  return renderDocument(<DeviceToldPage {...model} />);
}

function DeviceToldPage(model: DeviceToldModel) {
  const { frame, state, tooLate = false } = model;
  const t = textsOf(frame.locale);
  const tpp = isolate(model.clientName);
  const title = tooLate ? t.device.told.tooLate : titleOf(model, t);
  return (
    <Page frame={frame} title={title} narrow problem={tooLate || state === 'unmet' || state === 'gone'} footer={<Footer frame={frame} text={t.device.neverAsk} />}>
      <div class="gap">
        <h1>{title}</h1>
        <Card>
          <Section>
            {sentences(model, tpp, t).map((sentence, index) => (
              <p>{index === 0 ? <strong><Words of={sentence} /></strong> : <Words of={sentence} />}</p>
            ))}
            {model.deny && (
              <PostForm to={model.deny.to} hidden={model.deny.hidden}>
                <Submit id="cancel" kind="no" name="decision" value="deny">
                  {t.device.deny}
                </Submit>
              </PostForm>
            )}
            <p>
              <Link to={model.list} id="list" kind="line">
                {t.device.backToList}
              </Link>
            </p>
          </Section>
          {model.block && <Report block={model.block} tpp={tpp} t={t} />}
        </Card>
      </div>
    </Page>
  );
}

const titleOf = ({ state, about }: DeviceToldModel, t: Texts): string =>
  state === 'approved' ? t.done.titleAllowed : state === 'denied' ? t.done.titleDenied[about] : t.device.told.nothing;

/** What happened, in bold; then what did not, and what to do. */
function sentences({ state, about, tooLate = false }: DeviceToldModel, tpp: string, t: Texts): readonly string[] {
  const { told } = t.device;
  switch (state) {
    case 'approved':
      return tooLate ? [t.done.allowed[about](tpp), told.firstCounts] : [t.done.allowed[about](tpp), told.goesOn];
    case 'denied':
      return [...(tooLate ? [t.done.titleDenied[about], told.firstCounts] : []), t.done.denied(tpp)];
    case 'expired':
      return [told.expired, told.startAgain(tpp)];
    case 'unmet':
      return [told.unmet(tpp), told.unmetNext];
    case 'gone':
      return [told.gone(tpp), told.startAgain(tpp)];
  }
}

const Report = ({ block, tpp, t }: { block: DeviceForm; tpp: string; t: Texts }) => (
  <Section>
    <h2>{t.device.reportTitle}</h2>
    <p>
      <Words of={t.device.reportMeans(tpp)} />
    </p>
    <PostForm to={block.to} hidden={block.hidden}>
      <Submit id="block" kind="stop">
        {t.device.report}
      </Submit>
    </PostForm>
  </Section>
);
