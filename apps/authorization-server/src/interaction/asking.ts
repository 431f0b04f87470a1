import { canonical, type DataPresentation, type DetailTypes, type PaymentPresentation } from '@assent/authorization-details';
import { later, mergeClaims } from '@assent/grants';
import { spokenScopes } from '@assent/markets';
import { asksForAccounts, changeRows, clustersOf, isData, ofAccounts, textsOf, isolate, type About, type Asked, type ChangeRow, type Data, type Locale, type Path, type Permitted } from '@assent/pages';
import { epochSeconds, plusSeconds, type AuthorizationDetail, type Grant, type Session } from '@assent/protocol';
import { clustersAsked, coversAll, deliveredClaims, type Asked as Asks, type AskedByClient } from '../authorize/asked.js';
import { actionOf } from '../authorize/asked-change.js';
import type { OpenRequest } from '../authorize/open-request.js';
import type { Engine } from '../engine.js';

/** A page that asks: for data, or for a change of what is permitted, or for one payment. */
export type AskingPage = { readonly kind: 'data' } | { readonly kind: 'payment'; readonly detail: AuthorizationDetail };

/**
 * All that one request asks of one customer, in the language of its pages. It is found anew when an answer comes, and
 * must then be what it was when the page was made.
 */
export interface Asking {
  readonly open: AskedByClient;
  readonly session: Session;
  /** The grant that is to be changed. */
  readonly current: Grant | undefined;
  readonly locale: Locale;
  readonly pages: readonly AskingPage[];
  /** What is asked for: data, in words, and the details it stands in. */
  readonly data: Data;
  readonly dataDetails: readonly AuthorizationDetail[];
  /** Whether accounts are chosen on the page of data. */
  readonly picksAccounts: boolean;
  /** Of a change, what it does to what there is. */
  readonly change: Change | undefined;
  /** The end of the grant after a yes. */
  readonly until: Date | null;
  /** Whether data may be fetched, or payments made, while the customer is away. */
  readonly offline: boolean;
  /** What else the pages say of the request. */
  readonly also: unknown;
}

export interface Change {
  readonly rows: readonly ChangeRow[];
  readonly since: Date;
  readonly sharesData: boolean;
  readonly aboutData: boolean;
  /** Accounts shared already; whether they stay so whatever is chosen. */
  readonly shared: readonly string[];
  readonly kept: boolean;
  readonly pays: boolean;
  readonly seesAccounts: boolean;
}

/** `until`: the end the first page named, or would name now (`endOf`). `also`: what else is shown that must not change. */
export function askingOf({ details, bank }: Pick<Engine, 'details' | 'bank'>, open: AskedByClient, session: Session, current: Grant | undefined, { locale, until, also }: { locale: Locale; until: Date | null; also: unknown }): Asking {
  const dataDetails = detailsAsked(open).filter((detail) => details.kindOf(detail) === 'data');
  const data = { clusters: clustersAsked(open), details: inWords(dataDetails, details, locale, until) };
  return {
    open,
    session,
    current,
    locale,
    pages: pagesOf(open, details, current),
    data,
    dataDetails,
    picksAccounts: asksForAccounts(data.clusters) || dataDetails.some((detail) => details.picks(detail) === 'accounts'),
    change: current && changeTo(open, current, { details, locale, until, bank: bank.name, spoken: (scope) => spokenScopes(scope, open.issuer.config.market) }),
    until,
    offline: open.issuer.policy.grantTypes.includes('refresh_token') && open.client.grant_types.includes('refresh_token') && !isOnce(open),
    also,
  };
}

/**
 * The pages of a request, in order: data and payments never share one, and each payment has its own. A merge does not
 * ask again for what the grant has, where there is something else to ask for (GM-SE-01); a replacement always shows what
 * it drops.
 */
export function pagesOf(open: Asks, details: DetailTypes, current?: Grant): readonly AskingPage[] {
  const action = actionOf(open, current);
  const asked = detailsAsked(open);
  const merged = action === 'merge' ? current : undefined;
  const isNew = (detail: AuthorizationDetail) => merged === undefined || details.uncovered([detail], merged.authorizationDetails).length > 0;
  const payments = asked.filter((detail) => details.kindOf(detail) === 'payment' && isNew(detail)).map((detail): AskingPage => ({ kind: 'payment', detail }));
  const ofData = asked.filter((detail) => details.kindOf(detail) === 'data');
  const hasData = merged !== undefined && coversAll(merged, open) && !ofData.some(isNew);
  const ofItsOwn = !(open.namesCustomer && payments.length > 0);
  const asksData = !hasData && (clustersAsked(open).some(({ id }) => ofItsOwn || id !== 'identity') || ofData.length > 0);
  return asksData || payments.length === 0 || action === 'replace' ? [{ kind: 'data' }, ...payments] : payments;
}

/** Whether its market gives no refresh token for a consent of one use. */
const isOnce = ({ request, issuer }: Asks): boolean => request.consent?.once === true && issuer.config.market?.refreshTokens.life === 'none-when-once';

/** Two details that are equal in everything are one: a client that means two payments tells them apart. */
export const detailsAsked = ({ request: { authorizationDetails: asked } }: Pick<Asks, 'request'>): readonly AuthorizationDetail[] =>
  asked.filter((one, index) => asked.findIndex((other) => canonical(other) === canonical(one)) === index);

export const pathOf = ({ pages }: Pick<Asking, 'pages'>, at: number): Path => ({ pages: pages.map(({ kind }) => kind), at });

/** What the sign-in page says is asked for. */
export function asksOf(open: OpenRequest, details: DetailTypes): Asked | 'own' {
  if (open.client.first_party) return 'own';
  const about = aboutOf(open, details);
  if (about !== 'data') return about === 'both' ? 'data-and-payment' : about;
  return open.request.authorizationDetails.some((detail) => opensAccounts(detail, details)) || asksForAccounts(clustersAsked(open)) ? 'accounts' : 'identity';
}

/** English, as any language would do: what is looked at is no word. */
function opensAccounts(detail: AuthorizationDetail, details: DetailTypes): boolean {
  const words = details.present(detail, 'en');
  return words.kind === 'payment' || words.ofAccounts !== false;
}

/** What a request is about, for pages that say what was not done. */
export function aboutOf(open: Asks, details: DetailTypes): About {
  if (open.request.grantId !== undefined) return 'change';
  const kinds = new Set(pagesOf(open, details).map(({ kind }) => kind));
  return kinds.size === 2 ? 'both' : kinds.has('payment') ? 'payment' : 'data';
}

/**
 * The end of the grant after a yes that is said now: the policy's, or that of the details where all that is asked for
 * ends earlier by itself; a single payment is not approved for long. A merge extends what there is and never shortens
 * it; for payments alone it leaves the end of everything else as it is.
 */
export function endOf({ details, bank }: Pick<Engine, 'details' | 'bank'>, open: Asks, current: Grant | undefined, now: Date): Date | null {
  const merging = open.request.grantManagementAction === 'merge' ? current : undefined;
  if (merging && pagesOf(open, details, merging).every(({ kind }) => kind === 'payment')) return merging.expiresAt;
  const approval = plusSeconds(now, bank.paymentApproval);
  const end = wholeSeconds(endOfNew(open, (detail) => details.endsAt(detail) ?? (isSingle(detail, details) ? approval : undefined), now));
  return merging ? later(merging.expiresAt, end) : end;
}

/** English, as any language would do: what is looked at is no word. */
function isSingle(detail: AuthorizationDetail, details: DetailTypes): boolean {
  const words = details.present(detail, 'en');
  return words.kind === 'payment' && !words.recurring;
}

function endOfNew(open: Asks, endsAt: (detail: AuthorizationDetail) => Date | undefined, now: Date): Date {
  const said = endOfConsent(open, now);
  if (said) return said;
  const end = plusSeconds(now, open.issuer.policy.grantLifetime);
  const ends = open.request.authorizationDetails.map(endsAt);
  if (ends.length === 0 || ends.includes(undefined) || asksForAccounts(clustersAsked(open))) return end;
  return new Date(Math.min(end.getTime(), Math.max(...ends.map((one) => one?.getTime() ?? 0))));
}

/** A consent that says when it ends, or how long it lasts, lasts that long; for one access token, as long as that may. */
function endOfConsent({ request: { consent }, issuer: { policy } }: Asks, now: Date): Date | undefined {
  if (consent?.expiresAt !== undefined) return new Date(consent.expiresAt * 1000);
  if (consent?.lifetime === undefined) return undefined;
  return plusSeconds(now, consent.lifetime === 0 ? policy.codeLifetime + policy.accessTokenLifetime : consent.lifetime);
}

const wholeSeconds = (date: Date): Date => new Date(epochSeconds(date) * 1000);

const inWords = (asked: readonly AuthorizationDetail[], types: DetailTypes, locale: Locale, until: Date | null): readonly DataPresentation[] =>
  asked.map((detail) => types.present(detail, locale, until) as DataPresentation);

interface Wording {
  readonly details: DetailTypes;
  readonly locale: Locale;
  readonly until: Date | null;
  readonly bank: string;
  /** The scopes pages speak of. */
  readonly spoken: (scope: readonly string[]) => readonly string[];
}

function changeTo(open: AskedByClient, current: Grant, wording: Wording): Change {
  const { details, locale, bank } = wording;
  const kept = open.request.grantManagementAction === 'merge';
  const asked = { scope: open.request.scope, claims: deliveredClaims(open), authorizationDetails: open.request.authorizationDetails };
  const both = {
    scope: [...new Set([...current.scope, ...asked.scope])],
    claims: mergeClaims(current.claims, asked.claims),
    authorizationDetails: details.merge(current.authorizationDetails, asked.authorizationDetails),
  };
  const before = permitted(current, { ...wording, until: current.expiresAt });
  const after = permitted(kept ? both : asked, wording);
  return {
    rows: changeRows(before, after, { tpp: isolate(open.client.client_name), bank: isolate(bank), t: textsOf(locale) }, locale),
    since: current.createdAt,
    sharesData: isData(before),
    aboutData: isData(before) || isData(after),
    shared: current.accounts,
    kept,
    pays: kept && before.payments.length > 0,
    seesAccounts: ofAccounts(after) || after.clusters.some(({ id }) => id === 'other'),
  };
}

type Held = Pick<Grant, 'scope' | 'authorizationDetails'> & { readonly claims?: Grant['claims'] | undefined };

function permitted({ scope, claims, authorizationDetails }: Held, { details, locale, until, spoken }: Wording): Permitted {
  const ofKind = (kind: 'data' | 'payment') => authorizationDetails.filter((detail) => details.kindOf(detail) === kind);
  return {
    clusters: clustersOf(spoken(scope), claims),
    details: inWords(ofKind('data'), details, locale, until),
    payments: ofKind('payment').map((detail) => details.present(detail, locale) as PaymentPresentation),
    until,
  };
}
