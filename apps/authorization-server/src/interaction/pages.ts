import { asksForAccounts, chooseLocale, offeredLocales, renderConsentPage, renderDonePage, SafeUrl, type AskingClient, type Frame, type Locale } from '@assent/pages';
import type { CustomerAccount, Session } from '@assent/protocol';
import { clustersAsked } from '../authorize/asked.js';
import type { OpenRequest } from '../authorize/open-request.js';
import type { Engine } from '../engine.js';
import { csrfToken } from './csrf.js';
import { grantEnd, sealShown, type SaidFacts } from './shown.js';
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
export const localeOf = ({ clickedLocale, acceptLanguage, engine }: Visit, open: OpenRequest): Locale =>
  chooseLocale([...(clickedLocale === undefined ? [] : [clickedLocale]), ...open.request.uiLocales], acceptLanguage, engine.bank.locales);

function interactionFrame(visit: Visit, open: OpenRequest): Frame {
  const frame = frameOf(visit.engine, localeOf(visit, open));
  return { ...frame, inLanguage: (locale) => SafeUrl.of(interactionPath(open, undefined, locale)) };
}

function hiddenFields(visit: Visit, open: OpenRequest): Record<string, string> {
  const csrf = csrfToken(visit, open.handle);
  return visit.clickedLocale === undefined ? { csrf } : { csrf, ui_locales: localeOf(visit, open) };
}

/** What is true of this request beside what was asked: also fetched while the customer is away, when refresh tokens are issued. */
export function saidFacts(open: OpenRequest, session: Session): SaidFacts {
  const offline = open.issuer.policy.grantTypes.includes('refresh_token') && open.client.grant_types.includes('refresh_token');
  return { clusters: clustersAsked(open), offline, session };
}

export function signInView(visit: Visit, open: OpenRequest, otherCustomer?: string): SignInView {
  return {
    frame: interactionFrame(visit, open),
    clientName: open.client.client_name,
    asks: open.client.first_party ? 'own' : asksForAccounts(clustersAsked(open)) ? 'accounts' : 'identity',
    action: SafeUrl.of(interactionPath(open, 'login')),
    cancel: SafeUrl.of(interactionPath(open, 'cancel')),
    hidden: hiddenFields(visit, open),
    loginHint: open.request.loginHint,
    otherCustomer,
  };
}

export function consentPage(visit: Visit, open: OpenRequest, said: SaidFacts, accounts: readonly CustomerAccount[], problem?: 'choose-account'): string {
  const frame = interactionFrame(visit, open);
  const until = grantEnd(open, visit.now);
  const offered = accounts.filter(({ unavailable }) => unavailable === undefined).map(({ id }) => id);
  const shown = sealShown(visit, open, said, { accounts: offered, expiresAt: until, locale: frame.locale });
  return renderConsentPage({
    frame,
    client: askingClient(open),
    signedInAs: said.session.displayName,
    clusters: said.clusters,
    accounts,
    until,
    offline: said.offline,
    action: SafeUrl.of(interactionPath(open, 'consent')),
    cancel: SafeUrl.of(interactionPath(open, 'cancel')),
    hidden: { ...hiddenFields(visit, open), shown },
    problem,
  });
}

export const donePage = (visit: Visit, open: OpenRequest, decision: 'allowed' | 'denied', redirect: string): string =>
  renderDonePage({ frame: frameOf(visit.engine, localeOf(visit, open)), clientName: open.client.client_name, decision, continueTo: SafeUrl.ofRedirect(redirect) });

function askingClient({ client, request }: OpenRequest): AskingClient {
  const { legal_name: legalName, register_number: registerNumber, purpose } = client.organisation ?? {};
  const target = new URL(request.redirectUri);
  return { name: client.client_name, legalName, registerNumber, purpose, returnHost: target.host || target.protocol };
}
