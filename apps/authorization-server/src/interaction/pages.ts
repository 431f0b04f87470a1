import { chooseLocale, offeredLocales, renderDonePage, renderFormPostPage, SafeUrl, type AskingClient, type Frame, type Locale } from '@assent/pages';
import type { Client } from '@assent/protocol';
import type { OpenRequest } from '../authorize/open-request.js';
import type { PostedResponse } from '../authorize/validated-redirect.js';
import type { Engine } from '../engine.js';
import { aboutOf, asksOf, pagesOf, type Asking } from './asking.js';
import type { Place } from './asking-page.js';
import { csrfToken } from './csrf.js';
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

export const localeAsked = ({ clickedLocale, acceptLanguage, engine }: Visit, uiLocales: readonly string[]): Locale =>
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

/** The pages between sign-in and the way back; one that carries earlier answers cannot be asked for by its address. */
export function interactionPlace(visit: Visit, open: OpenRequest, { locale }: Asking, at: number): Place {
  return {
    frame: at === 0 ? interactionFrame(visit, open, locale) : frameOf(visit.engine, locale),
    client: { ...askingClient(open.client), returnHost: returnHostOf(open) },
    action: SafeUrl.of(interactionPath(open, 'consent')),
    cancel: SafeUrl.of(interactionPath(open, 'cancel')),
    hidden: hiddenFields(visit, open),
  };
}

/** The company as the operator vetted it. */
export function askingClient({ client_name: name, organisation = {} }: Pick<Client, 'client_name' | 'organisation'>): AskingClient {
  const { legal_name: legalName, register_number: registerNumber, purpose } = organisation;
  return { name, legalName, registerNumber, purpose };
}

function returnHostOf({ request }: OpenRequest): string {
  const target = new URL(request.redirectUri);
  return target.host || target.protocol;
}
