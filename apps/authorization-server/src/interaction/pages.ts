import type { PaymentPresentation } from '@assent/authorization-details';
import {
  asksForAccounts,
  chooseLocale,
  isolate,
  ltr,
  offeredLocales,
  payingAccounts,
  renderChangePage,
  renderConsentPage,
  renderDonePage,
  renderFormPostPage,
  renderPaymentPage,
  SafeUrl,
  textsOf,
  type AskingClient,
  type Frame,
  type Locale,
  type PaymentModel,
} from '@assent/pages';
import type { AuthorizationDetail, Client, CustomerAccount } from '@assent/protocol';
import type { OpenRequest } from '../authorize/open-request.js';
import type { PostedResponse } from '../authorize/validated-redirect.js';
import type { Engine } from '../engine.js';
import { aboutOf, asksOf, pagesOf, pathOf, type Asking } from './asking.js';
import { csrfToken } from './csrf.js';
import { sealShown, type Offer, type OfferedAccount, type Yes } from './shown.js';
import type { SignInView } from './sign-in.js';
import type { Visit } from './visit.js';

/** The address of an interaction's page, or of what its forms post to. */
export function interactionPath({ issuer, reference }: OpenRequest, post?: 'login' | 'consent' | 'cancel', locale?: string): string {
  const path = `${new URL(issuer.endpoints.interaction).pathname}/${reference}${post ? `/${post}` : ''}`;
  return locale === undefined ? path : `${path}?ui_locales=${encodeURIComponent(locale)}`;
}

export function frameOf(engine: Engine, locale: Locale): Frame {
  return { locale, brand: engine.bank.name, help: engine.bank.helpText, languages: offeredLocales(engine.bank.locales) };
}

/** The customer's click, then what the client asked for, then the browser, then the bank. */
export const localeOf = (visit: Visit, open: OpenRequest): Locale => localeAsked(visit, open.request.uiLocales);

const localeAsked = ({ clickedLocale, acceptLanguage, engine }: Visit, uiLocales: readonly string[]): Locale =>
  chooseLocale([...(clickedLocale === undefined ? [] : [clickedLocale]), ...uiLocales], acceptLanguage, engine.bank.locales);

function interactionFrame(visit: Visit, open: OpenRequest, locale: Locale): Frame {
  return { ...frameOf(visit.engine, locale), inLanguage: (other) => SafeUrl.of(interactionPath(open, undefined, other)) };
}

function hiddenFields(visit: Visit, open: OpenRequest): Record<string, string> {
  const csrf = csrfToken(visit, open.handle);
  return visit.clickedLocale === undefined ? { csrf } : { csrf, ui_locales: localeOf(visit, open) };
}

export function signInView(visit: Visit, open: OpenRequest, otherCustomer?: string): SignInView {
  const { details } = visit.engine;
  return {
    frame: interactionFrame(visit, open, localeOf(visit, open)),
    clientName: open.client.client_name,
    asks: asksOf(open, details),
    pages: pagesOf(open, details).map(({ kind }) => kind),
    action: SafeUrl.of(interactionPath(open, 'login')),
    cancel: SafeUrl.of(interactionPath(open, 'cancel')),
    hidden: hiddenFields(visit, open),
    loginHint: open.request.loginHint,
    otherCustomer,
  };
}

/** One of the pages of a request, to be shown. */
export interface PageToShow {
  readonly asking: Asking;
  readonly at: number;
  /** Every account of the customer; none are read where none is to be chosen. */
  readonly accounts: readonly CustomerAccount[];
  readonly earlier: readonly Yes[];
  readonly problem?: 'choose-account' | undefined;
}

/** The page, and with it the seal over all that it says. */
export function askingPage(visit: Visit, page: PageToShow): string {
  const { asking, at } = page;
  const asked = asking.pages[at];
  if (asked?.kind === 'payment') return paymentPage(visit, page, asked.detail);
  return asking.change ? changePage(visit, page, asking.change) : consentPage(visit, page);
}

function consentPage(visit: Visit, page: PageToShow): string {
  const { asking } = page;
  const accounts = accountsAsked(visit.engine, asking, page.accounts);
  const { clusters, details } = asking.data;
  return renderConsentPage({ ...common(visit, page, { accounts: accounts.filter(isAvailable) }), accounts, clusters, details, until: asking.until, offline: asking.offline });
}

function changePage(visit: Visit, page: PageToShow, change: NonNullable<Asking['change']>): string {
  const { asking } = page;
  const { shared, kept } = change;
  const accounts = accountsAsked(visit.engine, asking, page.accounts);
  const isShared = ({ id }: OfferedAccount) => shared.includes(id);
  const lost = kept || !asking.picksAccounts ? [] : page.accounts.filter((account) => isShared(account) && !(accounts.includes(account) && isAvailable(account)));
  const offered = accounts.filter((account) => isAvailable(account) && !(kept && isShared(account)));
  const t = textsOf(asking.locale);
  const removed = lost.map(({ name, maskedNumber }) => ({
    badge: 'removed' as const,
    title: t.change.account(isolate(name), ltr(`••${maskedNumber}`)),
    says: [t.change.removed(isolate(asking.open.client.client_name))],
    items: [],
  }));
  return renderChangePage({
    ...common(visit, page, { accounts: offered, kept: kept ? accounts.filter(isShared) : [], lost }),
    ...change,
    accounts,
    rows: [...change.rows, ...removed],
    picksAccounts: asking.picksAccounts,
    until: asking.until,
    offline: asking.offline,
  });
}

function paymentPage(visit: Visit, page: PageToShow, detail: AuthorizationDetail): string {
  const { asking, accounts } = page;
  const { details, bank } = visit.engine;
  const client = askingClient(asking.open);
  const payment = details.present(detail, asking.locale) as PaymentPresentation;
  const notAsked = accounts.filter((account) => !details.offers(detail, account)).map(({ id }) => id);
  const model = { payment, accounts, notAsked, client };
  const able = payingAccounts(model, textsOf(asking.locale)).filter(({ reason }) => reason === undefined).map(({ account }) => account); // prettier-ignore
  const until = earlier(details.endsAt(detail), asking.until);
  const soon = until !== null && until.getTime() - visit.now.getTime() < soonSeconds * 1000;
  const own: Omit<PaymentModel, keyof Common> = { ...model, until, soon, fee: bank.paymentFee, adds: asking.current !== undefined, picksAccount: details.picks(detail) !== 'nothing' };
  return renderPaymentPage({ ...common(visit, page, { accounts: able }), ...own });
}

/** An end within two days is said to the minute. */
const soonSeconds = 2 * 86_400;

const earlier = (one: Date | undefined, other: Date | null): Date | null => (one && (other === null || one.getTime() < other.getTime()) ? one : other);

type Common = ReturnType<typeof common>;

/** What every page that asks for an answer has; a page that carries earlier answers cannot be asked for by its address. */
function common(visit: Visit, { asking, at, earlier, problem }: PageToShow, { accounts, kept = [], lost = [] }: Shown) {
  const { open, session, locale, until } = asking;
  const offer: Offer = { at, accounts: accounts.map(asOffered), kept: kept.map(asOffered), lost: lost.map(asOffered), expiresAt: until, fee: visit.engine.bank.paymentFee, locale, earlier };
  return {
    frame: at === 0 ? interactionFrame(visit, open, locale) : frameOf(visit.engine, locale),
    client: askingClient(open),
    signedInAs: session.displayName,
    path: pathOf(asking, at),
    action: SafeUrl.of(interactionPath(open, 'consent')),
    cancel: SafeUrl.of(interactionPath(open, 'cancel')),
    hidden: { ...hiddenFields(visit, open), shown: sealShown(visit, asking, offer) },
    problem,
  };
}

/** The accounts of a page: those to choose from, those that stay shared, and those that cannot. */
interface Shown {
  readonly accounts: readonly CustomerAccount[];
  readonly kept?: readonly CustomerAccount[];
  readonly lost?: readonly CustomerAccount[];
}

const asOffered = ({ id, maskedNumber }: CustomerAccount): OfferedAccount => ({ id, maskedNumber });
const isAvailable = ({ unavailable }: CustomerAccount): boolean => unavailable === undefined;

/** The accounts the request asks to see: all, unless it names some of them in each of its details and nowhere asks for others. */
function accountsAsked({ details }: Engine, { data, dataDetails, picksAccounts }: Asking, accounts: readonly CustomerAccount[]): readonly CustomerAccount[] {
  if (!picksAccounts) return [];
  if (asksForAccounts(data.clusters)) return accounts;
  return accounts.filter((account) => dataDetails.some((detail) => details.offers(detail, account)));
}

export function donePage(visit: Visit, open: OpenRequest, decision: 'allowed' | 'denied', redirect: string): string {
  const { details } = visit.engine;
  return renderDonePage({
    frame: frameOf(visit.engine, localeOf(visit, open)),
    clientName: open.client.client_name,
    decision,
    about: aboutOf(open, details),
    pages: pagesOf(open, details).map(({ kind }) => kind),
    continueTo: SafeUrl.ofRedirect(redirect),
  });
}

/** The page that carries an authorization response as a form. */
export const postingPage = (visit: Visit, client: Client, uiLocales: readonly string[], { post, fields }: PostedResponse): string =>
  renderFormPostPage({ frame: frameOf(visit.engine, localeAsked(visit, uiLocales)), clientName: client.client_name, to: SafeUrl.of(post), fields });

function askingClient({ client, request }: OpenRequest): AskingClient {
  const { legal_name: legalName, register_number: registerNumber, purpose } = client.organisation ?? {};
  const target = new URL(request.redirectUri);
  return { name: client.client_name, legalName, registerNumber, purpose, returnHost: target.host || target.protocol };
}
