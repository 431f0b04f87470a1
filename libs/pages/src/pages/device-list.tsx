import { PostForm, Submit } from '../components/form.js';
import { Page, type Frame } from '../components/layout.js';
import { Card, Note, Section } from '../components/parts.js';
import { Mark, Name, Words } from '../components/words.js';
import { formatCount, formatTime } from '../format.js';
import { isolate, plain, withoutIsolates } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import type { SafeUrl } from '../html/safe-url.js';
import { textsOf, type Texts } from '../texts/index.js';
import { deviceScript } from './device-script.js';
import { Footer } from './sign-in.js';

/** Where a form of the list posts, and what it posts. */
export interface DeviceForm {
  readonly to: SafeUrl;
  readonly hidden: Readonly<Record<string, string>>;
}

/** A request that waits. */
export interface WaitingRequest {
  /** Of the element: stays the same for as long as the request waits. */
  readonly id: string;
  readonly clientName: string;
  /** What it asks for, in one line; names and amounts in isolates. */
  readonly what: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly to: SafeUrl;
}

export interface DeviceListModel {
  readonly frame: Frame;
  readonly signedInAs: string;
  readonly waiting: readonly WaitingRequest[];
  /** Seconds until the first of them ends. */
  readonly secondsLeft?: number | undefined;
  /** Companies whose requests the customer does not want, each with the form that lets them ask again. */
  readonly blocked: readonly { readonly clientName: string; readonly unblock: DeviceForm }[];
  /** Where the page hears of changes. */
  readonly events: SafeUrl;
  readonly signOut: DeviceForm;
  /** What just happened. */
  readonly told?: { readonly what: 'blocked' | 'unblocked'; readonly clientName: string } | undefined;
}

/** What waits for the customer, kept fresh by a script or by reload; and what the page is for, when nothing does. */
export function renderDeviceListPage(model: DeviceListModel): string {
  return renderDocument(<DeviceListPage {...model} />);
}

function DeviceListPage(model: DeviceListModel) {
  const { frame, waiting } = model;
  const t = textsOf(frame.locale);
  const count = waiting.length;
  const said = t.device.count(count, formatCount(count, frame.locale));
  return (
    <Page frame={frame} title={count === 0 ? t.device.listTitle : t.device.listTitleWith(formatCount(count, frame.locale))} narrow footer={<Footer frame={frame} text={t.device.neverAsk} />} script={deviceScript}>
      <div class="gap">
        <div class="stack">
          <h1>{t.device.listTitle}</h1>
          <p class="hint">
            <Words of={t.consent.signedInAs(isolate(model.signedInAs))} />
          </p>
        </div>
        {model.told && (
          <Note tone="ok" title={<Words of={(model.told.what === 'blocked' ? t.device.blocked : t.device.unblocked)(isolate(model.told.clientName))} />} />
        )}
        <p class="vh" role="status" id="said" />
        <div id="waiting" data-events={model.events.toString()} data-seconds={model.secondsLeft === undefined ? undefined : String(model.secondsLeft)} data-said={withoutIsolates(said)}>
          {count === 0 ? <Nothing t={t} frame={frame} /> : <Waiting {...model} t={t} />}
        </div>
        <p class="hint">{t.device.fresh}</p>
        {model.blocked.length > 0 && <Blocked blocked={model.blocked} t={t} />}
        <PostForm to={model.signOut.to} hidden={model.signOut.hidden}>
          <Submit id="sign-out" kind="line">
            {t.device.signOut}
          </Submit>
        </PostForm>
      </div>
    </Page>
  );
}

/** The empty page says what it is for. */
const Nothing = ({ t, frame }: { t: Texts; frame: Frame }) => (
  <Card>
    <Section>
      <h2>{t.device.nothing}</h2>
      <p>
        <Words of={t.device.whatFor(isolate(frame.brand))} />
      </p>
      <p>{t.device.howItComes}</p>
    </Section>
  </Card>
);

const Waiting = ({ waiting, frame, t }: DeviceListModel & { t: Texts }) => (
  <ul class="list card requests">
    {waiting.map(({ id, clientName, what, requestedAt, expiresAt, to }) => (
      <li>
        <div class="request">
          <Mark of={clientName} />
          <div>
            <h2 class="h3">
              <a href={to.toString()} id={`request-${plain(id)}`}>
                <Name of={clientName} />
              </a>
            </h2>
            <p>
              <Words of={what} />
            </p>
            <p class="hint">
              <Words of={t.device.askedAndEnds(isolate(formatTime(requestedAt, frame.locale)), isolate(formatTime(expiresAt, frame.locale)))} />
            </p>
            <p class="go" aria-hidden="true">
              {t.device.open}
            </p>
          </div>
        </div>
      </li>
    ))}
  </ul>
);

const Blocked = ({ blocked, t }: { blocked: DeviceListModel['blocked']; t: Texts }) => (
  <Card>
    <Section>
      <h2>{t.device.blockedTitle}</h2>
      <p class="hint">{t.device.blockedMeans}</p>
      <ul class="stack">
        {blocked.map(({ clientName, unblock }) => (
          <li>
            <PostForm to={unblock.to} hidden={unblock.hidden} class="bar">
              <strong>
                <Name of={clientName} />
              </strong>
              <Submit kind="line">
                {t.device.unblock}
                <span class="vh">: {plain(clientName)}</span>
              </Submit>
            </PostForm>
          </li>
        ))}
      </ul>
    </Section>
  </Card>
);
