import { renderDeviceListPage, renderDeviceToldPage, renderErrorPage, SafeUrl, type CodeCheck, type DeviceAsking, type DeviceListModel, type DeviceToldModel, type ErrorVariant } from '@assent/pages';
import type { Session } from '@assent/protocol';
import type { PendingRequest } from '../backchannel/pending-request.js';
import type { Answer, Shown } from '../interaction/answer.js';
import type { Place } from '../interaction/asking-page.js';
import { aboutOf } from '../interaction/asking.js';
import { askingClient, frameOf } from '../interaction/pages.js';
import type { SignInView } from '../interaction/sign-in.js';
import type { Visit } from '../interaction/visit.js';
import { deviceForm, deviceFrame, deviceLocale, devicePath, listOf, type DevicePlace } from './place.js';
import { whatOf } from './what.js';

/** A page of the device: it may run our script, its forms stay here, and the browser is known from then on. */
export function devicePage({ browser }: Visit, html: string, status = 200): Shown {
  const introduced = browser.introduce();
  return { html, status, scripts: true, ...(introduced !== undefined && { cookies: [introduced] }) };
}

/** The sign-in, for the list or for one request; `acrWanted`: once more, as strongly as the request wants it. */
export function deviceSignInView(place: DevicePlace, again?: { readonly acrWanted: readonly string[] | undefined }): SignInView {
  const { to, hidden } = deviceForm(place, 'login', again ? { again: 'yes' } : {});
  return {
    frame: deviceFrame(place),
    clientName: place.visit.engine.bank.name,
    asks: again ? 'again' : 'device',
    pages: [],
    action: to,
    cancel: undefined,
    hidden,
    loginHint: undefined,
    otherCustomer: undefined,
    acrWanted: again?.acrWanted,
  };
}

interface Listed {
  readonly session: Session;
  readonly pending: readonly PendingRequest[];
  /** Client ids. */
  readonly blocked: readonly string[];
}

export function listPage(visit: Visit, { session, pending, blocked }: Listed): string {
  const place: DevicePlace = { visit };
  const locale = deviceLocale(visit);
  const ends = pending.map(({ handle }) => secondsUntil(visit, handle.expiresAt));
  return renderDeviceListPage({
    frame: deviceFrame(place),
    signedInAs: session.displayName,
    waiting: pending.map((one) => ({
      id: one.id,
      clientName: one.client.client_name,
      what: whatOf(visit.engine, one, locale),
      requestedAt: one.request.requestedAt,
      expiresAt: one.handle.expiresAt,
      to: SafeUrl.of(devicePath({ visit, id: one.id })),
    })),
    secondsLeft: ends.length > 0 ? Math.min(...ends) : undefined,
    blocked: blocked.map((id) => ({ clientName: nameOf(visit, id), unblock: deviceForm(place, 'unblock', { client: id }) })),
    events: SafeUrl.of(`${new URL(visit.issuer.endpoints.device).pathname}/events`),
    signOut: deviceForm(place, 'sign-out'),
    told: toldOf(visit, blocked),
  });
}

/** Only what is so is told, whatever the address says. */
function toldOf(visit: Visit, blocked: readonly string[]): DeviceListModel['told'] {
  const [isBlocked, isFree] = [visit.form.all('blocked')[0], visit.form.all('unblocked')[0]];
  if (isBlocked !== undefined && blocked.includes(isBlocked)) return { what: 'blocked', clientName: nameOf(visit, isBlocked) };
  if (isFree !== undefined && !blocked.includes(isFree) && visit.issuer.clients.find(isFree)) return { what: 'unblocked', clientName: nameOf(visit, isFree) };
  return undefined;
}

const nameOf = ({ issuer }: Visit, clientId: string): string => issuer.clients.find(clientId)?.client_name ?? clientId;

/** Where the pages of one request stand. `code`: how the screens are compared on this one. */
export function requestPlace(visit: Visit, pending: PendingRequest, { at, code }: { readonly at: number; readonly code: CodeCheck | undefined }): Place & { readonly device: DeviceAsking } {
  const place = { visit, id: pending.id };
  const { to, hidden } = deviceForm(place, 'decide');
  const { expiresAt } = pending.handle;
  return {
    frame: at === 0 ? deviceFrame(place) : frameOf(visit.engine, deviceLocale(visit)),
    client: askingClient(pending.client),
    action: to,
    cancel: deviceForm(place, 'deny').to,
    hidden,
    device: { requestedAt: pending.request.requestedAt, expiresAt, code, secondsLeft: secondsUntil(visit, expiresAt), list: SafeUrl.of(devicePath(listOf(place))) },
  };
}

type ToldState = Pick<DeviceToldModel, 'state' | 'tooLate'>;

/** How the request stands. What was refused, or ran out, may be reported; what cannot be approved here may be refused. */
export function toldPage(visit: Visit, pending: PendingRequest, { state, tooLate = false }: ToldState): Answer {
  const place = { visit, id: pending.id };
  const open = state === 'unmet' || state === 'gone';
  const html = renderDeviceToldPage({
    frame: deviceFrame(place),
    clientName: pending.client.client_name,
    state,
    tooLate,
    about: aboutOf(pending, visit.engine.details),
    list: SafeUrl.of(devicePath(listOf(place))),
    deny: open ? deviceForm(place, 'deny') : undefined,
    block: state === 'denied' || state === 'expired' ? deviceForm(place, 'block') : undefined,
  });
  return devicePage(visit, html, tooLate ? 409 : 200);
}

/** What was shown is not so any more, or the form is of another session: the customer looks again. */
export function lookAgain(place: DevicePlace, variant: Extract<ErrorVariant, 'changed'>, status: number, pending?: PendingRequest): Answer {
  const { visit } = place;
  const html = renderErrorPage({
    frame: frameOf(visit.engine, deviceLocale(visit)),
    variant,
    reference: visit.requestId,
    clientName: pending?.client.client_name,
    about: pending && aboutOf(pending, visit.engine.details),
    again: SafeUrl.of(devicePath(place)),
  });
  return devicePage(visit, html, status);
}

const secondsUntil = ({ now }: Visit, date: Date): number => Math.max(0, Math.ceil((date.getTime() - now.getTime()) / 1000));
